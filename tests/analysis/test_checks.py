import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from breakeven.analysis import caveats, checks
from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.fronts.disagreements import disagreements
from breakeven.analysis.runs.select import ScoredRun, study_runs
from breakeven.analysis.scoring.scores import PathwayScore
from breakeven.analysis.uncertain import Observation
from breakeven.records import (
    Kind,
    Measurement,
    Note,
    NoteCode,
    Origin,
    PathwayDefinition,
    Phase,
    PhaseName,
    Resource,
    Run,
    Score,
    Stage,
    Status,
    StudyDefinition,
)
from breakeven.testing.tiny import STUDY, tiny_cost, tiny_inference, tiny_run, tiny_score

CPU = Resource.CPU_S
ENERGY = Resource.ENERGY_J
MEMORY = Resource.PEAK_MEMORY_BYTES


def pathways(runs: Sequence[Run], *names: str) -> list[PathwayCost]:
    definition = StudyDefinition(
        name=STUDY,
        pathways=tuple(PathwayDefinition(name=n, row=n.lower()) for n in names or ("FT",)),
    )
    found = study_runs(definition, runs)
    return [pathway_cost(found, p) for p in definition.pathways]


def used(*costs: float, name: str = "FT") -> list[Run]:
    return [tiny_inference(name, {CPU: c}, block=b) for b, c in enumerate(costs)]


def scored(score: Score) -> PathwayScore:
    return PathwayScore(seeds=(ScoredRun(score=score, run_id="a"),), repeats=(0,))


def observed(*values: float) -> dict[int, Observation]:
    return {
        b: Observation(value=v, low=v, high=v, kinds=(), origins=(), run_ids=())
        for b, v in enumerate(values)
    }


@pytest.mark.parametrize(("n_blocks", "n_notes"), [(0, 0), (1, 1), (2, 1), (3, 0)])
def test_few_blocks_are_noted(n_blocks: int, n_notes: int) -> None:
    (pathway,) = pathways([tiny_run("ft", {CPU: 1.0}), *used(*[1.0] * n_blocks)])
    assert len(checks.few_repeats(pathway, CPU)) == n_notes


def test_one_printed_number_is_no_lack_of_repeats() -> None:
    printed = tiny_cost(CPU, 1.0, origin=Origin.PUBLISHED)
    (pathway,) = pathways([tiny_run("ft", {CPU: 1.0}), tiny_inference("FT", {CPU: printed})])
    assert checks.few_repeats(pathway, CPU) == ()


def test_development_run_once_is_noted_by_row() -> None:
    twice = [replace(tiny_run("ts", {CPU: 1.0}, parents=["ft"]), run_id=str(i)) for i in range(2)]
    (pathway,) = pathways([tiny_run("ft", {CPU: 1.0}), *twice], "TS")
    (note,) = checks.single_development(pathway.rows)
    assert note.code is NoteCode.SINGLE_DEVELOPMENT
    assert note.message.startswith("ft ran once; its run-to-run scatter")
    assert note.advice == "Set repeats: 3 on this row to include it."


def test_several_single_runs_are_told_in_the_plural() -> None:
    (pathway,) = pathways([tiny_run("ft", {CPU: 1.0})])
    both = [row for ft in pathway.rows for row in (ft, replace(ft, row="ts"))]
    (note,) = checks.single_development(both)
    assert note.message.startswith("ft, ts ran once; their run-to-run scatter")
    assert note.advice == "Set repeats: 3 on these rows to include it."


@pytest.mark.parametrize(
    ("stage", "origin"), [(Stage.STATED, Origin.STATED), (Stage.FINETUNE, Origin.PUBLISHED)]
)
def test_numbers_from_elsewhere_are_not_single_runs(stage: Stage, origin: Origin) -> None:
    cost = tiny_cost(CPU, 1.0, origin=origin)
    (pathway,) = pathways([tiny_run("ft", {CPU: cost}, stage=stage)])
    assert checks.single_development(pathway.rows) == ()


