"""A rank: `torchrun ... -m breakeven.workloads.ranks.member SETUP` runs a stage with others.

When the leader dies, the line to it ends, and so does the rank at once; torchrun ends the others.
"""

import os
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from queue import SimpleQueue

from breakeven import registry
from breakeven.records import Scalar
from breakeven.workloads.ranks.context import RankContext
from breakeven.workloads.ranks.messages import Ended, Failed, Here, Line, Ready, Reply, Setup
from breakeven.workloads.stages.imports import import_all_neural

PATIENCE = timedelta(days=1)
"""Ranks wait for each other this long: one may be judging while the others wait. One that dies is
noticed by its leader at once, so nothing depends on it."""


def main(argv: list[str], environ: Mapping[str, str] = os.environ) -> int:
    """Take part in one stage; 0 when it ended well."""
    setup = Setup.from_argument(argv[0])
    rank, local_rank = int(environ["RANK"]), int(environ["LOCAL_RANK"])
    line, replies = connect(setup.address)
    line.send(Here(rank=rank))
    try:
        settings = _meet(setup.request.settings, local_rank)
        line.send(Ready(device=str(settings["device"])))
        replies.get()
        context = RankContext(line, replies, setup, is_first=rank == 0)
        stage = registry.load("stage", setup.request.stage.value)
        stage(context, replace(setup.request, settings=settings))
        _part()
    except BaseException:  # noqa: BLE001 - the leader raises it where the run is recorded
        line.send(Failed(traceback=traceback.format_exc()))
        return 1
    line.send(Ended())
    replies.get()
    return 0


def connect(address: str) -> tuple[Line, "SimpleQueue[Reply]"]:
    """Find the leader; its answers come in a queue.

    Args:
        address: Path of its socket.

    Returns:
        The line to it, and the queue.
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    line, replies = Line(connection), SimpleQueue[Reply]()
    threading.Thread(target=_listen, args=(line, replies), name="leader", daemon=True).start()
    return line, replies


def _listen(
    line: Line, replies: "SimpleQueue[Reply]", *, leave: Callable[[int], None] = os._exit
) -> None:
    """Hand on answers; without a leader there is nobody to work for."""
    while (reply := line.reply()) is not None:
        replies.put(reply)
    leave(1)


def _meet(settings: Mapping[str, Scalar], local_rank: int) -> dict[str, Scalar]:
    """Import what every stage needs and join the process group; say where this rank computes."""
    import torch  # noqa: PLC0415 - seconds to import
    from torch import distributed  # noqa: PLC0415 - the same

    import_all_neural()
    device = str(settings["device"])
    if device in ("auto", "cuda") and torch.cuda.is_available():
        device = f"cuda:{local_rank}"
        torch.cuda.set_device(local_rank)
    is_cuda = device.startswith("cuda")
    backend = "cpu:gloo,cuda:nccl" if is_cuda else "gloo"
    distributed.init_process_group(backend, timeout=PATIENCE)
    distributed.barrier()
    return {**settings, "device": device if is_cuda else "cpu"}


def _part() -> None:
    from torch import distributed  # noqa: PLC0415 - loaded by now

    distributed.destroy_process_group()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
