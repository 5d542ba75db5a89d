"""The tuner: proposes settings and ends trials, with optuna, from what the store holds.

What it proposes follows from the seed, the trial's number and the trials before it alone: a study
that was killed goes on as if it had not been.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from breakeven.errors import MissingExtraError
from breakeven.records import Judged, Run, Scalar, Status
from breakeven.records.trial import score_of
from breakeven.study.search import RANDOM, Choices, Range, Tuning

if TYPE_CHECKING:
    import optuna


def check_installed() -> None:
    """Refuse to begin what could not be tuned later on.

    Raises:
        MissingExtraError: If the extra `tune` is not installed.
    """
    if find_spec("optuna") is None:
        raise MissingExtraError("tuning", "tune")


def import_optuna() -> Any:  # noqa: ANN401 - a module that may be absent
    """Import optuna without its log on stderr; progress is drawn by ourselves."""
    import optuna  # noqa: PLC0415 - 0.5 s of CPU, and an extra

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


class Tuner:
    """The search of one row, trial after trial; every score is turned so that less is better."""

    def __init__(self, tuning: Tuning, *, name: str) -> None:
        """Begin a search.

        Args:
            tuning: What is searched.
            name: Of study and row; Hyperband deals trials into brackets by it.
        """
        self._optuna = import_optuna()
        self._tuning = tuning
        self._space = {name: self._distribution(c) for name, c in tuning.space.items()}
        self._search: optuna.Study = self._optuna.create_study(
            study_name=name, pruner=self._pruner()
        )
        self._trial: optuna.Trial | None = None
        self.n_told = 0
        """Trials whose outcome it knows."""

    def propose(self) -> dict[str, Scalar]:
        """Draw the settings of the next trial."""
        self._search.sampler = self._sampler(self.n_told)
        self._trial = self._search.ask(self._space)
        return dict(self._trial.params)

    def goes_on(self, judged: Judged) -> bool:
        """Take in a judgement of the trial in hand; say whether it is worth its end.

        One without a score of the metric that is searched by says nothing.
        """
        assert self._trial is not None
        score = score_of(judged.scores, self._tuning.metric)
        if score is None or not self._tuning.n_rungs:
            return True
        n_before = len(self._search.get_trials(deepcopy=False)[-1].intermediate_values)
        self._trial.report(-score.product, n_before + 1)
        is_behind = self._trial.should_prune()  # asked at the end too: later trials are held to it
        return judged.step >= judged.n_steps or not is_behind

    def tell(self, run: Run) -> None:
        """Take in how the trial in hand ended."""
        assert self._trial is not None
        states = self._optuna.trial.TrialState
        score = score_of(run.scores, self._tuning.metric) if run.status is Status.OK else None
        if score is not None:
            self._search.tell(self._trial, -score.product)
        elif run.status is Status.PRUNED and run.judged:
            self._search.tell(self._trial, state=states.PRUNED)
        else:
            self._search.tell(self._trial, state=states.FAIL)
        self._trial = None
        self.n_told += 1

    def replay(self, run: Run) -> None:
        """Take in a trial that was run before, as if it were run now."""
        assert run.trial is not None
        drawn = {name: _written(v, self._tuning.space[name]) for name, v in run.trial.drawn.items()}
        self._search.enqueue_trial(drawn)
        self.propose()
        for judged in run.judged:
            self.goes_on(judged)
        self.tell(run)

    def _distribution(self, choices: Choices) -> Any:  # noqa: ANN401 - optuna's classes
        made = self._optuna.distributions
        if not isinstance(choices, Range):
            return made.CategoricalDistribution(choices)
        if choices.is_whole:
            step = int(choices.step or 1)
            return made.IntDistribution(int(choices.low), int(choices.high), choices.log, step)
        return made.FloatDistribution(choices.low, choices.high, choices.log, choices.step)

    def _pruner(self) -> Any:  # noqa: ANN401 - the same
        pruners = self._optuna.pruners
        if not self._tuning.n_rungs:
            return pruners.NopPruner()
        return pruners.HyperbandPruner(min_resource=1, max_resource=self._tuning.n_rungs)

    def _sampler(self, number: int) -> Any:  # noqa: ANN401 - the same
        seed = int(np.random.SeedSequence([self._tuning.seed, number]).generate_state(1)[0])
        samplers = self._optuna.samplers
        if self._tuning.sampler == RANDOM:
            return samplers.RandomSampler(seed=seed)
        return samplers.TPESampler(seed=seed)


def _written(value: Scalar, choices: Choices) -> Scalar:
    """The choice as the study file writes it, where the record has the name of a path alone."""
    if isinstance(choices, Range) or value in choices:
        return value
    return next((c for c in choices if Path(str(c)).name == value), value)
