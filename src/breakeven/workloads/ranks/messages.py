"""Messages between a leader and its ranks: one JSON object per line, in both directions."""

import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from breakeven.records import Cost, Note, PhaseName, Scalar, Score, Stage, Volume
from breakeven.records.protocols import StageRequest


class Here(msgspec.Struct, tag=True, frozen=True):
    """A rank has found its leader."""

    rank: int


class Ready(msgspec.Struct, tag=True, frozen=True):
    """A rank has imported what it needs and met the others.

    Attributes:
        device: Where it computes.
    """

    device: str


class Opens(msgspec.Struct, tag=True, frozen=True):
    """A rank is about to begin a phase; answered when all are."""

    phase: PhaseName


class Closes(msgspec.Struct, tag=True, frozen=True):
    """A rank has ended a phase, in which it took so many CPU seconds; answered when all have."""

    phase: PhaseName
    cpu_s: float


class Says(msgspec.Struct, tag=True, frozen=True):
    """Something for the run's record; one of them is set.

    Attributes:
        cost: A count.
        volume: Added to the output.
        score: A quality number.
        note: A doubt.
        progress: Done and total.
        loss: Mean training loss lately.
        continues: Run whose checkpoint is gone on from.
    """

    cost: Cost | None = None
    volume: Volume | None = None
    score: Score | None = None
    note: Note | None = None
    progress: tuple[float, float] | None = None
    loss: float | None = None
    continues: str | None = None


class Judges(msgspec.Struct, tag=True, frozen=True):
    """Scores of the state the model is in; answered by whether to go on."""

    scores: list[Score]
    step: float
    n_steps: float


class AsksFolder(msgspec.Struct, tag=True, frozen=True):
    """Asks for an artefact's folder by name, or without one for that of checkpoints."""

    name: str


class Ended(msgspec.Struct, tag=True, frozen=True):
    """A rank is through."""


class Failed(msgspec.Struct, tag=True, frozen=True):
    """A rank met an error it cannot go on from."""

    traceback: str


Message = Here | Ready | Opens | Closes | Says | Judges | AsksFolder | Ended | Failed


class Reply(msgspec.Struct, frozen=True):
    """Answer to a rank.

    Attributes:
        folder: That was asked for; None where there is none.
        pruned: Why the stage is to end early; empty to go on.
    """

    folder: str | None = None
    pruned: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a rank must know.

    Attributes:
        address: Socket of the leader, a path.
        request: What is to be done.
        run_id: Of the run.
        enough_s: As the leader's context has it.
        is_watched: The same.
    """

    address: str
    request: StageRequest
    run_id: str
    enough_s: float
    is_watched: bool

    def to_argument(self) -> str:
        """One text for the command line."""
        request = self.request
        content = {
            "address": self.address,
            "stage": request.stage,
            "settings": dict(request.settings),
            "task": dict(request.task),
            "parents": {role: str(folder) for role, folder in request.parents.items()},
            "run_id": self.run_id,
            "enough_s": self.enough_s,
            "is_watched": self.is_watched,
        }
        return msgspec.json.encode(content).decode()

    @classmethod
    def from_argument(cls, text: str) -> "Setup":
        """Read what `to_argument` wrote."""
        content = msgspec.json.decode(text, type=_Content)
        return cls(
            address=content.address,
            request=StageRequest(
                stage=content.stage,
                settings=content.settings,
                task=content.task,
                parents={role: Path(folder) for role, folder in content.parents.items()},
            ),
            run_id=content.run_id,
            enough_s=content.enough_s,
            is_watched=content.is_watched,
        )


class _Content(msgspec.Struct):
    address: str
    stage: Stage
    settings: Mapping[str, Scalar]
    task: Mapping[str, Scalar]
    parents: Mapping[str, str]
    run_id: str
    enough_s: float
    is_watched: bool


class Line:
    """One connection, seen from either end."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._stream = connection.makefile("rb")

    def send(self, message: Message | Reply) -> None:
        """Write one message.

        Raises:
            OSError: If nobody listens any more.
        """
        self._connection.sendall(msgspec.json.encode(message) + b"\n")

    def message(self) -> Message | None:
        """Wait for what a rank says; None when it has gone."""
        line = self._read()
        return None if line is None else msgspec.json.decode(line, type=Message)

    def reply(self) -> Reply | None:
        """Wait for what the leader says; None when it has gone."""
        line = self._read()
        return None if line is None else msgspec.json.decode(line, type=Reply)

    def close(self) -> None:
        """End the connection; whoever waits on it is told."""
        with suppress(OSError):  # the other end was faster
            self._connection.shutdown(socket.SHUT_RDWR)
        self._stream.close()
        self._connection.close()

    def _read(self) -> bytes | None:
        try:
            line = self._stream.readline()
        except (OSError, ValueError):  # closed while waiting
            return None
        return line if line.endswith(b"\n") else None
