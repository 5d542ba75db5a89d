"""Outlook: how long the runs left are expected to take, from what finished so far.

Nothing is tried for it while a study runs: where only the work of a row is known, what finished
development of its shape took per operation on this machine stands for the speed, and that of
other shapes where none of its own has finished.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from breakeven.records import Run, Scalar
from breakeven.records.engine import Engine
from breakeven.study.events import Known
from breakeven.study.foresight import Foresight
from breakeven.study.ledger import Ledger
from breakeven.study.table import PlannedRun


@dataclass(slots=True, kw_only=True)
class Outlook:
    """Expects what is left of a study.

    Attributes:
        engine: Knows the work of rows.
        facts: Of the study's data.
        table: Every planned run.
        ledger: What is done.
        earlier: Runs of this machine, of any study, oldest first.
        facts_of: Facts of the data of another study by its name.
    """

    engine: Engine
    facts: Mapping[str, Scalar]
    table: Sequence[PlannedRun]
    ledger: Ledger
    earlier: Sequence[Run]
    facts_of: Callable[[str], Mapping[str, Scalar]]
    _ended: list[Run] = field(default_factory=list)

    def learn(self, run: Run) -> None:
        """Take note of a run that ended."""
        self._ended.append(run)

    def left(self, lost: frozenset[tuple[str, int]] = frozenset()) -> Known:
        """Say how long those runs take of which finished ones tell.

        Args:
            lost: Rows and numbers of runs that will not be made.
        """
        foresight = Foresight(
            engine=self.engine,
            facts=self.facts,
            table=self.table,
            earlier=[*self.earlier, *self._ended],
            study=self.ledger.study.name,
            facts_of=self.facts_of,
            size_bytes=lambda _: 0.0,
            tries=False,
        )
        expected_s: dict[str, float | None] = {}
        known = Known()
        for planned in self.table:
            is_lost = (planned.result_of, planned.number) in lost
            if is_lost or self.ledger.done(planned) is not None:
                continue
            row = planned.result_of
            if row not in expected_s:
                expected_s[row] = foresight.learned_s(planned)
            if (duration_s := expected_s[row]) is not None:
                known = replace(
                    known,
                    duration_s=known.duration_s + duration_s,
                    n_runs=known.n_runs + 1,
                    n_in_blocks=known.n_in_blocks + (planned.block is not None),
                )
        return known
