"""Doubts: notes as the page tells them, what to do once and under it where it was seen."""

from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.records import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Notes of one code that are answered by the same advice.

    Attributes:
        code: Of the notes.
        advice: What to do about each of them.
        messages: What was seen, in the order of the notes.
    """

    code: str
    advice: str
    messages: tuple[str, ...]


def doubts(notes: Sequence[Note]) -> tuple[Doubt, ...]:
    """Gather notes by code and advice, in the order in which each is first told.

    Examples:
        >>> from breakeven.records import NoteCode
        >>> seen = [Note(code=NoteCode.BUSY_MACHINE, message=m, advice="Wait.") for m in "ab"]
        >>> doubts(seen)
        (Doubt(code='busy-machine', advice='Wait.', messages=('a', 'b')),)
    """
    found: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        found.setdefault((note.code.value, note.advice), []).append(note.message)
    return tuple(
        Doubt(code=code, advice=advice, messages=tuple(messages))
        for (code, advice), messages in found.items()
    )
