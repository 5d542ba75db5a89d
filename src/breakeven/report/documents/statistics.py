"""Statistics: what the checklist says of scores and costs, and who computed the scores."""

from collections.abc import Iterator

from breakeven.analysis.results import PathwayResult
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.words import listed, one_item, resource_words
from breakeven.records import Estimate, Origin
from breakeven.report.documents.basis import Basis
from breakeven.report.documents.brackets import brackets_words
from breakeven.report.documents.prose import Section
from breakeven.report.lookup import headline
from breakeven.report.quantity import format_estimate, format_score
from breakeven.report.tables.averaged import n_averaged
from breakeven.report.tables.table import Cell, number

_HOW = (
    "None is the best of several runs unless it says so. Each estimate names its method and its "
    "runs in the table of provenance."
)
_OURS = frozenset({Origin.LIVE, Origin.REPLAYED})
"""Origins of what was computed here."""


def statistics(found: Basis) -> Section:
    """Answer C3: each model's score and cost, with what their ranges hold.

    Args:
        found: What the numbers rest on.
    """
    pathways = found.analysis.pathways
    ranges = brackets_words(
        cell for pathway in pathways for cell in (_score(found, pathway), _cost(found, pathway))
    )
    how = " ".join(part for part in ("Numbers are means.", ranges, _HOW) if part)
    return Section(
        title="C3: statistics of the results",
        paragraphs=(how,),
        points=tuple(_one_model(found, pathway) for pathway in pathways),
        unknown=tuple(_without_scatter(found)),
    )


def scored_by(found: Basis) -> Iterator[str]:
    """Who computed the scores: this program, or somebody who told them.

    Args:
        found: What the scores rest on.
    """
    metric = metric_words(found.analysis.definition.metric)
    scored = [(p.name, set(p.score.origins)) for p in found.analysis.pathways if p.score]
    own = [name for name, origins in scored if origins <= _OURS]
    told = [name for name, origins in scored if not origins <= _OURS]
    if own:
        of = f" of {listed(own)}" if told else ""
        yield f"Scores{of} are {metric} as breakeven computes them."
    if told:
        yield f"Scores of {listed(told)} are taken as told: how {metric} was computed is not known."


def _score(found: Basis, pathway: PathwayResult) -> Cell:
    score = pathway.score
    text = format_score(score, found.analysis.definition.metric) if score else "not scored"
    return number(score, text)


def _cost(found: Basis, pathway: PathwayResult) -> Cell:
    resource = headline(found.analysis)
    use = pathway.marginal.get(resource)
    return number(use, format_estimate(use, resource))


def _one_model(found: Basis, pathway: PathwayResult) -> str:
    definition, resource = found.analysis.definition, headline(found.analysis)
    metric = metric_words(definition.metric)
    use = pathway.marginal.get(resource)
    trained = f" ({_trained_words(found, pathway)})" if pathway.score else ""
    n = _mean_words(found, use) or (f"n = {use.n}" if use is not None else "no run")
    return (
        f"{pathway.name}: {metric} {_score(found, pathway).text}{trained}; "
        f"{resource_words(resource)} per {one_item(definition.item)} "
        f"{_cost(found, pathway).text} ({n})."
    )


def _trained_words(found: Basis, pathway: PathwayResult) -> str:
    """Of how many trainings a score is."""
    several = f"mean over {pathway.n_seeds} training seeds"
    by_seed = {0: "stated", 1: "one training"}.get(pathway.n_seeds, several)
    return _mean_words(found, pathway.score) or by_seed


def _mean_words(found: Basis, estimate: Estimate | None) -> str:
    """Of how many runs others told the mean; empty where records are single runs."""
    n = n_averaged(estimate, found.runs)
    return f"mean of {n} runs, as told" if n else ""


def _without_scatter(found: Basis) -> Iterator[str]:
    """Models whose interval holds no scatter between trainings."""
    for pathway in found.analysis.pathways:
        name = pathway.name
        if n_averaged(pathway.score, found.runs):
            yield f"how the runs of {name} scatter; the records hold their mean alone"
        elif pathway.n_seeds == 1:
            yield f"{name} was trained once: its interval holds no scatter between trainings"
