"""Tokenizing: what of the work goes into turning texts into tokens, measured again on its own."""

from collections.abc import Iterable, Mapping, Sequence

from breakeven.analysis.runs.select import UTILISATION, observe
from breakeven.analysis.uncertain import Observation, as_estimate, mean_of
from breakeven.analysis.words import counted
from breakeven.records import Estimate, PhaseName, Resource, Run, Status

NAME = "tokenizing"


def tokenizing_costs(runs: Iterable[Run]) -> dict[Resource, Estimate]:
    """Cost of tokenizing one example, by resource; nothing where it was not measured apart.

    Args:
        runs: Of one configuration.

    Examples:
        >>> tokenizing_costs([])
        {}
    """
    found: dict[Resource, list[Observation]] = {}
    for run in runs:
        if run.status is Status.OK:
            for resource, seen in _of(run).items():
                found.setdefault(resource, []).append(seen)
    return {resource: _estimate(resource, seen) for resource, seen in found.items()}


def _of(run: Run) -> Mapping[Resource, Observation]:
    n_examples = sum(p.output.n_examples for p in run.phases if _is_part(p.name) and p.output)
    if not n_examples:
        return {}
    seen = {resource: observe(run, resource, phases={PhaseName.TOKENIZE}) for resource in Resource}
    return {
        resource: own.scaled(1 / n_examples)
        for resource, own in seen.items()
        if own is not None and resource.is_additive and resource not in UTILISATION
    }


def _is_part(name: PhaseName) -> bool:
    return name is PhaseName.TOKENIZE


def _estimate(resource: Resource, seen: Sequence[Observation]) -> Estimate:
    mean = mean_of(seen)
    return as_estimate(
        mean,
        f"{resource.value} of {NAME} per example",
        what=f"mean of {counted(mean.n, 'run')}, measured again after the work",
    )
