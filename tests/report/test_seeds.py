from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.scoring.score_pairs import LONE_SEED
from breakeven.analysis.scoring.score_results import SeedResult, SeedSpread
from breakeven.records import Estimate, Resource
from breakeven.report.signs import MICRO, MINUS, NBSP
from breakeven.report.summary import summary
from breakeven.report.tables.pathways import orders_table, pathways_table
from breakeven.report.tables.seeds import (
    format_difference,
    score_differences_table,
    seeds_table,
)
from breakeven.report.tables.serving import serving_table
from breakeven.report.tables.sweep import sweep_table
from breakeven.store import Store, StoredAnswers
from breakeven.testing.runs import example_runs
from breakeven.units import Scale

RESULTS = Path(__file__).resolve().parents[2] / "studies" / "results"
POINTS = Scale(0.01, "points")


@pytest.fixture(scope="module")
def example() -> StudyAnalysis:
    return analyse(*example_runs())


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        pytest.param(-0.011, -0.034, 0.012, "-1.1 points (-3.4 to +1.2)", id="around nothing"),
        pytest.param(0.05, 0.02, 0.08, "+5.0 points (+2.0 to +8.0)", id="above"),
        pytest.param(0.0, -0.0381, 0.0381, "0.0 points (-3.8 to +3.8)", id="nothing"),
        pytest.param(0.0637, None, None, "+6.37 points", id="no interval"),
    ],
)
def test_differences_are_written_with_their_sign(
    value: float, low: float | None, high: float | None, expected: str
) -> None:
    found = Estimate(name="", value=value, low=low, high=high, method="", n=1, kinds=())
    text = format_difference(found, POINTS).replace(MINUS, "-").replace(NBSP, " ")
    assert text == expected


def test_a_study_without_further_seeds_has_no_seed_rows_and_no_column(
    example: StudyAnalysis,
) -> None:
    assert seeds_table(example).rows == ()
    assert "n_seeds" not in [column.name for column in pathways_table(example).columns]


def test_each_two_pathways_stand_once_with_what_is_told_apart(example: StudyAnalysis) -> None:
    rows = {
        (row[0].text, row[1].text): row[3].text for row in score_differences_table(example).rows
    }
    assert len(rows) == 10
    assert rows["TS", "FT"] == "no"
    assert rows["TA", "FT"] == "yes, of these trainings"
    assert rows["API", "FT"] == "no interval"


def test_one_seed_against_several_says_what_is_not_told_apart(example: StudyAnalysis) -> None:
    (first, *others) = example.score_differences
    lone = replace(first, is_told_apart=False, why=LONE_SEED)
    table = score_differences_table(replace(example, score_differences=(lone, *others)))
    assert table.rows[0][3].text == "one seed: not told apart between trainings"


def test_ranks_name_those_that_are_not_told_apart(example: StudyAnalysis) -> None:
    by_measure = {
        row[0].text: [cell.text for cell in row[1:]] for row in orders_table(example).rows
    }
    assert by_measure["CPU time per example"][1] == "3 (tied with TA)"
    assert by_measure["CPU time per example"][0] == "4"
    assert "CPU time to develop (development ran once)" in by_measure


def test_a_score_that_may_be_the_commonest_answers_is_marked(example: StudyAnalysis) -> None:
    (first, *others) = example.pathways
    marked = replace(example, pathways=(replace(first, is_above_majority=False), *others))
    score = pathways_table(marked).rows[0][3].text
    assert score.endswith("; not above majority)")
    assert "not above majority" not in pathways_table(example).rows[0][3].text


def test_a_score_without_interval_is_marked_as_well(example: StudyAnalysis) -> None:
    (first, *others) = example.pathways
    assert first.score is not None
    bare = replace(first.score, low=None, high=None)
    poor = replace(first, score=bare, is_above_majority=False)
    score = pathways_table(replace(example, pathways=(poor, *others))).rows[0][3].text
    assert score.endswith("% (not above majority)")


def test_the_summary_says_what_the_intervals_cover(example: StudyAnalysis) -> None:
    said = "Intervals of these averages: 95 %, over inference runs only; development ran once."
    assert said in summary(example)
    bare = replace(example, recommendation=replace(example.recommendation, covers=""))
    assert "Intervals of these averages" not in summary(bare)


def test_a_seed_that_lacks_a_number_says_so(example: StudyAnalysis) -> None:
    seed = SeedResult(repeat=1, score=None, marginal={}, training={})
    first = replace(example.pathways[0], seeds=(seed,), spread=SeedSpread())
    rows = seeds_table(replace(example, pathways=(first,))).rows
    assert [cell.text for cell in rows[0]][1:3] == ["1", "not scored"]
    assert all(cell.is_missing for cell in rows[0][3:])
    assert all(cell.is_missing for cell in rows[1][2:])


def test_a_seed_of_nested_repeats_names_its_parent(example: StudyAnalysis) -> None:
    seeds = tuple(
        SeedResult(repeat=n, score=None, marginal={}, training={}, begins_from=f"ft {n}")
        for n in range(2)
    )
    first = replace(example.pathways[0], seeds=seeds, spread=None)
    rows = seeds_table(replace(example, pathways=(first,))).rows
    assert [row[1].text for row in rows] == ["0 (of ft 0, reference)", "1 (of ft 1)"]


def test_a_spread_without_a_column_is_written_in_its_own_unit(example: StudyAnalysis) -> None:
    spread = SeedSpread(score=0.0123, marginal={Resource.CPU_S: 0.00004})
    first = replace(example.pathways[0], spread=spread)
    (row,) = seeds_table(replace(example, pathways=(first,))).rows
    texts = [cell.text.replace(NBSP, " ") for cell in row]
    assert texts[1:4] == ["spread (SD)", "1.2 points", f"40 {MICRO}s"]


def test_two_scores_of_one_pathway_are_told_apart_where_they_stand(
    example: StudyAnalysis,
) -> None:
    with Store(RESULTS / "sst2-minilm", create=False) as store:
        definition = store.study()
        answers = StoredAnswers(store, study=definition.name)
        sst2 = analyse(definition, store.runs(study=definition.name), answers=answers)
    whole, by_configuration = pathways_table(sst2), sweep_table(sst2)
    reference = next(
        row for row in by_configuration.rows if (row[0].text, row[1].text) == ("FT", "reference")
    )

    said = (
        f"Over training seeds the mean is FT 89.0{NBSP}% (3 seeds); inference configurations, the "
        "reference among them, are scored with one seed."
    )
    assert reference[4].text.startswith(f"88.8{NBSP}%")
    assert whole.caption.endswith(said)
    assert by_configuration.caption.endswith(said)
    assert serving_table(sst2).caption.endswith(said)
    assert "seed" not in f"{pathways_table(example).caption}{sweep_table(example).caption}"
