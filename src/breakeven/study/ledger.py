"""The ledger: which planned runs a store already holds, and which must be refused.

A run is reused when its key is equal. It is refused, never silently repeated or reused, when the
same row was run with another setting, or on another machine. A setting that was not there yet when
it was run counts as one at its default.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from breakeven.errors import IncomparableRunsError
from breakeven.records import NoteCode, Run, Scalar, Status
from breakeven.records.settings import MEASURED_ON
from breakeven.study.key import resume_key
from breakeven.study.spec import Study
from breakeven.study.table import PlannedRun, is_of
from breakeven.study.trials import Trials

MODEL = "model"
"""Name of the artefact that a development run hands on."""


@dataclass(slots=True, kw_only=True)
class Ledger:
    """What is done, seen through the runs of one study.

    Attributes:
        study: Whose rows.
        data_hash: Content hash of the task's data.
        trials: Those of each row that is tuned.
    """

    study: Study
    data_hash: str
    _ok: dict[str, Run] = field(default_factory=dict)
    _ok_rows: dict[tuple[str, int], Run] = field(default_factory=dict)
    _ok_blocks: dict[str, Run] = field(default_factory=dict)
    _failed: dict[str, Run] = field(default_factory=dict)
    _refused: dict[str, Run] = field(default_factory=dict)
    trials: dict[str, Trials] = field(init=False)

    def __post_init__(self) -> None:
        tuned = [row for row in self.study.rows if row.tuning is not None]
        self.trials = {row.name: Trials.of(row) for row in tuned}

    def update(self, runs: Iterable[Run]) -> None:
        """Take note of the runs of this study, oldest first."""
        for run in runs:
            if run.study != self.study.name or not run.key:
                continue
            for trials in self.trials.values():
                trials.update(run)
            if run.status is Status.OK:
                self._ok[run.key] = run
                self._ok_rows[run.row, _number(run)] = run
                if run.block is not None:
                    self._ok_blocks[run.row] = run
            elif run.status is Status.FAILED:
                self._failed[run.key] = run
                if is_refusal(run):
                    self._refused[run.row] = run

    def key(self, planned: PlannedRun, *, written: Collection[str] = ()) -> str | None:
        """Resume key; None while a parent has no result yet.

        Args:
            planned: Whose.
            written: Settings that enter even at their default.
        """
        parents = {role: self.model_hash(*planned.parent(role)) for role in planned.parents}
        known = {role: content for role, content in parents.items() if content is not None}
        if len(known) < len(parents):
            return None
        settings = {**planned.engine_settings, **planned.contents}
        return resume_key(
            planned.stage,
            {
                name: value
                for name, value in settings.items()
                if name in written or value != planned.defaults.get(name)
            },
            version=planned.version,
            data_hash=self.data_hash,
            parents=known,
            identity=(self.study.name, planned.row, planned.number),
        )

    def done(self, planned: PlannedRun) -> Run | None:
        """Return the run that makes this one unnecessary.

        What was refused by measurement in one block is refused in all: that is its result.
        """
        if planned.trial is not None:
            return self.trials[planned.trial.row].outcome(planned.trial.number)
        refusal = self._refused.get(planned.row)
        if refusal and planned.filled(refusal.settings.resolved) == planned.settings.resolved:
            return refusal
        key = self.key(planned)
        return None if key is None else self._ok.get(key) or self._with_defaults_in_key(planned)

    def _with_defaults_in_key(self, planned: PlannedRun) -> Run | None:
        """Return an equal run of an older store, whose key holds each setting there was."""
        run = self._ok_rows.get((planned.row, planned.number))
        is_equal = run and run.key == self.key(planned, written=run.settings.resolved)
        return run if is_equal else None

    def failure(self, key: str) -> Run | None:
        """Return the latest failed run with that key."""
        return self._failed.get(key)

    def result(self, row: str, repeat: int = 0) -> Run | None:
        """One repeat of a row, if it ended well; the first is what dependants begin from.

        That of a tuned row is its best trial, once all are over.
        """
        if row in self.trials:
            return self.trials[row].best
        return self._ok_rows.get((row, repeat))

    def model_hash(self, row: str, repeat: int = 0) -> str | None:
        """Content hash of what a repeat of a row hands on; None while it has no result."""
        run = self.result(row, repeat)
        return None if run is None else run.artifacts.get(MODEL)

    def refuse_changes(self, table: Sequence[PlannedRun], *, fingerprint: str) -> None:
        """Refuse to mix runs that must not be compared.

        Args:
            table: Every planned run.
            fingerprint: Of this machine.

        Raises:
            IncomparableRunsError: If a finished run of the same row had another setting, or was
                made on another machine. Blocks of a row are averaged, so this holds for those that
                are not planned again too; how long each of them measured may differ.
        """
        for planned in table:
            if planned.trial is not None:
                self._leave_out_changed(planned, self.trials[planned.trial.row])
            run = self._ok_rows.get((planned.row, planned.number))
            if run is not None:
                self._refuse_other(planned, run)
            else:
                run = self._refuse_other_blocks(planned)
            if run is None:
                continue
            if run.machine is not None and run.machine.fingerprint != fingerprint:
                raise IncomparableRunsError(
                    f"row {planned.row!r} was run on another machine ({run.machine.cpu_model}, "
                    f"{run.machine.n_cpus} CPUs, fingerprint {run.machine.fingerprint}; this one "
                    f"is {fingerprint}); its costs cannot stand beside new ones. Go on there, or "
                    "use another store or another study name here."
                )
        for trials in self.trials.values():
            trials.refuse_more()

    def _leave_out_changed(self, planned: PlannedRun, trials: Trials) -> None:
        """Refuse a changed search where trials have scores; a changed setting mends failed ones."""
        assert planned.trial is not None
        for run in trials.attempts(planned.trial.number):
            try:
                self._refuse_other(planned, run)
            except IncomparableRunsError:
                if run.status in (Status.OK, Status.PRUNED):
                    raise
                trials.leave_out(run)

    def _refuse_other(self, planned: PlannedRun, run: Run) -> None:
        old = planned.filled(run.settings.resolved)
        self.refuse_setting(planned.row, _as_drawn(planned, run), old)

    def _refuse_other_blocks(self, planned: PlannedRun) -> Run | None:
        """Return a finished run of another block of an inference row, measured as the plan says."""
        run = None if planned.block is None else self._ok_blocks.get(planned.row)
        if run is not None:
            old, new = planned.filled(run.settings.resolved), planned.settings.resolved
            self.refuse_setting(planned.row, _configuration(new), _configuration(old))
        return run

    def refuse_setting(
        self, row: str, new: Mapping[str, Scalar], old: Mapping[str, Scalar]
    ) -> None:
        """Refuse to go on with a row under other settings than its finished run.

        What a path leads to counts, not its name; that is told by the hash beside it.

        Raises:
            IncomparableRunsError: If one differs; names it with both values.
        """
        by_content = {n for n in old if f"{n}_hash" in old and f"{n}_hash" in new}
        for name in sorted({*new, *old} - by_content):
            if old.get(name) != new.get(name):
                raise IncomparableRunsError(
                    f"row {row!r} of study {self.study.name!r} is already in the store "
                    f"with {name}={_shown(old.get(name))}; the study file now says "
                    f"{_shown(new.get(name))}. Put the old value back, give the row or the study "
                    "another name, or use another store."
                )


def _as_drawn(planned: PlannedRun, run: Run) -> Mapping[str, Scalar]:
    """Settings of a planned run; of a trial with those that were drawn for the run."""
    if run.trial is None:
        return planned.settings.resolved
    old, drawn = run.settings.resolved, run.trial.drawn
    return {
        **{k: v for k, v in planned.settings.resolved.items() if not is_of(k, drawn)},
        **{k: v for k, v in old.items() if is_of(k, drawn)},
    }


def _configuration(settings: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {name: value for name, value in settings.items() if name not in MEASURED_ON}


def is_refusal(run: Run) -> bool:
    """Whether a run found that its setting does not pay on this device: a finding, no failure."""
    return run.status is Status.FAILED and any(
        note.code is NoteCode.PRECISION_REFUSED for note in run.notes
    )


def _number(run: Run) -> int:
    return run.repeat if run.block is None else run.block


def _shown(value: Scalar | None) -> str:
    return "nothing" if value is None else repr(value)
