"""The frame: every width, and nothing but what is known."""

from dataclasses import replace

import pytest

from breakeven.cli.live.cells import width_of
from breakeven.cli.live.frame import Look, frame
from breakeven.cli.live.scene import Rate, RowNow, Scene
from breakeven.records import Cost, Kind, Origin, PhaseName, Resource, Stage
from breakeven.study.events import Begun, Known


def cost(
    resource: Resource, value: float, *, high: float | None = None, origin: Origin = Origin.LIVE
) -> Cost:
    return Cost(
        resource=resource,
        value=value,
        low=value,
        high=value if high is None else high,
        kind=Kind.MEASURED,
        channel="c",
        sensor="s",
        origin=origin,
    )


def costs(*given: Cost) -> dict[tuple[Resource, Kind], Cost]:
    return {(c.resource, c.kind): c for c in given}


ROW = RowNow(
    name="ft block 2",
    stage=Stage.INFER,
    phase=PhaseName.WARMUP,
    done_frac=0.5,
    took_s=34.0,
    left_s=34.0,
    rates={Resource.CPU_S: Rate(value=1.94, kind=Kind.MEASURED)},
    costs=costs(cost(Resource.CPU_S, 41.2)),
)
SCENE = Scene(
    begun=Begun(study="small", headline=Resource.CPU_S, n_cpus=2),
    n_done=3,
    n_total=12,
    n_left=9,
    row=ROW,
    left=(360.0, False),
    ended=costs(cost(Resource.CPU_S, 330.8), cost(Resource.DURATION_S, 186.0)),
    costs=costs(cost(Resource.CPU_S, 372.0), cost(Resource.DURATION_S, 220.0)),
    known=Known(amounts={Resource.CPU_S: 900.0}, n_told={Resource.CPU_S: 9}),
)
ENERGY = cost(Resource.ENERGY_J, 4320.0, high=5040.0)
WITH_ENERGY = replace(
    SCENE,
    costs={**SCENE.costs, **costs(ENERGY)},
    row=replace(ROW, rates={**ROW.rates, Resource.ENERGY_J: Rate(value=38.24, kind=Kind.MEASURED)}),
)


def test_the_table_at_80_columns() -> None:
    assert frame(SCENE, Look(width=79)) == [
        "small: ft block 2 (infer, warmup)",
        "          Progress                         Time       Left  CPUs now   CPU time",
        "row       #########.........  50 %     00:00:34  ~00:00:34  1.9 of 2     41.2 s",
        "study     ####.............. 3 of 12   00:03:40  ~00:06:00              6.2 min",
        "forecast                              ~00:09:40                       ~20.5 min",
    ]


def test_the_same_in_lines_at_40_columns() -> None:
    assert frame(SCENE, Look(width=39)) == [
        "ft block 2 (infer, warmup)",
        "  #####.....  50 %, ~00:00:34 left",
        "  now 1.9 of 2 CPUs",
        "study: 3 of 12 runs, ~00:06:00 left",
        "  6.2 CPU min so far, ~20.5 min in all",
    ]


@pytest.mark.parametrize("scene", [Scene(), SCENE, WITH_ENERGY, replace(SCENE, row=None)])
@pytest.mark.parametrize("has_colour", [True, False])
def test_no_line_is_wider_than_any_terminal(
    scene: Scene,
    has_colour: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    for width in range(20, 201):
        for line in frame(scene, Look(width=width, has_colour=has_colour)):
            text = line.replace("\x1b[0m", "").replace("\x1b[1m", "").replace("\x1b[2m", "")
            assert width_of(text) <= width


@pytest.mark.parametrize("width", range(66, 201, 9))
def test_the_columns_of_every_table_stand_below_each_other(width: int) -> None:
    heads, row, study, forecast = frame(SCENE, Look(width=width))[1:5]
    end = heads.index("CPU time") + len("CPU time")

    assert row[:end].endswith("41.2 s")
    assert study[:end].endswith("6.2 min")
    assert forecast[:end].endswith("~20.5 min")


def test_power_stands_before_cpus_where_energy_is_measured_and_room_is_short() -> None:
    narrow, wide = (frame(WITH_ENERGY, Look(width=w)) for w in (79, 119))

    assert "Power now" in narrow[1]
    assert "CPUs now" not in narrow[1]
    assert "38.2 W" in narrow[2]
    assert "CPUs now  Power now   CPU time" in wide[1]
    assert "1.2 Wh (1.2-1.4)" in wide[3]


def test_what_is_not_known_is_a_dash_and_never_zero() -> None:
    bare = Scene(begun=SCENE.begun, n_total=4, n_left=4, row=RowNow(name="ft", stage=None))
    heading, _, row, study, forecast = frame(bare, Look(width=79))

    assert heading == "small: ft"
    assert row.split() == ["row", "-", "00:00:00", "-", "-", "-"]
    assert study.split() == ["study", "." * 20, "0", "of", "4", "-", "-", "-"]
    assert forecast.split() == ["forecast", "-", "-"]
    assert not any("W" in line or "J" in line for line in frame(bare, Look(width=199)))


def test_a_forecast_that_leaves_out_rows_says_at_least() -> None:
    partial = replace(SCENE, known=replace(SCENE.known, n_told={Resource.CPU_S: 8}))

    assert frame(partial, Look(width=79))[4].endswith(">20.5 min")


def test_joules_that_no_sensor_here_measured_say_so() -> None:
    replayed = replace(ENERGY, origin=Origin.REPLAYED)
    modelled = replace(ENERGY, kind=Kind.MODELLED)
    for each, word in ((replayed, "replayed"), (modelled, "modelled")):
        scene = replace(SCENE, costs={**SCENE.costs, **costs(each)})
        for width in (39, 79, 199):
            assert f"power, energy: {word}, not measured" in frame(scene, Look(width=width))[-1]
    assert "not measured" not in "".join(frame(WITH_ENERGY, Look(width=79)))


def test_the_cost_of_the_first_answer_comes_first() -> None:
    by_energy = replace(
        WITH_ENERGY, begun=Begun(study="small", headline=Resource.ENERGY_J, n_cpus=2)
    )
    heads = frame(by_energy, Look(width=119))[1]

    assert heads.index("Energy") < heads.index("CPU time")


def test_names_cannot_command_the_terminal() -> None:
    hostile = replace(SCENE, row=replace(ROW, name="ft\x1b[2J\r\nend"))

    assert frame(hostile, Look(width=79))[0] == "small: ft?[2J??end (infer, warmup)"


def test_wide_characters_keep_their_columns() -> None:
    wide = replace(SCENE, row=replace(ROW, name="模" * 60))

    assert width_of(frame(wide, Look(width=79))[0]) <= 79


def test_colour_only_where_it_is_allowed() -> None:
    assert "\x1b[1m" in frame(SCENE, Look(width=79, has_colour=True))[0]
    assert "\x1b" not in "".join(frame(SCENE, Look(width=79)))


def test_between_two_rows_and_before_the_plan() -> None:
    assert frame(Scene(), Look(width=79)) == ["getting ready"]
    assert frame(replace(SCENE, row=None), Look(width=79))[0] == "small: between two runs"
    done = replace(SCENE, row=None, n_left=0)
    assert frame(done, Look(width=39))[0] == "done"


def test_what_is_in_use_now_goes_first_only_beside_its_power() -> None:
    """With watts at hand the CPUs are the first to go; without, they are all that is known."""
    plain, metered = (frame(scene, Look(width=66))[1] for scene in (SCENE, WITH_ENERGY))

    assert "CPUs now" in plain
    assert "Power now" in metered
    assert "CPUs now" not in metered
