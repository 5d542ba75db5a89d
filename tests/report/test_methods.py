from dataclasses import replace

import pytest

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import (
    Cost,
    IdleReading,
    Kind,
    Measurement,
    Note,
    NoteCode,
    Origin,
    Phase,
    PhaseName,
    Resource,
    Status,
)
from breakeven.report.methods import methods


def text_of(analysis: StudyAnalysis) -> str:
    return "\n".join(methods(analysis))


def test_methods_name_conventions_volume_and_reference(analysis: StudyAnalysis) -> None:
    text = text_of(analysis)

    assert "eq. 6" in text
    assert "100,000 examples" in text
    assert "(batch_size = 32)" in text
    assert "scores 19.0 %" in text
    assert "Fieller" in text


def test_without_counts_methods_say_that_flops_were_not_counted(analysis: StudyAnalysis) -> None:
    assert "FLOPs were not counted." in text_of(analysis)


def test_flops_that_a_user_counted_are_of_no_closed_form_of_ours(analysis: StudyAnalysis) -> None:
    count = Cost.exact(Resource.FLOPS, 1.0, kind=Kind.COUNTED, sensor="stated in train.py")

    text = text_of(replace(analysis, runs=(replace(analysis.runs[0], counts=(count,)),)))

    assert "FLOPs are as their counter gave them (stated in train.py)." in text
    assert "closed form" not in text


def test_the_flops_convention_is_named_with_its_note(analysis: StudyAnalysis) -> None:
    count = Cost.exact(Resource.FLOPS, 1.0, kind=Kind.COUNTED, sensor="kaplan-2020: 2N/6N")
    note = Note(code=NoteCode.FLOPS_CONVENTION, message="Embeddings left out.", advice="")
    runs = (replace(analysis.runs[0], counts=(count,), notes=(note,)),)

    text = text_of(replace(analysis, runs=runs))

    assert "convention kaplan-2020: 2N/6N. Embeddings left out." in text


def test_a_convention_note_alone_is_enough(analysis: StudyAnalysis) -> None:
    note = Note(code=NoteCode.FLOPS_CONVENTION, message="Embeddings left out.", advice="")

    assert "\nEmbeddings left out." in text_of(replace(analysis, notes=(note,)))


def test_energy_that_was_not_measured_says_how_to_get_a_sensor(analysis: StudyAnalysis) -> None:
    assert "Energy was not measured: rapl" in text_of(analysis)


def test_energy_sensors_are_named_and_replays_marked(analysis: StudyAnalysis) -> None:
    energy = Cost(
        resource=Resource.ENERGY_J,
        value=1.0,
        low=1.0,
        high=1.0,
        kind=Kind.MEASURED,
        channel="package-0",
        sensor="replay",
        origin=Origin.REPLAYED,
    )
    phase = Phase(
        name=PhaseName.WORK,
        measurement=Measurement(started_at="", duration_s=1.0, costs=(energy,)),
    )
    cpu = analysis.pathways[0].development[Resource.CPU_S]
    pathway = replace(analysis.pathways[0], development={Resource.ENERGY_J: cpu})
    told = replace(
        analysis, runs=(replace(analysis.runs[0], phases=(phase,)),), pathways=(pathway,)
    )

    assert "sensors: replay package-0 (replayed)." in text_of(told)


def test_energy_above_idle_stands_beside_gross_energy_with_its_reading(
    analysis: StudyAnalysis,
) -> None:
    energy = Cost.exact(
        Resource.ENERGY_J, 100.0, kind=Kind.MEASURED, channel="package-0", sensor="rapl"
    )
    window = Measurement(started_at="", duration_s=10.0, costs=(energy,))
    idle = IdleReading(
        channel="package-0",
        sensor="rapl",
        power_w=3.6,
        low_w=3.5,
        high_w=3.7,
        duration_s=60.0,
        measured_at="2026-01-02T00:00:00Z",
    )
    run = replace(
        analysis.runs[0], phases=(Phase(name=PhaseName.WORK, measurement=window),), idle=(idle,)
    )
    cpu = analysis.pathways[0].development[Resource.CPU_S]
    pathway = replace(analysis.pathways[0], development={Resource.ENERGY_J: cpu})

    text = text_of(replace(analysis, runs=(run,), pathways=(pathway,)))

    assert (
        "Of 100 J that package-0 counted in 1 work phases, 64 J (63 J to 65 J) are above its idle "
        "draw (3.6 W seen for 60 s on 2026-01-02)."
    ) in text


