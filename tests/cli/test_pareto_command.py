"""`breakeven pareto`: stores, tables, reference sets, and what is refused."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from breakeven.analysis.dominance import Axis, Gap, all_shown
from breakeven.analysis.scoring.score_pairs import OF_THESE
from breakeven.cli import group
from breakeven.errors import BreakevenError, DataFileError, MissingExtraError, UnknownNameError
from breakeven.records import Estimate
from breakeven.report import front_drawing
from breakeven.report.tables.dominance import gap_cell, on_axis, shown_words
from breakeven.store import Store
from breakeven.testing.runs import example_runs

TABLE = """config,accuracy,accuracy_low,accuracy_high,energy_wh,energy_wh_low,energy_wh_high
FT,0.90,0.88,0.92,4.0,3.9,4.1
TS,0.85,0.83,0.87,2.0,1.9,2.1
TA,0.80,0.78,0.82,3.0,2.9,3.1
"""


def pareto(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(group, ["pareto", *words], catch_exceptions=False)


def told(*arguments: object) -> dict[str, Any]:
    done = pareto(*arguments, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "costs.csv"
    path.write_text(TABLE)
    return path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("example") / "store"
    definition, runs = example_runs()
    with Store(path) as opened:
        opened.save_study(definition)
        for run in runs:
            opened.append(run)
    return path


@pytest.fixture(scope="module")
def durlich(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("durlich") / "store"
    source = shared_dir / "published" / "durlich2023" / "table1.csv"
    words = ["import", "table", str(source), "--store", str(path), "--n-items", "3457024"]
    done = CliRunner().invoke(group, [*words, "--item", "padded_token"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return path


def test_anybodys_table_gets_a_front(table: Path) -> None:
    (space,) = told(table)["spaces"]
    assert space["front"] == ["FT", "TS"]
    (beaten,) = space["reasons"]
    assert (beaten["name"], beaten["beaten_by"]) == ("TA", "TS")
    ratio = beaten["ratio_energy_j"]
    assert (ratio["low"], ratio["value"], ratio["high"]) == pytest.approx(
        (2.9 / 2.1, 1.5, 3.1 / 1.9)
    )
    assert beaten["difference_accuracy"]["value"] == pytest.approx(-0.05)
    first = space["points"][0]["energy_j"]
    assert (first["value"], first["low"], first["high"]) == pytest.approx((14400, 14040, 14760))
    assert first["kinds"] == ["assumed"]
    assert {note["code"] for note in space["notes"]} == {"assumed-numbers"}


def test_a_kind_that_is_said_takes_the_note_away(table: Path) -> None:
    (space,) = told(table, "--kind", "measured")["spaces"]
    assert space["notes"] == []
    assert space["points"][0]["energy_j"]["kinds"] == ["measured"]


def test_text_says_who_beats_whom_and_by_how_much(table: Path) -> None:
    text = pareto(table).stdout
    assert "on the front are FT and TS; 3 points in all." in text
    assert "Hypervolume: " in text
    assert "beyond accuracy 79.0 %, energy 4.29 Wh" in text
    line = next(line for line in text.splitlines() if line.startswith("TA    TS"))
    assert "-5 points (-9 to -1)" in line
    assert "1.5 x (1.38-1.63)" in line
    assert line.endswith("yes")
    assert max(map(len, text.splitlines())) <= 100


def test_printed_scores_give_no_chance_and_show_nothing(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("config,accuracy,energy_wh\na,90.1,10.0\nb,85.0,11.0\n")
    (space,) = told(path)["spaces"]
    assert [point["probability_on_front"] for point in space["points"]] == [None, None]
    (beaten,) = space["reasons"]
    assert (beaten["probability"], beaten["is_shown"]) == (None, False)
    assert beaten["difference_accuracy"]["low"] == pytest.approx(-5.2)
    assert space["hypervolume"]["low"] is None
    text = " ".join(pareto(path).stdout.split())
    assert "not: accuracy (last digit only), energy (last digit only)" in text
    (flat,) = told(path, "--flat")["spaces"][0]["flat"]["points"]
    assert flat["is_shown_lower"] is None
    against = told(path, "--against", path)["spaces"][0]["against"]["points"]
    assert [(one["probability"], one["is_shown"]) for one in against] == [(None, False)] * 2


def test_a_score_of_counts_gives_a_chance_beside_printed_costs(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("config,n_correct,n_examples,energy_wh\na,811,872,10.0\nb,780,872,11.0\n")
    (beaten,) = told(path)["spaces"][0]["reasons"]
    # both as binomial: 0.0356 apart, standard error 0.0134, z = 2.65
    assert beaten["probability"] == pytest.approx(0.996, abs=0.005)


def test_printed_digits_are_an_interval(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("model,f1,energy_j\nA,90,2.0\nB,80,1.0\n")
    (space,) = told(path)["spaces"]
    energy = space["points"][0]["energy_j"]
    assert (energy["low"], energy["high"]) == pytest.approx((1.95, 2.05))


@pytest.mark.parametrize("cost", ["energy_j", "duration_s", "flops"])
def test_pareto_sets_of_durlich_et_al(durlich: Path, cost: str) -> None:
    """R000-H5: development {FT}; deployment {FT, TS}, under each of the three costs."""
    by_phase = {space["phase"]: space for space in told(durlich, "--cost", cost)["spaces"]}
    assert by_phase["development"]["front"] == ["FT"]
    assert by_phase["deployment"]["front"] == ["FT", "TS"]
    (beaten,) = by_phase["deployment"]["reasons"]
    assert (beaten["name"], beaten["beaten_by"]) == ("TA", "TS")


def test_fronts_of_durlich_et_al_at_a_lifetime(durlich: Path) -> None:
    """R000-11: after a million tokens development decides; after a billion TS is worth having."""
    asked = ("--cost", "energy_j", "--at-lifetime", "1e6,1e9", "--phase", "lifetime")
    early, late = told(durlich, *asked)["spaces"]
    assert (early["phase"], early["front"]) == ("lifetime at 1 million", ["FT"])
    assert (late["phase"], late["front"]) == ("lifetime at 1 billion", ["FT", "TS"])


def test_two_costs_and_a_score_are_one_space(durlich: Path) -> None:
    asked = ("--cost", "energy_j", "--cost", "duration_s", "--phase", "deployment")
    (space,) = told(durlich, *asked)["spaces"]
    assert [axis["name"] for axis in space["axes"]] == ["f1", "energy_j", "duration_s"]
    assert space["front"] == ["FT", "TS"]
    assert space["knee"] is None


def test_the_milestone_from_its_traces(shared_dir: Path) -> None:
    folder = shared_dir / "published" / "sst2_milestone"
    lengths = "phase_2_sequence_length/max_sequence_length_"
    found = told(
        *(folder / "counts.csv", "--traces", folder / "power_traces.csv", "--flat", "--tol", "0.0"),
        *("--only", f"{lengths}*", "--pair", f"{lengths}128:{lengths}48"),
    )
    (space,), (pair,) = found["spaces"], found["pairs"]
    assert space["flat"]["equal"] == [f"{lengths}{n}" for n in (128, 96, 64, 48)]
    assert space["flat"]["not_shown_lower"][4:] == [f"{lengths}{n}" for n in (40, 32)]
    assert pair["ratio_energy_j"]["value"] == pytest.approx(3.13, abs=0.005)
    assert pair["ratio_energy_j"]["low"] == pytest.approx(2.50, abs=0.005)
    assert pair["ratio_energy_j"]["high"] == pytest.approx(3.80, abs=0.006)
    assert space["points"][0]["energy_j"]["kinds"] == ["measured"]
    assert "short-window" in {note["code"] for note in space["notes"]}


def test_figure_4_counts_macs_as_two_flops(shared_dir: Path) -> None:
    path = shared_dir / "published" / "green_ai" / "figure4.json"
    (space,) = told(path, "--score", "top1", "--cost", "n_parameters")["spaces"]
    assert "alexnet" not in space["front"]
    (by_work,) = told(path, "--score", "top1", "--cost", "flops")["spaces"]
    assert len(by_work["front"]) == 5
    assert by_work["points"][0]["flops"]["value"] == pytest.approx(1.44e9)
    assert {note["code"] for note in by_work["notes"]} == {"flops-convention"}


def test_a_store_without_options_gives_every_cost(store: Path) -> None:
    found = told(store, "--at-lifetime", "1e5")
    phases = {space["phase"] for space in found["spaces"]}
    assert phases == {"development", "deployment", "lifetime at 100,000"}
    for space in found["spaces"]:
        assert set(space["front"]) <= {point["name"] for point in space["points"]}
        assert all(
            point["is_on_front"]
            for p in space["front"]
            for point in space["points"]
            if point["name"] == p
        )


def test_configurations_of_a_store_and_latency(store: Path) -> None:
    asked = ("--points", "configurations", "--score", "none")
    (space,) = told(store, *asked, "--cost", "cpu_s", "--cost", "latency_p50_s")["spaces"]
    assert [axis["name"] for axis in space["axes"]] == ["cpu_s", "latency_p50_s"]
    assert "TS/batch_size=1" in {point["name"] for point in space["points"]}


def test_a_new_model_against_a_reference_set(table: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.csv"
    new.write_text("model,accuracy,energy_wh\nbetter,0.90,3.0\ncheap,0.7,1.0\nworse,0.8,5.0\n")
    (space,) = told(new, "--against", table)["spaces"]
    verdicts = {
        p["name"]: (p["verdict"], p["is_state_of_the_art"]) for p in space["against"]["points"]
    }
    assert verdicts == {
        "better": ("Pareto improvement", True),
        "cheap": ("new trade-off", True),
        "worse": ("dominated", False),
    }
    before, after = (space["against"][f"hypervolume_{k}"] for k in ("before", "after"))
    assert after["value"] > before["value"]
    assert before["reference"] == after["reference"]
    text = pareto(new, "--against", table).stdout
    assert "Against the reference: Pareto improvement: better." in text


def test_a_store_against_itself_adds_nothing(store: Path) -> None:
    asked = ("--cost", "cpu_s", "--phase", "deployment", "--against", store)
    (space,) = told(store, *asked)["spaces"]
    assert {p["verdict"] for p in space["against"]["points"]} <= {
        "equal to the reference",
        "dominated",
    }
    ends = [space["against"][f"hypervolume_{key}"]["value"] for key in ("before", "after")]
    assert ends[0] == pytest.approx(ends[1])


def test_a_reference_point_of_ones_own_is_stated(table: Path) -> None:
    asked = ("--reference", "accuracy=0.5", "--reference", "energy_j=36000")
    (space,) = told(table, *asked)["spaces"]
    assert space["hypervolume"]["reference"] == {"accuracy": 0.5, "energy_j": 36000.0}
    assert space["hypervolume"]["reference_is"] == "as asked"
    text = " ".join(pareto(table, *asked).stdout.split())
    assert "beyond accuracy 50.0 %, energy 10.0 Wh (as asked)" in text


def test_one_table_as_csv(table: Path) -> None:
    done = pareto(table, "--table", "points", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["name"] for row in rows] == ["FT", "TS", "TA"]
    assert float(rows[0]["energy_j"]) == 14400
    assert rows[0]["energy_j_kind"] == "assumed"


@pytest.mark.parametrize(
    ("text", "asked", "says"),
    [
        pytest.param(
            "model,accuracy,energy\nA,0.9,2\n", (), "has no unit; write it behind", id="no unit"
        ),
        pytest.param(
            "model,accuracy,energy_j\nA,0.9,-2\n",
            (),
            "t.csv:2: column 'energy_j' holds '-2'",
            id="a negative cost",
        ),
        pytest.param(
            "model,accuracy,energy_j\nA,0.9,nan\n", (), "column 'energy_j' holds 'nan'", id="nan"
        ),
        pytest.param(
            "model,accuracy,f1,energy_j\nA,0.9,0.8,2\n",
            (),
            "which column is the score?",
            id="two scores",
        ),
        pytest.param(
            "model,accuracy,energy_j\nA,0.9,\n", (), "no row has a value of", id="no value at all"
        ),
        pytest.param(
            "model,accuracy,energy_j,energy_j_low\nA,0.9,2,1\n",
            (),
            "has one end of an interval",
            id="one end",
        ),
        pytest.param(
            "model,accuracy,energy_j,energy_j_low,energy_j_high\nA,0.9,5,1,2\n",
            (),
            "1 to 2 does not hold its value 5",
            id="an interval beside its value",
        ),
        pytest.param(
            "model,n_correct,n_examples,energy_j\nA,9,8,5\n",
            (),
            "9 right of 8 examples",
            id="more right than asked",
        ),
        pytest.param(
            "model,accuracy,energy_j\nA,0.9,5\n",
            ("--score", "none"),
            "two costs are needed",
            id="one cost alone",
        ),
    ],
)
def test_bad_tables_are_refused_in_a_sentence(
    tmp_path: Path, text: str, asked: tuple[str, ...], says: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(DataFileError) as caught:
        pareto(path, *asked)
    assert says in str(caught.value)


def test_an_unknown_cost_names_the_nearest(table: Path, store: Path) -> None:
    for source in (table, store):
        with pytest.raises(UnknownNameError, match="Did you mean 'energy_j'"):
            pareto(source, "--cost", "enegy_j")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--phase", "development"), "--phase is of a store"),
        (("--tol", "0.1"), "--tol is of the flat region; add --flat"),
        (("--tolerance", "x"), "'x' is no share; write 1% or 0.01"),
        (("--pair", "FT"), "--pair FT names no two points; write A:B"),
        (("--reference", "energy_j=1"), "the axes here are accuracy, energy_j"),
        (("--reference", "energy_j"), "write AXIS=VALUE"),
        (("--only", "Z*"), "is named Z*"),
        (("--table", "flat"), "there is no table flat here; add --flat"),
        (("--json", "--table", "points"), "--json prints everything"),
    ],
)
def test_bad_usage_ends_with_2_and_a_sentence(
    table: Path, asked: tuple[str, ...], says: str
) -> None:
    done = pareto(table, *asked)
    assert done.exit_code == 2
    assert says in " ".join(done.output.split())


def test_options_of_tables_are_refused_for_a_store(store: Path) -> None:
    done = pareto(store, "--kind", "measured")
    assert (done.exit_code, "--kind is of a table" in done.output) == (2, True)
    done = pareto(store, "--at-lifetime", "0")
    assert (done.exit_code, "no list of volumes above 0" in done.output) == (2, True)
    with pytest.raises(BreakevenError):
        pareto(store, "--study", "nobody")


def test_traces_must_name_every_point(tmp_path: Path) -> None:
    counts, traces = tmp_path / "c.csv", tmp_path / "t.csv"
    counts.write_text("config,n_examples,n_correct\nA,10,9\nB,10,8\n")
    traces.write_text("config,timestamp_s,power_w\nA,0,10\nA,1,10\n")
    with pytest.raises(DataFileError, match="holds no samples of 'B'"):
        pareto(counts, "--traces", traces)
    traces.write_text("config,seconds,watts\nA,0,10\n")
    with pytest.raises(DataFileError, match="expected a name, timestamp_s and power_w"):
        pareto(counts, "--traces", traces)
    traces.write_text("config,timestamp_s,power_w\nA,0,x\n")
    with pytest.raises(DataFileError, match=r"t.csv:2: column 'power_w' holds 'x'"):
        pareto(counts, "--traces", traces)
    traces.write_text("config,timestamp_s,power_w\nA,0,10\nA,inf,10\n")
    with pytest.raises(DataFileError, match=r"t.csv:3: column 'timestamp_s' holds 'inf'"):
        pareto(counts, "--traces", traces)


@pytest.mark.parametrize("n_examples", ["0", "x", ""])
def test_traces_are_shared_by_a_whole_number_of_examples(tmp_path: Path, n_examples: str) -> None:
    table, traces = tmp_path / "c.csv", tmp_path / "t.csv"
    table.write_text(f"config,f1,n_examples\nA,90.1,{n_examples}\n")
    traces.write_text("config,timestamp_s,power_w\nA,0,10\nA,1,10\n")
    says = rf"c.csv:2: column 'n_examples' holds '{n_examples}'; expected a whole number above 0"
    with pytest.raises(DataFileError, match=says):
        pareto(table, "--traces", traces)


def test_a_table_with_several_costs_gives_each_and_says_where_they_disagree(
    shared_dir: Path,
) -> None:
    """R000-14: no single number; AlexNet is efficient by work and not by size."""
    path = shared_dir / "published" / "green_ai" / "figure4.json"
    found = told(path)
    assert [space["axes"][1]["name"] for space in found["spaces"]] == ["n_parameters", "flops"]
    (one,) = found["costs_disagree_on"]
    assert (one["name"], one["on_front_in"], one["not_in"]) == (
        "alexnet",
        ["flops"],
        ["n_parameters"],
    )
    text = " ".join(pareto(path).stdout.split())
    assert "alexnet is on the front in FLOPs and not in parameters." in text


def test_an_empty_cell_leaves_its_row_out_by_name(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("model,accuracy,energy_j\nA,0.9,2.0\nB,0.8,\nC,,1.0\n")
    (space,) = told(path)["spaces"]
    assert space["left_out"] == ["B", "C"]
    assert space["front"] == ["A"]


def test_four_axes_are_refused(store: Path) -> None:
    done = pareto(store, "--cost", "cpu_s", "--cost", "flops", "--cost", "energy_j")
    assert (done.exit_code, "4 axes: nearly every point" in done.output) == (2, True)


def test_a_reference_set_of_another_machine_gets_a_note(store: Path, tmp_path: Path) -> None:
    definition, runs = example_runs()
    with Store(tmp_path / "other") as opened:
        opened.save_study(definition)
        for run in runs:
            moved = None if run.machine is None else replace(run.machine, host_id="other")
            opened.append(replace(run, machine=moved))
    asked = ("--cost", "cpu_s", "--phase", "deployment", "--against", tmp_path / "other")
    (space,) = told(store, *asked)["spaces"]
    assert "other-machine" in {note["code"] for note in space["notes"]}


def test_columns_in_other_clothes(tmp_path: Path) -> None:
    """Semicolons, percent, hh:mm:ss, kinds of a column, a metric of one's own, names anywhere."""
    path = tmp_path / "t.csv"
    path.write_text(
        "label;F1 (%);my_score;time;energy_wh;energy_kind\n"
        "A;90,0;7;00:10:00;4,0;measured\nB;80,0;5;00:05:00;2,0;inferred\n"
    )
    (space,) = told(path, "--score", "f1", "--cost", "energy_wh")["spaces"]
    first, second = space["points"]
    assert first["f1"]["value"] == pytest.approx(0.9)
    assert (first["energy_j"]["kinds"], second["energy_j"]["origins"]) == (
        ["measured"],
        ["inferred"],
    )
    (own,) = told(path, "--score", "my_score", "--cost", "energy_j")["spaces"]
    assert [p["my_score"]["value"] for p in own["points"]] == [7, 5]
    path.write_text("label,accuracy,energy_j,energy_kind\nA,0.9,1,guessed\n")
    with pytest.raises(
        DataFileError, match="column 'energy_kind' holds 'guessed'; expected one of"
    ):
        pareto(path)


