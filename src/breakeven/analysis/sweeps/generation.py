"""Generation: what reading a prompt costs and what saying each further token costs.

Prefill was measured on its own over whole passes; it tokenizes, reads the prompt and says one
token. Decode is what the whole generation took beyond that, run by run, so its interval holds the
doubts of both windows.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from breakeven.analysis.runs.select import UTILISATION, observe
from breakeven.analysis.uncertain import Observation, as_estimate, mean_of
from breakeven.records import Estimate, PhaseName, Resource, Run, Status, Volume

PREFILL_METHOD = "prefill measured alone"
MOST_TIMES = 10
"""A speed that may be more times as high as its best guess is not shown."""
DECODE_METHOD = "whole generation less prefill, each measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationCost:
    """One resource of one row that generates.

    Attributes:
        row: Of the plan.
        resource: Additive.
        per_prompt_token: Of prefill, over the tokens of the prompts without padding.
        per_new_token: Of decode, over the tokens after the first; None where only one was said, or
            where prefill is not told apart from the whole.
        prefill: Of one batch: for time, the time to its first token.
        step: Of one batch and one further token of each of its prompts.
    """

    row: str
    resource: Resource
    per_prompt_token: Estimate
    per_new_token: Estimate | None
    prefill: Estimate
    step: Estimate | None


def generation_costs(runs: Iterable[Run]) -> tuple[GenerationCost, ...]:
    """Divide the cost of every row that generates; nothing for others.

    Args:
        runs: Of a study; unfinished ones are left out.

    Examples:
        >>> generation_costs([])
        ()
    """
    rows: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        if run.status is Status.OK and run.output.n_new_tokens and prefill_volume(run):
            rows[run.row].append(run)
    return tuple(
        cost
        for row, own in rows.items()
        for resource in _resources(own)
        if (cost := _cost(row, own, resource)) is not None
    )


def prefill_volume(run: Run) -> Volume | None:
    """What was read while prefill was measured alone; None where it was not."""
    found = [p.output for p in run.phases if p.name is PhaseName.PREFILL and p.output]
    return found[0] if found else None


def per_second(time: Estimate, name: str) -> Estimate | None:
    """Turn time per thing into things per second, ends of the interval exchanged.

    Returns:
        None where the interval of the time begins so near 0 that the speed has no upper bound worth
        a number (`MOST_TIMES` the speed itself).

    >>> slow = Estimate(name="duration_s", value=0.5, low=0.25, high=1.0, method="m", n=1, kinds=())
    >>> fast = per_second(slow, "tokens per second")
    >>> fast.low, fast.value, fast.high
    (1.0, 2.0, 4.0)
    """
    if not (time.value and time.low and time.high) or time.value > MOST_TIMES * time.low:
        return None
    return Estimate(
        name=name,
        value=1 / time.value,
        low=1 / time.high,
        high=1 / time.low,
        level=time.level,
        method=f"reciprocal of: {time.method}",
        n=time.n,
        kinds=time.kinds,
        origins=time.origins,
        run_ids=time.run_ids,
    )


def _resources(runs: Sequence[Run]) -> tuple[Resource, ...]:
    seen = {
        cost.resource
        for run in runs
        for phase in run.phases
        if phase.name is PhaseName.PREFILL
        for cost in phase.measurement.costs
    }
    return tuple(r for r in Resource if r in seen and r.is_additive and r not in UTILISATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Both windows of one run, per batch."""

    prefill: Observation
    decode: Observation
    n_prompt_tokens: float
    n_prompts: float
    n_further: float

    @classmethod
    def of(cls, run: Run, resource: Resource) -> "_Parts | None":
        """Read them; None where one window did not see the resource."""
        read = prefill_volume(run)
        prefill = observe(run, resource, phases={PhaseName.PREFILL})
        whole = observe(run, resource, phases={PhaseName.WORK})
        if read is None or prefill is None or whole is None:
            return None
        alone, together = prefill.scaled(1 / read.n_batches), whole.scaled(1 / run.output.n_batches)
        return cls(
            prefill=alone,
            decode=together - alone,
            n_prompt_tokens=read.n_real_tokens / read.n_batches,
            n_prompts=run.output.n_examples / run.output.n_batches,
            n_further=run.output.n_new_tokens / run.output.n_examples - 1,
        )


def _cost(row: str, runs: Sequence[Run], resource: Resource) -> GenerationCost | None:
    parts = [found for run in runs if (found := _Parts.of(run, resource)) is not None]
    if not parts:
        return None

    def estimate(seen: Sequence[Observation], per: str, *, what: str) -> Estimate:
        return as_estimate(mean_of(seen), f"{resource.value} per {per}", what=what)

    per_token = [p.prefill.scaled(1 / p.n_prompt_tokens) for p in parts]
    steps = [p.decode.scaled(1 / p.n_further) for p in parts if p.n_further > 0]
    is_told = bool(steps) and sum(step.value for step in steps) > 0
    per_new = [
        step.scaled(1 / p.n_prompts)
        for step, p in zip(steps, (p for p in parts if p.n_further > 0), strict=True)
    ]
    return GenerationCost(
        row=row,
        resource=resource,
        per_prompt_token=estimate(per_token, "prompt token", what=PREFILL_METHOD),
        per_new_token=estimate(per_new, "new token", what=DECODE_METHOD) if is_told else None,
        prefill=estimate([p.prefill for p in parts], "batch", what=PREFILL_METHOD),
        step=estimate(steps, "batch and token", what=DECODE_METHOD) if is_told else None,
    )
