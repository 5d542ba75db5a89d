"""Text: running text for language modelling, by line or by paragraph."""

from collections.abc import Iterator

from breakeven.workloads.tasks.columns import Row
from breakeven.workloads.tasks.lines import Line

UNITS = ("line", "paragraph")


def read_text(lines: Iterator[Line], *, unit: str) -> Iterator[Row]:
    """Yield the texts of running text.

    Args:
        lines: Blank ones too.
        unit: "line", or "paragraph": lines up to a blank one, joined by line breaks.
    """
    paragraph: list[str] = []
    start = 0
    for number, line in lines:
        if line.strip():
            start = start if paragraph else number
            paragraph.append(line.strip())
        if paragraph and (unit == "line" or not line.strip()):
            yield Row(text="\n".join(paragraph), line=start)
            paragraph = []
    if paragraph:
        yield Row(text="\n".join(paragraph), line=start)
