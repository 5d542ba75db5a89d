"""What a batch holds, told from its shape."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from breakeven.integrations.volumes import VolumeCounter, count_examples
from breakeven.records import Volume

IDS = np.array([[1, 2, 0], [3, 0, 0]])
MASK = np.array([[1, 1, 0], [1, 0, 0]])


class OnDevice:
    """A mask whose sum lies on a device; reading it is an event."""

    device = SimpleNamespace(type="cuda")

    def __init__(self, total: int, events: list[str]) -> None:
        self.total, self.events = total, events

    def sum(self) -> "OnDevice":
        return self

    def __radd__(self, other: Any) -> "OnDevice":
        return OnDevice(int(other) + self.total, self.events)

    def __add__(self, other: "OnDevice") -> "OnDevice":
        return OnDevice(self.total + other.total, self.events)

    def __int__(self) -> int:
        self.events.append("read")
        return self.total


@pytest.mark.parametrize(
    ("batch", "expected"),
    [
        pytest.param(np.zeros((4, 7)), 4, id="a tensor"),
        pytest.param((np.zeros((4, 7)), np.zeros(4)), 4, id="inputs and labels"),
        pytest.param([np.zeros((4, 7)), np.zeros(4)], 4, id="the same, collated to a list"),
        pytest.param([np.zeros(7), np.zeros(9)], 2, id="examples of several lengths"),
        pytest.param(["a", "b", "c"], 3, id="texts"),
        pytest.param({"input_ids": IDS, "labels": np.zeros(2)}, 2, id="of a tokenizer"),
        pytest.param({"text": ["a", "b"]}, 2, id="columns"),
        pytest.param({}, None, id="nothing"),
        pytest.param((), None, id="an empty tuple"),
        pytest.param(np.float64(3.0), None, id="a number"),
        pytest.param("one text", None, id="one text"),
        pytest.param(object(), None, id="anything else"),
    ],
)
def test_examples(batch: object, expected: int | None) -> None:
    assert count_examples(batch) == expected


def test_tokens_are_counted_with_and_without_padding() -> None:
    counter = VolumeCounter()
    expected = Volume(n_examples=2, n_real_tokens=3, n_padded_tokens=6, n_batches=1)
    assert counter.count({"input_ids": IDS, "attention_mask": MASK}) == expected
    assert counter.count({"input_ids": IDS.tolist(), "attention_mask": MASK.tolist()}) == expected
    assert counter.count({"input_ids": IDS}).n_real_tokens == 0
    assert counter.rest() == Volume()
    assert counter.is_sure


def test_what_lies_on_a_device_is_read_at_the_end_only() -> None:
    counter, events = VolumeCounter(), list[str]()
    for total in (3, 4):
        counter.count({"input_ids": IDS, "attention_mask": OnDevice(total, events)})
    assert events == []
    assert counter.rest().n_real_tokens == 7
    assert (events, counter.rest().n_real_tokens) == (["read"], 0)


def test_a_batch_that_does_not_tell_is_remembered() -> None:
    counter = VolumeCounter()
    assert counter.count(7) == Volume(n_batches=1)
    counter.count([1])
    assert not counter.is_sure
