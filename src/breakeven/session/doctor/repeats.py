"""The A/A test: the same work twice, many times, so that any difference is the machine's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import expm1, log, sqrt
from statistics import stdev

from breakeven.meters import MeterBank
from breakeven.records import Measurement, Resource, SelfTest, Verdict

WORK_S = 0.05
"""Shortest window: CPU clocks tell a microsecond, so this is far above what they round."""

MOST_WORK_S = 1.5
MIN_PAIRS, MOST_PAIRS = 8, 60

SURE_LEVEL = 0.999
"""A difference outside this interval fails the test: chance does that to one machine in a
thousand, where the usual 95 % would fail one in twenty."""

TOLD_PAIRS = (5, 10, 30)
"""Numbers of repeats for which the smallest difference that can be shown is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Costs of the same work, measured side by side.

    Attributes:
        firsts: Costs under the first name, by resource, shape (n_pairs,).
        seconds: Costs under the second name, in the same pairs.
    """

    firsts: Mapping[Resource, tuple[float, ...]]
    seconds: Mapping[Resource, tuple[float, ...]]


def plan_pairs(*, longest_period_s: float, budget_s: float) -> tuple[float, int]:
    """Length of a window in seconds and number of pairs that fit into a budget.

    Args:
        longest_period_s: Update period of the slowest energy channel; 0 without any.
        budget_s: What the test may take.

    Examples:
        >>> plan_pairs(longest_period_s=0.0, budget_s=6.0)
        (0.05, 60)
        >>> plan_pairs(longest_period_s=0.1, budget_s=20.0)
        (1.0, 10)
    """
    work_s = min(MOST_WORK_S, max(WORK_S, 10 * longest_period_s))
    n_pairs = int(budget_s / (2 * work_s))
    return work_s, max(MIN_PAIRS, min(MOST_PAIRS, n_pairs))


def measure_pairs(bank: MeterBank, work: Callable[[], object], *, n_pairs: int) -> Pairs:
    """Measure the same work under two names, in the order AB BA AB ..., after a warm-up.

    Args:
        bank: Opened.
        work: The same every time.
        n_pairs: How many pairs.
    """
    work()
    kept: tuple[list[Measurement], list[Measurement]] = ([], [])
    for pair in range(n_pairs):
        for which in (0, 1) if pair % 2 == 0 else (1, 0):
            with bank.window() as window:
                work()
            kept[which].append(window.measurement)
    firsts, seconds = (_totals(measured) for measured in kept)
    both = firsts.keys() & seconds.keys()
    return Pairs(
        firsts={resource: firsts[resource] for resource in sorted(both)},
        seconds={resource: seconds[resource] for resource in sorted(both)},
    )


def judge_pairs(pairs: Pairs) -> tuple[SelfTest, ...]:
    """Judge every resource that all windows saw, CPU seconds first.

    Args:
        pairs: Of at least 2 pairs each.
    """
    shown = sorted(pairs.firsts, key=lambda r: (r is not Resource.CPU_S, r))
    return tuple(_judge(r, pairs.firsts[r], pairs.seconds[r]) for r in shown)


def smallest_difference(log_scatter: float, n_pairs: int) -> float:
    """Half-width of the 95 % interval of so many pairs: what is smaller is not told from none.

    A difference of this size shows half of the time; one of 1.4 times it, four times in five
    (a power of 80 %).

    Args:
        log_scatter: Standard deviation of the log ratio of a pair.
        n_pairs: At least 2.

    Examples:
        >>> round(smallest_difference(0.01, 30), 4)
        0.0037
    """
    from breakeven.analysis.uncertain import quantile  # noqa: PLC0415 - scipy, only when needed

    return expm1(quantile(n_pairs - 1) * log_scatter / sqrt(n_pairs))


def _judge(resource: Resource, firsts: Sequence[float], seconds: Sequence[float]) -> SelfTest:
    from breakeven.analysis.samples.stats import log_ratio  # noqa: PLC0415 - the same

    name = f"A/A test of {_WORDS[resource]}"
    if min(*firsts, *seconds) <= 0:
        return SelfTest(
            name=name,
            verdict=Verdict.DOUBTFUL,
            message=f"windows of this length show no {_WORDS[resource]}: the sensor's step is "
            "larger than the work.",
            advice="Repeat the work inside a window until it lasts ten updates of the sensor.",
        )
    usual, sure = log_ratio(seconds, firsts), log_ratio(seconds, firsts, level=SURE_LEVEL)
    scatter = stdev(log(b / a) for a, b in zip(firsts, seconds, strict=True))
    told = {n: smallest_difference(scatter, n) for n in TOLD_PAIRS}
    is_same = sure.low <= 1 <= sure.high
    said = (
        f"the same work twice, {len(firsts)} pairs: second against first {usual.value - 1:+.2%} "
        f"({sure.low - 1:+.2%} to {sure.high - 1:+.2%}, {100 * SURE_LEVEL:g} % interval)"
    )
    shown = ", ".join(f"{told[n]:.1%} with {n}" for n in TOLD_PAIRS)
    return SelfTest(
        name=name,
        verdict=Verdict.PASSED if is_same else Verdict.FAILED,
        message=f"{said}. Half-width of the 95 % interval of such pairs here: {shown}; a "
        "difference shows four times in five if it is 1.4 times that."
        if is_same
        else f"{said}: a difference where there is none.",
        advice=""
        if is_same
        else "The machine drifts, or something runs in step with the test: measure in randomized "
        "blocks (`breakeven run` does), and repeat this test on a quiet machine.",
        figures={
            "n_pairs": len(firsts),
            "difference_frac": usual.value - 1,
            "low_frac": usual.low - 1,
            "high_frac": usual.high - 1,
            "sure_low_frac": sure.low - 1,
            "sure_high_frac": sure.high - 1,
            "pair_scatter_frac": scatter,
            **{f"smallest_frac_{n}_pairs": told[n] for n in TOLD_PAIRS},
        },
    )


_WORDS = {
    Resource.CPU_S: "CPU seconds",
    Resource.ENERGY_J: "joules",
    Resource.DURATION_S: "wall-clock time",
}


def _totals(measured: Sequence[Measurement]) -> dict[Resource, tuple[float, ...]]:
    """Total of each resource in every window; one that a window did not see is left out."""
    found: dict[Resource, tuple[float, ...]] = {}
    for resource in _WORDS:
        totals = [m.total(resource) for m in measured]
        if totals and all(total is not None for total in totals):
            found[resource] = tuple(total.value for total in totals if total is not None)
    return found
