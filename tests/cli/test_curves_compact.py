"""`breakeven curves --compact`, `--saturation` and `--gain` from end to end."""

import csv
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group
from breakeven.errors import DataFileError
from breakeven.formulas.trace import PowerTrace
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
)
from breakeven.store import Store
from breakeven.testing.factorial import factorial_runs

HEADER = "config,max_length,precision,n_layers,energy_mJ,n_examples,n_correct\n"


def curves(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(group, ["curves", *words], catch_exceptions=False)


def told(*arguments: object) -> dict[str, Any]:
    result = curves(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def milestone(folder: Path) -> str:
    """The published traces and counts as a table of configurations: energy by the trapezoid."""
    samples: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in csv.DictReader((folder / "power_traces.csv").read_text().splitlines()):
        samples[row["config"]].append((float(row["timestamp_s"]), float(row["power_w"])))
    lines = [HEADER.strip()]
    for row in csv.DictReader((folder / "counts.csv").read_text().splitlines()):
        config = row["config"]
        set_to = {"max_sequence_length": "128", "precision": "fp32", "num_layers": "12"}
        for part in config.split("/")[1:]:
            name, _, value = part.rpartition("_")
            set_to[name] = value
        energy_j = PowerTrace(*zip(*samples[config], strict=True)).energy().energy_j
        cost = 1e3 * energy_j / int(row["n_examples"])
        cells = [config, *set_to.values(), f"{cost}", row["n_examples"], row["n_correct"]]
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def test_the_milestones_energy_is_a_line_in_length_times_precision_times_depth(
    shared_dir: Path, tmp_path: Path
) -> None:
    """R004-15: 33 measurements; the formula holds where nothing is lost, and not below."""
    (tmp_path / "l4.csv").write_text(milestone(shared_dir / "published" / "sst2_milestone"))
    found = told(tmp_path / "l4.csv", "--compact")
    rows = {row["parameter"]: row for row in found["tables"]["compact"]["rows"]}
    per_token = rows["cost per token in fp32"]
    assert per_token["value"] == pytest.approx(1.67e-3, rel=0.01)
    assert per_token["value_low"] < 1.7e-3 < per_token["value_high"]
    assert rows["fp16 over fp32"]["value"] == pytest.approx(0.236, abs=0.002)
    assert rows["share that goes with the layers"]["value"] == pytest.approx(1.02, abs=0.01)
    assert rows["fp16 over fp32"]["value_kind"] == "modelled"
    foretold = found["tables"]["foretold"]["rows"]
    assert len(foretold) == 33
    safe = [abs(row["error_percent"]) for row in foretold if row["loses"] == "no"]
    assert (len(safe), max(safe) < 23) == (23, True)
    assert np.median(safe) == pytest.approx(6.1, abs=0.2)
    assert max(abs(row["error_percent"]) for row in foretold) > 40
    assert "33 held-out measurements off by 6.1 % in the median" in found["sentences"][0]


def table(rows: Sequence[str]) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


GOOD = [f"c,{n},{p},12,{n * f},100,90" for n in (8, 16, 32, 64) for p, f in (("a", 1), ("b", 0.5))]


def test_a_small_table_gives_its_formula_in_text(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table(GOOD))
    text = curves(tmp_path / "t.csv", "--compact").stdout
    assert "b over a" in text
    assert "8 held-out measurements off by 0.0 % in the median" in text
    assert "0.001" in curves(tmp_path / "t.csv", "--compact", "--table", "compact").stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (table(["c,8,a,12,0,100,90", *GOOD]), "t.csv:2: column 'energy_mJ' holds 0; expected"),
        (table(["c,8,a,12,nan,100,90", *GOOD]), "column 'energy_mJ' holds nan; expected"),
        (table(["c,8,a,12,1,nan,90", *GOOD]), "t.csv:2: column 'n_examples' holds 'nan'; expected"),
        (table([*GOOD, "c,8,a,12,1,100,inf"]), "t.csv:10: column 'n_correct' holds 'inf'; expect"),
        (table(["c,8,a,12,1,100,", *GOOD]), "t.csv:2: column 'n_correct' holds ''; expected"),
        (table(["c,8,a,12,1,100,190", *GOOD]), "190 of 100 is no proportion"),
        ("max_length,precision,energy\n1,a,2\n2,a,3\n", "column 'energy' names no unit"),
        ("precision,energy_j\na,2\na,3\n", "no column 'max_length'"),
        ("max_length,precision\n1,a\n2,a\n", "0 columns of costs; keep one"),
    ],
)
def test_tables_that_hold_no_configurations_are_refused(
    tmp_path: Path, text: str, words: str
) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(DataFileError, match=words):
        curves(tmp_path / "t.csv", "--compact")


