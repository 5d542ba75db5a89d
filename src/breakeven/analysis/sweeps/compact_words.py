"""Compact words: the formula of a sweep's cost and how far it is off, in one sentence."""

from collections.abc import Sequence
from statistics import median

from breakeven.analysis.sweeps.axis_words import ratio_words
from breakeven.analysis.sweeps.findings import CompactFit
from breakeven.analysis.words import amount_words, counted, listed, one_item, resource_words
from breakeven.records import StudyDefinition


def compact_sentence(fit: CompactFit, definition: StudyDefinition) -> str:
    """Say the formula and its errors of prediction.

    Args:
        fit: What was fitted.
        definition: Item.

    Examples:
        >>> from breakeven.records import Estimate, Resource
        >>> def known(value: float) -> Estimate:
        ...     return Estimate(name="", value=value, method="", n=1, kinds=())
        >>> fit = CompactFit(pathway="FT", resource=Resource.CPU_S, x="tokens allowed",
        ...     intercept=known(0.001), slope=known(0.0002), factors={"fp16": known(0.5)},
        ...     points=())
        >>> compact_sentence(fit, StudyDefinition(name="s", pathways=()))[:110]
        'FT: CPU time per example is 1 CPU ms + 200 CPU µs per token (tokens allowed), times 0.5 \
(one block, no interva'
    """
    line = (
        f"{amount_words(fit.resource, fit.intercept.value or 0.0)} + "
        f"{amount_words(fit.resource, fit.slope.value or 0.0)} per token ({fit.x})"
    )
    factors = listed([f"{ratio_words(f)} in {name}" for name, f in fit.factors.items()])
    inside, outside = (fit.errors_frac(is_free=free) for free in (True, False))
    cost = f"{resource_words(fit.resource)} per {one_item(definition.item)}"
    told = [f"{fit.pathway}: {cost} is {line}, times {factors}"]
    if inside:
        told.append(
            f"each of {counted(len(inside), 'configuration')} without a shown loss, foretold by "
            f"the others, is off by {_sizes(inside)}"
        )
    if outside:
        told.append(f"{counted(len(outside), 'configuration')} with one by {_sizes(outside)}")
    return "; ".join(told) + "."


def _sizes(errors_frac: Sequence[float]) -> str:
    middle, most = (100 * error for error in (median(errors_frac), max(errors_frac)))
    return f"{middle:.1f} % in the median and {most:.1f} % at most"
