"""Deciding: the largest output wins, and outputs that are no finite numbers decide nothing.

Taken for an answer, they would all be the first class, and score what always saying it scores.
"""

import torch
from torch import Tensor

from breakeven.errors import SettingsError

NOT_FINITE = (
    "the model's outputs are not all finite numbers: its training diverged, or its precision is "
    "too narrow for it; train it again with a lower lr, or run it with precision: fp32"
)


def decided(logits: Tensor) -> Tensor:
    """Index of the largest along the last dimension, the first of equals.

    Raises:
        SettingsError: If a largest one is infinite or no number.
    """
    largest, place = logits.max(-1)
    if not bool(torch.isfinite(largest).all()):
        raise SettingsError(NOT_FINITE)
    return place
