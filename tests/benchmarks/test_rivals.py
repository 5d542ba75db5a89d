"""The comparison with rivals: what runners print is read, judged and laid out rightly."""

import json
from pathlib import Path

import pytest

from benchmarks.rivals.environments import RIVALS
from benchmarks.rivals.judge import judge
from benchmarks.rivals.machine import FakeMachine, Hardware, Spell, nest
from benchmarks.rivals.scenarios import SCENARIOS, Fault, Scenario
from benchmarks.rivals.scene import SENTINEL, Outcome, last_line, parse
from benchmarks.rivals.table import markdown, reported, summary, table
from breakeven.testing.powercap import LAPTOP, FakePowercap

OUT = f"""\
[codecarbon WARNING] Multiple instances of codecarbon are allowed to run at the same time.
{SENTINEL}{{"energy_j": 96.4, "rank": 0, "gpu_j": 12.0, "value_j": 12.0}}
{SENTINEL}{{"energy_j": 3.5, "rank": 1}}
{SENTINEL}{{"energy_j": null, "rank": 2}}
Done.
"""


def scenario(name: str) -> Scenario:
    return next(one for one in SCENARIOS if one.name == name)


def outcome(tool: str, name: str, energy_j: float | None, **more: object) -> Outcome:
    told = {"energy_j": energy_j, "low_j": energy_j, "high_j": energy_j}
    made = Outcome(
        tool=tool, scenario=name, truth_j=scenario(name).truth_j, told=[told], exit_code=0
    )
    for key, value in more.items():
        setattr(made, key, value)
    return made


def test_results_are_found_among_what_tools_print() -> None:
    told = parse(OUT)
    assert [one["rank"] for one in told] == [0, 1, 2]
    assert Outcome(tool="x", scenario="ranks", told=told).value_j == 15.5
    assert Outcome(tool="x", scenario="ranks", told=told[2:]).value_j is None


def test_the_last_line_of_an_error_is_its_reason() -> None:
    assert last_line("Traceback:\n  File\nValueError: no\n\n") == "ValueError: no"
    assert last_line("") == ""


@pytest.mark.parametrize(
    ("name", "tool", "energy_j", "more", "faults"),
    [
        pytest.param("wrap", "pyjoules", -261_843.3, {}, (Fault.WRONG,), id="a wrap"),
        pytest.param("laptop", "zeus", 674.0, {}, (Fault.WRONG,), id="psys added"),
        pytest.param("laptop", "pyjoules", 225.0, {}, (), id="the package alone"),
        pytest.param("no-sensor", "zeus", 0.0, {}, (Fault.NOTHING,), id="0 without a sensor"),
        pytest.param("no-sensor", "eco2ai", 1.04, {}, (Fault.GUESS,), id="a guess"),
        pytest.param("gpu-uuid", "zeus", None, {"exit_code": 1}, (Fault.CRASH,), id="a crash"),
        pytest.param("kill-9", "zeus", None, {"exit_code": -9}, (Fault.LOST,), id="all lost"),
        pytest.param("exception", "perun", 119.0, {}, (Fault.EXIT_0,), id="swallowed"),
        pytest.param(
            "plain", "zeus", 300.0, {"n_helpers": 2}, (Fault.HELPERS,), id="helper processes"
        ),
        pytest.param(
            "plain", "eco2ai", 300.0, {"connections": ["ipinfo.io"]}, (Fault.NETWORK,), id="network"
        ),
        pytest.param(
            "parent", "optimum", None, {"others_cpu_s": 4.6}, (Fault.SPINS,), id="a spinning parent"
        ),
        pytest.param(
            "clock",
            "zeus",
            300.0,
            {"told": [{"energy_j": 300.0, "duration_s": 3604.6}]},
            (Fault.WALL_CLOCK,),
            id="the wall clock",
        ),
        pytest.param(
            "nested",
            "codecarbon",
            300.0,
            {"told": [{"energy_j": 300.0, "inner_j": None}]},
            (Fault.NO_INNER,),
            id="no inner window",
        ),
    ],
)
def test_faults_are_told_apart(
    name: str,
    tool: str,
    energy_j: float | None,
    more: dict[str, object],
    faults: tuple[Fault, ...],
) -> None:
    verdict = judge(scenario(name), outcome(tool, name, energy_j, **more))
    assert verdict.faults == faults


