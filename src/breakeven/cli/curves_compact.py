"""`breakeven curves --compact`: one formula for length, precision and depth, and its errors."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from breakeven.analysis.sweeps.compact_configurations import Sweep
    from breakeven.report.tables import Table


def compact(
    places: Sequence[Path], *, study: str | None
) -> "tuple[Sequence[Table], Sequence[str]]":
    """Tables and sentences of the compact model.

    Args:
        places: Stores, or CSV tables of configurations.
        study: Only this study of the stores.

    Raises:
        click.UsageError: If nothing there has enough configurations.
    """
    from breakeven.analysis.sweeps.compact_depth import depth_fit  # noqa: PLC0415 - light `--help`
    from breakeven.report.tables.curves_compact import (  # noqa: PLC0415 - the same
        compact_sentences,
        compact_tables,
    )

    found = [sweep for place in places for sweep in _sweeps(place, study)]
    fits = [(s, fit) for s in found if (fit := depth_fit(s.configurations)) is not None]
    if not fits:
        seen = ", ".join(f"{s.name} has {len(s.configurations)}" for s in found) or "none"
        raise click.UsageError(
            "--compact needs configurations of two lengths and two more than it has parameters "
            f"(six with two precisions and no depths); found: {seen}"
        )
    return compact_tables(fits), list(compact_sentences(fits))


def _sweeps(place: Path, study: str | None) -> "Sequence[Sweep]":
    from breakeven.analysis.sweeps.compact_configurations import sweeps  # noqa: PLC0415 - as above
    from breakeven.cli.configurations_file import read_configurations  # noqa: PLC0415 - as above
    from breakeven.cli.export import sources_of  # noqa: PLC0415 - as above

    if place.suffix.lower() == ".csv":
        return (read_configurations(place),)
    return [sweep for source in sources_of([place]) for sweep in sweeps(source, study=study)]
