"""Pairs of pathways: five metrics per task, modality by modality, blocks paired."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from breakeven.analysis.runs.sources import lines, source
from breakeven.analysis.samples.pairs import Cell, cells, pairs
from breakeven.errors import UnknownNameError
from breakeven.records import (
    Cost,
    Kind,
    Machine,
    Measurement,
    Origin,
    PathwayDefinition,
    Phase,
    PhaseName,
    Resource,
    Run,
    Settings,
    Stage,
    Status,
    StudyDefinition,
    Volume,
)

MACHINE = Machine(
    host="h",
    host_id="0" * 16,
    system="Linux",
    cpu_model="CPU",
    n_cpus=2,
    memory_bytes=1000,
    python="3.11",
)
NAMES = ("BERT", "DistilBERT")


def run(pathway: str, block: int | None, joules: float, seconds: float) -> Run:
    def cost(resource: Resource, value: float, channel: str = "all") -> Cost:
        made = Cost.exact(resource, value, kind=Kind.MEASURED, sensor="made-up", channel=channel)
        return replace(made, origin=Origin.REPLAYED) if channel == "package-0" else made

    costs = (
        cost(Resource.DURATION_S, seconds),
        cost(Resource.CPU_S, seconds),
        cost(Resource.MEMORY_BYTE_S, 250 * seconds),
        cost(Resource.ENERGY_J, joules, "package-0"),
    )
    work = Measurement(started_at="", duration_s=seconds, costs=costs)
    return Run(
        run_id=f"{pathway}/{block}/{joules}",
        stage=Stage.INFER,
        status=Status.OK,
        started_at="2026-01-01T00:00:00Z",
        study="s",
        row=f"{pathway}/reference",
        settings=Settings(resolved={"role": "reference", "pathway": pathway, "task": "sst2"}),
        machine=MACHINE,
        phases=(Phase(name=PhaseName.WORK, measurement=work),),
        output=Volume(n_examples=10),
        block=block,
    )


def ten_blocks() -> Iterator[Run]:
    for block in range(10):
        drift = 1 + 0.02 * block + 0.001 * (block * 7 % 5)
        yield run("BERT", block, 100 * drift, 10 * drift)
        yield run("DistilBERT", block, 56 * drift + 0.1 * (block % 3), 6 * drift)


def found(*runs: Run) -> tuple[Cell, ...]:
    definition = StudyDefinition(
        name="s", pathways=tuple(PathwayDefinition(name=name, row=name) for name in NAMES)
    )
    return cells(lines([source("here", runs, [definition])]))


def test_five_metrics_are_measured_of_each_pathway() -> None:
    made = found(*ten_blocks())
    assert [(cell.pathway, cell.metric.name) for cell in made][:5] == [
        ("BERT", "energy_j_per_example"),
        ("BERT", "duration_s_per_example"),
        ("BERT", "cpu_percent"),
        ("BERT", "memory_percent"),
        ("BERT", "cpu_s_per_example"),
    ]
    assert {cell.task for cell in made} == {"sst2"}
    assert made[0].described.low == pytest.approx(10.0)
    assert made[2].sample[0] == pytest.approx(50.0)
    assert made[3].sample[0] == pytest.approx(25.0)
    assert made[4].sample[0] == pytest.approx(1.0)
    assert (made[0].modality, made[0].origins) == ("CPU and DRAM", (Origin.REPLAYED,))


def test_the_distilled_version_is_compared_within_blocks_so_drift_falls_out() -> None:
    energy = next(p for p in pairs(found(*ten_blocks())) if p.left.metric.is_energy)
    assert (energy.left.pathway, energy.right.pathway) == NAMES
    assert energy.found.is_paired
    assert energy.found.ratio is not None
    assert energy.found.ratio.value == pytest.approx(0.561, abs=1e-3)
    assert energy.found.ratio.high - energy.found.ratio.low < 0.002
    assert energy.p_holm == energy.found.p


def test_pairs_may_be_asked_for_by_name_in_their_order() -> None:
    turned = pairs(found(*ten_blocks()), [("DistilBERT", "BERT")])
    assert turned[0].found.ratio is not None
    assert turned[0].found.ratio.value > 1
    with pytest.raises(UnknownNameError, match="DistilBERT"):
        pairs(found(*ten_blocks()), [("BERT", "DistilGPT")])


def test_runs_outside_blocks_are_not_paired_and_repeats_of_a_block_are_averaged() -> None:
    alone = [run("BERT", None, joules, 1.0) for joules in (10.0, 12.0, 11.0)]
    others = [run("DistilBERT", 0, joules, 1.0) for joules in (5.0, 7.0)]
    made = {cell.pathway: cell for cell in found(*alone, *others) if cell.metric.is_energy}
    assert sorted(made["BERT"].sample) == [-3, -2, -1]
    assert dict(made["DistilBERT"].sample) == {0: pytest.approx(0.6)}


def test_only_finished_reference_use_counts() -> None:
    one = run("BERT", 0, 5.0, 1.0)
    sweep = replace(one, run_id="sweep", settings=Settings(resolved={"role": "sweep"}))
    killed = replace(one, run_id="killed", status=Status.FAILED)
    trained = replace(one, run_id="trained", stage=Stage.FINETUNE)
    idle = replace(one, run_id="idle", output=Volume())
    assert found(sweep, killed, trained, idle) == ()


def test_a_second_modality_of_energy_repeats_no_other_metric() -> None:
    one = run("BERT", 0, 5.0, 1.0)
    seen = one.phases[0].measurement
    card = Cost.exact(Resource.ENERGY_J, 3.0, kind=Kind.MEASURED, sensor="nvml", channel="gpu0")
    both = replace(one.phases[0], measurement=replace(seen, costs=(*seen.costs, card)))
    made = found(replace(one, phases=(both,)))
    assert [cell.metric.name for cell in made].count("cpu_percent") == 1
    assert [cell.modality for cell in made if cell.metric.is_energy] == ["GPU", "CPU and DRAM"]


def test_equal_blocks_of_two_stores_are_two_samples() -> None:
    """A machine that takes ten times as much: two answers, and no average of both."""
    here, there = (
        source(name, [replace(r, run_id=f"{name}/{r.run_id}") for r in runs])
        for name, runs in (
            ("here", [run("BERT", b, 100.0 + b, 1.0) for b in range(3)]),
            ("there", [run("BERT", b, 1000.0 + b, 1.0) for b in range(3)]),
        )
    )
    made = [cell for cell in cells(lines([here, there])) if cell.metric.is_energy]
    assert [(cell.store, dict(cell.sample)) for cell in made] == [
        ("here", {0: 10.0, 1: 10.1, 2: 10.2}),
        ("there", {0: 100.0, 1: 100.1, 2: 100.2}),
    ]


def test_pathways_of_two_stores_are_no_pair() -> None:
    here = source("here", [run("BERT", b, 100.0 + b, 1.0) for b in range(3)])
    there = source("there", [run("DistilBERT", b, 60.0 + b, 1.0) for b in range(3)])
    assert pairs(cells(lines([here, there]))) == ()


def test_what_was_not_measured_is_no_sample() -> None:
    one = run("BERT", 0, 5.0, 1.0)
    bare = replace(
        one,
        machine=None,
        phases=(
            Phase(name=PhaseName.WORK, measurement=Measurement(started_at="", duration_s=1.0)),
        ),
    )
    assert found(bare) == ()
