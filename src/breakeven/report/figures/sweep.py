"""Sweep planes: quality against cost of one pathway's configurations, told apart by what is cut.

The shape says which setting differs from the reference. Names are short; a crowded plane names its
front and the reference, and others only where their name covers nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from breakeven.analysis.results import ConfigurationResult, StudyAnalysis
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.words import one_item, resource_words
from breakeven.records import Scalar
from breakeven.report.figures.figure import Figure, Series, series
from breakeven.report.figures.plane import drawn
from breakeven.report.figures.plane_rows import Plane, PlanePoint
from breakeven.report.lookup import headline
from breakeven.report.quantity import WORDS, format_score

REFERENCE, TWIN, REPEAT = "reference", "aa", "repeat"
"""Roles of the reference configuration and of what is the same over again: checks, not choices."""

SHAPES: Mapping[str, str] = {
    REFERENCE: "diamond",
    "length": "circle",
    "padding": "cross",
    "precision": "square",
    "depth": "triangle-down",
    "several": "triangle-up",
    "other": "circle",
}
_FAMILIES = {
    "max_length": "length",
    "padding": "padding",
    "precision": "precision",
    "n_layers": "depth",
}
_SHORT = {
    "max_length": "{} tokens",
    "n_layers": "{} layers",
    "precision": "{}",
    "padding": "{}",
    "batch_size": "batch {}",
    "length": "{} tokens",
}
MAX_LETTERS = 26
KEPT = "no loss of quality is shown there"
_PADDED = {"padding=max_length": "padded", "padding=longest": "to longest"}


def frontier_figures(analysis: StudyAnalysis) -> tuple[Figure, ...]:
    """One plane per pathway that has at least two configurations."""
    looks = {s.name: s for s in series(analysis)}
    by_pathway = {
        name: [c for c in analysis.sweep if c.pathway == name and _configured(analysis, c)]
        for name in looks
    }
    return tuple(
        drawn(_sweep_plane(analysis, looks[name], configurations))
        for name, configurations in by_pathway.items()
        if len(configurations) > 1
    )


def has_twin(analysis: StudyAnalysis) -> bool:
    """Whether the sweep holds the reference a second time."""
    return any(configuration.label == TWIN for configuration in analysis.sweep)


def families(analysis: StudyAnalysis) -> tuple[Series, ...]:
    """What the shapes of the sweep planes mean, as far as they occur."""
    found = {
        family_of(c, reference)
        for c in analysis.sweep
        for reference in [_reference(analysis, c.pathway)]
        if _configured(analysis, c) and reference is not None
    }
    return tuple(
        Series(name=name, colour="var(--muted)", shape=shape, dash=())
        for name, shape in SHAPES.items()
        if name in found and not (name == "other" and "length" in found)
    )


def family_of(configuration: ConfigurationResult, reference: ConfigurationResult) -> str:
    """Which setting a configuration changes: one of the keys of `SHAPES`."""
    own, base = _settings(configuration), _settings(reference)
    changed = [name for name in own.keys() | base.keys() if own.get(name) != base.get(name)]
    if configuration.label == REFERENCE or not changed:
        return REFERENCE
    return _FAMILIES.get(changed[0], "other") if len(changed) == 1 else "several"


def short_name(label: str) -> str:
    """A configuration's label in words that fit beside a mark.

    Examples:
        >>> short_name("max_length=16,padding=max_length,precision=fp16")
        '16 tokens, padded, fp16'
        >>> short_name("n_layers=1"), short_name("one by one")
        ('1 layer', 'one by one')
    """
    return ", ".join(_short_part(part) for part in label.split(","))


def _beside(name: str) -> str:
    """What stands beside a mark; names that no telephone has room for are left to the tooltip."""
    return name if len(name) <= MAX_LETTERS else ""


def _short_part(part: str) -> str:
    name, equals, value = part.partition("=")
    if part in _PADDED:
        return _PADDED[part]
    if not equals or name not in _SHORT:
        return part
    short = _SHORT[name].format(value)
    return short.removesuffix("s") if value == "1" else short


def _settings(configuration: ConfigurationResult) -> Mapping[str, Scalar]:
    return {k: v for k, v in configuration.settings.items() if k != "role"}


def _reference(analysis: StudyAnalysis, pathway: str) -> ConfigurationResult | None:
    return next((c for c in analysis.sweep if c.pathway == pathway and c.label == REFERENCE), None)


def _configured(analysis: StudyAnalysis, configuration: ConfigurationResult) -> bool:
    cost = configuration.marginal.get(headline(analysis))
    role = configuration.settings.get("role", configuration.label)
    if configuration.label == TWIN or role in {TWIN, REPEAT}:
        return False
    return cost is not None and configuration.score is not None and cost.value is not None


def _sweep_plane(
    analysis: StudyAnalysis, look: Series, configurations: Sequence[ConfigurationResult]
) -> Plane:
    resource, metric = headline(analysis), analysis.definition.metric
    reference = _reference(analysis, look.name)
    flat = flat_labels(analysis, look.name)
    points = [
        PlanePoint(
            name=c.label,
            label=_beside(short_name(c.label)),
            look=look if reference is None else _look(look, family_of(c, reference)),
            cost=c.marginal[resource],
            score=c.score,
            is_on_front=c.is_on_front,
            is_named=c.is_on_front or c.label == REFERENCE,
            is_flat=c.label in flat,
            tip=KEPT if c.label in flat else "",
        )
        for c in configurations
        if c.score is not None
    ]
    return Plane(
        name=f"frontier-{[s.name for s in series(analysis)].index(look.name) + 1}",
        title=f"{look.name}: {_finding(analysis, look.name, configurations)}",
        description=f"{metric_words(metric)} against {WORDS[resource].title} per item for "
        f"{len(points)} inference configurations of {look.name}.{_flat_words(points)}",
        resource=resource,
        cost_title=f"{WORDS[resource].title} per {one_item(analysis.definition.item)}",
        metric=metric,
        points=points,
    )


def flat_labels(analysis: StudyAnalysis, pathway: str) -> frozenset[str]:
    """Configurations from the uncut one down to the last before a loss is shown, axis by axis.

    Empty for an axis whose first cut shows a loss already: the uncut one alone is no region.
    """
    regions = (
        axis.flat for found in analysis.findings if found.pathway == pathway for axis in found.axes
    )
    return frozenset(label for flat in regions if len(flat) > 1 for label in flat)


def _flat_words(points: Sequence[PlanePoint]) -> str:
    names = [short_name(point.name) for point in points if point.is_flat]
    return f" Ringed, as {KEPT}: {', '.join(names)}." if names else ""


def _look(look: Series, family: str) -> Series:
    return replace(look, shape=SHAPES[family])


def _finding(
    analysis: StudyAnalysis, pathway: str, configurations: Sequence[ConfigurationResult]
) -> str:
    """Say what the cheapest cut without a shown loss saves; where there is none, the cheapest."""
    resource, metric = headline(analysis), analysis.definition.metric
    cost = resource_words(resource)
    cuts = (cut for found in analysis.findings if found.pathway == pathway for cut in found.cuts)
    kept = {cut.label for cut in cuts if cut.origin == REFERENCE and cut.saving is not None}
    free = [c for c in configurations if c.label in kept]
    lowest = min(free or configurations, key=lambda c: c.marginal[resource].value or 0.0)
    ratio = lowest.ratio.get(resource)
    if ratio is None or ratio.value is None:
        return f"no configuration tried takes less {cost} than the reference"
    before = next((c.score for c in configurations if c.label == REFERENCE), None)
    called = metric_words(metric)
    change = f"{called} {format_score(lowest.score, metric, interval=False)}"
    if before is not None:
        was = format_score(before, metric, interval=False)
        change = (
            f"{called} stays at {was}" if change.endswith(f" {was}") else f"{change} against {was}"
        )
    return f"{short_name(lowest.label)} for {ratio.value:.2f} of the {cost}, {change}"
