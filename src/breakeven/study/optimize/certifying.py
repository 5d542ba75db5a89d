"""Certifying: fresh blocks of the baseline and of the choice, on the test split."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from breakeven.analysis.certificate_words import factor_down
from breakeven.analysis.certify import Claim, Evidence, certify
from breakeven.analysis.certify_runs import Measured, evidence_of
from breakeven.analysis.saving import PairedCosts, saving_of
from breakeven.analysis.search.cell import Cell
from breakeven.analysis.search.rules import over_limit
from breakeven.analysis.select import by_block
from breakeven.analysis.uncertain import Observation
from breakeven.errors import CertificateError, SearchStoppedError
from breakeven.records import Certificate, Item, Run, Scalar, Settings, Status
from breakeven.records.engine import Engine
from breakeven.store import Store, StoredAnswers
from breakeven.study.events import OnEvent
from breakeven.study.optimize.attempts import asked_before, attempt_number, level_of_attempt
from breakeven.study.optimize.charging import charges
from breakeven.study.optimize.live import SEARCH, part_of, reached
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
        _paired(wanted, *(by_block(r, wanted.cost, item=Item.EXAMPLE) for r in (one, twin)))
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


def refuse_nothing(costs: PairedCosts) -> None:
    """Refuse costs of 0, of which no ratio can be taken: the sensor's step is larger than they are.

    Args:
        costs: Of both, in the blocks of the certificate.

    Raises:
        CertificateError: If one is not above 0.
    """
    blocks = [
        b for b in costs.blocks if min(costs.reference[b].value, costs.candidate[b].value) <= 0
    ]
    if blocks:
        raise CertificateError(
            f"{costs.resource} was seen as 0 in block {blocks[0]}, less than its sensor can tell; "
            "measure longer rows (inference.min_window_s) or another cost"
        )


def told_settings(row: Configuration) -> str:
    """What a row ran with, as far as it decides cost and answers."""
    resolved = row.settings.resolved
    told = {name: resolved[name] for name in _TOLD if name in resolved}
    return ", ".join(f"{name} {str(value).lower()}" for name, value in told.items())


def hindered(found: Certificate, *reasons: str) -> Certificate:
    """Refuse a certificate that must not be used, whatever its bounds show.

    Args:
        found: By its bounds.
        reasons: Why not, in words; empty ones say nothing.

    Examples:
        >>> from breakeven.testing.certificates import example_certificate
        >>> found = hindered(example_certificate(), "", "energy_j is 3, above the limit of 2")
        >>> found.granted, found.reason
        (False, 'Refused: energy_j is 3, above the limit of 2.')
    """
    told = tuple(reason for reason in reasons if reason)
    if not told:
        return found
    reason = f"Refused: {'; and '.join(told)}."
    if not found.granted:
        reason = f"{found.reason} {reason}"
    return replace(found, granted=False, hindrances=told, reason=reason)


def hidden(found: Certificate, noise: float) -> str:
    """Why a saving that was shown is none: the baseline's twin may seem to save as much.

    Args:
        found: By its bounds.
        noise: See `twin_ratio`.
    """
    least = found.saving.low or 0.0
    if not found.granted or noise <= found.min_saving or least > noise:
        return ""
    return (
        f"baseline and its twin may differ by a factor of {noise:.2f}, and the choice is shown to "
        f"be {factor_down(least)} times cheaper only; quieten the machine and certify again"
    )


def twin_ratio(wanted: Wanted, one: Sequence[Run], twin: Sequence[Run]) -> float:
    """By how much the costs of baseline and twin may differ in these blocks; 0 without a twin.

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
    return max((1 / low for low in lows if low), default=0.0)


def unsteady(wanted: Wanted, noise: float) -> str:
    """Why blocks hardly tell a saving of as much as is asked; empty where they do.

    Args:
        wanted: The saving asked for.
        noise: See `twin_ratio`.
    """
    if noise <= wanted.min_saving:
        return ""
    return (
        f"baseline and its twin cost the same to within {noise - 1:.0%} only, so blocks hardly "
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
