"""Messages between runner and worker: one JSON object per line, in both directions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from breakeven.records import Judged, Run, Scalar, Stage
from breakeven.records.protocols import StageRequest
from breakeven.store.codec import decode, decode_run, encode, encode_run


class Ask(StrEnum):
    """What the runner asks for."""

    STAGE = "stage"
    OPEN = "open"
    INFER = "infer"


class Answer(StrEnum):
    """What a worker says."""

    PROGRESS = "progress"
    JUDGED = "judged"
    ENDED = "ended"
    BUSY = "busy"
    ALREADY = "already"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One request to a worker.

    Attributes:
        ask: What to do.
        skeleton: The run to fill in.
        request: What the engine gets.
        is_watched: Whether each judgement is to be reported, and an answer waited for.
    """

    ask: Ask
    skeleton: Run
    request: StageRequest
    is_watched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One line from a worker.

    Attributes:
        answer: What happened.
        run: The finished run, whatever its status; None for the other answers.
        done: Progress so far.
        total: Progress at the end.
        text: Why, when refused.
        judged: How good the model is by now, when that is told.
    """

    answer: Answer
    run: Run | None = None
    done: float = 0.0
    total: float = 0.0
    text: str = ""
    judged: Judged | None = None


def encode_order(order: Order) -> bytes:
    """Return one line, line break included."""
    request = order.request
    return _line(
        {
            "ask": order.ask,
            "run": encode_run(order.skeleton).decode(),
            "stage": request.stage,
            "settings": dict(request.settings),
            "task": dict(request.task),
            "parents": {role: str(folder) for role, folder in request.parents.items()},
            "is_watched": order.is_watched,
        }
    )


def decode_order(line: bytes) -> Order:
    """Read one line."""
    content = json.loads(line)
    return Order(
        ask=Ask(content["ask"]),
        skeleton=decode_run(content["run"].encode()),
        request=StageRequest(
            stage=Stage(content["stage"]),
            settings=content["settings"],
            task=content["task"],
            parents={role: Path(folder) for role, folder in content["parents"].items()},
        ),
        is_watched=content["is_watched"],
    )


def encode_verdict(*, goes_on: bool) -> bytes:
    """Return the answer to a judgement, one line."""
    return _line({"goes_on": goes_on})


def decode_verdict(line: bytes) -> bool:
    """Read the answer to a judgement: whether the run goes on."""
    goes_on: bool = json.loads(line)["goes_on"]
    return goes_on


def encode_reply(reply: Reply) -> bytes:
    """Return one line, line break included."""
    return _line(
        {
            "answer": reply.answer,
            "run": encode_run(reply.run).decode() if reply.run else None,
            "done": reply.done,
            "total": reply.total,
            "text": reply.text,
            "judged": encode(reply.judged).decode() if reply.judged else None,
        }
    )


def decode_reply(line: bytes) -> Reply:
    """Read one line."""
    content = json.loads(line)
    judged = content.get("judged")
    return Reply(
        answer=Answer(content["answer"]),
        run=decode_run(content["run"].encode()) if content["run"] else None,
        done=content["done"],
        total=content["total"],
        text=content["text"],
        judged=decode(judged.encode(), Judged) if judged else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSetup:
    """What a worker must know before its first order.

    Attributes:
        store: Folder of the store.
        engine: Name of the engine.
        parent: Process id of the runner.
        meters: Names of sensors; empty is every one that works.
        replay: Recorded power trace.
    """

    store: Path
    engine: str
    parent: int
    meters: tuple[str, ...] = ()
    replay: Path | None = None

    def argv(self) -> list[str]:
        """Return the arguments of `python -m breakeven.study.worker`."""
        content: dict[str, Scalar | list[str] | None] = {
            "store": str(self.store),
            "engine": self.engine,
            "parent": self.parent,
            "meters": list(self.meters),
            "replay": str(self.replay) if self.replay else None,
        }
        return [json.dumps(content)]

    @classmethod
    def from_argv(cls, argv: list[str]) -> "WorkerSetup":
        """Read what `argv` wrote."""
        content = json.loads(argv[0])
        return cls(
            store=Path(content["store"]),
            engine=content["engine"],
            parent=content["parent"],
            meters=tuple(content["meters"]),
            replay=Path(content["replay"]) if content["replay"] else None,
        )


def _line(content: Mapping[str, object]) -> bytes:
    return json.dumps(content).encode() + b"\n"
