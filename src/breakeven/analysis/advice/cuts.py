"""Cuts: settings of inference that were measured to cost less without a loss being shown."""

from collections.abc import Iterator

from breakeven.analysis.advice.amounts import left_by
from breakeven.analysis.advice.result import Advice, Basis, Ground, Topic
from breakeven.analysis.runs.select import ROLE
from breakeven.analysis.scoring.metric_words import FRACTIONS
from breakeven.analysis.sweeps.axis_words import gain_words, loss_words, points_words, ratio_words
from breakeven.analysis.sweeps.findings import Axis, AxisResult, SafestCut, SweepFindings
from breakeven.analysis.words import resource_words
from breakeven.records import Estimate

REFERENCE = "reference"
_TOPICS = {Axis.LENGTH: Topic.LENGTH, Axis.DEPTH: Topic.DEPTH, Axis.PRECISION: Topic.PRECISION}
_PICKED = (
    "It was picked on the test data themselves; `breakeven optimize` proves a choice on others."
)


def cut_advice(ground: Ground) -> Iterator[Advice]:
    """The cheapest configuration of each sweep, and the cheapest along each single axis.

    Only cuts whose ratio lies below 1 with its whole interval count, and none that was shown to
    lose quality.

    Args:
        ground: What advice is reckoned from.

    Examples:
        >>> from breakeven.analysis.overview import analyse
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.runs import example_runs
        >>> analysis, found = analyse(*example_runs()), study_runs(*example_runs())
        >>> [each.action for each in cut_advice(Ground(analysis=analysis, found=found))]
        ['Run TA with length=16.']
    """
    for found in ground.analysis.findings:
        use = ground.use_of(found.pathway)
        if use is not None:
            yield from _of_sweep(ground, found, use)


def _of_sweep(ground: Ground, found: SweepFindings, use: Estimate) -> Iterator[Advice]:
    told: set[str] = set()
    for cut in found.cuts:
        is_kept = ground.keeps_the_score(cut.pathway, cut.label)
        if cut.origin == REFERENCE and is_kept and _is_shown(cut.saving):
            told.add(cut.label)
            yield _cheapest(ground, cut, use)
    for axis in found.axes:
        label = axis.cheapest.get(ground.resource, "")
        if axis.base.label != REFERENCE or label in told:
            continue
        if ground.keeps_the_score(axis.pathway, label) and _is_shown(_saving(ground, axis)):
            told.add(label)
            yield _single(ground, axis, label=label, use=use)


def _saving(ground: Ground, axis: AxisResult) -> Estimate | None:
    return axis.saving.get(ground.resource)


def _is_shown(ratio: Estimate | None) -> bool:
    return ratio is not None and ratio.high is not None and ratio.high < 1


def _over_life(ground: Ground, ratio: Estimate, use: Estimate) -> Estimate | None:
    return left_by(ratio, use, volume=ground.volume) if ground.is_of_work else None


def _cheapest(ground: Ground, cut: SafestCut, use: Estimate) -> Advice:
    assert cut.saving is not None
    saves = _over_life(ground, cut.saving, use)
    return Advice(
        topic=Topic.SETTINGS,
        subject=cut.pathway,
        pathways=(cut.pathway,),
        action=f"Run {cut.pathway} with {_settings(ground, cut.pathway, cut.label)}.",
        evidence=(
            f"It took {_ratio(ground, cut.saving)} of the reference: of {cut.n_tried} "
            "configurations the least that is shown to take less, without a shown loss "
            f"({_loss(ground, cut.loss)})."
        ),
        figure=cut.saving,
        basis=Basis.RATIO,
        saves=saves,
        share=ground.share_of(cut.pathway, saves),
        caution=f"{_not_excluded(ground, cut.loss)}{_PICKED}",
        table="sweep",
    )


def _single(ground: Ground, axis: AxisResult, *, label: str, use: Estimate) -> Advice:
    ratio, point = axis.saving[ground.resource], axis.point(label)
    saves = _over_life(ground, ratio, use)
    return Advice(
        topic=_TOPICS[axis.axis],
        subject=axis.pathway,
        pathways=(axis.pathway,),
        action=f"If only one setting may change, run {axis.pathway} with "
        f"{_settings(ground, axis.pathway, label)}.",
        evidence=f"That alone took {_ratio(ground, ratio)} of the reference"
        f" ({_loss(ground, point.loss)}).",
        figure=ratio,
        basis=Basis.RATIO,
        saves=saves,
        share=ground.share_of(axis.pathway, saves),
        caution=_not_excluded(ground, point.loss).strip(),
        table=str(axis.axis.value),
    )


def _settings(ground: Ground, pathway: str, label: str) -> str:
    """Settings of a configuration, as its label says them or, where it is a name, behind it."""
    own, reference = (
        next((c.settings for c in ground.analysis.sweep if (c.pathway, c.label) == key), {})
        for key in ((pathway, label), (pathway, REFERENCE))
    )
    if all("=" in part for part in label.split(",")):
        return label.replace(",", ", ")
    differ = (f"{k}={v}" for k, v in own.items() if k != ROLE and v != reference.get(k))
    return f"the settings of `{label}`" + (f" ({told})" if (told := ", ".join(differ)) else "")


def _ratio(ground: Ground, ratio: Estimate) -> str:
    return f"{ratio_words(ratio)} of the {resource_words(ground.resource)}"


def _not_excluded(ground: Ground, loss: Estimate | None) -> str:
    if loss is None or loss.high is None or loss.high <= 0:
        return ""
    metric = ground.analysis.definition.metric
    points = " points" if metric in FRACTIONS else ""
    return f"A loss of up to {points_words(loss.high, metric)}{points} is not excluded. "


def _loss(ground: Ground, loss: Estimate | None) -> str:
    metric = ground.analysis.definition.metric
    if loss is None or loss.value is None:
        return "its quality was not compared"
    if loss.value < 0:
        return f"gain {gain_words(loss, metric)}"
    return f"loss {loss_words(loss, metric)}"