@pytest.mark.parametrize(
    ("text", "asked", "says"),
    [
        ("1,2\n3,4\n", (), "no column holds names"),
        ("model,f1,energy_j\n,90,1\n", (), "column 'model' is empty; expected a name"),
        ("model,n_correct,n_examples,energy_j\nA,x,8,5\n", (), "expected a whole number"),
        ("model,f1\nA,90\n", (), "no column is a cost with a unit in its header"),
        ("model,f1,energy\nA,90,1\n", ("--cost", "energy"), "column 'energy' has no unit"),
        ("model,f1,colour\nA,90,1\n", ("--cost", "colour"), "has no unit that is known"),
    ],
)
def test_more_bad_tables(tmp_path: Path, text: str, asked: tuple[str, ...], says: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(DataFileError) as caught:
        pareto(path, *asked)
    assert says in str(caught.value)


def test_text_of_everything_that_may_be_said(tmp_path: Path) -> None:
    """Ten points of which one is near, one misses a value, and a reference set that has all."""
    path = tmp_path / "many.csv"
    rows = "".join(f"m{i},{0.5 + i / 100},{1.0 + i:.3f}\n" for i in range(1, 10))
    path.write_text(f"model,accuracy,energy_j\n{rows}near,0.589,10.05\ngone,,1\n")
    text = " ".join(pareto(path, "--flat", "--tol", "0.05", "--against", path).stdout.split())
    assert "Left out, for a value is missing on an axis: gone." in text
    assert "Within 1 % of one of these: near." in text
    assert "m9, m8, m7, m6, m5, m4, m3, m2 and 1 more" in text
    assert "Flat: within 0.05 of the best score by point values are m9, near, m8" in text
    assert "Nothing here is Pareto state of the art" in text
    assert "Against the reference: equal to the reference: m1" in text


def test_counts_without_intervals_of_cost_and_a_cost_of_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("model,n_correct,n_examples,energy_j\nA,90,100,0\nB,80,100,1\n")
    text = " ".join(pareto(path, "--flat", "--pair", "B:A").stdout.split())
    assert "No hypervolume: a cost of 0 has no logarithm." in text
    assert "Not shown to be lower besides" in text or "Flat: " in text
    path.write_text("model,n_correct,n_examples,energy_j\nA,90,100,2\nB,89,100,1\n")
    text = " ".join(pareto(path, "--flat").stdout.split())
    assert "Not shown to be lower besides: B; these test examples cannot tell" in text
    assert "has counts of right answers and not the answers" in text


def test_a_phase_without_numbers_is_said(shared_dir: Path, tmp_path: Path) -> None:
    source = shared_dir / "published" / "durlich2023" / "table1.csv"
    words = ["import", "table", str(source), "--store", str(tmp_path / "s")]
    assert CliRunner().invoke(group, words, catch_exceptions=False).exit_code == 0
    text = " ".join(pareto(tmp_path / "s").stdout.split())
    assert "Deployment: nothing to compare in energy, wall-clock time and FLOPs; FT, TS" in text
    flat = " ".join(pareto(tmp_path / "s", "--flat").stdout.split())
    assert "The scores have no intervals, so nothing is shown of the others." in flat
    found = told(tmp_path / "s")
    assert {space["phase"] for space in found["without_points"]} == {"deployment"}
    done = pareto(tmp_path / "s", "--phase", "deployment")
    assert (done.exit_code, "lack a value on an axis" in " ".join(done.output.split())) == (2, True)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--score", "none"), "--score none needs two costs; name them"),
        (("--score", "none", "--cost", "cpu_s"), "--score none needs two costs; name another"),
        (("--score", "f1"), "the quality of"),
        (("--points", "configurations", "--at-lifetime", "1e6"), "is of use alone"),
        (("--phase", "lifetime"), "needs a volume; add --at-lifetime"),
    ],
)
def test_bad_usage_of_a_store(store: Path, asked: tuple[str, ...], says: str) -> None:
    done = pareto(store, *asked)
    assert (done.exit_code, says in " ".join(done.output.split())) == (2, True)


