"""What `breakeven lifecycle` answers about volumes: computed once, printed as text or as JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.lifecycle_options import LifeAsked
from breakeven.cli.lifecycle_values import PRODUCTION, RESEARCH
from breakeven.errors import UnknownNameError

if TYPE_CHECKING:
    from breakeven.analysis.costs.pathways import PathwayCost
    from breakeven.analysis.lifetime import Lives
    from breakeven.analysis.runs.select import StudyRuns
    from breakeven.records import Resource, Run, Score, StudyDefinition

MAX_COMPARED = 200
"""Pathways of which every pair still fits a table that somebody reads."""

DECADES = 3
"""A map reaches so many powers of ten to either side of the planned volume."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyLife:
    """One study under the terms asked for.

    Attributes:
        found: Its runs; volume and threshold as asked.
        costs: Gathered costs of every pathway, every row whole.
        lives: One for each cost in which some pathway has a life, the first to be answered in.
        asked: What is wanted.
    """

    found: "StudyRuns"
    costs: "tuple[PathwayCost, ...]"
    lives: "tuple[Lives, ...]"
    asked: LifeAsked

    @property
    def dropped(self) -> tuple[str, ...]:
        """Pathways below the threshold."""
        from breakeven.analysis.lifetime import valid  # noqa: PLC0415 - `--help` stays light

        kept = {cost.name for cost in valid(self.found, self.costs)}
        return tuple(cost.name for cost in self.costs if cost.name not in kept)


def study_life(
    definition: "StudyDefinition",
    runs: "Sequence[Run]",
    asked: LifeAsked,
    *,
    resource: str | None,
    measured_only: bool = False,
) -> StudyLife:
    """Gather one study's lives.

    Raises:
        click.UsageError: If nothing has a life in the cost asked for.
    """
    from breakeven.analysis.costs.pathways import pathway_cost  # noqa: PLC0415 - as above
    from breakeven.analysis.lifetime import lives_of, valid  # noqa: PLC0415 - as above
    from breakeven.analysis.runs.select import study_runs  # noqa: PLC0415 - as above
    from breakeven.analysis.scoring.threshold import off_scale  # noqa: PLC0415 - as above

    changed = replace(
        definition,
        planned_volume=asked.volume or definition.planned_volume,
        min_score=definition.min_score if asked.min_score is None else asked.min_score,
    )
    found = replace(study_runs(changed, runs), is_measured_only=measured_only)
    costs = tuple(pathway_cost(found, pathway) for pathway in found.definition.pathways)
    kept, terms = valid(found, costs), asked.terms(definition.headline)
    of_errors = terms.error_cost.resource.value if terms.error_cost is not None else None
    if resource is not None and of_errors not in {None, resource}:
        raise click.UsageError(
            f"--error-cost is stated in {of_errors} and would not enter {resource}; "
            f"state it in the unit of {resource}, or drop --resource"
        )
    wanted = _resources(found, resource or of_errors)
    if asked.min_score is not None and costs:
        scores = [cost.score for cost in costs if cost.score is not None]
        if why := off_scale(asked.min_score, scores):
            raise click.UsageError(f"--min-score {asked.min_score:g} is {why}")
        if not kept:
            raise click.UsageError(_nobody(scores, asked.min_score, metric=definition.metric))
    lives = tuple(lives_of(found.definition, kept, r, terms) for r in wanted)
    known = tuple(of for of in lives if of.members)
    if not known and asked.is_any:
        raise click.UsageError(_nothing(found, lives, wanted))
    return StudyLife(found=found, costs=costs, lives=known, asked=asked)


def _resources(found: "StudyRuns", name: str | None) -> "list[Resource]":
    """The headline first, then the other costs that add up; or the one asked for."""
    from breakeven.records import Resource  # noqa: PLC0415 - as above

    if name is not None:
        return [Resource(name)]
    seen = [r for r in found.resources if r.is_additive]
    return sorted(seen, key=lambda r: r is not found.definition.headline)


def _nobody(scores: "Sequence[Score]", min_score: float, *, metric: str) -> str:
    """Why a threshold leaves nothing to compare."""
    values = [score.value for score in scores]
    best = f"; scores reach from {min(values):.4g} to {max(values):.4g}" if values else ""
    return f"no pathway reaches {metric} of {min_score:g} (--min-score){best}"


