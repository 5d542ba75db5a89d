"""`breakeven compare`: published tables, stores, two stores, surveys, and tables that are wrong."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group
from breakeven.errors import DataFileError, UnknownNameError
from breakeven.records import Cost, Run
from breakeven.store import Store
from breakeven.testing.runs import example_runs

CAIN = ("--subject", "order", "--factor", "model")
AS_PRINTED = ("--where", "role=original", "--where", "role=wrapped")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, ["compare", *map(str, arguments)])


def output(*arguments: object) -> str:
    found = run(*arguments)
    assert found.exit_code == 0, found.output
    return found.stdout


def comparisons(*arguments: object) -> list[dict[str, Any]]:
    made = json.loads(output(*arguments, "--json"))
    return list(made["comparisons"])


@pytest.fixture
def runs_csv(shared_dir: Path) -> Path:
    return shared_dir / "published" / "cain2024" / "runs.csv"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored(tmp_path_factory.mktemp("then"))


def stored(path: Path, *, seed: int = 7, factor: float = 1.0) -> Path:
    """The made-up study; `factor` makes the use of TS dearer."""
    definition, runs = example_runs(seed=seed)
    with Store(path) as opened:
        opened.save_study(definition)
        for one in runs:
            is_ts = one.row.startswith("TS/") and factor != 1
            opened.append(dearer(one, factor) if is_ts else one)
    return path


def dearer(one: Run, factor: float) -> Run:
    phases = tuple(
        replace(
            phase,
            measurement=replace(
                phase.measurement,
                costs=tuple(scaled(cost, factor) for cost in phase.measurement.costs),
            ),
        )
        for phase in one.phases
    )
    return replace(one, phases=phases)


def scaled(cost: Cost, factor: float) -> Cost:
    return replace(cost, value=cost.value * factor, low=cost.low * factor, high=cost.high * factor)


def table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_the_distillation_study_is_compared_as_it_was_printed(runs_csv: Path) -> None:
    """Cain 2024: F of CPU, memory and time to the printed digits, below the ratios."""
    text = output(
        *(runs_csv, "--value", "avg_cpu", "--value", "avg_memory"),
        *("--value", "total_inference_time", *CAIN, *AS_PRINTED, "--baseline", "BERT"),
    )
    for digits in ("4358.705", "0.9969644", "0.1398375", "0.69218", "2666.646", "0.9956913"):
        assert digits in text
    for digits in ("0.1418206", "0.4912353", "1335.418", "0.9899065", "0.284992"):
        assert digits in text
    assert text.index("Ratio over BERT") < text.index("4358.705")
    assert "Note (not-spherical)" in text


def test_table_2_of_the_distillation_study_is_printed(runs_csv: Path) -> None:
    """Energy 28902.17, 16234.187, 31228.713, 22464.59 J; time and memory likewise."""
    found = comparisons(
        *(runs_csv, "--value", "total_energy", "--value", "total_inference_time"),
        *("--value", "avg_memory", *CAIN, "--where", "role=original", "--where", "role=rerun"),
    )
    means = [[row["mean"] for row in one["samples"]] for one in found]
    assert means[0] == pytest.approx([28902.17, 16234.187, 31228.713, 22464.59], abs=0.005)
    assert means[1] == pytest.approx([888.22, 674.77, 797.9, 557.61], abs=0.0051)
    assert means[2] == pytest.approx([5.68, 5.55, 3.95, 3.17], abs=0.01)
    assert [row["n"] for row in found[0]["samples"]] == [10, 10, 10, 10]
    assert found[0]["left_out"] == ["5", "7", "10"]


def test_distilled_versions_take_less_energy_and_less_cpu(runs_csv: Path) -> None:
    """R002-05 and R002-06: -43.8 % and -28.1 % energy; distilled GPT-2 below GPT-2 in CPU."""
    energy = comparisons(
        *(runs_csv, "--value", "total_energy", *CAIN),
        *("--where", "role=original", "--where", "role=rerun"),
    )[0]["ratios"]
    change = {(r["configuration"], r["over"]): r for r in energy}
    bert, gpt = change["Distilled-BERT", "BERT"], change["Distilled-GPT-2", "GPT-2"]
    assert bert["ratio"] == pytest.approx(0.5604, abs=0.0002)
    assert bert["ratio_high"] < 0.57
    assert gpt["ratio"] == pytest.approx(0.7193, abs=0.0002)
    assert gpt["ratio_high"] < 0.73
    cpu = comparisons(
        runs_csv, "--value", "avg_cpu", *CAIN, "--where", "role=original", "--baseline", "GPT-2"
    )[0]["ratios"]
    lower = {row["configuration"]: row["together_high"] for row in cpu}["Distilled-GPT-2"]
    assert lower < 1


def test_a_wrapped_counter_is_named_with_its_line_and_column(runs_csv: Path) -> None:
    found = run(runs_csv, "--value", "total_energy", *CAIN, *AS_PRINTED)
    assert isinstance(found.exception, DataFileError)
    assert "line 7, column total_energy: -224720.878 is not above 0" in str(found.exception)
    assert "counter that wrapped around" in str(found.exception)


def test_values_below_0_are_compared_by_differences_when_asked(runs_csv: Path) -> None:
    text = output(runs_csv, "--value", "total_energy", *CAIN, *AS_PRINTED, "--signed")
    assert "Difference" in text
    assert "0.2364915" in text


def test_a_store_is_compared_by_pathway_ratio_first(store: Path) -> None:
    text = output(store, "--baseline", "FT", "--value", "energy_j_per_example")
    assert text.index("Ratio over FT") < text.index("analysis of variance")
    assert "(replayed)" in text
    assert "Dunnett" in text
    assert max(map(len, text.splitlines())) <= 100


def test_numbers_of_two_kinds_are_not_compared(store: Path) -> None:
    """The API's time is stated, not measured: it is no configuration beside measured ones."""
    found = comparisons(store, "--value", "duration_s_per_example")
    assert [one["kinds"] for one in found] == [["measured"]]
    assert "API" not in {row["configuration"] for row in found[0]["samples"]}


