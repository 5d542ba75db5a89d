"""Kept answers: what each kept answer adds to the totals of a metric, and to which example it is.

Runs keep arrays beside their record (`predictions.npz`); which ones depends on the form of task.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.scoring.paired_sums import Floats, PairedSums, Places
from breakeven.errors import CertificateError

Arrays = Mapping[str, NDArray[Any]]
Kept = Callable[[str], Arrays | None]
"""From a run's id to what it kept of its answers, by name; None where nothing was kept."""

TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswers:
    """What one run kept.

    Attributes:
        run_id: Which.
        arrays: By name; `index` is there.
    """

    run_id: str
    arrays: Arrays

    @property
    def split(self) -> str:
        """Which data it answered; runs that did not say answered the test split."""
        return str(self.arrays["split"]) if "split" in self.arrays else TEST

    @property
    def index(self) -> Places:
        """Place of each example in its split."""
        return self.arrays["index"].astype(np.intp)

    @property
    def has_groups(self) -> bool:
        """Whether it is known which examples come from one source."""
        return "group" in self.arrays

    @property
    def group(self) -> Places:
        """Source of each example; runs that did not say have a source for each."""
        return self.arrays["group"].astype(np.intp) if self.has_groups else self.index

    def at(self, index: Places) -> "KeptAnswers":
        """The same for some of the examples, in their order."""
        order = np.argsort(self.index)
        places = order[np.searchsorted(self.index[order], index)]
        n = len(self.index)
        cut = {name: a[places] if a.shape[:1] == (n,) else a for name, a in self.arrays.items()}
        return KeptAnswers(run_id=self.run_id, arrays=cut)


def read_kept(run_ids: Sequence[str], kept: Kept) -> tuple[KeptAnswers, ...]:
    """Read what runs kept, those that kept nothing left out.

    Examples:
        >>> read_kept(["a"], lambda run_id: None)
        ()
    """
    read = ((run_id, kept(run_id)) for run_id in run_ids)
    return tuple(
        KeptAnswers(run_id=run_id, arrays=arrays) for run_id, arrays in read if arrays is not None
    )


def pair_up(metric: str, reference: KeptAnswers, candidate: KeptAnswers) -> PairedSums:
    """Line up the answers of two runs to the examples they have in common.

    Args:
        metric: One of `paired_sums.METRICS`.
        reference: Of the one.
        candidate: Of the other.

    Raises:
        CertificateError: If they have no examples in common, were held against different labels,
            or did not keep what the metric needs.

    Examples:
        >>> def kept(run_id: str, *predicted: int) -> KeptAnswers:
        ...     return KeptAnswers(run_id=run_id, arrays={
        ...         "index": np.arange(3), "predicted": np.array(predicted),
        ...         "label": np.array([0, 1, 1])})
        >>> pair = pair_up("accuracy", kept("a", 0, 1, 1), kept("b", 0, 0, 1))
        >>> pair.n_lost, pair.n_gained
        (1, 0)
    """
    if reference.split != candidate.split:
        raise CertificateError(
            f"{reference.run_id} answered the {reference.split} split and {candidate.run_id} the "
            f"{candidate.split} split; run both on one"
        )
    common = np.intersect1d(reference.index, candidate.index)
    if not len(common):
        raise CertificateError(
            f"{reference.run_id} and {candidate.run_id} answered no example in common; run both on "
            "the same choice of examples"
        )
    one, two = reference.at(common), candidate.at(common)
    _check_labels(one, two)
    if metric not in _SUMS:
        raise CertificateError(
            f"a loss of {metric} cannot be bounded; certify one of {', '.join(_SUMS)}"
        )
    try:
        sums = _SUMS[metric](one.arrays, two.arrays)
    except KeyError as error:
        raise CertificateError(
            f"{one.run_id} or {two.run_id} did not keep {error} of its answers, which {metric} "
            "needs; name a metric of this form of task"
        ) from error
    return PairedSums(metric=metric, reference=sums[0], candidate=sums[1], groups=one.group)


def _check_labels(one: KeptAnswers, two: KeptAnswers) -> None:
    for name in ("label", "wanted", "n_true", "n_tokens"):
        left, right = one.arrays.get(name), two.arrays.get(name)
        if left is not None and right is not None and not np.array_equal(left, right):
            raise CertificateError(
                f"{one.run_id} and {two.run_id} were held against different right answers "
                f"({name}), so they did not answer the same data; run both on one task"
            )


_Pair = tuple[Floats, Floats]


def _stacked(*columns: str) -> Callable[[Arrays, Arrays], _Pair]:
    """Arrays that are what a metric adds up, as they were kept."""

    def sums(one: Arrays, two: Arrays) -> _Pair:
        sides = [np.stack([side[c] for c in columns], axis=1) for side in (one, two)]
        return sides[0].astype(float), sides[1].astype(float)

    return sums


def _mean_of(score: Callable[[Arrays], NDArray[Any]]) -> Callable[[Arrays, Arrays], _Pair]:
    def sums(one: Arrays, two: Arrays) -> _Pair:
        scores = [score(side).astype(float) for side in (one, two)]
        sides = [np.stack([each, np.ones(len(each))], axis=1) for each in scores]
        return sides[0], sides[1]

    return sums


def _positive(one: Arrays, two: Arrays) -> _Pair:
    """Right, given and there of class 1."""
    found, wanted = [side["predicted"] == 1 for side in (one, two)], one["label"] == 1
    sides = [np.stack([f & wanted, f, wanted], axis=1).astype(float) for f in found]
    return sides[0], sides[1]


def _one_hot(one: Arrays, two: Arrays) -> tuple[list[Floats], Floats]:
    """What each gave, and what was right, a column for each class."""
    given, wanted = [side["predicted"].astype(int) for side in (one, two)], one["label"].astype(int)
    eye = np.eye(1 + int(max(wanted.max(), *(side.max() for side in given))))
    return [eye[side] for side in given], eye[wanted]


def _by_class(one: Arrays, two: Arrays) -> _Pair:
    given, wanted = _one_hot(one, two)
    sides = [np.concatenate([side * wanted, side, wanted], axis=1) for side in given]
    return sides[0], sides[1]


def _hits_by_class(one: Arrays, two: Arrays) -> _Pair:
    given, wanted = _one_hot(one, two)
    sides = [
        np.concatenate([(side * wanted).sum(axis=1, keepdims=True), side, wanted], axis=1)
        for side in given
    ]
    return sides[0], sides[1]


_SUMS: Mapping[str, Callable[[Arrays, Arrays], _Pair]] = {
    "accuracy": _mean_of(lambda side: side["predicted"] == side["label"]),
    "exact_match": _mean_of(lambda side: side["correct"]),
    "answer_f1": _mean_of(lambda side: side["answer_f1"]),
    "f1": _positive,
    "entity_f1": _stacked("n_hit", "n_found", "n_true"),
    "macro_f1": _by_class,
    "mcc": _hits_by_class,
}
