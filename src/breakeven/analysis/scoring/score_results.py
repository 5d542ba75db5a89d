"""Score results: seeds, differences in score and orders by cost, as values for reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from breakeven.records import Estimate, Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedResult:
    """One training seed of a pathway, deployed at the reference configuration.

    Attributes:
        repeat: Of the deployed row, from 0; the reference is 0.
        score: On the test split, its interval over test examples; None when absent.
        marginal: Average per item by resource, its interval over blocks.
        training: What this repeat of the deployed row took, by resource.
        begins_from: Row and repeat that it begins from, "ft 1"; empty unless repeats are nested.
    """

    repeat: int
    score: Estimate | None
    marginal: Mapping[Resource, Estimate]
    training: Mapping[Resource, Estimate]
    begins_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedSpread:
    """Standard deviations between the seeds of one pathway, as observed.

    It holds the chance of one test set and of few blocks as well; the interval of the mean does
    not add that twice.

    Attributes:
        score: In the metric's scale; None with fewer than two scored seeds.
        marginal: By resource, in its SI unit per item.
        training: By resource, in its SI unit.
    """

    score: float | None = None
    marginal: Mapping[Resource, float] = field(default_factory=dict)
    training: Mapping[Resource, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One inference configuration by every metric it was scored by on the test split.

    Attributes:
        pathway: Name.
        label: Of the configuration; the reference is over all training seeds, others are of one.
        scores: By metric, the study's own first.
    """

    pathway: str
    label: str
    scores: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreDifference:
    """Score of one pathway minus that of another, on the same examples wherever that is known.

    Attributes:
        left: Pathway whose score comes first.
        right: Pathway whose score is taken away.
        estimate: The difference in the metric's scale, with interval and method.
        is_told_apart: Whether the interval leaves 0 out and lacks no seeds of one side alone; None
            without an interval. With one training each it holds of these two.
        is_paired: Whether it was taken example by example.
        n_seeds: Training seeds of each; 0 for a stated score.
        p: Exact McNemar; None unless both have one seed and their answers are known.
        left_only: Examples that only the left one got right; None likewise.
        right_only: The same for the right one.
        why: What an interval that leaves 0 out does not tell apart; empty where it tells all.
    """

    left: str
    right: str
    estimate: Estimate
    is_told_apart: bool | None
    is_paired: bool
    n_seeds: tuple[int, int]
    p: float | None = None
    left_only: int | None = None
    right_only: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostOrder:
    """Cost of one pathway over that of another in one resource and phase.

    Attributes:
        left: Pathway of the numerator.
        right: Pathway of the denominator.
        resource: Cost compared.
        phase: "development" or "deployment".
        ratio: Left over right; without low and high where no interval can be given.
        is_told_apart: Whether the paired interval leaves 1 out; None where there is none.
        why: Why there is none; empty when there is.
    """

    left: str
    right: str
    resource: Resource
    phase: str
    ratio: Estimate
    is_told_apart: bool | None
    why: str = ""
