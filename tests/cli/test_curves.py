"""`breakeven curves`: from stores to lines, verdicts, targets and a drawing."""

import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group
from breakeven.cli.trend_file import read_trend
from breakeven.errors import DataFileError, UnknownNameError
from breakeven.records import (
    Cost,
    Kind,
    Machine,
    Measurement,
    PathwayDefinition,
    Phase,
    PhaseName,
    Resource,
    Run,
    Score,
    Settings,
    Stage,
    Status,
    StudyDefinition,
    Volume,
)
from breakeven.store import Store
from breakeven.store.kept import PROGRESS_FILE

SPREADS = {"RTX 8000": 0.03, "A100": 0.5}


def machine(name: str) -> Machine:
    return Machine(
        host="h",
        host_id=name,
        system="Linux",
        cpu_model="CPU",
        n_cpus=2,
        memory_bytes=2**33,
        python="3.11",
        accelerators=(name,),
    )


def runs(name: str) -> Iterator[Run]:
    """Energy 1 J per 1,000 tokens, a pre-training far beyond, with the spread of the machine."""
    rng = np.random.default_rng(3)
    for i, n_tokens in enumerate(np.logspace(4, 6, 12)):
        n = round(float(n_tokens) * (100 if i == 11 else 1))
        joules = n / 1000 * math.exp(rng.normal(0, SPREADS[name]))
        cost = Cost.exact(
            Resource.ENERGY_J, joules, kind=Kind.MEASURED, sensor="nvml", channel="gpu0"
        )
        work = Measurement(started_at="2026-01-01T00:00:00Z", duration_s=1.0, costs=(cost,))
        yield Run(
            run_id=f"{name}/{i}".replace(" ", "").replace("/", "-"),
            stage=Stage.PRETRAIN if i == 11 else Stage.FINETUNE,
            status=Status.OK,
            started_at="2026-01-01T00:00:00Z",
            study="tokens",
            row=f"ft-{i}",
            settings=Settings(resolved={"model": "bert"}),
            machine=machine(name),
            phases=(Phase(name=PhaseName.WORK, measurement=work),),
            output=Volume(n_padded_tokens=n),
            scores=(
                Score(
                    metric="f1",
                    value=0.5 + 0.05 * math.log10(n),
                    split="test",
                    n_examples=100,
                ),
            ),
        )


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    paths = []
    for name in SPREADS:
        path = tmp_path_factory.mktemp("stores") / name.replace(" ", "")
        with Store(path) as store:
            store.save_study(
                StudyDefinition(
                    name="tokens",
                    pathways=(PathwayDefinition(name="FT", row="ft-0"),),
                    metric="f1",
                )
            )
            for run in runs(name):
                store.append(run)
        paths.append(path)
    return paths


