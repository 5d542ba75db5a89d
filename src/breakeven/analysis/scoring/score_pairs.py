"""Score pairs: how two pathways differ in score, by example wherever their answers are known.

One seed against several has an interval that lacks the scatter of trainings on one side. It is
shown with what it covers, but tells no two pathways apart: nobody knows how far another training of
that side would have landed. One seed on each side tells those two trainings apart and no others;
the verdict says so.
"""

from dataclasses import dataclass

from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.scoring.answers import AnswerSheet, common_sheets
from breakeven.analysis.scoring.paired import (
    crossed_difference,
    discordance,
    independent_difference,
    mcnemar_p,
    tango,
)
from breakeven.analysis.scoring.scores import PathwayScore

LONE_SEED = "one seed: not told apart between trainings"
OF_THESE = "yes, of these trainings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Score of one pathway or configuration minus that of another.

    Attributes:
        value: In the metric's scale.
        interval: None where neither has counts.
        p: Exact McNemar, for one seed each on the same examples; None otherwise.
        left_only: Examples that only the left one got right; None without pairs of single seeds.
        right_only: The same for the right one.
        n_examples: Examples it rests on.
        method: How it was computed and what the interval covers.
        is_paired: Whether it was taken example by example.
        has_lone_seed: Whether one side has one training seed and the other several.
        is_of_these: Whether both have a single training, whose scatter is then unknown.
    """

    value: float
    interval: Interval | None
    method: str
    n_examples: int
    p: float | None = None
    left_only: int | None = None
    right_only: int | None = None
    is_paired: bool = False
    has_lone_seed: bool = False
    is_of_these: bool = False

    @property
    def is_told_apart(self) -> bool | None:
        """Whether the interval leaves 0 out and lacks no seeds of one side alone.

        None without an interval. With one training each it speaks of those two: see `is_of_these`.
        """
        if self.interval is None:
            return None
        return self._leaves_0_out and not self.has_lone_seed

    @property
    def why(self) -> str:
        """What an interval that leaves 0 out does not tell apart; empty where it tells all."""
        if not self._leaves_0_out:
            return ""
        return LONE_SEED if self.has_lone_seed else OF_THESE if self.is_of_these else ""

    @property
    def _leaves_0_out(self) -> bool:
        return self.interval is not None and (self.interval.low > 0 or self.interval.high < 0)


def score_difference(left: PathwayScore, right: PathwayScore) -> Difference:
    """Score of one minus score of the other, paired by example wherever that is known.

    Args:
        left: One pathway, or one configuration.
        right: The other.

    Examples:
        >>> from breakeven.analysis.runs.select import ScoredRun
        >>> from breakeven.testing.tiny import tiny_score
        >>> one, two = (
        ...     PathwayScore(seeds=(ScoredRun(score=tiny_score(n), run_id=str(n)),), repeats=(0,))
        ...     for n in (831, 842)
        ... )
        >>> difference = score_difference(one, two)
        >>> round(difference.value, 3), difference.is_told_apart, difference.is_paired
        (-0.011, False, False)
    """
    has_lone_seed = min(left.n_seeds, right.n_seeds) == 1 < max(left.n_seeds, right.n_seeds)
    is_of_these = left.n_seeds == right.n_seeds == 1
    sheets = common_sheets(left.sheet, right.sheet)
    if sheets is not None and len(sheets[0].examples) > 1:
        one, two = sheets
        if is_of_these:
            return _single_pair(one, two)
        interval = crossed_difference(one.correct, two.correct)
        return Difference(
            value=interval.value,
            interval=interval,
            n_examples=interval.n,
            method=f"paired by example; crossed with {_seeds_words(left, right)}",
            is_paired=True,
            has_lone_seed=has_lone_seed,
        )
    first, second = left.interval, right.interval
    joined = None if first is None or second is None else independent_difference(first, second)
    return Difference(
        value=left.value - right.value,
        interval=joined,
        n_examples=min(left.n_examples, right.n_examples),
        method="difference of scores; no interval"
        if joined is None
        else f"as if on different examples; {_seeds_words(left, right)}",
        has_lone_seed=has_lone_seed,
        is_of_these=is_of_these,
    )


def _single_pair(left: AnswerSheet, right: AnswerSheet) -> Difference:
    found = discordance(left.correct[0], right.correct[0])
    interval, p = tango(found), mcnemar_p(found)
    return Difference(
        value=interval.value,
        interval=interval,
        p=p,
        left_only=found.left_only,
        right_only=found.right_only,
        n_examples=found.n,
        method=f"paired by example; Tango's score interval, exact McNemar p = {p:.2g}; "
        "one training seed each, not in the interval",
        is_paired=True,
        is_of_these=True,
    )


def _seeds_words(left: PathwayScore, right: PathwayScore) -> str:
    numbers = (left.n_seeds, right.n_seeds)
    if numbers == (1, 1):
        return "one training seed each, not in the interval"
    missed = "; a side with one seed adds none of its scatter" if min(numbers) == 1 else ""
    return f"{left.counted_seeds} and {right.counted_seeds} training seeds{missed}"
