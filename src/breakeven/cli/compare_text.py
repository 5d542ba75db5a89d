"""What `breakeven compare` prints: tables, sentences and notes, and the same as one object."""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from breakeven.analysis.statistics import Compared, OverTime, Related, Survey, doubts, leverage
from breakeven.analysis.statistics.over_time import CHEAPER, DEARER
from breakeven.cli.screen import narrowed
from breakeven.records import Kind, Note
from breakeven.report.kinds import signs
from breakeven.report.tables.compare import compare_tables
from breakeven.report.tables.compare_cells import narrow
from breakeven.report.tables.compare_counts import (
    correlation_table,
    differences_table,
    over_time_parts,
    over_time_table,
    shares_table,
)
from breakeven.report.tables.table import Table, in_ascii

WIDTH = 100

MANY_PAIRS = 15
"""More are hard to read: every two of six configurations."""

ON_REQUEST = frozenset({"qq"})
"""Tables of points, printed by --table and in --json."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One number, or one survey.

    Attributes:
        title: For people.
        facts: The same for programs.
        tables: In order.
        sentences: What is said below them.
        notes: Doubts.
        prefix: What each caption begins with and the title says.
        parts: The first table in parts, as a terminal shows it; empty for whole.
    """

    title: str
    facts: dict[str, object]
    tables: tuple[Table, ...]
    sentences: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    prefix: str = ""
    parts: tuple[Table, ...] = ()


def section(found: Compared, *, said: str = "") -> Section:
    """What is said of one number.

    Args:
        found: As `compare` gives it.
        said: What the source says of it, as a sentence; empty for nothing.
    """
    readings = found.readings
    why = f"No analysis of variance: {found.why_not}." if found.why_not else ""
    averaged = ", ".join(
        f"{name} ({n} values in {m})" for name, (n, m) in readings.averaged().items()
    )
    mixed = f"Averaged within a {readings.subject}: {averaged}; --factor tells more apart."
    n_pairs = len(found.contrasts)
    many = f"{n_pairs} pairs; --baseline NAME compares with one." if n_pairs > MANY_PAIRS else ""
    if not found.contrasts:
        why = "One configuration: described, and compared with nothing."
    order = "" if found.order is not None else "The executed order is unknown or short: not tested."
    shown = "+".join(badge.name for badge in signs(readings.kinds, readings.origins))
    kinds = shown or "kind not stated; say it with --kind"
    where = f" [{readings.where}]" if readings.where else ""
    return Section(
        title=f"{readings.title}{where} ({kinds})",
        prefix=f"{readings.title}{where}: ",
        facts={
            "value": readings.name,
            "where": readings.where or None,
            "factors": list(readings.factors),
            "subject": readings.subject or None,
            "n_subjects": len(found.layout.subjects),
            "left_out": list(found.layout.left_out),
            "kinds": [str(kind) for kind in readings.kinds],
            "origins": [str(origin) for origin in readings.origins],
            "level": found.asked.level,
            "baseline": found.asked.baseline or None,
            "adjustment": found.adjustment,
            "target_frac": found.asked.target,
            "same_within_frac": found.asked.margin,
            "variance_absent": found.why_not or None,
        },
        tables=compare_tables(found),
        sentences=tuple(
            text for text in (many, said, mixed if averaged else "", why, order) if text
        ),
        notes=doubts(found),
    )


def time_section(found: OverTime, *, said: str = "") -> Section:
    """What is said of two stores.

    Args:
        found: As `over_time` gives it.
        said: Of their machines, as a sentence; empty for nothing.
    """
    verdicts = {
        heading: [f"{c.configuration} in {c.number.title}" for c in found.changes if c.verdict == v]
        for heading, v in (("Dearer now", DEARER), ("Cheaper now", CHEAPER))
    }
    told = [f"{verdict}: {'; '.join(own) or 'nothing shown'}." for verdict, own in verdicts.items()]
    for what, names in (("then", found.only_then), ("now", found.only_now)):
        if names:
            told.append(f"Only {what}: {'; '.join(names)}.")
    return Section(
        title="Then and now",
        facts={
            "level": found.level,
            "only_then": list(found.only_then),
            "only_now": list(found.only_now),
        },
        tables=(over_time_table(found),),
        parts=over_time_parts(found),
        sentences=tuple(text for text in (*told, said) if text),
    )