def test_two_factors_of_a_store_that_are_not_crossed_are_compared_and_not_analysed(
    store: Path,
) -> None:
    found = comparisons(
        *(store, "--value", "cpu_s_per_example", "--factor", "pathway", "--factor", "set_role"),
        *("--where", "stage=infer", "--where", "set_max_length=48"),
    )
    assert found[0]["factors"] == ["pathway", "set_role"]
    assert "FT / sweep" in {row["configuration"] for row in found[0]["ratios"]}
    assert "not every level of one factor" in found[0]["variance_absent"]
    assert "variance" not in found[0]


def test_values_that_were_averaged_within_a_block_are_told(store: Path) -> None:
    text = output(store, "--value", "cpu_s_per_example", "--factor", "role")
    assert "Averaged within a block: aa (24 values in 6), sweep (36 values in 6)" in text
    assert "Averaged" not in output(store, "--value", "cpu_s_per_example", "--factor", "row")


def test_the_same_numbers_are_in_text_and_json(store: Path) -> None:
    text = output(store, "--baseline", "FT", "--value", "cpu_s_per_example")
    row = comparisons(store, "--baseline", "FT", "--value", "cpu_s_per_example")[0]["ratios"][0]
    assert f"{row['ratio']:.4g} ({row['ratio_low']:.4g}-{row['ratio_high']:.4g})" in text
    assert row["ratio_kind"] == "measured"


def test_json_holds_level_methods_and_no_infinity(store: Path) -> None:
    text = output(store, "--json")
    assert "Infinity" not in text
    assert "NaN" not in text
    one = json.loads(text)["comparisons"][0]
    assert one["level"] == 0.95
    assert set(one["methods"]) >= {"ratios", "samples", "tests", "variance", "checks", "order"}


def test_one_table_is_written_as_csv(store: Path) -> None:
    text = output(store, "--value", "cpu_s_per_example", "--table", "samples", "--format", "csv")
    rows = list(csv.DictReader(text.splitlines()))
    assert {"mean", "mean_low", "mean_high", "shapiro_w", "cv"} <= set(rows[0])


def test_points_of_a_q_q_plot_are_given_on_request(store: Path) -> None:
    asked = (store, "--value", "cpu_s_per_example")
    assert "Normal quantile" in output(*asked, "--table", "qq")
    assert "Normal quantile" not in output(*asked)


def test_blocks_for_a_target_and_sameness_are_told(store: Path) -> None:
    found = comparisons(
        store, "--value", "cpu_s_per_example", "--target", "0.001", "--same-within", "0.05"
    )
    row = found[0]["checks"][0]
    assert row["n_assured"] >= row["n_needed"] > 6
    assert row["is_same"] in {"yes", "no"}


