"""Ranks: which process of several this one is, from what its launcher put into the environment.

torchrun and `accelerate launch`   RANK, WORLD_SIZE, LOCAL_RANK, TORCHELASTIC_* (torchrun's manual,
                                   "Environment Variables")
Open MPI                           OMPI_COMM_WORLD_* (its manual, "Environment variables set for
                                   MPI applications"), PMIX_NAMESPACE
Slurm                              SLURM_PROCID, SLURM_STEP_* (srun(1), "OUTPUT ENVIRONMENT
                                   VARIABLES")
MPICH, Intel MPI                   PMI_RANK, PMI_SIZE, MPI_LOCALRANKID (Hydra)
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from breakeven.records import Measurement, NoteCode, Rank

NO_STEP = 0xFFFF_FFF0
"""Slurm numbers what is no step of several tasks (batch script, interactive shell, extern) from
here on (slurm.h: SLURM_BATCH_SCRIPT, SLURM_INTERACTIVE_STEP, SLURM_EXTERN_CONT)."""

_SALT = b"breakeven node 1"


def find_rank(environ: Mapping[str, str], *, node: str) -> Rank | None:
    """Say which rank this process is; None for a process on its own.

    Args:
        environ: Environment of the process.
        node: Of this machine, see `find_node`.

    Examples:
        >>> env = {"RANK": "3", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "TORCHELASTIC_RUN_ID": "7f"}
        >>> found = find_rank(env, node="n1")
        >>> (found.rank, found.n_ranks, found.local_rank)
        (3, 8, 1)
        >>> find_rank({"SLURM_JOB_ID": "12", "SLURM_NTASKS": "4", "SLURM_PROCID": "0"}, node="n1")
    """
    for find in (_torch, _open_mpi, _slurm, _hydra):
        if (found := find(environ, node)) is not None:
            return found
    return None


def find_node(*, proc: Path = Path("/proc"), otherwise: str = "") -> str:
    """Salted hash of this machine as long as it runs: the same in all of its containers.

    Hosts and images made from one template may share a machine id; no two boots share theirs
    (random(4), boot_id).

    Args:
        proc: The proc file system.
        otherwise: What tells machines apart where there is none.
    """
    try:
        known = (proc / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return otherwise
    return hashlib.sha256(_SALT + known.encode()).hexdigest()[:16]


def _torch(environ: Mapping[str, str], node: str) -> Rank | None:
    """Of torchrun, or of any launcher that fills what `torch.distributed` reads (env://)."""
    return _rank(
        rank=_number(environ, "RANK"),
        n_ranks=_number(environ, "WORLD_SIZE"),
        local_rank=_number(environ, "LOCAL_RANK"),
        node=node,
        group=_named(
            "torch",
            *_some(environ, "SLURM_JOB_ID", "TORCHELASTIC_RUN_ID", "MASTER_ADDR", "MASTER_PORT"),
            *_launch(environ),
            *_some(environ, "TORCHELASTIC_RESTART_COUNT"),
        ),
    )


def _launch(environ: Mapping[str, str]) -> list[str]:
    """What tells one launch on one node from the next, which may reuse name, address and port.

    torchrun gives every launch a folder of its own for error files:
    /tmp/torchelastic_x/none_y/attempt_0/<local rank>/error.json; nodes have different ones.
    """
    path = environ.get("TORCHELASTIC_ERROR_FILE", "")
    is_one_node = environ.get("LOCAL_WORLD_SIZE") == environ.get("WORLD_SIZE")
    return path.split("/")[-5:-3] if is_one_node else []


def _open_mpi(environ: Mapping[str, str], node: str) -> Rank | None:
    return _rank(
        rank=_number(environ, "OMPI_COMM_WORLD_RANK"),
        n_ranks=_number(environ, "OMPI_COMM_WORLD_SIZE"),
        local_rank=_number(environ, "OMPI_COMM_WORLD_LOCAL_RANK"),
        node=node,
        group=_named(
            "mpi", *_some(environ, "SLURM_JOB_ID", "PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid")
        ),
    )


def _slurm(environ: Mapping[str, str], node: str) -> Rank | None:
    """Of a task of srun; a batch script or a shell of salloc is none, whatever was allocated."""
    step = _number(environ, "SLURM_STEP_ID")
    if step is None or step >= NO_STEP:
        return None
    n_tasks = _number(environ, "SLURM_STEP_NUM_TASKS")
    return _rank(
        rank=_number(environ, "SLURM_PROCID"),
        n_ranks=_number(environ, "SLURM_NTASKS") if n_tasks is None else n_tasks,
        local_rank=_number(environ, "SLURM_LOCALID"),
        node=node,
        group=_named("slurm", *_some(environ, "SLURM_JOB_ID"), str(step)),
    )


def _hydra(environ: Mapping[str, str], node: str) -> Rank | None:
    return _rank(
        rank=_number(environ, "PMI_RANK"),
        n_ranks=_number(environ, "PMI_SIZE"),
        local_rank=_number(environ, "MPI_LOCALRANKID"),
        node=node,
        group=_named("pmi", *_some(environ, "SLURM_JOB_ID")),
    )


def _rank(
    *, rank: int | None, n_ranks: int | None, local_rank: int | None, node: str, group: str
) -> Rank | None:
    """Put it together; None where something is missing, contradicts itself, or is only one."""
    if rank is None or n_ranks is None or n_ranks < 2:
        return None
    local = 0 if local_rank is None else local_rank
    if not local <= rank < n_ranks:
        return None
    return Rank(group=group, rank=rank, n_ranks=n_ranks, local_rank=local, node=node)


def _number(environ: Mapping[str, str], name: str) -> int | None:
    text = environ.get(name, "")
    return int(text) if text.isdecimal() else None


def _some(environ: Mapping[str, str], *names: str) -> list[str]:
    return [environ[name] for name in names if environ.get(name)]


def _named(launcher: str, *parts: str) -> str:
    """Name of a launch that tells no host or job to whoever reads the record."""
    return f"{launcher}-{hashlib.sha256(_SALT + ':'.join(parts).encode()).hexdigest()[:16]}"


def told_of_fellows(measured: Measurement, rank: Rank | None) -> Measurement:
    """Say in notes about other load that the other ranks of the stage may be part of it.

    Args:
        measured: A window of one rank.
        rank: Which one; None for a stage of one process.
    """
    if rank is None or rank.n_ranks == 1:
        return measured
    fellows = f"the {rank.n_ranks - 1} other ranks of this stage may be among them."
    notes = [
        replace(note, message=f"{note.message.rstrip('.')}; {fellows}")
        if note.code is NoteCode.BUSY_MACHINE
        else note
        for note in measured.notes
    ]
    return replace(measured, notes=tuple(notes))