def test_a_reference_set_without_these_axes_is_refused(table: Path) -> None:
    other = table.parent / "time.csv"
    other.write_text("model,accuracy,duration_s\nA,0.9,1\n")
    with pytest.raises(UnknownNameError):
        pareto(table, "--against", other)


def test_every_table_as_markdown(table: Path) -> None:
    done = pareto(table, "--format", "md", "--pair", "FT:TS", "--flat")
    assert done.exit_code == 0
    assert done.stdout.count("| --- |") >= 3
    one = pareto(table, "--pair", "FT:TS", "--table", "pairs").stdout
    assert "2 x (1.86-2.16)" in one
    with pytest.raises(UnknownNameError):
        pareto(table, "--pair", "FT:XX")


def test_a_cost_of_ones_own_keeps_its_unit() -> None:
    axis = Axis(name="water_l", title="Water", unit="L")
    seen = Estimate(name="water_l", value=1.25, low=1.0, high=1.5, method="", n=1, kinds=())
    assert on_axis(seen, axis) == "1.25\u00a0L (1\u20131.5)"
    assert on_axis(replace(seen, low=None, high=None), axis) == "1.25\u00a0L"
    gap = Gap(axis=axis, estimate=replace(seen, value=2500.0, low=None, high=None))
    assert gap_cell(gap).text == "2,500\u00a0\u00d7"


