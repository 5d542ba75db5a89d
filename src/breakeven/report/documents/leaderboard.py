"""Leaderboard: score and cost side by side, over one or several stores.

Schwartz et al. 2020 ask for efficiency beside accuracy, for the time or cost to reach an accuracy,
and for all experiments, not the best one. No single number ranks the rows: they stand by score, and
every cost has a column.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from breakeven.analysis.results import PathwayResult, StudyAnalysis
from breakeven.analysis.runs.rollup import RollUp, n_repeats
from breakeven.analysis.scoring.metric_words import FRACTIONS, metric_words
from breakeven.analysis.uncertain import as_estimate, once
from breakeven.analysis.words import counted, listed, one_item
from breakeven.errors import UnknownNameError
from breakeven.records import Estimate, Resource, Status
from breakeven.report.documents.hardware import statuses_words
from breakeven.report.quantity import WORDS, format_estimate, format_score
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words

_COSTS = (
    *(Resource.DURATION_S, Resource.CPU_S, Resource.ENERGY_J),
    *(Resource.PRICE_EUR, Resource.PRICE_USD),
)
_LATENCIES = (Resource.LATENCY_P50_S, Resource.LATENCY_P99_S)
ALL_RUNS = "(all runs)"
"""Stands for a pathway in the row of everything that a study ran."""
_DEVELOPED = (
    "Development is of one model: failed, killed and pruned runs in full, repeats by their mean; "
    f"{ALL_RUNS} sums every run."
)
_TARGET = re.compile(
    r"^\s*(?P<metric>[^=]+?)\s*=\s*(?P<value>\d+(?:\.\d+)?|\.\d+)\s*(?P<unit>%?)\s*$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A score to be reached.

    Attributes:
        metric: Its name.
        value: On the metric's own scale.
    """

    metric: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A study on the board.

    Attributes:
        store: Name of its store.
        analysis: Of it.
        paid: Every run of it, each paid once.
    """

    store: str
    analysis: StudyAnalysis
    paid: RollUp

    @property
    def metric(self) -> str:
        """Score that counts as quality."""
        return self.analysis.definition.metric

    @property
    def higher_is_better(self) -> bool:
        """Direction of that score."""
        runs = self.analysis.runs
        seen = [s.higher_is_better for run in runs for s in run.scores if s.metric == self.metric]
        return seen[0] if seen else True

    @property
    def data(self) -> str:
        """What tells its data from others."""
        facts = self.analysis.definition.facts
        return str(facts.get("content_hash", ""))[:8] or str(facts.get("task", "")) or EM_DASH

    @property
    def machines(self) -> tuple[str, ...]:
        """Machines that it ran on."""
        runs = self.analysis.runs
        return once(run.machine.fingerprint[:8] for run in runs if run.machine)


def read_target(text: str) -> Target:
    """Read `accuracy=0.93`, or `accuracy=93%`.

    Raises:
        ValueError: If it is no metric with a number, or beyond what a share can be.

    Examples:
        >>> read_target("accuracy = 93%")
        Target(metric='accuracy', value=0.93)
    """
    found = _TARGET.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no score to reach; write METRIC=SCORE, as accuracy=0.93")
    metric, factor = found["metric"].strip(), 0.01 if found["unit"] else 1.0
    value = float(found["value"]) * factor
    if metric in FRACTIONS and value > 1:
        raise ValueError(
            f"{text!r} is beyond 1, the most that {metric_words(metric)} can be; write a share or "
            f"percent, as {metric}=0.93 or {metric}=93%"
        )
    return Target(metric=metric, value=value)


def leaderboard(entered: Sequence[Entered], *, target: Target | None = None) -> Table:
    """One row per pathway and one per study for all of its runs, the best score first.

    Args:
        entered: Studies, at least one.
        target: Score to say the cost of.

    Raises:
        UnknownNameError: If no study has the target's metric.
    """
    metrics = once(each.metric for each in entered)
    if target is not None and target.metric not in metrics:
        raise UnknownNameError("metric", target.metric, list(metrics))
    lines = [_Line(each, pathway) for each in entered for pathway in each.analysis.pathways]
    lines.sort(key=lambda line: (metrics.index(line.entered.metric), line.order))
    totals = [_Line(each, None) for each in entered]
    board = _Board(
        entered=tuple(entered),
        lines=(*lines, *totals),
        target=target,
        resources=_seen(lines, _COSTS),
        latencies=_seen(lines, _LATENCIES),
    )
    return Table(
        name="leaderboard",
        caption=_caption(board),
        columns=tuple(_columns(board)),
        rows=tuple(tuple(_row(board, line)) for line in board.lines),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """A row: a pathway, or all runs of a study."""

    entered: Entered
    pathway: PathwayResult | None

    @property
    def order(self) -> tuple[bool, float]:
        score = None if self.pathway is None else self.pathway.score
        value = None if score is None else score.value
        if value is None:
            return True, 0.0
        return False, -value if self.entered.higher_is_better else value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Board:
    """Everything that the columns depend on."""

    entered: tuple[Entered, ...]
    lines: tuple[_Line, ...]
    target: Target | None
    resources: tuple[Resource, ...]
    latencies: tuple[Resource, ...]

    @property
    def is_single(self) -> bool:
        return len(self.entered) == 1


def _seen(lines: Sequence[_Line], among: Sequence[Resource]) -> tuple[Resource, ...]:
    pathways = [line.pathway for line in lines if line.pathway is not None]
    return tuple(r for r in among if any(r in p.development or r in p.marginal for p in pathways))


def _caption(board: _Board) -> str:
    said = ["Score and cost, by score.", _DEVELOPED]
    if board.target is not None:
        goal = f"{metric_words(board.target.metric)} {board.target.value:g}"
        said.append(f"Cost to reach {goal}: development of a model that has it on the test split.")
    if Resource.ENERGY_J not in board.resources:
        said.append("Energy has no column: nothing here observed it.")
    if len(once(each.data for each in board.entered)) > 1:
        said.append("Scores on different data do not compare.")
    machines = once(machine for each in board.entered for machine in each.machines)
    untold = ["others that no record names"] if not all(e.machines for e in board.entered) else []
    if len(machines) + len(untold) > 1:
        told = listed([counted(len(machines), "machine"), *untold])
        said.append(f"Times and energies are of {told}, which differ.")
    return " ".join(said)


def _columns(board: _Board) -> Iterator[Column]:
    if not board.is_single:
        yield Column(name="store", title="Store")
        yield Column(name="study", title="Study")
        yield Column(name="data", title="Data")
        yield Column(name="machines", title="Machines")
    yield Column(name="pathway", title="Pathway")
    yield Column(name="metric", title="Metric")
    yield Column(name="score", title="Score (test)", is_number=True)
    yield Column(name="n_parameters", title="Parameters", is_number=True)
    yield Column(name="item", title="Per")
    for resource in board.resources:
        title = f"{WORDS[resource].title} per item"
        yield Column(name=f"per_item_{resource.value}", title=title, is_number=True)
    for resource in board.latencies:
        yield Column(name=resource.value, title=WORDS[resource].title, is_number=True)
    yield Column(name="experiments", title="Experiments")
    for resource in board.resources:
        title = f"{WORDS[resource].title} to develop"
        yield Column(name=f"development_{resource.value}", title=title, is_number=True)
    if board.target is not None:
        yield Column(name="target", title="Target")
        for resource in board.resources:
            title = f"{WORDS[resource].title} to reach it"
            yield Column(name=f"to_target_{resource.value}", title=title, is_number=True)


def _row(board: _Board, line: _Line) -> Iterator[Cell]:
    entered, pathway = line.entered, line.pathway
    if not board.is_single:
        yield words(entered.store)
        yield words(entered.analysis.definition.name)
        yield words(entered.data)
        yield words(", ".join(entered.machines) or EM_DASH)
    if pathway is None:
        yield from _total_cells(board, entered)
        return
    yield words(pathway.name)
    yield words(metric_words(entered.metric))
    yield _score(pathway.score, entered.metric)
    yield _cost(pathway.marginal.get(Resource.N_PARAMETERS), Resource.N_PARAMETERS)
    yield words(one_item(entered.analysis.definition.item))
    for resource in (*board.resources, *board.latencies):
        yield _cost(pathway.marginal.get(resource), resource)
    yield words(_experiments(entered, pathway))
    for resource in board.resources:
        yield _cost(pathway.development.get(resource), resource)
    if board.target is not None:
        yield from _to_target(board, entered, pathway, board.target)


def _total_cells(board: _Board, entered: Entered) -> Iterator[Cell]:
    """Everything that the study ran; what no pathway rests on is in it."""
    statuses: Counter[Status] = Counter()
    for row in entered.paid.rows:
        statuses.update(row.statuses)
    yield words(ALL_RUNS)
    yield words(EM_DASH)
    yield _none("of a pathway")
    yield _none("of a pathway")
    yield words(EM_DASH)
    for _ in (*board.resources, *board.latencies):
        yield _none("of a pathway")
    yield words(statuses_words(statuses))
    for resource in board.resources:
        yield _total(entered.paid, resource)
    if board.target is not None:
        yield words(EM_DASH)
        for _ in board.resources:
            yield _none("of a pathway")


def _total(paid: RollUp, resource: Resource) -> Cell:
    """Sum over all runs; a lower bound where some did not observe it."""
    total = paid.total(resource)
    if total is None:
        return _cost(None, resource)
    cell = _cost(as_estimate(total, resource.value, what="sum over all runs"), resource)
    is_part = any(resource in row.unseen or resource not in row.totals for row in paid.rows)
    return replace(cell, text=f"at least {cell.text}") if is_part else cell


def _none(why: str) -> Cell:
    return missing(EM_DASH, hint=why)


def _score(score: Estimate | None, metric: str) -> Cell:
    if score is None:
        return missing("not scored", hint="no run has a score on the test split")
    return number(score, format_score(score, metric))


def _cost(amount: Estimate | None, resource: Resource) -> Cell:
    if amount is None or amount.value is None:
        return missing("not measured", hint="nothing here observed all of it")
    return number(amount, format_estimate(amount, resource))


def _experiments(entered: Entered, pathway: PathwayResult) -> str:
    """Every run of its development, whatever became of it; a mean of several counts as several."""
    own = {run_id for stage in pathway.stages for run_id in stage.run_ids}
    found: Counter[Status] = Counter()
    for run in entered.analysis.runs:
        if run.run_id in own:
            found[run.status] += n_repeats(run)
    return statuses_words(found) if found else EM_DASH


def _to_target(
    board: _Board, entered: Entered, pathway: PathwayResult, target: Target
) -> Iterator[Cell]:
    """Verdict and, where the score is reached, what development cost."""
    is_asked = entered.metric == target.metric
    verdict = _verdict(pathway.score, target, is_up=entered.higher_is_better)
    yield words(verdict if is_asked else "another metric")
    for resource in board.resources:
        if not (is_asked and verdict.startswith("reached")):
            yield _none("the target is not reached")
        else:
            yield _cost(pathway.development.get(resource), resource)


def _verdict(score: Estimate | None, target: Target, *, is_up: bool) -> str:
    """Whether the score is reached, and whether its interval says so too."""
    if score is None or score.value is None:
        return "not scored"
    sign = 1.0 if is_up else -1.0
    goal = sign * target.value
    ends = sorted(sign * end for end in (score.low, score.high) if end is not None)
    if sign * score.value >= goal:
        if not ends:
            return "reached by its value; it has no interval"
        return "reached" if ends[0] >= goal else "reached by its value; the interval holds less"
    is_open = bool(ends) and ends[-1] >= goal
    return "not reached; the interval holds it" if is_open else "not reached"
