"""`breakeven plan`: the run table of a study and what it will take; runs nothing."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breakeven.cli.overrides import (
    override_option,
    parse_overrides,
    parse_variables,
    profile_option,
    store_option,
    variable_option,
)
from breakeven.units import format_bytes, format_duration, format_si

if TYPE_CHECKING:
    from breakeven.study.forecast import Forecast
    from breakeven.study.plan import Plan, PlanRow


@click.command("plan")
@click.argument("study", type=click.Path(path_type=Path), required=False)
@store_option
@override_option
@variable_option
@profile_option
@click.option("--schema", is_flag=True, help="Print the JSON Schema of study files instead.")
def command(  # noqa: PLR0913 - one argument per option
    study: Path | None,
    *,
    store: Path,
    settings: tuple[str, ...],
    variables: tuple[str, ...],
    profile: str | None,
    schema: bool,
) -> None:
    """Show the run table of STUDY and forecast its cost; run nothing.

    Runs that the store holds already count as done, and equal ones of any study as experience.
    """
    if schema:
        from breakeven.study.schema import json_schema  # noqa: PLC0415 - pydantic only here

        click.echo(json.dumps(json_schema(), indent=2))
        return
    if study is None:
        raise click.UsageError("Missing argument 'STUDY'.")
    from breakeven.study.load import load_study  # noqa: PLC0415 - the same
    from breakeven.study.plan import plan_study  # noqa: PLC0415 - the same

    loaded = load_study(
        study,
        parse_overrides(settings),
        profile=profile,
        variables=parse_variables(variables),
    )
    click.echo(plan_text(plan_study(loaded, store)))


def plan_text(plan: "Plan") -> str:
    """Return the run table and the forecast as text for a terminal."""
    from breakeven.report.tables.table import Column, Table, words  # noqa: PLC0415 - lazy

    titles = ("row", "stage", "begins from", "runs", "done", "time", "energy", "disk", "basis")
    table = Table(
        name="plan",
        caption="What is to be run.",
        columns=tuple(Column(name=title, title=title) for title in titles),
        rows=tuple(tuple(map(words, _cells(row, plan))) for row in plan.rows),
    )
    lines = [_order(plan), *_remarks(plan), _total(plan)]
    return "\n".join([table.to_text(), *lines])


def _cells(row: "PlanRow", plan: "Plan") -> tuple[str, ...]:
    return (
        row.name,
        str(row.stage),
        ", ".join(row.parents) or "-",
        str(row.n_runs),
        str(row.n_done),
        *_amounts(row.forecast, plan),
        row.forecast.basis,
    )


def _amounts(forecast: "Forecast", plan: "Plan") -> tuple[str, str, str]:
    no_energy = "unknown" if plan.measures_energy else "no sensor"
    energy = no_energy if forecast.energy_j is None else format_si(forecast.energy_j, "J")
    disk = "unknown" if forecast.disk_bytes is None else format_bytes(forecast.disk_bytes)
    return time_text(forecast), energy, disk


def time_text(forecast: "Forecast") -> str:
    """Say a forecast time, and whether it is modelled or a bound."""
    if forecast.duration_s is None:
        return "unknown"
    amount = format_duration(forecast.duration_s)
    sign = " (modelled)" if forecast.is_modelled else ""
    if forecast.is_lower_bound:  # parts that are at most so long and unknown ones: neither bound
        return f"{'about' if forecast.is_upper_bound else 'at least'} {amount}{sign}"
    if not forecast.is_modelled:
        return amount
    return f"{'at most' if forecast.is_upper_bound else 'about'} {amount}{sign}"


def _order(plan: "Plan") -> str:
    blocked = [run.row for run in plan.table if run.block == 0]
    if not blocked:
        return "no inference rows"
    return (
        f"{plan.n_blocks} randomized blocks of {len(blocked)} inference runs, seed "
        f"{plan.study.seed}; the first: {', '.join(blocked)}"
    )


def _remarks(plan: "Plan") -> list[str]:
    repeated = [row.name for row in plan.study.rows if row.repeats > 1]
    remarks = []
    if repeated:
        remarks.append(
            f"{', '.join(repeated)}: rows that begin from it take the first repeat; a pathway that "
            "ends in it deploys each repeat, with the settings of the reference"
        )
    if plan.replayed:
        remarks.append(f"energy comes from the {plan.replayed}, not from a sensor here")
    return remarks


def _total(plan: "Plan") -> str:
    if not plan.n_left:
        return "nothing left to run"
    time, energy, disk = _amounts(plan.total, plan)
    missing = ", what is unknown left out" if plan.total.is_lower_bound else ""
    return f"{plan.n_left} runs left: time {time}, energy {energy}, disk {disk}{missing}"
