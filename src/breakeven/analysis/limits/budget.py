"""Budget: limits that somebody wrote down, held against what a study's runs cost and scored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.limits.evidence import Evidence, by_interval, evidence, shares_below
from breakeven.analysis.limits.judged import Line
from breakeven.analysis.runs.rows import TAKEN_FROM_ELSEWHERE, RowCost
from breakeven.analysis.scoring.scores import PathwayScore
from breakeven.analysis.scoring.threshold import off_scale
from breakeven.analysis.uncertain import Uncertain, as_estimate
from breakeven.errors import DataFileError, UnknownNameError
from breakeven.records import Estimate, Item, Kind, Resource


class Phase(StrEnum):
    """What a limit is of."""

    DEVELOPMENT = "development"
    DEPLOYMENT = "deployment"
    ROW = "row"
    SCORE = "score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One entry of a budget.

    Attributes:
        subject: Pathway, or row for a limit on a row.
        phase: What it is of: a total, an average per item in use, or a score.
        bound: In SI units; a score in its own scale.
        resource: Which cost; None for a score.
        metric: Which score; empty for a cost.
        place: File and line.
    """

    subject: str
    phase: Phase
    bound: float
    resource: Resource | None = None
    metric: str = ""
    place: str = ""


def budget_lines(
    pathways: Sequence[PathwayCost], limits: Sequence[Limit], *, metric: str, item: Item
) -> tuple[Line, ...]:
    """Turn a budget into lines to judge.

    Args:
        pathways: Gathered costs of the study.
        limits: The budget.
        metric: Score of the study.
        item: What an average counts.

    Raises:
        UnknownNameError: If no pathway or row, or no score, is called so.
        DataFileError: If a least score is on another scale than the scores are.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> ts = pathway_cost(study_runs(definition, runs), definition.pathways[1])
        >>> limit = Limit(subject="TS", phase=Phase.DEPLOYMENT, bound=1e-3,
        ...               resource=Resource.CPU_S)
        >>> (line,) = budget_lines([ts], [limit], metric="accuracy", item=Item.EXAMPLE)
        >>> line.estimate.value > line.bound, line.evidence.p < 0.001
        (True, True)
    """
    return tuple(_lines(pathways, limits, metric=metric, item=item))


def _lines(
    pathways: Sequence[PathwayCost], limits: Sequence[Limit], *, metric: str, item: Item
) -> Iterator[Line]:
    by_name = {pathway.name: pathway for pathway in pathways}
    rows = {row.row: row for pathway in pathways for row in pathway.rows}
    for limit in limits:
        known: Mapping[str, object] = rows if limit.phase is Phase.ROW else by_name
        if limit.subject not in known:
            what = "row" if limit.phase is Phase.ROW else "pathway"
            raise UnknownNameError(f"{what} of {limit.place}", limit.subject, known)
        if limit.phase is Phase.SCORE:
            if limit.metric != metric:
                raise UnknownNameError(f"score of {limit.place}", limit.metric, [metric])
            yield _score_line(by_name[limit.subject], limit)
        elif limit.phase is Phase.ROW:
            yield _cost_line(limit, row_amount(rows[limit.subject], limit.resource), item=item)
        else:
            yield _cost_line(limit, amount_of(by_name[limit.subject], limit), item=item)


def amount_of(pathway: PathwayCost, limit: Limit) -> Uncertain | None:
    """What a pathway took of a cost; None where that is not known.

    Args:
        pathway: Whose.
        limit: Says which cost and phase.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> definition, runs = example_runs()
        >>> ft = pathway_cost(study_runs(definition, runs), definition.pathways[0])
        >>> limit = Limit(subject="FT", phase=Phase.DEVELOPMENT, bound=1.0,
        ...               resource=Resource.PRICE_USD)
        >>> amount_of(ft, limit) is None
        True
    """
    assert limit.resource is not None
    if limit.phase is Phase.DEVELOPMENT:
        return pathway.development(limit.resource)
    return pathway.marginal(limit.resource)