def test_steady_rise_over_blocks_is_noted() -> None:
    costs = [math.exp(0.02 * b) for b in range(6)]
    (pathway,) = pathways([tiny_run("ft", {CPU: 1.0}), *used(*costs)])
    (note,) = checks.drift([pathway], CPU)
    assert note.code is NoteCode.DRIFT
    assert "rose by 10.5%" in note.message


def test_fall_is_called_a_fall() -> None:
    (pathway,) = pathways([tiny_run("ft", {CPU: 1.0}), *used(6.0, 5.0, 4.0, 3.0)])
    assert "fell by" in checks.drift([pathway], CPU)[0].message


@pytest.mark.parametrize(
    "costs",
    [
        pytest.param([1.0, 1.1, 0.9, 1.05, 0.95], id="scatter"),
        pytest.param([1.0, 1.001, 1.002, 1.003], id="too small to matter"),
        pytest.param([1.0, 2.0, 3.0], id="too few blocks"),
        pytest.param([0.0, 0.0, 0.0, 0.0], id="nothing seen"),
    ],
)
def test_no_drift(costs: list[float]) -> None:
    (pathway,) = pathways([tiny_run("ft", {CPU: 1.0}), *used(*costs)])
    assert checks.drift([pathway], CPU) == ()


def test_drift_looks_at_all_pathways_together() -> None:
    rising, falling = used(1.0, 1.1, 1.2, 1.3), used(1.3, 1.2, 1.1, 1.0, name="TS")
    runs = [tiny_run("ft", {CPU: 1.0}), tiny_run("ts", {CPU: 1.0}), *rising, *falling]
    assert checks.drift(pathways(runs, "FT", "TS"), CPU) == ()


def test_drift_is_seldom_found_where_there_is_none() -> None:
    rng = np.random.default_rng(9)
    alarms = 0
    for _ in range(300):
        (pathway,) = pathways(
            [tiny_run("ft", {CPU: 1.0}), *used(*np.exp(rng.normal(0, 0.1, 8)).tolist())]
        )
        alarms += len(checks.drift([pathway], CPU))
    assert 0.02 <= alarms / 300 <= 0.09


@pytest.mark.parametrize(
    ("twin", "is_noted"),
    [
        ((1.0, 1.1, 0.9), False),
        ((1.2, 1.21, 1.19), True),
        ((0.0, 1.2, 1.2), False),
        ((2.0,), False),
    ],
    ids=["agrees", "differs", "nothing seen", "one block"],
)
def test_twin_of_the_reference(twin: tuple[float, ...], *, is_noted: bool) -> None:
    notes = checks.aa_pair("FT", observed(1.0, 1.0, 1.0), observed(*twin), resource=CPU)
    assert bool(notes) == is_noted


def measured(*values: float, kind: Kind = Kind.MEASURED) -> dict[int, Observation]:
    return {block: replace(o, kinds=(kind,)) for block, o in observed(*values).items()}


def test_each_measured_additive_cost_of_the_pair_is_looked_at_and_named() -> None:
    alike, slower = measured(1.0, 1.1, 1.0), measured(1.2, 1.33, 1.21)
    counted = measured(2.0, 2.0, 2.0, kind=Kind.COUNTED)
    reference = {CPU: alike, Resource.DURATION_S: alike, MEMORY: alike, Resource.FLOPS: alike}
    twin = {CPU: alike, Resource.DURATION_S: slower, MEMORY: slower, Resource.FLOPS: counted}
    (note,) = checks.aa_pairs("FT", reference, twin)
    assert "in wall-clock time (" in note.message
    assert "(2 costs were looked at)" in note.advice


def test_a_cost_that_only_the_twin_has_is_passed_over() -> None:
    assert checks.aa_pairs("FT", {}, {CPU: measured(1.0, 1.0)}) == ()


@pytest.mark.parametrize(
    ("n_correct", "majority", "is_noted"),
    [(600, 0.5, False), (510, 0.5, True), (400, 0.5, True), (510, None, False)],
)
def test_above_majority_by_its_interval(
    n_correct: int, majority: float | None, *, is_noted: bool
) -> None:
    assert bool(caveats.above_majority("FT", scored(tiny_score(n_correct)), majority)) == is_noted


