"""Spread section: how far single runs and seeds scatter, and why some are not drawn."""

from collections.abc import Iterator, Sequence

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.samples.scattered import MIN_VALUES
from breakeven.analysis.samples.shape import MIN_DENSITY
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.words import counted, listed, resource_words
from breakeven.report.figures.spread import MAX_POINTS, spread_figures
from breakeven.report.lookup import compared
from breakeven.report.section import Section
from breakeven.report.spreads import Spread, all_spreads
from breakeven.report.tables.spread import spread_table


def spread_section(analysis: StudyAnalysis) -> Section | None:
    """Box, density and Q-Q plots; None where no pathway has any run to draw or to miss."""
    found = all_spreads(analysis)
    figures = spread_figures(analysis)
    reasons = tuple(_reasons(analysis, found))
    if not figures and not any(own.values for each in found for own in each.samples):
        return None
    return Section(
        name="spread",
        title="How far runs scatter",
        short_title="Scatter",
        after="stages",
        intro=(
            "Every run behind a pathway's average, over blocks and training seeds. Runs of one "
            "block or seed are related, so p is a guide and the intervals above are computed "
            "otherwise."
            if figures
            else ""
        ),
        figures=figures,
        columns=3,
        tables=(spread_table(analysis),),
        reasons=reasons,
    )


def _reasons(analysis: StudyAnalysis, found: Sequence[Spread]) -> Iterator[str]:
    for spread in found:
        if spread.too_few:
            yield (
                f"Not drawn by {spread.words}: {_counts(spread.too_few)}; a box needs "
                f"{MIN_VALUES} values, which {counted(MIN_VALUES, 'block')} or seeds give."
            )
        flat = [own.pathway for own in spread.samples if own.is_enough]
        flat = [name for name in flat if name not in spread.drawn]
        if flat:
            yield f"Not drawn by {spread.words}: every run of {listed(flat)} gave the same."
        if many := [name for name, own in spread.drawn.items() if len(own) > MAX_POINTS]:
            yield f"Of {listed(many)} only some {MAX_POINTS} runs are drawn as points."
    yield from _not_smoothed(found)
    yield from _unscored(analysis, found)


def _not_smoothed(found: Sequence[Spread]) -> Iterator[str]:
    """Samples too small for a density, those of several numbers together."""
    numbers: dict[str, list[str]] = {}
    for spread in found:
        few = {n: len(own) for n, own in spread.drawn.items() if len(own) < MIN_DENSITY}
        if few:
            numbers.setdefault(_counts(few), []).append(spread.words)
    for samples, names in numbers.items():
        yield (
            f"No density by {listed(names)}: {samples}; below {MIN_DENSITY} values it would show "
            "the kernel rather than the runs."
        )


def _unscored(analysis: StudyAnalysis, found: Sequence[Spread]) -> Iterator[str]:
    has_seeds = any(own.values for each in found if each.name == "score" for own in each.samples)
    if not has_seeds:
        yield (
            f"No spread of {metric_words(analysis.definition.metric)}: no pathway has several "
            "scored training seeds; repeat the training rows."
        )
    joined = [p.name for p in analysis.definition.pathways if p.is_joined]
    if joined and compared(analysis):
        costs = resource_words(compared(analysis)[0])
        yield (
            f"{listed(joined)}: joined by measured commands, each of which starts the model "
            f"anew, so its runs are no repeats of {costs} per item."
        )


def _counts(n_values: dict[str, int]) -> str:
    return listed([f"{name} ({counted(n, 'value')})" for name, n in n_values.items()])
