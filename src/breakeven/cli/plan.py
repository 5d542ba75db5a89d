"""`breakeven plan`: the run table of a study and what it will take; runs nothing."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breakeven.analysis.words import counted
from breakeven.cli.overrides import (
    override_option,
    parse_overrides,
    parse_variables,
    profile_option,
    store_option,
    task_option,
    variable_option,
)
from breakeven.cli.plan_data import data_lines
from breakeven.cli.plan_rows import named, shown_rows
from breakeven.cli.screen import told_columns, wrapped
from breakeven.units import format_bytes, format_duration, format_si

if TYPE_CHECKING:
    from breakeven.study.forecast import Forecast
    from breakeven.study.plan import Plan, PlanRow
    from breakeven.study.spec import Study


@click.command("plan")
@click.argument("study", type=click.Path(path_type=Path), required=False)
@store_option
@override_option
@variable_option
@profile_option
@task_option
@click.option("--presets", is_flag=True, help="List the presets of rows instead.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of study files instead.")
def command(  # noqa: PLR0913 - one argument per option
    study: Path | None,
    *,
    store: Path,
    settings: tuple[str, ...],
    variables: tuple[str, ...],
    profile: str | None,
    tasks: tuple[str, ...],
    presets: bool,
    schema: bool,
) -> None:
    """Show the run table of STUDY and forecast its cost; run nothing.

    Runs that the store holds already count as done, and equal ones of any study as experience.
    """
    if schema:
        from breakeven.study.schema import json_schema  # noqa: PLC0415 - pydantic only here

        click.echo(json.dumps(json_schema(), indent=2))
        return
    if presets:
        click.echo(presets_text())
        return
    if study is None:
        raise click.UsageError("Missing argument 'STUDY'.")
    from breakeven.study.load import load_studies  # noqa: PLC0415 - the same

    loaded = load_studies(
        study,
        parse_overrides(settings),
        profile=profile,
        variables=parse_variables(variables),
        tasks=tasks,
    )
    click.echo(plans_text(loaded, store))


def plans_text(studies: Sequence["Study"], store: Path) -> str:
    """Return the plan of every study of a file, under its name where there are several."""
    from breakeven.study.plan import plan_study  # noqa: PLC0415 - pydantic only here

    texts = [plan_text(plan_study(study, store)) for study in studies]
    if len(studies) == 1:
        return texts[0]
    return "\n\n".join(f"study {s.name}\n{t}" for s, t in zip(studies, texts, strict=True))


def presets_text() -> str:
    """List every preset with its settings and source."""
    from breakeven.report.tables.table import Column, Table, words  # noqa: PLC0415 - lazy
    from breakeven.study.presets import preset_texts, presets  # noqa: PLC0415 - lazy

    table = Table(
        name="presets",
        caption="Settings that papers printed.",
        columns=tuple(Column(name=n, title=n) for n in ("preset", "stage", "settings", "source")),
        rows=tuple(tuple(map(words, preset_texts(preset))) for preset in presets().values()),
    )
    return table.to_text(told_columns())


def plan_text(plan: "Plan") -> str:
    """Return the run table and the forecast as text for a terminal."""
    from breakeven.report.tables.table import Column, Table, words  # noqa: PLC0415 - lazy

    titles = ("row", "stage", "begins from", "runs", "done", "time", "energy", "disk", "basis")
    table = Table(
        name="plan",
        caption="What is to be run.",
        columns=tuple(Column(name=title, title=title) for title in titles),
        rows=tuple(tuple(map(words, _cells(row, plan))) for row in shown_rows(plan)),
    )
    lines = [*_task(plan), _counts(plan), _order(plan), *_remarks(plan), _total(plan)]
    width = told_columns()
    told = lines if width is None else [wrapped(line, indent="  ") for line in lines]
    return "\n".join([table.to_text(width), *told])


def _cells(row: "PlanRow", plan: "Plan") -> tuple[str, ...]:
    return (
        row.name,
        str(row.stage),
        ", ".join(row.parents) or "-",
        str(row.n_runs),
        str(row.n_done),
        *amounts_text(row.forecast, measures_energy=plan.measures_energy),
        row.forecast.basis,
    )


def amounts_text(forecast: "Forecast", *, measures_energy: bool) -> tuple[str, str, str]:
    """Say time, energy and disk; a sum that leaves out what is unknown is a bound."""
    no_energy = "unknown" if measures_energy else "no sensor"
    energy = no_energy if forecast.energy_j is None else format_si(forecast.energy_j, "J")
    disk = "unknown" if forecast.disk_bytes is None else format_bytes(forecast.disk_bytes)
    is_partial = forecast.energy_j is not None and forecast.is_energy_partial
    if is_partial and not forecast.is_modelled:
        energy = f"at least {energy}" if forecast.energy_j else no_energy
    elif is_partial:
        energy = f"{energy} as far as known" if forecast.energy_j else no_energy
    if forecast.energy_interval_j is not None:
        low, high = (format_si(end, "J") for end in forecast.energy_interval_j)
        energy = f"{energy} ({low} to {high})"
    if forecast.disk_bytes is not None and forecast.is_disk_partial:
        disk = f"at least {disk}" if forecast.disk_bytes else "unknown"
    return time_text(forecast), energy, disk


def time_text(forecast: "Forecast") -> str:
    """Say a forecast time, and whether it is modelled or a bound."""
    if forecast.duration_s is None:
        return "unknown"
    amount = format_duration(forecast.duration_s)
    sign = f" ({_model_words(forecast)})" if forecast.is_modelled else ""
    is_estimate = forecast.is_modelled or forecast.is_upper_bound
    if forecast.is_lower_bound and is_estimate:  # parts are unknown, and the rest may be less
        return f"{amount} as far as known{sign}"
    if forecast.is_lower_bound:
        return f"at least {amount}"
    if forecast.is_upper_bound:
        return f"at most {amount}{sign}"
    return f"about {amount}{sign}" if forecast.is_modelled else amount


def _model_words(forecast: "Forecast") -> str:
    if forecast.interval_s is None:
        return "modelled"
    low, high = (format_duration(end) for end in forecast.interval_s)
    return f"modelled and learned, {low} to {high}"


def _task(plan: "Plan") -> list[str]:
    lines = data_lines(str(plan.study.task["name"]), plan.facts)
    given = ", ".join(f"{name}={value}" for name, value in plan.study.variables.items())
    return [*lines, f"variables: {given}"] if given else lines


def _counts(plan: "Plan") -> str:
    """Say how many runs each development row and each pathway in use makes."""
    made = Counter(run.pathway or run.result_of for run in plan.table)
    pathways = {run.pathway for run in plan.table if run.pathway}
    rows = ", ".join(f"{name} {n}" for name, n in made.items() if name not in pathways)
    used = ", ".join(f"{p.name} {made[p.name]}" for p in plan.study.pathways if p.name in pathways)
    parts = [f"to make {rows}"] * bool(rows) + [f"in use {used}"] * bool(used)
    return f"{counted(len(plan.table), 'run')} in all: {'; '.join(parts) or 'nothing is run'}"


def _order(plan: "Plan") -> str:
    blocked = [run.row for run in plan.table if run.block == 0]
    if not blocked:
        return "no inference rows"
    return (
        f"{plan.n_blocks} randomized blocks of {len(blocked)} inference runs, seed "
        f"{plan.study.seed}; the first: {named(blocked)}"
    )


def _remarks(plan: "Plan") -> list[str]:
    repeated = [row.name for row in plan.study.rows if row.n_runs > 1]
    remarks = []
    if repeated:
        remarks.append(
            f"{', '.join(repeated)}: rows that begin from it take the first repeat, nested "
            "ones each; a pathway that ends in it deploys each repeat, with the settings of the "
            "reference"
        )
    if plan.disturbed:
        told = "; ".join(f"{row} ({', '.join(codes)})" for row, codes in plan.disturbed.items())
        remarks.append(f"disturbed while they were measured: {told}")
    if plan.replayed:
        remarks.append(f"energy comes from the {plan.replayed}, not from a sensor here")
    return remarks


def _total(plan: "Plan") -> str:
    if not plan.n_left:
        return "nothing left to run"
    time, energy, disk = amounts_text(plan.total, measures_energy=plan.measures_energy)
    missing = ", what is unknown left out" if plan.total.is_lower_bound else ""
    loads = (
        f"; {counted(plan.n_loads, 'checkpoint load')} beside them, in these amounts"
        if plan.n_loads
        else ""
    )
    amounts = f"time {time}, energy {energy}, disk {disk}{missing}"
    return f"{counted(plan.n_left - plan.n_loads, 'run')} left: {amounts}{loads}"
