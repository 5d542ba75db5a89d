"""One study among the columns: its runs in order, by row, by pathway, and their ancestors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from breakeven.analysis.matrix.columns import RunColumns
from breakeven.analysis.runs.select import NOT_DEVELOPMENT, owner_of
from breakeven.analysis.scoring.scores import REPEAT
from breakeven.analysis.uncertain import once
from breakeven.records import PathwayDefinition, Status, StudyDefinition

Places = NDArray[np.integer]


@dataclass(frozen=True)
class StudyColumns:
    """The runs of one study.

    Attributes:
        columns: Of the whole store.
        definition: Of the study.
    """

    columns: RunColumns
    definition: StudyDefinition

    @cached_property
    def places(self) -> Places:
        """Places of its runs among the columns, by (start, id)."""
        columns = self.columns
        own = np.flatnonzero(columns.study == columns.code(self.definition.name))
        started = columns.started[own]
        order = np.argsort(started, kind="stable")
        if np.any(started[order[1:]] == started[order[:-1]]):
            order = np.lexsort((columns.ids[own], started))
        found: Places = own[order]
        return found

    @cached_property
    def by_row(self) -> dict[str, Places]:
        """Places of each row's runs in order, rows in the order they began."""
        codes = self.columns.row[self.places]
        order = np.argsort(codes, kind="stable")
        ends = np.flatnonzero(np.diff(codes[order])) + 1
        groups = np.split(self.places[order], ends) if len(order) else []
        firsts = [int(order[at]) for at in (0, *ends)] if len(order) else []
        in_order = sorted(zip(firsts, groups, strict=True), key=lambda pair: pair[0])
        return {self.columns.texts[self.columns.row[g[0]]]: g for _, g in in_order}

    @cached_property
    def owner(self) -> dict[str, int]:
        """Pathway, by its place in the definition, whose name begins a row; the longest name."""
        names = {pathway.name: i for i, pathway in enumerate(self.definition.pathways)}
        owners = ((row, owner_of(row, names)) for row in self.by_row)
        return {row: names[name] for row, name in owners if name is not None}

    @cached_property
    def is_ok(self) -> NDArray[np.bool_]:
        """Whether each run of the store ended well."""
        found: NDArray[np.bool_] = self.columns.status == self.columns.code(Status.OK)
        return found

    @cached_property
    def why_records(self) -> str:
        """Why the columns cannot answer for this study, in words; empty where they can."""
        columns, own = self.columns, self.places
        if columns.is_rank[own].any():
            return "some of its runs are ranks of one stage"
        if np.any(columns.joined[own] != columns.code("")):
            return "pathways joined it by hand"
        is_further = columns.role[own] == columns.code(REPEAT)
        firsts = [code for code, text in enumerate(columns.texts) if text in ("", "0")]
        if np.isin(columns.start_repeat[own][is_further], firsts).any():
            return "some deploy a further seed and name the first"
        if len(np.unique(columns.time_form[own])) > 1:
            return "the times of its runs are written in several ways"
        return ""

    def development_rows(self, pathway: PathwayDefinition) -> tuple[str, ...]:
        """As `select.development_rows`: ancestors first, each once."""
        ordered: dict[str, None] = {}
        stack = [(pathway.row, False)]
        entered: set[str] = set()
        while stack:
            row, is_done = stack.pop()
            if is_done:
                ordered[row] = None
            elif row not in entered and row in self.by_row:
                entered.add(row)
                stack.append((row, True))
                stack += [(parent, False) for parent in reversed(self._parent_rows(row))]
        return tuple(ordered)

    def ancestors(self, place: int) -> set[str]:
        """Ids of everything that a run was made from, as far as it is known."""
        known: set[str] = set()
        left = self._parents(place)
        while left:
            parent = left.pop()
            if parent not in known:
                known.add(parent)
                at = self._place_of(parent)
                left += [] if at is None else self._parents(at)
        return known

    def text(self, codes: Sequence[int] | NDArray[np.integer], place: int) -> str:
        """What a column of codes says of one run."""
        return self.columns.texts[codes[place]]

    def run_id(self, place: int) -> str:
        """Id of one run."""
        return bytes(self.columns.ids[place]).decode()

    def _parents(self, place: int) -> list[str]:
        starts = self.columns.parent_starts
        found = self.columns.parents[starts[place] : starts[place + 1]]
        return [bytes(parent).decode() for parent in found]

    def _parent_rows(self, row: str) -> tuple[str, ...]:
        if row not in self._known_parents:
            self._known_parents[row] = once(self._rows_of_parents(self.by_row[row].tolist()))
        return self._known_parents[row]

    @cached_property
    def _known_parents(self) -> dict[str, tuple[str, ...]]:
        return {}

    def _rows_of_parents(self, places: Iterable[int]) -> Iterable[str]:
        seen = once(parent for place in places for parent in self._parents(place))
        found = (self._made.get(parent) for parent in seen)
        return (self.text(self.columns.row, at) for at in found if at is not None)

    def _place_of(self, run_id: str) -> int | None:
        at = self._made.get(run_id)
        return self._used.get(run_id) if at is None else at

    @cached_property
    def _made(self) -> dict[str, int]:
        """Places of development runs by id: few, where those that used a model are many."""
        return self._by_id(self.places[~self._is_used[self.places]])

    @cached_property
    def _used(self) -> dict[str, int]:
        """Places of all other runs by id; hardly ever asked for."""
        return self._by_id(self.places[self._is_used[self.places]])

    @cached_property
    def _is_used(self) -> NDArray[np.bool_]:
        codes = [self.columns.code(stage) for stage in NOT_DEVELOPMENT]
        return np.isin(self.columns.stage, codes)

    def _by_id(self, places: Places) -> dict[str, int]:
        ids = self.columns.ids[places].tolist()
        return {i.decode(): at for i, at in zip(ids, places.tolist(), strict=True)}
