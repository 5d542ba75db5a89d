"""The SST-2 milestone's metrics and regions, by hand and from the study's raw power traces."""

import csv
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import ConfigurationResult, StudyAnalysis
from breakeven.analysis.sweeps.findings import Axis
from breakeven.formulas.trace import PowerTrace
from breakeven.records import PathwayDefinition, Resource, Run, Scalar, Settings, StudyDefinition
from breakeven.report import tables
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_score

ENERGY, DURATION = Resource.ENERGY_J, Resource.DURATION_S
MEMORY = Resource.PEAK_DEVICE_MEMORY_BYTES
N_TEST = 872
BASE: dict[str, Scalar] = {"max_length": 128, "precision": "fp32", "n_layers": 0}
BASELINE = "phase_1_baseline"
AGAIN = (
    "phase_2_sequence_length/max_sequence_length_128",
    "phase_2_precision/precision_fp32",
    "phase_2_layers/num_layers_12",
    "phase_2_combination/precision_fp32/",
    "phase_2_combination/precision_fp16/max_sequence_length_128",
)
"""What the study measured a second time under another name."""


def used(
    label: str, amounts: Mapping[Resource, float], *, n_correct: int, **changed: Scalar
) -> Run:
    run = tiny_inference("FT", amounts, label=label, n_items=N_TEST)
    settings = Settings(resolved={**BASE, **changed, **run.settings.resolved})
    padded = replace(run.output, n_padded_tokens=N_TEST * int(settings.resolved["max_length"]))
    return replace(run, settings=settings, output=padded, scores=(tiny_score(n_correct, N_TEST),))


def analysed(runs: Sequence[Run]) -> StudyAnalysis:
    definition = StudyDefinition(
        name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft"),), headline=ENERGY
    )
    return analyse(definition, runs)


def test_the_five_metrics_by_hand() -> None:
    """218 J and 2.616 s for 872 examples, 811 right: R004-07."""
    amounts = {ENERGY: 218.0, DURATION: 2.616, MEMORY: 692.0 * 2**20}
    analysis = analysed([used("reference", amounts, n_correct=811)])
    (found,) = analysis.sweep

    assert found.score is not None
    assert found.score.value == pytest.approx(811 / 872)
    assert found.marginal[ENERGY].value == pytest.approx(0.25)
    assert found.per_correct[ENERGY].value == pytest.approx(218 / 811)
    assert found.marginal[DURATION].value == pytest.approx(0.003)
    assert found.marginal[MEMORY].value == 692.0 * 2**20
    rows = tables(analysis)["sweep_costs"].rows
    told = {row[2].value: [cell.text.replace("\u00a0", " ") for cell in row[3:5]] for row in rows}
    assert told[ENERGY.value] == ["250 mJ", "269 mJ (265\N{EN DASH}274)"]
    assert told[DURATION.value][0] == "3.00 ms"
    assert told[MEMORY.value][0] == "692 MiB"


@pytest.fixture(scope="module")
def folder(shared_dir: Path) -> Path:
    return shared_dir / "published" / "sst2_milestone"


@pytest.fixture(scope="module")
def analysis(folder: Path) -> StudyAnalysis:
    samples: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in csv.DictReader((folder / "power_traces.csv").read_text().splitlines()):
        samples[row["config"]].append((float(row["timestamp_s"]), float(row["power_w"])))
    rows = csv.DictReader((folder / "counts.csv").read_text().splitlines())
    return analysed(
        [
            used(
                "reference" if row["config"] == BASELINE else row["config"],
                {ENERGY: PowerTrace(*zip(*samples[row["config"]], strict=True)).energy().energy_j},
                n_correct=int(row["n_correct"]),
                **settings_of(row["config"]),
            )
            for row in rows
            if not row["config"].startswith(AGAIN)
        ]
    )


def settings_of(config: str) -> dict[str, Scalar]:
    """`.../precision_fp16/max_sequence_length_48` -> what it changes."""
    changed: dict[str, Scalar] = {}
    for part in config.split("/")[1:]:
        name, _, value = part.rpartition("_")
        if name == "precision":
            changed["precision"] = value
        else:
            known = {"max_sequence_length": "max_length", "num_layers": "n_layers"}
            changed[known[name]] = int(value)
    return changed


def by_label(analysis: StudyAnalysis) -> dict[str, ConfigurationResult]:
    return {found.label: found for found in analysis.sweep}


def test_joules_per_example_and_per_correct_answer_are_the_published_ones(
    folder: Path, analysis: StudyAnalysis
) -> None:
    expected = json.loads((folder / "expected.json").read_text())["published"]
    for label, found in by_label(analysis).items():
        published = expected[BASELINE if label == "reference" else label]
        assert found.score is not None
        assert found.score.value == pytest.approx(published["accuracy"])
        assert found.marginal[ENERGY].value == pytest.approx(published["j_per_example"], rel=1e-5)
        assert found.per_correct[ENERGY].value == pytest.approx(
            published["j_per_correct"], rel=1e-5
        )


def test_length_is_flat_down_to_48_tokens_and_no_loss_is_shown_at_32(
    analysis: StudyAnalysis,
) -> None:
    """R004-09: 40 and 32 tokens score lower, but by less than 872 sentences can tell."""
    (length,) = (a for a in analysis.findings[0].axes if a.axis is Axis.LENGTH)
    losses = {p.value: p.loss.value for p in length.points if p.loss is not None}
    assert {value for value, loss in losses.items() if loss == 0} == {96, 64, 48}
    assert [length.point(label).value for label in length.flat] == [128, 96, 64, 48, 40, 32]


def test_the_front_of_energy_and_accuracy_holds_what_nothing_beats(
    analysis: StudyAnalysis,
) -> None:
    found = by_label(analysis)
    front = {label for label, each in found.items() if each.is_on_front}
    beaten = {
        label
        for label, each in found.items()
        if any(is_better(other, each) for other in found.values())
    }
    assert front == found.keys() - beaten
    assert "phase_2_combination/precision_fp16/max_sequence_length_48" in front
    assert "reference" not in front
    assert not any("num_layers" in label for label in front)


def is_better(one: ConfigurationResult, two: ConfigurationResult) -> bool:
    return (
        (one_point := point(one)) != (two_point := point(two))
        and one_point[0] <= two_point[0]
        and one_point[1] >= two_point[1]
    )


def point(found: ConfigurationResult) -> tuple[float, float]:
    energy = found.marginal[ENERGY].value
    assert energy is not None
    assert found.score is not None
    assert found.score.value is not None
    return energy, found.score.value


def test_one_formula_foretells_the_energy_where_nothing_is_lost(analysis: StudyAnalysis) -> None:
    """R004-15: linear in length and multiplied by precision down to 32 tokens, and not below."""
    fit = analysis.findings[0].compact
    assert fit is not None
    inside, outside = fit.errors_frac(is_free=True), fit.errors_frac(is_free=False)
    assert fit.slope.value == pytest.approx(0.0017, rel=0.1)
    assert fit.factors["fp16"].value == pytest.approx(0.22, abs=0.02)
    assert (len(inside), len(outside)) == (12, 4)
    assert max(inside) < 0.25
    assert max(outside) > 0.3
