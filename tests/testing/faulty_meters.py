"""A meter without a fault, and one with each fault that the suite looks for."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

from breakeven.errors import MeterUnavailableError, SettingsError
from breakeven.records.protocols import Channel, Reading
from breakeven.testing import joules

GPU = replace(joules("gpu0"), device="gpu:GPU-0")


class Good:
    """A meter without a fault; each class below has one."""

    name = "good"
    poll_period_s = 60.0

    def __init__(self) -> None:
        self.total_j = 0.0
        self.is_broken = False

    def channels(self) -> Sequence[Channel]:
        return [GPU]

    def read(self) -> Reading:
        if self.is_broken:
            raise MeterUnavailableError("it is gone.")
        self.total_j += 1.0
        return Reading(totals={"gpu0": self.total_j})

    def close(self) -> None:
        pass

    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> "Good":
        raise SettingsError(f"meter 'good' has no option {next(iter(options))!r}; it takes none")


class Nameless(Good):
    name = ""


class Restless(Good):
    poll_period_s = 0.0


class Silent(Good):
    def channels(self) -> Sequence[Channel]:
        return []


class Twins(Good):
    def channels(self) -> Sequence[Channel]:
        return [GPU, GPU]


class InsideItself(Good):
    def channels(self) -> Sequence[Channel]:
        return [replace(GPU, part_of="gpu0")]


class ChecksItself(Good):
    def channels(self) -> Sequence[Channel]:
        return [replace(GPU, check_of="gpu0")]


class Homeless(Good):
    def channels(self) -> Sequence[Channel]:
        return [joules("gpu0")]


class Changing(Good):
    def channels(self) -> Sequence[Channel]:
        return [replace(GPU, resolution=self.total_j)]


class Undescribed(Good):
    def read(self) -> Reading:
        return Reading(totals={"gpu7": 1.0})


class NotANumber(Good):
    def read(self) -> Reading:
        return Reading(totals={"gpu0": math.nan})


class BackInTime(Good):
    def read(self) -> Reading:
        return Reading(totals={"gpu0": 1.0}, covered_s={"gpu0": -1.0})


class Falling(Good):
    def read(self) -> Reading:
        self.total_j -= 1.0
        return Reading(totals={"gpu0": self.total_j})


class Vanishing(Good):
    def read(self) -> Reading:
        self.total_j += 1.0
        return Reading(totals={"gpu0": 1.0} if self.total_j < 2 else {})


class Seeing(Good):
    """What it says that it observed shrinks."""

    def read(self) -> Reading:
        self.total_j -= 1.0
        return Reading(totals={"gpu0": 1.0}, covered_s={"gpu0": 10.0 + self.total_j})


class Slow(Good):
    def read(self) -> Reading:
        sum(range(200_000))
        return super().read()


class OnceOnly(Good):
    def close(self) -> None:
        if self.is_broken:
            raise RuntimeError("closed already")
        self.is_broken = True


class Crashing(Good):
    """Raises what no caller expects, once it is closed or its sensor is gone."""

    def close(self) -> None:
        self.is_broken = True

    def read(self) -> Reading:
        if self.is_broken:
            raise KeyError("handle")
        return super().read()


class Inventing(Good):
    """Goes on as if nothing had happened, from zero."""

    def read(self) -> Reading:
        return Reading(totals={"gpu0": 0.0 if self.is_broken else 5.0})


class CountingOn(Good):
    """Goes on as if nothing had happened."""

    def read(self) -> Reading:
        self.total_j += 1.0
        return Reading(totals={"gpu0": self.total_j})


class AfraidOfForks(Good):
    def __init__(self) -> None:
        super().__init__()
        self._pid = os.getpid()

    def read(self) -> Reading:
        if os.getpid() != self._pid:
            raise RuntimeError("not my process")
        return super().read()
