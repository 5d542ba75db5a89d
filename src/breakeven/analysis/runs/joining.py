"""Joining: what must be said of a pathway that was measured beside a study, and its start-up.

Costs around a whole process hold its start-up, which rows of a study file keep apart; runs of
several volumes tell the two apart. And nothing made it run where, and as, the study's rows ran.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from breakeven.analysis.costs.startup import Split, split_startup
from breakeven.analysis.costs.startup_notes import startup_notes
from breakeven.analysis.runs import joined, select
from breakeven.analysis.runs.select import ScoredRun, StudyRuns
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import counted, item_words, listed, resource_words
from breakeven.records import (
    Kind,
    Note,
    NoteCode,
    PathwayDefinition,
    PhaseName,
    Resource,
    Run,
    Stage,
    Status,
)


def joined_splits(found: StudyRuns, definition: PathwayDefinition) -> dict[Resource, Split]:
    """Start-up and cost per item of a joined pathway, by resource; empty where none can be told.

    Args:
        found: The study's runs.
        definition: The pathway; those of the study file keep start-up apart by themselves.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> study = select.study_runs(StudyDefinition(name="s", pathways=()), [])
        >>> joined_splits(study, PathwayDefinition(name="FT", row="ft"))
        {}
    """
    item = found.definition.item
    runs = [run for run in _use(found, definition) if run.output.count(item)]
    splits = {}
    for resource in found.resources:
        seen = [(r, select.observe(r, resource, phases={PhaseName.WORK})) for r in runs]
        pairs = [(run.output.count(item), total) for run, total in seen if total is not None]
        if resource.is_additive and pairs:
            split = split_startup([n for n, _ in pairs], [total for _, total in pairs])
            if split is not None:
                splits[resource] = split
    return splits


def joined_scores(
    found: StudyRuns, definition: PathwayDefinition, metric: str
) -> tuple[ScoredRun, ...]:
    """Scores of a joined pathway that rest on the most test examples, one for each training.

    They may come with the deployed row or with its use, at whatever volume that was; uses do not
    tell which training they were of, so the first stands for them.

    Args:
        found: The study's runs.
        definition: The pathway.
        metric: Name of the score.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> study = select.study_runs(StudyDefinition(name="s", pathways=()), [])
        >>> joined_scores(study, PathwayDefinition(name="FT", row="ft"), "accuracy")
        ()
    """
    runs = found.joined(definition.name)
    trained = _scored((run for run in runs if run.row == definition.row), metric)
    used = _scored((run for run in runs if run.stage is Stage.INFER), metric)
    most = max((one.score.n_examples for one in (*trained, *used)), default=0)
    of_most = [one for one in trained if one.score.n_examples == most]
    return tuple(of_most) or tuple(one for one in used if one.score.n_examples == most)[:1]


def _scored(runs: Iterable[Run], metric: str) -> tuple[ScoredRun, ...]:
    scored = (select.score_on_test([run], metric) for run in runs)
    return tuple(one for one in scored if one is not None)


def joined_notes(
    found: StudyRuns,
    definition: PathwayDefinition,
    *,
    scored: ScoredRun | None,
    splits: Mapping[Resource, Split],
) -> tuple[Note, ...]:
    """Doubts about a joined pathway beside the study's own.

    Args:
        found: The study's runs.
        definition: The pathway; nothing is said of those of the study file.
        scored: Its score.
        splits: Where start-up was told apart.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> study = select.study_runs(StudyDefinition(name="s", pathways=()), [])
        >>> joined_notes(study, PathwayDefinition(name="FT", row="ft"),
        ...              scored=None, splits={})
        ()
    """
    if not definition.is_joined:
        return ()
    own = found.joined(definition.name)
    return (
        *startup_notes(found, definition, _use(found, definition), splits=splits),
        *_incomplete(found, definition, scored),
        *_elsewhere(found, own, definition.name),
        *_other_test(found, scored, definition.name),
        *_other_sensors(found, own, definition.name),
    )


def shadowed_notes(found: StudyRuns) -> tuple[Note, ...]:
    """Name pathways that joined under a name which the study file uses by now.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> shadowed_notes(select.study_runs(StudyDefinition(name="s", pathways=()), []))
        ()
    """
    return tuple(
        _incomplete_note(
            f"a pathway joined as {name}, which is a pathway of the study file now; its runs are "
            "in the store and left out here.",
            "Give the pathway of the study file another name.",
        )
        for name in found.shadowed
    )


def _use(found: StudyRuns, definition: PathwayDefinition) -> list[Run]:
    """Finished inference runs of a joined pathway."""
    return [
        run
        for run in found.joined(definition.name)
        if run.stage is Stage.INFER and run.status is Status.OK
    ]


def _incomplete(
    found: StudyRuns, definition: PathwayDefinition, scored: ScoredRun | None
) -> Iterator[Note]:
    name, item, metric = definition.name, found.definition.item, found.definition.metric
    runs, use = found.joined(name), _use(found, definition)
    if scored is None:
        given = once(f"{s.metric} ({s.split})" for run in runs for s in run.scores)
        yield _incomplete_note(
            f"{name} has no {metric} on the test split"
            f"{f', only {listed(given)}' if given else ''}, so it cannot be ranked.",
            f"Let the command write {metric!r} into its result file, and pass --result.",
        )
    if not use:
        yield _incomplete_note(
            f"no use of {name} was measured, so its cost per item is not known.",
            "Measure it: breakeven measure --study ... --pathway ... --stage infer.",
        )
    if silent := [run.run_id for run in use if not run.output.count(item)]:
        yield _incomplete_note(
            f"{name}: {counted(len(silent), 'run')} of its use did not say how many "
            f"{item_words(item)} it answered and is left out of the cost per item.",
            f"Let the command write output.n_{item.value}s into its result file.",
        )
    if stray := joined.ends(name, runs)[1:]:
        yield _incomplete_note(
            f"{name}: nothing builds upon {listed(stray)}, so the cost of it is left out.",
            "Name it with --from when you measure the row that uses its result.",
        )


def _elsewhere(found: StudyRuns, own: Sequence[Run], name: str) -> Iterator[Note]:
    here = _machines(run for run in found.runs if not run.joined)
    other = {k: words for k, words in _machines(own).items() if k not in here}
    if here and other:
        yield _differs(
            f"{name} was measured on {listed(once(other.values()))}, the study on "
            f"{listed(once(here.values()))}; their time, CPU time and energy do not compare.",
            "Measure it again on the machine of the study.",
        )


def _machines(runs: Iterable[Run]) -> dict[str, str]:
    """Machines in words, by fingerprint."""
    return {
        run.machine.fingerprint: f"{run.machine.cpu_model} ({counted(run.machine.n_cpus, 'CPU')}, "
        f"host {run.machine.host_id[:6]})"
        for run in runs
        if run.machine is not None
    }


def _other_test(found: StudyRuns, scored: ScoredRun | None, name: str) -> Iterator[Note]:
    known = found.definition.facts.get("n_test")
    file_runs = [run for run in found.runs if not run.joined]
    ours = select.score_on_test(file_runs, found.definition.metric)
    n_ours = known if isinstance(known, int) else ours.score.n_examples if ours else 0
    if scored is not None and n_ours and scored.score.n_examples != n_ours:
        yield _differs(
            f"{name} was scored on {scored.score.n_examples:,} test examples, the study on "
            f"{n_ours:,}; the scores rest on different examples.",
            "Score it on the study's test split, all of it.",
        )


def _other_sensors(found: StudyRuns, own: Sequence[Run], name: str) -> Iterator[Note]:
    here = _sensed(run for run in found.runs if not run.joined)
    theirs = _sensed(own)
    if not (here and theirs):
        return
    without = [words for words in here if words not in theirs]
    besides = [words for words in theirs if words not in here]
    parts = [f"without {listed(without)}"] if without else []
    parts += [f"with {listed(besides)}, which its rows lack"] if besides else []
    if parts:
        yield _differs(
            f"{name} was measured {' and '.join(parts)}, unlike the rows of the study.",
            "Compare by what both were measured with; `breakeven doctor` names what is missing.",
        )


def _sensed(runs: Iterable[Run]) -> tuple[str, ...]:
    """What sensors saw, in words; joules by channel, since they count different parts."""
    return once(
        f"energy of {cost.channel}"
        if cost.resource is Resource.ENERGY_J
        else resource_words(cost.resource)
        for run in runs
        for phase in run.phases
        for cost in phase.measurement.costs
        if cost.kind is Kind.MEASURED
    )


def _differs(message: str, advice: str) -> Note:
    return Note(code=NoteCode.JOINED_DIFFERS, message=message, advice=advice)


def _incomplete_note(message: str, advice: str) -> Note:
    return Note(code=NoteCode.JOINED_INCOMPLETE, message=message, advice=advice)
