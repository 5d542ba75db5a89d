"""Entries: what each row of a table says, before anything is concluded from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from breakeven.records import Cost, Note, Origin, Scalar, Score, Stage, Status, Volume
from breakeven.store.importers.tables.amounts import Amount

NO_DATE = "1970-01-01T00:00:00Z"
"""Of numbers that do not say when they were obtained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one row says.

    Attributes:
        place: For messages.
        number: Of the row, from 0.
        id: Its own name; empty for none.
        pathway: Whose it is.
        stage: Of the life-cycle.
        stage_word: As the table calls it.
        configuration: Which way of inference; empty for none.
        parents: Names of rows that it builds upon; None where the table has no such column.
        repeat: Which repeat, from 0; None where it does not say.
        n_repeats: How many runs it is the mean of.
        block: Randomized block; None for none.
        role: Of an inference row: reference, aa or sweep; empty where it does not say.
        status: How it ended.
        started_at: UTC, ISO 8601.
        amounts: Costs.
        left_out: Negative cells that stand for unknown, by header.
        volume: Items.
        scores: Quality.
        settings: What else is told.
        traced: Costs from a power trace beside the table.
        trace_notes: Doubts about them.
    """

    place: str
    number: int
    id: str
    pathway: str
    stage: Stage
    stage_word: str
    configuration: str
    parents: tuple[str, ...] | None
    repeat: int | None
    n_repeats: int
    block: int | None
    role: str
    status: Status
    started_at: str
    amounts: tuple[Amount, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    volume: Volume = field(default_factory=Volume)
    scores: tuple[Score, ...] = ()
    settings: Mapping[str, Scalar] = field(default_factory=dict)
    traced: tuple[Cost, ...] = ()
    trace_notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What the user says of every row that does not say it.

    Attributes:
        pathway: Whose rows they are.
        stage: Their stage.
        origin: Where numbers are from.
        date: When they were obtained, ISO 8601; empty for unknown.
        settings: What names of configurations tell, see `told_settings`.
    """

    pathway: str = ""
    stage: str = ""
    origin: Origin = Origin.PUBLISHED
    date: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
