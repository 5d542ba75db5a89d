"""Division: how examples become train, validation and test, whole groups together or not."""

import random
from collections import Counter
from collections.abc import Sequence

from breakeven.errors import DataFileError

SHARES = {"train": 0.7, "validation": 0.1, "test": 0.2}


def divide_at_random(labels: Sequence[int], *, seed: int) -> dict[str, list[int]]:
    """Split within each class by `SHARES`, whatever the group.

    Returns:
        Ascending indices by split.
    """
    rng = random.Random(f"random-{seed}")  # noqa: S311 - a split, not a secret
    parts: dict[str, list[int]] = {name: [] for name in SHARES}
    for label in sorted(set(labels)):
        mine = [i for i, own in enumerate(labels) if own == label]
        rng.shuffle(mine)
        n_train = round(SHARES["train"] * len(mine))
        n_test = round(SHARES["test"] * len(mine))
        parts["test"] += mine[:n_test]
        parts["train"] += mine[n_test : n_test + n_train]
        parts["validation"] += mine[n_test + n_train :]
    return {name: sorted(indices) for name, indices in parts.items()}


def divide_by_group(
    labels: Sequence[int], groups: Sequence[str], *, seed: int
) -> dict[str, list[int]]:
    """Split so that no group stands in two parts and every class stands in each.

    Each class is divided on its own: one small group is set aside for each part, then the
    others, in seeded order, go where most is still missing. Groups belong to one class each.

    Args:
        labels: Class of each example.
        groups: Group of each example (its file).
        seed: Of the order in which groups are dealt out.

    Returns:
        Ascending indices by split.

    Raises:
        DataFileError: If a class has fewer groups than there are parts.
    """
    rng = random.Random(f"by-group-{seed}")  # noqa: S311 - a split, not a secret
    part_of: dict[str, str] = {}
    for label in sorted(set(labels)):
        mine = [g for g, own in zip(groups, labels, strict=True) if own == label]
        part_of |= _deal(Counter(mine), rng, label=label)
    parts: dict[str, list[int]] = {name: [] for name in SHARES}
    for index, group in enumerate(groups):
        parts[part_of[group]].append(index)
    return parts


def _deal(sizes: Counter[str], rng: random.Random, *, label: int) -> dict[str, str]:
    if len(sizes) < len(SHARES):
        raise DataFileError(
            f"class {label} has {len(sizes)} files, and a split by file needs at least "
            f"{len(SHARES)}; use split=random or add sources"
        )
    n_examples = sum(sizes.values())
    missing = {name: share * n_examples for name, share in SHARES.items()}
    order = sorted(sizes)
    rng.shuffle(order)
    dealt: dict[str, str] = {}
    by_need = sorted(SHARES, key=lambda name: SHARES[name])
    seeds = sorted(order, key=lambda group: sizes[group] > missing[by_need[0]])
    for name, group in zip(by_need, seeds, strict=False):
        dealt[group] = name
        missing[name] -= sizes[group]
    for group in order:
        if group not in dealt:
            name = max(missing, key=lambda part: missing[part])
            dealt[group] = name
            missing[name] -= sizes[group]
    return dealt
