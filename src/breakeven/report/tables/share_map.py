"""Share map tables: who is cheapest by volume and number of tasks, and how many tasks match."""

from breakeven.analysis.lifetime.lives import Lives
from breakeven.analysis.lifetime.sharemap import MapCell, Match, ShareMap
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import item_words, listed, resource_words
from breakeven.report.quantity import format_probability, format_volume
from breakeven.report.tables.life_cells import (
    chance_cell,
    count_cell,
    plain_column,
    resource_cell,
)
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words
from breakeven.units import format_count


def map_table(found: ShareMap, lives: Lives) -> Table:
    """The map, one line for each volume and number of tasks.

    Args:
        found: Of one row and one cost.
        lives: Whose.
    """
    return Table(
        name="share_map",
        caption=_map_caption(found, lives),
        columns=(
            Column(name="row", title="Shared row"),
            Column(name="resource", title="Cost"),
            plain_column("n_tasks", "Tasks"),
            plain_column(f"volume_{lives.item}s", "Volume"),
            Column(name="cheapest", title="Cheapest"),
            plain_column("probability", "P(cheapest)"),
        ),
        rows=tuple(
            (
                words(found.row),
                resource_cell(found.resource),
                count_cell(cell.n_tasks),
                count_cell(cell.volume),
                words(cell.cheapest),
                chance_cell(cell.probability, why=found.why_no_probability),
            )
            for cell in found.cells
        ),
    )


def _map_caption(found: ShareMap, lives: Lives) -> str:
    return (
        f"Cheapest in {resource_words(found.resource)} when k tasks share {found.row}, each with "
        f"its own volume in {item_words(lives.item)}; k is assumed. {_sure(found)}{_kinds(lives)}"
    )


def _kinds(lives: Lives) -> str:
    """Kinds of the numbers that the map rests on, the number of tasks aside."""
    amounts = [life.total(lives.volume) for life in lives.members]
    kinds = once(kind.value for amount in amounts for kind in amount.kinds)
    return f" Kinds of the costs: {listed(kinds)}." if kinds else ""


def _sure(found: ShareMap) -> str:
    why = found.why_no_probability
    return "With P(cheapest)." if why is None else f"By point values; {why}."


def map_grid(found: ShareMap, lives: Lives) -> Table:
    """The same as a grid, numbers of tasks down and volumes across; for a terminal.

    Args:
        found: Of one row and one cost.
        lives: Whose.
    """
    volumes = list(dict.fromkeys(cell.volume for cell in found.cells))
    tasks = list(dict.fromkeys(cell.n_tasks for cell in found.cells))
    at = {(cell.n_tasks, cell.volume): cell for cell in found.cells}
    return Table(
        name="share_map",
        caption=_map_caption(found, lives),
        columns=(
            plain_column("n_tasks", "k"),
            *(Column(name=f"at_{v:g}", title=format_count(v)) for v in volumes),
        ),
        rows=tuple(
            (
                count_cell(k),
                *(words(_cheapest(at[k, v])) for v in volumes),
            )
            for k in tasks
        ),
    )


def _cheapest(cell: MapCell) -> str:
    chance = cell.probability
    return cell.cheapest if chance is None else f"{cell.cheapest} {format_probability(chance)}"


def matches_table(found: ShareMap, lives: Lives) -> Table:
    """Tasks that must share a row before it pays.

    Args:
        found: Of one row and one cost.
        lives: Whose.
    """
    return Table(
        name="share_matches",
        caption=f"So many tasks must share {found.row} for the first to cost as little as the "
        f"second, in {resource_words(found.resource)}; volume 0 is development alone. "
        "Intervals too narrow to print are in --json, with method and kinds.",
        columns=(
            Column(name="resource", title="Cost"),
            Column(name="user", title="Pathway"),
            Column(name="other", title="As little as"),
            plain_column(f"volume_{lives.item}s", "Volume"),
            Column(name="n_tasks", title="Tasks", is_number=True),
        ),
        rows=tuple(
            (
                resource_cell(found.resource),
                words(m.user),
                words(m.other),
                count_cell(m.volume),
                _tasks_cell(m),
            )
            for m in found.matches
        ),
    )


def _tasks_cell(found: Match) -> Cell:
    if found.n_tasks is None:
        return missing(found.words, hint=found.words)
    return number(found.n_tasks, format_volume(found.n_tasks))
