"""Estimate: a conclusion with its interval, method and kinds."""

from dataclasses import dataclass

from breakeven.records.cost import Kind, Origin
from breakeven.records.note import Note
from breakeven.records.notebook import html_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number concluded from runs.

    Attributes:
        name: What it is, with unit suffix where it has one ("energy_j per example").
        value: The point estimate; None when there is none to give.
        low: Lower end of the interval; None when no interval can be given.
        high: Upper end; may be infinite.
        level: Confidence level as a fraction; None for a bound that is not statistical.
        method: How value and interval were computed.
        n: Number of units (runs, blocks) it rests on.
        kinds: Kinds of the numbers that entered, each once.
        origins: Origins of the numbers that entered, each once.
        run_ids: Runs it was computed from.
        notes: Where an assumption of the method fails, or what limits the number.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    method: str
    n: int
    kinds: tuple[Kind, ...]
    origins: tuple[Origin, ...] = (Origin.LIVE,)
    run_ids: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    def _repr_html_(self) -> str:
        """What a notebook shows: value and interval in the unit of the name, and how known."""
        told, low, high = (
            "-" if end is None else f"{end:.4g}" for end in (self.value, self.low, self.high)
        )
        interval = "-" if self.low is None and self.high is None else f"{low} to {high}"
        level = "" if self.level is None else f"{self.level * 100:.4g} % "
        origins = (origin for origin in self.origins if origin is not Origin.LIVE)
        return html_table(
            ("Value", f"{level}interval".capitalize(), "Kind", "n", "Method"),
            [[told, interval, ", ".join((*self.kinds, *origins)), f"{self.n:,}", self.method]],
            caption="; ".join((self.name, *(note.code for note in self.notes))),
            is_number=(True, True, False, True, False),
        )
