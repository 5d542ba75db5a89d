"""Known: how the numbers of a table came about, said in its caption.

A terminal shows no signs beside numbers; a joule of a model must not look like one of a meter.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from breakeven.report.tables.table import Table

MOST_NAMES = 4
"""More lines than this are counted, not named."""


def with_kinds(table: Table) -> Table:
    """Add a sentence on the kinds of each column of numbers; rows go by their first cell.

    Args:
        table: Columns that are plain say nothing.

    Examples:
        >>> from breakeven.records import Estimate, Kind, Origin
        >>> from breakeven.report.tables.table import number, words
        >>> def cell(kind: Kind):
        ...     return number(Estimate(name="energy_j", value=1.0, low=None, high=None, level=None,
        ...         method="", n=1, kinds=(kind,), origins=(Origin.LIVE,), run_ids=()), "1 J")
        >>> from breakeven.report.tables.table import Column
        >>> columns = Column(name="row", title="Row"), Column(name="energy_j", title="Energy",
        ...                                                   is_number=True)
        >>> rows = tuple((words(n), cell(k)) for n, k in
        ...              [("a", Kind.MEASURED), ("b", Kind.MEASURED), ("c", Kind.MODELLED)])
        >>> with_kinds(Table(name="t", caption="Costs.", columns=columns, rows=rows)).caption
        'Costs. Energy is measured (c: modelled).'
    """
    said = list(_sentences(table))
    return replace(table, caption=" ".join([table.caption, *said]))


def _sentences(table: Table) -> Iterator[str]:
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for at, column in enumerate(table.columns):
        if column.is_number and not column.is_plain and (said := _known(table, at)):
            alike[said].append(column.title)
    for said, titles in alike.items():
        *first, last = (title if not i else _inside(title) for i, title in enumerate(titles))
        verb = "are" if first or last.endswith("s") else "is"
        yield f"{' and '.join([', '.join(first), last]) if first else last} {verb} {said}."


def _inside(title: str) -> str:
    """A title within a sentence; abbreviations stay as they are."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _known(table: Table, at: int) -> str:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for row in table.rows:
        if row[at].badges:
            groups["+".join(badge.name for badge in row[at].badges)].append(row[0].text)
    if not groups:
        return ""
    most = max(groups, key=lambda known: len(groups[known]))
    rest = [f"{_names(names)}: {known}" for known, names in groups.items() if known != most]
    return f"{most} ({'; '.join(rest)})" if rest else most


def _names(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:MOST_NAMES])} and {more} more"