def test_what_got_dearer_between_two_stores_is_said(store: Path, tmp_path: Path) -> None:
    now = stored(tmp_path / "now", seed=8, factor=1.5)
    text = output(store, now, "--value", "energy_j_per_example")
    assert "Dearer now: TS in Energy per example, J (CPU and DRAM)." in text
    assert "Cheaper now: nothing shown." in text
    row = next(r for r in comparisons(store, now)[0]["over_time"] if r["configuration"] == "TS")
    assert row["ratio"] == pytest.approx(1.5, rel=0.06)


def test_nothing_changed_between_a_store_and_itself(store: Path) -> None:
    rows = comparisons(store, store)[0]["over_time"]
    assert {row["verdict"] for row in rows} <= {"no change shown", "too few to test"}


def test_shares_of_the_green_ai_survey_have_intervals(tmp_path: Path) -> None:
    """Figure 2 of Schwartz et al. 2020 as twenty papers a venue: 90, 80 and 75 % accuracy."""
    counts = {"ACL": (18, 2), "NeurIPS": (16, 4), "CVPR": (15, 5)}
    rows = [f"{v},accuracy" for v, (n, _) in counts.items() for _ in range(n)]
    rows += [f"{v},efficiency" for v, (_, n) in counts.items() for _ in range(n)]
    labels = table(tmp_path / "labels.csv", "venue,target", *rows)
    text = output("--survey", labels)
    assert "90.0 % (69.9 to 97.2)" in text
    assert "do not hold together" in text
    one = comparisons("--survey", labels, "--by", "venue", "--label", "target")[0]
    assert [one["n"], len(one["shares"]), len(one["differences"])] == [60, 8, 6]
    share = one["shares"][0]
    assert share["together_low"] < share["share_low"] < share["share"]
    assert share["share_kind"] == "counted"


def test_several_seeds_of_one_row_are_described(tmp_path: Path) -> None:
    """R004-16: averaged energies of repeats with their spread, where nothing is compared."""
    definition, runs = example_runs()
    tuned = next(one for one in runs if one.row == "ft" and one.status.value == "ok")
    with Store(tmp_path / "seeds") as opened:
        opened.save_study(definition)
        for seed in range(5):
            own = dearer(replace(tuned, run_id=f"ft-{seed}", repeat=seed), 1 + seed / 100)
            opened.append(own)
    asked = (tmp_path / "seeds", "--value", "cpu_s")
    row = comparisons(*asked)[0]["samples"][0]
    assert (row["configuration"], row["n"]) == ("ft", 5)
    assert row["mean_low"] < row["mean"] < row["mean_high"]
    assert row["cv"] == pytest.approx(0.0155, abs=0.001)
    assert "One configuration: described" in output(*asked)


def test_units_in_the_header_are_kept_and_missing_ones_told(tmp_path: Path) -> None:
    rows = [f"{b},{m},{1 + 0.01 * b + (m == 'y'):.3f}" for b in range(5) for m in "xy"]
    with_unit = table(tmp_path / "a.csv", "block,model,energy_j", *rows)
    without = table(tmp_path / "b.csv", "block,model,energy", *rows)
    asked = ("--subject", "block", "--factor", "model", "--kind", "measured")
    assert "energy_j, J [a.csv] (measured)" in output(with_unit, "--value", "energy_j", *asked)
    assert "ends in no unit" in output(without, "--value", "energy", *asked)