def test_too_few_configurations_say_how_many_there_are(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table(GOOD[:3]))
    result = curves(tmp_path / "t.csv", "--compact")
    assert (result.exit_code, "found: t has 3" in result.stderr) == (2, True)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """F1 over labelled examples: up to 3,000 of them, then level; and straight on."""
    path = tmp_path_factory.mktemp("saturating") / "store"
    rng = np.random.default_rng(1)
    with Store(path) as opened:
        opened.save_study(
            StudyDefinition(
                name="s", pathways=(PathwayDefinition(name="FT", row="level"),), metric="f1"
            )
        )
        for row, end in (("level", 3.5), ("straight", 9.0)):
            for i, n in enumerate(np.logspace(1, 5, 12).round()):
                value = float(0.4 + 0.1 * min(np.log10(n), end) + rng.normal(0, 0.005))
                examples = Cost.exact(
                    Resource.N_LABELLED_EXAMPLES, float(n), kind=Kind.COUNTED, sensor="made-up"
                )
                opened.append(
                    Run(
                        run_id=f"{row}-{i}",
                        stage=Stage.FINETUNE,
                        status=Status.OK,
                        started_at="2026-01-01T00:00:00Z",
                        study="s",
                        row=row,
                        counts=(examples,),
                        scores=(Score(metric="f1", value=value, split="test", n_examples=100),),
                    )
                )
    return path


def test_one_point_of_saturation_with_its_interval_or_why_not(store: Path) -> None:
    asked = ("--x", "data", "--y", "score", "--by", "row", "--saturation")
    level, straight = told(store, *asked)["tables"]["saturation"]["rows"]
    assert level["verdict"] == "shown"
    assert level["saturates_at_low"] < 10**3.5 < level["saturates_at_high"]
    assert straight["saturates_at"] is None
    assert straight["verdict"].startswith("not shown: a straight line fits as well")


def test_a_stated_gain_is_held_against_the_curve(store: Path) -> None:
    asked = ("--x", "data", "--y", "score", "--by", "row", "--gain", 0.05)
    level, straight = told(store, *asked)["tables"]["saturation"]["rows"]
    assert level["gain_below_at"] == level["saturates_at"]
    assert straight["gain_below_at"] is None
    assert "may still bring 0.05" in curves(store, *asked).stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--saturation"], "--saturation is of quality over log x"),
        (["--gain", "1", "--y", "score", "--log", "none"], "without --log"),
        (["--compact", "--saturation", "--y", "score"], "--compact is a formula by itself"),
    ],
)
def test_what_does_not_go_together_is_refused(
    store: Path, arguments: list[str], words: str
) -> None:
    result = curves(store, *arguments)
    assert (result.exit_code, words in result.stderr) == (2, True)


def test_a_group_of_few_points_says_so(store: Path) -> None:
    asked = ("--x", "data", "--y", "score", "--by", "row", "--where", "run_id=level-1")
    (row,) = told(store, *asked, "--gain", 1)["tables"]["saturation"]["rows"]
    assert row["verdict"] == "not shown: it takes 6 points, 4 different x and a y that varies"


