"""Cost only: models built with `weights: random` cost what they cost but have no quality.

The mark travels in the model's configuration from stage to stage, so that no later stage scores
it: quality is then absent, not 0.
"""

from collections.abc import Mapping
from typing import Any

_MARK = "breakeven_cost_only"


def mark_cost_only(model: Any) -> None:  # noqa: ANN401 - transformers is untyped
    """Mark a model as built for its costs; saved and copied with it."""
    setattr(model.config, _MARK, True)


def says_cost_only(config: Mapping[str, Any]) -> bool:
    """The same of a configuration as it is kept."""
    return bool(config.get(_MARK, False))


def is_cost_only(model: Any) -> bool:  # noqa: ANN401 - the same
    """Whether the model, or one it came from, was built for its costs."""
    return bool(getattr(model.config, _MARK, False))
