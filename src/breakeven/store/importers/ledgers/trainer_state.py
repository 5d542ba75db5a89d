"""transformers' trainer_state.json: seconds, FLOPs, steps, scores of one training.

total_flos is 6 x input tokens, padding included, x parameters without embeddings, summed over the
steps since the training began (`Trainer.floating_point_ops`); train_runtime is the wall time of one
call of `train`, evaluations included, so after a restart it covers the last session alone.
"""

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
from breakeven.store.importers.content import Content, read_content
from breakeven.store.importers.ledgers.imported import (
    Asked,
    Imported,
    LeftOut,
    imported_note,
    run_id_of,
    work_phase,
)
from breakeven.store.importers.ledgers.moments import NO_TIME, written_at
from breakeven.store.importers.ledgers.trainer_log import (
    KEPT,
    ROUND_S,
    WHAT,
    Timed,
    ends,
    entries,
    evaluations_of,
    is_finite,
    metrics_of,
    number,
    read_state,
    share_timed,
    timed_of,
    whole_number,
)

_HIGHER = frozenset(
    {
        *("accuracy", "f1", "precision", "recall", "matthews_correlation", "pearson", "spearmanr"),
        *("spearman", "bleu", "sacrebleu", "rouge1", "rouge2", "rougeL", "rougeLsum", "meteor"),
        *("exact_match", "map", "mrr", "auc", "roc_auc", "overall_f1", "overall_accuracy"),
        *("overall_precision", "overall_recall", "combined_score", "mean_token_accuracy"),
    }
)
_SHARES = _HIGHER - {"matthews_correlation", "pearson", "spearmanr", "spearman", "combined_score"}
"""Metrics from 0 to 1, or 0 to 100 in percent."""

_SURELY_PERCENT = 10.0
"""A metric whose largest value is above 1 and not above this is neither."""

_LOWER = frozenset({"loss", "perplexity", "wer", "cer", "mse", "rmse", "mae"})


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
    state = read_state(content)
    n_steps = number(content, state, "global_step")
    timed = timed_of(content, state)
    evaluations = evaluations_of(content, state)
    _refuse_no_share(content, evaluations)
    began = started_at or written_at(path, before_s=timed.value_s if timed is not None else 0.0)
    has_ended = timed is not None and timed.has_ended
    run = Run(
        run_id=run_id_of("transformers", content.content_hash),
        study=asked.study,
        row=asked.row or path.resolve().parent.name or path.stem,
        stage=asked.stage or Stage.FINETUNE,
        status=Status.OK if has_ended else Status.INTERRUPTED,
        started_at=began,
        settings=Settings(resolved=_kept(state)),
        phases=work_phase(began, _duration(timed, n_steps)),
        counts=tuple(_flops(content, state)),
        output=_volume(content, state, scoring, n_steps),
        scores=_scores(evaluations[-1], scoring) if evaluations else (),
        judged=tuple(_judged(content, state, evaluations, scoring)),
        notes=tuple(_notes(path, content, state, timed)),
        error=None if has_ended else "the state of a checkpoint, not of the end",
    )
    return Imported(
        tool="transformers",
        runs=(run,),
        left_out=tuple(_left_out(state, evaluations, scoring)),
        remarks=() if started_at else (NO_TIME,),
    )


def _refuse_no_share(content: Content, evaluations: Sequence[Mapping[str, Any]]) -> None:
    """Refuse scores that are no share, neither of 1 nor in percent.

    Raises:
        DataFileError: If there is one; names its step.
    """
    for metric in sorted(_SHARES):
        held = {i: m[metric] for i, e in enumerate(evaluations) if metric in (m := metrics_of(e))}
        if not held:
            continue
        lowest, highest = min(held, key=held.__getitem__), max(held, key=held.__getitem__)
        for i in (lowest, highest):
            value, step = held[i], evaluations[i].get("step")
            if not 0 <= value <= 100 or 1 < value == held[highest] <= _SURELY_PERCENT:
                at = "" if step is None else f" at step {step}"
                raise DataFileError(
                    f"{content.path}: eval_{metric} is {value:g}{at}, and {metric} lies between 0 "
                    "and 1, or 0 and 100 in percent; see what the evaluation computes, and mend "
                    "the entry."
                )


def _duration(timed: Timed | None, n_steps: float) -> Iterator[Cost]:
    if timed is None:
        return
    covered_frac = share_timed(timed, n_steps)
    yield Cost(
        resource=Resource.DURATION_S,
        value=timed.value_s,
        low=timed.low_s,
        high=timed.high_s / covered_frac,
        kind=Kind.MEASURED,
        channel="wall",
        sensor="transformers train_runtime",
        origin=Origin.LOGGED,
        resolution=2 * ROUND_S,
        coverage_frac=covered_frac,
        not_covered="start-up before training" if covered_frac == 1 else "earlier sessions",
    )


