"""Slurm's sacct: one job once, joules of nodes, and nothing read is not 0."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import DataFileError
from breakeven.records import Kind, NoteCode, Resource, Run, Status
from breakeven.store.importers.ledgers.imported import Asked, Imported
from breakeven.store.importers.ledgers.sacct import read_sacct
from breakeven.store.importers.times import parse_zone

HEADER = "JobID|JobName|State|Start|Elapsed|TotalCPU|MaxRSS|ConsumedEnergyRaw"
JOB = "17|ft|COMPLETED|2026-03-02T10:00:00|02:19:48|18:30:12|{rss}|{joules}"
BATCH = "17.batch|batch|COMPLETED|2026-03-02T10:00:00|02:19:48|18:29:00|41943040K|4580000"
EXTERN = "17.extern|extern|COMPLETED|2026-03-02T10:00:00|02:19:48|00:00.003|1024K|4580000"
STEP = "17.0|python|COMPLETED|2026-03-02T10:00:39|02:19:09|01:12|20000K|4570000"


def read(tmp_path: Path, *lines: str, header: str = HEADER, row: str = "") -> Imported:
    path = tmp_path / "jobs.txt"
    path.write_text("\n".join([header, *lines]) + "\n")
    return read_sacct(path, Asked(row=row))


def only(tmp_path: Path, *lines: str, header: str = HEADER) -> Run:
    (run,) = read(tmp_path, *lines, header=header).runs
    return run


def value(run: Run, resource: Resource) -> float | None:
    found = run.costs(resource)
    return found[0].value if found else None


def test_the_jobs_line_counts_and_its_steps_do_not_count_again(tmp_path: Path) -> None:
    run = only(tmp_path, JOB.format(rss="", joules="4580000"), BATCH, EXTERN, STEP)
    (energy,) = run.costs(Resource.ENERGY_J)
    assert (energy.value, energy.kind) == (4.58e6, Kind.MEASURED)
    assert value(run, Resource.CPU_S) == 18 * 3600 + 30 * 60 + 12


def test_steps_stand_in_where_the_jobs_line_is_empty(tmp_path: Path) -> None:
    second = STEP.replace("17.0", "17.1").replace("4570000", "1000000")
    run = only(tmp_path, JOB.format(rss="", joules=""), STEP, second)
    (energy,) = run.costs(Resource.ENERGY_J)
    assert (energy.low, energy.value, energy.high) == (4569999.5, 5.57e6, 5570001.0)
    assert NoteCode.PARTIAL_COVERAGE in {note.code for note in run.notes}


def test_batch_and_extern_alone_are_not_added_up(tmp_path: Path) -> None:
    run = only(tmp_path, JOB.format(rss="", joules="0"), BATCH, EXTERN)
    assert value(run, Resource.ENERGY_J) == 4.58e6


@pytest.mark.parametrize("nothing", ["", "0", "4294967294", "18446744073709551614"])
def test_no_energy_and_zero_are_not_measured(tmp_path: Path, nothing: str) -> None:
    found = read(tmp_path, JOB.format(rss="", joules=nothing))
    assert found.runs[0].costs(Resource.ENERGY_J) == ()
    assert any("energy of 17" in out.what for out in found.left_out)


def test_elapsed_is_known_to_one_second_for_both_ends_are_whole(tmp_path: Path) -> None:
    (duration,) = only(tmp_path, JOB.format(rss="", joules="")).costs(Resource.DURATION_S)
    assert (duration.low, duration.value, duration.high) == (8387.0, 8388.0, 8389.0)


def test_peak_memory_is_the_largest_of_the_steps_in_binary_units(tmp_path: Path) -> None:
    run = only(tmp_path, JOB.format(rss="", joules=""), BATCH, STEP)
    (memory,) = run.costs(Resource.PEAK_MEMORY_BYTES)
    assert memory.value == 40 * 2**30
    assert memory.high - memory.low == 1024
    assert "other tasks" in memory.not_covered


def test_energy_with_a_prefix_is_in_thousands_and_as_wide_as_printed(tmp_path: Path) -> None:
    run = only(
        tmp_path, JOB.format(rss="", joules="4.58M"), header=HEADER.replace("EnergyRaw", "Energy")
    )
    (energy,) = run.costs(Resource.ENERGY_J)
    assert (energy.low, energy.high) == pytest.approx((4.575e6, 4.585e6))


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("COMPLETED", Status.OK),
        ("FAILED", Status.FAILED),
        ("OUT_OF_MEMORY", Status.FAILED),
        ("NODE_FAIL", Status.FAILED),
        ("CANCELLED by 1000", Status.INTERRUPTED),
        ("CANCELLED+", Status.INTERRUPTED),
        ("TIMEOUT", Status.INTERRUPTED),
        ("PREEMPTED", Status.INTERRUPTED),
    ],
)
def test_how_a_job_ended_and_that_it_cost(tmp_path: Path, state: str, status: Status) -> None:
    run = only(tmp_path, JOB.format(rss="", joules="").replace("COMPLETED", state))
    assert run.status is status
    assert value(run, Resource.DURATION_S) == 8388
    assert (run.error is None) == (status is Status.OK)


def test_jobs_that_go_on_or_never_began_are_named(tmp_path: Path) -> None:
    waiting = "18|ft|PENDING|Unknown|00:00:00|00:00:00||"
    cancelled = "19|ft|CANCELLED by 5|None|00:00:00|00:00:00||"
    found = read(tmp_path, JOB.format(rss="", joules=""), waiting, cancelled)
    assert len(found.runs) == 1
    assert any(out.what == "job 18, 19" for out in found.left_out)


def test_allocated_cpu_time_is_no_cpu_time(tmp_path: Path) -> None:
    header = "JobID|State|Elapsed|CPUTimeRAW"
    found = read(tmp_path, "17|COMPLETED|00:01:00|960", header=header)
    assert found.runs[0].costs(Resource.CPU_S) == ()
    assert any(out.what == "CPUTimeRAW" and "allocated" in out.why for out in found.left_out)


def test_no_cpu_time_at_all_is_not_measured(tmp_path: Path) -> None:
    run = only(tmp_path, "17|COMPLETED|00:01:00|00:00:00", header="JobID|State|Elapsed|TotalCPU")
    assert run.costs(Resource.CPU_S) == ()


def test_cpu_time_of_steps_adds_up_where_the_job_has_none(tmp_path: Path) -> None:
    lines = ["17|COMPLETED|", "17.batch|COMPLETED|01:00.500", "17.0|COMPLETED|00:02.250"]
    run = only(
        tmp_path,
        *[f"{line}|00:10:00" for line in lines],
        header="JobID|State|TotalCPU|Elapsed",
    )
    assert value(run, Resource.CPU_S) == 62.75


def test_elements_of_an_array_are_runs_of_their_own(tmp_path: Path) -> None:
    lines = [JOB.format(rss="", joules="").replace("17|", f"17_{i}|") for i in (1, 2)]
    assert [run.row for run in read(tmp_path, *lines).runs] == ["ft-17_1", "ft-17_2"]
    assert {run.row for run in read(tmp_path, *lines, row="ft").runs} == {"ft"}


def test_a_requeued_job_is_told_apart_by_its_start(tmp_path: Path) -> None:
    again = JOB.format(rss="", joules="").replace("T10:", "T12:")
    found = read(tmp_path, JOB.format(rss="", joules=""), again)
    assert len({run.run_id for run in found.runs}) == 2


def test_people_and_nodes_are_not_kept(tmp_path: Path) -> None:
    found = read(tmp_path, "17|COMPLETED|01:00|anna|n1", header="JobID|State|Elapsed|User|NodeList")
    assert "anna" not in str(found.runs)
    assert any("User, NodeList" in out.what for out in found.left_out)


def test_a_bar_at_the_end_of_lines_is_no_column(tmp_path: Path) -> None:
    run = only(tmp_path, "17|COMPLETED|01:00|", header="JobID|State|Elapsed|")
    assert value(run, Resource.DURATION_S) == 60


def test_start_is_read_in_the_zone_of_the_cluster(tmp_path: Path) -> None:
    path = tmp_path / "jobs.txt"
    path.write_text(f"{HEADER}\n{JOB.format(rss='', joules='')}\n")
    (run,) = read_sacct(path, Asked(), zone=parse_zone("+02:00")).runs
    assert run.started_at.startswith("2026-03-02T08:00:00")


@pytest.mark.parametrize(
    ("lines", "header", "message"),
    [
        (["17 COMPLETED"], "JobID State", "no cells separated by"),
        (["17|COMPLETED"], "17|COMPLETED", "no header of output of `sacct"),
        (["17|COMPLETED|x"], "JobID|State|Joules", "'Joules' is none of"),
        (["17|COMPLETED|02:99"], "JobID|State|Elapsed", r"jobs\.txt:2: column 'Elapsed'"),
        (["17|COMPLETED|-5"], "JobID|State|ElapsedRaw", "which is no amount"),
        (["17|COMPLETED|nan"], "JobID|State|ElapsedRaw", "column 'ElapsedRaw' holds 'nan'"),
        (["17|COMPLETED|2GB"], "JobID|State|MaxRSS", "K, M, G, T or P"),
        (["17|DONE"], "JobID|State", "column 'State' holds 'DONE', which is no state"),
        (["17.0|COMPLETED"], "JobID|State", "a step whose job has no line before it"),
        (["17|COMPLETED", "17|FAILED"], "JobID|State", r"as .*:2 does"),
        (["17|RUNNING"], "JobID|State", "no job has ended"),
    ],
)
def test_another_file_is_refused_in_one_sentence(
    tmp_path: Path, lines: list[str], header: str, message: str
) -> None:
    with pytest.raises(DataFileError, match=message):
        read(tmp_path, *lines, header=header)


@given(st.integers(0, 400), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_days_hours_minutes_and_seconds_add_up(
    tmp_path_factory: pytest.TempPathFactory, days: int, hours: int, minutes: int, seconds: int
) -> None:
    text = f"{days}-{hours:02d}:{minutes:02d}:{seconds:02d}"
    run = only(
        tmp_path_factory.mktemp("given"), f"17|COMPLETED|{text}", header="JobID|State|Elapsed"
    )
    assert value(run, Resource.DURATION_S) == ((days * 24 + hours) * 60 + minutes) * 60 + seconds
