"""The leaderboard: score, cost of use, cost of all experiments, cost to reach a score."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace

import pytest

from breakeven.analysis.overview import analyse
from breakeven.analysis.runs.rollup import roll_ups
from breakeven.errors import UnknownNameError
from breakeven.records import PathwayDefinition, Resource, StudyDefinition
from breakeven.report.documents.leaderboard import Entered, Target, leaderboard, read_target
from breakeven.report.tables.table import Table
from breakeven.testing.runs import example_runs
from breakeven.testing.tiny import tiny_inference, tiny_run, tiny_score


@pytest.fixture(scope="module")
def entered() -> Entered:
    definition, runs = example_runs()
    (paid,) = roll_ups([definition], runs)
    return Entered(store="one", analysis=analyse(definition, runs), paid=paid)


def rows(table: Table) -> Mapping[str, Mapping[str, str]]:
    return {row["pathway"]: row for row in csv.DictReader(io.StringIO(table.to_csv()))}


def test_the_best_score_stands_first_and_all_runs_last(entered: Entered) -> None:
    assert list(rows(leaderboard([entered]))) == ["API", "FT", "TS", "TA", "TF-IDF", "(all runs)"]


def test_failed_and_killed_experiments_are_counted_and_paid(entered: Entered) -> None:
    found = rows(leaderboard([entered]))

    assert found["TA"]["experiments"] == "5 runs (3 ok, 1 failed, 1 interrupted)"
    assert found["(all runs)"]["experiments"] == "99 runs (96 ok, 2 failed, 1 interrupted)"
    total = sum(c.value for r in entered.analysis.runs for c in r.costs(Resource.CPU_S))
    assert float(found["(all runs)"]["development_cpu_s"]) == pytest.approx(total, rel=1e-5)


def test_cost_to_reach_a_score_is_that_of_models_that_have_it(entered: Entered) -> None:
    found = rows(leaderboard([entered], target=Target(metric="accuracy", value=0.84)))

    assert found["FT"]["target"] == "reached by its value; the interval holds less"
    assert found["FT"]["to_target_cpu_s"] == found["FT"]["development_cpu_s"] != ""
    assert found["TS"]["target"] == "not reached; the interval holds it"
    assert found["TF-IDF"]["target"] == "not reached"
    assert found["TS"]["to_target_cpu_s"] == found["TF-IDF"]["to_target_cpu_s"] == ""
    assert found["API"]["target"] == "reached by its value; it has no interval"


def test_what_nobody_measured_is_empty_and_not_0(entered: Entered) -> None:
    api = rows(leaderboard([entered]))["API"]

    assert (api["per_item_energy_j"], api["development_cpu_s"]) == ("", "")
    assert (api["per_item_duration_s"], api["per_item_duration_s_kind"]) == ("0.35", "assumed")


def test_several_studies_share_a_board_that_says_what_does_not_compare(entered: Entered) -> None:
    definition = replace(entered.analysis.definition, facts={"content_hash": "0123456789"})
    other = replace(entered, store="two", analysis=replace(entered.analysis, definition=definition))
    table = leaderboard([entered, other])

    assert "Scores on different data do not compare." in table.caption
    assert {row[0].text for row in table.rows} == {"one", "two"}
    assert [row[4].text for row in table.rows][:2] == ["API", "API"]


def test_a_machine_that_no_record_names_differs_too(entered: Entered) -> None:
    runs = tuple(replace(run, machine=None) for run in entered.analysis.runs)
    bare = replace(entered, store="two", analysis=replace(entered.analysis, runs=runs))

    told = leaderboard([entered, bare]).caption
    assert "of 1 machine and others that no record names, which differ." in told
    assert "which differ" not in leaderboard([bare]).caption


def test_for_a_loss_lower_is_better() -> None:
    score = replace(tiny_score(300), metric="loss", n_correct=None, higher_is_better=False)
    runs = [tiny_run("a", {Resource.CPU_S: 1.0}), tiny_run("b", {Resource.CPU_S: 2.0})]
    uses = [
        replace(
            tiny_inference(name, {Resource.CPU_S: 1.0}),
            parents=(name.lower(),),
            scores=(replace(score, value=value),),
        )
        for name, value in (("A", 0.3), ("B", 0.1))
    ]
    definition = StudyDefinition(
        name="tiny",
        metric="loss",
        pathways=tuple(PathwayDefinition(name=n, row=n.lower()) for n in ("A", "B")),
    )
    (paid,) = roll_ups([definition], [*runs, *uses])
    board = Entered(store="", analysis=analyse(definition, [*runs, *uses]), paid=paid)
    found = rows(leaderboard([board], target=Target(metric="loss", value=0.2)))

    assert list(found)[:2] == ["B", "A"]
    assert found["B"]["target"].startswith("reached")
    assert found["A"]["target"].startswith("not reached")


def test_a_metric_that_no_study_has_is_refused(entered: Entered) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'accuracy'"):
        leaderboard([entered], target=Target(metric="acuracy", value=0.9))


@pytest.mark.parametrize("text", ["0.93", "accuracy", "accuracy=high", "=0.9"])
def test_a_target_names_a_metric_and_a_score(text: str) -> None:
    with pytest.raises(ValueError, match="write METRIC=SCORE, as accuracy="):
        read_target(text)


def test_a_share_beyond_one_is_refused_and_other_metrics_have_their_own_scale() -> None:
    with pytest.raises(ValueError, match=r"or percent, as entity_f1=0.93 or entity_f1=93%"):
        read_target("entity_f1=93")
    assert read_target("perplexity=30").value == 30


def test_energy_that_nobody_observed_is_named(entered: Entered) -> None:
    runs = tuple(replace(run, counts=(), phases=()) for run in entered.analysis.runs)
    assert "Energy has no column" not in leaderboard([entered]).caption
    silent = replace(entered, analysis=analyse(entered.analysis.definition, runs))
    assert "Energy has no column: nothing here observed it." in leaderboard([silent]).caption
