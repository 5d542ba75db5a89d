"""Search words: what tuning came to and the price tags of its results, as sentences."""

from collections.abc import Iterator

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.tuning.search_results import PriceTag, SearchResult
from breakeven.analysis.tuning.searches import mean_cost
from breakeven.analysis.words import amount_words, counted, listed, resource_words
from breakeven.records import Estimate, Resource, Status
from breakeven.report.lookup import compared, headline
from breakeven.units import format_count


def search_lines(analysis: StudyAnalysis) -> list[str]:
    """Sentences on each tuned row; none without any."""
    return [line for found in analysis.searches for line in _lines(analysis, found)]


def _lines(analysis: StudyAnalysis, found: SearchResult) -> Iterator[str]:
    yield _tuning(found)
    if found.count(Status.PRUNED):
        yield _saving(found, compared(analysis) or tuple(found.spent))
    if found.sensitivities:
        yield _sensitivity(found)
    for tag in analysis.price_tags:
        if tag.name == found.row and not tag.is_pathway and tag.resource is headline(analysis):
            yield price_tag_sentence(tag)


def _tuning(found: SearchResult) -> str:
    ended = listed([f"{n} {s.value}" for s in Status if (n := found.count(s))])
    took = mean_cost(found, Resource.DURATION_S)
    time = f" A finished trial took {amount_words(Resource.DURATION_S, took)}." if took else ""
    best = next((trial for trial in found.trials if trial.is_best), None)
    if best is None or found.spread is None:
        return f"Tuning of {found.row}: {ended}; no score to compare them by.{time}"
    drawn = ", ".join(
        f"{k}={v:.3g}" if isinstance(v, float) else f"{k}={v}" for k, v in best.drawn.items()
    )
    sd = "" if found.spread.sd is None else f", SD between trials {found.spread.sd:.2g}"
    return (
        f"Tuning of {found.row}: {ended}. Best is trial {best.number} ({drawn}), {found.metric} "
        f"{found.spread.best:.4g} on validation; median {found.spread.median:.4g}, worst "
        f"{found.spread.worst:.4g}{sd}.{time}"
    )


def _saving(found: SearchResult, resources: tuple[Resource, ...]) -> str:
    parts = [
        f"{resource_words(resource)} {amount_words(resource, saved)} ({100 * share:.0f} %)"
        for resource in resources
        if (share := found.share_saved(resource)) is not None
        if (saved := _value(found.saved[resource])) is not None
    ]
    if not parts:
        return f"What pruning saved in {found.row} is unknown: no pruned trial was judged."
    return (
        f"Pruning saved, of what the trials of {found.row} would have taken: {listed(parts)}; "
        "modelled as cost per step x steps left."
    )


def _sensitivity(found: SearchResult) -> str:
    shares = listed(
        [
            f"{each.setting} {100 * each.share:.0f} % ({p_words(each.p)})"
            for each in found.sensitivities
        ]
    )
    n = found.sensitivities[0].n
    return (
        f"Sensitivity of {found.metric}: rank variance explained by {shares}, over "
        f"{counted(n, 'trial')} ({found.compared})."
    )


def p_words(p: float) -> str:
    """Write a p value; one too small to be told from 0 is no 0.

    Examples:
        >>> p_words(0.0312), p_words(1e-9)
        ('p = 0.031', 'p < 0.001')
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def price_tag_sentence(tag: PriceTag) -> str:
    """E, D, H, their product and the sum of one row, in words."""
    e, product, total = (_value(each) for each in (tag.per_example, tag.product, tag.total))
    lost = (
        f", {tag.n_pruned} pruned and {tag.n_lost} failed or killed"
        if tag.n_pruned or tag.n_lost
        else ""
    )
    most = "at least " if tag.n_unseen else ""
    spent = f"the experiments together took {most}{amount_words(tag.resource, total or 0.0)}"
    if e is None or product is None or tag.n_examples is None:
        return f"Price tag of {tag.name}: H = {tag.n_experiments}{lost}; {spent}."
    passes = "" if tag.n_passes is None else f" ({tag.n_passes:.3g} passes over D each)"
    return (
        f"Price tag of {tag.name} in {resource_words(tag.resource)}: E = "
        f"{amount_words(tag.resource, e)}, D = {format_count(tag.n_examples)}, H = "
        f"{tag.n_experiments}{lost}; E x D x H = {amount_words(tag.resource, product)}, {spent}"
        f"{passes}."
    )


def _value(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.value
