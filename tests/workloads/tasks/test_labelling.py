import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import DataFileError
from breakeven.workloads.tasks.labelling import hold_out, label_set, to_split
from breakeven.workloads.tasks.rows import Row
from breakeven.workloads.tasks.task import Split


def rows(*labels: str) -> list[Row]:
    return [Row(text=f"text {n}", label=label, line=n) for n, label in enumerate(labels, start=2)]


def test_stated_labels_keep_their_order() -> None:
    assert label_set("pos, neg", rows("neg"), where="train.tsv") == ("pos", "neg")


def test_found_labels_sort_numbers_by_value() -> None:
    assert label_set("", rows("10", "9", "-1", "b", "a"), where="t") == ("-1", "9", "10", "a", "b")


@pytest.mark.parametrize("stated", ["one", "a,b,a"])
def test_impossible_label_sets_are_refused(stated: str) -> None:
    with pytest.raises(DataFileError, match=r"train\.tsv: \d labels .* expected 2 to 1000"):
        label_set(stated, [], where="train.tsv")


def test_a_column_that_is_no_class_is_refused() -> None:
    with pytest.raises(DataFileError, match="1001 labels"):
        label_set("", rows(*map(str, range(1001))), where="train.tsv")


def test_a_label_outside_the_set_names_label_line_and_set() -> None:
    sentence = r"dev\.tsv:3: label 'meh' is outside the set \{neg, pos\}"
    with pytest.raises(DataFileError, match=sentence):
        to_split(rows("neg", "meh"), ("neg", "pos"), where="dev.tsv")


def test_a_split_without_rows_is_refused() -> None:
    with pytest.raises(DataFileError, match=r"dev\.tsv holds no rows"):
        to_split([], ("neg", "pos"), where="dev.tsv")


def test_rows_become_examples_with_their_place() -> None:
    assert to_split(rows("b", "a"), ("a", "b"), where="t.tsv") == Split(
        texts=("text 2", "text 3"), labels=(1, 0), sources=("t.tsv:2", "t.tsv:3")
    )


@given(st.integers(2, 200), st.floats(0.001, 0.9), st.integers(0, 50))
def test_holding_out_divides_every_split_in_two_full_parts(
    n_examples: int, share: float, seed: int
) -> None:
    whole = to_split(rows(*["a"] * n_examples), ("a", "b"), where="t")
    rest, aside = hold_out(whole, share=share, seed=seed)
    assert len(rest) >= 1
    assert len(aside) == min(max(1, round(share * n_examples)), n_examples - 1)
    assert set(rest.texts) | set(aside.texts) == set(whole.texts)
    assert (rest, aside) == hold_out(whole, share=share, seed=seed)


def test_one_row_cannot_be_divided() -> None:
    with pytest.raises(DataFileError, match="1 training row cannot be divided"):
        hold_out(to_split(rows("a"), ("a", "b"), where="t"), share=0.1, seed=0)
