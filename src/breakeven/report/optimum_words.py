"""Optimum words: what a search for the cheapest inference found, as sentences."""

from collections.abc import Iterator

from breakeven.analysis.certificate_words import certificate_sentences
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.search.rules import INDIFFERENT
from breakeven.analysis.select import ROLE, SEARCHING
from breakeven.analysis.words import amount_words, counted
from breakeven.records import Forecast, Optimum

FLATTERED = "as the search saw it, on validation examples: these numbers flatter what they chose"

GRANTED, REFUSED, UNCERTIFIED, NOTHING = "granted", "not shown", "no certificate", "nothing cheaper"
HINDERED = "refused"
"""Whatever its bounds show: a limit, or blocks that tell nothing."""


UNFINISHED = (
    "A search for the cheapest inference of this study did not end, so nothing was chosen; the "
    "same `breakeven optimize` command goes on from here."
)


def leads(analysis: StudyAnalysis) -> bool:
    """Whether the search is what the store is about: no two pathways were compared besides."""
    n_compared = sum(bool(pathway.marginal) for pathway in analysis.pathways)
    return n_compared < 2 and (analysis.optimum is not None or is_unfinished(analysis))


def is_unfinished(analysis: StudyAnalysis) -> bool:
    """Whether a search was begun and none has ended."""
    roles = {run.settings.resolved.get(ROLE) for run in analysis.runs}
    return analysis.optimum is None and SEARCHING in roles


def front_words(found: Optimum) -> str:
    """Say what the numbers of the front's table are.

    Examples:
        >>> from breakeven.testing.certificates import example_optimum
        >>> front_words(example_optimum())
        'P(on the front) and P(certified) are modelled, by draws over blocks and examples. On the \
front is what no cheaper one of those that stayed equals, give or take 0.25 points.'
    """
    indifferent = 100 * found.max_drop * INDIFFERENT
    return (
        "P(on the front) and P(certified) are modelled, by draws over blocks and examples. On the "
        f"front is what no cheaper one of those that stayed equals, give or take {indifferent:.3g} "
        "points."
    )


def verdict_of(found: Optimum) -> str:
    """Whether the choice was certified, in two words.

    Examples:
        >>> from breakeven.testing.certificates import example_optimum
        >>> verdict_of(example_optimum())
        'granted'
    """
    if not found.is_cheaper:
        return NOTHING
    if found.certificate is None:
        return UNCERTIFIED
    if found.certificate.hindrances:
        return HINDERED
    return GRANTED if found.certificate.granted else REFUSED


def optimum_sentences(found: Optimum) -> tuple[str, ...]:
    """Say what the choice was shown to save and to keep, and what could not be done.

    Args:
        found: From the store.
    """
    if not found.is_cheaper:
        name = found.reference.name
        told = f"Nothing measured is cheaper than {name} and loses little enough; keep it."
        first: tuple[str, ...] = (told,)
    elif found.certificate is None:
        first = ("No certificate: nothing is shown of what it saves and loses.",)
    else:
        first = certificate_sentences(found.certificate)
    failed = {f"left out: {reason}" for reason in found.failed.values()}
    return (*first, *(doubt for doubt in found.doubts if doubt not in failed))


def search_sentences(found: Optimum) -> tuple[str, ...]:
    """Say what searching cost, how costs were foretold, and when it is repaid.

    Examples:
        >>> from breakeven.testing.certificates import example_optimum
        >>> search_sentences(example_optimum())[0]
        'The search took 2 CPU min (measured): 3 of 4 configurations measured in 2 rounds, 0 \
foretold to be too dear, 1 could not be run.'
    """
    return tuple(_search_sentences(found))


def reasons_of(found: Optimum) -> dict[str, int]:
    """Why configurations could not be run, each reason with their number."""
    reasons = list(found.failed.values())
    return {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}


def _search_sentences(found: Optimum) -> Iterator[str]:
    spent = found.spent
    assert spent.value is not None
    kinds = " and ".join(kind.value for kind in spent.kinds)
    yield (
        f"The search took {amount_words(found.resource, spent.value)} ({kinds}): "
        f"{found.n_measured} of {counted(found.n_cells, 'configuration')} measured in "
        f"{counted(found.n_rounds, 'round')}, {found.n_skipped} foretold to be too dear, "
        f"{len(found.failed)} could not be run."
    )
    if found.forecast is not None:
        yield _forecast_sentence(found.forecast)
    if found.repaid_sentence:
        what = "With its certificate" if found.certificate else "By its own blocks"
        yield f"{what} it is repaid so: {found.repaid_sentence}"


def _forecast_sentence(told: Forecast) -> str:
    checked = (
        f"; of {told.n_checked} measured afterwards by {told.checked_frac:.0%}"
        if told.checked_frac is not None
        else ""
    )
    along = "" if told.is_length_plain else " It does not follow a line in the length."
    return (
        f"Cost was foretold (modelled) from {told.n} by {', '.join(told.terms) or 'nothing'}: off "
        f"by {told.error_frac:.0%} where left out{checked}.{along}"
    )