def curves(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(group, ["curves", *words], catch_exceptions=False)


def rows(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_energy_against_tokens_by_machine_and_which_is_more_predictable(stores: list[Path]) -> None:
    result = curves(*stores, "--by", "accelerators")
    assert "RTX 8000 / GPU is more predictable than A100 / GPU" in result.stdout
    table = rows(curves(*stores, "--by", "accelerators", "--table", "lines", "--format", "csv"))
    assert [row["group"] for row in table] == ["RTX 8000 / GPU", "A100 / GPU"]
    exponent = [float(table[0][f"slope{end}"]) for end in ("_low", "", "_high")]
    assert exponent[0] < 1.0 < exponent[2]
    assert float(table[0]["r_squared"]) > float(table[1]["r_squared"])
    assert table[0]["kinds"] == "measured+counted"


def test_points_say_their_phase_and_run(stores: list[Path]) -> None:
    printed = curves(*stores[:1], "--table", "points", "--format", "json").stdout
    last = max(json.loads(printed)["rows"], key=lambda row: row["x"])
    assert (last["stage"], last["x"], last["kinds"]) == (
        "pretrain",
        100_000_000,
        "measured+counted",
    )


def test_runs_may_be_chosen_by_any_column(stores: list[Path]) -> None:
    where = ("--where", "stage=finetune", "--where", "accelerators=A100")
    table = rows(curves(*stores, *where, "--table", "points", "--format", "csv"))
    assert len(table) == 11


def test_a_target_is_reached_or_said_not_to_be(stores: list[Path]) -> None:
    asked = (stores[0], "--x", "tokens", "--y", "score")
    reached = curves(*asked, "--target", 0.75)
    (row,) = rows(curves(*asked, "--target", 0.75, "--table", "targets", "--format", "csv"))
    assert float(row["x_by_line"]) == pytest.approx(1e5, rel=1e-3)
    assert "reached" in reached.stdout
    assert "not reached by any of 1" in curves(*asked, "--target", 0.99).stdout
    assert "the line is drawn beyond its points" in curves(*asked, "--target", 0.99).stdout


def test_the_first_half_hour_of_each_run_is_followed_inside(tmp_path: Path) -> None:
    text = "elapsed_s,energy_j\n600,60\n1200,125\n1800,180\n3600,400\n"
    with Store(tmp_path / "store") as store:
        folder = store.scratch("r") / "progress"
        folder.mkdir()
        (folder / PROGRESS_FILE).write_text(text)
        kept = {"progress": store.keep_artifact(folder)}
        store.append(replace(next(runs("A100")), artifacts=kept))
        store.append(next(runs("RTX 8000")))
    asked = ("--x", "time", "--y", "energy", "--until", 1800, "--log", "none")
    result = curves(tmp_path / "store", *asked)
    table = rows(curves(tmp_path / "store", *asked, "--table", "lines", "--format", "csv"))
    assert float(table[0]["slope"]) == pytest.approx(0.1, rel=1e-6)
    assert table[0]["n"] == "3"
    assert "1 run left out" in result.stdout


@pytest.mark.report
@pytest.mark.parametrize("name", ["curves.html", "curves.svg"])
def test_the_drawing_is_one_file_without_scripts(
    stores: list[Path], tmp_path: Path, name: str
) -> None:
    result = curves(*stores, "--by", "accelerators", "--out", tmp_path / name)
    text = (tmp_path / name).read_text()
    assert result.stderr == f"Drawn: {tmp_path / name}\n"
    assert "<svg" in text
    assert "<script" not in text
    assert "://" not in text.replace("http://www.w3.org/", "")
    assert "pretrain" in text


def test_a_score_that_is_to_fall_is_known_by_its_runs(stores: list[Path], tmp_path: Path) -> None:
    low = Score(metric="f1", value=3.0, split="test", n_examples=9, higher_is_better=False)
    with Store(tmp_path / "store") as store:
        for run in list(runs("A100"))[:3]:
            store.append(replace(run, scores=(low,)))
    asked = ("--y", "score", "--target", 3.5, "--table", "targets", "--format", "csv")
    assert rows(curves(tmp_path / "store", *asked))[0]["n_reached"] == "1"
    assert stores
    lost = curves(tmp_path / "store", "--y", "loss", "--target", 1)
    assert "3 runs left out" in lost.stdout


TREND = "date,what,petaflop_s_days\n2012-09-30,AlexNet,0.0058\n2017-11-30,AlphaZero,1740\n"


def test_compute_over_years_doubles_every_few_months(tmp_path: Path) -> None:
    (tmp_path / "compute.csv").write_text(TREND)
    said = curves("--trend", tmp_path / "compute.csv").stdout
    assert "Doublings                                     18.19" in said
    assert "Doubling time by the ends, months             3.40" in said
    for moment in ("2012", "2012-09"):
        (tmp_path / "years.csv").write_text(f"year,amount\n{moment},1\n\n2016.5,2\n")
        assert "Growth factor" in curves("--trend", tmp_path / "years.csv").stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no rows"),
        ("name,amount\nx,1\n", "t.csv:1: begins with name, amount"),
        ("year,amount\n2012,much\n", "t.csv:2: column 'amount' holds 'much'; expected a number"),
        ("year,amount\n2012,inf\n", "t.csv:2: column 'amount' holds 'inf'; expected a finite"),
        ("year,amount\nsoon,1\n", "t.csv:2: column 'year' holds 'soon'"),
        ("year,amount\n2012-13,1\n", "holds '2012-13', which is no moment"),
    ],
)
def test_files_that_are_no_trend_are_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataFileError) as refused:
        curves("--trend", tmp_path / "t.csv")
    assert words in str(refused.value)