def test_a_store_is_read_for_its_sweep(tmp_path: Path) -> None:
    definition, runs = factorial_runs(n_blocks=1)
    at = "2026-01-01T00:00:00Z"
    with Store(tmp_path / "store") as opened:
        opened.save_study(definition)
        for run in runs:
            phases = tuple(
                replace(p, measurement=replace(p.measurement, started_at=at)) for p in run.phases
            )
            opened.append(replace(run, started_at=at, phases=phases))
    found = told(tmp_path / "store", "--compact")
    factors = [r for r in found["tables"]["compact"]["rows"] if r["parameter"] == "fp16 over fp32"]
    assert [row["sweep"] for row in factors] == ["FT", "TS", "TA"]
    assert factors[0]["value"] == pytest.approx(0.45, rel=0.03)
    assert "no record says how many layers the whole model has" in found["sentences"][1]


def test_published_accuracy_stops_rising_at_about_36_tokens(
    shared_dir: Path, tmp_path: Path
) -> None:
    """R003-10 on the SST-2 milestone's eight lengths in FP32: 93.0 % from 48 tokens on."""
    folder = shared_dir / "published" / "sst2_milestone"
    lines = ["max_length,accuracy"]
    for row in csv.DictReader((folder / "counts.csv").read_text().splitlines()):
        if row["config"].startswith("phase_2_sequence_length/"):
            share = int(row["n_correct"]) / int(row["n_examples"])
            lines.append(f"{row['config'].rpartition('_')[2]},{share}")
    (tmp_path / "l4.csv").write_text("\n".join(lines) + "\n")
    asked = ("--x", "max_length", "--y", "accuracy", "--saturation")
    (row,) = told(tmp_path / "l4.csv", *asked)["tables"]["saturation"]["rows"]
    assert (row["n"], row["verdict"]) == (8, "shown")
    ends = [row[f"saturates_at{end}"] for end in ("", "_low", "_high")]
    assert ends == pytest.approx([36.5, 34.1, 39.6], abs=0.1)


PLAIN = "size,accuracy,model\n" + "".join(
    f"{10**i},{0.5 + 0.05 * i},{name}\n" for name in ("bert", "gpt") for i in range(1, 5)
)


def test_any_table_gives_its_curves(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(PLAIN + "100000,,bert\n")
    asked = (tmp_path / "t.csv", "--x", "size", "--y", "accuracy", "--by", "model")
    found = told(*asked)
    rows = found["tables"]["lines"]["rows"]
    assert [row["group"] for row in rows] == ["bert", "gpt"]
    assert rows[0]["slope"] == pytest.approx(0.05)
    assert rows[0]["kinds"] == "assumed"
    assert "1 run left out: unfinished, or without size or accuracy." in found["sentences"]
    kept = told(*asked, "--where", "model=gpt")["tables"]["points"]["rows"]
    assert {row["group"] for row in kept} == {"gpt"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--x", "sise", "--y", "accuracy"], "no column 'sise'. Did you mean 'size'"),
        (["--x", "model", "--y", "accuracy"], "t.csv:2: column 'model' holds 'bert'"),
        (["--x", "size", "--y", "flaw"], "t.csv:2: column 'flaw' holds 'inf'; expected a finite"),
    ],
)
def test_columns_that_hold_no_points_are_refused(
    tmp_path: Path, arguments: list[str], words: str
) -> None:
    (tmp_path / "t.csv").write_text("size,accuracy,model,flaw\n1,0.5,bert,inf\n2,0.6,gpt,2\n")
    with pytest.raises(DataFileError, match=words):
        curves(tmp_path / "t.csv", *arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["STORE"], "ask of one table, or of stores"),
        (["--inside"], "are of stores, not of a table"),
        (["--x", "size", "--y", "accuracy", "--where", "model"], "names no value"),
    ],
)
def test_what_a_table_cannot_be_asked_is_refused(
    store: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    (tmp_path / "t.csv").write_text(PLAIN)
    result = curves(tmp_path / "t.csv", *(store if a == "STORE" else a for a in arguments))
    assert (result.exit_code, words in result.stderr) == (2, True)