def test_an_order_executed_is_looked_at(tmp_path: Path) -> None:
    rows = [
        f"{i // 2},{'xy'[i % 2]},{i},{(1 + i % 2) * 1.05**i * (1 + 0.002 * (i * 7 % 5)):.5f}"
        for i in range(16)
    ]
    path = table(tmp_path / "a.csv", "block,model,place,t_s", *rows)
    text = output(
        path, "--value", "t_s", "--subject", "block", "--factor", "model", "--order", "place"
    )
    assert "Note (drift): values moved by +" in text
    assert "Note (runs-correlated)" in text


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["b,m,t_s", "0,x,nan"], "line 2, column t_s: 'nan' is no finite number"),
        (["b,m,t_s", "0,x,1 J"], "line 2, column t_s: '1 J' is no finite number"),
        (["b,m,t_s", "0,x,-1"], "line 2, column t_s: -1 is not above 0"),
        (["b,m,t_s", "0,,1"], "line 2, column m: the cell is empty"),
        (["b,m,t_s", "0,x,1,5"], "line 2: 4 cells for 3 columns"),
        (["b,m,t_s", "0,x,1", "0,x,2"], "b 0 has two values of x"),
        (["b,m,m,t_s", "0,x,x,1"], "column 'm' is there twice"),
        (["b,m,t_s"], "has no row; there is nothing to compare"),
        (["b,m,t_s", "0,x,"], "column t_s is empty in every row"),
        ([""], "is empty; expected a header line"),
    ],
)
def test_a_bad_table_gets_one_sentence(tmp_path: Path, rows: list[str], words: str) -> None:
    path = table(tmp_path / "bad.csv", *rows)
    found = run(path, "--value", "t_s", "--subject", "b", "--factor", "m")
    assert isinstance(found.exception, DataFileError)
    assert words in str(found.exception)


def test_a_file_that_is_no_table_of_runs_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    with path.open("wb") as file:
        file.truncate(2 * 10**9)
    found = run(path, "--value", "t_s", "--factor", "m")
    assert isinstance(found.exception, DataFileError)
    assert "has 2 GB" in str(found.exception)


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "b,m,t_s", "0,x,1")
    found = run(path, "--value", "t", "--factor", "m")
    assert isinstance(found.exception, UnknownNameError)
    assert "no column of a.csv named 't'" in str(found.exception)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "name a store, two stores, a CSV file"),
        (["STORE", "--subject", "b"], "--subject says nothing of a store; it is for a CSV file"),
        (["STORE", "STORE", "--baseline", "FT"], "--baseline says nothing of two stores"),
        (["STORE", "--format", "csv"], "name it with --table"),
        (["STORE", "STORE", "STORE"], "3 sources"),
        (["STORE", "--where", "status=failed"], "holds no finished run with such"),
        (["STORE", "--table", "shares"], "there is no table shares here"),
        (["FILE"], "name its columns with --value and --factor"),
        (["FILE", "--value", "t_s", "--factor", "m", "--where", "m"], "names no value"),
    ],
)
def test_questions_that_cannot_be_answered_say_why(
    store: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    path = table(tmp_path / "a.csv", "b,m,t_s", "0,x,1")
    found = run(*({"STORE": store, "FILE": path}.get(a, a) for a in arguments))
    assert found.exit_code == 2
    assert words in " ".join(found.output.split())


def test_one_stage_carries_the_published_correlation(shared_dir: Path, tmp_path: Path) -> None:
    """R000-35, RX-09: r = 0.997 over 87 runs, once TS's fine-tuning, which is FT's, is left out."""
    published = (shared_dir / "published" / "durlich2023" / "table1.csv").read_text().splitlines()
    path = table(tmp_path / "a.csv", *published[:3], *published[4:])
    asked = (path, "--correlate", "flops,energy_wh", "--times", "n_runs")
    row = comparisons(*asked)[0]["correlation"][0]
    assert row["pearson"] == pytest.approx(0.99707, abs=5e-6)
    assert row["pearson_without"] == pytest.approx(0.99321, abs=5e-6)
    assert row["p"] < 1e-50
    assert row["fold"] == pytest.approx(10.35, abs=0.01)
    text = output(*asked)
    assert "Note (one-value-carries)" in text
    assert "(3 of 87 points) holds 99.91% of the spread" in text
    whole = (shared_dir / "published" / "durlich2023" / "table1.csv", *asked[1:])
    assert comparisons(*whole)[0]["pearson_of_each_once"] == row["pearson"]
    assert "r = 0.99707 over 87 points" in " ".join(output(*whole).split())


def test_lines_that_repeat_another_are_named(tmp_path: Path) -> None:
    lines = ("x_s,y_j,n", "1,2,2", "2,5,1", "1,2,2", "3,5,1", "4,9,1")
    asked = (table(tmp_path / "a.csv", *lines), "--correlate", "x_s,y_j", "--times", "n")
    found = comparisons(*asked)[0]
    assert found["lines_alike"] == [[2, 4]]
    r = np.corrcoef([1, 1, 2, 3, 4], [2, 2, 5, 5, 9])[0, 1]
    assert found["pearson_of_each_once"] == pytest.approx(r)
    assert "Lines 2 and 4 hold the same two numbers" in " ".join(output(*asked).split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--correlate", "x_s"], "names no two columns; write X,Y"),
        (["--correlate", "x_s,y_j", "--times", "n"], "column n: 0 is no number of runs"),
        (["--correlate", "x_s,z"], "no column of a.csv named 'z'"),
        (["--correlate", "x_s,y_j", "--where", "n=7"], "has no row with both"),
    ],
)
def test_columns_that_cannot_be_correlated_say_why(
    tmp_path: Path, arguments: list[str], words: str
) -> None:
    path = table(tmp_path / "a.csv", "x_s,y_j,n", "1,2,0", "2,3,1")
    found = run(path, *arguments)
    assert words in " ".join(f"{found.output} {found.exception}".split())


