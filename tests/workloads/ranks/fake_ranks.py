"""Ranks without torch, each a thread of one process: `python fake_ranks.py BEHAVIOUR N SETUP`."""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from breakeven.records import Cost, Kind, Note, NoteCode, PhaseName, Resource, Score, Volume
from breakeven.workloads.ranks.context import RankContext
from breakeven.workloads.ranks.member import connect
from breakeven.workloads.ranks.messages import Ended, Failed, Here, Line, Ready, Setup

SCORE = Score(metric="accuracy", value=0.5, split="validation", n_examples=4)
NOTE = Note(code=NoteCode.DATA_ENDED, message="too short", advice="Add.")


def count(resource: Resource, value: float) -> Cost:
    return Cost.exact(resource, value, kind=Kind.COUNTED, sensor="fake")


def works_well(context: RankContext, rank: int, line: Line) -> None:
    with context.phase(PhaseName.LOAD):
        time.sleep(0.05 * rank)
    with context.phase(PhaseName.WORK):
        context.add_output(Volume(n_examples=3 + rank, n_batches=int(rank == 0)))
        context.count(count(Resource.FLOPS, 10.0 + rank))
        context.count(count(Resource.N_PARAMETERS, 7.0))
        context.progress(1, 2)
        context.learning(0.5 + rank)
        checkpoints = context.checkpoint_dir()
        context.continues(f"before, with {checkpoints}")
        if rank == 0:
            Path(context.artifact_dir("model"), "w.txt").write_text("weights", encoding="utf-8")
    context.add_score(SCORE)
    context.add_note(NOTE)


def fails(context: RankContext, rank: int, line: Line) -> None:
    """The second rank fails; the first, let down by it, says so a moment earlier."""
    with context.phase(PhaseName.WORK):
        if rank == 1:
            line.send(Failed(traceback="Traceback ...\nValueError: seven"))
        time.sleep(60)


def vanishes(context: RankContext, rank: int, line: Line) -> None:
    with context.phase(PhaseName.WORK):
        if rank == 1:
            time.sleep(0.2)
            line.close()
        else:
            line.send(Failed(traceback="RuntimeError: connection closed by peer"))
        time.sleep(60)


def is_pruned(context: RankContext, rank: int, line: Line) -> None:
    with context.phase(PhaseName.WORK):
        for step in (1, 2, 3):
            context.judged([SCORE], step=step, n_steps=3)


def sleeps(context: RankContext, rank: int, line: Line) -> None:
    with context.phase(PhaseName.WORK):
        time.sleep(600)


BEHAVIOURS: dict[str, Callable[[RankContext, int, Line], None]] = {
    "well": works_well,
    "fails": fails,
    "vanishes": vanishes,
    "pruned": is_pruned,
    "sleeps": sleeps,
}


def run(rank: int, setup: Setup, behaviour: str) -> None:
    line, replies = connect(setup.address)
    line.send(Here(rank=rank))
    line.send(Ready(device="cpu"))
    replies.get()
    context = RankContext(line, replies, setup, is_first=rank == 0, cpu_s=_clock())
    BEHAVIOURS[behaviour](context, rank, line)
    line.send(Ended())
    replies.get()


def _clock() -> Callable[[], float]:
    """Two CPU seconds pass in each phase."""
    reads = iter(range(0, 100, 2))
    return lambda: float(next(reads))


if __name__ == "__main__":
    if sys.argv[1] == "stillborn":
        sys.exit(3)
    ranks = [
        threading.Thread(target=run, args=(r, Setup.from_argument(sys.argv[3]), sys.argv[1]))
        for r in range(int(sys.argv[2]))
    ]
    for thread in ranks:
        thread.start()
    for thread in ranks:
        thread.join()
