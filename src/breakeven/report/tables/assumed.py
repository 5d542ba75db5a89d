"""Assumed tables: every stated number with year, source and licence, and the grids there are."""

from collections.abc import Sequence
from dataclasses import replace

from breakeven.analysis.impacts.dated import Dated
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.table import Cell, Column, Table, missing, words


def inputs_table(inputs: Sequence[Dated]) -> Table:
    """Every assumed number with year, source and licence.

    Args:
        inputs: As they were stated.
    """
    return Table(
        name="inputs",
        caption="What was assumed, each with year and source.",
        columns=(
            Column(name="name", title="Input"),
            Column(name="value", title="Value", is_number=True, is_plain=True),
            Column(name="low", title="From", is_number=True, is_plain=True),
            Column(name="high", title="To", is_number=True, is_plain=True),
            Column(name="unit", title="Unit"),
            Column(name="code", title="Code"),
            Column(name="place", title="Place"),
            Column(name="year", title="Year", is_number=True, is_plain=True),
            Column(name="source", title="Source"),
            Column(name="licence", title="Licence"),
            Column(name="covers", title="Covers"),
        ),
        rows=tuple(
            (
                Cell(text=stated.title, value=stated.name),
                Cell(text=f"{stated.value:g}", value=stated.value),
                _end(stated.low),
                _end(stated.high),
                words(stated.unit),
                words(stated.code or EM_DASH),
                words(stated.place or EM_DASH),
                Cell(text=str(stated.year), value=stated.year),
                words(stated.source),
                words(stated.licence or EM_DASH),
                words(stated.covers or EM_DASH),
            )
            for stated in inputs
        ),
    )


def grids_table(found: Sequence[Dated]) -> Table:
    """The grids that come with the package.

    Args:
        found: Of the vendored table.
    """
    whole = inputs_table(found)
    table = whole.only(("code", "place", "value", "unit", "year", "source", "licence"))
    return replace(
        table,
        name="grids",
        caption=f"Grids of the table in {found[0].unit}, location-based; each covers "
        f"{found[0].covers}.",
    )


def inputs_words(inputs: Sequence[Dated]) -> str:
    """All assumptions in one sentence, for forms that have one line."""
    if not inputs:
        return "Nothing was assumed."
    return f"Assumed: {'; '.join(by.words for by in inputs)}."


def _end(value: float | None) -> Cell:
    if value is None:
        return missing(EM_DASH, hint="the source gives no range")
    return Cell(text=f"{value:g}", value=value)