def related_section(
    told: Related,
    *,
    n_rows: int,
    kinds: Sequence[Kind] = (),
    alike: Sequence[Sequence[int]] = (),
    once: Related | None = None,
) -> Section:
    """What is said of two columns.

    Args:
        told: As `relate` gives it.
        n_rows: Rows that its points were read from.
        kinds: How both numbers came about; empty where nobody says.
        alike: Lines that hold the same numbers and count of runs.
        once: The same with one line of each such set; None where there is none.
    """
    r_once = None if once is None or once.found is None else once.found.pearson.value
    said = (
        "" if told.found is not None else "Fewer than four points, or a column does not vary.",
        f"{n_rows} rows count as {told.n} points, each as often as it stands for runs: interval "
        "and p take them as independent and are narrower than so many rows allow."
        if n_rows < told.n
        else "",
        *(_alike_words(lines) for lines in alike),
        f"With one of such lines each: r = {r_once:.5f} over {once.n} points."
        if once is not None and r_once is not None
        else "",
    )
    pair = f"{told.y} against {told.x}"
    return Section(
        title=f"{pair} ({'+'.join(kinds) or 'kind not stated; say it with --kind'})",
        prefix=f"{pair}, ",
        facts={
            "x": told.x,
            "y": told.y,
            "kinds": [str(kind) for kind in kinds],
            "n": told.n,
            "n_rows": n_rows,
            "lines_alike": [list(lines) for lines in alike],
            "pearson_of_each_once": r_once,
            "level": told.level,
            "fold": told.fold,
        },
        tables=tuple(table for table in (correlation_table(told),) if table.rows),
        sentences=tuple(text for text in said if text),
        notes=leverage(told),
    )


def _alike_words(lines: Sequence[int]) -> str:
    named = f"{', '.join(map(str, lines[:-1]))} and {lines[-1]}"
    return (
        f"Lines {named} hold the same two numbers of as many runs: a stage that pathways share "
        f"counts {len(lines)} times here."
    )


def survey_section(found: Survey) -> Section:
    """What is said of a survey.

    Args:
        found: As `survey` gives it.
    """
    n_shares = len(found.shares)
    said = (
        f"{n_shares} intervals of {100 * found.level:g} % each do not hold together; those 'at "
        "once' do."
    )
    tables = (shares_table(found), differences_table(found))
    return Section(
        title="Shares (counted)",
        facts={
            "n": found.n,
            "level": found.level,
            "level_together": found.level_together,
            "kinds": ["counted"],
        },
        tables=tuple(table for table in tables if table.rows),
        sentences=(said,),
    )


def printed(sections: Sequence[Section]) -> str:
    """Everything for a terminal.

    Args:
        sections: In order.
    """
    return "\n".join(_printed(one) for one in sections)


def _printed(one: Section) -> str:
    rule = "=" * min(narrowed(WIDTH), len(one.title))
    parts = [f"{_wrapped(one.title)}\n{rule}"]
    parts += [_wrapped(table.caption) for table in one.tables[:1] if one.parts]
    shown = one.parts or [table for table in one.tables if table.name not in ON_REQUEST]
    parts += [_told(table, one) for table in shown]
    said = [_wrapped(text) for text in one.sentences]
    said += [_wrapped(f"Note ({n.code}): {n.message} {n.advice}") for n in one.notes]
    return "\n\n".join([*parts, *(["\n".join(said)] if said else [])]) + "\n"


def _told(table: Table, one: Section) -> str:
    """A table without what the heading has said."""
    caption = table.caption.removeprefix(one.prefix)
    width = narrowed(WIDTH)
    shown = narrow(table, width=width, spare_over=bool(one.facts.get("baseline")))
    return f"{_wrapped(caption[:1].upper() + caption[1:])}\n\n{shown.to_text(width)}".rstrip()


def _wrapped(text: str) -> str:
    width = narrowed(WIDTH)
    return textwrap.fill(in_ascii(text), width, break_long_words=False, break_on_hyphens=False)


def as_object(sections: Sequence[Section]) -> str:
    """Everything for programs: one object with a list of comparisons.

    Args:
        sections: In order.
    """
    return json.dumps({"comparisons": [_object(one) for one in sections]}, indent=1)


def _object(one: Section) -> dict[str, object]:
    return {
        **one.facts,
        **{table.name: _rows(table) for table in one.tables},
        "methods": {table.name: in_ascii(table.caption) for table in one.tables},
        "sentences": list(one.sentences),
        "notes": [
            {"code": str(n.code), "message": n.message, "advice": n.advice} for n in one.notes
        ],
    }


def _rows(table: Table) -> object:
    return json.loads(table.to_json())["rows"]
