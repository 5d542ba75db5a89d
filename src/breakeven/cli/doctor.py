"""`breakeven doctor`: what this machine can measure, and what to do about the rest."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breakeven.units import format_si

if TYPE_CHECKING:
    from breakeven.meters import Probe
    from breakeven.records import Resource
    from breakeven.records.protocols import Channel

_HEADER = ("sensor", "channel", "measures", "kind", "resolution", "updates", "part of")


@click.command("doctor")
@click.option(
    "--replay",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="A recorded power trace to check besides.",
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def command(replay: Path | None, *, as_json: bool) -> None:
    """Say what this machine can measure, and what to do about the rest."""
    from breakeven import registry  # noqa: PLC0415 - `--help` must not load it
    from breakeven.meters import own_meters, probe_meter  # noqa: PLC0415 - the same

    names = dict.fromkeys([*own_meters(), *registry.names("requested_meter")])
    probes = [probe_meter(name, replay=replay) for name in names]
    try:
        click.echo(_as_json(probes) if as_json else _as_text(probes))
    finally:
        for probe in probes:
            if probe.meter is not None:
                probe.meter.close()


def _as_text(probes: Sequence["Probe"]) -> str:
    from breakeven.session import find_machine  # noqa: PLC0415 - the same

    machine = find_machine()
    works = [(probe.name, channel) for probe in probes for channel in _channels(probe)]
    rows: list[tuple[str, ...]] = [
        _HEADER,
        ("clock", "wall", "duration (s)", "measured", "1 ns", "always", "-"),
    ]
    rows += [_row(name, channel) for name, channel in works]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADER))]
    table = ["  ".join(t.ljust(w) for t, w in zip(row, widths, strict=True)) for row in rows]
    lines = [
        f"{machine.cpu_model}, {machine.n_cpus} CPUs, {machine.system}, Python {machine.python}",
        *(f"{name}" for name in machine.accelerators),
        "",
        "What is measured here:",
        *(f"  {line.rstrip()}" for line in table),
        "",
        *(f"  {name} {c.name} leaves out: {c.not_covered}" for name, c in works if c.not_covered),
        "",
        *_missing(probes),
        _energy_sentence(works),
    ]
    return "\n".join(lines)


def _channels(probe: "Probe") -> "Sequence[Channel]":
    return () if probe.meter is None else probe.meter.channels()


def _row(name: str, channel: "Channel") -> tuple[str, ...]:
    unit = _unit(channel.resource)
    period = "always" if channel.period_s is None else f"every {format_si(channel.period_s, 's')}"
    return (
        name,
        channel.name,
        f"{_words(channel.resource)} ({unit})",
        str(channel.kind) + ("" if channel.origin == "live" else f", {channel.origin}"),
        format_si(channel.resolution, unit),
        period,
        channel.part_of or "-",
    )


def _words(resource: "Resource") -> str:
    return str(resource).rpartition("_")[0].replace("_", " ").replace("cpu", "CPU time")


def _unit(resource: "Resource") -> str:
    suffix = str(resource).rpartition("_")[2]
    return {"s": "s", "j": "J", "bytes": "B"}.get(suffix, suffix)


def _missing(probes: Sequence["Probe"]) -> list[str]:
    missing = [probe for probe in probes if probe.meter is None]
    if not missing:
        return []
    lines = ["What is not, and what would change that:"]
    for probe in missing:
        lines += [f"  {probe.name}: {probe.reason}", f"    {probe.advice}".rstrip()]
    return [*(line for line in lines if line.strip()), ""]


def _energy_sentence(works: "Sequence[tuple[str, Channel]]") -> str:
    joules = [channel for _, channel in works if channel.resource == "energy_j"]
    live = [channel.name for channel in joules if channel.origin == "live"]
    if live:
        return f"Energy is measured on {', '.join(live)}."
    replayed = ", ".join(channel.name for channel in joules)
    return (
        "No sensor here counts joules, so no joules of this machine are reported, nor guessed from "
        "a data sheet; CPU seconds are the measure of cost."
        + (f" Replayed, not measured here: {replayed}." if replayed else "")
    )


def _as_json(probes: Sequence["Probe"]) -> str:
    from breakeven.session import find_machine  # noqa: PLC0415 - the same

    sensors = [
        {
            "name": probe.name,
            "is_available": probe.meter is not None,
            "reason": probe.reason,
            "advice": probe.advice,
            "channels": [asdict(channel) for channel in _channels(probe)],
        }
        for probe in probes
    ]
    return json.dumps({"machine": asdict(find_machine()), "sensors": sensors}, indent=2)
