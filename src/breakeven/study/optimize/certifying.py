"""Certifying: fresh blocks of the baseline and of the choice, on the test split."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from breakeven.analysis.certificates.certify import Claim, Evidence, certify
from breakeven.analysis.certificates.certify_runs import Measured, evidence_of
from breakeven.analysis.runs.select import by_block
from breakeven.analysis.search.cell import Cell
from breakeven.analysis.uncertain import Observation
from breakeven.errors import SearchStoppedError
from breakeven.records import Certificate, Item, Run, Scalar, Settings, Status
from breakeven.records.engine import Engine
from breakeven.store import Store, StoredAnswers
from breakeven.study.events import OnEvent
from breakeven.study.optimize.attempts import asked_before, attempt_number, level_of_attempt
from breakeven.study.optimize.charging import charges
from breakeven.study.optimize.hindrances import (
    hidden,
    hindered,
    over,
    paired,
    refuse_nothing,
    twin_ratio,
    unsteady,
)
from breakeven.study.optimize.live import SEARCH, part_of
from breakeven.study.optimize.sittings import in_sitting, sitting_of
from breakeven.study.optimize.space import passed_to
from breakeven.study.optimize.wanted import Wanted
from breakeven.study.runner import execute
from breakeven.study.spec import AA, REFERENCE, SWEEP, Configuration, Study

_CHOICE = ("split", "n_examples", "choice_seed")
"""Settings that say which examples a row answers."""

_TOLD = ("attention", "precision", "max_length", "padding", "sorted", "batch_size", "threads")
"""Settings of the baseline that a saving is relative to."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Certified:
    """A certificate and what it was measured with.

    Attributes:
        certificate: The verdict.
        reference_costs: Cost per example of the baseline by block.
        chosen_costs: The same of the choice, in the same blocks.
        spent: What measuring it cost.
        unsteady: How far baseline and twin differ, where that hides a saving as small as is asked.
    """

    certificate: Certificate
    reference_costs: tuple[Observation, ...]
    chosen_costs: tuple[Observation, ...]
    spent: float
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
    rows = certificate_rows(study, wanted, chosen, engine, n_test=n_test)
    with Store(store) as opened:
        before = opened.runs(study=study.name)
    sitting = sitting_of(before, rows, n_blocks=wanted.n_blocks, is_whole=True)
    outcome = execute(part_of(study, sitting), store, on_event=on_event)
    one, twin, two = (in_sitting(outcome.runs, row, sitting) for row in rows)
    if outcome.stopped or {len(one), len(two)} != {wanted.n_blocks}:
        why = outcome.stopped or "; ".join((*outcome.failed, *outcome.skipped))
        raise SearchStoppedError(f"the certificate was not measured: {why}")
    with Store(store) as opened:
        number = attempt_number(opened, two, wanted.cost)
        evidence = _evidence(one, two, study, wanted, store=opened)
    refuse_nothing(evidence.costs)
    refuse_nothing(
        paired(wanted, *(by_block(r, wanted.cost, item=Item.EXAMPLE) for r in (one, twin)))
    )
    claim = Claim(
        reference=rows[0].row,
        candidate=rows[-1].row,
        max_drop=wanted.max_drop,
        min_saving=wanted.min_saving,
        level=level_of_attempt(number, wanted.level),
    )
    found = certify(claim, replace(evidence, notes=(*evidence.notes, *asked_before(number, claim))))
    found = replace(found, attempt=number, against=told_settings(rows[0]))
    noise = twin_ratio(wanted, one, twin)
    costs = evidence.costs
    return Certified(
        certificate=hindered(found, over(wanted, two), hidden(found, noise)),
        reference_costs=tuple(costs.reference[b] for b in costs.blocks),
        chosen_costs=tuple(costs.candidate[b] for b in costs.blocks),
        spent=sum(
            charges(
                outcome.runs,
                study,
                rows,
                wanted.cost,
                baseline=wanted.baseline,
                blocks=sitting.blocks,
            ).values()
        ),
        unsteady=unsteady(wanted, noise),
    )


def told_settings(row: Configuration) -> str:
    """What a row ran with, as far as it decides cost and answers."""
    resolved = row.settings.resolved
    told = {name: resolved[name] for name in _TOLD if name in resolved}
    return ", ".join(f"{name} {str(value).lower()}" for name, value in told.items())


def certificate_rows(
    study: Study, wanted: Wanted, chosen: Cell, engine: Engine, *, n_test: int
) -> tuple[Configuration, ...]:
    """Baseline, its twin and the choice, each over the whole test split.

    A part of the batches is never taken: other batch sizes make other parts, and whether these are
    the dearer ones is the same in every block.
    """
    asked: dict[str, Scalar] = {"split": "test", "n_examples": n_test}
    if "n_batches" in study.reference:
        asked["n_batches"] = 0
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


def _evidence(
    one: Sequence[Run], two: Sequence[Run], study: Study, wanted: Wanted, *, store: Store
) -> Evidence:
    return evidence_of(
        Measured(
            reference=one,
            candidate=two,
            selection=_choosing(store.runs(study=study.name)),
        ),
        StoredAnswers(store, study=study.name).kept,
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
