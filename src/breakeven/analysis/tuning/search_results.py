"""Search results: what tuning a row cost, saved and showed. Values only; no arithmetic here."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from breakeven.records import Estimate, Resource, Run, Scalar, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialResult:
    """One trial.

    Attributes:
        number: From 0.
        status: How it ended.
        drawn: The settings that were searched.
        score: On the validation split, at the end; None where it did not end well.
        last_step: Step it was last judged at, and the step it would have ended at; None without.
        costs: Total by resource.
        run_id: The run.
        is_best: Whether its result is the row's.
    """

    number: int
    status: Status
    drawn: Mapping[str, Scalar]
    score: float | None
    last_step: tuple[float, float] | None
    costs: Mapping[Resource, Estimate]
    run_id: str
    is_best: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """How much of the scores' scatter one searched setting explains by itself.

    Attributes:
        setting: Name.
        share: Share of the variance of the scores' ranks, 0..1.
        rho: Spearman's rank correlation with the score; None for choices without an order.
        p: P(as much or more) if the setting changed nothing.
        n: Trials it rests on.
    """

    setting: str
    share: float
    rho: float | None
    p: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSpread:
    """Scores of the trials of one row.

    Attributes:
        n: Trials with a score.
        best: Of them.
        median: Of them.
        worst: Of them.
        sd: Standard deviation between trials; None for a single one.
    """

    n: int
    best: float
    median: float
    worst: float
    sd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What tuning one row came to.

    Attributes:
        row: Row that was tuned.
        metric: Score of the validation split that trials were compared by.
        higher_is_better: Its direction.
        trials: Every run, also of trials that were made twice.
        spread: Of the scores of finished trials; None without any.
        sensitivities: One per searched setting that was varied, the strongest first.
        compared: Which scores they rest on, in words.
        spent: Cost of all trials by resource.
        saved: What pruned trials would have taken beyond, by resource; modelled.
    """

    row: str
    metric: str
    higher_is_better: bool
    trials: tuple[TrialResult, ...]
    spread: ScoreSpread | None
    sensitivities: tuple[Sensitivity, ...]
    compared: str
    spent: Mapping[Resource, Estimate]
    saved: Mapping[Resource, Estimate] = field(default_factory=dict)

    def count(self, status: Status) -> int:
        """Number of runs that ended like that."""
        return sum(trial.status is status for trial in self.trials)

    def share_saved(self, resource: Resource) -> float | None:
        """Saved over spent and saved together; None where nothing was."""
        spent, saved = self.spent.get(resource), self.saved.get(resource)
        if spent is None or saved is None or spent.value is None or saved.value is None:
            return None
        whole = spent.value + saved.value
        return saved.value / whole if whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTag:
    """E, D and H of one row or of all rows behind a pathway, in one cost (Schwartz et al. 2020).

    Attributes:
        name: Row, or pathway.
        is_pathway: Whether it is the sum over the rows of a pathway, which has no E and D.
        resource: Cost.
        per_example: E in training: cost of working through one example once.
        per_use: E at inference: cost of answering one; of a pathway only.
        n_examples: D, different training examples; None where nobody counted.
        n_passes: How often one experiment worked through each, epochs and augmentation together.
        n_experiments: H, every one: repeats, trials, pruned, failed and killed ones. A run and
            the one that went on from its checkpoint are one.
        n_pruned: Of them.
        n_lost: Of them, failed and interrupted.
        product: E x D x H, one pass for each experiment; None where a factor is unknown.
        total: Sum over the experiments of what each took in all, phases beside the work included.
        n_unseen: Experiments that did not observe the cost, so that the total is a lower bound.
    """

    name: str
    is_pathway: bool
    resource: Resource
    per_example: Estimate | None
    per_use: Estimate | None
    n_examples: float | None
    n_passes: float | None
    n_experiments: int
    n_pruned: int
    n_lost: int
    product: Estimate | None
    total: Estimate
    n_unseen: int

    @property
    def factor(self) -> float | None:
        """Total over product: the constant that makes equation 1 an equation."""
        product = None if self.product is None else self.product.value
        return self.total.value / product if product and self.total.value is not None else None


def trials_of(runs: tuple[Run, ...], row: str) -> tuple[Run, ...]:
    """Runs that were trials of one row, by number and time.

    Examples:
        >>> trials_of((), "ft")
        ()
    """
    found = [(r.trial.number, r.started_at, r) for r in runs if r.trial and r.trial.row == row]
    return tuple(run for _, _, run in sorted(found, key=lambda each: each[:2]))
