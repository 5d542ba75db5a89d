import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import DataFileError
from breakeven.workloads.tasks.division import SHARES, divide_at_random, divide_by_group


@st.composite
def grouped_examples(draw: st.DrawFn) -> tuple[list[int], list[str]]:
    """Labels and groups; each class owns at least three groups of its own."""
    labels: list[int] = []
    groups: list[str] = []
    for label in range(draw(st.integers(1, 4))):
        for number, size in enumerate(draw(st.lists(st.integers(1, 30), min_size=3, max_size=12))):
            labels += [label] * size
            groups += [f"{label}/{number}"] * size
    return labels, groups


@given(grouped_examples(), st.integers(0, 99))
def test_no_group_stands_in_two_parts_and_each_class_in_every_part(
    examples: tuple[list[int], list[str]], seed: int
) -> None:
    labels, groups = examples
    parts = divide_by_group(labels, groups, seed=seed)
    assert sorted(i for part in parts.values() for i in part) == list(range(len(labels)))
    seen = [{groups[i] for i in part} for part in parts.values()]
    assert sum(map(len, seen)) == len(set(groups))
    assert all({labels[i] for i in part} == set(labels) for part in parts.values())


@given(st.lists(st.integers(0, 3), min_size=40, max_size=200), st.integers(0, 99))
def test_random_division_holds_every_example_once_in_the_shares_asked(
    labels: list[int], seed: int
) -> None:
    parts = divide_at_random(labels, seed=seed)
    assert sorted(i for part in parts.values() for i in part) == list(range(len(labels)))
    for name, share in SHARES.items():
        assert abs(len(parts[name]) - share * len(labels)) <= 2 * len(set(labels))


def test_many_equal_groups_come_close_to_the_shares() -> None:
    groups = [f"g{i // 5}" for i in range(500)]
    parts = divide_by_group([0] * 500, groups, seed=1)
    assert {name: len(part) for name, part in parts.items()} == {
        "train": 350,
        "validation": 50,
        "test": 100,
    }


def test_a_huge_group_is_trained_on() -> None:
    groups = ["huge"] * 80 + ["a"] * 5 + ["b"] * 5 + ["c"] * 5 + ["d"] * 5
    for seed in range(5):
        assert 0 in divide_by_group([0] * 100, groups, seed=seed)["train"]


def test_the_seed_decides_the_division() -> None:
    groups = [f"g{i}" for i in range(30)]
    divisions = [divide_by_group([0] * 30, groups, seed=seed)["test"] for seed in (1, 1, 2)]
    assert divisions[0] == divisions[1] != divisions[2]


def test_too_few_groups_are_refused() -> None:
    with pytest.raises(DataFileError, match=r"class 1 has 2 files.*split=random"):
        divide_by_group([0, 0, 0, 1, 1], ["a", "b", "c", "d", "e"], seed=0)
