"""Payoffs: from which volume on one life has cost less than another, for every pair.

Without updates a pair is two straight lines and the answer is a Fieller set. With updates, cost
rises by a step at each one, and the answer follows the steps: the volume from which the candidate
stays ahead, by point values. Beside it stand the first volume at which it is ahead, the Fieller set
of the smooth lines through the steps' upper ends (cost right after an update), and the crossing of
the lines through the middle of the steps.
"""

from dataclasses import dataclass, replace
from itertools import permutations

from breakeven.analysis.costs.comparison import Comparison
from breakeven.analysis.costs.payback import break_even, probability_cheaper
from breakeven.analysis.lifetime.chances import BY_RESOLUTION, is_resolution_alone
from breakeven.analysis.lifetime.life import Life
from breakeven.analysis.lifetime.lives import Lives
from breakeven.analysis.lifetime.step_words import step_sentence
from breakeven.analysis.lifetime.steps import Step, crossings, steps_between
from breakeven.analysis.results import BreakEven, Verdict
from breakeven.records import Estimate

BY_STEPS = (
    "by the steps of the updates, point values alone: no interval; that of the smooth line is the "
    "by_line of --break-even"
)
"""Method of a volume that the steps give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payoff:
    """One pair.

    Attributes:
        found: Verdict, volume and sentence; with updates the volume from which the candidate stays
            ahead (or behind), by the steps. The probability counts the updates due by the planned
            volume, and is None where the numbers' resolution alone would make it.
        is_dearer: Whether the candidate is the dearer to develop.
        by_line: With updates, the volume with its interval by the smooth lines through the steps'
            upper ends; None without updates.
        by_mean: Volume at which the lines through the middle of the steps cross; None without
            updates, or where they do not cross.
        first: With updates, volume at which the lead changes for the first time, by point values;
            None where it never does.
        for_good: Volume from which the lead no longer changes.
        why_no_probability: Reason; None where there is one.
    """

    found: BreakEven
    is_dearer: bool
    by_line: Estimate | None = None
    by_mean: float | None = None
    first: float | None = None
    for_good: float | None = None
    why_no_probability: str | None = None


def payoffs(lives: Lives) -> tuple[Payoff, ...]:
    """Every ordered pair of lives.

    Args:
        lives: In one cost, under one set of terms.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.lifetime import study_lives
        >>> from breakeven.records import Resource
        >>> lives = study_lives(*example_runs(), resource=Resource.FLOPS)
        >>> print(payoffs(lives)[3].found.sentence)
        TS has cost fewer FLOPs than FT from 129,000 examples on.
    """
    return tuple(payoff(lives, c, i) for c, i in permutations(lives.members, 2))


def payoff(lives: Lives, candidate: Life, incumbent: Life) -> Payoff:
    """One pair of lives.

    Args:
        lives: That hold both.
        candidate: May replace the other.
        incumbent: The other.
    """
    pair = lives.pair(candidate, incumbent)
    line = break_even(pair, planned_volume=lives.volume)
    steps = steps_between(candidate, incumbent)
    then = lives.pair(candidate, incumbent, at=lives.volume) if steps else pair
    is_unsure = is_resolution_alone((then.extra, then.saved))
    chance = probability_cheaper(
        then.extra, then.saved, volume=lives.volume, covariance=then.covariance
    )
    found = replace(line, probability_before_planned=None if is_unsure else chance)
    plain = Payoff(
        found=found,
        is_dearer=pair.extra.value > 0,
        why_no_probability=BY_RESOLUTION if is_unsure else None,
    )
    if not lives.terms.updates:
        return plain
    if not steps:
        volume = line.estimate.value if line.verdict in _AT_A_VOLUME else None
        return replace(plain, by_line=line.estimate, by_mean=volume, first=volume, for_good=volume)
    return _by_steps(plain, pair, steps)


_AT_A_VOLUME = frozenset({Verdict.FINITE, Verdict.UP_TO})


def _by_steps(plain: Payoff, pair: Comparison, steps: tuple[Step, ...]) -> Payoff:
    """The answer that the steps give, and the lines' beside it."""
    line = plain.found
    with_line = replace(plain, by_line=line.estimate)
    if line.verdict is Verdict.NOT_SHOWN:
        said = f"{line.sentence} That is by the smooth line through cost right after each update."
        return replace(with_line, found=replace(line, sentence=said))
    first, for_good = crossings(pair, steps)
    if first is None or for_good is None:
        return with_line
    # right after an update the smooth lines may show no crossing where the steps have one
    is_ahead = line.verdict in {Verdict.FINITE, Verdict.ALWAYS}
    found = replace(
        line,
        verdict=Verdict.FINITE if is_ahead else Verdict.UP_TO,
        estimate=replace(
            line.estimate, value=for_good, low=None, high=None, level=None, method=BY_STEPS
        ),
        sentence=step_sentence(pair, line, first=first, for_good=for_good),
    )
    by_mean = _by_mean(pair, steps) if line.verdict in _AT_A_VOLUME else None
    return replace(with_line, found=found, by_mean=by_mean, first=first, for_good=for_good)


def _by_mean(pair: Comparison, steps: tuple[Step, ...]) -> float | None:
    """Where the lines through the middle of the steps cross; half a step lies below each end."""
    extra = pair.extra.value + sum(step.gain for step in steps) / 2
    volume = extra / pair.saved.value
    return volume if volume > 0 else None
