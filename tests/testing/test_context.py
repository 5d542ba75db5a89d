from pathlib import Path

import pytest

from breakeven.records import Note, NoteCode, PhaseName, Score, Volume
from breakeven.records.protocols import StageContext
from breakeven.testing.context import FakeContext


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    return FakeContext(folder=tmp_path)


def test_is_a_stage_context(context: FakeContext) -> None:
    taken: StageContext = context
    taken.progress(1, 2)
    assert context.progressed == [(1, 2)]


def test_keeps_the_order_of_a_window(context: FakeContext) -> None:
    with context.phase(PhaseName.WORK, synchronize=lambda: context.events.append("waited")):
        context.events.append("worked")
    assert context.events == [
        "waited",
        "work: sync",
        "work: open",
        "worked",
        "waited",
        "work: sync",
        "work: close",
    ]


def test_a_phase_that_raised_is_still_closed(context: FakeContext) -> None:
    with pytest.raises(RuntimeError), context.phase(PhaseName.LOAD):
        raise RuntimeError
    assert context.phases == [PhaseName.LOAD]


def test_volumes_add_up_and_equal_notes_are_kept_once(context: FakeContext) -> None:
    note = Note(code=NoteCode.DRIFT, message="it drifted", advice="wait")
    for _ in range(2):
        context.add_output(Volume(n_examples=2, n_real_tokens=3, n_padded_tokens=4, n_batches=1))
        context.add_note(note)
    assert context.output == Volume(n_examples=4, n_real_tokens=6, n_padded_tokens=8, n_batches=2)
    assert context.notes == [note]


def test_a_score_that_is_not_there_is_an_error(context: FakeContext) -> None:
    context.add_score(Score(metric="accuracy", value=1.0, split="test", n_examples=1))
    assert context.score("accuracy", "test").value == 1.0
    with pytest.raises(LookupError, match="0 scores named 'loss'"):
        context.score("loss", "test")
