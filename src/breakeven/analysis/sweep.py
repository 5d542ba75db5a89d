"""Sweep: what each inference setting costs against the reference, and which are worth having.

Ratios are taken within blocks against the reference of the same pathway. The A/A twin of the
reference stands among the configurations with its own ratio, which ought to be 1.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from breakeven.analysis import select
from breakeven.analysis.caveats import failed_rows
from breakeven.analysis.checks import aa_pair
from breakeven.analysis.estimates import score_estimate
from breakeven.analysis.pareto import nondominated
from breakeven.analysis.results import ConfigurationResult
from breakeven.analysis.select import ROLE, StudyRuns
from breakeven.analysis.stats import log_ratio, sign_flip_p
from breakeven.analysis.uncertain import LEVEL, Observation, as_estimate, mean_of, once
from breakeven.analysis.words import counted
from breakeven.records import Estimate, Note, Resource, Run, Status

REFERENCE = "reference"
TWIN = "aa"

Blocks = Mapping[int, Observation]


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """The sweep of one pathway.

    Attributes:
        configurations: Reference first, then its twin, then the rest by name.
        notes: Rows that failed, and a twin that differs.
    """

    configurations: tuple[ConfigurationResult, ...]
    notes: tuple[Note, ...]


def sweep_of(found: StudyRuns, pathway: str) -> SweepResult:
    """Compare every configuration of one pathway with its reference.

    Args:
        found: The study's runs.
        pathway: Name.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> sweep = sweep_of(select.study_runs(*example_runs()), "FT")
        >>> [c.label for c in sweep.configurations]
        ['reference', 'aa', 'batch_size=1', 'length=16', 'n_layers=2']
        >>> [note.code.value for note in sweep.notes]
        ['precision-refused']
    """
    runs = found.inference(pathway)
    finished = [run for run in runs if run.status is Status.OK]
    labels = sorted(once(select.label_of(run, pathway) for run in finished), key=_label_order)
    by_label = {
        label: [run for run in finished if select.label_of(run, pathway) == label]
        for label in labels
    }
    reference = _blocks(found, select.with_role(finished, REFERENCE))
    results = [
        _configuration(found, by_label[label], label=label, pathway=pathway, reference=reference)
        for label in labels
    ]
    headline = found.definition.headline
    twin = _blocks(found, select.with_role(finished, TWIN)).get(headline, {})
    return SweepResult(
        configurations=_with_front(results, found, by_label),
        notes=(*failed_rows(runs), *aa_pair(pathway, reference.get(headline, {}), twin)),
    )


def ratio_estimate(
    configuration: Blocks, reference: Blocks, *, resource: Resource
) -> Estimate | None:
    """Cost of a configuration over that of the reference, from the blocks in which both ran.

    Args:
        configuration: Cost per item by block.
        reference: The same of the reference.
        resource: Names the estimate.

    Returns:
        None when no block has both, or a cost is 0 so that no ratio exists.

    Examples:
        >>> def seen(*values: float) -> dict[int, Observation]:
        ...     rest = {"kinds": (), "origins": (), "run_ids": ()}
        ...     return {
        ...         block: Observation(value=v, low=v, high=v, **rest)
        ...         for block, v in enumerate(values)
        ...     }
        >>> half = ratio_estimate(seen(1.0, 1.2), seen(2.0, 2.4), resource=Resource.CPU_S)
        >>> half.value, half.low, half.high
        (0.5, 0.5, 0.5)
    """
    common = sorted(configuration.keys() & reference.keys())
    pairs = [(configuration[b], reference[b]) for b in common]
    if not pairs or min(min(c.value, r.value) for c, r in pairs) <= 0:
        return None
    interval = log_ratio([c.value for c, _ in pairs], [r.value for _, r in pairs])
    has_interval = len(pairs) > 1
    p = sign_flip_p([math.log(c.value / r.value) for c, r in pairs])
    both = [o for pair in pairs for o in pair]
    return Estimate(
        name=f"{resource.value} against the reference",
        value=interval.value,
        low=interval.low if has_interval else None,
        high=interval.high if has_interval else None,
        level=LEVEL if has_interval else None,
        method=f"t interval on the mean log ratio per block; sign-flip p = {p:.2g}"
        if has_interval
        else "ratio in a single block; no interval",
        n=len(pairs),
        kinds=once(kind for o in both for kind in o.kinds),
        origins=once(origin for o in both for origin in o.origins),
        run_ids=once(run_id for o in both for run_id in o.run_ids),
    )


def _configuration(
    found: StudyRuns,
    runs: Sequence[Run],
    *,
    label: str,
    pathway: str,
    reference: Mapping[Resource, Blocks],
) -> ConfigurationResult:
    blocks = _blocks(found, runs)
    is_reference = _role(runs) == REFERENCE
    ratios = {
        resource: ratio
        for resource, own in blocks.items()
        if resource in reference
        and (ratio := ratio_estimate(own, reference[resource], resource=resource)) is not None
    }
    item = found.definition.item.value
    return ConfigurationResult(
        pathway=pathway,
        label=label,
        settings=runs[0].settings.resolved,
        marginal={
            r: as_estimate(
                mean_of(list(own.values())),
                f"{r.value} per {item}" if r.is_additive else r.value,
                what=f"mean of {counted(len(own), 'block')}, work phase only",
            )
            for r, own in blocks.items()
        },
        ratio={} if is_reference else ratios,
        score=score_estimate(select.score_on_test(runs, found.definition.metric)),
        is_on_front=False,
    )


def _with_front(
    results: Sequence[ConfigurationResult],
    found: StudyRuns,
    by_label: Mapping[str, Sequence[Run]],
) -> tuple[ConfigurationResult, ...]:
    """Mark the front of headline cost against score; the twin is the reference over again."""
    headline = found.definition.headline
    points: dict[str, tuple[float, float]] = {}
    for result in results:
        cost = result.marginal.get(headline)
        scored = select.score_on_test(by_label[result.label], found.definition.metric)
        is_twin = _role(by_label[result.label]) == TWIN
        if cost is not None and cost.value is not None and scored is not None and not is_twin:
            points[result.label] = (cost.value, scored.score.product)
    if not points:
        return tuple(results)
    flags = nondominated([c for c, _ in points.values()], [s for _, s in points.values()])
    on_front = {label for label, is_on_front in zip(points, flags, strict=True) if is_on_front}
    return tuple(replace(r, is_on_front=r.label in on_front) for r in results)


def _blocks(found: StudyRuns, runs: Sequence[Run]) -> dict[Resource, dict[int, Observation]]:
    by_resource = {
        resource: select.by_block(runs, resource, item=found.definition.item)
        for resource in found.resources
    }
    return {resource: blocks for resource, blocks in by_resource.items() if blocks}


def _role(runs: Sequence[Run]) -> str:
    return str(runs[0].settings.resolved.get(ROLE, ""))


def _label_order(label: str) -> tuple[int, list[tuple[int, float, str]]]:
    """Reference, twin, then by name with numbers in numeric order."""
    first = {REFERENCE: 0, TWIN: 1}.get(label, 2)
    parts = [p for p in re.split(r"(\d+)", label) if p]
    return first, [(0, float(p), "") if p.isdigit() else (1, 0.0, p) for p in parts]
