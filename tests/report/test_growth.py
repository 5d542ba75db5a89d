"""Growth: which runs are trainings, and when they say nothing of how cost grows."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.records import PathwayDefinition, Resource, Run, Stage, StudyDefinition, Volume
from breakeven.report.growth import against_work, power_words, several_stages, training_lines
from breakeven.report.growth import fitted as lines_of
from breakeven.testing.tiny import STUDY, tiny_cost, tiny_inference, tiny_run

CPU = Resource.CPU_S
DEFINITION = StudyDefinition(
    name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft-0"),), headline=CPU
)


def trained(i: int, n_tokens: int, cost: float, *, stage: Stage = Stage.FINETUNE) -> Run:
    run = tiny_run(f"ft-{i}", {CPU: tiny_cost(CPU, cost)}, stage=stage)
    return replace(run, output=Volume(n_padded_tokens=n_tokens, n_real_tokens=n_tokens))


def study(runs: Sequence[Run]) -> StudyAnalysis:
    return analyse(DEFINITION, [*runs, tiny_inference("FT", {CPU: 1.0})])


@pytest.mark.parametrize("stage", [Stage.EXPORT, Stage.ADAPT, Stage.FETCH, Stage.EVALUATE])
def test_reading_texts_without_learning_is_no_training(stage: Stage) -> None:
    """An export reads a few hundred texts for its scales: no point of a curve of training."""
    analysis = study([trained(0, 1000, 5.0), trained(1, 10, 4.0, stage=stage)])

    assert [line.run.row for line in training_lines(analysis)] == ["ft-0"]


def test_runs_at_one_place_are_too_much_alike_for_a_power() -> None:
    """Seeds of one training differ by a batch or two; no power from -500 to 500 is told."""
    analysis = study([trained(i, 94_000 + 10 * i, 5.0 + i % 2) for i in range(3)])

    found = against_work(analysis)

    assert found is not None
    assert power_words(found).endswith("too few runs, or too much alike, for a line")


def test_a_line_through_several_stages_names_them() -> None:
    runs = [trained(i, 10**i, 10.0**i) for i in range(1, 4)]
    one, two = (
        against_work(study(own))
        for own in (runs, [*runs, trained(4, 10**4, 10.0**4, stage=Stage.PRETRAIN)])
    )

    assert one is not None
    assert two is not None
    assert several_stages(lines_of(one)[0]) == ""
    assert several_stages(lines_of(two)[0]) == "fine-tuning and pre-training"