def _nothing(found: "StudyRuns", lives: "Sequence[Lives]", wanted: "Sequence[Resource]") -> str:
    reasons: dict[str, list[str]] = {}
    for name, reason in (pair for of in lives for pair in of.left_out.items()):
        reasons.setdefault(reason, []).append(name)
    told = "".join(f"; of {', '.join(names)} {why}" for why, names in reasons.items())
    costs = ", ".join(r.value for r in found.resources if r.is_additive) or "no costs"
    return (
        f"no pathway of {found.definition.name} has both development and use in "
        f"{', '.join(wanted) or 'any cost'}{told}. The runs have {costs}"
    )


def answer_lines(life: StudyLife) -> list[str]:
    """Who is cheapest from where and how sure, what was assumed, and what is left out."""
    from breakeven.analysis.lifetime import envelope  # noqa: PLC0415 - as above
    from breakeven.report.lifetime_words import answer, terms_words  # noqa: PLC0415 - as above
    from breakeven.report.tables.table import in_ascii  # noqa: PLC0415 - as above

    if not life.lives:
        return []
    first = life.lives[0]
    of_costs = life.lives if life.asked.is_any else life.lives[:1]
    lines = (
        *answer(first, envelope(first)),
        *terms_words(
            of_costs,
            life.costs,
            dropped=life.dropped,
            min_score=life.found.definition.min_score,
        ),
        *_without_research(life),
    )
    return [in_ascii(line) for line in lines]


def _without_research(life: StudyLife) -> list[str]:
    if life.asked.profiles is None or _profiles(life)[RESEARCH]:
        return []
    return ["No research profile: no score says how many items a pass over the test split is."]


def results(life: StudyLife) -> dict[str, Any]:
    """Everything asked for, by the name of its table."""
    from breakeven.analysis.lifetime import (  # noqa: PLC0415 - as above
        efficiencies,
        envelope,
        payoffs,
        profile_spending,
        spending,
    )

    asked, lives = life.asked, life.lives
    found: dict[str, Any] = {}
    if asked.is_break_even:
        _refuse_too_many(max(len(of.members) for of in lives))
        found["break_even"] = [(of, payoffs(of)) for of in lives]
    if asked.is_cheapest:
        found["cheapest"] = [(of, envelope(of)) for of in lives]
    if asked.maps:
        found["share_map"] = [pair for row in asked.maps for pair in _maps(life, row)]
    if asked.lifetimes:
        found["lifetime"] = [(of, spending(of, asked.lifetimes)) for of in lives]
    if asked.profiles is not None:
        found["profiles"] = [(of, profile_spending(of, _profiles(life))) for of in lives]
    if asked.is_ratio:
        found["ratio"] = [(of, efficiencies(of)) for of in lives]
    return found


def _refuse_too_many(n: int) -> None:
    if n > MAX_COMPARED:
        raise click.UsageError(
            f"{n:,} pathways make {n * (n - 1):,} pairs, more than a table holds; --matrix is made "
            "for so many, --break-even for up to " + str(MAX_COMPARED)
        )


def _profiles(life: StudyLife) -> dict[str, dict[str, float]]:
    """Research and production, then one's own; items by pathway."""
    from breakeven.analysis.costs.usage import items_per_pass  # noqa: PLC0415 - as above

    passes = {cost.name: items_per_pass(life.found, cost) for cost in life.costs}
    planned = life.found.definition.planned_volume
    return {
        RESEARCH: {n: items * life.asked.n_passes for n, items in passes.items() if items},
        PRODUCTION: dict.fromkeys(passes, planned),
        **{name: dict.fromkeys(passes, n) for name, n in (life.asked.profiles or {}).items()},
    }


def _maps(life: StudyLife, row: str) -> "Iterator[tuple[Lives, Any]]":
    """The map of one row in every cost; a rule for that row gives way to the numbers of tasks."""
    from breakeven.analysis.lifetime import lives_of, share_map, valid  # noqa: PLC0415 - as above

    kept = valid(life.found, life.costs)
    planned = life.found.definition.planned_volume
    volumes = life.asked.lifetimes or tuple(planned * 10.0**e for e in range(-DECADES, DECADES + 1))
    users = {r.row for cost in life.costs for r in cost.rows}
    if row not in users:
        raise UnknownNameError("row of development", row, sorted(users))
    for of in life.lives:
        if row not in {r.row for member in of.members for r in member.rows}:
            continue
        rules = {name: rule for name, rule in of.terms.rules.items() if name != row}
        whole = lives_of(life.found.definition, kept, of.resource, replace(of.terms, rules=rules))
        yield whole, share_map(whole, row, n_tasks=life.asked.maps[row], volumes=volumes)
