"""Strict reading: a column without a unit, a time without a zone, a torn row are errors."""

from pathlib import Path

import pytest

from breakeven.errors import DataFileError
from breakeven.formulas.hygiene import Fault, Limits
from breakeven.store.importers import LogFormat, PowerLog, read_power_log
from breakeven.store.importers.times import parse_zone

NOON = "2026-05-04T12:00:0{}Z"


def log_of(tmp_path: Path, text: str, **form: object) -> PowerLog:
    path = tmp_path / "log.csv"
    path.write_text(text)
    return read_power_log(path, form=LogFormat(**form))  # type: ignore[arg-type]  # any field


def rows(*values: str) -> str:
    return "\n".join(f"{NOON.format(i)},{value}" for i, value in enumerate(values))


def test_watts_are_integrated_as_power(tmp_path: Path) -> None:
    (channel,) = log_of(tmp_path, "time,wall (W)\n" + rows("10.0", "20.0", "20.0")).channels
    assert (channel.name, channel.is_power, channel.resolution) == ("wall", True, 0.1)
    assert channel.trace.energy().energy_j == 35.0


@pytest.mark.parametrize(("unit", "energy_j"), [("mW", 0.02), ("W", 20.0), ("kW", 20_000.0)])
def test_every_unit_of_power_becomes_watts(tmp_path: Path, unit: str, energy_j: float) -> None:
    log = log_of(tmp_path, f"time,x_{unit}\n" + rows("10", "10", "10"))
    assert log.channels[0].trace.energy().energy_j == pytest.approx(energy_j)


def test_kilowatt_hours_are_differenced(tmp_path: Path) -> None:
    """Turned to power and integrated by trapezoids these readings would be another number."""
    text = "time,meter_kWh\n2026-05-04T10:00Z,1.00\n2026-05-04T11:00Z,1.10\n2026-05-04T13:00Z,2.00"
    (channel,) = log_of(tmp_path, text).channels
    assert not channel.is_power
    assert channel.trace.energy().energy_j == pytest.approx(3.6e6)
    assert channel.resolution == pytest.approx(36e3)
    assert channel.trace.energy().low_j == pytest.approx(3.564e6)


def test_a_stated_offset_is_known_to_a_sample_of_power_but_to_the_minute_of_a_reading(
    tmp_path: Path,
) -> None:
    samples = log_of(tmp_path, "time,wall (W)\n" + rows("1", "2", "3"))
    readings = "time,meter_kWh\n2026-05-04 10:00Z,1.00\n2026-05-04 15:00Z,1.10"
    assert samples.clock_doubt_s == 1.0
    assert log_of(tmp_path, readings).clock_doubt_s == 60.0


def test_a_sensor_that_is_logged_more_often_than_it_updates_is_known_to_one_update(
    tmp_path: Path,
) -> None:
    text = "elapsed_s,wall (W)\n" + "\n".join(f"{t},{50 + t // 5}" for t in range(100))
    log = log_of(tmp_path, text)
    assert (log.channels[0].update_s, log.period_s, log.clock_doubt_s) == (5.0, 1.0, 5.0)


def test_steady_power_is_no_sensor_that_updates_rarely(tmp_path: Path) -> None:
    text = "elapsed_s,wall (W)\n" + "\n".join(f"{t},{50 + t // 50}" for t in range(200))
    assert log_of(tmp_path, text).channels[0].update_s == 1.0


def test_each_column_is_a_channel_and_they_add_up(tmp_path: Path) -> None:
    log = log_of(tmp_path, "time,PSU1 (W),PSU2 (W)\n" + rows("10,20", "10,20", "10,20"))
    assert [channel.name for channel in log.channels] == ["PSU1", "PSU2"]
    assert log.energy(log.start_s, log.end_s) == (60.0, 2.0)


def test_rows_can_name_their_channel(tmp_path: Path) -> None:
    text = "t_s,device,power_w\n0,a,1\n0,b,5\n1,a,1\n1,b,5\n"
    log = log_of(tmp_path, text, by="device")
    assert [(c.name, c.trace.energy().energy_j) for c in log.channels] == [("a", 1.0), ("b", 5.0)]
    assert log.is_elapsed


def test_several_columns_by_rows_are_called_by_both(tmp_path: Path) -> None:
    log = log_of(tmp_path, "t_s,d,in_w,out_w\n0,a,1,2\n1,a,1,2\n", by="d")
    assert [channel.name for channel in log.channels] == ["a/in", "a/out"]


def test_a_log_of_nvidia_smi_is_read_as_it_writes_it(tmp_path: Path) -> None:
    text = (
        "timestamp, index, power.draw [W]\n"
        "2026/05/04 12:00:00.000, 0, 70.00 W\n2026/05/04 12:00:00.000, 1, 50.00 W\n"
        "2026/05/04 12:00:01.000, 0, 72.00 W\n2026/05/04 12:00:01.000, 1, 50.00 W\n"
    )
    log = log_of(tmp_path, text, columns=("power.draw [W]",), by="index", zone=parse_zone("UTC"))
    assert [(c.name, c.trace.energy().energy_j) for c in log.channels] == [("0", 71.0), ("1", 50.0)]
    assert log.channels[0].resolution == pytest.approx(0.01)


