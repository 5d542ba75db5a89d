"""Judged: lines of a check with their verdicts, and the one verdict of all of them.

A line is a breach when that is shown, p adjusted for the number of lines (Holm), so that a check of
many lines raises a false alarm in at most 5 % of cases. What is neither shown to be a breach nor
shown to be within is not shown, and passes unless asked to be strict.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from breakeven.analysis.limits.evidence import ALPHA, Evidence
from breakeven.analysis.samples.two_samples import holm
from breakeven.records import Estimate, Resource


class Verdict(StrEnum):
    """What can be said of one line."""

    BREACH = "breach"
    NOT_SHOWN = "not shown"
    UNKNOWN = "cannot tell"
    WITHIN = "within"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that is checked.

    Attributes:
        subject: Pathway or row.
        phase: "development", "deployment" or "row"; empty for a score.
        quantity: Name of the cost, or of the score.
        resource: Which cost; None for a score.
        estimate: The number, or now over then; None where there is none.
        bound: What it must not pass, in the estimate's unit.
        is_least: Whether the bound is the least and not the most.
        evidence: Of the excess; None where nothing can be said.
        why: Why nothing can be said, or what the interval lacks; empty else.
        place: File and line of a budget; empty for two stores.
        unit: Of estimate and bound, for people: "" for a cost in its own unit, "ratio" or "points".
    """

    subject: str
    phase: str
    quantity: str
    resource: Resource | None
    estimate: Estimate | None
    bound: float
    is_least: bool = False
    evidence: Evidence | None = None
    why: str = ""
    place: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One line and what is said of it.

    Attributes:
        line: What was checked.
        verdict: What can be said.
        p: Adjusted for all lines; None where nothing scatters.
    """

    line: Line
    verdict: Verdict
    p: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """All lines of one check.

    Attributes:
        lines: In the order of the budget or the study.
        notes: What a reader should know of the whole.
    """

    lines: tuple[Judged, ...]
    notes: tuple[str, ...] = ()

    def count(self, verdict: Verdict) -> int:
        """Number of lines with one verdict."""
        return Counter(judged.verdict for judged in self.lines)[verdict]

    def exit_code(self, *, is_strict: bool = False) -> int:
        """0 where nothing is wrong, 1 for a breach, 2 where nothing can be told.

        A breach comes first: whoever broke one limit is told so, whatever else is unknown.

        Args:
            is_strict: Whether what is not shown fails as a breach does.
        """
        is_open = is_strict and self.count(Verdict.NOT_SHOWN) > 0
        if self.count(Verdict.BREACH) or is_open:
            return 1
        return 2 if self.count(Verdict.UNKNOWN) or not self.lines else 0


def judge(lines: Sequence[Line], *, notes: Sequence[str] = ()) -> Checked:
    """Say of every line whether it is shown to be a breach.

    Args:
        lines: What is checked.
        notes: What a reader should know of the whole.

    Examples:
        Two lines at p = 0.03: alone each would be a breach, together neither is.

        >>> line = Line(subject="TS", phase="deployment", quantity="energy_j",
        ...             resource=Resource.ENERGY_J, estimate=None, bound=1.0,
        ...             evidence=Evidence(p=0.03, is_above=False, is_below=False))
        >>> [judge([line]).lines[0].verdict.value, judge([line, line]).lines[0].verdict.value]
        ['breach', 'not shown']
        >>> judge([line]).exit_code(), judge([line, line]).exit_code()
        (1, 0)
        >>> judge([line, line]).exit_code(is_strict=True), judge([]).exit_code()
        (1, 2)
    """
    adjusted = holm([None if line.evidence is None else line.evidence.p for line in lines])
    return Checked(
        lines=tuple(
            Judged(line=line, verdict=_verdict(line, p), p=p)
            for line, p in zip(lines, adjusted, strict=True)
        ),
        notes=tuple(notes),
    )


def _verdict(line: Line, p: float | None) -> Verdict:
    found = line.evidence
    if found is None:
        return Verdict.UNKNOWN
    if found.is_above or (p is not None and p < ALPHA):
        return Verdict.BREACH
    return Verdict.WITHIN if found.is_below else Verdict.NOT_SHOWN
