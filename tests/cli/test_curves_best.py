"""`breakeven curves --y best`: from trials in a store or a table to curves, bands and places."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group
from breakeven.errors import DataFileError, UnknownNameError
from breakeven.records import (
    Cost,
    Kind,
    PathwayDefinition,
    Resource,
    Run,
    Score,
    Stage,
    Status,
    StudyDefinition,
    Trial,
)
from breakeven.store import Store

TABLE = """\
group,accuracy,status,duration_h,cost_eur
bert,0.84,ok,0.6,2.5
bert,0.86,ok,0.7,3.0
bert,,failed,0.2,0.5
bert,0.82,ok,0.5,2.0
distil,0.70,ok,0.5,1.25
distil,0.90,ok,0.5,1.25
distil,0.80,ok,0.5,1.25
"""


def curves(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(group, ["curves", *words], catch_exceptions=False)


def found(*arguments: object) -> dict[str, Any]:
    result = curves("--y", "best", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    return told


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "trials.csv"
    path.write_text(TABLE)
    return path


def stated(resource: Resource, value: float) -> Cost:
    return Cost.exact(resource, value, kind=Kind.ASSUMED, sensor="stated")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    with Store(path) as opened:
        opened.save_study(
            StudyDefinition(name="tuned", pathways=(PathwayDefinition(name="FT", row="ft"),))
        )
        for number, score in enumerate((0.7, 0.9, 0.8, None)):
            status = Status.OK if score else Status.PRUNED
            known = Score(metric="accuracy", value=score or 0.0, split="validation", n_examples=9)
            amounts = {Resource.CPU_S: 60.0 + number, Resource.PRICE_USD: 2.0}
            opened.append(
                Run(
                    run_id=f"t{number}",
                    stage=Stage.FINETUNE,
                    status=status,
                    started_at=f"2026-01-01T00:00:0{number}Z",
                    study="tuned",
                    row="ft",
                    counts=tuple(stated(*amount) for amount in amounts.items()),
                    trial=Trial(row="ft", number=number, metric="accuracy"),
                    scores=(known,) if score else (),
                )
            )
    return path


def test_a_store_gives_the_curve_of_its_trials(store: Path) -> None:
    rows = found(store)["tables"]["best"]["rows"]
    assert [row["n"] for row in rows] == [1, 2, 3, 4]
    assert [row["best"] for row in rows] == pytest.approx([0.775, 0.8333, 0.875, 0.9], abs=1e-4)
    assert [row["grey"] for row in rows] == ["", "", "grey", "grey"]
    assert all(row["best_low"] < row["best"] < row["best_high"] for row in rows)
    assert rows[0]["best_kind"] == "counted"
    assert rows[3]["dodge"] < rows[3]["best"]


@pytest.mark.parametrize(
    ("x", "column", "two_trials"),
    [("cpu", "cpu_s", 123.0), ("usd", "price_usd", 4.0), ("money", "price_usd", 4.0)],
)
def test_the_budget_is_counted_in_what_is_asked_for(
    store: Path, x: str, column: str, two_trials: float
) -> None:
    rows = found(store, "--x", x)["tables"]["best"]["rows"]
    assert rows[1][f"budget_{column}"] == pytest.approx(two_trials)
    assert rows[1][f"budget_{column}_low"] <= rows[1][f"budget_{column}"]


def test_what_became_of_trials_and_of_their_scores_is_said(store: Path) -> None:
    (row,) = found(store)["tables"]["searches"]["rows"]
    assert (row["n_trials"], row["n_scored"], row["n_pruned"]) == (4, 3, 1)
    said = curves(store, "--y", "best").stdout
    assert "counts as a trial and with its cost" in said
    assert "a sampler that learns from earlier ones" in said


def test_a_table_gives_two_curves_and_who_changes_places(table: Path) -> None:
    told = found("--trials", table, "--x", "hours")
    assert [row["group"] for row in told["tables"]["searches"]["rows"]] == ["bert", "distil"]
    pair, by_median = told["tables"]["places"]["rows"]
    assert by_median["by"] == "median"
    assert (pair["first"], pair["last"]) == ("bert", "distil")
    assert pair["verdict"] == "nothing: the bands overlap"
    assert pair["at_duration_s_low"] is None
    assert told["level"] == 0.95


def test_text_has_chosen_rows_and_a_table_alone_can_be_asked_for(table: Path) -> None:
    text = curves("--y", "best", "--trials", table, "--x", "money")
    assert "2 EUR (" in text.stdout
    alone = curves("--y", "best", "--trials", table, "--table", "places", "--format", "csv")
    assert alone.stdout.startswith("left,right,by,first,last,n_trials")


def test_a_range_closes_the_band_of_a_metric_that_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("loss\n1.2\n1.0\n0.9\n")
    asked = ("--trials", tmp_path / "t.csv")
    assert found(*asked)["tables"]["best"]["rows"][0]["best_high"] is None
    closed = found(*asked, "--range", "0,3")["tables"]["best"]["rows"]
    assert closed[0]["best_high"] > closed[2]["best_high"] > 0.9


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("group,note,score\na,b,1\na,b,2\n", "column 'note' is none of scores"),
        ("score,cost\n1,2\n2,3\n", "column 'cost' is none of scores, and names no unit"),
        ("group,duration_h\na,1\nb,2\n", "no column of scores"),
        ("score,loss\n1,2\n2,3\n", "columns score, loss are all scores"),
        ("score,status\n1,fine\n2,ok\n", "t.csv:2: column 'status' holds 'fine'"),
        ("score,group\n,a\n2,b\n", "t.csv:2: column 'score' is empty"),
        ("score,group\nnan,a\n2,b\n", "t.csv:2: column 'score' holds 'nan'; expected a finite"),
        ("score,group\nmuch,a\n2,b\n", "t.csv:2: column 'score' holds 'much'"),
        ("score,cost_eur\n1,-2\n2,3\n", "t.csv:2: column 'cost_eur' holds -2; a cost cannot"),
        ("", "holds no rows"),
    ],
)
def test_tables_that_hold_no_trials_are_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataFileError, match=words):
        curves("--y", "best", "--trials", tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--y", "best"], "name at least one store, or a file"),
        (["--trials", "TABLE"], "add --y best"),
        (["--y", "best", "--trials", "TABLE", "--log", "x"], "--y best draws none"),
        (["--y", "best", "--trials", "TABLE", "--out", "c.png"], "neither .html nor .svg"),
        (
            ["--y", "best", "--trials", "TABLE", "--x", "joules", "--out", "c.svg"],
            "nothing to draw",
        ),
        (["--y", "best", "--trials", "TABLE", "--range", "1"], "is no LOW,HIGH"),
        (["--y", "best", "--trials", "TABLE", "--range", "1,0"], "must be below the top"),
        (["--y", "best", "--trials", "TABLE", "--range", "0,0.85"], "has a accuracy of 0.86"),
        (["--y", "best", "STORE", "--x", "eur"], ""),
        (["--y", "best", "STORE", "--where", "stage=infer"], "no run here is a trial"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(
    table: Path, store: Path, arguments: list[str], words: str
) -> None:
    known = {"TABLE": table, "STORE": store}
    result = curves(*(known.get(word, word) for word in arguments))
    assert result.exit_code == (2 if words else 0)
    assert words in result.stderr


def test_a_price_that_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("score\n1\n2\n")
    result = curves("--y", "best", "--trials", tmp_path / "t.csv", "--x", "money")
    assert (result.exit_code, "the trials have no price" in result.stderr) == (2, True)


def test_an_unknown_budget_names_the_known_ones(table: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'hours'"):
        curves("--y", "best", "--trials", table, "--x", "hour")


def test_two_currencies_are_never_one_budget(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("score,cost_eur,fee_usd\n1,1,1\n2,1,1\n")
    result = curves("--y", "best", "--trials", tmp_path / "t.csv", "--x", "money")
    assert (result.exit_code, "prices in two currencies" in result.stderr) == (2, True)


def test_a_cost_that_no_trial_has_is_said_on_the_error_stream_as_well(table: Path) -> None:
    result = curves("--y", "best", "--trials", table, "--x", "joules")
    assert "no trial says its energy_j" in result.stderr
    assert "no trial says its energy_j" in result.stdout


@pytest.mark.report
@pytest.mark.parametrize("name", ["best.html", "best.svg"])
def test_the_curves_are_drawn_as_one_file_without_scripts(
    table: Path, tmp_path: Path, name: str
) -> None:
    asked = ("--y", "best", "--trials", table, "--x", "hours", "--out", tmp_path / name)
    result = curves(*asked)
    text = (tmp_path / name).read_text()
    assert result.stderr == f"Drawn: {tmp_path / name}\n"
    assert "<svg" in text
    assert "<script" not in text
    assert "://" not in text.replace("http://www.w3.org/", "")
    assert "distil" in text


@pytest.mark.report
def test_a_band_without_an_end_is_drawn_without_it(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("loss\n1.2\n1.0\n0.9\n")
    out = tmp_path / "best.svg"
    assert curves("--y", "best", "--trials", tmp_path / "t.csv", "--out", out).exit_code == 0
    assert "Expected best score" in out.read_text()
