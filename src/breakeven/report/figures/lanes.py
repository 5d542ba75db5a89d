"""Lanes: where the nodes of a graph stand when each has a line of its own, as in a list of commits.

Nodes come parents first, one below the other. A node stands to the right of its parents, in the
first lane that no line between others occupies there, so that lines cross but never run through
a node.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Place of one node.

    Attributes:
        lane: From 0 at the left.
        clear: First lane to the right of the node and of every line that passes it.
    """

    lane: int
    clear: int


def lanes(order: Sequence[str], parents: Mapping[str, Sequence[str]]) -> dict[str, Lane]:
    """Choose a lane for each node.

    Args:
        order: Nodes from top to bottom; a parent that stands below its child is not drawn.
        parents: Of each node; those that are not in `order` are not drawn.

    Examples:
        >>> found = lanes(["a", "b", "c", "d"], {"b": ["a"], "c": ["b"], "d": ["a"]})
        >>> [(name, place.lane) for name, place in found.items()]
        [('a', 0), ('b', 1), ('c', 2), ('d', 1)]
    """
    at = {name: index for index, name in enumerate(order)}
    drawn = {name: above(name, parents, at) for name in order}
    last = {
        name: max((at[child] for child in order if name in drawn[child]), default=at[name])
        for name in order
    }
    chosen: dict[str, int] = {}
    until: dict[int, int] = {}
    for name in order:
        lane = 1 + max((chosen[parent] for parent in drawn[name]), default=-1)
        while until.get(lane, -1) >= at[name]:
            lane += 1
        chosen[name] = lane
        until[lane] = last[name]
    return {
        name: Lane(
            lane=chosen[name],
            clear=1 + max(chosen[o] for o in order if at[o] <= at[name] <= max(at[o], last[o])),
        )
        for name in order
    }


def above(
    name: str, parents: Mapping[str, Sequence[str]], at: Mapping[str, int]
) -> tuple[str, ...]:
    """Parents of a node that are drawn above it.

    Args:
        name: Of the node.
        parents: Of each node.
        at: Place of each from the top.

    Examples:
        >>> above("b", {"b": ["a", "z"]}, {"a": 0, "b": 1})
        ('a',)
    """
    return tuple(p for p in parents.get(name, ()) if p in at and at[p] < at[name])