def test_few_points_are_not_correlated(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "x_s,y_j", "1,2", "2,3")
    assert "Fewer than four points" in output(path, "--correlate", "x_s,y_j")


def test_stores_of_two_machines_are_told_apart(store: Path, tmp_path: Path) -> None:
    definition, runs = example_runs()
    with Store(tmp_path / "other") as opened:
        opened.save_study(definition)
        for one in runs:
            moved = one.machine and replace(one.machine, cpu_model="another")
            opened.append(replace(one, machine=moved))
    assert "Machines differ" in output(store, tmp_path / "other")
    assert "Machines differ" not in output(store, store)


def test_energy_by_any_column_names_its_modality_and_origin(store: Path) -> None:
    found = comparisons(store, "--value", "window_energy_j")
    assert [one["kinds"] for one in found] == [["measured"]]
    assert [one["origins"] for one in found] == [["replayed"]]
    assert found[0]["methods"]["ratios"].startswith("Energy of the window, J (CPU and DRAM)")


def test_a_number_that_nobody_knows_names_the_known_ones(store: Path) -> None:
    found = run(store, "--value", "jouls")
    assert isinstance(found.exception, UnknownNameError)
    assert "energy_j_per_example" in str(found.exception)


def test_scores_have_no_kind_of_cost(store: Path) -> None:
    assert comparisons(store, "--value", "score")[0]["kinds"] == []


def test_stores_without_a_common_configuration_are_refused(store: Path, tmp_path: Path) -> None:
    with Store(tmp_path / "empty") as opened:
        opened.save_study(example_runs()[0])
    found = run(store, tmp_path / "empty")
    assert found.exit_code == 2
    assert "hold no number of the same configuration" in " ".join(found.output.split())
    assert "now: nothing" in " ".join(found.output.split())


def test_one_run_alone_is_compared_with_nothing(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "m,t_s", "x,1")
    found = run(path, "--value", "t_s", "--factor", "m")
    assert "holds one run only (of x)" in " ".join(found.output.split())


@pytest.mark.parametrize("content", [b"\xff\xfe\x00b,m\n", b'a,b\n"x,1\n' + b"\xff" * 9])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    found = run(path, "--value", "b", "--factor", "a")
    assert isinstance(found.exception, DataFileError)
    assert "cannot be read as a CSV file" in str(found.exception)


def test_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "b,m,t [s]", "0,x,1", "", "1,x,1.2", "0,y,2", "1,y,2.1")
    found = comparisons(path, "--value", "t [s]", "--subject", "b", "--factor", "m")
    assert found[0]["n_subjects"] == 2


def test_labels_without_a_row_are_refused(tmp_path: Path) -> None:
    found = run("--survey", table(tmp_path / "a.csv", "venue,target"))
    assert isinstance(found.exception, DataFileError)
    assert "has a header and no row" in str(found.exception)


def test_one_group_has_no_differences(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "target", "accuracy", "accuracy", "efficiency")
    one = comparisons("--survey", path)[0]
    assert [row["group"] for row in one["shares"]] == ["all", "all"]
    assert "differences" not in one


def test_a_correlation_is_of_a_file(store: Path) -> None:
    found = run(store, "--correlate", "flops,energy")
    assert "--correlate is of a CSV file" in " ".join(found.output.split())


def test_the_reason_of_each_test_is_written_down(store: Path) -> None:
    row = comparisons(store, "--value", "cpu_s_per_example", "--baseline", "FT")[0]["tests"][0]
    assert row["test"] in {"paired t", "Wilcoxon"}
    assert "normal" in row["why"]


