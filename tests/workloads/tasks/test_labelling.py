import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import DataFileError
from breakeven.workloads.tasks.columns import RawLabel
from breakeven.workloads.tasks.form import Answers, Form
from breakeven.workloads.tasks.labelling import form_of_rows, hold_out, label_set, to_split
from breakeven.workloads.tasks.rows import Row
from breakeven.workloads.tasks.task import Split

CLASSES = Form.CLASSIFICATION
ANSWERS = Answers(texts=("x",), starts=(0,))


def rows(*labels: RawLabel) -> list[Row]:
    return [Row(text=f"text {n}", label=label, line=n) for n, label in enumerate(labels, start=2)]


def test_stated_labels_keep_their_order() -> None:
    assert label_set("pos, neg", ["neg"], where="train.tsv") == ("pos", "neg")


def test_found_labels_sort_numbers_by_value() -> None:
    found = ["10", "9", "-1", "b", "9", "a"]
    assert label_set("", found, where="t") == ("-1", "9", "10", "a", "b")


@pytest.mark.parametrize("stated", ["one", "a,b,a"])
def test_impossible_label_sets_are_refused(stated: str) -> None:
    with pytest.raises(DataFileError, match=r"train\.tsv: \d labels .* expected 2 to 1000"):
        label_set(stated, [], where="train.tsv")


def test_a_column_that_is_no_class_is_refused() -> None:
    with pytest.raises(DataFileError, match="1001 labels"):
        label_set("", map(str, range(1001)), where="train.tsv")


def test_a_label_outside_the_set_names_label_line_and_set() -> None:
    sentence = r"dev\.tsv:3: label 'meh' is outside the set \{neg, pos\}"
    with pytest.raises(DataFileError, match=sentence):
        to_split(rows("neg", "meh"), CLASSES, ("neg", "pos"), where="dev.tsv")


def test_a_split_without_rows_is_refused() -> None:
    with pytest.raises(DataFileError, match=r"dev\.tsv holds no rows"):
        to_split([], CLASSES, ("neg", "pos"), where="dev.tsv")


def test_rows_become_examples_with_their_place() -> None:
    assert to_split(rows("b", "a"), CLASSES, ("a", "b"), where="t.tsv") == Split(
        texts=("text 2", "text 3"), labels=(1, 0), sources=("t.tsv:2", "t.tsv:3")
    )


@given(st.integers(2, 200), st.floats(0.001, 0.9), st.integers(0, 50))
def test_holding_out_divides_every_split_in_two_full_parts(
    n_examples: int, share: float, seed: int
) -> None:
    whole = to_split(rows(*["a"] * n_examples), CLASSES, ("a", "b"), where="t")
    rest, aside = hold_out(whole, share=share, seed=seed)
    assert len(rest) >= 1
    assert len(aside) == min(max(1, round(share * n_examples)), n_examples - 1)
    assert set(rest.texts) | set(aside.texts) == set(whole.texts)
    assert (rest, aside) == hold_out(whole, share=share, seed=seed)


@given(st.integers(2, 50), st.integers(1, 60), st.booleans())
def test_a_limit_sets_fewer_of_the_same_examples_aside(
    n_examples: int,
    limit: int,
    is_running_text: bool,  # noqa: FBT001 - drawn by Hypothesis
) -> None:
    whole = to_split(rows(*["a"] * n_examples), CLASSES, ("a", "b"), where="t")
    _, all_aside = hold_out(whole, share=0.5, seed=1, is_running_text=is_running_text)
    rest, aside = hold_out(whole, share=0.5, seed=1, limit=limit, is_running_text=is_running_text)
    assert len(aside) == min(limit, len(all_aside))
    assert set(aside.texts) <= set(all_aside.texts)
    assert sorted(rest.texts + aside.texts) == sorted(whole.texts)


def test_one_row_cannot_be_divided() -> None:
    with pytest.raises(DataFileError, match="1 training row cannot be divided"):
        hold_out(to_split(rows("a"), CLASSES, ("a", "b"), where="t"), share=0.1, seed=0)


def test_running_text_is_divided_where_its_last_part_begins() -> None:
    whole = to_split(rows(*[None] * 5), Form.LANGUAGE_MODELLING, (), where="t")
    rest, aside = hold_out(whole, share=0.4, seed=0, is_running_text=True)
    assert (rest.texts, aside.texts) == (whole.texts[:3], whole.texts[3:])
    rest, aside = hold_out(whole, share=0.4, seed=0, limit=1, is_running_text=True)
    assert (rest.texts, aside.texts) == (whole.texts[:4], whole.texts[4:])


@pytest.mark.parametrize(
    ("labels", "has_classes", "form"),
    [
        (["0", "1", "2.0"], False, Form.CLASSIFICATION),
        (["0", "3.8"], False, Form.REGRESSION),
        (["0", "3.8"], True, Form.CLASSIFICATION),
        (["0.5", "much"], False, Form.CLASSIFICATION),
        (["1.5", "nan"], False, Form.CLASSIFICATION),
        ([("O", "O")], False, Form.TOKEN_CLASSIFICATION),
        ([ANSWERS], False, Form.QUESTION_ANSWERING),
        ([None], False, Form.LANGUAGE_MODELLING),
        ([], False, Form.CLASSIFICATION),
    ],
)
def test_labels_tell_the_form(labels: list[RawLabel], has_classes: bool, form: Form) -> None:  # noqa: FBT001 - a case
    assert form_of_rows(rows(*labels), has_classes=has_classes) is form


@pytest.mark.parametrize(
    ("form", "label", "needs"),
    [
        (Form.CLASSIFICATION, ("a",), "a class"),
        (Form.REGRESSION, "much", "a number"),
        (Form.REGRESSION, "inf", "a number"),
        (Form.TOKEN_CLASSIFICATION, "a", "a tag for each word"),
        (Form.QUESTION_ANSWERING, "a", "answers with their starts"),
    ],
)
def test_a_label_of_another_form_is_refused(form: Form, label: RawLabel, needs: str) -> None:
    with pytest.raises(
        DataFileError, match=rf"t:2: .* is no label for {form}, which needs {needs}"
    ):
        to_split(rows(label), form, ("a", "b"), where="t")


def test_each_form_has_labels_of_its_own_kind() -> None:
    tagged = to_split(rows(("B-a", "O")), Form.TOKEN_CLASSIFICATION, ("B-a", "O"), where="t")
    assert tagged.labels == ((0, 1),)
    assert to_split(rows("3.8"), Form.REGRESSION, (), where="t").labels == (3.8,)
    assert to_split(rows(ANSWERS), Form.QUESTION_ANSWERING, (), where="t").labels == (ANSWERS,)
