"""Trials files: a table of scores of two or more searches, for `breakeven curves --y best`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from breakeven.cli.cost_columns import cost_column
from breakeven.errors import DataFileError

if TYPE_CHECKING:
    from breakeven.analysis.best_of import Drawn, TrialSet
    from breakeven.analysis.uncertain import Observation
    from breakeven.records import Resource
    from breakeven.store.importers.sheet import Sheet

_FATES = ("ok", "pruned", "failed", "interrupted")
_EXPECTED = (
    "Expected one column of scores (score, loss or a metric such as accuracy) and, if there are "
    "any, group, status, and costs with their unit (duration_h, energy_kwh, cpu_s, cost_usd)."
)


def read_trials(path: Path) -> "tuple[TrialSet, ...]":
    """Read searches from a table with a row for each trial.

    Columns: one of scores, `group` (one search without it), `status` (ok, pruned, failed or
    interrupted; ok without it) and costs. A score may be empty where the status is not ok.

    Raises:
        DataFileError: If it cannot be read; names line and column.
    """
    from breakeven.analysis.best_of import TrialSet  # noqa: PLC0415 - `--help` stays light
    from breakeven.analysis.best_of.trials import range_of  # noqa: PLC0415 - the same
    from breakeven.records import Kind, Origin  # noqa: PLC0415 - the same
    from breakeven.store.importers.sheet import read_sheet  # noqa: PLC0415 - the same

    sheet = read_sheet(path)
    metric, costs = _columns(sheet)
    groups: dict[str, list[Drawn]] = {}
    for line, cells in sheet.rows:
        row = dict(zip(sheet.header, cells, strict=True))
        drawn = _drawn(sheet, line, row, metric=metric, costs=costs)
        groups.setdefault(row.get("group", "").strip() or "all", []).append(drawn)
    return tuple(
        TrialSet(
            group=name,
            metric=metric,
            higher_is_better=metric.lower() not in {"loss", "perplexity", "error"},
            scale=range_of(metric, [t.score for t in trials if t.score is not None]),
            trials=tuple(trials),
            kinds=(Kind.ASSUMED,),
            origins=(Origin.STATED,),
        )
        for name, trials in groups.items()
    )


def _columns(sheet: "Sheet") -> "tuple[str, Mapping[str, tuple[Resource, float]]]":
    """Name of the column of scores, and what each column of costs holds, with its factor to SI."""
    scores: list[str] = []
    costs: dict[str, tuple[Resource, float]] = {}
    for name in sheet.header:
        if name in {"group", "status"}:
            continue
        if (cost := cost_column(name)) is not None:
            costs[name] = cost
        elif is_score(name):
            scores.append(name)
        else:
            raise DataFileError(
                f"{sheet.path}:{sheet.header_line}: column {name!r} is none of scores, and names "
                f"no unit. {_EXPECTED}"
            )
    if len(scores) != 1:
        found = f"columns {', '.join(scores)} are all scores" if scores else "no column of scores"
        raise DataFileError(f"{sheet.path}:{sheet.header_line}: {found}. {_EXPECTED}")
    return scores[0], costs


def is_score(name: str) -> bool:
    """Whether a column is of scores, by its name."""
    from breakeven.analysis.scoring.metric_scale import CORRELATIONS  # noqa: PLC0415 - as above
    from breakeven.analysis.scoring.metric_words import FRACTIONS  # noqa: PLC0415 - as above

    known = FRACTIONS | CORRELATIONS | {"score", "loss", "perplexity", "error", "bleu"}
    return name.lower() in known


def _drawn(
    sheet: "Sheet",
    line: int,
    row: Mapping[str, str],
    *,
    metric: str,
    costs: "Mapping[str, tuple[Resource, float]]",
) -> "Drawn":
    from breakeven.analysis.best_of import Drawn  # noqa: PLC0415 - as above
    from breakeven.records import Status  # noqa: PLC0415 - as above

    fate = row.get("status", "").strip().lower() or "ok"
    if fate not in _FATES:
        raise DataFileError(
            f"{sheet.path}:{line}: column 'status' holds {row['status']!r}; expected one of "
            f"{', '.join(_FATES)}."
        )
    is_ok = fate == "ok"
    score = _number(sheet, line, row[metric], column=metric) if is_ok else None
    taken: dict[Resource, list[float]] = {}
    for name, (resource, factor) in costs.items():
        if row[name].strip():
            amount = _number(sheet, line, row[name], column=name)
            if amount < 0:
                raise DataFileError(
                    f"{sheet.path}:{line}: column {name!r} holds {row[name].strip()}; a cost "
                    "cannot be below 0. Leave the cell empty where it is not known."
                )
            taken.setdefault(resource, []).append(factor * amount)
    return Drawn(
        score=score,
        fate=Status(fate),
        costs={resource: _stated(amounts) for resource, amounts in taken.items()},
    )


def _stated(amounts: Sequence[float]) -> "Observation":
    from breakeven.analysis.uncertain import Observation  # noqa: PLC0415 - as above
    from breakeven.records import Kind, Origin  # noqa: PLC0415 - as above

    value = sum(amounts)
    return Observation(
        value=value,
        low=value,
        high=value,
        kinds=(Kind.ASSUMED,),
        origins=(Origin.STATED,),
        run_ids=(),
    )


def _number(sheet: "Sheet", line: int, text: str, *, column: str) -> float:
    if not text.strip():
        raise DataFileError(
            f"{sheet.path}:{line}: column {column!r} is empty; expected a number. Write pruned, "
            "failed or interrupted in a column 'status' where a trial has no score."
        )
    advice = "Write failed in a column 'status' where training diverged."
    return sheet.finite(line, text, column=column, advice=advice)
