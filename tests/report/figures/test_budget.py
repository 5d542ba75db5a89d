from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.records import (
    PathwayDefinition,
    Resource,
    Run,
    Score,
    Settings,
    Stage,
    StudyDefinition,
    Trial,
)
from breakeven.report.budget_section import budget_section
from breakeven.report.figures.budget import budget_figures
from breakeven.report.figures.figure import Figure
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run

pytestmark = pytest.mark.report

CPU = Resource.CPU_S
DEFINITION = StudyDefinition(
    name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft-0"),), headline=CPU
)


def training(row: str, accuracy: float, **costs: float) -> Run:
    amounts = {CPU: 10.0, **{Resource(name): amount for name, amount in costs.items()}}
    score = Score(metric="accuracy", value=accuracy, split="validation", n_examples=100)
    settings = Settings(resolved={"model": "bert"})
    return replace(tiny_run(row, amounts), scores=(score,), settings=settings)


def study(runs: Sequence[Run], **progress: Sequence[Mapping[str, float]]) -> StudyAnalysis:
    analysis = analyse(DEFINITION, [*runs, tiny_inference("FT", {CPU: 1.0})])
    return replace(analysis, progress={name.replace("_", "-"): p for name, p in progress.items()})


def named(analysis: StudyAnalysis) -> dict[str, Figure]:
    return {figure.name: figure for figure in budget_figures(analysis)}


def rows(figure: Figure, name: str) -> list[dict[str, Any]]:
    spec: Any = figure.spec
    return list(spec["datasets"][name])


TOLD = [
    {"elapsed_s": 1.0, "cpu_s": 1.0},
    {"elapsed_s": 5.0, "cpu_s": 4.0, "validation_accuracy": 0.61},
    {"elapsed_s": 9.0, "cpu_s": 8.0, "validation_accuracy": 0.72},
]


def test_scores_on_the_way_are_drawn_against_what_was_spent_until_then() -> None:
    figure = named(study([training("ft-0", 0.72)], ft_0=TOLD))["budget-training"]

    assert [(row["x"], row["y"]) for row in rows(figure, "moments")] == [(4, 0.61), (8, 0.72)]
    assert figure.title == "The best accuracy seen in training is 72 %, after 8 CPU s of ft-0"


def test_more_data_is_told_as_points_for_ten_times_as_much() -> None:
    found = [
        training(f"ft-{i}", score, n_labelled_examples=n, n_parameters=1e6)
        for i, (n, score) in enumerate([(10, 0.50), (100, 0.61), (1000, 0.69), (10_000, 0.80)])
    ]

    figures = named(study(found))

    # least squares through x = 1, 2, 3, 4: (3 * 0.30 + 0.08) / 10
    assert figures["budget-data"].title.startswith(
        "Ten times the labelled examples gives 9.8 points"
    )
    assert "budget-size" not in figures


def test_repeats_of_one_row_are_no_curve_over_size() -> None:
    """Vocabularies differ a little between seeds, and so do the parameters."""
    found = [
        replace(training("ft-0", 0.5, n_labelled_examples=10, n_parameters=1e6 + i), run_id=f"{i}")
        for i in range(3)
    ]

    assert named(study(found)) == {}


def test_sizes_that_learnt_from_as_many_examples_are_a_curve() -> None:
    found = [
        training(f"ft-{i}", score, n_labelled_examples=100, n_parameters=n)
        for i, (n, score) in enumerate([(1e6, 0.50), (1e7, 0.61), (1e8, 0.69)])
    ]

    figures = named(study(found))

    assert "of accuracy" in figures["budget-size"].title
    assert "budget-data" not in figures


def trial(number: int, loss: float) -> Run:
    return replace(
        tiny_run(f"search/trial-{number}", {CPU: 10.0}, stage=Stage.FINETUNE),
        scores=(
            Score(
                metric="loss",
                value=loss,
                split="validation",
                n_examples=100,
                higher_is_better=False,
            ),
        ),
        trial=Trial(row="search", number=number, metric="loss"),
    )


def test_trials_give_the_expected_best_of_a_search() -> None:
    figure = named(study([trial(i, loss) for i, loss in enumerate((0.4, 0.6, 0.8, 0.2))]))[
        "budget-trials"
    ]

    # of two out of four: 1/2 of all pairs have 0.2, 1/3 have 0.4, 1/6 have 0.6
    assert figure.title == ("Expected best loss of search: 0.333 after 2 trials, 0.2 after all 4")
    assert [row["x"] for row in rows(figure, "curves")] == [10, 20, 30, 40]


def test_what_is_missing_is_said_with_what_would_give_it() -> None:
    section = budget_section(study([training("ft-0", 0.7)]))

    assert section is not None
    assert section.figures == ()
    assert [reason.partition(":")[0] for reason in section.reasons] == [
        "No curve over training",
        "No curve over data",
        "No curve over model size",
        "No curve over trials",
    ]


def test_scores_in_another_metric_are_not_drawn_as_the_study_s() -> None:
    other = Score(metric="loss", value=0.3, split="validation", n_examples=100)
    found = [
        replace(training(f"ft-{n}", 0.5, n_labelled_examples=n), scores=(other,))
        for n in (10, 100, 1000)
    ]

    assert named(study(found)) == {}


def test_without_training_there_is_no_section() -> None:
    assert budget_section(study([])) is None