def test_one_moment_is_no_trend(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("year,amount\n2012,1\n")
    result = curves("--trend", tmp_path / "t.csv")
    assert result.exit_code == 2
    assert "two moments" in result.stderr


def test_a_trend_of_a_european_spreadsheet_is_read(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("year;amount\n2012;0,5\n2014;2,0\n")
    assert "Growth factor" in curves("--trend", tmp_path / "t.csv").stdout
    found = read_trend(tmp_path / "t.csv")
    assert found == ([2012.0, 2014.0], [0.5, 2.0])


def test_a_trend_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"none\.csv"):
        curves("--trend", tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name at least one store"),
        (["STORE", "--where", "stage"], "names no value"),
        (["STORE", "--table", "trend"], "there is no table trend here"),
        (["STORE", "--out", "curves.png"], "neither .html nor .svg"),
        (["STORE", "--where", "stage=tune", "--out", "c.svg"], "nothing to draw"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(
    stores: list[Path], arguments: list[str], words: str
) -> None:
    result = curves(*(stores[0] if word == "STORE" else word for word in arguments))
    assert result.exit_code == 2
    assert words in result.stderr


def test_an_empty_table_says_what_is_missing(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        for run in runs("A100"):
            store.append(replace(run, phases=()))
    unseen = curves(tmp_path / "store")
    assert (unseen.exit_code, "try --y cpu" in unseen.stderr) == (0, True)
    untimed = curves(tmp_path / "store", "--y", "cpu", "--table", "lines")
    assert "no run here has both tokens and cpu" in untimed.stderr


def test_without_joules_the_headline_cost_of_the_study_is_drawn(tmp_path: Path) -> None:
    """An empty table of energy helps nobody; who names --y gets what was named."""
    study = StudyDefinition(
        name="tokens", pathways=(PathwayDefinition(name="FT", row="ft-0"),), metric="f1"
    )
    with Store(tmp_path / "store") as store:
        store.save_study(study)
        for i, run in enumerate(list(runs("A100"))[:5]):
            cost = Cost.exact(Resource.CPU_S, i + 1.0, kind=Kind.MEASURED, sensor="s")
            work = replace(run.phases[0].measurement, costs=(cost,))
            store.append(replace(run, phases=(replace(run.phases[0], measurement=work),)))
    table = ("--table", "lines", "--format", "csv")

    taken = curves(tmp_path / "store", *table)
    assert "no joules were observed here, so --y is cpu" in taken.stderr
    assert rows(taken) == rows(curves(tmp_path / "store", "--y", "cpu", *table)) != []

    named = curves(tmp_path / "store", "--y", "energy", *table)
    assert (rows(named), "try --y cpu" in named.stderr) == ([], True)


def test_an_unknown_axis_names_the_known_ones(stores: list[Path]) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'tokens'"):
        curves(stores[0], "--x", "tokns")


def test_quality_is_drawn_against_money_where_runs_have_a_price(tmp_path: Path) -> None:
    """R003-14: one currency is money, two must be told apart, none is said."""

    def stated(resource: Resource, value: float) -> Cost:
        return Cost.exact(resource, value, kind=Kind.ASSUMED, sensor="stated")

    with Store(tmp_path / "store") as store:
        for i, run in enumerate(list(runs("A100"))[:5]):
            store.append(replace(run, counts=(stated(Resource.PRICE_EUR, 10.0**i),)))
    asked = ("--y", "score", "--table", "lines", "--format", "csv")
    by_name = rows(curves(tmp_path / "store", "--x", "money", *asked))
    assert by_name == rows(curves(tmp_path / "store", "--x", "eur", *asked))
    assert by_name[0]["kinds"] == "counted+assumed"
    assert float(by_name[0]["slope"]) > 0
    unpriced = curves(tmp_path / "store", "--x", "usd", "--y", "score")
    assert "no run here has both usd and score" in unpriced.stderr
    with Store(tmp_path / "store") as store:
        last = list(runs("A100"))[5]
        store.append(replace(last, counts=(stated(Resource.PRICE_USD, 1.0),)))
    both = curves(tmp_path / "store", "--x", "money")
    assert (both.exit_code, "two currencies" in both.stderr) == (2, True)


def test_every_form_is_one_json_object(stores: list[Path], tmp_path: Path) -> None:
    told = json.loads(curves(*stores, "--by", "accelerators", "--target", 1, "--json").stdout)
    assert set(told["tables"]) == {"lines", "tightness", "targets", "points"}
    assert told["tables"]["lines"]["rows"][0]["slope_low"] < 1.0
    assert told["level"] == 0.95
    (tmp_path / "compute.csv").write_text(TREND)
    grown = json.loads(curves("--trend", tmp_path / "compute.csv", "--json").stdout)
    assert grown["tables"]["trend"]["rows"][1]["value"] == pytest.approx(18.19, abs=0.01)
