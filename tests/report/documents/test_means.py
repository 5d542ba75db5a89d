"""Documents of printed means: several runs, no scatter, no date, nobody's own score."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from tests.report.documents.test_paper import figure

from breakeven.analysis.overview import analyse
from breakeven.analysis.runs.rollup import N_REPEATS
from breakeven.records import Cost, Origin, PathwayDefinition, Resource, Run, StudyDefinition
from breakeven.report.documents.basis import Basis, basis
from breakeven.report.documents.bibliography import bibliography
from breakeven.report.documents.brackets import with_brackets
from breakeven.report.documents.checklist import checklist
from breakeven.report.documents.leaderboard import Entered, leaderboard
from breakeven.report.documents.methods_text import methods_text
from breakeven.report.documents.paper import main_tex, paper_tables
from breakeven.report.tables.averaged import n_averaged
from breakeven.testing.tiny import tiny_cost, tiny_inference, tiny_run, tiny_score


def printed_run(run: Run, n_runs: int) -> Run:
    settings = replace(run.settings, resolved={**run.settings.resolved, N_REPEATS: n_runs})
    return replace(run, settings=settings, started_at="1970-01-01T00:00:00Z")


def printed_runs(name: str, energy_j: float) -> Sequence[Run]:
    def told(amount: tuple[float, float]) -> Mapping[Resource, Cost]:
        return {Resource.ENERGY_J: tiny_cost(Resource.ENERGY_J, amount, origin=Origin.PUBLISHED)}

    score = replace(tiny_score(800), n_correct=None, n_examples=0, origin=Origin.PUBLISHED)
    use = replace(tiny_inference(name, told((energy_j, 0.05)), block=None), scores=(score,))
    made = tiny_run(name.lower(), told((100.0, 0.5)))
    return printed_run(made, 3), printed_run(replace(use, parents=(made.run_id,)), 9)


@pytest.fixture(scope="module")
def printed() -> Basis:
    """Two models of a table that prints means of 3 trainings and of 9 evaluations."""
    definition = StudyDefinition(
        name="tiny",
        metric="accuracy",
        headline=Resource.ENERGY_J,
        pathways=tuple(PathwayDefinition(name=name, row=name.lower()) for name in "AB"),
    )
    runs = (*printed_runs("A", 1.0), *printed_runs("B", 2.0))
    return basis(analyse(definition, runs), runs)


def test_a_mean_of_several_runs_is_no_single_training(printed: Basis) -> None:
    (statistics,) = (s for s in checklist(printed).sections if s.title.startswith("C3"))
    told = "\n".join((*statistics.points, *statistics.unknown)).replace("\u00a0", " ")

    assert "A: accuracy 80.0 % (mean of 9 runs, as told); energy per example 1.00 J" in told
    assert "how the runs of B scatter; the records hold their mean alone" in told
    assert "trained once" not in told
    assert "one training" not in told
    assert paper_tables(printed)["score_differences"].rows[0][4].text == "mean of 9 and mean of 9"


def test_a_leaderboard_counts_the_runs_behind_a_mean(printed: Basis) -> None:
    board = leaderboard([Entered(store="", analysis=printed.analysis, paid=printed.paid)])

    at = [column.name for column in board.columns].index("experiments")
    assert [row[at].text for row in board.rows] == [
        "3 runs (3 ok)",
        "3 runs (3 ok)",
        "24 runs (24 ok)",
    ]
    assert n_averaged(printed.pathway.score, []) == 0


def test_what_resolution_allows_is_no_confidence_interval(printed: Basis) -> None:
    told = with_brackets(paper_tables(printed)["pathways"]).caption
    caption = main_tex(printed, [], [figure("curves-energy-j-single")], left_out=[])

    assert told.endswith(
        "Ranges in brackets: of numbers without scatter, what their resolution allows."
    )
    assert "Bands are what the resolution of the numbers allows." in caption


def test_scores_that_others_told_are_not_computed_here(printed: Basis, unstated: Basis) -> None:
    told = [point for s in checklist(printed).sections for point in s.points]
    both = [point for s in checklist(unstated).sections for point in s.points]

    assert (
        told[-1] == "Scores of A and B are taken as told: how accuracy was computed is not known."
    )
    assert "Scores of FT, TS, TA and TF-IDF are accuracy as breakeven computes them." in both
    assert both[-1].startswith("Scores of API are taken as told")


def test_records_without_a_date_have_no_year(printed: Basis) -> None:
    assert "1970" not in bibliography(printed)


def test_meters_say_what_was_printed_and_what_was_replayed(printed: Basis, unstated: Basis) -> None:
    assert "- Energy: tiny (measured+published)." in methods_text(printed).to_markdown()
    assert "- Energy: replay (replayed)." in methods_text(unstated).to_markdown()
