"""Items: what all uses of a table count, so that their costs can be compared."""

from collections.abc import Sequence

from breakeven.errors import DataFileError
from breakeven.records import Item, Stage
from breakeven.store.importers.tables.life import Placed


def common_item(placed: Sequence[Placed], asked: Item | None) -> Item | None:
    """What all uses of a table count, of tokens and examples; None where they count nothing.

    Args:
        placed: Every run.
        asked: What the user says that a unit of output is; None for what the table counts.

    Raises:
        DataFileError: If some rows count one thing and some only another; names one of each.
    """
    counted = {
        each.entry.place: {item for item in Item if each.entry.volume.count(item)}
        for each in placed
        if each.entry.stage is Stage.INFER and any(each.entry.volume.count(i) for i in Item)
    }
    if not counted:
        return asked
    wanted = [asked] if asked is not None else list(Item)
    if common := [item for item in wanted if all(item in items for items in counted.values())]:
        return common[0]
    place, items = next(iter(counted.items()))
    one = asked or min(items)
    other, theirs = next((p, i) for p, i in counted.items() if one not in i)
    raise DataFileError(
        f"{other}: counts {_words(min(theirs))} where "
        + (f"--item asks for {_words(one)}" if asked else f"{place} counts {_words(one)}")
        + "; a cost per token and a cost per example cannot be compared. Count the same in every "
        "row, in a column n_examples, n_real_tokens or n_padded_tokens."
    )


def _words(item: Item) -> str:
    return f"{item.value.replace('_', ' ')}s"
