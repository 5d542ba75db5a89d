"""Replay: recorded power along the window's own clock, said to be replayed."""

from pathlib import Path

import pytest

from breakeven.errors import DataFileError, MeterUnavailableError
from breakeven.meters import MeterBank, Replayed, open_bank
from breakeven.meters.asked.replay import ReplayMeter, read_traces
from breakeven.records import Cost, NoteCode, Origin, Resource
from breakeven.records.protocols import Meter
from breakeven.testing import MeterConformance, SteppingClock

TRACE = "t_s,channel,power_w\n0,gpu0,100\n0,cpu,10\n2,gpu0,200\n1,cpu,10\n4,gpu0,200\n4,cpu,10\n"


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "power.csv"
    path.write_text(TRACE)
    return path


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock(now_s=1000.0)


class TestReplayMeter(MeterConformance):
    @pytest.fixture
    def meter(self, trace: Path) -> Meter:
        return ReplayMeter(trace)


def channel_cost(bank: MeterBank, clock: SteppingClock, duration_s: float) -> tuple[Cost, set[str]]:
    with bank.window() as window:
        clock.advance(duration_s)
    codes = {str(note.code) for note in window.measurement.notes}
    return next(c for c in window.measurement.costs if c.channel == "gpu0"), codes


def test_recorded_power_is_integrated_along_the_windows_clock(
    trace: Path, clock: SteppingClock
) -> None:
    bank = open_bank(["replay"], replay=trace, clock_s=clock)
    clock.advance(1.0)
    cost, codes = channel_cost(bank, clock, 2.0)
    # From 1 s to 3 s: 150 W rising to 200 W in one second, then a second at 200 W.
    assert cost.value == pytest.approx(375.0)
    assert cost.origin is Origin.REPLAYED
    assert NoteCode.REPLAYED in codes


def test_a_trace_shorter_than_the_run_covers_a_part(trace: Path, clock: SteppingClock) -> None:
    cost, codes = channel_cost(open_bank(["replay"], replay=trace, clock_s=clock), clock, 8.0)
    assert (cost.value, cost.coverage_frac) == (700.0, 0.5)
    assert NoteCode.PARTIAL_COVERAGE in codes


def test_a_window_after_the_end_is_absent_not_zero(trace: Path, clock: SteppingClock) -> None:
    bank = open_bank(["replay"], replay=trace, clock_s=clock)
    clock.advance(5.0)
    with bank.window() as window:
        clock.advance(1.0)
    assert window.measurement.total(Resource.ENERGY_J) is None


def test_a_loop_goes_on_and_says_so(trace: Path, clock: SteppingClock) -> None:
    bank = open_bank(replay=Replayed(path=trace, loop=True), names=["replay"], clock_s=clock)
    cost, codes = channel_cost(bank, clock, 9.0)
    assert cost.value == pytest.approx(2 * 700.0 + 125.0)
    assert cost.coverage_frac == 1.0
    assert cost.sensor == "replay of power.csv, looped"
    assert NoteCode.PARTIAL_COVERAGE not in codes


def test_the_same_clock_gives_the_same_numbers(trace: Path) -> None:
    costs = []
    for _ in range(2):
        clock = SteppingClock(step_s=0.001)
        costs.append(
            channel_cost(open_bank(["replay"], replay=trace, clock_s=clock), clock, 2.0)[0]
        )
    assert costs[0] == costs[1]


def test_channels_stand_in_order_with_their_sampling_period(trace: Path) -> None:
    channels = ReplayMeter(trace).channels()
    assert [(c.name, c.period_s) for c in channels] == [("gpu0", 2.0), ("cpu", 2.0)]


def test_no_recording_is_unavailable() -> None:
    with pytest.raises(MeterUnavailableError, match="needs a recording"):
        ReplayMeter()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("t_s,power_w\n0,1\n", r":1: column channel is missing", id="column"),
        pytest.param("", r":1: column t_s is missing", id="empty"),
        pytest.param("t_s,channel,power_w\n", "holds no samples", id="no samples"),
        pytest.param("t_s,channel,power_w\n0,a,x\n", r":2: t_s='0', power_w='x'", id="no number"),
        pytest.param("t_s,channel,power_w\n0,a\n", r":2: .*expected two numbers", id="short row"),
        pytest.param("t_s,channel,power_w\n1,a,1\n0,a,1\n", "channel a: times", id="back in time"),
        pytest.param("t_s,channel,power_w\n0,a,1\n1,a,-1\n", "channel a: reading 1", id="negative"),
    ],
)
def test_a_malformed_recording_names_the_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(DataFileError, match=message):
        read_traces(path)


def test_a_missing_recording_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"none\.csv: cannot be read"):
        open_bank(["replay"], replay=tmp_path / "none.csv")


def test_what_a_trace_says_of_itself_follows_its_joules(
    tmp_path: Path, clock: SteppingClock
) -> None:
    path = tmp_path / "power.csv"
    path.write_text(f"# made-up example trace\n{TRACE}")
    with open_bank(("replay",), replay=Replayed(path=path), clock_s=clock) as bank:
        cost, _ = channel_cost(bank, clock, 1.0)
    assert cost.sensor == "replay of made-up example trace (power.csv)"


def test_lines_are_counted_with_the_comment(tmp_path: Path) -> None:
    path = tmp_path / "power.csv"
    path.write_text("# made up\nt_s,channel\n")
    with pytest.raises(DataFileError, match=r"power\.csv:2: column power_w is missing"):
        read_traces(path)
    path.write_text("# made up\nt_s,channel,power_w\n0,a,much\n")
    with pytest.raises(DataFileError, match=r"power\.csv:3: "):
        read_traces(path)


def test_a_gap_in_the_recording_is_not_played_as_if_it_were_seen(
    tmp_path: Path, clock: SteppingClock
) -> None:
    path = tmp_path / "gap.csv"
    seconds = [*range(6), 16, 17, 18]
    path.write_text("t_s,channel,power_w\n" + "\n".join(f"{t},gpu0,100" for t in seconds))
    cost, codes = channel_cost(open_bank(["replay"], replay=path, clock_s=clock), clock, 18.0)
    assert cost.value == pytest.approx(700.0)
    assert cost.coverage_frac == pytest.approx(7 / 18)
    assert cost.high >= 1800.0
    assert NoteCode.PARTIAL_COVERAGE in codes
