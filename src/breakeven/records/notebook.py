"""Notebook: a small HTML table, the form in which runs, stores and tables show themselves there.

Every text is escaped: names of models and tasks come from files that others wrote.
"""

from collections.abc import Sequence
from html import escape

from breakeven.records.cost import Cost, Kind, Origin
from breakeven.units import format_si

MOST_ROWS = 40
"""More rows than this are counted, not shown: a notebook keeps what it shows."""


_TELLING_FRAC = 0.01


def html_table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str = "",
    is_number: Sequence[bool] = (),
) -> str:
    """Write a table of texts as HTML without style sheet, script or link.

    Args:
        heads: Of the columns.
        rows: Texts, shape (n_rows, n_columns).
        caption: Above the table.
        is_number: Columns that stand at the right; none by default.

    Examples:
        >>> html_table(["a<b"], [["1"]])
        '<table><thead><tr><th>a&lt;b</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>'
    """
    numbers = list(is_number) or [False] * len(heads)
    head = "".join(_cell("th", *pair) for pair in zip(heads, numbers, strict=True))
    body = "".join(
        f"<tr>{''.join(_cell('td', *pair) for pair in zip(row, numbers, strict=True))}</tr>"
        for row in rows[:MOST_ROWS]
    )
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    n_more = len(rows) - MOST_ROWS
    more = f"<p>{n_more:,} more rows are not shown.</p>" if n_more > 0 else ""
    return f"<table>{said}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"


def costs_text(costs: Sequence[Cost], unit: str) -> str:
    """Write totals of one resource with interval and kind; a dash where nothing observed it.

    What was measured here bears no word; an interval narrower than a hundredth is not written.

    Args:
        costs: One per kind.
        unit: Symbol of its SI unit.

    Examples:
        >>> costs_text([], "J")
        '-'
    """
    return ", ".join(_cost(cost, unit) for cost in costs) or "-"


def _cost(cost: Cost, unit: str) -> str:
    words = [format_si(cost.value, unit)]
    if cost.high - cost.low > _TELLING_FRAC * cost.value:
        words.append(f"({format_si(cost.low, unit)} to {format_si(cost.high, unit)})")
    words += [str(cost.kind)] if cost.kind is not Kind.MEASURED else []
    words += [str(cost.origin)] if cost.origin is not Origin.LIVE else []
    return " ".join(words)


def _cell(tag: str, text: str, is_number: bool) -> str:  # noqa: FBT001 - of a pair
    style = ' style="text-align:right"' if is_number else ""
    return f"<{tag}{style}>{escape(text)}</{tag}>"
