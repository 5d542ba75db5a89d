"""Trials of one row as the store holds them: which are over, and which is best."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from breakeven.errors import IncomparableRunsError, SettingsError
from breakeven.records import Run, Status, best_trial
from breakeven.records.trial import VALIDATION
from breakeven.study.spec import StageRow


@dataclass(slots=True, kw_only=True)
class Trials:
    """What became of the trials of one row.

    A trial that was interrupted is tried again as long as nothing rests on it: neither a later
    trial, whose settings were drawn without it, nor a row that took the best of the others.

    Attributes:
        row: Row that is tuned.
        n_wanted: How many trials the study asks for.
    """

    row: str
    n_wanted: int
    _attempts: defaultdict[int, dict[str, Run]] = field(default_factory=lambda: defaultdict(dict))
    _left_out: set[str] = field(default_factory=set)
    _given_up: set[int] = field(default_factory=set)
    _has_heirs: bool = False

    @classmethod
    def of(cls, row: StageRow) -> "Trials":
        """Begin with no trials of a row that is tuned."""
        assert row.tuning is not None
        return cls(row=row.name, n_wanted=row.tuning.n_trials)

    def update(self, run: Run) -> None:
        """Take note of a run of the study, oldest first."""
        if run.run_id in self._left_out:
            return
        if run.trial is not None and run.trial.row == self.row:
            self._attempts[run.trial.number][run.run_id] = run
        elif not self._has_heirs:
            self._has_heirs = any(parent in self._ids() for parent in run.parents)

    def attempts(self, number: int) -> tuple[Run, ...]:
        """Return every run of one trial, oldest first."""
        return tuple(self._attempts.get(number, {}).values())

    def give_up(self, number: int) -> None:
        """Count an interrupted trial as over: its worker died while the study went on."""
        self._given_up.add(number)

    def leave_out(self, run: Run) -> None:
        """Forget a run that was made under settings which the study no longer asks for."""
        assert run.trial is not None
        self._left_out.add(run.run_id)
        del self._attempts[run.trial.number][run.run_id]
        if not self._attempts[run.trial.number]:
            del self._attempts[run.trial.number]

    def refuse_more(self) -> None:
        """Refuse trials that could change what other rows began from.

        Raises:
            IncomparableRunsError: If rows began from the best trial and more are wanted now.
        """
        if self._has_heirs and not self.is_over:
            raise IncomparableRunsError(
                f"{self.n_wanted} trials of {self.row!r} are wanted, and what begins from it was "
                f"run after {len(self._attempts)}; put tune.trials back to that, give the row "
                "another name, or use another store."
            )

    def outcome(self, number: int) -> Run | None:
        """Return the run that settles a trial; None while it is still to be made."""
        attempts = self.attempts(number)
        over = [run for run in attempts if run.status is not Status.INTERRUPTED]
        if over:
            return over[-1]
        is_left_behind = (
            self._has_heirs
            or number in self._given_up
            or any(later > number for later in self._attempts)
        )
        return attempts[-1] if attempts and is_left_behind else None

    @property
    def outcomes(self) -> tuple[Run | None, ...]:
        """What settles each trial, those beyond what is wanted now included."""
        n_known = max(self._attempts, default=-1) + 1
        return tuple(self.outcome(number) for number in range(max(n_known, self.n_wanted)))

    @property
    def is_over(self) -> bool:
        """Whether every trial is settled."""
        return None not in self.outcomes

    @property
    def finished(self) -> tuple[Run, ...]:
        """Trials that ended well, by number."""
        return tuple(r for r in self.outcomes if r is not None and r.status is Status.OK)

    @property
    def best(self) -> Run | None:
        """The best trial once all are settled; None before, and when none ended well."""
        return best_trial(self.finished) if self.is_over else None

    @property
    def beaten(self) -> tuple[Run, ...]:
        """Trials that ended well and are not the best so far."""
        best = best_trial(self.finished)
        return tuple(run for run in self.finished if run is not best)

    def _ids(self) -> set[str]:
        return {run_id for attempts in self._attempts.values() for run_id in attempts}


def check_metric(run: Run) -> None:
    """Refuse to go on with trials that lack the score they are compared by.

    Raises:
        SettingsError: If a trial ended well without that score; names those it has.
    """
    assert run.trial is not None
    if run.status is not Status.OK or best_trial([run]) is not None:
        return
    known = sorted({s.metric for s in run.scores if s.split == VALIDATION})
    raise SettingsError(
        f"trials of {run.trial.row!r} are compared by {run.trial.metric!r}, which its stage does "
        f"not score on the validation split; {_has(known)}"
    )


def _has(known: Sequence[str]) -> str:
    if not known:
        return "it scores nothing there: set validation rows aside in the task, with weights"
    return f"set tune.metric to one of {', '.join(known)}"
