"""Each check of the suite passes on a good observer and fails on a faulty one."""

import math
from collections.abc import Callable, Mapping, Sequence

import pytest

from breakeven.records import Note, NoteCode
from breakeven.records.protocols import Observer
from breakeven.testing import ObserverConformance

OBSERVERS = ObserverConformance()


class Watcher:
    """An observer without a fault: it minds when something was counted."""

    name = "watcher"

    def look(self) -> Mapping[str, float]:
        return {"n_faults": 3.0}

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        if after.get("n_faults", 0.0) <= before.get("n_faults", math.inf):
            return []
        note = Note(code=NoteCode.BUSY_MACHINE, message="it faulted.", advice="Look after it.")
        return [note]

    def close(self) -> None:
        pass


class TestWatcher(ObserverConformance):
    @pytest.fixture
    def observer(self) -> Observer:
        return Watcher()


class Blurred(Watcher):
    def look(self) -> Mapping[str, float]:
        return {"n_faults": math.nan}


class Accusing(Watcher):
    """Minds what it could not read."""

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        note = Note(code=NoteCode.BUSY_MACHINE, message="it may have faulted.", advice="Look.")
        return [] if after else [note]


class Brief(Watcher):
    """Says that something happened, not what to do."""

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        return [Note(code=NoteCode.BUSY_MACHINE, message="it faulted.", advice="")]


class Moody(Watcher):
    n_judged = 0

    def judge(
        self, before: Mapping[str, float], after: Mapping[str, float], *, duration_s: float
    ) -> Sequence[Note]:
        self.n_judged += 1
        note = Note(code=NoteCode.BUSY_MACHINE, message=f"no. {self.n_judged}", advice="Wait.")
        return [note]


class Anonymous(Watcher):
    name = ""


@pytest.mark.parametrize(
    ("check", "maker"),
    [
        (OBSERVERS.test_is_an_observer, Anonymous),
        (OBSERVERS.test_looks_are_finite_numbers_by_name, Blurred),
        (OBSERVERS.test_judgements_are_notes_with_advice, Brief),
        (OBSERVERS.test_a_judgement_rests_on_its_looks_alone, Moody),
        (OBSERVERS.test_what_could_not_be_read_is_not_judged, Accusing),
    ],
)
def test_a_faulty_observer_is_caught(
    check: Callable[[Observer], None], maker: Callable[[], Observer]
) -> None:
    check(Watcher())
    with pytest.raises(AssertionError):
        check(maker())
