"""What `breakeven impact` prints for people: tables, assumptions and sentences, wrapped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from textwrap import fill

from breakeven.analysis.impacts.footprint import Assumptions, Footprint
from breakeven.analysis.impacts.strubell import draw_words
from breakeven.analysis.impacts.subjects import ALL, FINAL, RUN
from breakeven.analysis.runs.rows import TAKEN_FROM_ELSEWHERE
from breakeven.analysis.uncertain import once
from breakeven.cli.screen import narrowed
from breakeven.records import Estimate, Resource
from breakeven.report.tables.assumed import inputs_table
from breakeven.report.tables.impact import (
    amount_text,
    impact_lines,
    impact_table,
    kinds_words,
    phases_of,
)
from breakeven.report.tables.table import Cell, Table, in_ascii, number, words

_WIDTH = 100
_HIDDEN = frozenset({"phase", "run_id", "inputs"})
_MEANT = {FINAL: ", one run of the row that is deployed"}
"""What the name of a phase does not say by itself."""
_TIMED = frozenset({ALL, FINAL, RUN})
"""Phases whose time a model card asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Everything that is printed, in whatever form.

    Attributes:
        title: Store, or what was stated.
        footprints: Of each subject.
        assumed: What they rest on.
        sentences: What a reader must know beside the numbers.
        paid: Sum of money that was stated.
        implied: Price per chip-hour that it implies.
    """

    title: str
    footprints: tuple[Footprint, ...]
    assumed: Assumptions
    sentences: tuple[str, ...]
    paid: Estimate | None = None
    implied: Estimate | None = None

    @property
    def is_single(self) -> bool:
        """Whether one stated amount was asked about."""
        return len(self.footprints) == 1 and self.footprints[0].subject.phase == "stated"


def told_tables(told: Told) -> tuple[Table, ...]:
    """Impact and inputs, whole, for machines and papers."""
    first = _single(told) if told.is_single else impact_table(told.footprints, told.assumed)
    return first, inputs_table(told.assumed.inputs)


def impact_text(told: Told) -> str:
    """Tables of one phase each, then what was assumed, then the sentences."""
    parts = [_single(told).to_text(narrowed(_WIDTH))] if told.is_single else list(_phases(told))
    if assumed := list(_assumed(told.assumed)):
        parts.append("\n".join(("Assumed:", *assumed)) + "\n")
    parts.append("\n".join(map(wrapped, told.sentences)))
    return "\n".join(parts).rstrip("\n")


def wrapped(text: str, *, indent: str = "") -> str:
    """A sentence in lines no wider than a terminal, without signs that one lacks."""
    return fill(
        in_ascii(text), narrowed(_WIDTH), initial_indent=indent, subsequent_indent=f"{indent}  "
    )


def _phases(told: Told) -> Iterator[str]:
    for phase in phases_of(told.footprints):
        own = [one for one in told.footprints if one.subject.phase == phase]
        is_timed = phase in _TIMED and any(one.subject.duration for one in own)
        if not is_timed and all(one.energy is None and one.rent is None for one in own):
            continue  # a sentence says so
        table = impact_table(own, told.assumed, beside=told.footprints).without(_HIDDEN)
        if phase not in _TIMED:
            table = table.without({"duration_s"})
        kinds = once(kinds_words(one.energy) for one in own if one.energy is not None)
        if len(kinds) <= 1:
            table = table.without({"kinds"})
        item = own[0].subject.item
        head = f"{phase.capitalize()}{f' per {item}' if item else ''}{_MEANT.get(phase, '')}"
        energy = f"; energy is {kinds[0]}{_printed(own)}" if len(kinds) == 1 else ""
        yield f"{wrapped(head + energy)}\n{_narrowed(table)}"


def _printed(own: Sequence[Footprint]) -> str:
    """Whether all of it was taken from print, as after `breakeven import table`."""
    origins = {origin for one in own if one.energy for origin in one.energy.origins}
    return ", as published" if origins and origins <= TAKEN_FROM_ELSEWHERE else ""


def _narrowed(table: Table) -> str:
    """Text of a table; where it is too wide, without what the other columns and sentences imply.

    What is too wide even then goes on below, under the same names.
    """
    for prefix in ("", "energy_with_overhead", "stated_as_covered"):
        names = {c.name for c in table.columns if prefix and c.name.startswith(prefix)}
        table = table.without(names)
        if max(map(len, table.to_text().splitlines())) <= narrowed(_WIDTH):
            break
    return table.to_text(narrowed(_WIDTH))


def _single(told: Told) -> Table:
    table = impact_lines(told.footprints[0])
    return replace(table, rows=(*table.rows, *_paid(told)))


def _paid(told: Told) -> Iterator[tuple[Cell, ...]]:
    for title, name, amount in (
        ("sum paid", "price_usd", told.paid),
        ("implied price per chip-hour", "price_usd_per_chip_hour", told.implied),
    ):
        if amount is not None:
            text = amount_text(amount, Resource.PRICE_USD)
            yield (
                Cell(text=title, value=name),
                number(amount, text),
                words(kinds_words(amount)),
                words(amount.method),
            )


def _assumed(assumed: Assumptions) -> Iterator[str]:
    """Each assumption in a line, and once what the factors of one source cover."""
    if assumed.draws:
        yield wrapped(f"average draw {draw_words(assumed.draws)} (as typed)", indent="  ")
    if assumed.n_chips is not None:
        yield f"  {assumed.n_chips:g} chip{'' if assumed.n_chips == 1 else 's'} (as typed)"
    for by in assumed.inputs:
        lead = f"{by.title} " if by.unit else ""
        yield wrapped(f"{lead}{by.words}", indent="  ")
    for source, licence, covers in once(
        (by.source, by.licence, by.covers) for by in assumed.inputs if by.licence
    ):
        yield wrapped(f"{source}: {licence}; covers {covers}", indent="  ")
