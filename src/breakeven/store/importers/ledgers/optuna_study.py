"""An optuna study: each trial a run, whatever became of it.

The storage is read by optuna itself, from a copy: a file of SQLite, or a journal of JSON lines.
Neither holds pickled objects; a server is not asked, for that would need its password and network.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from breakeven.errors import DataFileError, UnknownNameError
from breakeven.records import (
    Cost,
    Judged,
    Kind,
    Origin,
    Resource,
    Run,
    Scalar,
    Score,
    Settings,
    Stage,
    Status,
    Trial,
)
from breakeven.records.trial import VALIDATION
from breakeven.store.importers.ledgers.imported import (
    Asked,
    Imported,
    LeftOut,
    few,
    imported_note,
    run_id_of,
    work_phase,
)
from breakeven.store.importers.ledgers.moments import NO_ZONE, stamp, written_at
from breakeven.store.importers.ledgers.optuna_storage import WHAT, import_optuna, opened, path_of

if TYPE_CHECKING:
    import optuna
    from optuna.trial import FrozenTrial

_CLOCK_S = 1e-6
"""Times are kept to the microsecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which study of a storage, and what its trials are compared by.

    Attributes:
        study: Its name there; empty for the only one.
        objective: Which of several objectives, from 0; None for the only one.
        metric: Name of the score; empty for the study's own name of it.
    """

    study: str = ""
    objective: int | None = None
    metric: str = ""


def read_optuna(
    storage: str, asked: Asked, *, chosen: Chosen | None = None, zone: tzinfo = UTC
) -> Imported:
    """Read every trial that has ended.

    Args:
        storage: Path of the file, or its sqlite:/// address.
        asked: What the user says of the trials.
        chosen: Which study, and which objective of it.
        zone: Of the times, which optuna keeps without one.

    Raises:
        MissingExtraError: If optuna is not installed.
        DataFileError: If it is no such file, or an address of a server.
        UnknownNameError: If it holds no such study.
    """
    chosen = chosen or Chosen()
    path = path_of(storage)
    with opened(path) as copy:
        name = _study_name(path, copy, chosen)
        study = import_optuna().load_study(study_name=name, storage=copy)
        return _imported(path, study, asked, chosen, zone)


def _study_name(path: Path, storage: "optuna.storages.BaseStorage", chosen: Chosen) -> str:
    names = [study.study_name for study in storage.get_all_studies()]
    if not names:
        raise DataFileError(f"{path}: holds no study; expected {WHAT} with one.")
    if not chosen.study and len(names) == 1:
        return names[0]
    if chosen.study in names:
        return chosen.study
    raise UnknownNameError("optuna study (--optuna-study)", chosen.study or "(none given)", names)


def _imported(
    path: Path, study: "optuna.Study", asked: Asked, chosen: Chosen, zone: tzinfo
) -> Imported:
    objective = _objective(path, study, chosen)
    metric = chosen.metric or _metric(study, objective)
    trials = study.get_trials(deepcopy=False)
    ended = [trial for trial in trials if trial.state.is_finished()]
    if not ended:
        raise DataFileError(
            f"{path}: study {study.study_name!r} has no trial that has ended; import it again "
            "when one has."
        )
    steps = {step for trial in ended for step in trial.intermediate_values}
    offset = 1 if 0 in steps else 0
    reading = _Reading(
        path=path,
        study=study.study_name,
        row=asked.row or study.study_name,
        metric=metric,
        objective=objective,
        higher_is_better=study.directions[objective].name == "MAXIMIZE",
        step_offset=offset,
        n_steps=max(steps, default=0) + offset,
        zone=zone,
    )
    return Imported(
        tool="optuna",
        runs=tuple(_run(trial, reading, asked) for trial in ended),
        left_out=tuple(_left_out(study, trials, objective)),
        remarks=tuple(_remarks(reading)),
    )


def _remarks(reading: "_Reading") -> Iterator[str]:
    better = "larger" if reading.higher_is_better else "smaller"
    yield f"{reading.metric}: {better} is better; how many examples are behind it is unknown"
    if reading.zone is UTC:
        yield NO_ZONE


def _objective(path: Path, study: "optuna.Study", chosen: Chosen) -> int:
    n = len(study.directions)
    if chosen.objective is None and n > 1:
        raise DataFileError(
            f"{path}: study {study.study_name!r} has {n} objectives, and trials are compared by "
            f"one; say --objective 0 to {n - 1}."
        )
    objective = chosen.objective or 0
    if objective >= n:
        raise DataFileError(
            f"{path}: study {study.study_name!r} has no objective {objective}; expected 0 to "
            f"{n - 1}."
        )
    return objective


def _metric(study: "optuna.Study", objective: int) -> str:
    names = study.metric_names
    return names[objective] if names else "objective"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What all trials of a study have in common."""

    path: Path
    study: str
    row: str
    metric: str
    objective: int
    higher_is_better: bool
    step_offset: int
    n_steps: int
    zone: tzinfo

    def score(self, value: float) -> tuple[Score, ...]:
        """One score; none where the value is no finite number."""
        if not math.isfinite(value):
            return ()
        return (
            Score(
                metric=self.metric,
                value=value,
                split=VALIDATION,
                n_examples=0,
                higher_is_better=self.higher_is_better,
                origin=Origin.STATED,
            ),
        )


