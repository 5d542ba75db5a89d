"""Further scores: what runs were scored by beside the metric that decides."""

from collections.abc import Mapping, Sequence

from breakeven.analysis.costs.pathways import PathwayCost, scored_by
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.results import ConfigurationResult
from breakeven.analysis.runs.select import StudyRuns, score_on_test
from breakeven.analysis.scoring.score_results import ScoreRow
from breakeven.analysis.sweeps.cells import REFERENCE, TWIN
from breakeven.analysis.uncertain import once
from breakeven.records import Estimate, Status


def score_rows(
    found: StudyRuns,
    pathways: Sequence[PathwayCost],
    configurations: Sequence[ConfigurationResult],
) -> tuple[ScoreRow, ...]:
    """Every metric of every pathway at the reference, then of its other configurations.

    Args:
        found: The study's runs.
        pathways: Gathered costs and scores.
        configurations: Of the sweep, in the order to show.

    Returns:
        Rows without any score are left out; none at all where only one metric was taken.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> from breakeven.analysis.runs.select import study_runs
        >>> score_rows(study_runs(StudyDefinition(name="s", pathways=()), []), [], [])
        ()
    """
    metrics = metrics_on_test(found)
    if len(metrics) < 2:
        return ()
    rows = []
    for pathway in pathways:
        rows.append(_reference_row(found, pathway, metrics))
        rows += [
            _swept_row(found, c, metrics)
            for c in configurations
            if c.pathway == pathway.name and c.label not in (REFERENCE, TWIN)
        ]
    return tuple(row for row in rows if row.scores)


def metrics_on_test(found: StudyRuns) -> tuple[str, ...]:
    """Metrics of the test split, the study's own first.

    Examples:
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.runs import example_runs
        >>> metrics_on_test(study_runs(*example_runs()))
        ('accuracy',)
    """
    seen = once(
        score.metric
        for run in found.runs
        if run.status is Status.OK
        for score in run.scores
        if score.split == "test"
    )
    return tuple(sorted(seen, key=lambda metric: metric != found.definition.metric))


def _reference_row(found: StudyRuns, pathway: PathwayCost, metrics: Sequence[str]) -> ScoreRow:
    """The study's own metric as everywhere else; answers by example are known of it alone."""
    further = (m for m in metrics if m != found.definition.metric)
    scored = {found.definition.metric: pathway.scored} | {
        m: scored_by(found, pathway.definition, pathway.rows, m) for m in further
    }
    return ScoreRow(
        pathway=pathway.name,
        label=REFERENCE,
        scores=_known({m: score_estimate(one) for m, one in scored.items()}),
    )


def _swept_row(
    found: StudyRuns, configuration: ConfigurationResult, metrics: Sequence[str]
) -> ScoreRow:
    runs = found.by_row.get(f"{configuration.pathway}/{configuration.label}", ())
    return ScoreRow(
        pathway=configuration.pathway,
        label=configuration.label,
        scores=_known({m: score_estimate(score_on_test(runs, m)) for m in metrics}),
    )


def _known(scores: Mapping[str, Estimate | None]) -> dict[str, Estimate]:
    return {metric: score for metric, score in scores.items() if score is not None}