def test_energy_that_others_told_is_not_said_to_be_gross(analysis: StudyAnalysis) -> None:
    cpu = analysis.pathways[0].development[Resource.CPU_S]
    told = replace(cpu, origins=(Origin.PUBLISHED,))
    pathway = replace(analysis.pathways[0], development={Resource.ENERGY_J: told})

    text = text_of(replace(analysis, pathways=(pathway,)))

    assert "Energy is taken as others told it." in text
    assert "gross" not in text


def test_a_stage_that_ran_twice_is_not_said_to_have_run_once(analysis: StudyAnalysis) -> None:
    once = "A stage that ran once has no interval between runs"
    assert once in text_of(analysis)
    repeated = tuple(
        replace(p, stages=tuple(replace(s, statuses={Status.OK: 2}) for s in p.stages))
        for p in analysis.pathways
    )

    text = text_of(replace(analysis, pathways=repeated))

    assert once not in text
    assert "repeats of development and test examples anew" in text
    assert "training seeds" not in text
    several = (replace(repeated[0], n_seeds=3), *repeated[1:])
    assert "Where a row trained several seeds" in text_of(replace(analysis, pathways=several))


def test_only_phases_that_were_measured_apart_are_named(analysis: StudyAnalysis) -> None:
    assert "measured apart" not in text_of(analysis)
    window = Measurement(started_at="", duration_s=1.0, costs=())
    apart = tuple(Phase(name=name, measurement=window) for name in (PhaseName.LOAD, PhaseName.WORK))
    runs = (replace(analysis.runs[0], phases=apart), *analysis.runs[1:])

    assert (
        "100,000 examples. Loading is measured apart and never part of the cost per item.\n"
    ) in text_of(replace(analysis, runs=runs))


def test_a_range_by_resolution_is_no_fieller_set(analysis: StudyAnalysis) -> None:
    by_resolution = tuple(
        replace(b, estimate=replace(b.estimate, method="worst case of the numbers' resolution"))
        for b in analysis.break_evens
    )

    text = text_of(replace(analysis, break_evens=by_resolution))

    assert "the worst that the resolution of the numbers allows" in text
    assert "Fieller" not in text
    assert "break-even volume" not in text_of(replace(analysis, break_evens=()))


def test_energy_without_a_named_sensor_is_still_gross(analysis: StudyAnalysis) -> None:
    cpu = analysis.pathways[0].development[Resource.CPU_S]
    pathway = replace(analysis.pathways[0], development={Resource.ENERGY_J: cpu})

    assert "idle draw included.\n" in text_of(replace(analysis, pathways=(pathway,)))


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("accuracy", "Always answering the commonest class scores 68.4 %."),
        ("f1", "Always answering the positive class scores 81.2 %."),
        ("mcc", "Always answering the commonest class scores 0."),
    ],
)
def test_the_bar_is_told_in_the_metric_that_decides(
    analysis: StudyAnalysis, metric: str, said: str
) -> None:
    scores = {"accuracy": 0.684, "f1": 0.812, "mcc": 0.0}
    definition = replace(analysis.definition, metric=metric, majority_scores=scores)

    assert said in text_of(replace(analysis, definition=definition))


def test_carbon_is_said_to_be_left_out_and_how_to_compute_it(analysis: StudyAnalysis) -> None:
    text = text_of(analysis)

    assert "Carbon is not computed: " in text
    assert "`breakeven impact STORE --grid CODE`" in text


def test_carbon_that_was_stated_needs_no_such_sentence(analysis: StudyAnalysis) -> None:
    cpu = analysis.pathways[0].development[Resource.CPU_S]
    pathway = replace(analysis.pathways[0], development={Resource.CARBON_KGCO2E: cpu})

    assert "Carbon" not in text_of(replace(analysis, pathways=(pathway,)))
