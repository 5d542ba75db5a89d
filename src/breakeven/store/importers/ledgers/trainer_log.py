"""The log of a trainer_state.json: its sessions, how long they took, and its evaluations."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from breakeven.errors import DataFileError
from breakeven.store.importers.content import Content
from breakeven.store.importers.ledgers.lines import LARGEST

WHAT = "transformers' trainer_state.json"
_SPEEDS = ("runtime", "samples_per_second", "steps_per_second", "model_preparation_time")
KEPT = (
    *("epoch", "global_step", "max_steps", "num_train_epochs", "train_batch_size"),
    *("best_metric", "best_global_step", "num_input_tokens_seen", "trial_name"),
)
_OTHER = frozenset(
    {
        *("best_model_checkpoint", "eval_steps", "logging_steps", "save_steps"),
        *("is_hyper_param_search", "is_local_process_zero", "is_world_process_zero"),
        *("log_history", "total_flos", "trial_params", "stateful_callbacks"),
    }
)

_WHOLE_FRAC = 0.98
"""Share of the steps above which a runtime covers the training: rates are rounded to 0.001."""

ROUND_S = 5e-5
_ROUND_RATE = 5e-4
"""Half of the last digit that `speed_metrics` keeps of seconds and of rates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Wall time of the sessions that the log holds.

    Attributes:
        value_s: Their sum.
        low_s: Lower end of what would be rounded so.
        high_s: Upper end.
        n_steps: Steps that they made, as rates or steps tell; None where nothing does.
        has_ended: Whether the last one ended, rather than that it was going on.
    """

    value_s: float
    low_s: float
    high_s: float
    n_steps: float | None
    has_ended: bool


@dataclass(slots=True, kw_only=True)
class _Session:
    """One call of `train`, as far as the log has read on."""

    first_step: float
    last_step: float = 0.0
    runtime_s: float = 0.0
    n_steps: float | None = None
    has_ended: bool = False


def read_state(content: Content) -> Mapping[str, Any]:
    """Read the file as JSON; NaN of a training that diverged stays text.

    Args:
        content: The file.

    Raises:
        DataFileError: If it is no trainer_state.json, or has keys that nobody knows.
    """
    try:
        state = json.loads(content.text, parse_constant=lambda name: name)
    except json.JSONDecodeError as error:
        raise DataFileError(
            f"{content.path}:{error.lineno}: column {error.colno}: no JSON ({error.msg}); expected "
            f"{WHAT}. The file may have been cut off: copy it again."
        ) from error
    except (RecursionError, ValueError) as error:
        raise DataFileError(
            f"{content.path}: nested too deep, or a number too long; expected {WHAT}."
        ) from error
    if not isinstance(state, dict) or not {"global_step", "log_history"} <= state.keys():
        raise DataFileError(
            f"{content.path}: no global_step and log_history in it; expected {WHAT}, which lies in "
            "the output folder or a checkpoint-N folder."
        )
    if not isinstance(state["log_history"], list) or not all(
        isinstance(entry, dict) for entry in state["log_history"]
    ):
        raise DataFileError(f"{content.path}: log_history is no list of entries; expected {WHAT}.")
    unknown = sorted(state.keys() - _OTHER - {*KEPT})
    if unknown:
        raise DataFileError(
            f"{content.path}: key {unknown[0]!r} is none of {WHAT}, and what it counts would be a "
            "guess. Delete it if it is no cost."
        )
    return state


def is_finite(value: object) -> TypeGuard[float]:
    """Whether a value of JSON is a number that an amount or a score can be.

    Examples:
        >>> is_finite(1e15), is_finite(True), is_finite(10**400), is_finite("NaN")
        (True, False, False, False)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -LARGEST < value < LARGEST


def number(content: Content, entry: Mapping[str, Any], name: str, *, where: str = "") -> float:
    """An amount of the file, from 0.

    Raises:
        DataFileError: If it is none.
    """
    value = entry.get(name, 0)
    if not is_finite(value) or value < 0:
        at = f"{where}: " if where else ""
        raise DataFileError(
            f"{content.path}: {at}{name} is {value!r}; expected a number from 0. Mend or delete it."
        )
    return float(value)


