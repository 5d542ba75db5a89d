from hypothesis import given
from hypothesis import strategies as st

from breakeven.report.figures.lanes import lanes


def test_a_chain_goes_one_lane_to_the_right_at_each_step() -> None:
    found = lanes(["a", "b", "c"], {"b": ["a"], "c": ["b"]})

    assert [place.lane for place in found.values()] == [0, 1, 2]


def test_a_lane_is_used_again_once_its_line_has_ended() -> None:
    found = lanes(["a", "b", "c", "d"], {"b": ["a"], "d": ["c"]})

    assert [place.lane for place in found.values()] == [0, 1, 0, 1]


def test_a_line_that_passes_keeps_its_lane_free() -> None:
    """From a to d, past b and c, which rest on nothing."""
    found = lanes(["a", "b", "c", "d"], {"d": ["a"]})

    assert [place.lane for place in found.values()] == [0, 1, 1, 1]
    assert [place.clear for place in found.values()] == [1, 2, 2, 2]


def test_words_begin_to_the_right_of_lines_that_pass() -> None:
    """The line from b to e passes c and d, which stand in lower or other lanes."""
    parents = {"b": ["a"], "c": ["b"], "d": [], "e": ["b"]}

    assert lanes(["a", "b", "c", "d", "e"], parents)["d"].clear == 2


def test_parents_that_are_not_drawn_or_stand_below_draw_no_line() -> None:
    found = lanes(["a", "b"], {"a": ["b", "gone"], "b": ["a"]})

    assert [place.lane for place in found.values()] == [0, 1]


@given(st.lists(st.sets(st.integers(0, 11), max_size=3), min_size=1, max_size=12))
def test_no_line_runs_through_a_node(above: list[set[int]]) -> None:
    order = [str(i) for i in range(len(above))]
    parents = {str(i): sorted(str(p) for p in own if p < i) for i, own in enumerate(above)}

    found = lanes(order, parents)

    ends = [(int(p), int(c)) for c, own in parents.items() for p in own]
    through = [
        (parent, node)
        for parent, child in ends
        for node in range(parent + 1, child)
        if found[str(node)].lane == found[str(parent)].lane
    ]
    assert through == []
    assert all(found[str(c)].lane > found[str(p)].lane for p, c in ends)
