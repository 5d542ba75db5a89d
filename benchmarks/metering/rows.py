"""The rows of the table: what is probed, where it may end, and what is compared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Told = Mapping[str, float]

MS_PER_S, MB = 1e3, 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line.

    Attributes:
        name: What is measured.
        probe: Function of `probe.py`, or "import" for a process that only imports.
        unit: Unit of the value.
        value: From what one probe told, in that unit.
        target: The largest value allowed; None where there is only a comparison.
        n_times: How often each tool is probed, interleaved; the median counts.
        sensor: Fake sensor that is shown: "rapl" (a counter) or "gpu" (power alone).
    """

    name: str
    probe: str
    unit: str
    value: Callable[[Told], float]
    target: float | None
    n_times: int = 1
    sensor: str = "rapl"


ROWS = (
    Row(
        name="import of the base package",
        probe="import",
        unit="CPU s",
        value=lambda told: told["cpu_s"],
        target=0.1,
        n_times=7,
    ),
    Row(
        name="first start",
        probe="start",
        unit="CPU s",
        value=lambda told: told["cpu_s"],
        target=0.2,
        n_times=5,
    ),
    Row(
        name="warm window, open and close",
        probe="window",
        unit="CPU ms",
        value=lambda told: told["window_s"] * MS_PER_S,
        target=None,
        n_times=3,
    ),
    Row(
        name="the same without the sensors' own reads",
        probe="window",
        unit="CPU ms",
        value=lambda told: (told["window_s"] - told.get("sensors_s", 0.0)) * MS_PER_S,
        target=0.1,
        n_times=3,
    ),
    Row(
        name="background, a counter",
        probe="background",
        unit="CPU ms/s",
        value=lambda told: told["cpu_s_per_s"] * MS_PER_S,
        target=1.0,
        n_times=3,
    ),
    Row(
        name="background, power sampled",
        probe="background",
        unit="CPU ms/s",
        value=lambda told: told["cpu_s_per_s"] * MS_PER_S,
        target=1.0,
        n_times=3,
        sensor="gpu",
    ),
    Row(
        name="memory added to Python",
        probe="memory",
        unit="MB",
        value=lambda told: told["added_bytes"] / MB,
        target=5.0,
        n_times=3,
    ),
    Row(
        name="helper processes",
        probe="start",
        unit="",
        value=lambda told: told["n_helpers"],
        target=0.0,
        n_times=5,
    ),
    Row(
        name="slowdown of a torch loop",
        probe="loop",
        unit="%",
        value=lambda told: told["of_pairs"] * 100,
        target=0.5,
        sensor="gpu",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row with what came of it, by tool."""

    row: Row
    told: Mapping[str, Sequence[Told]]

    def value(self, tool: str) -> float | None:
        """Median of a tool's probes; None when none told anything."""
        values = [self.row.value(told) for told in self.told.get(tool, ())]
        return median(values) if values else None

    @property
    def verdict(self) -> str:
        """Whether the target is kept."""
        value = self.value("breakeven")
        if self.row.target is None:
            return ""
        if value is None:
            return "NOT MEASURED"
        return "pass" if value <= self.row.target else "MISS"


def table(lines: Sequence[Line], tools: Sequence[str]) -> str:
    """Lay the rows out in columns."""
    head = ("", "target", *tools, "unit", "", "breakeven from .. to")
    cells = [head, *(_cells(line, tools) for line in lines)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def _cells(line: Line, tools: Sequence[str]) -> tuple[str, ...]:
    target = "" if line.row.target is None else f"<= {line.row.target:g}"
    values = [_format(line.value(tool)) for tool in tools]
    ours = sorted(line.row.value(told) for told in line.told.get("breakeven", ()))
    spread = f"{_format(ours[0])} .. {_format(ours[-1])}" if len(ours) > 1 else ""
    return (line.row.name, target, *values, line.row.unit, line.verdict, spread)


def _format(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
