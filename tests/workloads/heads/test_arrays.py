"""Heads that read arrays answer as those that read tensors."""

from typing import Any

import numpy as np
import pytest

from breakeven.errors import SettingsError
from breakeven.workloads.heads.arrays import ArrayClassification, ArraySpans, array_head_for
from breakeven.workloads.heads.contexts import Passage
from breakeven.workloads.heads.sure import SureHead
from breakeven.workloads.models.batches import Batch, collate
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.tasks import Split, Task, make_task
from breakeven.workloads.tasks.form import Form

ENCODED = Encoded.one_each([[5, 6], [7]], places=[[1, 0], [-1]])
EMPTY: Split[Any] = Split(texts=(), labels=(), sources=())
LOGITS = np.array([[0.5, 2.0], [1.0, -1.0]], dtype=np.float32)
BY_TOKEN = np.array([[[1, 2], [3, 1]], [[0, 1], [0, 1]]], dtype=np.float32)


def task(form: Form, *labels: str) -> Task[Any]:
    return make_task("t", labels, (EMPTY, EMPTY, EMPTY), form=form)


@pytest.fixture
def batch() -> Batch:
    return collate(ENCODED, [0, 1], pad_id=0)


def test_the_largest_output_names_the_class(batch: Batch) -> None:
    head = array_head_for(task(Form.CLASSIFICATION, "no", "yes"))
    assert head.read({"logits": LOGITS}, batch, ENCODED) == [1, 0]
    assert head.answers([1, 0], EMPTY, ENCODED) == [1, 0]


def test_classes_come_with_their_softmax_probability() -> None:
    head = ArrayClassification(("no", "yes"))
    assert isinstance(head, SureHead)
    even = np.array([[0.0, np.log(3.0)]], dtype=np.float32)
    assert head.confidences({"logits": even}) == pytest.approx([0.75])


def test_outputs_that_are_no_numbers_are_refused(batch: Batch) -> None:
    head = ArrayClassification(("no", "yes"))
    with pytest.raises(SettingsError, match="not all finite"):
        head.read({"logits": np.full((2, 2), np.nan, dtype=np.float32)}, batch, ENCODED)


def test_a_regression_answers_by_its_number(batch: Batch) -> None:
    head = array_head_for(task(Form.REGRESSION))
    assert head.labels == ("LABEL_0",)
    assert head.read({"logits": LOGITS[:, :1]}, batch, ENCODED) == [0.5, 1.0]


def test_tags_are_read_at_first_sub_words_and_lost_words_are_outside(batch: Batch) -> None:
    head = array_head_for(task(Form.TOKEN_CLASSIFICATION, "O", "B-X"))
    assert head.read({"logits": BY_TOKEN}, batch, ENCODED) == [(0, 1), (0,)]


def test_tags_without_outside_are_refused() -> None:
    with pytest.raises(SettingsError, match="without O"):
        array_head_for(task(Form.TOKEN_CLASSIFICATION, "B-X"))


def test_the_best_span_of_a_window_is_found() -> None:
    encoded = Encoded.one_each(
        [[1, 2, 3]], places=[Passage(characters=((0, 3), (4, 7), None), null=2)]
    )
    batch = collate(encoded, [0], pad_id=0)
    start, end = np.array([[1, 3, 9]], np.float32), np.array([[4, 0, 9]], np.float32)
    (found,) = ArraySpans().read({"start_logits": start, "end_logits": end}, batch, encoded)
    assert found is not None
    assert (found.span.first, found.span.last, found.score) == (0, 0, 5.0)


def test_running_text_is_answered_by_no_graph() -> None:
    with pytest.raises(SettingsError, match="which no graph answers"):
        array_head_for(task(Form.GENERATION))
