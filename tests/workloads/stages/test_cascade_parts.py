"""What of a cascade is measured apart: of the large model its share of what it was handed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from breakeven.records import Cost, PhaseName
from breakeven.workloads.stages.cascade_service import CascadeRow
from breakeven.workloads.stages.serving import Answering, Answers
from breakeven.workloads.tasks import Split


@dataclass
class Reader:
    """Is as sure of an example as its index in tenths; reads each of them as two tokens."""

    has_part: bool = True
    read: list[list[int]] = field(default_factory=list)
    n_kaplan: None = None
    prepares_shapes: bool = False

    def synchronize(self) -> None:
        """Nothing to wait for."""

    def answer(self, indices: Sequence[int]) -> Answers:
        return Answers(predicted=list(indices), confidences=[i / 10 for i in indices])

    @property
    def parts(self) -> dict[PhaseName, Answering]:
        return {PhaseName.TOKENIZE: self.tokenize} if self.has_part else {}

    def tokenize(self, indices: Sequence[int]) -> Answers:
        self.read.append(list(indices))
        return Answers(predicted=(), n_real_tokens=2 * len(indices))

    def over(self, split: Split[Any]) -> "Reader":
        return self

    def costs(self) -> list[Cost]:
        return []


def test_the_large_one_tokenizes_again_what_it_was_handed() -> None:
    small, large = Reader(), Reader()
    row = CascadeRow(small=small, large=large, threshold=0.45)
    row.answer([1, 9, 3])
    row.answer([7, 4])

    tokenize = row.parts[PhaseName.TOKENIZE]
    told = [tokenize([1, 9, 3]), tokenize([7, 4]), tokenize([7, 9])]

    assert small.read == [[1, 9, 3], [7, 4], [7, 9]]
    assert large.read == [[1, 3], [4]]
    assert [answers.n_real_tokens for answers in told] == [10, 6, 4]


def test_a_later_answer_decides_and_other_examples_begin_anew() -> None:
    large = Reader()
    row = CascadeRow(small=Reader(), large=large, threshold=0.45)
    row.answer([1])
    assert row.over(Split(texts=(), labels=(), sources=())).handed_on == set()
    assert row.handed_on == {1}


def test_where_one_has_no_such_part_nothing_is_told_apart() -> None:
    row = CascadeRow(small=Reader(has_part=False), large=Reader(), threshold=0.5)
    assert row.parts == {}
