"""Outlook: how long the runs left are expected to take, from what finished so far.

Nothing is tried for it while a study runs: where only the work of a row is known, what finished
development of its shape took per operation on this machine stands for the speed, and that of
other shapes where none of its own has finished.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from breakeven.records import Resource, Run, Scalar, Stage
from breakeven.records.engine import Engine
from breakeven.study.events import Known
from breakeven.study.foresight import Foresight
from breakeven.study.ledger import Ledger
from breakeven.study.services import count_loads
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
        is_open: Checkpoints loaded before it began.
    """

    engine: Engine
    facts: Mapping[str, Scalar]
    table: Sequence[PlannedRun]
    ledger: Ledger
    earlier: Sequence[Run]
    facts_of: Callable[[str], Mapping[str, Scalar]]
    is_open: Collection[str] = ()
    _ended: list[Run] = field(default_factory=list)
    _n_at_first: int | None = None

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
        left = [
            run
            for run in self.table
            if (run.result_of, run.number) not in lost and self.ledger.done(run) is None
        ]
        expected = {run.result_of: run for run in reversed(left)}
        forecasts = {row: foresight.forecast(run) for row, run in expected.items()}
        known = Known(duration_s=self._n_loads(left) * foresight.loading_s())
        for planned in left:
            forecast = forecasts[planned.result_of]
            if forecast.duration_s is not None and not forecast.is_lower_bound:
                known = replace(
                    known,
                    duration_s=known.duration_s + forecast.duration_s,
                    n_runs=known.n_runs + 1,
                    n_in_blocks=known.n_in_blocks + (planned.block is not None),
                )
        every = [forecasts[planned.result_of] for planned in left]
        told = {
            Resource.CPU_S: [f.cpu_s for f in every if f.cpu_s is not None],
            Resource.ENERGY_J: [f.energy_j for f in every if f.energy_j is not None],
        }
        return replace(
            known,
            amounts={resource: sum(amounts) for resource, amounts in told.items() if amounts},
            n_told={resource: len(amounts) for resource, amounts in told.items() if amounts},
        )

    def _n_loads(self, left: Sequence[PlannedRun]) -> int:
        """Checkpoints still to be loaded for those runs: as when it began, less those loaded."""
        order = [run.checkpoint for run in left if run.block is not None]
        if self._n_at_first is None:
            limit = self.ledger.study.max_workers
            self._n_at_first = count_loads(order, limit=limit, is_open=self.is_open).total()
        n_loaded = sum(run.stage is Stage.SERVE for run in self._ended)
        return max(0, self._n_at_first - n_loaded) if order else 0
