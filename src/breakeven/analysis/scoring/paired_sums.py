"""Paired sums: what two models' answers to the same examples add to the totals of one metric."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakeven.formulas import quality

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

SHARES = frozenset({"accuracy", "exact_match"})
"""Metrics whose answers are right or wrong as a whole, so that only disagreements count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """How a metric comes from totals.

    Attributes:
        value: Higher is better; from totals, shape (..., n_sums).
        slips: What one more wrong answer may do to `n_sums` totals, shape (n_slips, n_sums).
    """

    value: Callable[[Floats], Floats]
    slips: Callable[[int], Floats]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PairedSums:
    """Two models on the same examples.

    Attributes:
        metric: One of `METRICS`.
        reference: What each example adds to the metric's totals, shape (n_examples, n_sums).
        candidate: The same of the other.
        groups: Source of each example, shape (n_examples,); those of one may err together.
    """

    metric: str
    reference: Floats
    candidate: Floats
    groups: Places

    def __post_init__(self) -> None:
        """Refuse what does not fit together."""
        if not (self.reference.shape == self.candidate.shape and self.reference.ndim == 2):
            raise ValueError(
                f"sums of two models must have one shape (n_examples, n_sums), got "
                f"{self.reference.shape} and {self.candidate.shape}"
            )
        if not len(self.groups) == len(self.reference) > 0:
            raise ValueError(
                f"expected one group for each of at least one example, got {len(self.groups)} "
                f"groups for {len(self.reference)} examples"
            )

    @property
    def n_examples(self) -> int:
        """How many examples both answered."""
        return len(self.groups)

    @property
    def n_groups(self) -> int:
        """How many sources they come from."""
        return len(np.unique(self.groups))

    @property
    def changed(self) -> NDArray[np.bool_]:
        """Whether the two differ on each example."""
        found: NDArray[np.bool_] = (self.reference != self.candidate).any(axis=1)
        return found

    @property
    def n_lost(self) -> int | None:
        """Examples only the reference got right; None where that is no question."""
        return self._n_above(self.reference, self.candidate)

    @property
    def n_gained(self) -> int | None:
        """Examples only the candidate got right; None likewise."""
        return self._n_above(self.candidate, self.reference)

    def only(self, kept: NDArray[np.bool_]) -> "PairedSums":
        """The same on some of the examples, at least one."""
        return PairedSums(
            metric=self.metric,
            reference=self.reference[kept],
            candidate=self.candidate[kept],
            groups=self.groups[kept],
        )

    def _n_above(self, one: Floats, other: Floats) -> int | None:
        return int(np.sum(one[:, 0] > other[:, 0])) if self.metric in SHARES else None


def means(metric: str, reference: Floats, candidate: Floats, groups: Places) -> PairedSums:
    """Pair scores per example whose mean is the metric: accuracy, exact match, answer F1.

    Args:
        metric: Its name.
        reference: Score of each example, shape (n_examples,).
        candidate: Likewise.
        groups: Source of each.

    Examples:
        >>> pair = means("accuracy", np.array([1.0, 1]), np.array([1.0, 0]), np.array([0, 1]))
        >>> pair.n_lost, pair.n_gained, pair.n_groups
        (1, 0, 2)
    """
    sides = (np.stack([side, np.ones(len(side))], axis=1) for side in (reference, candidate))
    one, two = sides
    return PairedSums(metric=metric, reference=one, candidate=two, groups=groups)


def _lost_point(n_sums: int) -> Floats:  # noqa: ARG001 - always two: the sum and the number
    return np.array([[-1.0, 0.0]])


def _lost_or_spurious(n_sums: int) -> Floats:  # noqa: ARG001 - always three
    return np.array([[-1.0, -1.0, 0.0], [0.0, 1.0, 0.0]])


def _swaps(n_classes: int) -> tuple[Floats, Floats]:
    """For each right class taken for each other one: what is lost, and what is given instead."""
    pairs = [(i, j) for i in range(n_classes) for j in range(n_classes) if i != j]
    eye = np.eye(n_classes)
    lost = np.array([eye[i] for i, _ in pairs]).reshape(-1, n_classes)
    instead = np.array([eye[j] for _, j in pairs]).reshape(-1, n_classes)
    return lost, instead


def _class_slips(n_sums: int) -> Floats:
    lost, instead = _swaps(n_sums // 3)
    return np.concatenate([-lost, instead - lost, np.zeros_like(lost)], axis=1)


def _hit_slips(n_sums: int) -> Floats:
    lost, instead = _swaps(n_sums // 2)
    return np.concatenate([-np.ones((len(lost), 1)), instead - lost, np.zeros_like(lost)], axis=1)


_MEAN = Metric(value=quality.mean, slips=_lost_point)
_F1 = Metric(value=quality.f1, slips=_lost_or_spurious)

METRICS: Mapping[str, Metric] = {
    "accuracy": _MEAN,
    "exact_match": _MEAN,
    "answer_f1": _MEAN,
    "f1": _F1,
    "entity_f1": _F1,
    "macro_f1": Metric(value=quality.macro_f1, slips=_class_slips),
    "mcc": Metric(value=quality.mcc, slips=_hit_slips),
}
"""Metrics that can be certified: a single answer can spoil them by so much and no more.

A document can cost any number of nats and an answer lie any way off, so a few that no sample holds
could spoil perplexity or Pearson's r at will, and no bound holds (Bahadur and Savage 1956, Annals
of Mathematical Statistics 27): where 2 % of 150 documents were half a nat per token worse, a t
bound lay below the loss in 18 % of trials. Ranks, for Spearman's rho, do not come from totals.
"""
