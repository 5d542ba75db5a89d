"""The value of `--fleet`, which `breakeven lifecycle` and `breakeven impact` both take."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from breakeven.analysis.costs.equivalents import Fleet


def read_fleet(context: click.Context, option: click.Parameter, text: str | None) -> "Fleet | None":
    """Read RUNS,ACTORS.

    Raises:
        click.BadParameter: If they are not two numbers above 0.
    """
    if text is None:
        return None
    from breakeven.analysis.costs.equivalents import Fleet  # noqa: PLC0415 - `--help` stays light

    try:
        runs, actors = (float(part) for part in text.split(","))
        return Fleet(n_runs=runs, n_actors=actors)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is no number of runs and of actors ({error}); write 100,5000",
            ctx=context,
            param=option,
        ) from error
