"""Traces of two published studies, with the faults that their authors met."""

import csv
from pathlib import Path

import pytest

from breakeven.errors import DataFileError
from breakeven.formulas.unwrap import Unwrapper
from breakeven.meters import open_bank
from breakeven.records import NoteCode, Resource
from breakeven.testing import SteppingClock

SPAN_J = 262_143.32885
"""Range of the counter behind the spoiled trace."""

SHORTEST = "phase_2_combination/precision_fp16/max_sequence_length_16"
"""Four samples in 0.15 s."""


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def written(path: Path, samples: list[tuple[str, str]]) -> Path:
    lines = [f"{time_s},power,{power_w}" for time_s, power_w in samples]
    path.write_text("\n".join(["t_s,channel,power_w", *lines]))
    return path


@pytest.fixture
def spoiled(shared_dir: Path) -> list[dict[str, str]]:
    return rows_of(shared_dir / "published" / "cain2024" / "power_trace_with_counter_wrap.csv")


def test_four_samples_give_their_joules_with_a_note_that_they_are_few(
    shared_dir: Path, tmp_path: Path
) -> None:
    """The trapezoid of this trace is what the study published: 872 times 0.00746026 J."""
    rows = rows_of(shared_dir / "published" / "sst2_milestone" / "power_traces.csv")
    samples = [(r["timestamp_s"], r["power_w"]) for r in rows if r["config"] == SHORTEST]
    clock = SteppingClock()
    trace = written(tmp_path / "short.csv", samples)
    with open_bank(["replay"], replay=trace, clock_s=clock) as bank, bank.window() as window:
        clock.advance(float(samples[-1][0]) - float(samples[0][0]))
    cost = window.measurement.total(Resource.ENERGY_J)
    assert len(samples) == 4
    assert cost is not None
    assert cost.value == pytest.approx(872 * 0.00746026, rel=1e-5)
    assert cost.low < cost.value < cost.high
    assert NoteCode.SHORT_WINDOW in [note.code for note in window.measurement.notes]


def test_a_sample_of_minus_262_kilowatts_is_refused_by_its_place(
    spoiled: list[dict[str, str]], tmp_path: Path
) -> None:
    powers = [row["CPU Power"] for row in spoiled]
    index = powers.index(min(powers, key=float))
    trace = written(tmp_path / "spoiled.csv", [(str(i), p) for i, p in enumerate(powers)])
    with pytest.raises(DataFileError, match=rf"channel power: reading {index} must be finite with"):
        open_bank(["replay"], replay=trace)


def test_the_counter_behind_that_sample_is_unwrapped_to_44_watts(
    spoiled: list[dict[str, str]],
) -> None:
    """A reading just below the range, then one whose difference is the sample's."""
    lowest_w = min(float(row["CPU Power"]) for row in spoiled)
    before_j = SPAN_J - 1.0
    counter = Unwrapper(span=SPAN_J, max_rate=500.0)
    counter.add(before_j, time_s=0.0)
    assert counter.add(before_j + lowest_w, time_s=1.0) == pytest.approx(44.0, abs=0.1)
