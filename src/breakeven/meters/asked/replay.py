"""Replay: a recorded power trace stands in for a sensor, and says so.

The whole pipeline then runs, and can be tested, on machines without any energy sensor. The trace
is integrated along the same clock that times the windows. A first line that begins with `#` says
what the trace is (`# made-up example trace`); it follows its joules into every Note.
"""

import math
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise, zip_longest
from pathlib import Path
from statistics import median

from breakeven.errors import DataFileError, MeterUnavailableError
from breakeven.formulas.hygiene import GAP_PERIODS
from breakeven.formulas.trace import PowerTrace
from breakeven.records import Origin, Resource
from breakeven.records.protocols import Channel, Reading
from breakeven.separated import Rows

COLUMNS = ("t_s", "channel", "power_w")

POLL_S = 60.0
"""The recording waits for us; polling adds nothing."""


class ReplayMeter:
    """Joules per recorded channel since the meter was opened."""

    name = "replay"
    poll_period_s = POLL_S

    def __init__(
        self,
        path: Path | None = None,
        *,
        loop: bool = False,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Load a recording; its first sample is now.

        Args:
            path: CSV with the columns t_s, channel, power_w.
            loop: Start again at the end, and say so; otherwise time beyond the end is not covered.
            clock_s: Monotonic clock, the windows' own.

        Raises:
            MeterUnavailableError: If no recording is given.
            DataFileError: If the recording cannot be read, naming file and line.
        """
        if path is None:
            raise MeterUnavailableError(
                "replay needs a recording.", advice="Pass one: --replay TRACE.csv."
            )
        self._traces = read_traces(path)
        self._loop, self._clock_s = loop, clock_s
        said = describe_trace(path)
        named = f"{said} ({path.name})" if said else path.name
        self._sensor = f"replay of {named}" + (", looped" if loop else "")
        self._start_s = clock_s()

    def channels(self) -> Sequence[Channel]:
        """One channel per recorded channel, origin replayed."""
        return [
            Channel(
                name=name,
                resource=Resource.ENERGY_J,
                sensor=self._sensor,
                resolution=1e-6,
                period_s=trace.period_s,
                not_covered="what the recording left out",
                origin=Origin.REPLAYED,
            )
            for name, trace in self._traces.items()
        ]

    def read(self) -> Reading:
        """Return joules per channel from the start of the recording to now."""
        elapsed_s = self._clock_s() - self._start_s
        totals, covered_s = {}, {}
        for name, trace in self._traces.items():
            totals[name], covered_s[name] = self._until(trace, elapsed_s)
        return Reading(totals=totals, covered_s=covered_s)

    def close(self) -> None:
        """Nothing is held open."""

    def _until(self, trace: PowerTrace, elapsed_s: float) -> tuple[float, float]:
        n_turns, rest_s = divmod(elapsed_s, trace.duration_s) if self._loop else (0, elapsed_s)
        rest = trace.energy(end_s=trace.times_s[0] + rest_s)
        turn = trace.energy()
        return (
            n_turns * turn.energy_j + rest.energy_j,
            n_turns * turn.covered_s + rest.covered_s,
        )


def describe_trace(path: Path) -> str:
    """Return what a trace says of itself in a first line that begins with `#`; else nothing."""
    with path.open(encoding="utf-8") as file:
        first = file.readline()
    return first.removeprefix("#").strip() if first.startswith("#") else ""


def read_traces(path: Path) -> Mapping[str, PowerTrace]:
    """Read a recording: one trace per channel, in order of appearance.

    Raises:
        DataFileError: If the file is missing, a column is missing, a number is none, or times of
            a channel do not rise.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DataFileError(
            f"{path}: cannot be read ({error.strerror}); expected a CSV with the columns "
            f"{', '.join(COLUMNS)}."
        ) from error
    n_comments = next((i for i, line in enumerate(lines) if not line.startswith("#")), 0)
    rows = Rows(lines[n_comments:], path=path, n_before=n_comments)
    header = next(rows, [])
    if missing := [name for name in COLUMNS if name not in header]:
        raise DataFileError(
            f"{path}:{n_comments + 1}: column {missing[0]} is missing; expected "
            f"{', '.join(COLUMNS)}."
        )
    samples: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for cells in filter(None, rows):
        row = dict(zip_longest(header, cells[: len(header)], fillvalue=""))
        samples[row["channel"]].append(_sample(path, n_comments + rows.line_num, row))
    if not samples:
        raise DataFileError(f"{path}: holds no samples; record at least 2 per channel.")
    return {name: _trace(path, name, pairs) for name, pairs in samples.items()}


def _sample(path: Path, line: int, row: Mapping[str, str]) -> tuple[float, float]:
    try:
        return float(row["t_s"]), float(row["power_w"])
    except (TypeError, ValueError) as error:
        raise DataFileError(
            f"{path}:{line}: t_s={row['t_s']!r}, power_w={row['power_w']!r}; expected two numbers."
        ) from error


def _trace(path: Path, name: str, samples: Sequence[tuple[float, float]]) -> PowerTrace:
    times_s, powers_w = zip(*samples, strict=True)
    gaps_s = [right_s - left_s for left_s, right_s in pairwise(times_s)]
    max_gap_s = GAP_PERIODS * median(gaps_s) if gaps_s else math.inf
    try:
        return PowerTrace(times_s, powers_w, max_gap_s=max_gap_s)
    except ValueError as error:
        raise DataFileError(
            f"{path}: channel {name}: {error}. A recording is played as it is; see what is wrong "
            f"with it: breakeven import power {path} --by channel --whole."
        ) from error
