"""transformers' trainer_state.json: seconds, FLOPs, steps, scores of one training.

total_flos is 6 x input tokens, padding included, x parameters without embeddings, summed over the
steps since the training began (`Trainer.floating_point_ops`); train_runtime is the wall time of the
last call of `train`, evaluations included, so after a restart it covers the last session alone.
"""

import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breakeven.errors import DataFileError
from breakeven.records import (
    Cost,
    Judged,
    Kind,
    Note,
    NoteCode,
    Origin,
    Resource,
    Run,
    Scalar,
    Score,
    Settings,
    Stage,
    Status,
    Volume,
)
from breakeven.store.importers.ledgers.content import Content, read_content
from breakeven.store.importers.ledgers.imported import (
    Asked,
    Imported,
    LeftOut,
    imported_note,
    run_id_of,
    work_phase,
)
from breakeven.store.importers.ledgers.moments import NO_TIME, written_at

WHAT = "transformers' trainer_state.json"
_HIGHER = frozenset(
    {
        *("accuracy", "f1", "precision", "recall", "matthews_correlation", "pearson", "spearmanr"),
        *("spearman", "bleu", "sacrebleu", "rouge1", "rouge2", "rougeL", "rougeLsum", "meteor"),
        *("exact_match", "map", "mrr", "auc", "roc_auc", "overall_f1", "overall_accuracy"),
        *("overall_precision", "overall_recall", "combined_score", "mean_token_accuracy"),
    }
)
_LOWER = frozenset({"loss", "perplexity", "wer", "cer", "mse", "rmse", "mae"})
_SPEEDS = ("runtime", "samples_per_second", "steps_per_second", "model_preparation_time")
_KEPT = (
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

_ROUND_S = 5e-5
_ROUND_RATE = 5e-4
"""Half of the last digit that `speed_metrics` keeps of seconds and of rates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """How metrics of the file are to be read.

    Attributes:
        split: Which data the evaluations were on.
        higher: Metrics of which more is better, beside those that are known.
        lower: Metrics of which less is better.
        tokens: What num_input_tokens_seen counts: "real", "padded", or "" where nobody says.
    """

    split: str = "validation"
    higher: Collection[str] = ()
    lower: Collection[str] = ()
    tokens: str = ""

    def is_higher_better(self, metric: str) -> bool | None:
        """Whether more of it is better; None where that is not known."""
        if metric in self.higher or metric in self.lower:
            return metric in self.higher
        if metric in _HIGHER or metric in _LOWER:
            return metric in _HIGHER
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Timed:
    """Wall time of the sessions that the log holds."""

    value_s: float
    low_s: float
    high_s: float
    n_steps: float | None


def read_trainer_state(
    path: Path, asked: Asked, *, scoring: Scoring | None = None, started_at: str = ""
) -> Imported:
    """Read one training.

    Args:
        path: The file.
        asked: What the user says of it.
        scoring: How its metrics are to be read.
        started_at: When it began, ISO 8601; the file does not say.

    Raises:
        DataFileError: If it is no such file, or a number in it is no amount.
    """
    scoring = scoring or Scoring()
    content = read_content(path, what=WHAT)
    state = _state(content)
    n_steps = _number(content, state, "global_step")
    timed = _timed(content, state)
    evaluations = _evaluations(content, state)
    began = started_at or written_at(path, before_s=timed.value_s if timed is not None else 0.0)
    run = Run(
        run_id=run_id_of("transformers", content.content_hash),
        study=asked.study,
        row=asked.row or path.resolve().parent.name or path.stem,
        stage=asked.stage or Stage.FINETUNE,
        status=Status.OK if timed is not None else Status.INTERRUPTED,
        started_at=began,
        settings=Settings(resolved=_kept(state)),
        phases=work_phase(began, _duration(timed, n_steps)),
        counts=tuple(_flops(content, state)),
        output=_volume(content, state, scoring, n_steps),
        scores=_scores(evaluations[-1], scoring) if evaluations else (),
        judged=tuple(_judged(content, state, evaluations, scoring)),
        notes=tuple(_notes(path, content, state, timed)),
        error=None if timed is not None else "no train_runtime: the state of a checkpoint",
    )
    return Imported(
        tool="transformers",
        runs=(run,),
        left_out=tuple(_left_out(state, evaluations, scoring)),
        remarks=() if started_at else (NO_TIME,),
    )


def _state(content: Content) -> Mapping[str, Any]:
    try:
        state = json.loads(content.text, parse_constant=lambda name: name)
    except json.JSONDecodeError as error:
        raise DataFileError(
            f"{content.path}:{error.lineno}: column {error.colno}: no JSON ({error.msg}); expected "
            f"{WHAT}. The file may have been cut off: copy it again."
        ) from error
    except RecursionError as error:
        raise DataFileError(f"{content.path}: nested too deep; expected {WHAT}.") from error
    if not isinstance(state, dict) or not {"global_step", "log_history"} <= state.keys():
        raise DataFileError(
            f"{content.path}: no global_step and log_history in it; expected {WHAT}, which lies in "
            "the output folder or a checkpoint-N folder."
        )
    if not isinstance(state["log_history"], list) or not all(
        isinstance(entry, dict) for entry in state["log_history"]
    ):
        raise DataFileError(f"{content.path}: log_history is no list of entries; expected {WHAT}.")
    unknown = sorted(state.keys() - _OTHER - {*_KEPT})
    if unknown:
        raise DataFileError(
            f"{content.path}: key {unknown[0]!r} is none of {WHAT}, and what it counts would be a "
            "guess. Delete it if it is no cost."
        )
    return state


def _number(content: Content, entry: Mapping[str, Any], name: str, *, where: str = "") -> float:
    """An amount of the file, from 0.

    Raises:
        DataFileError: If it is none.
    """
    value = entry.get(name, 0)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value < math.inf:
        at = f"{where}: " if where else ""
        raise DataFileError(
            f"{content.path}: {at}{name} is {value!r}; expected a number from 0. Mend or delete it."
        )
    return float(value)


def _entries(state: Mapping[str, Any], name: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    return ((i, e) for i, e in enumerate(state["log_history"]) if name in e)


def _timed(content: Content, state: Mapping[str, Any]) -> _Timed | None:
    """Sum of the sessions that ended; each says by its rate how many steps it made."""
    runtimes, n_steps, is_known = [], 0.0, True
    for i, entry in _entries(state, "train_runtime"):
        where = f"log_history[{i}]"
        runtime_s = _number(content, entry, "train_runtime", where=where)
        rate = _number(content, entry, "train_steps_per_second", where=where)
        is_known = is_known and rate > 0
        n_steps += (rate + _ROUND_RATE) * runtime_s
        runtimes.append(runtime_s)
    if not runtimes:
        return None
    whole_s, doubt_s = math.fsum(runtimes), _ROUND_S * len(runtimes)
    return _Timed(
        value_s=whole_s,
        low_s=max(0.0, whole_s - doubt_s),
        high_s=whole_s + doubt_s,
        n_steps=n_steps if is_known else None,
    )


def _covered_frac(timed: _Timed, n_steps: float) -> float:
    """Share of the steps that the timed sessions made; 1 where nothing speaks against it."""
    if timed.n_steps is None or not n_steps or timed.n_steps >= _WHOLE_FRAC * n_steps:
        return 1.0
    return timed.n_steps / n_steps


def _duration(timed: _Timed | None, n_steps: float) -> Iterator[Cost]:
    if timed is None:
        return
    covered_frac = _covered_frac(timed, n_steps)
    yield Cost(
        resource=Resource.DURATION_S,
        value=timed.value_s,
        low=timed.low_s,
        high=timed.high_s / covered_frac,
        kind=Kind.MEASURED,
        channel="wall",
        sensor="transformers train_runtime",
        origin=Origin.LOGGED,
        resolution=2 * _ROUND_S,
        coverage_frac=covered_frac,
        not_covered="start-up before training" if covered_frac == 1 else "earlier sessions",
    )


def _flops(content: Content, state: Mapping[str, Any]) -> Iterator[Cost]:
    if (flops := _number(content, state, "total_flos")) > 0:
        yield Cost.exact(
            Resource.FLOPS,
            flops,
            kind=Kind.COUNTED,
            sensor="transformers 6ND",
            origin=Origin.LOGGED,
        )


def _volume(content: Content, state: Mapping[str, Any], scoring: Scoring, n_steps: float) -> Volume:
    n_tokens = int(_number(content, state, "num_input_tokens_seen"))
    ended = [entry for _, entry in _entries(state, "train_runtime")]
    is_whole = len(ended) == 1 and n_steps == _number(content, state, "max_steps")
    n_examples = _whole_number(ended[0], "train") if is_whole else None
    return Volume(
        n_examples=n_examples or 0,
        n_real_tokens=n_tokens if scoring.tokens == "real" else 0,
        n_padded_tokens=n_tokens if scoring.tokens == "padded" else 0,
        n_steps=int(n_steps),
    )


def _whole_number(entry: Mapping[str, Any], split: str) -> int | None:
    """Examples behind a rate and a runtime, where the rounding of both leaves one whole number."""
    rate, runtime_s = entry.get(f"{split}_samples_per_second"), entry.get(f"{split}_runtime")
    if not isinstance(rate, int | float) or not isinstance(runtime_s, int | float):
        return None
    low = max(0.0, rate - _ROUND_RATE) * max(0.0, runtime_s - _ROUND_S)
    high = (rate + _ROUND_RATE) * (runtime_s + _ROUND_S)
    whole = math.floor(high)
    return whole if whole - 1 < low <= whole else None


def _evaluations(content: Content, state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = []
    for i, entry in enumerate(state["log_history"]):
        metrics = {n for n in entry if n.startswith("eval_")} - {f"eval_{s}" for s in _SPEEDS}
        if not metrics:
            continue
        for name in metrics:
            value = entry[name]
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or not math.isfinite(value):
                raise DataFileError(
                    f"{content.path}: log_history[{i}]: {name} is {value!r}; expected a number. "
                    "Delete the entry if the evaluation failed."
                )
        found.append(entry)
    return found


def _metrics(entry: Mapping[str, Any]) -> Mapping[str, float]:
    return {
        name.removeprefix("eval_"): float(value)
        for name, value in entry.items()
        if name.startswith("eval_") and name.removeprefix("eval_") not in _SPEEDS
    }


def _scores(entry: Mapping[str, Any], scoring: Scoring) -> tuple[Score, ...]:
    n_examples = _whole_number(entry, "eval") or 0
    return tuple(
        Score(
            metric=metric,
            value=value,
            split=scoring.split,
            n_examples=n_examples,
            higher_is_better=is_higher,
            origin=Origin.STATED,
        )
        for metric, value in _metrics(entry).items()
        if (is_higher := scoring.is_higher_better(metric)) is not None
    )


def _judged(
    content: Content,
    state: Mapping[str, Any],
    evaluations: Sequence[Mapping[str, Any]],
    scoring: Scoring,
) -> Iterator[Judged]:
    last = max(_number(content, state, "max_steps"), _number(content, state, "global_step"))
    for entry in evaluations:
        step = _number(content, entry, "step")
        if 0 < step <= last:
            yield Judged(step=step, n_steps=last, scores=_scores(entry, scoring))


def _kept(state: Mapping[str, Any]) -> dict[str, Scalar]:
    kept = {f"trainer.{n}": v for n in _KEPT if isinstance(v := state.get(n), Scalar)}
    params = state.get("trial_params")
    drawn = params if isinstance(params, dict) else {}
    return kept | {f"trial.{n}": v for n, v in drawn.items() if isinstance(v, Scalar)}


def _notes(
    path: Path, content: Content, state: Mapping[str, Any], timed: _Timed | None
) -> Iterator[Note]:
    n_steps = _number(content, state, "global_step")
    yield imported_note("transformers' Trainer", path.name, "It measures time only, no energy.")
    if _number(content, state, "total_flos") > 0:
        yield Note(
            code=NoteCode.FLOPS_CONVENTION,
            message="total_flos is 6 x input tokens, padding included, x parameters without "
            "embeddings: ADD and MUL, backward twice the forward, attention scores left out; "
            "evaluations are not in it.",
            advice="Compare only with counts of the same convention; `breakeven flops --train` "
            "states others.",
        )
    if timed is None:
        max_steps = _number(content, state, "max_steps")
        yield Note(
            code=NoteCode.PARTIAL_COVERAGE,
            message=f"no train_runtime: a checkpoint at step {n_steps:.0f} of {max_steps:.0f}, so "
            "how long it took is not known.",
            advice="Import the trainer_state.json of the output folder, written at the end.",
        )
    elif (covered_frac := _covered_frac(timed, n_steps)) < 1:
        yield Note(
            code=NoteCode.PARTIAL_COVERAGE,
            message=f"train_runtime covers about {covered_frac:.0%} of the steps: the training was "
            "resumed, and only its last session says how long it took.",
            advice="Read the upper end, or add the earlier sessions from the log.",
        )


def _left_out(
    state: Mapping[str, Any], evaluations: Sequence[Mapping[str, Any]], scoring: Scoring
) -> Iterator[LeftOut]:
    if not state.get("total_flos"):
        yield LeftOut(what="total_flos", why="0: the model does not count its work")
    if state.get("num_input_tokens_seen") and not scoring.tokens:
        yield LeftOut(
            what="num_input_tokens_seen as a volume",
            why="the file does not say whether padding counts; say --tokens padded or real",
        )
    names = {metric for entry in evaluations for metric in _metrics(entry)}
    unknown = sorted(n for n in names if scoring.is_higher_better(n) is None)
    if unknown:
        yield LeftOut(
            what=", ".join(f"eval_{name}" for name in unknown),
            why="whether more is better is not known; say --higher or --lower",
        )
    n_logs = sum("loss" in entry for entry in state["log_history"])
    if n_logs:
        yield LeftOut(what=f"loss of {n_logs} log entries", why="no cost and no score")
    ends = [i for i, _ in _entries(state, "train_runtime")]
    inside = [i for i, _ in _entries(state, "eval_runtime") if not ends or i < ends[-1]]
    if inside:
        yield LeftOut(
            what=f"eval_runtime of {len(inside)} evaluations while training",
            why="in train_runtime already",
        )
    if after := len(list(_entries(state, "eval_runtime"))) - len(inside):
        yield LeftOut(
            what=f"eval_runtime of {after} evaluations after training",
            why="no part of the training; measure evaluation as a run of its own",
        )
    if state.get("stateful_callbacks"):
        yield LeftOut(what="stateful_callbacks", why="settings of callbacks")
