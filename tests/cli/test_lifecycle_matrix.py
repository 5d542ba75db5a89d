"""`breakeven lifecycle --matrix`: the same from the index as from the records, in every format."""

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from benchmarks.scale_store import Shape, write_store
from breakeven.analysis.overview import analyse
from breakeven.cli import group, lifecycle_matrix
from breakeven.errors import NoStudyError, StoreWriteError
from breakeven.records import AttachedPhase, Attachment, Resource
from breakeven.store import Store
from breakeven.store.index.building import LEASE
from breakeven.testing.runs import example_runs


def matrix(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(group, ["lifecycle", *words, "--matrix"], catch_exceptions=False)


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("example") / "store"
    definition, runs = example_runs()
    with Store(path) as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
    CliRunner().invoke(group, ["store", "index", str(path)], catch_exceptions=False)
    return path


@pytest.fixture
def example(indexed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(indexed, tmp_path / "store"))


@pytest.mark.parametrize("resource", ["cpu_s", "energy_j", "flops"])
def test_index_and_records_print_the_same_tables(example: Path, resource: str) -> None:
    asked = (example, "--resource", resource)
    from_index, from_records = matrix(*asked, "--index").stdout, matrix(*asked, "--no-index").stdout
    assert "from the index of the store's 99 runs" in from_index
    assert "from 99 records" in from_records
    assert from_index.split("\n\n", 1)[1] == from_records.split("\n\n", 1)[1]


def test_the_pairs_are_those_of_the_report(example: Path, tmp_path: Path) -> None:
    matrix(example, "--matrix-out", tmp_path / "pairs.csv")
    with (tmp_path / "pairs.csv").open() as file:
        rows = {(row["candidate"], row["incumbent"]): row for row in csv.DictReader(file)}
    ts = rows["TS", "FT"]
    assert len(rows) == 12
    assert (ts["verdict"], ts["level"]) == ("finite", "0.95")
    wanted = next(
        pair
        for pair in analyse(*example_runs()).break_evens
        if (pair.candidate, pair.incumbent, pair.resource) == ("TS", "FT", Resource.CPU_S)
    )
    assert [float(ts[f"break_even{end}"]) for end in ("", "_low", "_high")] == pytest.approx(
        [wanted.estimate.value, wanted.estimate.low, wanted.estimate.high], rel=1e-9
    )
    assert rows["FT", "TF-IDF"]["break_even"] == ""


def test_tables_come_as_csv_and_all_as_one_json_object(example: Path) -> None:
    printed = matrix(example, "--table", "pairs", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(printed.stdout)))
    assert {row["break_even_kind"] for row in rows} <= {"measured", ""}
    told = json.loads(matrix(example, "--json").stdout)
    assert told["n_pathways"] == 5
    assert told["n_compared"] == 4
    assert sum(told["verdicts"].values()) == 12
    assert [*told["tables"]] == [
        *("front_development", "front_deployment", "front_lifetime"),
        *("envelope", "verdicts", "pairs"),
    ]


def test_many_pathways_are_counted_and_the_notable_ones_shown(tmp_path: Path) -> None:
    path = tmp_path / "store"
    write_store(path, Shape(n_runs=300, n_pathways=30))
    printed = matrix(path, "--index").stdout
    assert "30 pathways, each against every other: what the runs show of the 870" in printed
    assert "the pathways of the envelope and the fronts alone" in printed
    assert printed.count("\n") < 250


def test_without_an_index_none_is_made(tmp_path: Path, example: Path) -> None:
    shutil.rmtree(example / "index")
    assert "from 99 records" in matrix(example).stdout
    assert not (example / "index").exists()


