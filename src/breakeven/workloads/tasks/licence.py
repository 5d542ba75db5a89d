"""Licence: what data may be used for, as far as files beside them say."""

from pathlib import Path

from breakeven.workloads.tasks.task import UNKNOWN

_NAMES = ("license", "licence", "copying")
_MOST = 80


def licence_beside(place: Path) -> str:
    """Name the licence file in a folder, or beside a file, with its first words; else `UNKNOWN`."""
    folder = place if place.is_dir() else place.parent
    found = sorted(
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.is_file() and path.name.lower().startswith(_NAMES)
    )
    if not found:
        return UNKNOWN
    text = found[0].read_text(encoding="utf-8", errors="replace")
    first = next((" ".join(line.split()) for line in text.splitlines() if _is_said(line)), "")
    shown = first if len(first) <= _MOST else f"{first[:_MOST].rstrip()}..."
    return f"{found[0].name}: {shown}" if shown else found[0].name


def _is_said(line: str) -> bool:
    return any(character.isalnum() for character in line)