def entries(state: Mapping[str, Any], name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Entries of the log that have a key, with their place in it."""
    return ((i, e) for i, e in enumerate(state["log_history"]) if name in e)


def ends(state: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """Entries that a call of `train` ended with.

    Where tokens are counted every entry has a train_runtime, of the session so far; only the last
    has a rate of samples beside it.
    """
    return [(i, e) for i, e in entries(state, "train_runtime") if _ENDS in e]


_ENDS = "train_samples_per_second"


def timed_of(content: Content, state: Mapping[str, Any]) -> Timed | None:
    """Sum of the sessions: a new one begins after an end, and where the time falls back.

    Args:
        content: The file, for messages.
        state: What it holds.

    Raises:
        DataFileError: If a time or a rate is no amount.
    """
    sessions: list[_Session] = []
    for i, entry in entries(state, "train_runtime"):
        where = f"log_history[{i}]"
        runtime_s = number(content, entry, "train_runtime", where=where)
        last = sessions[-1] if sessions else None
        if last is None or last.has_ended or runtime_s < last.runtime_s:
            last = _Session(first_step=last.last_step if last is not None else 0.0)
            sessions.append(last)
        rate = number(content, entry, "train_steps_per_second", where=where)
        last.runtime_s, last.has_ended = runtime_s, _ENDS in entry
        last.last_step = number(content, entry, "step", where=where)
        last.n_steps = (
            (rate + _ROUND_RATE) * runtime_s
            if rate
            else None
            if last.has_ended
            else last.last_step - last.first_step
        )
    return _summed(sessions) if sessions else None


def _summed(sessions: Sequence[_Session]) -> Timed:
    whole_s, doubt_s = math.fsum(s.runtime_s for s in sessions), ROUND_S * len(sessions)
    steps = [s.n_steps for s in sessions if s.n_steps is not None]
    return Timed(
        value_s=whole_s,
        low_s=max(0.0, whole_s - doubt_s),
        high_s=whole_s + doubt_s,
        n_steps=sum(steps) if len(steps) == len(sessions) else None,
        has_ended=sessions[-1].has_ended,
    )


def share_timed(timed: Timed, n_steps: float) -> float:
    """Share of the steps that the timed sessions made; 1 where nothing speaks against it."""
    if timed.n_steps is None or not n_steps or timed.n_steps >= _WHOLE_FRAC * n_steps:
        return 1.0
    return timed.n_steps / n_steps


def whole_number(entry: Mapping[str, Any], split: str) -> int | None:
    """Examples behind a rate and a runtime, where the rounding of both leaves one whole number."""
    rate, runtime_s = entry.get(f"{split}_samples_per_second"), entry.get(f"{split}_runtime")
    if not (is_finite(rate) and is_finite(runtime_s)):
        return None
    low = max(0.0, rate - _ROUND_RATE) * max(0.0, runtime_s - ROUND_S)
    high = (rate + _ROUND_RATE) * (runtime_s + ROUND_S)
    whole = math.floor(high)
    return whole if whole - 1 < low <= whole else None


def evaluations_of(content: Content, state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Entries of the log that hold scores, in order.

    Raises:
        DataFileError: If a score is no finite number; names the entry.
    """
    found = []
    for i, entry in enumerate(state["log_history"]):
        metrics = {n for n in entry if n.startswith("eval_")} - {f"eval_{s}" for s in _SPEEDS}
        if not metrics:
            continue
        for name in metrics:
            value = entry[name]
            if not is_finite(value):
                raise DataFileError(
                    f"{content.path}: log_history[{i}]: {name} is {value!r}; expected a number. "
                    "Delete the entry if the evaluation failed."
                )
        found.append(entry)
    return found


def metrics_of(entry: Mapping[str, Any]) -> Mapping[str, float]:
    """Scores of one evaluation, without those that tell its speed.

    Examples:
        >>> metrics_of({"eval_f1": 0.5, "eval_runtime": 3.0, "step": 10})
        {'f1': 0.5}
    """
    return {
        name.removeprefix("eval_"): float(value)
        for name, value in entry.items()
        if name.startswith("eval_") and name.removeprefix("eval_") not in _SPEEDS
    }
