"""What a tuned row searches: which settings, in which ranges, judged by what."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from breakeven.errors import SettingsError
from breakeven.records import Scalar

TPE, RANDOM = "tpe", "random"
HYPERBAND = "hyperband"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Numbers between two ends, both included.

    Attributes:
        low: Smallest.
        high: Largest, above `low`.
        log: Whether equal ratios are equally likely.
        step: Distance of neighbours; None is every number, or every whole one.
    """

    low: float
    high: float
    log: bool = False
    step: float | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it holds whole numbers only."""
        return isinstance(self.low, int) and isinstance(self.high, int)

    def of_type(self, example: Scalar) -> "Range":
        """The same range for a setting that has the type of `example`.

        Raises:
            SettingsError: If that is no number, or whole and an end or the step is not.

        Examples:
            >>> Range(low=0, high=1).of_type(0.01)
            Range(low=0.0, high=1.0, log=False, step=None)
        """
        if isinstance(example, bool | str):
            raise SettingsError("takes no numbers; give the choices in a list")
        kind = type(example)
        for name, value in (("low", self.low), ("high", self.high), ("step", self.step or 0)):
            if kind(value) != value:
                raise SettingsError(
                    f"takes whole numbers, and `{name}` is {value:g}; give a whole one"
                )
        step = None if self.step is None else kind(self.step)
        return replace(self, low=kind(self.low), high=kind(self.high), step=step)

    def __str__(self) -> str:
        log = " log" if self.log else ""
        step = "" if self.step is None else f" step {self.step:g}"
        return f"{self.low:g}..{self.high:g}{log}{step}"


Choices = Range | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """A search for the settings of one row.

    Attributes:
        n_trials: How many settings are tried.
        sampler: "tpe" or "random".
        n_rungs: Most judgements of a trial, after each of which Hyperband may end it; 0 for no
            pruning.
        metric: Score of the validation split that trials are compared by.
        space: What is drawn, by setting.
        seed: Of the sampler.
    """

    n_trials: int
    sampler: str
    n_rungs: int
    metric: str
    space: Mapping[str, Choices]
    seed: int

    @property
    def text(self) -> str:
        """Everything that what is drawn depends on, in one line."""
        pruner = f"{HYPERBAND} over {self.n_rungs}" if self.n_rungs else "no pruning"
        drawn = "; ".join(f"{name} {_shown(choices)}" for name, choices in self.space.items())
        return f"{self.sampler}, {pruner}, {self.metric}, seed {self.seed}: {drawn}"

    @property
    def largest(self) -> dict[str, Scalar]:
        """The largest that could be drawn of each setting, for bounds of what a trial takes."""
        return {name: extremes(choices)[-1] for name, choices in self.space.items()}


def extremes(choices: Choices) -> tuple[Scalar, ...]:
    """Values that stand for all: the ends of a range, the choices with the largest number last.

    Examples:
        >>> extremes(Range(low=1, high=3)), extremes((32, 16))
        ((1, 3), (16, 32))
    """
    if isinstance(choices, Range):
        return choices.low, choices.high
    return tuple(sorted(choices, key=_size))


def n_rungs(settings: Mapping[str, Scalar]) -> int:
    """How often a trial under these settings is judged: once per epoch; 0 where it has none.

    Examples:
        >>> n_rungs({"epochs": 0.0, "max_epochs": 10}), n_rungs({"epochs": 1.5}), n_rungs({})
        (10, 2, 0)
    """
    return math.ceil(float(settings.get("epochs", 0)) or float(settings.get("max_epochs", 0)))


def _size(value: Scalar) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else -math.inf


def _shown(choices: Choices) -> str:
    return str(choices) if isinstance(choices, Range) else "|".join(map(str, choices))
