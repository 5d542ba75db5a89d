"""Columns: one segment of the index, gathered run by run and written as one npz.

Text is kept once per segment and referred to by its place; numbers are fixed-width. A resource
that no run of the segment observed has no array; one that a run did not observe is NaN there.
"""

import io
import json
from array import array
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import IntFlag
from typing import Any

import numpy as np
from numpy.typing import NDArray

from breakeven.records import SCHEMA_VERSION, NoteCode, Stage
from breakeven.store.index.totals import RESOURCES, Sums, totals

NO_BLOCK = -(2**62)
"""Block of a run outside blocks."""

TEXTS = (
    *("study", "row", "result_of", "stage", "status", "joined"),
    *("role", "start_repeat", "model", "time_form"),
)
"""Columns of text. `role`, `start_repeat` and `model` are resolved settings, empty where unset;
times of one `time_form` sort as text as they sort in time."""

NUMBERS = (
    *("offset", "started_us", "repeat", "block", "observed", "flags"),
    *("n_examples", "n_real_tokens", "n_padded_tokens"),
    *("n_parents", "n_scores"),
)
"""Columns of integers: bytes from the start of the file, microseconds since 1970, bits."""

SCORE_TEXTS = ("metric", "split", "kind", "origin", "how")
SCORE_NUMBERS = ("n_examples", "n_correct", "higher_is_better")

_SETTINGS = ("role", "start_repeat", "model")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Flag(IntFlag):
    """What a run has that columns do not hold, so that an answer must read its record."""

    RANK = 1
    TRIAL = 2
    CONTINUES = 4
    ANSWERS_BY_BATCH = 8


class ImpossibleRunError(ValueError):
    """A line that decodes and still is no run of this version."""


class Segment:
    """Runs on their way into one npz."""

    def __init__(self) -> None:
        """Begin without any."""
        self.n_runs = 0
        self._texts: dict[str, int] = {"": 0}
        self._coded = {name: array("i") for name in TEXTS}
        self._numbers = {name: array("q") for name in NUMBERS}
        self._ids: list[bytes] = []
        self._parents: list[bytes] = []
        self._amounts: dict[int, array[float]] = {}
        self._score_texts = {name: array("i") for name in SCORE_TEXTS}
        self._score_numbers = {name: array("q") for name in SCORE_NUMBERS}
        self._score_values = array("d")

    @property
    def resources(self) -> tuple[str, ...]:
        """Names of the resources that some run observed."""
        return tuple(RESOURCES[place].value for place in sorted(self._amounts))

    def add(self, run: Any, *, began: str, offset: int) -> None:  # noqa: ANN401 - made at run time
        """Add one run.

        Args:
            run: As decoded by `codec.strict_run_decoder`.
            began: When it started, as it is written.
            offset: Where its line begins, in bytes from the start of its file.

        Raises:
            ValueError: If it is no run that a store can hold.
        """
        if run.schema_version != SCHEMA_VERSION:
            raise ImpossibleRunError(f"schema_version {run.schema_version}")
        whole, work = totals(run.phases or (), run.counts or ())
        self._add_amounts(whole, work)
        self._add_texts(run, began)
        self._add_numbers(run, offset=offset, observed=sum(1 << place for place in whole))
        self._add_scores(run.scores or ())
        self._ids.append(run.run_id.encode())
        self._parents += [parent.encode() for parent in run.parents or ()]
        self.n_runs += 1

    def to_npz(self) -> bytes:
        """Give the segment as an uncompressed npz, which checks every array's sum when read."""
        arrays: dict[str, NDArray[Any]] = {
            "ids": np.array(self._ids, dtype=bytes),
            "parents": np.array(self._parents, dtype=bytes),
            "texts": np.frombuffer(json.dumps([*self._texts]).encode(), dtype=np.uint8),
            "score_values": np.array(self._score_values).reshape(-1, 3).T,
            **{name: np.array(codes, dtype=np.int32) for name, codes in self._coded.items()},
            **{name: np.array(values, dtype=np.int64) for name, values in self._numbers.items()},
            **{f"score_{name}": np.array(v, np.int32) for name, v in self._score_texts.items()},
            **{f"score_{name}": np.array(v, np.int64) for name, v in self._score_numbers.items()},
        }
        for place, seen in self._amounts.items():
            arrays |= _spread(RESOURCES[place].value, np.array(seen), self.n_runs)
        out = io.BytesIO()
        np.savez(out, allow_pickle=False, **arrays)
        return out.getvalue()

    def _add_amounts(self, whole: Sums, work: Sums) -> None:
        for place, (value, low, high, bits) in whole.items():
            seen = self._amounts.setdefault(place, array("d"))
            seen.extend((self.n_runs, value, low, high, bits))
            seen.extend(work.get(place, _UNSEEN))

    def _code(self, text: str) -> int:
        return self._texts.setdefault(text, len(self._texts))

    def _add_texts(self, run: Any, began: str) -> None:  # noqa: ANN401 - as above
        trial = run.trial
        row = run.row or ""
        resolved: Mapping[str, object] = (run.settings and run.settings.resolved) or {}
        texts = (
            *(run.study or "", row, row if trial is None else trial.row, run.stage, run.status),
            run.joined or "",
            *(str(resolved.get(name, "")) for name in _SETTINGS),
            _form(began),
        )
        for codes, text in zip(self._coded.values(), texts, strict=True):
            codes.append(self._code(text))

    def _add_numbers(self, run: Any, *, offset: int, observed: int) -> None:  # noqa: ANN401
        out = run.output
        volume = (
            (0, 0, 0)
            if out is None
            else (out.n_examples or 0, out.n_real_tokens or 0, out.n_padded_tokens or 0)
        )
        if min(volume) < 0:
            raise ImpossibleRunError(f"a volume of {volume}")
        numbers = (
            *(offset, _microseconds(run.started_at), run.repeat or 0),
            NO_BLOCK if run.block is None else run.block,
            *(observed, _flags(run)),
            *volume,
            *(len(run.parents or ()), len(run.scores or ())),
        )
        for values, number in zip(self._numbers.values(), numbers, strict=True):
            values.append(number)

    def _add_scores(self, scores: Any) -> None:  # noqa: ANN401 - as above
        for score in scores:
            texts = (score.metric, score.split, score.kind or "counted", score.origin or "live")
            pairs = zip(self._score_texts.values(), (*texts, score.how or ""), strict=True)
            for codes, text in pairs:
                codes.append(self._code(text))
            n_correct = -1 if score.n_correct is None else score.n_correct
            if not (score.n_correct is None or 0 <= n_correct <= score.n_examples):
                raise ImpossibleRunError(f"{n_correct} right of {score.n_examples}")
            numbers = (score.n_examples, n_correct, score.higher_is_better is not False)
            for values, number in zip(self._score_numbers.values(), numbers, strict=True):
                values.append(number)
            ends = (np.nan if end is None else end for end in (score.low, score.high))
            self._score_values.extend((score.value, *ends))


