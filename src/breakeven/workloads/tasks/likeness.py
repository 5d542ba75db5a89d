"""Likeness: texts of one split that stand in another, word for word or nearly.

Near duplicates share at least half of their runs of three words (Jaccard similarity of shingles,
Broder 1997). Texts of up to `SKETCH` shingles are compared exactly, longer ones by the smallest
hashes of their shingles (bottom-k sketches, the same source). Texts of fewer than three words have
no near duplicates, only exact ones.
"""

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from breakeven.records import Scalar
from breakeven.workloads.tasks.task import Split, Task

WIDTH = 3
LEAST = 0.5
SKETCH = 64
N_SHOWN = 3
COMMON = 100
"""Texts; shingles that stand in more of them lead to no candidates."""

_WORD = re.compile(r"\w+")
_MIX = np.uint64(0x9E3779B97F4A7C15)

Sketch = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Texts of a later split that are like some text of an earlier one.

    Attributes:
        exact: Index in the earlier split, by index in the later one: equal once normalised.
        near: The same for those that are alike but not equal.
    """

    exact: Mapping[int, int]
    near: Mapping[int, int]


def normalised(text: str) -> str:
    """Leave the words of a text, in lower case; the signs of one that has no words.

    >>> normalised("A fine, FINE film!"), normalised(" ?! ")
    ('a fine fine film', '?!')
    """
    return " ".join(_WORD.findall(text.lower())) or text.strip()


def whole_texts(split: Split[object]) -> list[str]:
    """Text of each example, with its second text where it has one.

    >>> whole_texts(Split(texts=("a",), pairs=("b",), labels=(0,), sources=("f",)))
    ['a b']
    """
    if not split.pairs:
        return list(split.texts)
    return [f"{text} {pair}" for text, pair in zip(split.texts, split.pairs, strict=True)]


def likeness_facts(task: Task[Any]) -> dict[str, Scalar]:
    """Count validation and test texts that stand in train, and name the first of them.

    Texts that are equal but for case and signs are told from those that are nearly so.
    """
    train, validation, test = task.train, task.validation, task.test
    found = find_alike(whole_texts(train), [*whole_texts(validation), *whole_texts(test)])
    n = len(validation)
    facts: dict[str, Scalar] = {}
    for how, alike in (("in", found.exact), ("near", found.near)):
        n_later = sum(i < n for i in alike)
        facts[f"n_validation_{how}_train"] = n_later
        facts[f"n_test_{how}_train"] = len(alike) - n_later
    shown = [
        f"{i - n} {sign} {j}"
        for sign, alike in (("=", found.exact), ("~", found.near))
        for i, j in alike.items()
        if i >= n
    ]
    return facts | ({"test_in_train": ", ".join(shown[:N_SHOWN])} if shown else {})


def find_alike(earlier: Sequence[str], later: Sequence[str]) -> Likeness:
    """Find the texts of one split that stand in another.

    Args:
        earlier: Such as those of train.
        later: Such as those of test.

    Examples:
        >>> train = ["It was a fine day in May.", "Nothing else happened at all that day."]
        >>> found = find_alike(train, ["it was a FINE day in May", "Nothing else happened at all."])
        >>> dict(found.exact), dict(found.near)
        ({0: 0}, {1: 1})
    """
    known, asked = [*map(normalised, earlier)], [*map(normalised, later)]
    first: dict[str, int] = {}
    for index, text in enumerate(known):
        first.setdefault(text, index)
    exact = {i: first[text] for i, text in enumerate(asked) if text and text in first}
    rest = {i: text for i, text in enumerate(asked) if i not in exact}
    return Likeness(exact=exact, near=_near(known, rest))


def _near(known: Sequence[str], asked: Mapping[int, str]) -> dict[int, int]:
    """Most similar known text of each that is asked for, where one is similar enough."""
    sketches = dict(zip(asked, _sketches(asked.values()), strict=True))
    places = _rare_places(sketches)
    n_rare = Counter(i for found in places.values() for i in found)
    best: dict[int, tuple[float, int]] = {}
    for j, sketch in enumerate(_sketches(known)):
        shared = Counter(i for shingle in sketch.tolist() for i in places.get(shingle, ()))
        for i, n_shared in shared.items():
            # Of two texts with similarity 1/2 each holds half the other; the sketch varies.
            if 2 * n_shared < LEAST * n_rare[i]:
                continue
            alike = _similarity(sketch, sketches[i])
            if alike >= LEAST and alike > best.get(i, (0.0, 0))[0]:
                best[i] = (alike, j)
    return {i: j for i, (_, j) in sorted(best.items())}


def _rare_places(sketches: Mapping[int, Sketch]) -> dict[int, list[int]]:
    """Texts by shingle, without the shingles that so many have that they tell nothing."""
    places: dict[int, list[int]] = defaultdict(list)
    for i, sketch in sketches.items():
        for shingle in sketch.tolist():
            places[shingle].append(i)
    return {shingle: found for shingle, found in places.items() if len(found) <= COMMON}


def _similarity(one: Sketch, two: Sketch) -> float:
    """Jaccard similarity of two texts, from the smallest hashes of their union."""
    union = np.union1d(one, two)
    smallest = union[:SKETCH] if SKETCH in (len(one), len(two)) else union
    is_shared = np.isin(smallest, one) & np.isin(smallest, two)
    return float(is_shared.mean())


def _sketches(texts: Iterable[str]) -> Iterable[Sketch]:
    """Smallest hashes of the shingles of each text, ascending; none below `WIDTH` words."""
    seen: dict[str, int] = {}
    for text in texts:
        words = text.split()
        ids = [seen.get(w) or seen.setdefault(w, zlib.crc32(w.encode()) + 1) for w in words]
        hashes = np.array(ids, dtype=np.uint64)
        if len(hashes) < WIDTH:
            yield hashes[:0]
            continue
        mixed = np.zeros(len(hashes) - WIDTH + 1, dtype=np.uint64)
        for offset in range(WIDTH):
            mixed = _mix(mixed + hashes[offset : len(hashes) - WIDTH + 1 + offset])
        yield np.unique(mixed)[:SKETCH]


def _mix(values: Sketch) -> Sketch:
    """Spread bits (the finaliser of splitmix64, Steele et al. 2014)."""
    values = (values + _MIX) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
