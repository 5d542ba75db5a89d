"""Design: how the runs behind the costs per item lay, in sentences, from the records alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from breakeven.analysis.results import PathwayResult, StudyAnalysis
from breakeven.analysis.runs.rows import TAKEN_FROM_ELSEWHERE
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import counted, listed
from breakeven.records import Estimate, Kind, Resource, Status
from breakeven.report.lookup import headline, is_alone, observed

_SLOPE = "slope of a "
_PER_BLOCK, _TEST = "per block", "sign-flip"
_UNPAIRED = "ratio of averages; no interval"
_UNSENSED = frozenset({Kind.COUNTED, Kind.ASSUMED})


class Lay(StrEnum):
    """How the runs of a cost per item lay."""

    BLOCKS = "blocks"
    ONE_BLOCK = "one block"
    SEPARATE = "separate"
    MIXED = "mixed"
    LINE = "line"
    TOLD = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """The use of one pathway.

    Attributes:
        name: Of the pathway.
        lay: How its runs lay.
        n: Numbers behind the mean.
        blocks: Blocks in which they were.
        method: Of the estimate.
    """

    name: str
    lay: Lay
    n: int
    blocks: frozenset[int]
    method: str


def uses(analysis: StudyAnalysis) -> tuple[Use, ...]:
    """Every pathway whose runs are known, in a measured cost where it has one."""
    blocks = {run.run_id: run.block for run in analysis.runs}
    found = []
    for pathway in analysis.pathways:
        cost = _cost(analysis, pathway)
        if cost is None:
            continue
        behind = [blocks[run_id] for run_id in cost.run_ids if run_id in blocks]
        if behind or _is_told(cost):
            found.append(_use(pathway.name, cost, behind))
    return tuple(found)


def design_sentences(analysis: StudyAnalysis) -> Iterator[str]:
    """How costs per item were averaged and compared; only what was done is said."""
    found = uses(analysis)
    for group in _alike(found):
        yield _sentence(analysis, group, who=_who(analysis, group))
    yield from _ratios(analysis)


def ran_once(analysis: StudyAnalysis) -> bool:
    """Whether a row of development was measured, and ended well once only."""
    return any(
        stage.statuses.get(Status.OK, 0) == 1
        and any(Kind.MEASURED in total.kinds for total in stage.totals.values())
        for pathway in analysis.pathways
        for stage in pathway.stages
    )


def _cost(analysis: StudyAnalysis, pathway: PathwayResult) -> Estimate | None:
    order = once((headline(analysis), *observed(analysis)))
    costs = [pathway.marginal[r] for r in order if r.is_additive and r in pathway.marginal]
    sensed = [cost for cost in costs if not _UNSENSED.issuperset(cost.kinds)]
    return next(iter((*sensed, *costs)), None)


def _is_told(cost: Estimate) -> bool:
    return bool(cost.origins) and TAKEN_FROM_ELSEWHERE.issuperset(cost.origins)


def _use(name: str, cost: Estimate, behind: Sequence[int | None]) -> Use:
    blocks = frozenset(block for block in behind if block is not None)
    if _is_told(cost):
        lay = Lay.TOLD
    elif cost.method.startswith(_SLOPE):
        lay = Lay.LINE
    elif not blocks:
        lay = Lay.SEPARATE
    elif None in behind:
        lay = Lay.MIXED
    else:
        lay = Lay.BLOCKS if len(blocks) > 1 else Lay.ONE_BLOCK
    return Use(name=name, lay=lay, n=cost.n, blocks=blocks, method=cost.method)


def _alike(found: Sequence[Use]) -> list[list[Use]]:
    """Uses of which one sentence can be said."""
    groups: dict[tuple[Lay, str], list[Use]] = {}
    for use in found:
        apart = {Lay.SEPARATE: str(use.n), Lay.LINE: use.method.partition(";")[0]}
        groups.setdefault((use.lay, apart.get(use.lay, "")), []).append(use)
    return list(groups.values())


def _who(analysis: StudyAnalysis, group: Sequence[Use]) -> str:
    if len(group) == len(analysis.pathways):
        return "A cost per item"
    return f"The cost per item of {listed([use.name for use in group])}"


def _sentence(analysis: StudyAnalysis, group: Sequence[Use], *, who: str) -> str:
    first = group[0]
    each = " each" if 1 < len(group) < len(analysis.pathways) else ""
    line = first.method.partition(";")[0]
    said = {
        Lay.BLOCKS: f"is a mean over {_in_blocks(analysis, group)}",
        Lay.ONE_BLOCK: "was measured in one block, so it has no interval between runs",
        Lay.SEPARATE: f"is a mean over {counted(first.n, 'separate run')}{each}, whose order "
        "breakeven did not randomize and which are not paired; its interval is a t interval over "
        "runs",
        Lay.MIXED: "is a mean over runs of which some lay in blocks; those that did not are not "
        "paired, and its interval is a t interval over all",
        Lay.LINE: f"is the {line}{each}, in no blocks and not paired",
        Lay.TOLD: "is taken as others published or stated it; no order of runs is known",
    }
    if first.lay is Lay.SEPARATE and first.n < 2:
        return f"{who} is of one run{each} and has no interval between runs."
    return f"{who} {said[first.lay]}."


def _in_blocks(analysis: StudyAnalysis, group: Sequence[Use]) -> str:
    """What blocks those of some uses were."""
    shared = {use.blocks for use in group}
    n = counted(len(group[0].blocks), "randomized block")
    over = n if len(shared) == 1 else "randomized blocks (not the same for all)"
    inside = frozenset().union(*shared)
    rows = {run.row for run in analysis.runs if run.block in inside}
    mixed = ""
    if len(rows) > 1:
        is_every = len(group) == len(analysis.pathways) and not is_alone(analysis)
        whose = "the configurations of all pathways" if is_every else "their configurations"
        whose = "its configurations" if is_alone(analysis) else whose
        mixed = f" in which {whose} are interleaved"
    return f"{over}{mixed}; its interval is a t interval over blocks"


def _ratios(analysis: StudyAnalysis) -> Iterator[str]:
    """How ratios of costs came about, with a test only where one was made."""
    swept = [
        ratio.method
        for configuration in analysis.sweep
        for ratio in (*configuration.ratio.values(), *configuration.ratio_to_padded.values())
    ]
    in_blocks = any(run.block is not None for run in analysis.runs)
    if in_blocks and any(_PER_BLOCK in method for method in swept):
        tested = any(_TEST in method for method in swept)
        tail = ", with the p of a paired sign-flip test" if tested else ""
        yield (
            "Ratios of configurations of one pathway are t intervals on the mean log ratio per "
            f"block{tail}."
        )
    used = [o for o in analysis.cost_orders if o.phase == "deployment" and o.resource.is_additive]
    if any(_PER_BLOCK in order.ratio.method for order in used):
        yield "Ratios between pathways are t intervals on the mean log ratio per block."
    if any(
        order.ratio.method == _UNPAIRED
        and order.is_told_apart is not None
        and Kind.MEASURED in order.ratio.kinds
        for order in used
    ):
        yield (
            "Costs per item of two pathways whose runs share no blocks are told apart by the "
            "difference of their means, taken as independent; their ratio has no interval."
        )


def start_up_sentence(analysis: StudyAnalysis) -> str:
    """What of start-up the costs per item hold; empty where no pathway was used here."""
    parts = []
    held = [u.name for u in uses(analysis) if "start-up included" in u.method]
    if held:
        parts.append(
            f"The cost per item of {listed(held)} is of all that ran inside what was measured, "
            "start-up too where it was in there; nothing was measured apart."
        )
    lines = [u.name for u in uses(analysis) if u.lay is Lay.LINE]
    if lines:
        parts.append(f"The start-up of {listed(lines)} is told apart by a line over volumes.")
    return " ".join(parts)


def is_sensed(analysis: StudyAnalysis, resource: Resource) -> bool:
    """Whether some number of a resource was observed here, not told by others."""
    return any(
        not _is_told(costs[resource])
        for pathway in analysis.pathways
        for costs in (pathway.development, pathway.marginal)
        if resource in costs
    )
