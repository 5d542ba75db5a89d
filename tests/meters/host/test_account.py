"""CPU seconds of a tree: who is reaped is counted once, who is reaped by nobody is not lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.meters.host.account import TreeAccount
from breakeven.meters.host.tree import ProcessId, Seen

ROOT = 100
CHILD, GRANDCHILD, STRANGER = ProcessId(101, 7), ProcessId(102, 8), 1


def seen(parent_pid: int, own_s: float, reaped_s: float = 0.0) -> Seen:
    return Seen(parent_pid=parent_pid, own_s=own_s, reaped_s=reaped_s)


@pytest.fixture
def account() -> TreeAccount:
    return TreeAccount(root_pid=ROOT)


def test_a_living_child_counts(account: TreeAccount) -> None:
    assert account.update({CHILD: seen(ROOT, 2.0)}, reaped_s=0.0) == 2.0


def test_a_child_that_is_reaped_counts_once(account: TreeAccount) -> None:
    account.update({CHILD: seen(ROOT, 2.0)}, reaped_s=0.0)
    assert account.update({}, reaped_s=2.5) == 2.5


def test_a_child_and_grandchild_reaped_between_two_looks_count_once(
    account: TreeAccount,
) -> None:
    account.update({CHILD: seen(ROOT, 2.0), GRANDCHILD: seen(101, 3.0)}, reaped_s=0.0)
    assert account.update({}, reaped_s=5.25) == 5.25


def test_a_grandchild_reaped_by_its_living_parent_counts_once(account: TreeAccount) -> None:
    account.update({CHILD: seen(ROOT, 2.0), GRANDCHILD: seen(101, 3.0)}, reaped_s=0.0)
    assert account.update({CHILD: seen(ROOT, 2.0, reaped_s=3.1)}, reaped_s=0.0) == 5.1


def test_an_orphan_is_followed_and_what_was_seen_of_it_stays(account: TreeAccount) -> None:
    account.update({CHILD: seen(ROOT, 1.0), GRANDCHILD: seen(101, 3.0)}, reaped_s=0.0)
    account.update({GRANDCHILD: seen(STRANGER, 3.5)}, reaped_s=1.0)
    assert account.update({}, reaped_s=1.0) == 4.5


def test_a_child_that_nobody_waits_for_is_not_lost(account: TreeAccount) -> None:
    account.update({CHILD: seen(ROOT, 2.0)}, reaped_s=0.0)
    assert account.update({}, reaped_s=0.0) == 2.0


def test_what_is_lost_with_a_parent_that_did_not_wait_stays(account: TreeAccount) -> None:
    account.update({CHILD: seen(ROOT, 2.0), GRANDCHILD: seen(101, 3.0)}, reaped_s=0.0)
    assert account.update({}, reaped_s=2.0) == 5.0


def test_ticks_never_make_the_total_fall_or_grow(account: TreeAccount) -> None:
    account.update({CHILD: seen(ROOT, 2.0), GRANDCHILD: seen(101, 3.019)}, reaped_s=0.0)
    assert account.update({CHILD: seen(ROOT, 2.0, reaped_s=3.0)}, reaped_s=0.0) == 5.019
    assert account.update({}, reaped_s=5.019) == 5.019


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), min_size=1, max_size=20))
def test_the_total_is_what_was_burnt_whether_or_not_the_root_waits(
    children: list[tuple[float, bool]],
) -> None:
    account, reaped_s, burnt_s = TreeAccount(root_pid=ROOT), 0.0, 0.0
    for number, (own_s, is_reaped) in enumerate(children):
        burnt_s += own_s
        account.update({ProcessId(200 + number, 1): seen(ROOT, own_s)}, reaped_s=reaped_s)
        reaped_s += own_s if is_reaped else 0.0
        assert account.total_s == pytest.approx(burnt_s, abs=0.03 * (number + 1))
    assert account.update({}, reaped_s=reaped_s) == pytest.approx(burnt_s, abs=0.6)


@given(
    st.lists(
        st.tuples(st.dictionaries(st.integers(101, 105), st.floats(0, 10)), st.floats(0, 1)),
        max_size=20,
    )
)
def test_the_total_never_falls_whatever_is_seen(
    looks: list[tuple[dict[int, float], float]],
) -> None:
    account, reaped_s, before_s = TreeAccount(root_pid=ROOT), 0.0, 0.0
    for own_by_pid, more_s in looks:
        reaped_s += more_s
        live = {ProcessId(pid, 1): seen(ROOT, own_s) for pid, own_s in own_by_pid.items()}
        assert account.update(live, reaped_s=reaped_s) >= before_s
        before_s = account.total_s
