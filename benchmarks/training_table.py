"""What trainings of several arms and seeds say about speed and accuracy; free of torch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev

from benchmarks.result import Result
from benchmarks.training_job import ARMS, OURS, OURS_BUCKETED, TRAINER, TRAINER_GROUPED
from breakeven.analysis.samples.stats import Interval, log_ratio
from breakeven.analysis.uncertain import quantile

FASTER = (
    (OURS, TRAINER, 1.0),
    (OURS_BUCKETED, TRAINER, 1.2),
    (OURS_BUCKETED, TRAINER_GROUPED, 1.0),
)
"""How many times the examples per CPU second the first arm trains at least, against the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """One finished training.

    Attributes:
        arm: One of `ARMS`.
        seed: Arms of one seed were trained side by side.
        cpu_s: CPU seconds of the training loop.
        tokenize_cpu_s: CPU seconds of tokenizing its examples beforehand.
        n_examples: Examples trained on, each once.
        accuracy: On the validation split.
        n_held: Examples of that split.
    """

    arm: str
    seed: int
    cpu_s: float
    tokenize_cpu_s: float
    n_examples: int
    accuracy: float
    n_held: int

    @property
    def rate(self) -> float:
        """Examples per CPU second."""
        return self.n_examples / self.cpu_s


def speedup(ours: Sequence[Trained], theirs: Sequence[Trained]) -> Interval:
    """How many times their examples per CPU second ours reach, over seeds trained side by side."""
    return log_ratio([t.rate for t in ours], [t.rate for t in theirs])


def t_interval(values: Sequence[float]) -> Interval:
    """Mean over seeds with its 95 % t interval.

    Args:
        values: One per seed; a single one has no interval.

    Examples:
        >>> found = t_interval([0.01, 0.02, 0.03])
        >>> [round(x, 4) for x in (found.value, found.low, found.high)]
        [0.02, -0.0048, 0.0448]
    """
    n, mean = len(values), fmean(values)
    if n == 1:
        return Interval(value=mean, low=-math.inf, high=math.inf, n=1)
    half = quantile(n - 1) * stdev(values) / math.sqrt(n)
    return Interval(value=mean, low=mean - half, high=mean + half, n=n)


def results(trained: Sequence[Trained]) -> list[Result]:
    """Speed against Trainer, then accuracy lost against Trainer, each with its limit.

    Args:
        trained: Every arm at the same seeds.
    """
    by_arm = {
        arm: sorted((t for t in trained if t.arm == arm), key=lambda t: t.seed) for arm in ARMS
    }
    return [
        *(_speed(by_arm[ours], by_arm[theirs], at_least=least) for ours, theirs, least in FASTER),
        *(_loss(by_arm[ours], by_arm[theirs]) for ours, theirs, _ in FASTER),
    ]


def told(trained: Sequence[Trained]) -> str:
    """Say what each arm did, one line an arm."""
    return "\n".join(_line([t for t in trained if t.arm == arm]) for arm in ARMS)


def _line(mine: Sequence[Trained]) -> str:
    rates = [t.rate for t in mine]
    accuracy = t_interval([t.accuracy for t in mine])
    tokenize_cpu_s = fmean(t.tokenize_cpu_s for t in mine)
    return (
        f"{mine[0].arm}: {median(rates):.1f} examples per CPU s "
        f"({min(rates):.1f} to {max(rates):.1f}), accuracy {accuracy.value:.4f} "
        f"[{accuracy.low:.4f}, {accuracy.high:.4f}] on {mine[0].n_held}; "
        f"tokenizing apart, {tokenize_cpu_s:.2f} CPU s"
    )


def _speed(ours: Sequence[Trained], theirs: Sequence[Trained], *, at_least: float) -> Result:
    """CPU of an example as a share of theirs, so that less is better as in every other result."""
    found = speedup(ours, theirs)
    ratios = [a.rate / b.rate for a, b in zip(ours, theirs, strict=True)]
    return Result(
        name=f"training, {ours[0].arm} / {theirs[0].arm}",
        value=1 / median(ratios),
        unit="share of CPU",
        limit=1 / at_least,
        detail=f"{median(ratios):.3f}x the examples per CPU s, median of {len(ratios)} seeds "
        f"({min(ratios):.3f} to {max(ratios):.3f}); mean {found.value:.3f} "
        f"[{found.low:.3f}, {found.high:.3f}]",
    )


def _loss(ours: Sequence[Trained], theirs: Sequence[Trained]) -> Result:
    """Accuracy that is surely lost: the lower end of the interval of the paired difference."""
    lost = t_interval([b.accuracy - a.accuracy for a, b in zip(ours, theirs, strict=True)])
    return Result(
        name=f"accuracy lost, {ours[0].arm} / {theirs[0].arm}",
        value=lost.low,
        unit="accuracy",
        limit=0.0,
        detail=f"lower end; mean {lost.value:+.4f} [{lost.low:+.4f}, {lost.high:+.4f}], "
        f"{lost.n} paired seeds",
    )
