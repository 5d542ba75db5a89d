"""The benchmark of large stores: what it writes can be read, and what it measures adds up."""

from pathlib import Path

import pytest

from benchmarks.scale import Measured, Took, growth, measure, middle, results, run, took
from benchmarks.scale_store import Shape, definition, write_store
from breakeven.records import Stage, Status
from breakeven.store import Store

SMALL = Shape(n_runs=400, n_pathways=20)


def test_a_made_up_store_reads_as_any_other(tmp_path: Path) -> None:
    n_runs = write_store(tmp_path / "store", SMALL)
    with Store(tmp_path / "store", create=False) as store:
        runs, study = store.runs(), store.study()
    assert len(runs) == n_runs
    assert study == definition(SMALL)
    assert {run.status for run in runs} == {Status.OK, Status.FAILED}
    assert {run.stage for run in runs} == {
        *(Stage.PRETRAIN, Stage.DISTIL, Stage.FINETUNE, Stage.INFER)
    }
    ids = {run.run_id for run in runs}
    assert {parent for run in runs for parent in run.parents} <= ids


@pytest.mark.parametrize(("n_runs", "n_shared"), [(10_000, 152), (1_000_000, 152)])
def test_the_runs_of_a_shape_come_out(n_runs: int, n_shared: int) -> None:
    shape = Shape(n_runs=n_runs)
    used = sum(shape.n_seeds + shape.n_swept(block) for block in range(shape.n_blocks))
    made = 2 * shape.n_seeds + 1
    assert shape.n_pathways * (used + made) + n_shared == n_runs + n_shared


def test_small_stores_are_measured_from_end_to_end() -> None:
    found = measure(SMALL, repeats=1)
    assert found.n_runs == 405
    assert found.built.cpu_s > 0
    assert found.answered.peak_bytes > 1e7
    assert all(result.is_within for result in results(found))


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended badly"):
        took("store", "index", str(tmp_path))


def test_growth_is_the_power_of_the_number_of_runs() -> None:
    def measured(n_runs: int, cpu_s: float) -> Measured:
        one = Took(cpu_s=cpu_s, peak_bytes=1.0)
        return Measured(
            n_runs=n_runs, size_bytes=1, index_bytes=1, built=one, extended=one, answered=one
        )

    found = growth([measured(10, 2.0), measured(1000, 20.0)])
    assert [result.value for result in found] == pytest.approx([0.5, 0.5])


def test_the_median_is_quoted() -> None:
    found = middle([Took(cpu_s=c, peak_bytes=p) for c, p in ((3.0, 1.0), (1.0, 9.0), (2.0, 5.0))])
    assert (found.cpu_s, found.peak_bytes) == (2.0, 5.0)


def test_sizes_are_read_from_the_command_line() -> None:
    found = run(["--runs", "200,400", "--repeats", "1", "--pathways", "10"])
    assert [result.name for result in found][-1] == "growth of answered, 205 to 405 runs"