def test_many_pairs_are_told_to_take_a_baseline(store: Path) -> None:
    asked = (store, "--value", "cpu_s_per_example", "--factor", "row")
    assert "pairs; --baseline NAME compares with one." in output(*asked)
    assert "pairs; --baseline" not in output(*asked, "--baseline", "FT/reference")


def test_two_factors_of_a_table_are_analysed(tmp_path: Path) -> None:
    """Maxwell and Delaney 1990, p. 497: F 33.77 of noise, 40.72 of angle, 45.31 of both."""
    people = [
        *("420 420 480 480 600 780", "420 480 480 360 480 600", "480 480 540 660 780 780"),
        *("420 540 540 480 780 900", "540 660 540 480 660 720", "360 420 360 360 480 540"),
        *("480 480 600 540 720 840", "480 600 660 540 720 900", "540 600 540 480 720 780"),
        "480 420 540 540 660 780",
    ]
    cells = [(noise, angle) for noise in ("absent", "present") for angle in (0, 4, 8)]
    rows = [
        f"{person},{noise},{angle},{value}"
        for person, values in enumerate(people)
        for (noise, angle), value in zip(cells, values.split(), strict=True)
    ]
    path = table(tmp_path / "reaction.csv", "person,noise,angle,time_ms", *rows)
    found = comparisons(
        *(path, "--value", "time_ms", "--subject", "person"),
        *("--factor", "noise", "--factor", "angle"),
    )[0]["variance"]
    assert [row["effect"] for row in found] == ["noise", "angle", "noise x angle"]
    assert [round(row["f"], 2) for row in found] == [33.77, 40.72, 45.31]
    assert found[0]["mauchly_w"] is None


def two_factors(path: Path) -> Path:
    cells = [(b, p, n) for b in range(4) for p in ("fp32", "fp16") for n in ("short", "long")]
    rows = [
        f"{b},{p},{n},{(2 - (p == 'fp16')) * (1 + (n == 'long')) * (1 + 0.01 * (i * 7 % 5)):.4f}"
        for i, (b, p, n) in enumerate(cells)
    ]
    return table(path, "block,precision,length,energy_j", *rows)


def test_effects_of_two_factors_are_named_in_text(tmp_path: Path) -> None:
    asked = ("--subject", "block", "--factor", "precision", "--factor", "length")
    text = output(two_factors(tmp_path / "a.csv"), "--value", "energy_j", *asked)
    assert "precision x length" in text
    assert max(map(len, text.splitlines())) <= 100


def test_then_and_now_says_kinds_and_fits_a_terminal(store: Path, tmp_path: Path) -> None:
    now = stored(tmp_path / "now", seed=8)
    text = output(store, now)
    assert "Energy per example, J (CPU and DRAM) (replayed)" in text
    assert "Time per example, s (measured)" in text
    assert "Time per example, s (assumed)" in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_narrow_ratio_is_told_apart_from_its_ends(store: Path, tmp_path: Path) -> None:
    now = stored(tmp_path / "now", seed=8)
    rows = comparisons(store, now, "--value", "cpu_percent")[0]["over_time"]
    assert rows[0]["ratio_low"] < rows[0]["ratio"] < rows[0]["ratio_high"]
    assert "(1-1)" not in output(store, now, "--value", "cpu_percent")


def test_a_correlation_says_how_its_numbers_came_about_and_what_repeats_do(tmp_path: Path) -> None:
    rows = [f"{x},{x * x + x % 2},3" for x in range(1, 6)]
    path = table(tmp_path / "a.csv", "x_s,y_j,n", *rows)
    asked = (path, "--correlate", "x_s,y_j")
    assert "kind not stated; say it with --kind" in output(*asked)
    assert comparisons(*asked, "--kind", "measured")[0]["kinds"] == ["measured"]
    text = output(*asked, "--times", "n", "--kind", "measured")
    assert "y_j against x_s (measured)" in text
    assert "5 rows count as 15 points" in text
    assert "count as" not in output(*asked)


def test_json_and_one_table_are_two_wishes(store: Path) -> None:
    found = run(store, "--json", "--table", "ratios")
    assert found.exit_code == 2
    assert "--json prints every table" in " ".join(found.output.split())
