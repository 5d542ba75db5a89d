"""Rounds: successive elimination of cells on more and more examples.

Each round measures the cost of those still in it in a few randomized blocks, the reference in
every block, and compares their answers on the same examples. A cell leaves when it breaks a limit
or when, as far as blocks and examples can be drawn anew, it is hardly ever worth having: something
cheaper is as good. What is expected to answer alike and is foretold to be dearer is not measured.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from breakeven.analysis.search.bench import Bench
from breakeven.analysis.search.cell import Cell
from breakeven.analysis.search.draws import cost_draws, front_share, log_costs, quality_draws
from breakeven.analysis.search.foretell import Foretold, foretell, probes
from breakeven.analysis.search.rules import Rules, Step, over_limit, usual_steps
from breakeven.analysis.search.skipping import Scene, hopeless, outdone
from breakeven.analysis.search.standing import Round, Searched, Standing, blocks_of
from breakeven.errors import NothingMeasuredError

FEW_CELLS = 40
"""Up to as many all are measured; what is foretold spares nothing then."""

LEAST_FORETELLING = 8
"""Measured cells below which nothing is foretold: half of them would be terms."""

_MADE_WAY = "something cheaper is as good"

OnRound = Callable[[Round], None]


def search_cells(
    cells: Sequence[Cell],
    bench: Bench,
    *,
    reference: Cell,
    rules: Rules,
    on_round: OnRound = lambda _: None,
) -> Searched:
    """Find the cells that are worth having.

    Args:
        cells: What may be chosen; the reference may be among them.
        bench: Measures.
        reference: What quality and cost are compared with; it never leaves.
        rules: What is searched for.
        on_round: Told each round as it ends.

    Raises:
        NothingMeasuredError: If the reference could not be run.
    """
    return _Search(cells=cells, bench=bench, reference=reference, rules=rules, tell=on_round).run()


@dataclass(slots=True, kw_only=True)
class _Search:
    """A search under way."""

    cells: Sequence[Cell]
    bench: Bench
    reference: Cell
    rules: Rules
    tell: OnRound
    standing: dict[str, Standing] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)
    foretold: Foretold | None = None
    _told: dict[str, float] = field(default_factory=dict)

    def run(self) -> Searched:
        rng = np.random.default_rng(self.rules.seed)
        others = [cell for cell in self.cells if cell.name != self.reference.name]
        first, *further = self.rules.steps or usual_steps(self.bench.n_selection)
        staying = self._round(first, self._worth_measuring(first, others, rng), rng)
        self._check()
        for step in further:
            staying = self._round(step, staying, rng)
        while any(cell.name not in self.standing or self._is_stale(cell) for cell in staying):
            staying = self._round((first, *further)[-1], staying, rng)
        return Searched(
            reference=self.standing[self.reference.name],
            standing=tuple(self.standing.values()),
            sources=self.bench.sources(n_examples=self.rounds[-1].step.n_examples),
            skipped=self.skipped,
            failed=dict(self.bench.failed),
            rounds=tuple(self.rounds),
            foretold=self.foretold,
            spent=self.bench.spent,
            n_cells=len(others) + 1,
        )

    def _is_stale(self, cell: Cell) -> bool:
        """Whether a cell that stays was brought back and not measured since."""
        return self.standing[cell.name].round < len(self.rounds)

    def _worth_measuring(
        self, step: Step, others: Sequence[Cell], rng: np.random.Generator
    ) -> list[Cell]:
        """Measure some, foretell the others, and leave out which of them are hopeless."""
        if len(others) <= FEW_CELLS:
            return list(others)
        chosen = set(probes(others, rng))
        stayed = self._round(step, [cell for i, cell in enumerate(others) if i in chosen], rng)
        left = [cell for i, cell in enumerate(others) if i not in chosen]
        known = list(self.standing.values())
        if len(known) < LEAST_FORETELLING:
            return [*stayed, *left]
        fit = foretell([found.cell for found in known], log_costs(blocks_of(known)))
        self.skipped = hopeless(fit, known, left, reference=self.reference)
        if not self.rules.limits:
            self.skipped |= outdone(fit, known, left, rng, at=self._scene(step))
        self.foretold = replace(fit.report, n_skipped=len(self.skipped))
        told = fit.log_costs(left) - _log_cost(self.standing[self.reference.name])
        self._told = dict(zip((cell.name for cell in left), map(float, told), strict=True))
        return [*stayed, *(cell for cell in left if cell.name not in self.skipped)]

    def _check(self) -> None:
        """Compare what was foretold with what was measured since, both against the reference."""
        base = _log_cost(self.standing[self.reference.name])
        errors = np.array(
            [
                self._told[found.cell.name] - _log_cost(found) + base
                for found in self.standing.values()
                if np.isfinite(self._told.get(found.cell.name, np.nan))
            ]
        )
        if self.foretold is not None and len(errors):
            checked = float(np.expm1(np.sqrt(np.mean(errors**2))))
            self.foretold = replace(self.foretold, checked_frac=checked, n_checked=len(errors))

    def _round(self, step: Step, staying: Sequence[Cell], rng: np.random.Generator) -> list[Cell]:
        """Measure the reference and those that stayed; return who stays now."""
        before = self.bench.spent
        measured = self._measured(step, [self.reference, *staying])
        broken = self._broken([found.cell for found in measured])
        within = [found for found in measured if found.cell.name not in broken]
        shares = self._shares(within, step, rng)
        number = len(self.rounds) + 1
        for found in measured:
            name = found.cell.name
            share = shares.get(name, 0.0)
            left = broken.get(name) or self._reason(found.cell, share, step)
            self.standing[name] = replace(found, front=share, round=number, left=left)
        self._lose({cell.name for cell in staying} - {found.cell.name for found in measured})
        stay = [found.cell for found in within if self._is_in(found.cell)]
        self.rounds.append(
            Round(
                step=step,
                n_measured=len(measured),
                n_left=len(measured) - 1 - len(stay),
                spent=self.bench.spent - before,
            )
        )
        self.tell(self.rounds[-1])
        return [*stay, *self._brought_back(broken)]

    def _lose(self, names: set[str]) -> None:
        """Let go of cells that ran before and could not be run again."""
        for name in names & self.standing.keys():
            why = self.bench.failed.get(name, "no reason given")
            self.standing[name] = replace(self.standing[name], left=f"could not be run: {why}")

    def _measured(self, step: Step, cells: Sequence[Cell]) -> list[Standing]:
        costs = self.bench.cost(cells, n_examples=step.n_examples, n_blocks=step.n_blocks)
        ran = [(cell, cost) for cell, cost in zip(cells, costs, strict=True) if len(cost)]
        if not ran or ran[0][0].name != self.reference.name:
            why = self.bench.failed.get(self.reference.name, "no reason given")
            raise NothingMeasuredError(
                f"the reference {self.reference.name} could not be run ({why}); nothing can be "
                "compared with it. Repair it or name another baseline"
            )
        answers = self.bench.answers([cell for cell, _ in ran], n_examples=step.n_examples)
        return [
            Standing(cell=cell, costs=cost, answers=told, front=0.0, round=0)
            for (cell, cost), told in zip(ran, answers, strict=True)
        ]

    def _broken(self, cells: Sequence[Cell]) -> dict[str, str]:
        """Limits that cells break, by name; the reference is kept whatever it reaches."""
        if not self.rules.limits:
            return {}
        seen = self.bench.seen(cells)
        told = {
            cell.name: over_limit(self.rules.limits, reached)
            for cell, reached in zip(cells, seen, strict=True)
            if cell.name != self.reference.name
        }
        return {name: text for name, text in told.items() if text}

    def _shares(
        self, found: Sequence[Standing], step: Step, rng: np.random.Generator
    ) -> dict[str, float]:
        """P(on the front) of each."""
        if len(found) == 1:
            return {found[0].cell.name: 1.0}
        at = self._scene(step)
        costs = cost_draws(blocks_of(found), rng)
        answers = np.array([one.answers for one in found])
        quality = quality_draws(answers, [one.cell.alike for one in found], at.sources, rng)
        indifference = self.rules.indifference
        shares = front_share(costs, quality, slack=at.slack, indifference=indifference)
        return {one.cell.name: float(share) for one, share in zip(found, shares, strict=True)}

    def _scene(self, step: Step) -> Scene:
        """On what this round compares cells."""
        return Scene(
            sources=self.bench.sources(n_examples=step.n_examples),
            slack=step.slack(self.bench.n_selection),
            rules=self.rules,
        )

    def _reason(self, cell: Cell, share: float, step: Step) -> str:
        first = self.rounds[0].step if self.rounds else step
        is_between = first.n_examples < step.n_examples < self.bench.n_selection
        least = self.rules.leave_between if is_between else self.rules.leave_below
        if share >= least or cell.name == self.reference.name:
            return ""
        return f"{_MADE_WAY} in {1 - share:.0%} of draws"

    def _is_in(self, cell: Cell) -> bool:
        return cell.name != self.reference.name and not self.standing[cell.name].left

    def _brought_back(self, broken: Mapping[str, str]) -> list[Cell]:
        """Cells that made way for one that now breaks a limit: those that answer like it."""
        groups = {self.standing[name].cell.alike for name in broken}
        back = []
        for cell in self.cells:
            left = self.standing[cell.name].left if cell.name in self.standing else ""
            made_way = cell.name in self.skipped or left.startswith(_MADE_WAY)
            if cell.alike in groups and made_way and cell.name != self.reference.name:
                self.skipped.pop(cell.name, None)
                back.append(cell)
        return back


def _log_cost(found: Standing) -> float:
    return float(np.log(found.costs).mean())
