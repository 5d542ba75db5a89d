"""Card: the climate performance model card as a table, for people, for programs and as JSON."""

import json

from breakeven.analysis.words import counted
from breakeven.report.documents.basis import Basis
from breakeven.report.documents.card_rows import CardRow, card_rows
from breakeven.report.plain import plain
from breakeven.report.tables.table import Cell, Column, Table, number

UNKNOWN = "unknown"


def card_table(found: Basis) -> Table:
    """The card, with what machines need of it: name, value with its ends and kind, unit.

    Args:
        found: What it rests on.
    """
    name, study = found.pathway.name, found.analysis.definition.name
    n_unknown = sum(not row.is_known for row in card_rows(found))
    lack = f" Unknown, and named as such: {counted(n_unknown, 'row')}." if n_unknown else ""
    return Table(
        name="card",
        caption=f"Climate performance model card of {name} (study {study}; {found.why_pathway}). "
        f"Rows a to e are the minimum of Hershcovich et al. 2022, as Dürlich et al. 2023 tell "
        f"it.{lack}",
        columns=(
            Column(name="row", title="Row"),
            Column(name="question", title="Question"),
            Column(name="answer", title="Answer"),
            Column(name="rests_on", title="Rests on, or would need"),
            Column(name="name", title="Name"),
            Column(name="value", title="Value", is_number=True),
            Column(name="unit", title="Unit"),
        ),
        rows=tuple(_cells(row) for row in card_rows(found)),
    )


def card_for_people(found: Basis) -> Table:
    """The same without what only machines need."""
    return card_table(found).without({"name", "value", "unit"})


def card_json(found: Basis) -> str:
    """The card as JSON: each row with its value, interval, kinds and method; null if unknown."""
    rows = [
        {
            "row": row.letter,
            "name": row.name,
            "question": row.question,
            "is_known": row.is_known,
            "answer": row.answer or None,
            "estimate": plain(row.estimate),
            "kinds": [badge.name for badge in row.badges],
            "rests_on": row.rests_on or None,
            "to_know": row.to_know or None,
        }
        for row in card_rows(found)
    ]
    whole = {
        "document": "climate performance model card",
        "study": found.analysis.definition.name,
        "model": found.pathway.name,
        "why_this_model": found.why_pathway,
        "rows": rows,
    }
    return json.dumps(whole, indent=1) + "\n"


def _cells(row: CardRow) -> tuple[Cell, ...]:
    answer = Cell(
        text=row.answer or UNKNOWN,
        value=row.answer or UNKNOWN,
        low=None if row.estimate is None else row.estimate.low,
        high=None if row.estimate is None else row.estimate.high,
        badges=row.badges,
        estimate=row.estimate,
    )
    return (
        _word(row.letter),
        _word(row.question),
        answer,
        _word(row.to_know or row.rests_on),
        _word(row.name),
        _value(row),
        _word(_unit(row)),
    )


def _word(text: str) -> Cell:
    return Cell(text=text, value=text)


def _value(row: CardRow) -> Cell:
    return Cell(text="") if row.estimate is None else number(row.estimate, row.answer)


def _unit(row: CardRow) -> str:
    """Unit of the value, as the name of the row ends in it."""
    units = {"_s": "s", "_j": "J", "_kgco2e": "kg CO2e"}
    base = row.name.partition("_per_item")[0]
    return next((unit for ending, unit in units.items() if base.endswith(ending)), "")
