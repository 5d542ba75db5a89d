"""What `breakeven check` prints: one line per breach, and the same as one JSON object."""

from collections.abc import Iterator
from typing import Any

from breakeven.analysis.limits import Checked, Judged, Line, Verdict
from breakeven.analysis.words import amount_words, counted, resource_words
from breakeven.cli.pareto_json import estimate_json
from breakeven.records import Estimate, Item, Resource
from breakeven.report.quantity import format_estimate, format_ratio
from breakeven.report.tables.table import in_ascii

SHOWN_FIRST = (Verdict.BREACH, Verdict.UNKNOWN, Verdict.NOT_SHOWN, Verdict.WITHIN)


def check_lines(checked: Checked, *, item: Item, is_all: bool) -> Iterator[str]:
    """One line per breach, then what cannot be told or is not shown; with `is_all` the rest too."""
    for verdict in SHOWN_FIRST:
        if verdict is Verdict.WITHIN and not is_all:
            continue
        for judged in checked.lines:
            if judged.verdict is verdict:
                yield in_ascii(sentence(judged, item=item))


def summary(checked: Checked, *, is_strict: bool) -> str:
    """How many of each, and the exit code."""
    counts = ", ".join(
        f"{checked.count(verdict)} {verdict.value}"
        for verdict in SHOWN_FIRST
        if checked.count(verdict)
    )
    strict = " (strict)" if is_strict else ""
    code = checked.exit_code(is_strict=is_strict)
    lines = counted(len(checked.lines), "line")
    return f"{lines}: {counts or 'nothing to check'}; exit code {code}{strict}"


def sentence(judged: Judged, *, item: Item) -> str:
    """One line of a check, for people."""
    line = judged.line
    place = f"{line.place}: " if line.place else ""
    return f"{judged.verdict.value}: {place}{_what(line, item)}: {_found(judged)}"


def _what(line: Line, item: Item) -> str:
    if line.resource is None:
        return f"{line.subject} {line.quantity}"
    where = {"row": "all runs of the row", "development": "development"}
    is_average = line.phase == "deployment" and line.resource.is_additive
    phase = f"per {item.value.replace('_', ' ')}" if is_average else where.get(line.phase, "in use")
    return f"{line.subject} {resource_words(line.resource)}, {phase}"


def _found(judged: Judged) -> str:
    line, p = judged.line, judged.p
    if line.estimate is None:
        return line.why
    told = f"{_value(line)}, {_bound(line)}"
    if p is not None and judged.verdict is Verdict.BREACH:
        told += f" (p = {p:.2g})" if p >= 1e-4 else " (p < 0.0001)"
    if judged.verdict is Verdict.NOT_SHOWN:
        return f"{told}{_more(line)}"
    return f"{told}; {line.why}" if line.why else told


def _more(line: Line) -> str:
    if line.why:
        return f"; {line.why}"
    found = line.evidence
    if found is None or found.n_more is None:
        is_equal = line.unit == "points" and line.bound == 0
        return "; equal is never shown, so allow a drop" if is_equal else "; repeats do not tell"
    return f"; about {counted(found.n_more, f'more {found.unit}')} would tell"


def _value(line: Line) -> str:
    found = line.estimate
    assert found is not None
    if line.unit == "ratio":
        return f"{format_ratio(found)} what it was"
    if line.resource is not None:
        return format_estimate(found, line.resource)
    return f"{'changed by ' if line.unit else ''}{_plain(found)}"


def _plain(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return f"{found.value:.4g}"
    return f"{found.value:.4g} ({found.low:.4g} to {found.high:.4g})"


def _bound(line: Line) -> str:
    if line.unit == "ratio":
        return f"at most {line.bound:g} x"
    if line.unit == "points":
        return f"may fall by {-line.bound:g}"
    side = "at least" if line.is_least else "at most"
    return f"{side} {_amount(line.bound, line.resource)}"


def _amount(value: float, resource: Resource | None) -> str:
    return f"{value:.4g}" if resource is None else amount_words(resource, value)


def check_json(checked: Checked, *, is_strict: bool) -> dict[str, Any]:
    """Everything that was checked."""
    return {
        "exit_code": checked.exit_code(is_strict=is_strict),
        "is_strict": is_strict,
        "counts": {verdict.value: checked.count(verdict) for verdict in SHOWN_FIRST},
        "lines": [_line_json(judged) for judged in checked.lines],
        "notes": list(checked.notes),
    }


def _line_json(judged: Judged) -> dict[str, Any]:
    line = judged.line
    return {
        "subject": line.subject,
        "phase": line.phase or None,
        "quantity": line.quantity,
        "compares": {"ratio": "ratio", "points": "difference"}.get(line.unit, "amount"),
        "verdict": judged.verdict.value,
        "estimate": None if line.estimate is None else estimate_json(line.estimate),
        "bound": line.bound,
        "is_least": line.is_least,
        "p_holm": judged.p,
        "n_more": None if line.evidence is None else line.evidence.n_more,
        "n_more_of": None if line.evidence is None else line.evidence.unit,
        "why": line.why,
        "place": line.place or None,
    }
