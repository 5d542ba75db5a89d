"""Measured only: what was modelled or assumed is gone, and nothing is made of its absence."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from breakeven.analysis.asked import Questions
from breakeven.analysis.overview import analyse
from breakeven.analysis.runs.measured import SEEN, measured_only_note, only_measured
from breakeven.records import (
    Cost,
    Estimate,
    Kind,
    Measurement,
    NamedWindow,
    Note,
    NoteCode,
    Origin,
    PathwayDefinition,
    Phase,
    PhaseName,
    Resource,
    Run,
    Score,
    Settings,
    Stage,
    Status,
    StudyDefinition,
    Volume,
)
from breakeven.testing.runs import example_runs

ASKED = Questions(is_measured_only=True)


def joules(value: float, kind: Kind) -> Cost:
    return Cost.exact(Resource.ENERGY_J, value, kind=kind, sensor="s", channel=str(kind))


def run_with(*costs: Cost, phase: PhaseName = PhaseName.WORK, notes: tuple[Note, ...] = ()) -> Run:
    measured = Measurement(started_at="", duration_s=1.0, costs=costs, notes=notes)
    return Run(
        run_id="r",
        stage=Stage.FINETUNE,
        status=Status.OK,
        started_at="",
        phases=(Phase(name=phase, measurement=measured),),
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_only_measured_and_counted_costs_stay(kind: Kind) -> None:
    (found,) = only_measured([run_with(joules(3.0, kind))])
    assert bool(found.costs(Resource.ENERGY_J)) == (kind in SEEN)
    (counted,) = only_measured([replace(run_with(), counts=(joules(3.0, kind),))])
    assert bool(counted.counts) == (kind in SEEN)


def test_a_replayed_cost_was_not_measured_here_and_goes_with_its_note() -> None:
    played = replace(joules(3.0, Kind.MEASURED), origin=Origin.REPLAYED)
    note = Note(code=NoteCode.REPLAYED, message="m", advice="a")
    (found,) = only_measured([run_with(played, notes=(note,))])
    assert found.costs(Resource.ENERGY_J) == ()
    assert found.phases[0].measurement.notes == ()
    assert "1 replayed number (energy) left out" in measured_only_note([run_with(played)]).message


def test_a_named_window_is_cleared_too() -> None:
    both = run_with(joules(3.0, Kind.MEASURED), joules(100.0, Kind.MODELLED))
    window = NamedWindow(name="w", n_times=1, measurement=both.phases[0].measurement)
    (found,) = only_measured([replace(both, windows=(window,))])
    assert [cost.value for cost in found.windows[0].measurement.costs] == [3.0]


def test_a_measured_number_beside_a_modelled_one_stays_as_it_was() -> None:
    both = run_with(joules(3.0, Kind.MEASURED), joules(100.0, Kind.MODELLED))
    (found,) = only_measured([both])
    assert [cost.value for cost in found.costs(Resource.ENERGY_J)] == [3.0]


def test_notes_on_what_is_gone_go_with_it() -> None:
    notes = tuple(
        Note(code=code, message="m", advice="a")
        for code in (NoteCode.MODELLED, NoteCode.SHORT_WINDOW)
    )
    (found,) = only_measured([replace(run_with(notes=notes), notes=notes)])
    assert [note.code for note in found.notes] == [NoteCode.SHORT_WINDOW]
    assert [n.code for n in found.phases[0].measurement.notes] == [NoteCode.SHORT_WINDOW]


def test_the_note_counts_what_is_left_out() -> None:
    score = Score(metric="accuracy", value=0.9, split="test", n_examples=1, kind=Kind.ASSUMED)
    mixed = replace(run_with(joules(1, Kind.MODELLED), joules(2, Kind.MODELLED)), scores=(score,))
    note = measured_only_note([mixed])
    assert note.code is NoteCode.MEASURED_ONLY
    assert "1 assumed number and 2 modelled numbers (energy and accuracy) left out" in note.message


def test_a_stated_pathway_keeps_its_place_without_a_number() -> None:
    """Without this a stated model whose numbers are gone would count as paid already, for 0."""
    definition, runs = example_runs()
    shown, plain = analyse(definition, runs, asked=ASKED), analyse(definition, runs)
    (api,) = [p for p in shown.pathways if p.name == "API"]
    (told,) = [p for p in plain.pathways if p.name == "API"]
    assert told.development
    assert (api.development, api.marginal, api.score) == ({}, {}, None)
    kinds = {
        kind
        for pathway in shown.pathways
        for costs in (pathway.development, pathway.marginal)
        for estimate in costs.values()
        for kind in estimate.kinds
    }
    assert kinds <= SEEN
    assert shown.notes[0].code is NoteCode.MEASURED_ONLY
    assert NoteCode.ASSUMED_NUMBERS not in {note.code for note in shown.notes}


def test_a_stated_model_that_was_used_is_not_taken_as_paid_already() -> None:
    """Without a stated cost its making counts as an assumed 0, which is left out as well."""
    made = replace(run_with(), run_id="made", study="s", row="api", stage=Stage.STATED)
    cpu = Cost.exact(Resource.CPU_S, 2.0, kind=Kind.MEASURED, sensor="s", channel="process_tree")
    used = replace(
        run_with(cpu),
        run_id="used",
        study="s",
        row="API/reference",
        stage=Stage.INFER,
        output=Volume(n_examples=10),
        settings=Settings(resolved={"role": "reference"}),
        parents=("made",),
    )
    definition = StudyDefinition(
        name="s", pathways=(PathwayDefinition(name="API", row="api"),), headline=Resource.CPU_S
    )
    (plain,) = analyse(definition, [made, used]).pathways
    (shown,) = analyse(definition, [made, used], asked=ASKED).pathways
    assert plain.development[Resource.CPU_S].kinds == (Kind.ASSUMED,)
    assert Resource.CPU_S not in shown.development
    assert shown.marginal[Resource.CPU_S].value == 0.2


def live(costs: Mapping[Resource, Estimate]) -> dict[Resource, Estimate]:
    return {r: found for r, found in costs.items() if Origin.REPLAYED not in found.origins}


def test_what_was_measured_does_not_move() -> None:
    definition, runs = example_runs()
    shown, plain = analyse(definition, runs, asked=ASKED), analyse(definition, runs)
    before = {p.name: p for p in plain.pathways if p.name != "API"}
    after = {p.name: p for p in shown.pathways if p.name != "API"}
    assert before.keys() == after.keys()
    for name, pathway in after.items():
        assert pathway.marginal == live(before[name].marginal)
        assert pathway.development == live(before[name].development)


def test_an_assumed_number_of_tasks_cannot_be_asked_for_at_once() -> None:
    with pytest.raises(ValueError, match="ask for one or the other"):
        Questions(is_measured_only=True, shares={"ft": 2})
