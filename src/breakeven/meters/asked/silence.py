"""Missing answers of something on the network, told of the windows in which they were missing."""

from collections.abc import Mapping, Sequence

from breakeven.records import Note, NoteCode


class Silence:
    """Observes how often something did not answer, and says so of the windows concerned."""

    def __init__(self, name: str) -> None:
        """Nothing was missed yet."""
        self.name = name
        self._missed: tuple[int, float, str] = (0, 0.0, "")

    def add(self, reason: str, *, lasted_s: float) -> None:
        """Note one question without an answer."""
        n_missed, silent_s, _ = self._missed
        self._missed = (n_missed + 1, silent_s + lasted_s, reason)

    def look(self) -> Mapping[str, float]:
        """Return questions without an answer, and the seconds these took."""
        n_missed, silent_s, _ = self._missed
        return {"n_missed": float(n_missed), "silent_s": silent_s}

    def judge(
        self,
        before: Mapping[str, float],
        after: Mapping[str, float],
        *,
        duration_s: float,
    ) -> Sequence[Note]:
        """Say that answers were missing between two looks."""
        n_missed = after.get("n_missed", 0.0) - before.get("n_missed", 0.0)
        silent_s = after.get("silent_s", 0.0) - before.get("silent_s", 0.0)
        if n_missed <= 0:
            return ()
        note = Note(
            code=NoteCode.PARTIAL_COVERAGE,
            message=(
                f"{self.name} gave no answer {n_missed:.0f} times, about {silent_s:.3g} s of "
                f"{duration_s:.3g} s; the latest reason: {self._missed[2]}."
            ),
            advice="What was not observed is in the interval. Look after the network between.",
        )
        return (note,)

    def close(self) -> None:
        """Nothing is held open."""