def test_a_claim_that_is_not_seen_again_is_said() -> None:
    verdict = judge(scenario("wrap"), outcome("zeus", "wrap", 300.0))
    assert verdict.unseen == (Fault.WRONG,)
    assert verdict.says == "NOT seen again: off by more than 5 %"
    rows = {scenario("wrap"): [(outcome("zeus", "wrap", 300.0), verdict)]}
    assert "0 claimed faults seen again, 1 not" in summary(rows)


@pytest.mark.parametrize(
    ("name", "energy_j", "more", "says"),
    [
        pytest.param("plain", 300.0, {}, "right", id="right"),
        pytest.param("plain", 299.0, {}, "the interval 299 to 299 J misses the truth", id="low"),
        pytest.param(
            "plain",
            300.0,
            {"connections": ["example.org"]},
            "tries the network",
            id="it went to the network",
        ),
        pytest.param("no-sensor", None, {}, "right", id="nothing, rightly"),
        pytest.param("no-sensor", 5.0, {}, "a number without a sensor", id="a guess of ours"),
        pytest.param("kill-9", 200.0, {"exit_code": -9, "truth_j": 225.0}, "right", id="recovered"),
        pytest.param(
            "kill-9",
            100.0,
            {"exit_code": -9, "truth_j": 225.0},
            "125 J lost, at most 71.7 J may be",
            id="too much lost",
        ),
        pytest.param(
            "kill-9",
            200.0,
            {"exit_code": -9, "truth_j": 225.0, "n_orphans": 1},
            "1 processes left",
            id="orphans",
        ),
    ],
)
def test_breakeven_is_held_to_what_it_promises(
    name: str, energy_j: float | None, more: dict[str, object], says: str
) -> None:
    verdict = judge(scenario(name), outcome("breakeven", name, energy_j, **more))
    assert verdict.says == says
    assert verdict.is_right == (says == "right")
    rows = {scenario(name): [(outcome("breakeven", name, energy_j, **more), verdict)]}
    assert ("WRONG" in summary(rows)) == (says != "right")


def test_the_table_shows_truth_interval_and_ratio() -> None:
    ours, theirs = outcome("breakeven", "plain", 300.0), outcome("perun", "plain", 270.0)
    assert reported(ours) == "300.00 J [300.0, 300.0]"
    assert reported(theirs) == "270.00 J (0.90x)"
    assert reported(Outcome(tool="x", scenario="plain", skipped="no wheel")) == "skipped"
    rows = [(one, judge(scenario("plain"), one)) for one in (ours, theirs)]
    assert "300 J" in table(scenario("plain"), rows)
    assert "| plain | 300 J | perun | 270.00 J (0.90x) |" in markdown({scenario("plain"): rows})


def test_every_claim_is_about_a_tool_that_runs() -> None:
    known = {tool.name for tool in RIVALS}
    for one in SCENARIOS:
        assert set(one.claims) <= set(one.tools) <= known, one.name
    assert all("==" in tool.pins[0] and tool.runner.is_file() for tool in RIVALS)


def test_the_tree_is_linked_as_sysfs_links_it(tmp_path: Path) -> None:
    FakePowercap(tmp_path / "powercap", LAPTOP)
    nest(tmp_path / "powercap", LAPTOP)
    nested = tmp_path / "powercap/intel-rapl/intel-rapl:0/intel-rapl:0:1"
    assert (nested / "name").read_text() == "uncore\n"
    assert (tmp_path / "powercap/intel-rapl-mmio/intel-rapl-mmio:0/name").exists()
    assert (tmp_path / "powercap/intel-rapl/subsystem/intel-rapl:1/name").exists()


def test_what_is_consumed_by_when_follows_the_spells(tmp_path: Path) -> None:
    hardware = Hardware(
        spells=(
            Spell(duration_s=1.0, energy_j={"z": 280.0}),
            Spell(duration_s=3.0, energy_j={"z": 90.0}),
        )
    )
    machine = FakeMachine(tmp_path, hardware)
    assert hardware.work_s == 4.0
    seen = [machine.consumed_j("z", at_s) for at_s in (-1.0, 0.5, 1.0, 2.0, 9.0)]
    assert seen == [0.0, 140.0, 280.0, 310.0, 370.0]


def test_a_machine_shows_its_gpus_in_a_file(tmp_path: Path) -> None:
    machine = FakeMachine(tmp_path, scenario("gpus").hardware)
    machine.start()
    machine.stop()
    shown = json.loads((tmp_path / "gpus.json").read_text())
    assert len(shown) == 4
    assert sum(gpu["power_w"] * gpu["work_s"] for gpu in shown) == pytest.approx(12_000)
