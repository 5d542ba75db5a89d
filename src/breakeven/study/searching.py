"""The trials of tuned rows, one after the other: draw, run, judge, keep the best."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from breakeven.records import Run, Status
from breakeven.study.engine import find_engine
from breakeven.study.launch import Launch, Verdict
from breakeven.study.ledger import MODEL
from breakeven.study.messages import Answer, Ask
from breakeven.study.orders import n_threads_of
from breakeven.study.table import PlannedRun, drawn_run
from breakeven.study.trials import Trials, check_metric
from breakeven.study.tuner import Tuner


@dataclass(slots=True, kw_only=True)
class Searches:
    """The searches of a running study, each begun when its first trial is to be made.

    Attributes:
        launch: The running study.
    """

    launch: Launch
    _tuners: dict[str, Tuner] = field(default_factory=dict)

    def settle(self, planned: PlannedRun, *, n_left: int) -> Verdict:
        """Make one trial, unless it was made before or an earlier one is still going on.

        Raises:
            BudgetSpent: If a cap is reached.
            SettingsError: If the stage has not the score that trials are compared by.
        """
        assert planned.trial is not None
        trials = self.launch.ledger.trials[planned.trial.row]
        verdict = self.launch.before(planned, n_left=n_left)
        if not isinstance(verdict, Verdict):
            verdict = self._make(planned, trials, n_left=n_left)
        self._keep_best(trials)
        self._close(trials)
        return verdict

    def _make(self, planned: PlannedRun, trials: Trials, *, n_left: int) -> Verdict:
        assert planned.trial is not None
        number, row, study = planned.trial.number, planned.trial.row, self.launch.study
        earlier = trials.outcomes[:number]
        if None in earlier:
            return Verdict.LATER
        tuner = self._tuner(row, [run for run in earlier if run is not None])
        drawn = drawn_run(planned, tuner.propose(), study, find_engine(study.engine))
        # The tuner has a trial in hand from here on; it is begun anew unless that ends in order.
        del self._tuners[row]
        key = self.launch.before(drawn, n_left=n_left)
        if isinstance(key, Verdict):
            return key
        with self.launch.start_worker(n_threads=n_threads_of(drawn.engine_settings)) as handle:
            order = self.launch.orders.write(drawn, key, ask=Ask.STAGE)
            reply = self.launch.give(handle, drawn, order, n_left=n_left, goes_on=tuner.goes_on)
        if reply.run is None:
            return Verdict.LATER
        check_metric(reply.run)
        if reply.run.status is Status.INTERRUPTED:
            trials.give_up(number)
        elif reply.answer is Answer.ENDED:
            tuner.tell(reply.run)
            self._tuners[row] = tuner
        return Verdict.SETTLED

    def _tuner(self, row: str, earlier: Sequence[Run]) -> Tuner:
        """Return the tuner of a row, told of every trial so far."""
        study = self.launch.study
        tuning = study.row(row).tuning
        assert tuning is not None
        tuner = self._tuners.setdefault(row, Tuner(tuning, name=f"{study.name}/{row}"))
        for run in earlier[tuner.n_told :]:
            tuner.replay(run)
        return tuner

    def _keep_best(self, trials: Trials) -> None:
        """Delete the checkpoints of beaten trials that no other run made; records stay."""
        gone = {run.run_id: run.artifacts[MODEL] for run in trials.beaten if MODEL in run.artifacts}
        if not gone:
            return
        runs = self.launch.store.runs()
        kept = {h for run in runs if run.run_id not in gone for h in run.artifacts.values()}
        for content_hash in set(gone.values()) - kept:
            self.launch.store.discard_artifact(content_hash)

    def _close(self, trials: Trials) -> None:
        """Let what begins from the row be left out where no trial ended well."""
        if not trials.is_over or trials.best is not None:
            return
        self.launch.lost.add((trials.row, 0))
        ended = [run for run in trials.outcomes if run is not None]
        self.launch.failed.setdefault(trials.row, ended[-1])
