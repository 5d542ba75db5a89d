"""Grouping: which examples of a split hang together, and choices that keep them together.

Examples of one source tell less than as many of different ones, and an example that stands inside
another tells nothing new; so whoever takes a part of a split takes whole groups.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from breakeven.errors import SettingsError
from breakeven.workloads.tasks.likeness import WIDTH, normalised
from breakeven.workloads.tasks.task import Split


def groups_of(split: Split[object]) -> tuple[int, ...]:
    """Group of each example: the index of the group's first one, shape (n_examples,).

    Where some examples share a source, groups are sources. Where the task knows none, examples
    belong together that have a text in common, whatever its case and signs; and a text of at least
    `WIDTH` words that stands in longer ones belongs to the shortest of these, the phrase to its
    sentence. (With each of the longer ones, a common phrase would tie all of a corpus together.)

    >>> groups_of(Split(texts=("a film", "A film!", "it"), labels=(0, 1, 0), sources=("1:1",) * 3))
    (0, 0, 0)
    >>> texts = ("the plot is thin", "dull", "well, the plot is thin and old", "Dull.")
    >>> groups_of(Split(texts=texts, labels=(0, 0, 0, 0), sources=("1", "2", "3", "4")))
    (0, 1, 0, 1)
    """
    if len(set(split.sources)) < len(split):
        return _numbered(_Forest(len(split)), [split.sources])
    forest = _Forest(len(split))
    sides = [[normalised(text) for text in side] for side in (split.texts, split.pairs) if side]
    for side in sides:
        for inner, outer in _containers(side):
            forest.join(inner, outer)
    return _numbered(forest, sides)


def choose_together(groups: Sequence[int], n_examples: int, *, seed: int) -> list[int]:
    """Ascending indices of whole groups in an order of chance, until there are `n_examples`.

    A smaller choice is part of every larger one with the same seed.

    Args:
        groups: Group of each example.
        n_examples: How many at least; the last group may bring more.
        seed: Of the order.

    Raises:
        SettingsError: If there are not so many.

    >>> choose_together([0, 0, 2, 2, 2], 1, seed=0) in ([0, 1], [2, 3, 4])
    True
    """
    if n_examples > len(groups):
        raise SettingsError(
            f"n_examples={n_examples}, but the split has {len(groups)}; set at most so many, or 0 "
            "for all"
        )
    members: dict[int, list[int]] = defaultdict(list)
    for index, group in enumerate(groups):
        members[group].append(index)
    order = sorted(members)
    random.Random(f"examples-{seed}").shuffle(order)  # noqa: S311 - a choice, not a secret
    chosen: list[int] = []
    for group in order:
        if len(chosen) >= n_examples:
            break
        chosen += members[group]
    return sorted(chosen)


class _Forest:
    """Disjoint sets, each known by its smallest member."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, index: int) -> int:
        while self._parent[index] != index:
            self._parent[index] = index = self._parent[self._parent[index]]
        return index

    def join(self, one: int, two: int) -> None:
        low, high = sorted((self.root(one), self.root(two)))
        self._parent[high] = low


def _numbered(forest: _Forest, sides: Iterable[Sequence[str]]) -> tuple[int, ...]:
    """Join examples that have a value in common, and number the groups."""
    first: dict[str, int] = {}
    n = 0
    for side in sides:
        n = len(side)
        for index, value in enumerate(side):
            forest.join(index, first.setdefault(value, index))
    return tuple(forest.root(index) for index in range(n))


def _containers(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Each text that stands in a longer one, with the shortest of these; equal texts once.

    Only texts that hold a text's rarest word are looked through for it.
    """
    once = list({text: index for index, text in reversed(list(enumerate(texts)))}.items())
    n_texts = Counter(word for text, _ in once for word in set(text.split()))
    waiting: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for text, index in once:
        words = text.split()
        if len(words) >= WIDTH:
            waiting[min(words, key=lambda word: (n_texts[word], word))].append((text, index))
    found: dict[int, int] = {}
    for outer, place in sorted(once, key=lambda one: (len(one[0]), one[1])):
        for word in set(outer.split()) & waiting.keys():
            for inner, index in waiting[word]:
                if index != place and index not in found and f" {inner} " in f" {outer} ":
                    found[index] = place
    yield from sorted(found.items())
