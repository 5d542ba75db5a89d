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


def test_energy_without_a_named_sensor_is_still_gross(analysis: StudyAnalysis) -> None:
    cpu = analysis.pathways[0].development[Resource.CPU_S]
    pathway = replace(analysis.pathways[0], development={Resource.ENERGY_J: cpu})

    assert "idle draw included.\n" in text_of(replace(analysis, pathways=(pathway,)))


def test_without_a_reference_or_majority_the_sentence_is_short(analysis: StudyAnalysis) -> None:
    definition = replace(analysis.definition, reference={}, majority_scores={})

    assert "at the reference configuration." in text_of(replace(analysis, definition=definition))


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
