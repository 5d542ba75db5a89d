"""Certifying: fresh blocks of the baseline and of the choice, on the test split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from breakeven.analysis.certify import Claim, Evidence, certify
from breakeven.analysis.certify_runs import Measured, evidence_of
from breakeven.analysis.saving import PairedCosts, saving_of
from breakeven.analysis.search.bench import Floats
from breakeven.analysis.search.cell import Cell
from breakeven.analysis.search.rules import over_limit
from breakeven.analysis.select import by_block
from breakeven.analysis.uncertain import Observation
from breakeven.errors import SearchStoppedError
from breakeven.records import Certificate, Item, Run, Scalar, Settings, Status
from breakeven.records.engine import Engine
from breakeven.store import Store, StoredAnswers
from breakeven.study.events import OnEvent
from breakeven.study.optimize.live import SEARCH, part_of, reached
from breakeven.study.optimize.space import passed_to
from breakeven.study.optimize.wanted import Wanted
from breakeven.study.runner import execute
from breakeven.study.spec import AA, REFERENCE, SWEEP, Configuration, Study

_CHOICE = ("split", "n_examples", "choice_seed")
"""Settings that say which examples a row answers."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Certified:
    """A certificate and what it was measured with.

    Attributes:
        certificate: The verdict.
        reference_costs: Cost per example of the baseline by block.
        chosen_costs: The same of the choice, in the same blocks.
        broken: Limit that the choice broke now, in words; empty for none.
        unsteady: How far baseline and twin differ, where that hides the saving asked for.
    """

    certificate: Certificate
    reference_costs: Floats
    chosen_costs: Floats
    broken: str
    unsteady: str


def certify_cell(  # noqa: PLR0913 - what is certified, where, and who is told
    study: Study,
    wanted: Wanted,
    chosen: Cell,
    *,
    store: Path,
    engine: Engine,
    n_test: int,
    on_event: OnEvent,
) -> Certified:
    """Measure baseline, its twin and the choice in fresh blocks, and judge the claim.

    Args:
        study: With every route.
        wanted: Claim, limits, number of blocks.
        chosen: What the search chose.
        store: Folder of the store.
        engine: Resolves settings.
        n_test: Examples of the test split, all of which are answered.
        on_event: Told what happens.

    Raises:
        SearchStoppedError: If a budget ended it, or one of the two did not run.
        CertificateError: If the test split could not show it whatever came out.
    """
    rows = _rows(study, wanted, chosen, engine, n_test=n_test)
    outcome = execute(part_of(study, rows, n_blocks=wanted.n_blocks), store, on_event=on_event)
    one, two = (_finished(outcome.runs, row) for row in (rows[0], rows[-1]))
    if outcome.stopped or not (one and two):
        why = outcome.stopped or "; ".join((*outcome.failed, *outcome.skipped))
        raise SearchStoppedError(f"the certificate was not measured: {why}")
    claim = Claim(
        reference=rows[0].row,
        candidate=rows[-1].row,
        max_drop=wanted.max_drop,
        min_saving=wanted.min_saving,
        level=wanted.level,
    )
    evidence = _evidence(one, two, study, wanted, store=store)
    costs = evidence.costs
    return Certified(
        certificate=certify(claim, evidence),
        reference_costs=np.array([costs.reference[b].value for b in costs.blocks]),
        chosen_costs=np.array([costs.candidate[b].value for b in costs.blocks]),
        broken=over(wanted, two),
        unsteady=unsteady(wanted, one, _finished(outcome.runs, rows[1])),
    )


def unsteady(wanted: Wanted, one: Sequence[Run], twin: Sequence[Run]) -> str:
    """Why blocks hardly tell a saving: the baseline's twin may differ by as much; else empty.

    Args:
        wanted: Cost, level and the saving asked for.
        one: Runs of the baseline.
        twin: Of its twin, in the same blocks.
    """
    sides = [by_block(runs, wanted.cost, item=Item.EXAMPLE) for runs in (one, twin)]
    lows = [
        saving_of(costs, level=wanted.level).low
        for reference, candidate in (sides, sides[::-1])
        if (costs := _paired(wanted, reference, candidate)).blocks
    ]
    most = max((1 / low for low in lows if low), default=0.0)
    if most <= wanted.min_saving:
        return ""
    return (
        f"baseline and its twin cost the same to within {most - 1:.0%} only, so blocks hardly "
        f"tell a saving of {wanted.min_saving - 1:.0%}; quieten the machine or measure more blocks"
    )


def _paired(
    wanted: Wanted, reference: Mapping[int, Observation], candidate: Mapping[int, Observation]
) -> PairedCosts:
    return PairedCosts(
        resource=wanted.cost, item=Item.EXAMPLE, reference=reference, candidate=candidate
    )


def over(wanted: Wanted, runs: Sequence[Run]) -> str:
    """Limit that runs broke, or that nobody could judge, in words; empty where all are kept."""
    seen = reached(runs)
    unseen = [str(resource) for resource in wanted.limits if resource not in seen]
    if unseen:
        return (
            f"{', '.join(unseen)} has a limit and was not seen; a 99th percentile needs 100 batches"
        )
    return over_limit(wanted.limits, seen)


def _rows(
    study: Study, wanted: Wanted, chosen: Cell, engine: Engine, *, n_test: int
) -> tuple[Configuration, ...]:
    asked: dict[str, Scalar] = {"split": "test", "n_examples": n_test}
    whole = {**study.reference, **asked}
    own = {**passed_to(study, chosen), **asked}
    told = chosen.name.removeprefix(chosen.route).removeprefix("/") or "as the reference"
    base = Settings(passed=whole, resolved=engine.resolve_inference(whole))
    other = Settings(passed=own, resolved=engine.resolve_inference(own))
    return (
        Configuration(pathway=wanted.baseline, label=REFERENCE, role=REFERENCE, settings=base),
        Configuration(pathway=wanted.baseline, label=AA, role=AA, settings=base),
        Configuration(pathway=chosen.route, label=told, role=SWEEP, settings=other),
    )


def _finished(runs: Sequence[Run], row: Configuration) -> tuple[Run, ...]:
    return tuple(run for run in runs if run.row == row.row and run.status is Status.OK)


def _evidence(
    one: Sequence[Run], two: Sequence[Run], study: Study, wanted: Wanted, *, store: Path
) -> Evidence:
    with Store(store) as opened:
        return evidence_of(
            Measured(
                reference=one,
                candidate=two,
                selection=_choosing(opened.runs(study=study.name)),
            ),
            StoredAnswers(opened, study=study.name).kept,
            metric=study.question.metric,
            resource=wanted.cost,
        )


def _choosing(runs: Sequence[Run]) -> list[Run]:
    """One run of the search for each choice of examples: all rows of a round answer the same."""
    found: dict[tuple[Scalar, ...], Run] = {}
    for run in runs:
        settings = run.settings.resolved
        if settings.get("role") == SEARCH and run.status is Status.OK:
            found.setdefault(tuple(settings[name] for name in _CHOICE), run)
    return list(found.values())
