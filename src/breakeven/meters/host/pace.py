"""How often to look at a process tree: often while it is young, seldom when it has settled.

What detaches from a tree or takes memory for a moment does so soon after it was born, and a wake of
the sampler costs 0.1 to 0.2 ms of CPU time even if there is nothing to do.
"""

from breakeven.meters.host.tree import ProcessTree

RELAXED_POLL_S = 0.8
"""Nobody below us, or nobody new for a while. The journal is written at the same pace, and whatever
it reads need not be read again."""

YOUNG_POLL_S = 0.1
"""Somebody was born just now: whoever detaches must have been seen in the tree before."""

FORKING_POLL_S = 0.25
"""A tree in which somebody is born all the time, once it has lasted for ten seconds."""

ORPHAN_POLL_S = 0.05
"""Somebody whose parent has just died: the kernel forgets them when they end, so look often."""

_LOOKS_PER_AGE = 3
_LOOKS_PER_LIFE = 40
_LOOKS_PER_ORPHAN_AGE = 40
"""An orphan that ends between two looks then loses a fortieth of its life at most."""


def look_again_s(tree: ProcessTree, *, is_watching: bool) -> float:
    """Seconds until the next look.

    Args:
        tree: After its latest look.
        is_watching: Whether a command is about to be started, so that the first look comes soon.
    """
    if tree.n_orphans:
        age_s = tree.looked_s - tree.orphaned_s
        return _between(ORPHAN_POLL_S, age_s / _LOOKS_PER_ORPHAN_AGE, RELAXED_POLL_S)
    if tree.is_empty:
        return YOUNG_POLL_S if is_watching else RELAXED_POLL_S
    lasted_s, age_s = tree.looked_s - tree.peopled_s, tree.looked_s - tree.born_s
    soonest_s = _between(YOUNG_POLL_S, lasted_s / _LOOKS_PER_LIFE, FORKING_POLL_S)
    return _between(soonest_s, age_s / _LOOKS_PER_AGE, RELAXED_POLL_S)


def _between(low: float, value: float, high: float) -> float:
    return max(low, min(high, value))
