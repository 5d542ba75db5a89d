"""Change: a store held against an earlier one, for what got dearer or worse.

Runs of two stores share no block, so nothing is paired but test examples. Costs of two machines are
not comparable, nor are numbers of different kinds; then nothing can be told. What differs between
two days on one machine is in the change itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from breakeven.analysis.checks import rows_measured_once
from breakeven.analysis.costs.fieller import fieller_set
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.dominance import Axis, gap_between
from breakeven.analysis.limits.budget import Limit, Phase, amount_of
from breakeven.analysis.limits.evidence import Evidence, by_interval, evidence
from breakeven.analysis.limits.judged import Line
from breakeven.analysis.runs.select import StudyRuns
from breakeven.analysis.scoring.score_pairs import score_difference
from breakeven.analysis.uncertain import LEVEL, Uncertain, as_estimate, once
from breakeven.records import Estimate, Kind, Resource, Run

UNPAIRED = "ratio of means that nothing pairs; Welch's t test inverted (Fieller's set)"
"""How the interval of a ratio is had: it holds the ratios that the test of the line would keep."""

DATA = "content_hash"
"""Fact of a study that tells its data apart from others."""

LOOKED_AT = (
    Resource.ENERGY_J,
    Resource.LATENCY_P99_S,
    Resource.PEAK_MEMORY_BYTES,
    Resource.FLOPS,
)
"""Costs that are checked beside the headline; each further line makes a breach harder to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two stores.

    Attributes:
        found: The study's runs.
        pathways: Gathered costs.
    """

    found: StudyRuns
    pathways: tuple[PathwayCost, ...]

    def machines(self, name: str) -> frozenset[str]:
        """Fingerprints of the machines on which a pathway was used."""
        return frozenset(_fingerprint(run) for run in self.found.inference(name))

    def has(self, resource: Resource) -> bool:
        """Whether any pathway has that cost, of its use or its development."""
        return any(
            resource in pathway.blocks or pathway.development(resource) is not None
            for pathway in self.pathways
        )

    def trained_on(self, pathway: PathwayCost) -> frozenset[str]:
        """Fingerprints of the machines on which it was made."""
        return frozenset(_fingerprint(run) for row in pathway.rows for run in row.runs)


def _fingerprint(run: Run) -> str:
    return "" if run.machine is None else run.machine.fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """One pathway in both stores."""

    before: PathwayCost
    after: PathwayCost
    old: Side
    new: Side

    def amounts(self, limit: Limit) -> tuple[Uncertain | None, Uncertain | None]:
        return amount_of(self.before, limit), amount_of(self.after, limit)

    def machines(self, phase: Phase) -> tuple[frozenset[str], frozenset[str]]:
        if phase is Phase.DEVELOPMENT:
            return self.old.trained_on(self.before), self.new.trained_on(self.after)
        return self.old.machines(self.before.name), self.new.machines(self.after.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What may change.

    Attributes:
        max_rise: Share by which a cost may be higher, 0.05 for 5 %.
        max_drop: By how much a score may be lower, in its own unit.
        resources: Costs to look at; empty for the headline and `LOOKED_AT`.
    """

    max_rise: float = 0.05
    max_drop: float = 0.0
    resources: tuple[Resource, ...] = ()


def change_lines(new: Side, old: Side, allowed: Allowed) -> tuple[Line, ...]:
    """Turn two stores into lines to judge: every cost and score that the old one had.

    Args:
        new: The store to check.
        old: What it is held against.
        allowed: What may change.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.costs.pathways import pathway_cost
        >>> from breakeven.analysis.runs.select import study_runs
        >>> found = study_runs(*example_runs())
        >>> gathered = tuple(pathway_cost(found, p) for p in found.definition.pathways)
        >>> side = Side(found=found, pathways=gathered)
        >>> from breakeven.analysis.limits.judged import judge
        >>> judge(change_lines(side, side, Allowed())).exit_code()
        0
    """
    now = {pathway.name: pathway for pathway in new.pathways}
    lines: list[Line] = []
    for before in old.pathways:
        after = now.get(before.name)
        if after is None:
            lines.append(_absent(before.name))
            continue
        resources = allowed.resources or once((old.found.definition.headline, *LOOKED_AT))
        pair = _Pair(before=before, after=after, old=old, new=new)
        for phase in (Phase.DEPLOYMENT, Phase.DEVELOPMENT):
            lines += _cost_lines(pair, phase, resources, allowed)
        lines += _score_lines(before, after, allowed, is_paired=is_same_data(new, old) is True)
    return tuple(lines)


def _absent(name: str) -> Line:
    return Line(
        subject=name,
        phase="",
        quantity="everything",
        resource=None,
        estimate=None,
        bound=1.0,
        why="the new store has no such pathway",
    )


