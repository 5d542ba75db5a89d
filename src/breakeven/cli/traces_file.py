"""Traces files: power samples of several works, for `breakeven pareto TABLE.csv --traces`."""

from pathlib import Path

from breakeven.analysis.dominance import Traced, traced
from breakeven.errors import DataFileError
from breakeven.store.importers.sheet import read_sheet

_COLUMNS = ("timestamp_s", "power_w")
_ADVICE = "Delete the row, or mend the trace."


def read_traces(path: Path) -> dict[str, Traced]:
    """Read power samples: the first column names the work, then `timestamp_s` and `power_w`.

    Raises:
        DataFileError: If the file cannot be read or a trace is none; names line or work.
    """
    sheet = read_sheet(path)
    if sheet.header[1:] != _COLUMNS:
        raise DataFileError(
            f"{path}:{sheet.header_line}: begins with {', '.join(sheet.header)}; expected a name, "
            f"{' and '.join(_COLUMNS)}."
        )
    samples: dict[str, list[tuple[float, float]]] = {}
    for line, (name, *texts) in sheet.rows:
        time_s, power_w = (
            sheet.finite(line, text, column=column, advice=_ADVICE)
            for text, column in zip(texts, _COLUMNS, strict=True)
        )
        samples.setdefault(name.strip(), []).append((time_s, power_w))
    found = {}
    for name, pairs in samples.items():
        times_s, powers_w = zip(*pairs, strict=True)
        try:
            found[name] = traced(name, times_s, powers_w)
        except ValueError as error:
            raise DataFileError(f"{path}: {name}: {error}") from error
    return found