_UNSEEN = (np.nan, np.nan, np.nan, 0)


def _form(began: str) -> str:
    """How a time is written: in UTC as +00:00, with any fraction of a second, or otherwise.

    >>> _form("2026-01-01T00:00:00.123+00:00"), _form("2026-01-01T00:00:00Z")
    ('+00:00', 'Z 20')
    """
    if began.endswith("+00:00"):
        return "+00:00"
    return f"{began[-1] if began.endswith('Z') else began[-6:]} {len(began)}"


def _microseconds(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _flags(run: Any) -> int:  # noqa: ANN401 - as above
    flags = 0
    if run.rank is not None:
        flags |= Flag.RANK
    if run.trial is not None or run.stage is Stage.TUNE:
        flags |= Flag.TRIAL
    if run.continues:
        flags |= Flag.CONTINUES
    if any(note.code is NoteCode.ANSWERS_BY_BATCH for note in run.notes or ()):
        flags |= Flag.ANSWERS_BY_BATCH
    return flags


def _spread(name: str, seen: NDArray[np.float64], n_runs: int) -> dict[str, NDArray[Any]]:
    """Put what some runs observed in the place of all runs.

    Args:
        name: Of the resource.
        seen: shape (n_seen * 9,): place, then value, low, high and bits of everything and of work.
        n_runs: Of the segment.
    """
    table = seen.reshape(-1, 9)
    at = table[:, 0].astype(np.int64)
    whole, work = np.full((3, n_runs), np.nan), np.full((3, n_runs), np.nan)
    bits = np.zeros((2, n_runs), dtype=np.int16)
    whole[:, at], work[:, at] = table[:, 1:4].T, table[:, 5:8].T
    bits[0, at], bits[1, at] = table[:, 4], table[:, 8]
    return {f"whole/{name}": whole, f"work/{name}": work, f"bits/{name}": bits}
