"""Optimum words: what a search for the cheapest inference found, as sentences."""

import re
from collections.abc import Iterator, Sequence

from breakeven.analysis.certificates.certificate_words import certificate_sentences
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.runs.select import ROLE, SEARCHING
from breakeven.analysis.search.rules import INDIFFERENT
from breakeven.analysis.words import amount_words, counted, resource_words
from breakeven.records import Forecast, FrontPoint, Optimum, Status
from breakeven.records.optimum import LEFT_OUT, NO_CERTIFICATE, OPTIMIZE

GRANTED, REFUSED, UNCERTIFIED, NOTHING = "granted", "not shown", "no certificate", "nothing cheaper"
HINDERED = "refused"
"""Whatever its bounds show: a limit, or blocks that tell nothing."""

_ROUND = r"/r\d+,"
"""What names of rows say of the round they were measured in."""


def leads(analysis: StudyAnalysis) -> bool:
    """Whether the search is what the store is about: no two pathways were compared besides."""
    n_compared = sum(bool(pathway.marginal) for pathway in analysis.pathways)
    return n_compared < 2 and (analysis.optimum is not None or bool(unfinished_words(analysis)))


def unfinished_words(analysis: StudyAnalysis) -> str:
    """Say how far a search came that did not end; empty where none was begun or one has ended."""
    rows = [run for run in analysis.runs if run.settings.resolved.get(ROLE) == SEARCHING]
    is_made_for_one = analysis.definition.source.startswith(f"# {OPTIMIZE}\n")
    if analysis.optimum is not None or not (rows or is_made_for_one):
        return ""
    measured = [run for run in rows if run.status is Status.OK]
    cells = {re.sub(_ROUND, "/", run.row) for run in measured}
    most = max((int(run.settings.resolved.get("n_examples", 0)) for run in measured), default=0)
    n_all = analysis.definition.facts.get("n_validation")
    examples = f" on up to {most:,}{f' of {n_all:,}' if n_all else ''} validation examples"
    return (
        "A search for the cheapest inference of this study did not end: "
        f"{counted(len(cells), 'configuration')} measured{examples if most else ''}, nothing "
        "chosen and nothing certified. The same `breakeven optimize` command goes on from here."
    )


def flattered(found: Optimum) -> str:
    """Say what numbers of the search are worth.

    Examples:
        >>> from breakeven.testing.certificates import example_optimum
        >>> flattered(example_optimum())
        'as the search saw it, on 3 validation examples: these numbers flatter what they chose'
    """
    n = f"{found.reference.loss.n:,}"
    return (
        f"as the search saw it, on {n} validation examples: these numbers flatter what they chose"
    )


def front_words(found: Optimum) -> str:
    """Say what the numbers of the front's table are.

    Examples:
        >>> from breakeven.testing.certificates import example_optimum
        >>> front_words(example_optimum())
        'P(on the front) and P(certified) are modelled, by draws over blocks and examples. A \
configuration is on the front if no cheaper one that stayed is as good to within 0.25 points.'
    """
    indifferent = 100 * found.max_drop * INDIFFERENT
    return (
        "P(on the front) and P(certified) are modelled, by draws over blocks and examples. A "
        "configuration is on the front if no cheaper one that stayed is as good to within "
        f"{indifferent:.3g} points."
    )


def label_of(found: Optimum) -> str:
    """What the title is: a choice, and whether that is certified."""
    if not found.is_cheaper:
        return "Cheapest inference"
    if verdict_of(found) == GRANTED:
        return "Cheapest inference found"
    return "Cheapest inference seen, not certified"


def title_of(found: Optimum) -> str:
    """The choice, or that there is none.

    Examples:
        >>> from breakeven.testing.certificates import example_optimum
        >>> title_of(example_optimum())
        'int8/batch_size=64'
    """
    if found.is_cheaper:
        return found.chosen.name
    return f"Nothing cheaper than {found.reference.name} was found"


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
        first: tuple[str, ...] = (_keep_words(found),)
    elif found.certificate is None:
        first = (_uncertified_words(found),)
    else:
        first = certificate_sentences(found.certificate)
    return (*first, *doubts_of(found))


def doubts_of(found: Optimum) -> tuple[str, ...]:
    """What could not be done, as sentences; neither reasons of failures nor that of the verdict."""
    failed = {f"{LEFT_OUT}{reason}" for reason in found.failed.values()}
    told = (d for d in found.doubts if d not in failed and not d.startswith(NO_CERTIFICATE))
    return tuple(f"{doubt[:1].upper()}{doubt[1:].removesuffix('.')}." for doubt in told)


def _keep_words(found: Optimum) -> str:
    others = [p for p in found.front if p.name != found.reference.name]
    start = f"Keep {found.reference.name}"
    if found.n_measured < 2:
        return f"{start}: no other configuration was measured."
    if not others:
        return (
            f"{start}: of {counted(found.n_measured, 'configuration')} measured none of the others "
            "stayed to the end, for each cost more, lost too much or broke a limit."
        )
    return (
        f"{start}: of those that stayed to the end none saves as much as was asked. The cheapest "
        f"of them, {others[0].name}, {_against(found, others[0])}."
    )


def _against(found: Optimum, other: FrontPoint) -> str:
    """What another one costs beside the reference."""
    factor = other.factor.value
    assert factor is not None
    cost, name = resource_words(found.resource), found.reference.name
    if factor < 1:
        return f"takes {1 / factor:.3g} times as much {cost} as {name}"
    return f"takes {factor:.3g} times less {cost} than {name}"


def _uncertified_words(found: Optimum) -> str:
    why = [d.removeprefix(NO_CERTIFICATE) for d in found.doubts if d.startswith(NO_CERTIFICATE)]
    told = "".join(f"{reason.removesuffix('.')}; " for reason in why)
    return f"No certificate: {told}nothing is shown of what it saves and loses."


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
    if found.dearer_shorter:
        yield _length_sentence(found.dearer_shorter, f"{resource_words(found.resource)}, {kinds}")
    if found.repaid_sentence:
        what = "Search and certificate included"
        if found.certificate is None:
            what = "Search included, and by its own blocks alone"
        yield f"{what}, {found.repaid_sentence}"


def _length_sentence(clauses: Sequence[str], what: str) -> str:
    more = f"; and {len(clauses) - 2} more" if len(clauses) > 2 else ""
    return f"Shorter is not always cheaper ({what}): {'; '.join(clauses[:2])}{more}."


def _forecast_sentence(told: Forecast) -> str:
    checked = (
        f", and by {told.checked_frac:.0%} for {told.n_checked} that were measured afterwards"
        if told.checked_frac is not None
        else ""
    )
    along = "" if told.is_length_plain else " It does not follow a line in the length."
    return (
        f"Costs were foretold (modelled) from {counted(told.n, 'configuration')} by "
        f"{', '.join(told.terms) or 'nothing'}: off by {told.error_frac:.0%} for each of these, "
        f"foretold by the others{checked}.{along}"
    )