def test_nothing_is_said_of_a_score_that_is_absent_or_higher_and_not_a_count() -> None:
    assert caveats.above_majority("FT", None, 0.5) == ()
    uncounted = scored(replace(tiny_score(600), n_correct=None))
    assert caveats.above_majority("FT", uncounted, 0.5) == ()


def test_one_and_the_same_answer_has_no_interval_and_is_not_above_the_bar() -> None:
    constant = Score(metric="mcc", value=0.0, split="test", n_examples=1725)
    (note,) = caveats.above_majority("FT", scored(constant), 0.0)
    assert note.message == (
        "FT scores 0.000, not above the 0.000 of always giving the commonest answer."
    )


def test_a_resampled_score_is_held_against_the_positive_answer() -> None:
    f1 = Score(metric="f1", value=0.81, split="test", n_examples=1725, low=0.79, high=0.83)
    (note,) = caveats.above_majority("ENC", scored(f1), 0.812)
    assert note.message == (
        "ENC scores 0.810 (0.790 to 0.830), not above the 0.812 of always giving the positive "
        "answer."
    )
    assert caveats.above_majority("ENC", scored(f1), 0.78) == ()


def test_stated_numbers_are_named() -> None:
    stated = tiny_cost(Resource.PRICE_USD, 0.1, kind=Kind.ASSUMED, origin=Origin.STATED)
    runs = [
        tiny_run("api", {Resource.PRICE_USD: stated}, stage=Stage.STATED),
        tiny_inference("API", {Resource.PRICE_USD: stated}),
    ]
    (note,) = caveats.borrowed_numbers(pathways(runs, "API"), CPU)
    assert note.message == (
        "API rests on stated numbers, not on runs. API states no CPU time, so it is not ranked "
        "by it."
    )
    (short,) = caveats.borrowed_numbers(pathways(runs, "API"), Resource.PRICE_USD)
    assert short.message == "API rests on stated numbers, not on runs."


def test_stated_model_without_stated_development_is_paid_already() -> None:
    stated = tiny_cost(CPU, 0.1, kind=Kind.ASSUMED, origin=Origin.STATED)
    runs = [tiny_run("api", {}, stage=Stage.STATED), tiny_inference("API", {CPU: stated})]
    (api,) = pathways(runs, "API")
    development = api.development(CPU)
    assert development is not None
    assert (development.value, development.kinds) == (0.0, (Kind.ASSUMED,))
    assert api.development(ENERGY) is None
    assert checks_message([api]).endswith("Development of API is taken as paid already.")


def checks_message(found: Sequence[PathwayCost]) -> str:
    return caveats.borrowed_numbers(found, CPU)[0].message


def test_replayed_numbers_are_said() -> None:
    replay = tiny_cost(ENERGY, 1.0, origin=Origin.REPLAYED)
    (note,) = caveats.replayed(pathways([tiny_inference("FT", {ENERGY: replay, CPU: 1.0})]))
    assert note.message.startswith("energy was replayed from a recording, not measured")


def test_notes_of_runs_and_phases_are_kept_once() -> None:
    note = Note(code=NoteCode.SHORT_WINDOW, message="short", advice="lengthen")
    phase = Phase(
        name=PhaseName.WORK,
        measurement=Measurement(started_at="", duration_s=1.0, notes=(note,)),
    )
    run = replace(tiny_run("ft", {}), notes=(note,), phases=(phase,))
    assert caveats.run_notes([run, run]) == (note,)


def test_a_rest_that_did_not_cool_is_told_with_its_row() -> None:
    note = Note(code=NoteCode.NOT_COOLED, message="the rest was too short.", advice="Wait.")
    (told,) = caveats.run_notes([replace(tiny_run("ft", {}), notes=(note,))])
    assert told == replace(note, message="ft: the rest was too short.")


