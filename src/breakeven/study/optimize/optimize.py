"""Optimize: search, choose, certify; what was found and what finding it cost."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from breakeven.analysis.results import BreakEven
from breakeven.analysis.search.answer import Answer, answer, repaid
from breakeven.analysis.search.cell import Cell
from breakeven.analysis.search.front import Aim
from breakeven.analysis.search.rounds import OnRound, search_cells
from breakeven.analysis.search.rules import Rules
from breakeven.analysis.search.standing import Searched
from breakeven.errors import CertificateError
from breakeven.meters import open_bank
from breakeven.records import Certificate
from breakeven.records.optimum import LEFT_OUT, NO_CERTIFICATE
from breakeven.store import Store
from breakeven.study.admission import read_task
from breakeven.study.engine import find_engine
from breakeven.study.events import OnEvent, ignore
from breakeven.study.ledger import MODEL
from breakeven.study.optimize.asked import own_length
from breakeven.study.optimize.attempts import level_of_attempt
from breakeven.study.optimize.beforehand import (
    cutting,
    modelled,
    n_examples,
    refuse_uncomparable,
    too_small,
)
from breakeven.study.optimize.certifying import certify_cell
from breakeven.study.optimize.kept import optimum_of
from breakeven.study.optimize.live import LiveBench
from breakeven.study.optimize.load import Optimization
from breakeven.study.optimize.space import Space, space_of
from breakeven.study.spec import Study

OnSaid = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Optimized:
    """What was found.

    Attributes:
        optimization: What was searched.
        space: Among which cells.
        searched: How the search ended.
        answer: What it chose, and the front.
        certificate: The verdict on the choice; None where there was nothing to certify.
        repaid: From which volume on the search is repaid, by the fresh blocks of the
            certificate; by those of the search without one, None where nothing is cheaper.
        doubts: Sentences on what could not be done.
    """

    optimization: Optimization
    space: Space
    searched: Searched
    answer: Answer
    certificate: Certificate | None
    repaid: BreakEven | None
    doubts: tuple[str, ...] = ()

    @property
    def chosen(self) -> Cell:
        """The configuration that was chosen."""
        name = self.answer.chosen.name
        return next(cell for cell in self.space.cells if cell.name == name)


@dataclass(slots=True, kw_only=True)
class Optimizer:
    """Carries an optimization out.

    Attributes:
        optimization: What to search.
        store: Folder of the store; finished rows in it are not repeated.
        on_event: Told what happens to rows.
        on_round: Told each round as it ends.
        say: Told each doubt as it comes up.
    """

    optimization: Optimization
    store: Path
    on_event: OnEvent = ignore
    on_round: OnRound = field(default=lambda _: None)
    say: OnSaid = field(default=lambda _: None)
    _doubts: list[str] = field(default_factory=list)

    def run(self) -> Optimized:
        """Search and certify.

        Raises:
            NothingMeasuredError: If the baseline could not be run.
            SearchStoppedError: If a budget was spent.
            DataFileError: If the task holds no examples to select or certify on.
            SettingsError: If its answers cannot be compared one by one.
        """
        wanted, engine = self.optimization.wanted, find_engine(self.optimization.study.engine)
        facts = read_task(self.optimization.study, engine)
        refuse_uncomparable(facts)
        study = self.optimization.study.asking(facts)
        self.optimization = replace(self.optimization, study=study)
        n_selection, n_test = (n_examples(facts, split) for split in ("validation", "test"))
        if doubt := too_small(wanted, n_test):
            self._doubt(doubt)
        with open_bank(study.meters, replay=study.replay) as bank:
            if doubt := modelled(wanted.cost, bank.channels()):
                self._doubt(doubt)
        space = space_of(study, baseline=wanted.baseline, settings=wanted.settings)
        bench = LiveBench(
            study=study,
            baseline=wanted.baseline,
            store=self.store,
            engine=engine,
            resource=wanted.cost,
            n_selection=n_selection,
            on_event=self.on_event,
        )
        rules = Rules(max_drop=wanted.max_drop, limits=wanted.limits, seed=study.seed)
        with closing(bench):
            searched = search_cells(
                space.cells, bench, reference=space.reference, rules=rules, on_round=self.on_round
            )
        if doubt := cutting(study.reference, self._own_length(study)):
            self._doubt(doubt)
        for reason in dict.fromkeys(searched.failed.values()):
            self._doubt(f"{LEFT_OUT}{reason}")
        aim = Aim(
            max_drop=wanted.max_drop,
            min_saving=wanted.min_saving,
            n_examples=n_test,
            level=level_of_attempt(1, wanted.level),
            resource=wanted.cost,
            metric=study.question.metric,
            kinds=bench.kinds,
            origins=bench.origins,
        )
        rng = np.random.default_rng(study.seed)
        volume = study.question.planned_volume
        found = answer(searched, aim, rng, planned_volume=volume)
        if found.chosen is found.reference:
            return self._optimized(space, searched, found, None, None)
        chosen = next(cell for cell in space.cells if cell.name == found.chosen.name)
        try:
            certified = certify_cell(
                study,
                wanted,
                chosen,
                store=self.store,
                engine=engine,
                n_test=n_test,
                on_event=self.on_event,
            )
        except CertificateError as error:
            self._doubt(f"{NO_CERTIFICATE}{error}")
            return self._optimized(space, searched, found, None, found.repaid)
        if certified.unsteady:
            self._doubt(certified.unsteady)
        pays = repaid(
            (space.reference.name, certified.reference_costs),
            (chosen.name, certified.chosen_costs),
            aim,
            spent=bench.spent + certified.spent,
            planned_volume=volume,
        )
        return self._optimized(space, searched, found, certified.certificate, pays)

    def _optimized(
        self,
        space: Space,
        searched: Searched,
        found: Answer,
        certificate: Certificate | None,
        pays: BreakEven | None,
    ) -> Optimized:
        optimized = Optimized(
            optimization=self.optimization,
            space=space,
            searched=searched,
            answer=found,
            certificate=certificate,
            repaid=pays,
            doubts=tuple(self._doubts),
        )
        with Store(self.store) as store:
            store.save_optimum(optimum_of(optimized))
        return optimized

    def _own_length(self, study: Study) -> int | None:
        """Tokens that the baseline's model reads at once; None where its store does not tell."""
        row = study.pathway(self.optimization.wanted.baseline).row
        with Store(self.store) as store:
            runs = [run for run in store.runs(study=study.name) if run.result_of == row]
            made = [run.artifacts[MODEL] for run in runs if MODEL in run.artifacts]
            return own_length(store.artifact(made[0])) if made else None

    def _doubt(self, text: str) -> None:
        self._doubts.append(text)
        self.say(text)