def _cost_lines(
    pair: _Pair, phase: Phase, resources: Sequence[Resource], allowed: Allowed
) -> Iterator[Line]:
    for resource in resources:
        limit = Limit(subject=pair.before.name, phase=phase, bound=0.0, resource=resource)
        then, now = pair.amounts(limit)
        if then is None or (phase is Phase.DEVELOPMENT and not resource.is_additive):
            continue
        line = Line(
            subject=pair.before.name,
            phase=phase.value,
            quantity=resource.value,
            resource=resource,
            estimate=None,
            bound=1 + allowed.max_rise,
            unit="ratio",
        )
        why = _incomparable(then, now, pair.machines(phase))
        yield _changed(line, then, now, why=why, is_once=_is_once(pair, limit))


def _incomparable(
    then: Uncertain, now: Uncertain | None, machines: tuple[frozenset[str], frozenset[str]]
) -> str:
    """Why two costs are not to be compared; empty where they are."""
    if now is None:
        return "the new store does not have it"
    if set(then.kinds) != set(now.kinds):
        kinds = " and ".join("+".join(sorted(a.kinds)) for a in (then, now))
        return f"the numbers are of different kinds: {kinds}"
    if Kind.MEASURED in then.kinds and machines[0] != machines[1]:
        return "measured on another machine, and costs of two machines are not comparable"
    return ""


def _is_once(pair: _Pair, limit: Limit) -> bool:
    """Whether a side rests on one run, so that nobody knows how runs of it scatter."""
    if limit.phase is Phase.DEVELOPMENT:
        return any(rows_measured_once(side.rows) for side in (pair.before, pair.after))
    return any(side is not None and side.n < 2 for side in pair.amounts(limit))


def _changed(
    line: Line, then: Uncertain, now: Uncertain | None, *, why: str, is_once: bool
) -> Line:
    if why or now is None:
        return replace(line, why=why)
    ratio = _ratio(now, then, line.quantity)
    if ratio is None:
        return replace(line, why="the cost was 0 then, so there is no ratio")
    if is_once and Kind.MEASURED in now.kinds:
        return replace(
            line,
            estimate=replace(ratio, low=None, high=None, level=None),
            evidence=Evidence(p=None, is_above=False, is_below=False),
            why="one run on a side, so how runs scatter is not known; repeat it",
        )
    return replace(line, estimate=ratio, evidence=evidence(now - then.scaled(line.bound)))


def _ratio(now: Uncertain, then: Uncertain, name: str) -> Estimate | None:
    """Now over then; None where then was 0. Where runs scatter by the same test as the verdict."""
    if not then.value > 0:
        return None
    axis = Axis(name=name, title=name)
    sides = [as_estimate(amount, name, what="mean") for amount in (now, then)]
    ratio = gap_between(sides[0], sides[1], axis).estimate
    if not (now.has_scatter or then.has_scatter):
        return ratio
    found = fieller_set(now, then)
    is_bounded = len(found.spans) == 1 and found.is_denominator_clear
    return replace(
        ratio,
        low=found.low if is_bounded else None,
        high=found.high if is_bounded else None,
        level=LEVEL if is_bounded else None,
        method=UNPAIRED if is_bounded else "ratio of means; no bounded interval",
    )


def is_same_data(new: Side, old: Side) -> bool | None:
    """Whether both studies worked on the same data, so that answers may be paired.

    Args:
        new: The store to check.
        old: What it is held against.

    Returns:
        None where one of them does not say.

    Examples:
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.runs import example_runs
        >>> side = Side(found=study_runs(*example_runs()), pathways=())
        >>> is_same_data(side, side) is None
        True
    """
    one, two = (side.found.definition.facts.get(DATA) for side in (new, old))
    return None if one is None or two is None else one == two


def _score_lines(
    before: PathwayCost, after: PathwayCost, allowed: Allowed, *, is_paired: bool
) -> Iterator[Line]:
    if before.scored is None:
        return
    metric = before.scored.score.metric
    line = Line(
        subject=before.name,
        phase="",
        quantity=metric,
        resource=None,
        estimate=None,
        bound=-allowed.max_drop,
        is_least=True,
        unit="points",
    )
    if after.scored is None or after.scored.score.metric != metric:
        yield replace(line, why=f"the new store has no {metric} of it")
        return
    sides = [after.scored, before.scored]
    if not is_paired:
        sides = [replace(side, sheet=None) for side in sides]
    found = score_difference(sides[0], sides[1])
    sign = 1.0 if before.scored.score.higher_is_better else -1.0
    value = sign * found.value
    ends = None
    if found.interval is not None:
        ends = sorted((sign * found.interval.low, sign * found.interval.high))
    estimate = Estimate(
        name=f"change in {metric}",
        value=value,
        low=None if ends is None else ends[0],
        high=None if ends is None else ends[1],
        level=None if ends is None else LEVEL,
        method=found.method,
        n=found.n_examples,
        kinds=once((sides[0].score.kind, sides[1].score.kind)),
        run_ids=once((*sides[0].run_ids, *sides[1].run_ids)),
    )
    if ends is None and value == 0:
        evident = Evidence(p=None, is_above=False, is_below=True)
    elif ends is None:
        yield replace(line, estimate=estimate, why="the scores have no intervals")
        return
    else:
        drop = allowed.max_drop
        evident = by_interval(
            -value - drop, -ends[1] - drop, -ends[0] - drop, n_examples=found.n_examples
        )
    yield replace(line, estimate=estimate, evidence=evident)
