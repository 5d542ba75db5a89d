"""The suite that every observer must pass; `conformance.py` says how such a suite is used."""

import math
from collections.abc import Mapping, Sequence

from breakeven.records import Note
from breakeven.records.protocols import Observer
from breakeven.testing.audited import Audited
from breakeven.testing.checks import check_cpu, check_in_child


class ObserverConformance(Audited):
    """What may have disturbed a window; subclass it and provide an `observer` fixture."""

    def test_is_an_observer(self, observer: Observer) -> None:
        """The object satisfies the protocol."""
        assert isinstance(observer, Observer)
        assert observer.name

    def test_looks_are_finite_numbers_by_name(self, observer: Observer) -> None:
        """What cannot be read is absent, not NaN."""
        looks = observer.look()
        assert all(isinstance(name, str) and name for name in looks)
        assert all(math.isfinite(value) for value in looks.values())

    def test_judgements_are_notes_with_advice(self, observer: Observer) -> None:
        """A doubt says what happened and what to do."""
        for note in self._judge(observer):
            assert isinstance(note, Note)
            assert note.message
            assert note.advice

    def test_a_judgement_rests_on_its_looks_alone(self, observer: Observer) -> None:
        """The same looks are judged alike, whenever and however often that is asked."""
        look = observer.look()
        assert self._same(observer, look) == self._same(observer, dict(look))

    def test_what_could_not_be_read_is_not_judged(self, observer: Observer) -> None:
        """A look that came back empty breaks no judgement and accuses nobody."""
        look = observer.look()
        assert list(observer.judge({}, {}, duration_s=1.0)) == []
        for before, after in ((look, {}), ({}, look)):
            observer.judge(before, after, duration_s=1.0)

    def test_looking_costs_little(self, observer: Observer) -> None:
        """One look is quick in CPU seconds of this thread."""
        check_cpu(observer.look, most_s=self.read_cpu_s)

    def test_survives_a_fork(self, observer: Observer) -> None:
        """A child may look and close; the parent goes on looking."""
        check_in_child(observer.look, observer.close)
        observer.look()

    def test_closing_twice_is_fine(self, observer: Observer) -> None:
        """Closing releases and does not fail, also the second time."""
        observer.close()
        observer.close()

    def test_opens_no_connection_that_nobody_asked_for(self, observer: Observer) -> None:
        """From before it was opened until it is closed."""
        observer.look()
        observer.close()
        self.check_connections()

    def _judge(self, observer: Observer) -> Sequence[Note]:
        before = observer.look()
        grown = {name: 2 * value + 1e6 for name, value in observer.look().items()}
        return [
            *observer.judge(before, observer.look(), duration_s=1.0),
            *observer.judge(before, grown, duration_s=1.0),
        ]

    def _same(self, observer: Observer, look: Mapping[str, float]) -> Sequence[Note]:
        return list(observer.judge(look, look, duration_s=1.0))
