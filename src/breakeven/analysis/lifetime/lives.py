"""Lives: every pathway of a study in one cost, as a line over the volume, and any two compared.

`cost(n) = development + n x per item` (Dürlich et al. 2023, eq. 6). The terms that were asked for
enter the line: errors and updates add to the cost per item, a weight divides both by the score.
A pair is compared row by row, so that what both rest on cancels together with its doubt.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from breakeven.analysis.costs.comparison import Comparison, compare
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.weighting import (
    Weights,
    weighted_coverage,
    weighted_saving,
    weights_of,
)
from breakeven.analysis.lifetime.charging import charge
from breakeven.analysis.lifetime.life import ONE, ZERO, Life, assumed
from breakeven.analysis.lifetime.terms import PLAIN, Terms
from breakeven.analysis.uncertain import Uncertain, once
from breakeven.analysis.words import resource_words
from breakeven.errors import UnknownNameError
from breakeven.records import Item, Resource, StudyDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """All pathways that have both development and use in one cost.

    Attributes:
        resource: The cost.
        item: What a volume counts.
        volume: Planned, in items.
        members: In the order of the study.
        left_out: Why a pathway is not among them, by name.
        terms: How lives are counted.
        weights: Scores as weights; empty where output is not weighted.
    """

    resource: Resource
    item: Item
    volume: float
    members: tuple[Life, ...]
    left_out: Mapping[str, str]
    terms: Terms
    weights: Weights

    def named(self, name: str) -> Life:
        """The life of one pathway.

        Raises:
            UnknownNameError: If it is not among the members.
        """
        found = next((life for life in self.members if life.name == name), None)
        if found is None:
            raise UnknownNameError("pathway", name, [life.name for life in self.members])
        return found

    def pair(self, candidate: Life, incumbent: Life, *, at: float | None = None) -> Comparison:
        """Extra development and saving per item of one life against another, under the terms.

        Args:
            candidate: May replace the other.
            incumbent: The other.
            at: Volume at which the updates due by then are counted as development; None spreads
                updates over the items, cost right after each.
        """
        plain = compare(candidate.pathway, incumbent.pathway, self.resource, item=self.item)
        assert plain is not None
        if not (candidate.every or incumbent.every or candidate.weight or incumbent.weight):
            return replace(plain, saved=plain.saved + (incumbent.errors - candidate.errors))
        return self._with_terms(plain, candidate, incumbent, at)

    def _with_terms(
        self, plain: Comparison, candidate: Life, incumbent: Life, at: float | None
    ) -> Comparison:
        """Every row by how often each of the two pays it, at the start and per item."""
        entries = _entries(candidate, incumbent, at)
        extra = reduce(add, (amount.scaled(a) for amount, a, _ in entries if a), ZERO)
        saved = reduce(add, (assumed(amount.scaled(b)) for amount, _, b in entries if b), ZERO)
        covariance = sum(a * b * amount.variance for amount, a, b in entries)
        if not self.terms.is_weighted:
            return replace(
                plain,
                extra=extra,
                saved=plain.saved + saved + (incumbent.errors - candidate.errors),
                covariance=covariance,
            )
        use = weighted_saving(incumbent.pathway, candidate.pathway, self.resource, self.weights)
        doubts = [_weight_doubt(life, at) for life in (candidate, incumbent)]
        return replace(
            plain,
            extra=reduce(add, (doubt.of_start for doubt in doubts), extra),
            saved=reduce(add, (doubt.of_updates for doubt in doubts), use + saved),
            covariance=covariance + sum(doubt.covariance for doubt in doubts),
            coverage=weighted_coverage(plain, self.weights),
        )


def lives_of(
    definition: StudyDefinition,
    pathways: Sequence[PathwayCost],
    resource: Resource,
    terms: Terms = PLAIN,
) -> Lives:
    """Lives of every pathway in one cost, under the terms asked for.

    Args:
        definition: Item, metric and planned volume.
        pathways: Gathered costs, every row whole.
        resource: One that adds up.
        terms: How lives are counted.

    Raises:
        UnknownNameError: If a rule or an update names a row that no pathway rests on.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> found = study_runs(definition, runs)
        >>> costs = [pathway_cost(found, p) for p in definition.pathways]
        >>> lives = lives_of(definition, costs, Resource.CPU_S)
        >>> [life.name for life in lives.members], lives.left_out
        (['FT', 'TS', 'TA', 'TF-IDF'], {'API': 'no CPU time of its development or use is known'})
        >>> pair = lives.pair(lives.named("TS"), lives.named("FT"))
        >>> round(pair.extra.value, 1), round(1000 * pair.saved.value, 2)
        (19.3, 2.88)
    """
    _refuse_unknown_rows(pathways, terms)
    charged = charge(pathways, terms.rules)
    needs_scores = terms.is_weighted or _error_cost(terms, resource) is not None
    weights = weights_of(definition, pathways)
    members, left_out = [], {}
    for pathway in charged:
        if not pathway.has_life(resource):
            words = resource_words(resource)
            left_out[pathway.name] = f"no {words} of its development or use is known"
        elif needs_scores and pathway.name not in weights.by_pathway:
            left_out[pathway.name] = weights.why_not or f"{definition.metric} was not scored"
        else:
            members.append(_life(pathway, resource, terms, weights))
    return Lives(
        resource=resource,
        item=definition.item,
        volume=definition.planned_volume,
        members=tuple(members),
        left_out=left_out,
        terms=terms,
        weights=weights,
    )


def _life(pathway: PathwayCost, resource: Resource, terms: Terms, weights: Weights) -> Life:
    use, weight = pathway.marginal(resource), weights.by_pathway.get(pathway.name)
    assert use is not None
    per_error, errors = _error_cost(terms, resource), ZERO
    if per_error is not None and weight is not None:
        errors = assumed((ONE - weight).scaled(per_error))
    return Life(
        pathway=pathway,
        resource=resource,
        use=use,
        errors=errors,
        every=dict(_every(pathway, terms)),
        weight=weight if terms.is_weighted else None,
    )


def _error_cost(terms: Terms, resource: Resource) -> float | None:
    found = terms.error_cost
    return found.per_error if found is not None and found.resource is resource else None


def _every(pathway: PathwayCost, terms: Terms) -> Iterator[tuple[str, float]]:
    rows = {row.row for row in pathway.rows}
    # an update that names the row comes last, and so counts before that of the deployed row
    for update in sorted(terms.updates, key=lambda u: u.row is not None):
        row = pathway.definition.row if update.row is None else update.row
        if row in rows:
            yield row, update.every


def _refuse_unknown_rows(pathways: Sequence[PathwayCost], terms: Terms) -> None:
    known = once(row.row for pathway in pathways for row in pathway.rows)
    for update in terms.updates:
        if update.row is not None and update.row not in known:
            raise UnknownNameError("row of development", update.row, known)


def _entries(
    candidate: Life, incumbent: Life, at: float | None
) -> list[tuple[Uncertain, float, float]]:
    """Each row's amount with what it counts at the start and, as a saving, per item."""
    amounts = {
        r.row: r.amounts[life.resource] for life in (candidate, incumbent) for r in life.rows
    }
    entries = []
    for row, amount in amounts.items():
        (start_c, rate_c), (start_i, rate_i) = (_counts(x, row, at) for x in (candidate, incumbent))
        entries.append((amount, start_c - start_i, rate_i - rate_c))
    return entries


def _counts(life: Life, row: str, at: float | None) -> tuple[float, float]:
    own = next((r for r in life.rows if r.row == row), None)
    if own is None:
        return 0.0, 0.0
    per = 1.0 if life.weight is None else 1 / life.weight.value
    if at is not None:
        return per * life.paid(own, at), 0.0
    return per, per / life.every[row] if row in life.every else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doubt:
    """What not knowing a weight exactly adds beside the doubt that use already has of it."""

    of_start: Uncertain
    of_updates: Uncertain
    covariance: float


def _weight_doubt(life: Life, at: float | None) -> _Doubt:
    weight, use = life.weight, life.use.value
    assert weight is not None
    start = life.developed(at or 0.0).value
    per_item = (life.per_item if at is None else life.use + life.errors).value

    def moved(by: float) -> Uncertain:
        return replace(weight.scaled(by / weight.value**2), value=0.0, low=0.0, high=0.0)

    return _Doubt(
        of_start=moved(start),
        of_updates=moved(math.sqrt(max(per_item**2 - use**2, 0.0))),
        covariance=-start * per_item * weight.variance / weight.value**4,
    )