def test_what_is_shown_of_two_trainings_alone_says_so() -> None:
    axis = Axis(name="f1", title="F1", is_score=True, higher_is_better=True)
    apart = Estimate(name="f1", value=0.2, low=0.1, high=0.3, method="", n=1, kinds=())
    gaps = [Gap(axis=axis, estimate=apart, why=OF_THESE)]
    assert all_shown(gaps)
    assert shown_words(gaps, is_shown=True) == "yes, of these trainings"
    once = [Gap(axis=axis, estimate=apart, why="development ran once")]
    assert not all_shown(once)
    assert shown_words(once, is_shown=False) == "not: F1"


@pytest.mark.report
def test_a_front_is_drawn_with_its_names(table: Path, tmp_path: Path) -> None:
    pytest.importorskip("altair")
    out = tmp_path / "front.svg"
    done = pareto(table, "--out", out)
    assert done.exit_code == 0
    drawn = out.read_text()
    assert drawn.startswith("<svg")
    assert "FT &gt; 99%" in drawn
    assert "var(--" not in drawn


@pytest.mark.report
def test_a_drawing_says_what_its_dashes_mean(durlich: Path, tmp_path: Path) -> None:
    pytest.importorskip("altair")
    out = tmp_path / "front.svg"
    asked = ("--cost", "energy_j", "--phase", "deployment", "--out", out)
    assert pareto(durlich, *asked).exit_code == 0
    assert "Dashed outlines" in out.read_text()


@pytest.mark.report
def test_what_cannot_be_drawn_is_refused(table: Path, durlich: Path, tmp_path: Path) -> None:
    pytest.importorskip("altair")
    for source, asked, says in (
        (table, ("--out", tmp_path / "a.png"), "is no .svg"),
        (durlich, ("--out", tmp_path / "a.svg"), "draws one front, and here are 6"),
        (
            durlich,
            (
                *("--cost", "energy_j", "--cost", "flops", "--phase", "development"),
                *("--out", tmp_path / "a.svg"),
            ),
            "a drawing has a score and one cost",
        ),
    ):
        done = pareto(source, *asked)
        assert (done.exit_code, says in " ".join(done.output.split())) == (2, True)


def test_without_the_extra_a_drawing_says_what_to_install(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_drawing, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match="needs the extra 'report'"):
        pareto(table, "--out", tmp_path / "front.svg")
