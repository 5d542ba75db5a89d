"""Tidy: one row per run and modality over several stores, one column per thing that can be said.

"Across tasks, datasets, hardware infrastructure and measurement modalities" is one table here, and
every other table over several stores is a selection of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from breakeven.analysis.runs.sources import Line
from breakeven.analysis.tables.tidy_fields import FIELDS, Field, Value
from breakeven.errors import UnknownNameError
from breakeven.records import Scalar

SETTING = "set_"
"""Begins the name of each column that holds a setting."""

ALWAYS = ("lr", "batch_size", "max_length", "epochs", "precision", "seed")
"""Settings that are shown even where all runs agree."""

_OWN_COLUMN = frozenset({"model", "n_layers", "role", "pathway", "task", "start", "teacher"})
_NOT_CHOSEN = ("_hash", "_version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidy:
    """The table.

    Attributes:
        fields: Its columns.
        rows: shape (n_lines, n_fields).
    """

    fields: tuple[Field, ...]
    rows: tuple[tuple[Value, ...], ...]

    def column(self, name: str) -> tuple[Value, ...]:
        """Values of one column.

        Raises:
            UnknownNameError: If there is none of that name.
        """
        names = [field.name for field in self.fields]
        if name not in names:
            raise UnknownNameError("column", name, names)
        index = names.index(name)
        return tuple(row[index] for row in self.rows)


def tidy(found: Sequence[Line]) -> Tidy:
    """Lay out lines as a table; settings that differ between them get a column each.

    Args:
        found: Of one or several stores.

    Examples:
        >>> from breakeven.analysis.runs.sources import lines, source
        >>> from breakeven.testing.runs import example_runs
        >>> definition, runs = example_runs()
        >>> made = tidy(lines([source("s", runs, [definition])]))
        >>> sorted(set(made.column("set_precision")) - {None})
        ['bf16', 'fp32']
    """
    fields = (*FIELDS, *(setting_field(name) for name in settings_that_differ(found)))
    rows = tuple(tuple(field.read(line) for field in fields) for line in found)
    return Tidy(fields=fields, rows=rows)


def setting_field(name: str) -> Field:
    """Column of one setting.

    Examples:
        >>> setting_field("lr").name
        'set_lr'
    """
    return Field(name=f"{SETTING}{name}", title=f"Setting {name}", read=partial(_read, name=name))


def settings_that_differ(found: Sequence[Line]) -> tuple[str, ...]:
    """Names of settings that take several values, after those that are always shown.

    Hashes and versions of stages follow from others and are left out.

    Args:
        found: Lines to look at.

    Examples:
        >>> settings_that_differ([])
        ('lr', 'batch_size', 'max_length', 'epochs', 'precision', 'seed')
    """
    values: dict[str, set[Scalar]] = {}
    for line in found:
        for name, value in line.run.settings.resolved.items():
            values.setdefault(name, set()).add(value)
    differing = sorted(
        name
        for name, several in values.items()
        if len(several) > 1 and name not in _OWN_COLUMN and not name.endswith(_NOT_CHOSEN)
    )
    return (*ALWAYS, *(name for name in differing if name not in ALWAYS))


def _read(line: Line, *, name: str) -> Value:
    return line.setting(name)
