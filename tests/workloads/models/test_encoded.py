import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.workloads.models.batches import collate
from breakeven.workloads.models.encoded import Encoded

THREE = Encoded(ids=[[1], [2, 2], [3], [4]], example_of=[0, 1, 1, 2], places=["a", "b", "c", "d"])
"""The second of three examples is two windows."""


def test_examples_are_counted_once_however_many_windows_they_make() -> None:
    assert THREE.n_begun(range(4)) == 3
    assert [THREE.n_begun([i]) for i in range(4)] == [1, 1, 0, 1]
    assert collate(THREE, (1, 2), pad_id=0).volume.n_examples == 1


def test_examples_are_taken_with_all_their_windows_and_numbered_anew() -> None:
    taken = THREE.take([2, 1])
    assert taken.ids == [[4], [2, 2], [3]]
    assert taken.example_of == [0, 1, 1]
    assert taken.places == ["d", "b", "c"]
    assert taken.type_ids == ()


@given(st.lists(st.integers(1, 4), min_size=1, max_size=9), st.data())
def test_any_examples_bring_their_own_windows(n_each: list[int], data: st.DataObject) -> None:
    example_of = [i for i, n in enumerate(n_each) for _ in range(n)]
    whole = Encoded(ids=[[i] for i in example_of], example_of=example_of)
    asked = data.draw(st.lists(st.integers(0, len(n_each) - 1), unique=True))
    taken = whole.take(asked)
    assert [ids[0] for ids in taken.ids] == [asked[i] for i in taken.example_of]
    assert taken.n_begun(range(len(taken))) == len(asked)


def test_type_ids_are_padded_like_the_tokens() -> None:
    pairs = Encoded.one_each([[5, 6, 7], [8]], type_ids=[[0, 1, 1], [0]])
    types = collate(pairs, (0, 1), pad_id=9).type_ids
    assert types is not None
    assert types.tolist() == [[0, 1, 1], [0, 0, 0]]
    assert pairs.take([1]).type_ids == [[0]]


def test_parts_of_windows_must_be_equally_many() -> None:
    with pytest.raises(ValueError, match="2 windows need as many examples"):
        Encoded(ids=[[1], [2]], example_of=[0])
    with pytest.raises(ValueError, match="2 windows need as many"):
        Encoded.one_each([[1], [2]], places=["a"])
