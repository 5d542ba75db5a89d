"""Checklist: answers to the questions on experiments of the responsible NLP checklist of ARR.

Section C asks for size, budget and infrastructure (C1), for the set-up and its search (C2), for
statistics (C3) and for packages (C4); of section B the statistics of the data (B6) are known here.
What a record cannot know is named, so that nobody takes its absence for an answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from breakeven.analysis.results import PathwayResult
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.tuning.search_results import SearchResult
from breakeven.analysis.uncertain import as_estimate, once
from breakeven.analysis.words import counted, listed, resource_words
from breakeven.records import Resource, Run, Scalar, Stage, Status
from breakeven.report.documents.basis import TRAINING, Basis
from breakeven.report.documents.hardware import library_words, machine_words, statuses_words
from breakeven.report.documents.prose import Prose, Section
from breakeven.report.documents.statistics import scored_by, statistics
from breakeven.report.kinds import badges
from breakeven.report.methods import flops_sentence
from breakeven.report.quantity import format_estimate
from breakeven.report.reference import reference_words

_BUDGET = (
    *(Resource.DURATION_S, Resource.CPU_S, Resource.DEVICE_BUSY_S),
    *(Resource.ENERGY_J, Resource.FLOPS),
)
_SPLITS = ("n_train", "n_validation", "n_test", "n_labels", "n_corpus")
_MADE_OF = (
    *("model", "train_examples", "lr", "batch_size", "epochs", "max_epochs", "max_length"),
    *("n_layers", "seed"),
)
"""Settings of a training that a reader asks for first; the runs hold all."""
_BY_ITSELF = {
    "epochs": "until validation stops improving",
    "n_layers": "as the model has",
    "train_examples": "all",
}
"""What 0 stands for where it is no number."""
_PARENT = "parent"
"""Stands for the model of the row above, and is the name of none."""


def checklist(found: Basis) -> Prose:
    """Fill the checklist from the records of a study.

    Args:
        found: What it rests on.
    """
    return Prose(
        name="checklist",
        title=f"Responsible NLP checklist, from the records of study "
        f"{found.analysis.definition.name}",
        sections=(
            _data(found),
            _budget(found),
            _setup(found),
            statistics(found),
            _packages(found),
        ),
    )


def _data(found: Basis) -> Section:
    facts = found.analysis.definition.facts
    known = [f"{name} = {facts[name]}" for name in _SPLITS if name in facts]
    licence = facts.get("licence")
    licence = None if licence == "unknown" else licence
    points = [
        *([f"Sizes of the data: {', '.join(known)}."] if known else []),
        *([f"Licence of the data, as the study states it: {licence}."] if licence else []),
    ]
    lacking = [
        *([] if known else ["the number of examples of each split; the study states no facts"]),
        *([] if licence else ["the licence of the data"]),
        "who made the data, whose texts they are, and what they may be used for",
    ]
    return Section(title="B6: statistics of the data", points=tuple(points), unknown=tuple(lacking))


def _budget(found: Basis) -> Section:
    points = [
        *(f"Parameters of {p.name}: {size}." for p in _models(found) if (size := _size(p))),
        f"All experiments: {statuses_words(found.statuses)}.",
        *_spent(found),
        flops_sentence(found.analysis),
        *(f"Infrastructure: {machine_words(machine)}." for machine in found.machines),
        *(["GPU hours: no GPU was seen."] if _is_without_device(found) else []),
    ]
    unsized = [p.name for p in _models(found) if not _size(p)]
    unseen = [
        resource_words(r)
        for r in (Resource.ENERGY_J, Resource.FLOPS)
        if found.paid.total(r) is None
    ]
    lacking = [
        *([f"parameters of {listed(unsized)}"] if unsized else []),
        *(f"{name}: nothing here observed it" for name in unseen),
        *_unread_devices(found),
        *([] if found.machines else ["the machines; the records name none"]),
        "experiments outside this store, and the time of people",
    ]
    return Section(
        title="C1: parameters, computational budget, infrastructure",
        points=tuple(points),
        unknown=tuple(lacking),
    )


def _is_without_device(found: Basis) -> bool:
    return bool(found.machines) and not any(m.accelerators for m in found.machines)


def _unread_devices(found: Basis) -> Iterator[str]:
    """GPU hours, where there was a GPU and nothing read how long it worked."""
    has_device = any(machine.accelerators for machine in found.machines)
    if has_device and found.paid.total(Resource.DEVICE_BUSY_S) is None:
        yield "GPU hours: a GPU was visible, and nothing read how long it was busy"


def _models(found: Basis) -> tuple[PathwayResult, ...]:
    return found.analysis.pathways


def _size(pathway: PathwayResult) -> str:
    """Parameters of the deployed model, not the largest of what it was made from."""
    size = pathway.marginal.get(Resource.N_PARAMETERS)
    return "" if size is None else format_estimate(size, Resource.N_PARAMETERS, interval=False)


def _spent(found: Basis) -> Iterator[str]:
    for resource in _BUDGET:
        total = found.paid.total(resource)
        if total is None:
            continue
        unseen = found.n_unseen(resource)
        estimate = as_estimate(total, resource.value, what="sum over all runs")
        kinds = "+".join(badge.name for badge in badges(estimate))
        told = format_estimate(estimate, resource)
        if unseen:
            told = f"at least {told}; {counted(unseen, 'run')} did not say"
        yield f"Budget in {resource_words(resource)}: {told} [{kinds}]."


def _setup(found: Basis) -> Section:
    searches = found.analysis.searches
    reference = reference_words(found.analysis) or "none was stated"
    points = [
        *(line for result in searches for line in _searched(result)),
        *_trained(found),
        f"Reference configuration of inference: {reference}.",
    ]
    lacking = [
        *([] if searches else ["a search of settings: none was recorded, so none is claimed"]),
        "why these settings were tried, and what was tried before this study",
    ]
    return Section(
        title="C2: experimental set-up and search of settings",
        points=tuple(points),
        unknown=tuple(lacking),
    )


def _searched(result: SearchResult) -> Iterator[str]:
    ended = listed([f"{n} {s.value}" for s in Status if (n := result.count(s))])
    names = list(dict.fromkeys(name for trial in result.trials for name in trial.drawn))
    spans = "; ".join(
        _span(name, [t.drawn[name] for t in result.trials if name in t.drawn]) for name in names
    )
    yield (
        f"Search of {result.row}: {counted(len(result.trials), 'trial')} ({ended}), compared by "
        f"{metric_words(result.metric)} on validation. Settings that were drawn: {spans}."
    )
    best = next((trial for trial in result.trials if trial.is_best), None)
    if best is not None and best.score is not None:
        yield (
            f"Best of {result.row}: trial {best.number} ({_settings(best.drawn)}), "
            f"{result.metric} {best.score:.4g} on validation; it is the best of several, "
            "so too good as a forecast."
        )


def _span(name: str, values: list[Scalar]) -> str:
    numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) == len(values) and numbers:
        return (
            f"{name} from {min(numbers):.3g} to {max(numbers):.3g} (median {median(numbers):.3g})"
        )
    return f"{name} among {', '.join(dict.fromkeys(map(str, values)))}"


def _trained(found: Basis) -> Iterator[str]:
    """Settings of each training row, those that its runs differ in with every value."""
    for row in found.paid.rows:
        runs = [r for r in row.runs if r.status is Status.OK and r.trial is None]
        if not runs or row.stage not in TRAINING:
            continue
        chosen = {name: _values(name, runs, row.stage) for name in _MADE_OF}
        if told := {name: value for name, value in chosen.items() if value}:
            yield f"Settings of {row.row} ({row.stage.value}): {_settings(told)}."


def _values(name: str, runs: Sequence[Run], stage: Stage) -> str:
    """Each value of a setting once; empty where no run has it."""
    values = (run.settings.resolved[name] for run in runs if name in run.settings.resolved)
    return ", ".join(once(_value(name, value, stage) for value in values))


def _value(name: str, value: Scalar, stage: Stage) -> str:
    """A setting in words where its 0 is no number."""
    if name in _BY_ITSELF and value == 0:
        is_student = name == "n_layers" and stage is Stage.DISTIL
        return "half of its teacher's" if is_student else _BY_ITSELF[name]
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _settings(settings: Mapping[str, Scalar]) -> str:
    told = ", ".join(
        f"{name} = {value:.4g}" if isinstance(value, float) else f"{name} = {value}"
        for name, value in sorted(settings.items())
    )
    return told or "none was stated"


def _packages(found: Basis) -> Section:
    told = library_words(found.machines)
    models = dict.fromkeys(
        str(run.settings.resolved["model"])
        for run in found.runs
        if run.settings.resolved.get("model", _PARENT) != _PARENT
    )
    points = [
        *([f"Versions as found at run time: {told}."] if told else []),
        *([f"Models as named in the settings: {', '.join(models)}."] if models else []),
        *scored_by(found),
    ]
    lacking = [
        *([] if told else ["versions of packages; the records name no machine"]),
        "tools used before the data came here (cleaning, sentence splitting, annotation)",
    ]
    return Section(title="C4: packages", points=tuple(points), unknown=tuple(lacking))
