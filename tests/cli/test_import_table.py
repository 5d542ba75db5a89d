"""`breakeven import table` through the real command line: tables taken, tables refused."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group
from breakeven.errors import DataFileError
from breakeven.records import Item, Kind, Origin, Resource, Stage, Status
from breakeven.store import Store

GOOD = """\
model,stage,duration (h),energy_wh,energy_kind,flops,f1,n_examples
FT,finetune,1.50,141.1,published,2.48e16,,
FT,infer,0.02,5.2,inferred,2.59e15,0.873,1000
"""


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, ["import", "table", *map(str, arguments)])


def invoked(*arguments: str | Path) -> str:
    """What any command prints."""
    found = CliRunner().invoke(group, [*map(str, arguments)])
    assert found.exit_code == 0, found.output
    return found.stdout


def take(tmp_path: Path, text: str, *options: str, name: str = "costs.csv") -> Store:
    """Import a text into a new store, and open it."""
    file = tmp_path / name
    file.write_text(text)
    found = call(file, "--store", tmp_path / "store", *options)
    assert found.exit_code == 0, found.output
    return Store(tmp_path / "store", create=False)


def refused(tmp_path: Path, text: str, *options: str, name: str = "costs.csv") -> str:
    """What is said of a text that cannot be imported, without the folder."""
    file = tmp_path / name
    file.write_text(text)
    found = call(file, "--store", tmp_path / "store", *options)
    assert found.exit_code == 1
    assert isinstance(found.exception, DataFileError)
    assert not (tmp_path / "store").exists()
    return str(found.exception).replace(f"{file}", name)


def test_a_table_becomes_runs_that_build_on_each_other(tmp_path: Path) -> None:
    store = take(tmp_path, GOOD)
    trained, used = store.runs()
    assert (trained.row, trained.stage, used.row, used.stage) == (
        "FT/finetune",
        Stage.FINETUNE,
        "FT/infer",
        Stage.INFER,
    )
    assert used.parents == (trained.run_id,)
    duration, energy = trained.phases[0].measurement.costs
    assert (duration.low, duration.value, duration.high) == pytest.approx((5382, 5400, 5418))
    assert (energy.low, energy.high) == pytest.approx((141.05 * 3600, 141.15 * 3600))
    assert (energy.kind, energy.origin) == (Kind.MEASURED, Origin.PUBLISHED)
    (work,) = trained.counts
    assert (work.low, work.high, work.kind) == (2.475e16, 2.485e16, Kind.COUNTED)
    assert used.phases[0].measurement.costs[1].origin is Origin.INFERRED
    assert (used.output.n_examples, used.scores[0].value) == (1000, 0.873)


def test_the_study_says_what_is_compared(tmp_path: Path) -> None:
    definition = take(tmp_path, GOOD, "--source", "Doe 2023, table 1").study()
    (pathway,) = definition.pathways
    assert (definition.name, pathway.name, pathway.row) == ("costs", "FT", "FT/finetune")
    assert (definition.metric, definition.headline) == ("f1", Resource.ENERGY_J)
    assert (definition.item, definition.tolerance) == (Item.EXAMPLE, 0.02)
    assert definition.facts["source"] == "Doe 2023, table 1"


def test_the_same_file_twice_adds_nothing_and_says_so(tmp_path: Path) -> None:
    first = [run.run_id for run in take(tmp_path, GOOD).runs()]
    (tmp_path / "copy.csv").write_text(GOOD)
    for file in ("costs.csv", "copy.csv"):
        found = call(tmp_path / file, "--store", tmp_path / "store")
        assert found.exit_code == 0
        assert "nothing added" in found.output
        assert "as study costs" in found.output
    assert [run.run_id for run in Store(tmp_path / "store").runs()] == first


def test_the_same_file_under_other_options_is_refused(tmp_path: Path) -> None:
    take(tmp_path, GOOD)
    found = call(tmp_path / "costs.csv", "--store", tmp_path / "store", "--exact", "flops")
    assert "2 runs of this table, read under other options" in str(found.exception)
    named = call(
        tmp_path / "costs.csv", "--store", tmp_path / "store", "--exact", "flops", "--study", "b"
    )
    assert named.exit_code == 0
    assert {run.study for run in Store(tmp_path / "store").runs()} == {"costs", "b"}


def test_another_file_of_that_name_is_refused(tmp_path: Path) -> None:
    take(tmp_path, GOOD)
    (tmp_path / "costs.csv").write_text(GOOD.replace("141.1", "141.2"))
    found = call(tmp_path / "costs.csv", "--store", tmp_path / "store")
    assert "study 'costs'" in str(found.exception)
    assert "holds 2 runs of something else" in str(found.exception)


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "costs.csv").write_text(GOOD)
    found = call(tmp_path / "costs.csv", "--store", tmp_path / "store", "--dry-run")
    assert "would be added" in found.output
    assert not (tmp_path / "store").exists()


def test_json_says_value_interval_kind_and_origin_of_every_cost(tmp_path: Path) -> None:
    (tmp_path / "costs.csv").write_text(GOOD)
    found = call(tmp_path / "costs.csv", "--store", tmp_path / "store", "--json")
    told = json.loads(found.output)
    assert (told["n_added"], told["study"], told["item"]) == (2, "costs", "example")
    assert told["runs"][1]["costs"][1] == {
        "name": "energy_j",
        "channel": "all",
        "value": 5.2 * 3600,
        "low": 5.15 * 3600,
        "high": 5.25 * 3600,
        "level": None,
        "method": "half of the last printed digit",
        "kinds": ["measured"],
        "origins": ["inferred"],
        "sensor": "table",
        "coverage_frac": 1.0,
        "not_covered": None,
    }


def test_json_says_that_the_energy_of_a_trace_is_an_integral(tmp_path: Path) -> None:
    log = "config,timestamp_s,power_w\n" + "".join(f"a,{i},{10 + i}\n" for i in range(12))
    (tmp_path / "log.csv").write_text(log)
    (tmp_path / "costs.csv").write_text("config,n_examples\na,5\n")
    traced = ("--traces", tmp_path / "log.csv", "--by", "config", "--stage", "infer")
    found = call(tmp_path / "costs.csv", "--dry-run", "--json", *traced, "--pathway", "A")
    duration, energy = json.loads(found.output)["runs"][0]["costs"]
    assert energy["low"] < energy["value"] < energy["high"]
    assert energy["method"].startswith("trapezoids of the trace")
    assert duration["method"] == "from the first sample of the trace to the last"


def test_text_shows_numbers_as_printed_and_how_they_were_understood(tmp_path: Path) -> None:
    (tmp_path / "costs.csv").write_text(GOOD)
    found = call(tmp_path / "costs.csv", "--store", tmp_path / "store").output
    assert "2 rows, 2 runs; 2 added" in found
    assert "5.2 i" in found
    assert "FT/infer     infer     FT/finetune" in found
    assert "duration (h) 1.50 is 1.495 to 1.505" in found


def test_parents_by_id_make_one_run_with_two_children(tmp_path: Path) -> None:
    text = (
        "id,pathway,stage,parents,energy_j\nft,FT,finetune,,10\nts,TS,distil,ft,5\n"
        "mix,MIX,adapt,ft;ts,1\n"
    )
    runs = {run.row: run for run in take(tmp_path, text).runs()}
    assert runs["ts"].parents == (runs["ft"].run_id,)
    assert runs["mix"].parents == (runs["ft"].run_id, runs["ts"].run_id)


def test_equal_stages_of_two_pathways_are_one_run_unless_kept_apart(tmp_path: Path) -> None:
    text = "model,stage,duration_s,energy_j\nA,finetune,10,100\nB,finetune,10,100\nB,distil,5,50\n"
    assert len(take(tmp_path, text).runs()) == 2
    (tmp_path / "apart").mkdir()
    assert len(take(tmp_path / "apart", text, "--apart").runs()) == 3


def test_failed_trials_count_too(tmp_path: Path) -> None:
    """R003-23: all experiments are reported, not the best one."""
    text = (
        "model,stage,repeat,status,energy_j\nA,tune,0,ok,5\nA,tune,1,failed,4\nA,tune,2,pruned,1\n"
    )
    runs = take(tmp_path, text).runs()
    assert [run.status for run in runs] == [Status.OK, Status.FAILED, Status.PRUNED]
    assert {run.row for run in runs} == {"A/tune"}


def test_hours_minutes_and_seconds_are_a_duration(tmp_path: Path) -> None:
    store = take(tmp_path, "model,stage,time\nA,finetune,13:06:59\n")
    (cost,) = store.runs()[0].phases[0].measurement.costs
    assert (cost.low, cost.value, cost.high) == (47218.5, 47219.0, 47219.5)


def test_a_semicolon_table_has_decimal_commas(tmp_path: Path) -> None:
    store = take(tmp_path, "model;stage;energy (kWh)\nA;finetune;12,50\n")
    (cost,) = store.runs()[0].counts
    assert (cost.low, cost.value, cost.high) == pytest.approx((44.982e6, 45e6, 45.018e6))


def test_what_the_header_leaves_out_is_said_with_options(tmp_path: Path) -> None:
    text = "system,quality,joules used,memo\nA,0.9,12.0,x\n"
    options = ("--stage", "infer", "--column", "quality=accuracy", "--ignore", "memo")
    store = take(
        tmp_path, text, *options, "--column", "joules used=energy_j", "--exact", "joules used"
    )
    (run,) = store.runs()
    assert run.scores[0].metric == "accuracy"
    assert (run.counts[0].low, run.counts[0].high) == (12.0, 12.0)


def test_percent_becomes_a_fraction_where_records_hold_fractions(tmp_path: Path) -> None:
    text = "model,stage,f1,mcc (%),top1,n_examples,n_correct\nA,infer,77.6,-5,56.4,1000,776\n"
    (run,) = take(tmp_path, text).runs()
    assert {s.metric: s.value for s in run.scores} == {
        "f1": 0.776,
        "mcc": -0.05,
        "top1": 56.4,
        "accuracy": 0.776,
    }
    told = call(tmp_path / "costs.csv", "--store", tmp_path / "store").output
    assert "f1 is read as percent" in told
    assert "mcc (%) is read as percent" not in told


def test_joules_without_a_time_are_exported_drawn_and_compared(tmp_path: Path) -> None:
    rows = "".join(f"A,infer,{i},{50 + i},{100 * (i + 1)}\n" for i in range(4))
    take(tmp_path, f"pathway,stage,block,energy_j,n_examples\n{rows}")
    exported = invoked("export", tmp_path / "store", "--format", "csv")
    assert [r["window_energy_j"] for r in csv.DictReader(exported.splitlines())] == [
        *("50", "51", "52", "53")
    ]
    drawn = invoked("curves", tmp_path / "store", "--x", "examples", "--y", "energy")
    assert "left out" not in drawn
    compared = invoked("compare", tmp_path / "store", tmp_path / "store")
    assert "Energy per example, J" in compared


def test_a_training_that_may_be_either_is_said_to_be_read_as_fine_tuning(tmp_path: Path) -> None:
    path = tmp_path / "costs.csv"
    path.write_text("pathway,stage,energy_wh\nA,train,5\n")
    said = " ".join(call(path, "--store", tmp_path / "store").output.split())
    assert "stage train is read as fine-tuning; of a model from nothing write pretrain" in said


def test_a_key_that_stands_twice_in_an_object_is_refused(tmp_path: Path) -> None:
    text = '[{"pathway": "A", "stage": "infer", "energy_wh": 5, "energy_wh": 7}]'
    said = refused(tmp_path, text, name="costs.json")
    assert "an object holds key 'energy_wh' twice, and which of the two counts" in said


def test_a_list_of_one_number_is_no_number(tmp_path: Path) -> None:
    text = '[{"pathway": "A", "stage": "infer", "energy_wh": [5]}]'
    said = refused(tmp_path, text, name="costs.json")
    assert "column 'energy_wh' holds '[5]'; expected one number" in said


def test_json_keeps_the_digits_of_its_numbers(tmp_path: Path) -> None:
    text = '[{"model": "A", "stage": "finetune", "energy_wh": 141.10, "price_usd": null}]'
    (run,) = take(tmp_path, text, name="costs.json").runs()
    (cost,) = run.counts
    assert cost.high - cost.low == pytest.approx(0.01 * 3600)


HEAD = "model,stage,energy_wh,f1\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "model,stage,energy\nA,finetune,5\n",
            "costs.csv:1: column 'energy' has no unit; write it behind the name, such as energy_wh "
            "or 'energy (kWh)'. Or say it with --column energy=MEANING, or leave it out with "
            "--ignore energy.",
            id="no unit",
        ),
        pytest.param(
            "model,stage,energy_mj\nA,finetune,5\n",
            "costs.csv:1: column 'energy_mj' has a unit that may be mJ (thousandths) or MJ "
            "(millions); write 'energy (MJ)' or energy_j. Or say it with --column "
            "energy_mj=MEANING, or leave it out with --ignore energy_mj.",
            id="ambiguous unit",
        ),
        pytest.param(
            "model,stage,power_w\nA,finetune,5\n",
            "costs.csv:1: column 'power_w' is power, which is no cost by itself; give the energy "
            "(power times time), such as energy_wh. Or say it with --column power_w=MEANING, or "
            "leave it out with --ignore power_w.",
            id="power is no energy",
        ),
        pytest.param(
            HEAD.replace("f1", "accurracy") + "A,finetune,5,0.5\n",
            "costs.csv:1: column 'accurracy' is none that is known. Did you mean 'accuracy'? Say "
            "what it holds with --column accurracy=MEANING (such as energy_wh, score, setting), or "
            "leave it out with --ignore accurracy.",
            id="unknown column",
        ),
        pytest.param(
            HEAD + "A,finetune,-5.2,\n",
            "costs.csv:2: column 'energy_wh' holds '-5.2', and nothing costs less than 0. A "
            "counter that wrapped may have given it: leave the cell empty, or say "
            "--negative-unknown energy_wh.",
            id="negative cost",
        ),
        pytest.param(
            HEAD + "A,finetune,nan,\n",
            "costs.csv:2: column 'energy_wh' holds 'nan'; expected a finite number, or "
            "an empty cell where it is not known.",
            id="NaN",
        ),
        pytest.param(
            HEAD + "A,finetune,141.1 +- 2,\n",
            "costs.csv:2: column 'energy_wh' holds '141.1 +- 2'; expected one number, with a point "
            "before its decimals.",
            id="two numbers in a cell",
        ),
        pytest.param(
            HEAD + "A,infer,5,0.849\nB,infer,5,87.3\n",
            "costs.csv:3: column 'f1' holds 87.3 beside 0.849 (costs.csv:2), which is no share of "
            "1, and percent is not said; call it f1_percent or f1_frac, or say --column "
            "f1=f1_percent.",
            id="f1 in percent, and not",
        ),
        pytest.param(
            HEAD + "A,infer,5,1.3\n",
            "costs.csv:2: column 'f1' holds 1.3, which is no share of 1, and percent is not said; "
            "call it f1_percent or f1_frac, or say --column f1=f1_percent.",
            id="a score of 1.3",
        ),
        pytest.param(
            HEAD.replace("f1", "f1_frac") + "A,infer,5,87.3\n",
            "costs.csv:2: column 'f1_frac' holds 87.3, and f1 lies between 0 and 1; mend the cell, "
            "or say what the column is with --column f1_frac=MEANING.",
            id="percent under a fraction",
        ),
        pytest.param(
            HEAD + "A,infer,5,873\n",
            "costs.csv:2: column 'f1' holds 873, and f1 lies between 0 and 100; mend the cell, or "
            "say what the column is with --column f1=MEANING.",
            id="score beyond percent",
        ),
        pytest.param(
            HEAD + "A,finetun,5,\n",
            "costs.csv:2: column 'stage' holds 'finetun', which is no stage. Did you mean "
            "'finetune'? Known: fetch, pretrain, finetune, distil, export, adapt, tune, evaluate, "
            "serve, infer, command.",
            id="unknown stage",
        ),
        pytest.param(
            HEAD + "A,finetune,5,\nA,finetune,6,\n",
            "costs.csv:3: A/finetune stands at costs.csv:2 already; if the two are repeats or "
            "blocks, number them in a column (repeat, block), or say which column does with "
            "--column HEADER=block; else give each an id or a configuration.",
            id="a row twice",
        ),
        pytest.param(
            "id,model,stage,energy_j\na,A,finetune,5\na,B,finetune,6\n",
            "costs.csv:3: id 'a' stands at costs.csv:2 already; give every row an id of its own.",
            id="an id twice",
        ),
        pytest.param(
            "id,model,stage,parents,energy_j\nteacher,A,finetune,,5\nb,B,distil,teachr,6\n",
            "costs.csv:3: column 'parents' names 'teachr', and no row is called so. Did you mean "
            "'teacher'? Rows: teacher, b.",
            id="unknown parent",
        ),
        pytest.param(
            "id,model,stage,parents,energy_j\na,A,finetune,b,5\nb,B,distil,a,6\n",
            "costs.csv:2: a builds on b builds on a: a row cannot be its own ancestor; mend the "
            "column of parents.",
            id="a cycle of parents",
        ),
        pytest.param(
            "model,stage,energy_j,n_examples,n_padded_tokens\nA,infer,5,872,\nB,infer,6,,9000\n",
            "costs.csv:3: counts padded tokens where costs.csv:2 counts examples; a cost per token "
            "and a cost per example cannot be compared. Count the same in every row, in a column "
            "n_examples, n_real_tokens or n_padded_tokens.",
            id="tokens mixed with examples",
        ),
        pytest.param(
            "model,stage,energy_j,tokens\nA,infer,5,872\n",
            "costs.csv:1: column 'tokens' does not say which tokens; write real tokens (padding "
            "left out) or padded tokens, such as n_real_tokens. Or say it with --column "
            "tokens=MEANING, or leave it out with --ignore tokens.",
            id="tokens of no kind",
        ),
        pytest.param(
            "model,stage,energy_j_per_example\nA,infer,5\n",
            "costs.csv:2: column 'energy_j_per_example' is an average per example, and the row "
            "does not say of how many, or says 0; add a column n_examples, or say it of all rows "
            "with --item example --n-items COUNT.",
            id="an average of nothing",
        ),
        pytest.param(
            HEAD + "A,finetune,5\n",
            "costs.csv:2: 3 cells under a header of 4; the row was cut off or holds an unquoted "
            "separator. Delete or mend it.",
            id="ragged row",
        ),
        pytest.param(
            "model,stage,energy_j,energy_kind\nA,finetune,5,guessed\n",
            "costs.csv:2: 'energy_j' is said to be 'guessed'; expected one of measured, counted, "
            "modelled, assumed, published, derived, inferred, stated.",
            id="unknown kind",
        ),
        pytest.param(
            "model,stage,energy_j,time_kind\nA,finetune,5,published\n",
            "costs.csv:1: column 'time_kind' says how 'time' came about, and there is no such "
            "column; rename it, or leave it out with --ignore time_kind.",
            id="kind of nothing",
        ),
        pytest.param(
            "model,stage,energy_j,energy_kwh\nA,finetune,5,6\n",
            "costs.csv:1: columns 'energy_j' and 'energy_kwh' both hold energy_j; leave one out "
            "with --ignore.",
            id="energy twice",
        ),
        pytest.param(
            "model,stage,energy_j,n_examples\nA,infer,5,8.5\n",
            "costs.csv:2: column 'n_examples' holds '8.5'; expected a whole number, 0 or more.",
            id="half an example",
        ),
        pytest.param(
            "model,stage,energy_j\nA,,5\n",
            "costs.csv:2: column 'stage' is empty; every row has a stage.",
            id="no stage in a row",
        ),
        pytest.param(
            "model,stage,energy_j,n_runs\nA,finetune,5,0\n",
            "costs.csv:2: column 'n_runs' holds 0, and the mean of no runs is no number; leave the "
            "row out.",
            id="the mean of nothing",
        ),
        pytest.param(
            "model,stage,energy_j,role\nA,infer,5,wrapped\n",
            "costs.csv:2: column 'role' holds 'wrapped'; expected reference, aa, sweep. If it says "
            "something else, keep it as a setting with --column role=setting.",
            id="another role",
        ),
        pytest.param(
            "model,stage,energy_j,status\nA,infer,5,died\n",
            "costs.csv:2: column 'status' holds 'died'; expected one of ok, failed, interrupted, "
            "pruned.",
            id="another end",
        ),
        pytest.param(
            "model,stage,n_examples,n_correct\nA,infer,872,900\n",
            "costs.csv:2: column 'n_correct' holds 900, of 872 examples; say how many there are in "
            "a column n_examples.",
            id="more right than there are",
        ),
        pytest.param(
            "model,stage,duration_s\nA,finetune,00:35:17\n",
            "costs.csv:2: column 'duration_s' holds '00:35:17'; expected a number, for the header "
            "has a unit; hh:mm:ss goes under 'duration' alone.",
            id="a clock under seconds",
        ),
        pytest.param(
            "model,stage,mcc\nA,infer,-1.2\n",
            "costs.csv:2: column 'mcc' holds -1.2, and mcc lies between -1 and 1; mend the cell, "
            "or say what the column is with --column mcc=MEANING.",
            id="a correlation of -1.2",
        ),
        pytest.param(
            "model,stage,loss\nA,infer,-0.2\n",
            "costs.csv:2: column 'loss' holds -0.2, and loss lies between 0 and inf; mend the "
            "cell, or say what the column is with --column loss=MEANING.",
            id="a loss below 0",
        ),
        pytest.param(
            "model,stage,f1\nA,infer,high\n",
            "costs.csv:2: column 'f1' holds 'high'; expected one number, with a point before its "
            "decimals.",
            id="a score in words",
        ),
        pytest.param(
            "stage,energy_j\nfinetune,5\n",
            "costs.csv:1: no column says the pathway of a row; add one called pathway, name it "
            "with --column HEADER=pathway, or say it of all rows with --pathway NAME.",
            id="no pathway",
        ),
        pytest.param(
            "",
            "costs.csv: is empty; expected a CSV or JSON table, a header and at least one row. See "
            "whether what wrote it ended well.",
            id="empty file",
        ),
        pytest.param(
            HEAD,
            "costs.csv: holds no rows; expected a header and at least one row.",
            id="header alone",
        ),
    ],
)
def test_a_bad_table_is_one_sentence_with_row_and_column(
    text: str, said: str, tmp_path: Path
) -> None:
    assert refused(tmp_path, text) == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(
            "model,stage\nFT \xe9,infer\n".encode("latin-1"),
            "costs.csv:2: byte 0xe9 is no UTF-8 text, as in a file saved as Latin-1 or "
            "Windows-1252; expected a CSV or JSON table, a header and at least one row. Save it as "
            "UTF-8.",
            id="Latin-1",
        ),
        pytest.param(
            "model,stage\n".encode("utf-16"),
            "costs.csv: is UTF-16, not plain text; expected a CSV or JSON table, a header and at "
            "least one row. Save it as text in UTF-8 and import that.",
            id="UTF-16",
        ),
        pytest.param(
            b"PK\x03\x04 and more",
            "costs.csv: is a spreadsheet or an archive, not plain text; expected a CSV or JSON "
            "table, a header and at least one row. Save it as text in UTF-8 and import that.",
            id="a spreadsheet",
        ),
    ],
)
def test_other_encodings_are_named(content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "costs.csv"
    file.write_bytes(content)
    found = call(file, "--store", tmp_path / "store")
    assert str(found.exception).replace(str(file), "costs.csv") == said


def test_two_gigabytes_are_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "costs.csv"
    with file.open("wb") as sparse:
        sparse.truncate(2 * 2**30)
    found = call(file, "--store", tmp_path / "store")
    assert str(found.exception) == (
        f"{file}: 2,048 MiB is more than is read (4 MiB); expected a CSV or JSON table, a header "
        "and at least one row. Cut it to the rows of one study, or average repeats."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{", "costs.json:1: is no JSON", id="no JSON"),
        pytest.param("[1]", "holds no table", id="a list of numbers"),
        pytest.param('{"a": [1], "b": [1, 2]}', "not equally long (a 1, b 2)", id="lists"),
        pytest.param('{"a": {"b": {"c": 1}}}', "--part a. Parts: a.", id="parts"),
        pytest.param('[{"a": {}}]', "costs.json, row 1: holds {}", id="an object in a cell"),
        pytest.param(
            '[{"model": "A", "stage": "infer", "energy_j": NaN}]',
            "costs.json, row 1: column 'energy_j' holds 'NaN'",
            id="NaN",
        ),
    ],
)
def test_bad_json_is_named_too(text: str, said: str, tmp_path: Path) -> None:
    assert said in refused(tmp_path, text, name="costs.json")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--ignore", "enrgy_wh"), "no column 'enrgy_wh'. Did you mean 'energy_wh'?"),
        (
            ("--column", "f1=f1_macr"),
            "'f1_macr' is no meaning that is known. Did you mean 'f1_macro",
        ),
        (("--unit", "f1=Wh"), "'f1' in 'Wh' is no cost that is known"),
        (("--part", "x"), "--part x is of JSON files"),
        (("--metric", "mcc"), "no column holds it; there are f1."),
        (("--date", "May"), "'May' is no date"),
    ],
)
def test_options_that_say_something_impossible_are_named(
    options: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    assert said in refused(tmp_path, HEAD + "A,infer,5,0.9\n", *options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--column", "f1"), "--column f1 says nothing"),
        (("--headline", "joules"), "--headline joules is none of duration_s"),
        (("--setting", "max_length=48"), "the pattern needs one *"),
        (("--traces", "log.csv"), "--traces LOG and --by COLUMN go together"),
    ],
)
def test_options_out_of_place_are_usage_errors(
    options: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    (tmp_path / "costs.csv").write_text(GOOD)
    found = call(tmp_path / "costs.csv", "--store", tmp_path / "store", *options)
    assert found.exit_code == 2
    assert said in found.output


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    found = call(tmp_path / "costs.csv", "--store", tmp_path / "store")
    assert str(found.exception) == (
        f"{tmp_path / 'costs.csv'}: cannot be read (No such file or directory); expected a CSV or "
        "JSON table, a header and at least one row."
    )


def test_a_kind_may_say_how_and_from_where(tmp_path: Path) -> None:
    text = "model,stage,energy_j,energy_kind\nA,finetune,5.0,modelled/derived\n"
    (cost,) = take(tmp_path, text).runs()[0].counts
    assert (cost.kind, cost.origin) == (Kind.MODELLED, Origin.DERIVED)


@pytest.mark.parametrize(
    ("options", "column", "stamp"),
    [
        (("--date", "2023"), "", "2023-01-01T00:00:00Z"),
        ((), "2023-05", "2023-05-01T00:00:00Z"),
        ((), "2023-05-31T12:00:00+02:00", "2023-05-31T10:00:00Z"),
        ((), "", "1970-01-01T00:00:00Z"),
    ],
)
def test_a_date_says_when_and_none_is_made_up(
    options: tuple[str, ...], column: str, stamp: str, tmp_path: Path
) -> None:
    store = take(tmp_path, f"model,stage,energy_j,date\nA,finetune,5,{column}\n", *options)
    assert store.runs()[0].started_at == stamp


def test_a_headline_may_be_chosen(tmp_path: Path) -> None:
    assert take(tmp_path, GOOD, "--headline", "flops").study().headline is Resource.FLOPS


def test_a_use_without_named_parents_builds_on_the_last_stage(tmp_path: Path) -> None:
    text = "id,model,stage,parents,energy_j\nft,A,finetune,,5\nuse,A,infer,,1\n"
    trained, used = take(tmp_path, text).runs()
    assert used.parents == (trained.run_id,)


def test_json_cells_may_be_lists_of_parents_and_booleans(tmp_path: Path) -> None:
    text = (
        '{"runs": {"a": {"model": "A", "stage": "finetune", "energy_j": 5, "parents": []},'
        ' "b": {"model": "A", "stage": "distil", "energy_j": 4, "parents": ["a"], "group": true}}}'
    )
    runs = take(tmp_path, text, "--part", "runs", name="costs.json").runs()
    assert runs[1].parents == (runs[0].run_id,)
    assert runs[1].settings.passed["group"] == "True"
    unknown = call(tmp_path / "costs.json", "--store", tmp_path / "other", "--part", "x")
    assert "no part 'x' in --part x. Known: runs." in str(unknown.exception)


def test_json_tells_the_notes_of_a_run(tmp_path: Path) -> None:
    (tmp_path / "costs.csv").write_text("model,stage,gmacs\nA,infer,5.0\n")
    found = call(tmp_path / "costs.csv", "--store", tmp_path / "store", "--json")
    (run,) = json.loads(found.output)["runs"]
    assert [note["code"] for note in run["notes"]] == ["flops-convention"]
    assert run["costs"][0]["value"] == 1e10


def test_a_row_without_a_trace_is_named(tmp_path: Path) -> None:
    log = "config,timestamp_s,power_w\n" + "".join(f"a,{i},{10 + i}\n" for i in range(12))
    (tmp_path / "log.csv").write_text(log)
    options = ("--traces", str(tmp_path / "log.csv"), "--by", "config", "--stage", "infer")
    said = refused(tmp_path, "config,n_examples\na,5\nb,5\n", *options, "--pathway", "A")
    assert said == "costs.csv:3: log.csv holds no trace called 'b'."
    said = refused(tmp_path, "config,energy_j\na,5\n", *options, "--pathway", "A")
    assert "column 'energy_j' and the trace both tell energy_j" in said
    (tmp_path / "log.csv").write_text(log + log.partition("\n")[2].replace("a,", "b,"))
    said = refused(tmp_path, "config,n_examples\na,5\n", *options, "--pathway", "A")
    assert "log.csv: trace 'b' belongs to no row of the table" in said


def test_carbon_is_assumed_for_no_sensor_sees_it(tmp_path: Path) -> None:
    text = "model,stage,duration_s,carbon_kgco2e\nA,finetune,10,0.5\n"
    (run,) = take(tmp_path, text).runs()
    (carbon,) = run.counts
    assert (carbon.resource, carbon.kind) == (Resource.CARBON_KGCO2E, Kind.ASSUMED)


def test_only_a_number_below_0_is_left_out_as_negative(tmp_path: Path) -> None:
    text = "model,stage,energy_wh\nA,infer,-x\n"
    assert refused(tmp_path, text, "--negative-unknown", "energy_wh") == (
        "costs.csv:2: column 'energy_wh' holds '-x'; expected one number, with a point before its "
        "decimals."
    )


def test_a_table_whose_costs_are_all_unknown_says_so(tmp_path: Path) -> None:
    file = tmp_path / "costs.csv"
    file.write_text("model,stage,energy_wh\nA,infer,-5\n")
    found = call(file, "--dry-run", "--negative-unknown", "energy_wh")
    assert "- no row holds a cost that is known" in found.output
    assert "by origin" not in found.output


def test_a_score_that_stays_in_percent_is_not_said_to_be_a_fraction(tmp_path: Path) -> None:
    file = tmp_path / "costs.csv"
    file.write_text("model,stage,energy_wh,f1,top1\nA,infer,5,87.3,56.4\n")
    told = " ".join(call(file, "--dry-run").output.split())
    assert "f1 is read as percent, for no value is 1 or below, and kept as a fraction" in told
    assert "top1 is read as percent, for no value is 1 or below, and kept so" in told


def test_settings_with_decimal_commas_are_numbers_and_texts_stay(tmp_path: Path) -> None:
    text = "model;stage;energy_wh;lr;note\nA;infer;5,1;0,5;one, two\n"
    (run,) = take(tmp_path, text).runs()
    assert (run.settings.passed["lr"], run.settings.passed["note"]) == (0.5, "one, two")
