"""Attention: which of torch's implementations a model computes it by; weights stay as they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from breakeven.errors import SettingsError


@contextmanager
def attending(model: Any, wanted: str) -> Iterator[None]:  # noqa: ANN401 - transformers is untyped
    """Let a model compute attention as wanted, and afterwards as before.

    Args:
        model: Of transformers; copies made meanwhile keep what was wanted.
        wanted: "eager", "sdpa", or "auto" for what the model has.

    Raises:
        SettingsError: If the model knows it in one way only.
    """
    usual = implementation_of(model)
    if wanted in ("auto", usual):
        yield
        return
    try:
        model.set_attn_implementation(wanted)
    except (ValueError, ImportError, AttributeError) as error:  # the last: transformers < 4.50
        raise _refused(model, wanted) from error
    if implementation_of(model) != wanted:  # a warning in a log is all that some models give
        raise _refused(model, wanted)
    try:
        yield
    finally:
        model.set_attn_implementation(usual)


def implementation_of(model: Any) -> str:  # noqa: ANN401 - the same
    """How a model computes attention now."""
    return str(model.config._attn_implementation)  # noqa: SLF001 - transformers has no other door


def _refused(model: Any, wanted: str) -> SettingsError:  # noqa: ANN401 - the same
    return SettingsError(
        f"attention={wanted} is not known to {type(model).__name__}, which computes attention by "
        f"{implementation_of(model)!r}; leave `attention` out of the row, or try a newer "
        "transformers"
    )
