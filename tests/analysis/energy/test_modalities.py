"""GPU, CPU and DRAM, supplies, wall: side by side, never added, with factors between them."""

from dataclasses import replace

import pytest

from breakeven.analysis.energy.modalities import Modality, compare_modalities, modality_of
from breakeven.records import (
    Cost,
    Kind,
    Machine,
    Measurement,
    Origin,
    Phase,
    PhaseName,
    Resource,
    Run,
    Scope,
    Settings,
    Stage,
    Status,
)
from breakeven.report.tables import modality_tables

MACHINE = Machine(
    host="n",
    host_id="i",
    system="Linux",
    cpu_model="CPU",
    n_cpus=2,
    memory_bytes=1,
    python="3.11",
    libraries={},
    accelerators=("L4 (uuid)",),
)


def joules(channel: str, value: float, sensor: str = "rapl", **fields: object) -> Cost:
    made = Cost.exact(Resource.ENERGY_J, value, kind=Kind.MEASURED, sensor=sensor, channel=channel)
    return replace(made, **fields)  # type: ignore[arg-type]  # any field


def run_of(run_id: str, *phases: tuple[Cost, ...]) -> Run:
    return Run(
        run_id=run_id,
        row="ft",
        stage=Stage.FINETUNE,
        status=Status.OK,
        started_at="2026-01-01T00:00:00Z",
        machine=MACHINE,
        settings=Settings(resolved={"task": "sst2"}),
        phases=tuple(
            Phase(
                name=PhaseName.WORK,
                measurement=Measurement(
                    started_at="2026-01-01T00:00:00Z", duration_s=1.0, costs=costs
                ),
            )
            for costs in phases
        ),
    )


def server(run_id: str, gpu_j: float = 717.0, wall_j: float = 1100.0) -> Run:
    return run_of(
        run_id,
        (
            joules("gpu0", gpu_j, "nvml-energy"),
            joules("package-0", 150.0),
            joules("core-0", 100.0, part_of="package-0"),
            joules("dram-0", 20.0),
            joules("psu1", 500.0, "redfish", scope=Scope.SUPPLY),
            joules("psu2", 500.0, "redfish", scope=Scope.SUPPLY),
            joules("plug", wall_j, "shelly", scope=Scope.WALL),
        ),
    )


@pytest.mark.parametrize(
    ("cost", "modality"),
    [
        (joules("gpu0", 1.0, "nvml-power"), Modality.GPU),
        (joules("card", 1.0, "amdsmi"), Modality.GPU),
        (joules("package-0", 1.0), Modality.CPU),
        (joules("dram", 1.0, "zeus"), Modality.CPU),
        (joules("ane", 1.0, "zeus"), Modality.OTHER),
        (joules("gpu0", 1.0, scope=Scope.SUPPLY), Modality.SUPPLY),
        (joules("gpu0", 1.0, scope=Scope.WALL), Modality.WALL),
    ],
)
def test_a_channel_belongs_to_the_modality_that_it_sees(cost: Cost, modality: Modality) -> None:
    assert modality_of(cost) is modality


def test_each_modality_sums_its_own_channels_without_parts() -> None:
    seen = {s.modality: s.energy.value for s in compare_modalities([server("a")]).seen}
    assert seen == {
        Modality.GPU: 717.0,
        Modality.CPU: 170.0,
        Modality.SUPPLY: 1000.0,
        Modality.WALL: 1100.0,
    }


def test_the_share_of_the_gpu_in_the_supplies_is_the_published_one() -> None:
    """71.7 % (Duerlich et al. 2023, section 4.3)."""
    found = compare_modalities([server("a"), server("b", gpu_j=717.0)])
    factor = next(
        s.factor for s in found.scalings if (s.wide, s.narrow) == (Modality.SUPPLY, Modality.GPU)
    )
    assert factor.value == pytest.approx(1 / 0.717)
    assert (factor.n, factor.level) == (2, 0.95)


def test_one_run_gives_a_factor_without_an_interval() -> None:
    (first, *_) = compare_modalities([server("a")]).scalings
    assert (first.factor.low, first.factor.high, first.factor.level) == (None, None, None)


def test_only_phases_that_both_saw_enter_a_factor() -> None:
    run = run_of(
        "a",
        (joules("gpu0", 100.0), joules("plug", 200.0, scope=Scope.WALL)),
        (joules("gpu0", 900.0),),
    )
    (only,) = compare_modalities([run]).scalings
    assert only.factor.value == pytest.approx(2.0)


def test_a_phase_that_one_saw_in_part_enters_no_factor() -> None:
    wall = joules("wall", 1000.0, scope=Scope.WALL)
    run = run_of(
        "a",
        (joules("gpu0", 500.0), wall),
        (joules("gpu0", 500.0), replace(wall, coverage_frac=0.5)),
    )
    (scaling,) = compare_modalities([run]).scalings
    assert scaling.factor.value == pytest.approx(2.0)


def test_modelled_energy_is_left_out() -> None:
    modelled = joules("cpu", 5.0, kind=Kind.MODELLED)
    assert compare_modalities([run_of("a", (modelled,))]).seen == ()


def test_modalities_that_no_phase_shares_have_no_factor() -> None:
    run = run_of("a", (joules("gpu0", 1.0),), (joules("plug", 2.0, scope=Scope.WALL),))
    assert compare_modalities([run]).scalings == ()


def test_replayed_energy_says_so_in_text_too() -> None:
    played = replace(joules("gpu0", 1.0), origin=Origin.REPLAYED)
    table = next(iter(modality_tables([run_of("a", (played,))], at_least=1)))
    assert table.rows[0][-1].text.endswith(" replayed")


def test_energy_by_modality_has_the_digits_of_the_list_of_runs() -> None:
    wide = replace(joules("plug", 345.0), low=298.0, high=362.0)
    still = replace(joules("plug", 0.0), high=36e3)
    texts = [
        next(iter(modality_tables([run_of("a", (cost,))], at_least=1))).rows[0][-1].text
        for cost in (wide, still)
    ]
    assert texts == ["345 J (298 J to 362 J)", "below 36 kJ"]


def test_the_tables_hold_task_machine_modality_and_energy_in_one_row() -> None:
    runs, factors = modality_tables([server("a"), server("b")])
    first = runs.to_csv().splitlines()[1]
    assert first.startswith('a,ft,finetune,sst2,"CPU, L4 (uuid)",GPU,gpu0,717')
    assert len(runs.rows) == 8
    assert "wall | power supplies | 1.1" in factors.to_markdown()


def test_one_modality_alone_makes_no_table_in_a_report() -> None:
    assert list(modality_tables([run_of("a", (joules("gpu0", 1.0),))])) == []
    assert len(list(modality_tables([run_of("a", (joules("gpu0", 1.0),))], at_least=1))) == 1
