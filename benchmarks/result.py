"""One number with its limit, and how a table of them is printed."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one benchmark found.

    Attributes:
        name: What was measured.
        value: The median.
        unit: Its unit.
        limit: The largest value allowed.
        detail: How it came about, for people.
    """

    name: str
    value: float
    unit: str
    limit: float
    detail: str = ""

    @property
    def is_within(self) -> bool:
        """Whether the limit is kept."""
        return self.value <= self.limit


def table(results: Sequence[Result]) -> str:
    """Lay the results out in columns, one line each."""
    head = ("benchmark", "value", "limit", "unit", "", "how")
    lines = [
        (
            r.name,
            f"{r.value:.3f}",
            f"{r.limit:g}",
            r.unit,
            "ok" if r.is_within else "ABOVE",
            r.detail,
        )
        for r in results
    ]
    widths = [max(len(line[i]) for line in (head, *lines)) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (head, *lines)
    )
