"""How runs lay, as methods say it: from the blocks, roles and phases that the records hold."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from breakeven.analysis.overview import analyse
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Phase,
    PhaseName,
    Resource,
    Run,
    Score,
    Stage,
    Status,
    StudyDefinition,
    Volume,
)
from breakeven.report.design import design_sentences
from breakeven.report.methods import methods
from breakeven.testing.runs import example_runs


def by_hand(name: str, stage: Stage, cpu_s: float, *, at: int) -> Run:
    """What `metered` and `measure` leave: one phase, no block, no settings."""
    cpu = Cost.exact(Resource.CPU_S, cpu_s, kind=Kind.MEASURED, sensor="cpu")
    window = Measurement(started_at="", duration_s=cpu_s, costs=(cpu,))
    score = Score(metric="accuracy", value=0.8, split="test", n_examples=500, n_correct=400)
    is_use = stage is Stage.INFER
    return Run(
        run_id=f"{name}-{stage.value}-{at}",
        study="s",
        row=f"{name}/{'reference' if is_use else stage.value}",
        stage=stage,
        status=Status.OK,
        started_at=f"2026-01-01T00:00:{at:02}Z",
        joined=name,
        phases=(Phase(name=PhaseName.WORK, measurement=window),),
        output=Volume(n_examples=1000),
        scores=() if is_use else (score,),
    )


def two_trainings(*, n_uses: int) -> list[Run]:
    runs = []
    for at, (name, cpu_s) in enumerate((("LARGE", 2.0), ("SMALL", 1.0))):
        runs.append(by_hand(name, Stage.FINETUNE, 10 + at, at=at))
        runs += [
            by_hand(name, Stage.INFER, cpu_s * (1 + 0.01 * turn), at=10 + 2 * turn + at)
            for turn in range(n_uses)
        ]
    return runs


def told(definition: StudyDefinition, runs: Sequence[Run]) -> str:
    return "\n".join(methods(analyse(definition, runs)))


def test_blocks_are_told_of_those_pathways_alone_that_ran_in_them() -> None:
    text = told(*example_runs())

    assert (
        "The cost per item of FT, TS, TA and TF-IDF is a mean over 6 randomized blocks in which "
        "their configurations are interleaved; its interval is a t interval over blocks. "
        "The cost per item of API is taken as others published or stated it"
    ) in text
    assert "block, with the p of a paired sign-flip test." in text
    assert "the same blocks" in text


def test_runs_measured_by_hand_are_neither_blocks_nor_paired_nor_tested() -> None:
    text = told(StudyDefinition(name="s", pathways=()), two_trainings(n_uses=3))

    assert (
        "A cost per item is a mean over 3 separate runs, whose order breakeven did not randomize "
        "and which are not paired; its interval is a t interval over runs."
    ) in text
    assert "told apart by the difference of their means, taken as independent" in text
    assert "of all that ran inside what was measured" in text
    for claim in (
        *("block", "interleaved", "sign-flip", "warm-up", "reference configuration"),
        *("training seeds", "repeats of development", "for all pathways"),
    ):
        assert claim not in text.replace("share no blocks", "")


def test_a_single_use_has_no_interval_and_none_is_claimed() -> None:
    text = told(StudyDefinition(name="s", pathways=()), two_trainings(n_uses=1))

    assert "A cost per item is of one run and has no interval between runs." in text
    assert "t interval" not in text


def of_example(*, blocks: Sequence[int], without: Sequence[str] = ()) -> str:
    definition, runs = example_runs()
    kept = [
        run
        for run in runs
        if run.block is None or (run.block in blocks and run.run_id not in without)
    ]
    return " ".join(design_sentences(analyse(definition, kept)))


def test_one_block_gives_no_interval_between_runs() -> None:
    text = of_example(blocks=[0])

    assert "TF-IDF was measured in one block, so it has no interval between runs." in text
    assert "interleaved" not in text
    assert "sign-flip" not in text


def test_blocks_that_not_all_share_are_said_to_differ() -> None:
    text = of_example(blocks=range(6), without=["FT/reference/0"])

    assert "is a mean over randomized blocks (not the same for all) in which" in text


@pytest.mark.parametrize("label", ["reference", "sweep"])
def test_the_test_is_named_only_where_a_sweep_was_tested(label: str) -> None:
    definition, runs = example_runs()
    kept = [r for r in runs if r.block is None or r.row.endswith("/reference") or label == "sweep"]

    text = " ".join(design_sentences(analyse(definition, kept)))

    assert ("sign-flip" in text) == (label == "sweep")
    assert "Ratios between pathways are t intervals on the mean log ratio per block." in text


def test_runs_beside_the_blocks_are_not_said_to_be_in_them() -> None:
    definition, runs = example_runs()
    moved = [
        replace(run, block=None, position=None) if run.run_id == "FT/reference/0" else run
        for run in runs
    ]

    text = " ".join(design_sentences(analyse(definition, moved)))

    assert "The cost per item of FT is a mean over runs of which some lay in blocks" in text