def test_a_large_store_without_an_index_is_told_of_it(
    example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(example / "index")
    monkeypatch.setattr(lifecycle_matrix, "LARGE_BYTES", 1000)
    assert f"breakeven store index {example} reads them once for all" in matrix(example).stderr


def test_a_changed_byte_in_the_index_is_told_and_the_answer_stays(example: Path) -> None:
    wanted = matrix(example, "--no-index").stdout.split("\n\n", 1)[1]
    (segment,) = example.glob("index/*.npz")
    content = bytearray(segment.read_bytes())
    at = content.index(b"whole/cpu_s") + 400
    content[at] ^= 1
    segment.write_bytes(content)
    found = matrix(example)
    assert f"the index is built anew: {segment} is damaged" in found.stderr
    assert found.stdout.split("\n\n", 1)[1] == wanted


def test_a_damaged_index_that_cannot_be_built_again_gives_way_to_the_records(
    example: Path,
) -> None:
    (segment,) = example.glob("index/*.npz")
    content = bytearray(segment.read_bytes())
    content[content.index(b"whole/cpu_s") + 400] ^= 1
    segment.write_bytes(content)
    with Store(example) as store, store.lease(LEASE):
        found = matrix(example, "--index")
    assert "the index cannot be built: " in found.stderr
    assert "read from the records, not from the index: it is damaged" in found.stderr
    assert "from 99 records" in found.stdout


def test_a_fresh_index_answers_while_nobody_may_write(example: Path) -> None:
    with Store(example) as store, store.lease(LEASE):
        found = matrix(example, "--index")
    assert "from the index of the store's 99 runs" in found.stdout


def test_measured_only_is_answered_from_the_records(example: Path) -> None:
    found = matrix(example, "--measured-only", "--index")
    assert "modelled and assumed numbers are left out" in found.stderr
    assert "records" in found.stdout.split("\n", 1)[0]


def test_imported_logs_are_answered_from_the_records(example: Path) -> None:
    phase = AttachedPhase(run_id="none", index=0, started_at="2026-01-01T00:00:00Z")
    with Store(example) as store:
        store.attach(
            Attachment(
                content_hash="ab" * 32,
                source="log.csv",
                imported_at="2026-01-01T00:00:00Z",
                offset_s=0.0,
                offset_low_s=0.0,
                offset_high_s=0.0,
                is_offset_estimated=False,
                phases=(phase,),
            )
        )
    found = matrix(example, "--index")
    assert "imported logs are laid over its runs" in found.stderr


def test_an_index_that_cannot_be_written_is_told_and_records_answer(example: Path) -> None:
    shutil.rmtree(example / "index")
    (example / "index").write_text("a file in its place")
    found = matrix(example, "--index")
    assert "the index cannot be brought up to date: cannot write" in found.stderr
    assert "from 99 records" in found.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--price-tag"], "--price-tag says nothing of --matrix; drop one of them"),
        (["--map", "ft=1..3"], "--map says nothing of --matrix; drop one of them"),
        (["--table", "nothing"], "there is no table nothing here; there are front_development"),
    ],
)
def test_what_says_nothing_of_the_matrix_is_refused(
    example: Path, words: list[str], said: str
) -> None:
    found = matrix(example, *words)
    assert found.exit_code == 2
    assert said in found.stderr


@pytest.mark.parametrize("words", [["--index"], ["--matrix-out", "pairs.csv"]])
def test_options_of_the_matrix_alone_are_refused(example: Path, words: list[str]) -> None:
    found = CliRunner().invoke(group, ["lifecycle", str(example), *words])
    assert found.exit_code == 2
    assert "says something of --matrix; add it" in found.stderr


def test_pairs_that_cannot_be_written_end_in_one_sentence(example: Path, tmp_path: Path) -> None:
    words = ["lifecycle", str(example), "--matrix", "--matrix-out", str(tmp_path / "no" / "x.csv")]
    found = CliRunner().invoke(group, words)
    assert isinstance(found.exception, StoreWriteError)
    assert "choose another file with --matrix-out" in str(found.exception)


def test_a_store_of_several_studies_asks_for_one_and_of_none_says_so(
    tmp_path: Path, example: Path
) -> None:
    definition, _ = example_runs()
    with Store(example) as store:
        store.save_study(replace(definition, name="other"))
    with pytest.raises(NoStudyError, match=r"several studies \(.*other\); choose one with --study"):
        matrix(example)
    assert matrix(example, "--study", "other").exit_code == 0
    with Store(tmp_path / "bare"):
        pass
    with pytest.raises(NoStudyError, match="holds no study"):
        matrix(tmp_path / "bare")


def test_bounds_of_the_resolution_bear_no_level(tmp_path: Path) -> None:
    table = tmp_path / "printed.csv"
    table.write_text(
        "pathway,stage,energy_wh,accuracy\nFT,finetune,141.1,\nFT,infer,5.2,0.873\n"
        "TS,distil,218.2,\nTS,infer,3.1,0.849\n",
        encoding="utf-8",
    )
    told = ["--source", "Doe", "--n-items", "1000", "--item", "example"]
    words = ["import", "table", str(table), "--store", str(tmp_path / "store"), *told]
    CliRunner().invoke(group, words, catch_exceptions=False)
    said = json.loads(matrix(tmp_path / "store", "--json").stdout)
    pairs = {(row["candidate"], row["incumbent"]): row for row in said["tables"]["pairs"]["rows"]}
    assert said["level"] is None
    assert said["method"] == "worst case of the numbers' resolution"
    assert pairs["TS", "FT"]["level"] is None
    assert pairs["TS", "FT"]["probability"] is None
    # (218.2 - 141.1) / ((5.2 - 3.1) / 1000), each known to half of its last digit
    assert pairs["TS", "FT"]["break_even"] == pytest.approx(77.1 / 2.1 * 1000)
    assert pairs["TS", "FT"]["break_even_low"] == pytest.approx(77.0 / 2.2 * 1000)
    assert pairs["TS", "FT"]["break_even_high"] == pytest.approx(77.2 / 2.0 * 1000)
    printed = matrix(tmp_path / "store").stdout
    assert "95 %" not in printed
    assert "resolution" in printed


def test_intervals_of_repeats_bear_their_level(example: Path) -> None:
    told = json.loads(matrix(example, "--json").stdout)
    assert told["level"] == 0.95
    assert "95 %" in matrix(example).stdout
    assert max(map(len, matrix(example).stdout.splitlines())) <= 100
