"""Budget section: what more spending buys, and which runs a study would need to say more."""

from collections.abc import Iterator
from dataclasses import replace

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.report.budgets import DATA, SIZE, Budgets, budgets, gains
from breakeven.report.figures.budget import budget_figures
from breakeven.report.growth import training_lines
from breakeven.report.section import Section
from breakeven.report.tables.curves import lines_table
from breakeven.report.tables.table import Table


def budget_section(analysis: StudyAnalysis) -> Section | None:
    """Quality against budgets; None where nothing was trained."""
    if not training_lines(analysis):
        return None
    found = budgets(analysis)
    figures = budget_figures(analysis, found)
    return Section(
        name="budget",
        title=f"What more budget buys in {metric_words(analysis.definition.metric)}",
        short_title="Budget",
        after="stages",
        intro=(
            "Scores of trainings are on validation examples, so that the test set stays unseen "
            "while somebody decides whether to spend more."
            if figures
            else ""
        ),
        sentences=tuple(_further(found, analysis.definition.metric)),
        figures=figures,
        tables=tuple(_tables(found)),
        reasons=tuple(_missing(found)),
    )


def _further(found: Budgets, metric: str) -> Iterator[str]:
    """What the titles leave out: the other groups."""
    for made, what in ((found.data, DATA), (found.size, SIZE)):
        if made is not None:
            yield from (f"{sentence}." for sentence in gains(made, metric, what)[1:])


def _tables(found: Budgets) -> Iterator[Table]:
    for name, made in (("data", found.data), ("size", found.size)):
        if made is not None:
            yield replace(lines_table(made), name=f"budget-{name}")


def _missing(found: Budgets) -> Iterator[str]:
    """What each absent curve would need."""
    if found.training is None:
        yield (
            "No curve over training: no training of this study kept notes of a score on the way "
            "(trainings that judge held-out examples do)."
        )
    if found.data is None:
        yield (
            "No curve over data: no model learnt from several numbers of labelled examples; add "
            "rows with another train_examples."
        )
    if found.size is None:
        yield (
            "No curve over model size: no two sizes of a model learnt from the same examples; add "
            "rows with another n_layers."
        )
    if not found.trials:
        yield "No curve over trials: no row of this study was tuned."
    for curve in found.trials:
        yield from (f"{curve.name}: {sentence}" for sentence in curve.sentences)
