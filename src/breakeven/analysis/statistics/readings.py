"""Readings: one number by subject and levels of factors, whoever wrote it down.

Runs of a store and rows of anybody's table come to the same shape here: a value, what it was
measured in (a block, a repeat, a participant: the *subject*), and which configuration it is of, as
one level of each factor. Every analysis of `breakeven compare` starts from this.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from breakeven.analysis.curves.fits import Floats
from breakeven.analysis.samples.two_samples import Sample
from breakeven.analysis.uncertain import once
from breakeven.records import Kind, Origin

MIN_SUBJECTS = 2
"""Subjects that a spread takes."""

BETWEEN_LEVELS = " / "
"""Stands between the levels that name a configuration of several factors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value.

    Attributes:
        value: In the unit of its column.
        levels: One of each factor.
        subject: Block, repeat or participant; empty outside of any.
        position: Place in the executed order; None where nobody wrote it down.
    """

    value: float
    levels: tuple[str, ...]
    subject: str = ""
    position: float | None = None

    @property
    def configuration(self) -> str:
        """Its levels as one name."""
        return BETWEEN_LEVELS.join(self.levels)


@dataclass(frozen=True, kw_only=True)
class Readings:
    """Every value of one number.

    Attributes:
        name: Key, with unit suffix where it has a unit.
        title: For people.
        factors: What the levels are of.
        readings: In the order read.
        subject: What the subjects are, such as "block"; empty where there are none.
        where: What these readings are all of: store, study and task, or the file.
        kinds: How the numbers came about; empty where nobody says.
        origins: Where they were obtained.
    """

    name: str
    title: str
    factors: tuple[str, ...]
    readings: tuple[Reading, ...]
    subject: str = "block"
    where: str = ""
    kinds: tuple[Kind, ...] = ()
    origins: tuple[Origin, ...] = ()

    @property
    def configurations(self) -> tuple[str, ...]:
        """Names in the order first seen."""
        return once(reading.configuration for reading in self.readings)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Every subject once, numbers in their order."""
        named = once(reading.subject for reading in self.readings if reading.subject)
        return tuple(sorted(named, key=_in_order))

    @property
    def is_positive(self) -> bool:
        """Whether every value has a logarithm."""
        return all(reading.value > 0 for reading in self.readings)

    def samples(self) -> Mapping[str, Sample]:
        """Value by subject of each configuration, the mean where a subject gave several.

        Readings outside subjects have negative keys, as everywhere in `analysis`.
        """
        key = {subject: i for i, subject in enumerate(self.subjects)}
        by_key: defaultdict[str, defaultdict[int, list[float]]]
        by_key = defaultdict(lambda: defaultdict(list))
        for i, reading in enumerate(self.readings):
            by_key[reading.configuration][key.get(reading.subject, -1 - i)].append(reading.value)
        return {
            name: {k: fmean(values) for k, values in own.items()} for name, own in by_key.items()
        }

    def averaged(self) -> Mapping[str, tuple[int, int]]:
        """Values and subjects of each configuration of which some subject gave several."""
        found: dict[str, tuple[int, int]] = {}
        for name in self.configurations:
            held = [r.subject for r in self.readings if r.configuration == name and r.subject]
            if len(held) > len(set(held)):
                found[name] = (len(held), len(set(held)))
        return found

    def levels(self, factor: int) -> tuple[str, ...]:
        """Levels of one factor in the order first seen."""
        return once(reading.levels[factor] for reading in self.readings)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The subjects that gave a value in every configuration.

    Attributes:
        subjects: Those that did.
        left_out: Those that did not.
        configurations: Name of each column.
        values: shape (n_subjects, n_configurations).
    """

    subjects: tuple[str, ...]
    left_out: tuple[str, ...]
    configurations: tuple[str, ...]
    values: Floats


def layout(found: Readings, configurations: Sequence[str] = ()) -> Layout:
    """Arrange readings by subject and configuration, whole subjects only.

    Args:
        found: Readings.
        configurations: Columns in order; every one, as first seen, by default.

    Examples:
        >>> rows = [("0", "a", 1.0), ("0", "b", 2.0), ("1", "b", 3.0)]
        >>> readings = [Reading(value=v, subject=s, levels=(l,)) for s, l, v in rows]
        >>> made = layout(Readings(name="t_s", title="Time, s", factors=("f",),
        ...                        readings=tuple(readings)))
        >>> made.values.tolist(), made.left_out
        ([[1.0, 2.0]], ('1',))
    """
    columns = tuple(configurations or found.configurations)
    samples = found.samples()
    whole, part = [], []
    for key, subject in enumerate(found.subjects):
        held = [key in samples[name] for name in columns]
        if all(held):
            whole.append((key, subject))
        elif any(held):
            part.append(subject)
    values = [[samples[name][key] for name in columns] for key, _ in whole]
    return Layout(
        subjects=tuple(subject for _, subject in whole),
        left_out=tuple(part),
        configurations=columns,
        values=np.array(values, dtype=float).reshape(len(whole), len(columns)),
    )


def _in_order(subject: str) -> tuple[float, str]:
    try:
        return float(subject), subject
    except ValueError:
        return float("inf"), subject
