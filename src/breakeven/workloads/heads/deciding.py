"""Deciding where a model computes: the largest output wins; `finite.largest` does it to arrays."""

import torch
from torch import Tensor

from breakeven.errors import SettingsError
from breakeven.workloads.heads.finite import NOT_FINITE


def decided(logits: Tensor) -> Tensor:
    """Index of the largest along the last dimension, the first of equals.

    Raises:
        SettingsError: If a largest one is infinite or no number.
    """
    largest, place = logits.max(-1)
    if not bool(torch.isfinite(largest).all()):
        raise SettingsError(NOT_FINITE)
    return place
