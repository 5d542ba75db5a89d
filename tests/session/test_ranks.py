"""Ranks: which process of several this is, by what launchers put into the environment."""

from pathlib import Path

import pytest

from breakeven.records import Measurement, Note, NoteCode, Rank
from breakeven.session.ranks import find_node, find_rank, told_of_fellows

TORCHRUN = {
    "RANK": "5",
    "WORLD_SIZE": "8",
    "LOCAL_RANK": "1",
    "LOCAL_WORLD_SIZE": "4",
    "GROUP_RANK": "1",
    "TORCHELASTIC_RUN_ID": "job7",
    "TORCHELASTIC_RESTART_COUNT": "0",
    "MASTER_ADDR": "n0",
    "MASTER_PORT": "29500",
    "TORCHELASTIC_ERROR_FILE": "/tmp/torchelastic_ab/none_cd/attempt_0/1/error.json",
}
SRUN = {
    "SLURM_JOB_ID": "12",
    "SLURM_STEP_ID": "3",
    "SLURM_STEP_NUM_TASKS": "8",
    "SLURM_NTASKS": "16",
    "SLURM_PROCID": "5",
    "SLURM_LOCALID": "1",
    "SLURM_NODEID": "1",
}
OPEN_MPI = {
    "OMPI_COMM_WORLD_RANK": "5",
    "OMPI_COMM_WORLD_SIZE": "8",
    "OMPI_COMM_WORLD_LOCAL_RANK": "1",
    "PMIX_NAMESPACE": "prterun-n0-77@1",
}
HYDRA = {"PMI_RANK": "5", "PMI_SIZE": "8", "MPI_LOCALRANKID": "1"}


@pytest.mark.parametrize(
    ("environ", "launcher"),
    [
        pytest.param(TORCHRUN, "torch", id="torchrun"),
        pytest.param({**TORCHRUN, **SRUN, "SLURM_PROCID": "1"}, "torch", id="torchrun by srun"),
        pytest.param(SRUN, "slurm", id="srun"),
        pytest.param(OPEN_MPI, "mpi", id="Open MPI"),
        pytest.param(HYDRA, "pmi", id="MPICH"),
        pytest.param({**HYDRA, **SRUN}, "slurm", id="MPICH under srun"),
    ],
)
def test_launchers_say_which_rank(environ: dict[str, str], launcher: str) -> None:
    found = find_rank(environ, node="n")
    assert found is not None
    assert found == Rank(group=found.group, rank=5, n_ranks=8, local_rank=1, node="n")
    assert found.group.startswith(f"{launcher}-")


ONE_NODE = {**TORCHRUN, "LOCAL_WORLD_SIZE": "8"}


@pytest.mark.parametrize(
    ("environ", "changed"),
    [
        pytest.param(TORCHRUN, {"TORCHELASTIC_RUN_ID": "job8"}, id="another run id"),
        pytest.param(TORCHRUN, {"TORCHELASTIC_RESTART_COUNT": "1"}, id="a restart"),
        pytest.param(TORCHRUN, {"SLURM_JOB_ID": "13"}, id="another job"),
        pytest.param(
            ONE_NODE,
            {"TORCHELASTIC_ERROR_FILE": "/tmp/torchelastic_ef/none_cd/attempt_0/1/error.json"},
            id="another launch under the same name",
        ),
        pytest.param(SRUN, {"SLURM_STEP_ID": "4"}, id="another step"),
        pytest.param(OPEN_MPI, {"PMIX_NAMESPACE": "prterun-n0-78@1"}, id="another mpirun"),
    ],
)
def test_another_launch_is_another_group(environ: dict[str, str], changed: dict[str, str]) -> None:
    assert group_of(environ) != group_of({**environ, **changed})


@pytest.mark.parametrize(
    ("environ", "changed"),
    [
        pytest.param(
            TORCHRUN,
            {"TORCHELASTIC_ERROR_FILE": "/tmp/torchelastic_ef/none_cd/attempt_0/1/error.json"},
            id="on another node",
        ),
        pytest.param(
            ONE_NODE,
            {"TORCHELASTIC_ERROR_FILE": "/tmp/torchelastic_ab/none_cd/attempt_0/7/error.json"},
            id="on the same node",
        ),
        pytest.param(SRUN, {"SLURM_PROCID": "6", "SLURM_NODEID": "0"}, id="of one step"),
    ],
)
def test_other_ranks_have_the_same_group(environ: dict[str, str], changed: dict[str, str]) -> None:
    assert group_of(environ) == group_of({**environ, **changed})


def test_a_group_names_no_host() -> None:
    assert "n0" not in group_of(TORCHRUN)


def group_of(environ: dict[str, str]) -> str:
    found = find_rank(environ, node="n")
    assert found is not None
    return found.group


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0"}, id="one rank"),
        pytest.param({"RANK": "0"}, id="a variable of somebody else"),
        pytest.param({"RANK": "first", "WORLD_SIZE": "2"}, id="no number"),
        pytest.param({"RANK": "4", "WORLD_SIZE": "4"}, id="beyond the last"),
        pytest.param({"RANK": "0", "WORLD_SIZE": "4", "LOCAL_RANK": "1"}, id="contradiction"),
        pytest.param(
            {"SLURM_JOB_ID": "12", "SLURM_NTASKS": "4", "SLURM_PROCID": "0", "SLURM_LOCALID": "0"},
            id="a batch script",
        ),
        pytest.param({**SRUN, "SLURM_STEP_ID": "4294967291"}, id="a batch script as a step"),
        pytest.param({**SRUN, "SLURM_STEP_ID": "4294967290"}, id="an interactive shell"),
        pytest.param({**SRUN, "SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0"}, id="srun -n 1"),
    ],
)
def test_a_process_on_its_own_is_no_rank(environ: dict[str, str]) -> None:
    assert find_rank(environ, node="n") is None


def test_without_the_step_s_number_of_tasks_the_job_s_counts() -> None:
    environ = {key: value for key, value in SRUN.items() if key != "SLURM_STEP_NUM_TASKS"}
    found = find_rank(environ, node="n")
    assert found is not None
    assert found.n_ranks == 16


def test_a_node_is_one_boot_of_one_kernel(tmp_path: Path) -> None:
    path = tmp_path / "sys/kernel/random/boot_id"
    path.parent.mkdir(parents=True)
    path.write_text("first\n")
    first = find_node(proc=tmp_path)
    path.write_text("second\n")
    assert len({first, find_node(proc=tmp_path)}) == 2
    assert "first" not in first
    assert find_node(proc=tmp_path / "none", otherwise="host") == "host"


BUSY = Note(code=NoteCode.BUSY_MACHINE, message="others used 7 CPU s.", advice="Stop them.")
SHORT = Note(code=NoteCode.SHORT_WINDOW, message="short.", advice="Longer.")
WINDOW = Measurement(started_at="", duration_s=1.0, notes=(BUSY, SHORT))


def test_other_load_beside_a_rank_may_be_that_of_its_fellows() -> None:
    rank = Rank(group="g", rank=1, n_ranks=4, local_rank=1, node="n")
    busy, short = told_of_fellows(WINDOW, rank).notes
    assert busy.message == (
        "others used 7 CPU s; the 3 other ranks of this stage may be among them."
    )
    assert short == SHORT


@pytest.mark.parametrize("rank", [None, Rank(group="g", rank=0, n_ranks=1, local_rank=0, node="n")])
def test_a_process_without_fellows_is_told_of_none(rank: Rank | None) -> None:
    assert told_of_fellows(WINDOW, rank) == WINDOW