def row_amount(row: RowCost, resource: Resource | None) -> Uncertain | None:
    """What one row took of a cost, failed attempts included.

    Args:
        row: Of development.
        resource: Which cost.

    Examples:
        >>> from breakeven.analysis.runs.rows import row_cost
        >>> from breakeven.testing.tiny import tiny_run
        >>> row_amount(row_cost([tiny_run("ft", {Resource.CPU_S: 3.0})]), Resource.CPU_S).value
        3.0
    """
    return None if resource is None else row.amounts.get(resource)


def _cost_line(limit: Limit, amount: Uncertain | None, *, item: Item) -> Line:
    assert limit.resource is not None
    resource = limit.resource
    if amount is None:
        return Line(
            subject=limit.subject,
            phase=limit.phase.value,
            quantity=resource.value,
            resource=resource,
            estimate=None,
            bound=limit.bound,
            why="it was not measured, or not for every row",
            place=limit.place,
        )
    is_average = limit.phase is Phase.DEPLOYMENT and resource.is_additive
    name = f"{resource.value} per {item.value}" if is_average else resource.value
    what = f"mean over {amount.n}" if amount.has_scatter else "as measured"
    return Line(
        subject=limit.subject,
        phase=limit.phase.value,
        quantity=resource.value,
        resource=resource,
        estimate=as_estimate(amount, name, what=what),
        bound=limit.bound,
        evidence=evidence(amount - Uncertain.exact(limit.bound)),
        why=_lacking(amount),
        place=limit.place,
    )


def _lacking(amount: Uncertain) -> str:
    """What an interval lacks that rests on one run: it is of that run alone."""
    if Kind.MEASURED not in amount.kinds or amount.n > 1 or amount.has_scatter:
        return ""
    is_published = set(amount.origins) <= TAKEN_FROM_ELSEWHERE
    return f"{'as printed' if is_published else 'of one run'}; how runs scatter is not in it"


def _score_line(pathway: PathwayCost, limit: Limit) -> Line:
    found = score_estimate(pathway.scored)
    if found is None or found.value is None or pathway.scored is None:
        evident, why = None, "it has no score on the test split"
    else:
        _refuse_scale(pathway.scored, limit)
        evident = score_evidence(pathway.scored, found, least=limit.bound)
        why = "" if evident is not None else "its score has no interval"
    return Line(
        subject=limit.subject,
        phase="",
        quantity=limit.metric,
        resource=None,
        estimate=found,
        bound=limit.bound,
        is_least=True,
        evidence=evident,
        why=why,
        place=limit.place,
    )


def _refuse_scale(scored: PathwayScore, limit: Limit) -> None:
    """Refuse 85 of a score that is kept as 0.85, and 0.85 of one that is kept in percent."""
    why = off_scale(limit.bound, [scored.score])
    if not why and scored.score.is_share and not 0 <= limit.bound <= 1:
        why = "no share of right answers; write one such as 0.85 or 85 %"
    if why:
        raise DataFileError(f"{limit.place}: a limit of {limit.bound:g} is {why}.")


def score_evidence(scored: PathwayScore, found: Estimate, *, least: float) -> Evidence | None:
    """Evidence that a score lies below what is asked.

    Args:
        scored: Over its seeds.
        found: The same as an estimate.
        least: Score asked for, in its own scale.

    Returns:
        None without an interval: nothing is then shown either way.

    Examples:
        >>> from breakeven.analysis.runs.select import ScoredRun
        >>> from breakeven.testing.tiny import tiny_score
        >>> one = PathwayScore(
        ...     seeds=(ScoredRun(score=tiny_score(780, 872), run_id="a"),), repeats=(0,))
        >>> round(score_evidence(one, score_estimate(one), least=0.92).p, 4)
        0.0044
    """
    score = scored.score
    if score.higher_is_better and scored.n_seeds == 1 and score.is_share:
        return shares_below(score.n_correct or 0, score.n_examples, least=least)
    if found.low is None or found.high is None or found.value is None:
        return None
    if score.higher_is_better:
        ends = (least - found.value, least - found.high, least - found.low)
    else:
        ends = (found.value - least, found.low - least, found.high - least)
    return by_interval(*ends, n_examples=scored.n_examples)
