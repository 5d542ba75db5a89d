"""Costs of one row: amounts with their kind, origin and the interval of their last digit."""

from collections.abc import Mapping
from dataclasses import dataclass

from breakeven.errors import DataFileError
from breakeven.records import Cost, Item, Kind, Origin, Resource
from breakeven.store.importers.printed import Printed, is_clock, read_clock, read_printed
from breakeven.store.importers.tables.columns import Column
from breakeven.store.importers.tables.grid import Row
from breakeven.store.importers.tables.meanings import Meaning

USUAL_KIND: Mapping[Resource, Kind] = {
    Resource.FLOPS: Kind.COUNTED,
    Resource.N_PARAMETERS: Kind.COUNTED,
    Resource.N_LABELLED_EXAMPLES: Kind.COUNTED,
    Resource.N_UNLABELLED_EXAMPLES: Kind.COUNTED,
    Resource.CARBON_KGCO2E: Kind.ASSUMED,
    Resource.PRICE_EUR: Kind.ASSUMED,
    Resource.PRICE_USD: Kind.ASSUMED,
}
"""Of resources that no sensor sees; the others are measured unless a `_kind` column says else."""

ORIGINS = (Origin.PUBLISHED, Origin.DERIVED, Origin.INFERRED, Origin.STATED)
"""What a `_kind` column may say of where a number is from, beside how it came about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """One cost of one row.

    Attributes:
        column: Where it stands.
        text: As printed.
        printed: Value and interval, in the unit that records keep.
        kind: How it came about.
        origin: Where it is from.
    """

    column: Column
    text: str
    printed: Printed
    kind: Kind
    origin: Origin

    @property
    def item(self) -> Item | None:
        """What it is an average over; None for a total."""
        return self.column.meaning.item

    def cost(self, *, sensor: str, n_items: float = 1.0) -> Cost:
        """The amount as a total.

        Args:
            sensor: Which table it was read from.
            n_items: Items that an average is taken times.
        """
        meaning = self.column.meaning
        assert meaning.resource is not None
        return Cost(
            resource=meaning.resource,
            value=self.printed.value * n_items,
            low=self.printed.low * n_items,
            high=self.printed.high * n_items,
            kind=self.kind,
            channel=meaning.name or "all",
            sensor=sensor,
            origin=self.origin,
            resolution=self.printed.step * n_items or None,
        )


def read_amount(  # noqa: PLR0913 - each says one thing of the number
    row: Row,
    column: Column,
    *,
    kind: str = "",
    is_exact: bool = False,
    origin: Origin = Origin.PUBLISHED,
    has_decimal_commas: bool = False,
) -> Amount | None:
    """Read the cost that a cell holds; None where it is empty.

    Args:
        row: The row.
        column: Of a cost.
        kind: What the row's `_kind` cell says of it.
        is_exact: Whether the user says that the column was not rounded.
        origin: Of numbers of which the table does not say.
        has_decimal_commas: Whether numbers are written 12,5.

    Raises:
        DataFileError: If it is no number or below 0, or the kind is none; names row and column.
    """
    text = row.cells[column.index]
    if not text:
        return None
    where = f"{row.place}: column {column.header!r} holds {text!r}"
    plain = text.replace(",", ".") if has_decimal_commas else text
    try:
        printed = _printed(plain, column.meaning, is_exact=is_exact)
    except ValueError as error:
        raise DataFileError(f"{where}; {error}.") from error
    if printed.value < 0:
        raise DataFileError(
            f"{where}, and nothing costs less than 0. A counter that wrapped may have given it: "
            f"leave the cell empty, or say --negative-unknown {column.header}."
        )
    found, source = read_kind(kind, row=row, of=column, origin=origin)
    return Amount(column=column, text=text, printed=printed, kind=found, origin=source)


def _printed(text: str, meaning: Meaning, *, is_exact: bool) -> Printed:
    if meaning.unit is None:
        return read_clock(text)
    if is_clock(text):
        raise ValueError(
            "expected a number, for the header has a unit; hh:mm:ss goes under 'duration' alone"
        )
    return read_printed(
        text, factor=meaning.unit.factor, is_exact=is_exact or _is_whole_count(text, meaning)
    )


def _is_whole_count(text: str, meaning: Meaning) -> bool:
    """Whether a count was printed to the last one; FLOPs as 2.48e16 or in G were not."""
    is_count = meaning.resource in USUAL_KIND and meaning.unit is not None
    return is_count and meaning.unit is not None and meaning.unit.factor == 1 and text.isdigit()


def read_kind(text: str, *, row: Row, of: Column, origin: Origin) -> tuple[Kind, Origin]:
    """Read a `_kind` cell: a kind, an origin, or both ("modelled published").

    Raises:
        DataFileError: If a word is neither; names row and column.
    """
    kind = USUAL_KIND.get(of.meaning.resource, Kind.MEASURED) if of.meaning.resource else None
    kind = kind or Kind.COUNTED
    known = [*(k.value for k in Kind), *(o.value for o in ORIGINS)]
    for word in text.lower().replace("/", " ").replace(",", " ").split():
        if word not in known:
            raise DataFileError(
                f"{row.place}: {of.header!r} is said to be {word!r}; expected one of "
                f"{', '.join(known)}."
            )
        if word in {o.value for o in ORIGINS}:
            origin = Origin(word)
        else:
            kind = Kind(word)
    return kind, origin
