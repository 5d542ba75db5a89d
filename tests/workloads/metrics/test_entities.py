"""Entity F1, against seqeval on 1,000 random cases."""

from collections.abc import Iterator, Sequence
from itertools import chain, product

import numpy as np
import pytest

from breakeven.workloads.metrics.entities import entities, entity_f1
from breakeven.workloads.metrics.resampling import value_of

f1_score = pytest.importorskip("seqeval.metrics").f1_score
scheme = pytest.importorskip("seqeval.scheme")
pytestmark = pytest.mark.nlp

Tags = list[list[str]]

IOB = ("O", "O", "B-PER", "I-PER", "B-creative-work", "I-creative-work")
IOBES = (*IOB, "E-PER", "S-PER", "E-creative-work", "S-creative-work")


def cases(tags: Sequence[str]) -> Iterator[tuple[Tags, Tags]]:
    """Right and given tags of 1 to 6 sentences of 1 to 12 words, in any order at all."""
    rng = np.random.default_rng(3)
    for _ in range(500):
        lengths = rng.integers(1, 13, size=rng.integers(1, 7))
        true = [[str(t) for t in rng.choice(tags, size=n)] for n in lengths]
        is_kept = rng.random() < 0.9
        given = [
            [t if is_kept and rng.random() < 0.8 else str(rng.choice(tags)) for t in s]
            for s in true
        ]
        yield true, given


def f1(true: Sequence[Sequence[str]], given: Sequence[Sequence[str]]) -> float | None:
    return value_of(entity_f1(true, given), len(true))


@pytest.mark.parametrize("tags", [IOB, IOBES])
def test_entity_f1_equals_seqeval(tags: Sequence[str]) -> None:
    for true, given in cases(tags):
        assert f1(true, given) == pytest.approx(f1_score(true, given, zero_division=0))


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("B-PER I-PER O", [("PER", 0, 2)]),
        ("I-PER I-PER O", [("PER", 0, 2)]),
        ("O I-LOC B-LOC", [("LOC", 1, 2), ("LOC", 2, 3)]),
        ("B-PER I-LOC", [("PER", 0, 1), ("LOC", 1, 2)]),
        ("S-PER E-PER", [("PER", 0, 1), ("PER", 1, 2)]),
        ("B-PER L-PER L-PER", [("PER", 0, 2), ("PER", 2, 3)]),
        ("U-PER U-PER I-PER L-PER", [("PER", 0, 1), ("PER", 1, 2), ("PER", 2, 4)]),
        ("PER PER O PER LOC", [("PER", 0, 2), ("PER", 3, 4), ("LOC", 4, 5)]),
        ("B I O", [("", 0, 2)]),
        ("O O", []),
        ("", []),
    ],
)
def test_entities_start_and_end_where_conlleval_sees_it(
    tags: str, found: list[tuple[str, int, int]]
) -> None:
    assert [(e.kind, e.start, e.stop) for e in entities(tags.split())] == found


def test_bilou_tags_give_the_entities_that_seqeval_sees_in_them() -> None:
    """All sequences of the tags of well-formed sentences, which alone seqeval reads as BILOU."""
    parts = (["O"], ["U-A"], ["U-B"], ["B-A", "L-A"], ["B-B", "I-B", "L-B"])
    for chosen in product(parts, repeat=4):
        tags = list(chain.from_iterable(chosen))
        theirs = [own.to_tuple()[1:] for own in scheme.Entities([tags], scheme.BILOU).entities[0]]
        assert [(e.kind, e.start, e.stop) for e in entities(tags)] == theirs


def test_an_entity_ends_with_its_sentence() -> None:
    assert f1([["B-PER"], ["I-PER"]], [["B-PER"], ["B-PER"]]) == 1.0


def test_no_entity_anywhere_scores_nothing() -> None:
    assert f1([["O"]], [["O"]]) == 0.0
    assert f1([["B-PER"]], [["O"]]) == 0.0


def test_types_may_hold_any_character() -> None:
    assert f1([["B-Å-ö", "I-Å-ö"]], [["I-Å-ö", "I-Å-ö"]]) == 1.0


def test_tags_without_prefix_are_those_with_an_inside_prefix() -> None:
    for true, given in cases(["O", "PER", "LOC"]):
        assert f1(true, given) == pytest.approx(
            f1_score(*map(_inside, (true, given)), zero_division=0)
        )


def _inside(sentences: Tags) -> Tags:
    return [["O" if tag == "O" else f"I-{tag}" for tag in tags] for tags in sentences]