_STATES = {"COMPLETE": Status.OK, "PRUNED": Status.PRUNED, "FAIL": Status.FAILED}


def _run(trial: "FrozenTrial", reading: _Reading, asked: Asked) -> Run:
    began = trial.datetime_start or trial.datetime_complete
    started_at = (
        written_at(reading.path)
        if began is None
        else stamp(began.replace(tzinfo=reading.zone).astimezone(UTC))
    )
    drawn = {name: _scalar(value) for name, value in trial.params.items()}
    is_scored = trial.state.name == "COMPLETE" and trial.values
    return Run(
        run_id=run_id_of("optuna", reading.study, str(trial.number), str(trial.datetime_start)),
        study=asked.study,
        row=f"{reading.row}/trial-{trial.number}",
        stage=asked.stage or Stage.TUNE,
        status=_STATES[trial.state.name],
        started_at=started_at,
        settings=Settings(passed=drawn, resolved={**drawn, **_user_attrs(trial)}),
        phases=work_phase(started_at, _duration(trial, reading)),
        scores=reading.score(trial.values[reading.objective]) if is_scored else (),
        judged=_judged(trial, reading),
        trial=Trial(row=reading.row, number=trial.number, metric=reading.metric, drawn=drawn),
        notes=(imported_note("optuna", reading.path.name, "It keeps time only, no energy."),),
        error=None if trial.state.name == "COMPLETE" else f"optuna: {trial.state.name}",
    )


def _duration(trial: "FrozenTrial", reading: _Reading) -> Iterator[Cost]:
    if trial.datetime_start is None or trial.datetime_complete is None:
        return
    duration_s = (trial.datetime_complete - trial.datetime_start).total_seconds()
    if duration_s < 0:
        raise DataFileError(
            f"{reading.path}: trial {trial.number} ended {-duration_s:g} s before it began; a "
            "clock was set back, or summer time ended, and nobody knows what it took. Leave it out "
            "of the study."
        )
    yield Cost(
        resource=Resource.DURATION_S,
        value=duration_s,
        low=max(0.0, duration_s - _CLOCK_S),
        high=duration_s + _CLOCK_S,
        kind=Kind.MEASURED,
        channel="wall",
        sensor="optuna datetime",
        origin=Origin.LOGGED,
        resolution=_CLOCK_S,
    )


def _judged(trial: "FrozenTrial", reading: _Reading) -> tuple[Judged, ...]:
    """Values on the way, in steps done: where the first is 0, one was done when it was reported."""
    return tuple(
        Judged(step=step, n_steps=reading.n_steps, scores=reading.score(value))
        for reported, value in sorted(trial.intermediate_values.items())
        if (step := reported + reading.step_offset) > 0
    )


def _scalar(value: object) -> Scalar:
    return value if isinstance(value, Scalar) else str(value)


def _user_attrs(trial: "FrozenTrial") -> dict[str, Scalar]:
    return {
        f"user.{name}": value
        for name, value in trial.user_attrs.items()
        if isinstance(value, str | int | bool)
        or (isinstance(value, float) and math.isfinite(value))
    }


def _left_out(
    study: "optuna.Study", trials: "Sequence[FrozenTrial]", objective: int
) -> Iterator[LeftOut]:
    going_on = [str(t.number) for t in trials if not t.state.is_finished()]
    if going_on:
        yield LeftOut(what=f"trial {few(going_on)}", why="running or waiting; import again later")
    if len(study.directions) > 1:
        others = [str(i) for i in range(len(study.directions)) if i != objective]
        yield LeftOut(what=f"objective {', '.join(others)}", why="trials are compared by one")
    kept = {name for t in trials for name in _user_attrs(t)}
    attrs = {f"user.{name}" for t in trials for name in t.user_attrs}
    if kept:
        names = ", ".join(sorted(name.removeprefix("user.") for name in kept))
        yield LeftOut(
            what=f"user attributes as costs ({names})", why="no unit and no kind; kept as settings"
        )
    if attrs - kept:
        names = ", ".join(sorted(name.removeprefix("user.") for name in attrs - kept))
        yield LeftOut(what=names, why="neither text nor number")
    untimed = [
        str(t.number)
        for t in trials
        if t.state.is_finished() and (t.datetime_start is None or t.datetime_complete is None)
    ]
    if untimed:
        yield LeftOut(what=f"duration of trial {few(untimed)}", why="no start or end")
    unscored = [
        str(t.number)
        for t in trials
        if t.state.name == "COMPLETE" and not all(math.isfinite(v) for v in t.values or [])
    ]
    if unscored:
        yield LeftOut(what=f"score of trial {few(unscored)}", why="not finite")
