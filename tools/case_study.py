"""What the records say to each claim of Dürlich et al. 2023, by the numbers of REQUIREMENTS.md."""

from collections.abc import Iterator
from statistics import correlation

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.runs.select import observe
from breakeven.records import Estimate, Resource, Stage, Status
from breakeven.report.quantity import format_estimate, format_score

_COSTS = (Resource.DURATION_S, Resource.CPU_S, Resource.FLOPS)
_WORDS = {Resource.DURATION_S: "time", Resource.CPU_S: "CPU time", Resource.FLOPS: "FLOPs"}


def claims_here(analysis: StudyAnalysis) -> str:
    """One row per claim, H1 to H7.

    Args:
        analysis: Of a study with the rows of studies/case_study.yaml.

    Raises:
        KeyError: If a row or a cost is missing.
    """
    rows = "".join(f"| H{n} | {text} |\n" for n, text in enumerate(_answers(analysis), start=1))
    return f"| | here |\n|---|---|\n{rows}"


def _answers(analysis: StudyAnalysis) -> Iterator[str]:
    yield "entity F1: " + ", ".join(
        f"{p.name} {format_score(p.score, analysis.definition.metric)}" for p in analysis.pathways
    )
    ratios = {
        r: _total(analysis, "ta-distil", r) / _total(analysis, "ts-distil", r) for r in _COSTS
    }
    yield "TA's distillation takes " + _listed(ratios, "{:.2g} x the {}")
    saved = {r: 1 - _total(analysis, "ta", r) / _total(analysis, "ft", r) for r in _COSTS}
    yield "TA's fine-tuning saves " + _listed(saved, "{:.0%} of {}")
    yield _correlations(analysis)
    yield "; ".join(_fronts(analysis))
    yield _gap(analysis)
    yield " ".join(
        f"By {_WORDS[b.resource]}: {b.sentence}"
        for b in analysis.break_evens
        if (b.candidate, b.incumbent) == ("TS", "FT") and b.resource in _WORDS
    )


def _listed(values: dict[Resource, float], form: str) -> str:
    return ", ".join(form.format(value, _WORDS[resource]) for resource, value in values.items())


def _total(analysis: StudyAnalysis, row: str, resource: Resource) -> float:
    """Mean over the repeats of a row."""
    stages = {stage.row: stage for pathway in analysis.pathways for stage in pathway.stages}
    return _value(stages[row].totals[resource])


def _value(estimate: Estimate) -> float:
    if estimate.value is None:
        raise KeyError(estimate.name)
    return estimate.value


def _correlations(analysis: StudyAnalysis) -> str:
    """Pearson's r of FLOPs with time and with CPU time, over the runs that the paper has too."""
    used = {stage.row for p in analysis.pathways for stage in p.stages if stage.row != "mlm-head"}
    runs = [
        run
        for run in analysis.runs
        if run.status is Status.OK and (run.row in used or run.stage is Stage.INFER)
    ]
    seen = {
        r: [found.value for run in runs if (found := observe(run, r)) is not None] for r in _COSTS
    }
    r = {
        cost: correlation(seen[Resource.FLOPS], seen[cost])
        for cost in (Resource.DURATION_S, Resource.CPU_S)
    }
    return f"over {len(runs)} runs, whole processes: " + _listed(r, "r = {:.3f} of FLOPs and {}")


def _fronts(analysis: StudyAnalysis) -> Iterator[str]:
    for front in analysis.fronts:
        if front.resource in _WORDS and front.phase in ("development", "deployment"):
            on = ", ".join(point.name for point in front.points if point.is_on_front)
            yield f"{front.phase}, {_WORDS[front.resource]}: {on}"


def _gap(analysis: StudyAnalysis) -> str:
    ft, ts = (next(p for p in analysis.pathways if p.name == name) for name in ("FT", "TS"))
    costs = (Resource.DURATION_S, Resource.CPU_S)
    each = [
        f"{_WORDS[r]} {format_estimate(ft.marginal[r], r)} against "
        f"{format_estimate(ts.marginal[r], r)}"
        for r in costs
    ]
    return f"per token of the text, FT against TS: {', '.join(each)}"
