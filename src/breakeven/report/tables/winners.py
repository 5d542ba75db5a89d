"""Who wins where, as a table: the map for those who cannot see it."""

from breakeven.analysis.words import item_words
from breakeven.records import Item
from breakeven.report.tables.table import Cell, Column, Table
from breakeven.report.winning import Region, Winning
from breakeven.units import format_count


def winners_table(winning: Winning, *, item: Item) -> Table:
    """Regions of one map in their order.

    Args:
        winning: What holds where.
        item: What a volume counts.
    """
    items = item_words(item)
    other = "floor" if winning.row is None else "tasks"
    title = "Lowest score accepted" if winning.row is None else f"Tasks that share {winning.row}"
    return Table(
        name=f"winners_{other}",
        caption=(
            f"Who would be chosen for how many {items} and which "
            f"{'lowest score' if winning.row is None else 'number of tasks'}; ends are half way "
            "to the next place that was looked at."
        ),
        columns=(
            Column(name=f"{other}_from", title=title, is_number=True, is_plain=True),
            Column(name=f"{other}_to", title="to", is_number=True, is_plain=True),
            Column(
                name="volume_from",
                title=f"{items.capitalize()} from",
                is_number=True,
                is_plain=True,
            ),
            Column(name="volume_to", title="to", is_number=True, is_plain=True),
            Column(name="pathway", title="Choice"),
            Column(name="is_sure", title="P(cheapest) at least 95 %"),
        ),
        rows=tuple(_row(region) for region in winning.regions),
    )


def _row(region: Region) -> tuple[Cell, ...]:
    return (
        *(Cell(text=f"{end:.3g}", value=end) for end in region.others),
        *(Cell(text=format_count(end, digits=2), value=end) for end in region.volumes),
        Cell(text=region.pathway or "none good enough", value=region.pathway or ""),
        Cell(text="yes" if region.is_sure else "no", value="yes" if region.is_sure else "no"),
    )