def _flops(content: Content, state: Mapping[str, Any]) -> Iterator[Cost]:
    if (flops := number(content, state, "total_flos")) > 0:
        yield Cost.exact(
            Resource.FLOPS,
            flops,
            kind=Kind.COUNTED,
            sensor="transformers 6ND",
            origin=Origin.LOGGED,
        )


def _volume(content: Content, state: Mapping[str, Any], scoring: Scoring, n_steps: float) -> Volume:
    n_tokens = int(number(content, state, "num_input_tokens_seen"))
    ended = [entry for _, entry in ends(state)]
    is_whole = len(ended) == 1 and n_steps == number(content, state, "max_steps")
    n_examples = whole_number(ended[0], "train") if is_whole else None
    return Volume(
        n_examples=n_examples or 0,
        n_real_tokens=n_tokens if scoring.tokens == "real" else 0,
        n_padded_tokens=n_tokens if scoring.tokens == "padded" else 0,
        n_steps=int(n_steps),
    )


def _scores(entry: Mapping[str, Any], scoring: Scoring) -> tuple[Score, ...]:
    n_examples = whole_number(entry, "eval") or 0
    return tuple(
        Score(
            metric=metric,
            value=value,
            split=scoring.split,
            n_examples=n_examples,
            higher_is_better=is_higher,
            origin=Origin.STATED,
        )
        for metric, value in metrics_of(entry).items()
        if (is_higher := scoring.is_higher_better(metric)) is not None
    )


def _judged(
    content: Content,
    state: Mapping[str, Any],
    evaluations: Sequence[Mapping[str, Any]],
    scoring: Scoring,
) -> Iterator[Judged]:
    last = max(number(content, state, "max_steps"), number(content, state, "global_step"))
    for entry in evaluations:
        step = number(content, entry, "step")
        if 0 < step <= last:
            yield Judged(step=step, n_steps=last, scores=_scores(entry, scoring))


def _kept(state: Mapping[str, Any]) -> dict[str, Scalar]:
    params = state.get("trial_params")
    drawn = params if isinstance(params, dict) else {}
    named = {f"trainer.{n}": state.get(n) for n in KEPT} | {
        f"trial.{n}": value for n, value in drawn.items()
    }
    return {n: v for n, v in named.items() if isinstance(v, str | bool) or is_finite(v)}


def _notes(
    path: Path, content: Content, state: Mapping[str, Any], timed: Timed | None
) -> Iterator[Note]:
    n_steps = number(content, state, "global_step")
    yield imported_note("transformers' Trainer", path.name, "It measures time only, no energy.")
    if number(content, state, "total_flos") > 0:
        yield Note(
            code=NoteCode.FLOPS_CONVENTION,
            message="total_flos is 6 x input tokens, padding included, x parameters without "
            "embeddings: ADD and MUL, backward twice the forward, attention scores left out; "
            "evaluations are not in it.",
            advice="Compare only with counts of the same convention; `breakeven flops --train` "
            "states others.",
        )
    if timed is None or not timed.has_ended:
        max_steps = number(content, state, "max_steps")
        known = "known to its last log entry only" if timed is not None else "not known"
        yield Note(
            code=NoteCode.PARTIAL_COVERAGE,
            message=f"the state of a checkpoint at step {n_steps:.0f} of {max_steps:.0f}, so how "
            f"long it took is {known}.",
            advice="Import in its place the trainer_state.json that was written at the end; beside "
            "it, the work up to this checkpoint would count twice.",
        )
    elif (covered_frac := share_timed(timed, n_steps)) < 1:
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
    names = {metric for entry in evaluations for metric in metrics_of(entry)}
    unknown = sorted(n for n in names if scoring.is_higher_better(n) is None)
    if unknown:
        yield LeftOut(
            what=", ".join(f"eval_{name}" for name in unknown),
            why="whether more is better is not known; say --higher or --lower",
        )
    n_logs = sum("loss" in entry for entry in state["log_history"])
    if n_logs:
        yield LeftOut(what=f"loss of {n_logs} log entries", why="no cost and no score")
    last = max((i for i, _ in ends(state)), default=len(state["log_history"]))
    inside = [i for i, _ in entries(state, "eval_runtime") if i < last]
    if inside:
        yield LeftOut(
            what=f"eval_runtime of {len(inside)} evaluations while training",
            why="in train_runtime already",
        )
    if after := len(list(entries(state, "eval_runtime"))) - len(inside):
        yield LeftOut(
            what=f"eval_runtime of {after} evaluations after training",
            why="no part of the training; measure evaluation as a run of its own",
        )
    if state.get("stateful_callbacks"):
        yield LeftOut(what="stateful_callbacks", why="settings of callbacks")