def test_another_unit_behind_a_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"column 'a_W' holds '2 mW'"):
        log_of(tmp_path, "time,a_W\n" + rows("1", "2 mW"))


def test_semicolons_bring_decimal_commas(tmp_path: Path) -> None:
    log = log_of(tmp_path, "t_s;wall (W)\n0;10,5\n1;10,5\n")
    assert log.channels[0].trace.energy().energy_j == 10.5


def test_comments_and_empty_lines_are_left_out(tmp_path: Path) -> None:
    log = log_of(tmp_path, "# Kill-A-Watt\nt_s,wall_W\n0,10\n\n1,10\n")
    assert log.channels[0].lines == (3, 5)


def test_elapsed_seconds_can_be_put_on_the_clock(tmp_path: Path) -> None:
    log = log_of(tmp_path, "t_s,wall_W\n0,10\n1,10\n", zero_s=1000.0)
    assert (log.start_s, log.end_s, log.is_elapsed) == (1000.0, 1001.0, False)


def test_chosen_columns_may_take_a_unit_from_the_reader(tmp_path: Path) -> None:
    text = "t_s,Load,CPU Power\n0,0.5,10\n1,0.5,10\n"
    log = log_of(tmp_path, text, columns=("CPU Power",), unit="W")
    assert [channel.name for channel in log.channels] == ["CPU Power"]


def test_the_published_wrap_is_mended_at_its_line(shared_dir: Path) -> None:
    path = shared_dir / "published" / "cain2024" / "power_trace_with_counter_wrap.csv"
    form = LogFormat(
        time="Date",
        columns=("CPU Power",),
        unit="W",
        zone=parse_zone("UTC"),
        limits=Limits(range_j=262_143.32885),
    )
    (channel,) = read_power_log(path, form=form).channels
    (finding,) = channel.findings
    assert (finding.fault, channel.lines[finding.index]) == (Fault.WRAPPED, 36)
    assert finding.repaired == pytest.approx(44.0, abs=0.05)


@pytest.mark.parametrize(
    ("text", "form", "message"),
    [
        ("time,power\n" + rows("1", "2"), {}, r"log.csv:1: column 'power' has no unit; expected"),
        ("time,a,b\n" + rows("1,2", "2,3"), {"unit": "W"}, "column 'a' has no unit"),
        ("time,a\n" + rows("1", "2"), {"unit": "wat"}, "Did you mean W"),
        ("time,a_W\n" + rows("1", "x"), {}, "log.csv:3: column 'a_W' holds 'x'"),
        ("time,a_W\n2026-05-04 12:00,1\n2026-05-04 12:01,1", {}, "log.csv:2: .*no zone"),
        ("time,a_W\n" + rows("1", "2,3"), {}, "log.csv:3: 3 cells under a header of 2"),
        ("a_W,b_W\n1,2\n1,2", {}, "which column holds the time is not clear"),
        ("time,date,a_W\n1,1,2\n1,2,2", {}, "time, date all look like one"),
        ("time,a_W\n" + rows("1", "2"), {"columns": ("A_W",)}, "no column 'A_W'. Did you mean"),
        ("time,a_W\n" + rows("1", "2"), {"time": "tim"}, "no column 'tim'. Did you mean 'time'"),
        ("time,a_W\n" + rows("1", "2"), {"by": "who"}, "no column 'who'"),
        ("time,a_W,a_W\n" + rows("1,2", "2,3"), {}, "column 'a_W' stands twice"),
        ("time,a_W,a_kWh\n" + rows("1,2", "2,3"), {}, "two columns are called 'a'"),
        ("time\n2026-05-04T12:00Z\n2026-05-04T12:01Z", {}, "no column beside the time"),
        ("time,a_W\n", {}, "holds no rows"),
        ("", {}, "holds no rows"),
        ("time,a_W\n" + rows("-1", "-2", "3"), {}, "column 'a_W': 2 of 3 samples are spoiled"),
        ("time,a_Wh\n" + rows("-1", "2"), {}, "column 'a_Wh': reading 0 must be finite"),
        ("time,a_W\n" + rows("1", "2"), {"zero_s": 5.0}, "leave out --starts-at"),
    ],
)
def test_what_is_not_clear_is_refused_with_place_and_advice(
    tmp_path: Path, text: str, form: dict[str, object], message: str
) -> None:
    with pytest.raises(DataFileError, match=message):
        log_of(tmp_path, text, **form)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="cannot be read"):
        read_power_log(tmp_path / "none.csv")


def test_a_file_too_large_to_read_at_once_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(2**31)
    with pytest.raises(DataFileError, match="2,048 MiB is more than is read"):
        read_power_log(path)