def test_many_notes_of_one_code_are_shortened() -> None:
    notes = tuple(
        Note(code=NoteCode.SHORT_WINDOW, message=f"{i}", advice="lengthen") for i in range(9)
    )
    kept = caveats.run_notes([replace(tiny_run("ft", {}), notes=notes)], limit=2)
    assert [n.message for n in kept] == [
        "0",
        "1",
        "7 more of this sort are stored with the runs.",
    ]


def test_notes_of_failed_inference_are_told_elsewhere() -> None:
    note = Note(code=NoteCode.PRECISION_REFUSED, message="slow", advice="fp32")
    run = replace(tiny_inference("FT", {}), notes=(note,), status=Status.FAILED)
    assert caveats.run_notes([run]) == ()


def opposed(energy: float = 2.0, *, n_trained: int = 2) -> list[PathwayCost]:
    """FT is cheaper in CPU time in both phases; TS in energy when `energy` is below 4."""
    runs = []
    for name, cpu, joules in (("FT", 1.0, 4.0), ("TS", 3.0, energy)):
        amounts = {CPU: cpu, ENERGY: joules}
        trained = tiny_run(name.lower(), amounts)
        runs += [replace(trained, run_id=f"{name}-{i}") for i in range(n_trained)]
        runs += [tiny_inference(name, amounts, block=b) for b in range(3)]
    return pathways(runs, "FT", "TS")


def test_phases_in_which_measures_disagree_alike_are_told_together() -> None:
    assert disagreements(opposed(), [CPU, ENERGY]) == (
        "In development and deployment FT is cheaper than TS in CPU time but dearer in energy.",
    )


def test_development_that_ran_once_is_called_one_draw() -> None:
    development, deployment = disagreements(opposed(n_trained=1), [CPU, ENERGY])
    assert development.endswith("; development ran once, so another run may turn this round.")
    assert deployment.endswith("dearer in energy.")


def test_pairs_on_which_measures_disagree_alike_are_told_together() -> None:
    runs = []
    for name, cpu, joules in (("FT", 1.0, 4.0), ("TS", 1.0, 4.0), ("TA", 3.0, 2.0)):
        runs += [tiny_inference(name, {CPU: cpu, ENERGY: joules}, block=b) for b in range(3)]
    assert disagreements(pathways(runs, "FT", "TS", "TA"), [CPU, ENERGY]) == (
        "In deployment FT and TS are cheaper than TA in CPU time but dearer in energy.",
    )


@pytest.mark.parametrize("energy", [4.0, 3.97, 5.0], ids=["equal", "nearly equal", "agree"])
def test_measures_that_do_not_clearly_disagree_give_none(energy: float) -> None:
    assert disagreements(opposed(energy), [CPU, ENERGY]) == ()


def test_measures_that_one_lacks_are_left_out() -> None:
    assert disagreements(opposed(), [CPU, ENERGY, MEMORY]) == disagreements(
        opposed(), [CPU, ENERGY]
    )


def test_several_measures_are_listed() -> None:
    runs = []
    for name, cpu, joules, peak in (("FT", 1.0, 4.0, 1.0), ("TS", 3.0, 2.0, 2.0)):
        amounts = {CPU: cpu, ENERGY: joules, MEMORY: peak}
        runs += [tiny_inference(name, amounts, block=b) for b in range(3)]
    assert disagreements(pathways(runs, "FT", "TS"), [CPU, ENERGY, MEMORY]) == (
        "In deployment FT is cheaper than TS in CPU time and peak memory but dearer in energy.",
    )


def test_differences_within_their_doubt_do_not_disagree() -> None:
    runs = []
    for name, cpu, joules in (("FT", 1.0, (4.0, 2.0, 6.0)), ("TS", 3.0, (5.0, 3.5, 2.0))):
        runs += [tiny_inference(name, {CPU: cpu, ENERGY: j}, block=b) for b, j in enumerate(joules)]
    assert disagreements(pathways(runs, "FT", "TS"), [CPU, ENERGY]) == ()
