"""The pace of looks: soon after somebody is born or orphaned, seldom when all has settled."""

import pytest

from breakeven.meters.host.pace import (
    FORKING_POLL_S,
    ORPHAN_POLL_S,
    RELAXED_POLL_S,
    YOUNG_POLL_S,
    look_again_s,
)
from breakeven.meters.host.tree import ProcessId, ProcessTree, Seen
from breakeven.testing import SteppingClock

SEEN = Seen(parent_pid=1, own_s=0.0, reaped_s=0.0)


class Aged(ProcessTree):
    """A tree that has lasted so long, whose youngest is so old."""

    def __init__(
        self, *, lasted_s: float, age_s: float, orphans_s: float = 0.0, n_orphans: int = 0
    ) -> None:
        super().__init__(has_children=lambda: False, clock_s=SteppingClock())
        self.looked_s = 1000.0
        self.peopled_s, self.born_s = 1000.0 - lasted_s, 1000.0 - age_s
        self.orphaned_s, self.n_orphans = 1000.0 - orphans_s, n_orphans
        self._found = {ProcessId(60, 1): SEEN}


@pytest.mark.parametrize(
    ("tree", "expected_s"),
    [
        pytest.param(Aged(lasted_s=0, age_s=0), YOUNG_POLL_S, id="just born"),
        pytest.param(Aged(lasted_s=1.2, age_s=1.2), 0.4, id="three looks in an age"),
        pytest.param(Aged(lasted_s=60, age_s=60), RELAXED_POLL_S, id="settled"),
        pytest.param(Aged(lasted_s=60, age_s=0), FORKING_POLL_S, id="forks all the time"),
        pytest.param(Aged(lasted_s=60, age_s=60, n_orphans=1), ORPHAN_POLL_S, id="orphaned now"),
        pytest.param(
            Aged(lasted_s=60, age_s=60, n_orphans=1, orphans_s=8), 0.2, id="a fortieth of its life"
        ),
        pytest.param(
            Aged(lasted_s=60, age_s=60, n_orphans=1, orphans_s=60), RELAXED_POLL_S, id="a daemon"
        ),
    ],
)
def test_the_pace_follows_the_age(tree: ProcessTree, expected_s: float) -> None:
    assert look_again_s(tree, is_watching=False) == pytest.approx(expected_s)


def test_an_empty_tree_is_at_rest_unless_a_command_is_about_to_start() -> None:
    tree = ProcessTree(has_children=lambda: False)
    tree.scan()
    assert look_again_s(tree, is_watching=False) == RELAXED_POLL_S
    assert look_again_s(tree, is_watching=True) == YOUNG_POLL_S
