"""`breakeven doctor --calibrate WALL --against SOFT`: how a meter relates to software channels."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.errors import CalibrationError

if TYPE_CHECKING:
    from breakeven.formulas.alignment import Offset
    from breakeven.records import Bounded, Calibration
    from breakeven.store.importers import PowerLog

_META = "breakeven.calibrate"

MOST_WINDOWS = 120
"""Windows that two long logs are cut into at most."""

PERIODS_PER_WINDOW = 10
"""Samples of the slower log in a window: one more or less at its ends is then a tenth of it."""


def calibrate_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options; their values wait in the context for `run_calibration`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _keep(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:  # noqa: ANN401 - any
    ctx.meta.setdefault(_META, {})[parameter.name] = value


_OPTIONS = (
    click.option(
        "--calibrate",
        type=click.Path(path_type=Path),
        metavar="WALL",
        expose_value=False,
        callback=_keep,
        help="CSV log of a wall or PSU meter, to hold against software channels.",
    ),
    click.option(
        "--against",
        type=click.Path(path_type=Path),
        metavar="SOFT|STORE",
        expose_value=False,
        callback=_keep,
        help="CSV log of the channels; or alone, a store whose runs hold both.",
    ),
    click.option(
        "--channel",
        "channels",
        multiple=True,
        expose_value=False,
        callback=_keep,
        help="Software channel to scale; all that count by default.",
    ),
    click.option(
        "--zone", default="", expose_value=False, callback=_keep, help="Zone of local times."
    ),
    click.option(
        "--offset-s",
        type=float,
        expose_value=False,
        callback=_keep,
        help="What the clock of WALL shows more than that of SOFT; else estimated.",
    ),
    click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        expose_value=False,
        callback=_keep,
        help="File for the calibration; `report --calibration` takes it.",
    ),
)


def run_calibration(ctx: click.Context, *, as_json: bool) -> bool:
    """Calibrate if that was asked for; false when it was not."""
    asked = ctx.meta.get(_META, {})
    if asked.get("calibrate") is None and asked.get("against") is None:
        return False
    if asked["against"] is None:
        raise click.UsageError("--calibrate needs --against SOFT.csv: what to hold it against")
    found = _calibrated(asked)
    found = replace(found, made_at=datetime.now(UTC).isoformat(timespec="seconds"))
    from breakeven.store.codec import encode_indented  # noqa: PLC0415 - `--help` is light

    text = encode_indented(found)
    if asked["out"] is not None:
        from breakeven.store.atomic import write_whole  # noqa: PLC0415 - the same

        write_whole(asked["out"], text)
    click.echo(text.decode().rstrip() if as_json else calibration_text(found))
    if asked["out"] is not None:
        click.echo(f"Kept in {asked['out']}; apply it with: report --calibration", err=True)
    return True


def _calibrated(asked: dict[str, Any]) -> "Calibration":
    if asked["against"].is_dir():
        if asked["calibrate"] is not None:
            raise click.UsageError(
                "a store's runs hold both channels once the log was imported: run `breakeven "
                f"import power {asked['calibrate']} --store {asked['against']}`, then --against "
                "alone"
            )
        return _from_store(asked)
    if asked["calibrate"] is None:
        raise click.UsageError("--against FILE needs --calibrate WALL.csv: the reference meter")
    return _from_logs(asked)


def _from_store(asked: dict[str, Any]) -> "Calibration":
    from breakeven.analysis.energy.calibration import calibrate  # noqa: PLC0415 - scipy
    from breakeven.analysis.energy.calibration_windows import windows_of  # noqa: PLC0415 - the same
    from breakeven.records import Scope  # noqa: PLC0415 - the same
    from breakeven.store import Store  # noqa: PLC0415 - the same

    runs = Store(asked["against"], create=False).runs()
    hosts = {run.machine.host_id for run in runs if run.machine is not None}
    if len(hosts) > 1:
        raise CalibrationError(
            f"the runs in {asked['against']} come from {len(hosts)} machines; a calibration holds "
            "for one. Measure each machine into a store of its own."
        )
    for scope in (Scope.WALL, Scope.SUPPLY):
        windows, channels = windows_of(runs, scope=scope, channels=asked["channels"])
        if windows:
            break
    reference = str(scope) if windows else "wall or supply"
    found = calibrate(windows, reference=reference, channels=channels)
    return replace(found, sources=(str(asked["against"]),), host_id="".join(hosts))


def _from_logs(asked: dict[str, Any]) -> "Calibration":
    from breakeven.analysis.energy.calibration import calibrate  # noqa: PLC0415 - scipy
    from breakeven.analysis.energy.calibration_windows import windows_between  # noqa: PLC0415 - the same

    wall, soft = (_read(asked[name], asked) for name in ("calibrate", "against"))
    if asked["channels"]:
        soft = _chosen(soft, asked["channels"])
    if wall.is_elapsed is not soft.is_elapsed:
        raise CalibrationError(
            f"{wall.path.name} and {soft.path.name} do not share a clock: one counts elapsed "
            "seconds, the other has times. Give both the same."
        )
    offset = _offset(wall, soft, asked["offset_s"])
    span_s = (
        max(wall.start_s - offset.value_s, soft.start_s),
        min(wall.end_s - offset.value_s, soft.end_s),
    )
    window_s = max(
        PERIODS_PER_WINDOW * max(wall.period_s, soft.period_s),
        (span_s[1] - span_s[0]) / MOST_WINDOWS,
    )

    def reference(start_s: float, end_s: float) -> tuple[float, float]:
        return wall.energy(start_s + offset.value_s, end_s + offset.value_s)

    windows = windows_between(reference, soft.energy, span_s=span_s, window_s=window_s)
    found = calibrate(
        windows,
        reference="+".join(c.name for c in wall.channels),
        channels=[c.name for c in soft.channels],
    )
    return replace(found, sources=(wall.path.name, soft.path.name))


def _read(path: Path, asked: dict[str, Any]) -> "PowerLog":
    from breakeven.store.importers import LogFormat, read_power_log  # noqa: PLC0415 - the same
    from breakeven.store.importers.times import parse_zone  # noqa: PLC0415 - the same

    zone = parse_zone(asked["zone"]) if asked["zone"] else None
    return read_power_log(path, form=LogFormat(zone=zone))


def _chosen(log: "PowerLog", names: tuple[str, ...]) -> "PowerLog":
    from breakeven.errors import UnknownNameError  # noqa: PLC0415 - the same

    known = {channel.name: channel for channel in log.channels}
    for name in names:
        if name not in known:
            raise UnknownNameError("channel", name, known)
    return replace(log, channels=tuple(known[name] for name in names))


def _offset(wall: "PowerLog", soft: "PowerLog", said_s: float | None) -> "Offset":
    """Clock of the reference against that of the software log, its samples taken for activity."""
    from breakeven.formulas.alignment import (  # noqa: PLC0415 - the same
        Activity,
        Offset,
        estimate_offset,
    )

    if said_s is not None:
        return Offset(value_s=said_s, low_s=said_s, high_s=said_s)
    step_s = max(wall.period_s, soft.period_s)
    n_steps = int((soft.end_s - soft.start_s) / step_s)
    starts_s = [soft.start_s + i * step_s for i in range(n_steps)]
    activities = [
        Activity(start_s=s, duration_s=step_s, level=soft.energy(s, s + step_s)[0] / step_s)
        for s in starts_s
    ]
    try:
        return estimate_offset(
            activities,
            wall.energy,
            log_s=(wall.start_s, wall.end_s),
            period_s=wall.period_s,
            search_s=min(300.0, (soft.end_s - soft.start_s) / 4),
        )
    except ValueError as error:
        raise CalibrationError(
            f"the clocks of {wall.path.name} and {soft.path.name} cannot be matched: {error}. "
            "Say --offset-s (0 where both follow a time server)."
        ) from error


def read_calibration(path: Path) -> "Calibration":
    """Read a file that `--out` wrote.

    Raises:
        DataFileError: If it is not there.
        RecordFormatError: If it holds no calibration.
    """
    from breakeven.errors import DataFileError, RecordFormatError  # noqa: PLC0415 - the same
    from breakeven.store.codec import decode_calibration  # noqa: PLC0415 - the same

    try:
        return decode_calibration(path.read_bytes())
    except OSError as error:
        raise DataFileError(
            f"{path}: cannot be read ({error.strerror}); expected what `breakeven doctor "
            "--calibrate WALL --against SOFT --out FILE` writes."
        ) from error
    except RecordFormatError as error:
        raise RecordFormatError(f"{path}: {error}") from error


def calibration_text(found: "Calibration") -> str:
    """Tell a calibration on one screen."""
    channels = " + ".join(found.channels) or "software"
    windows = f"{found.n_windows} windows of {found.window_s:.3g} s"
    lines = [
        f"{found.reference} = offset + factor x ({channels})",
        f"  from      {windows} ({found.n_independent:.0f} independent)",
        f"  factor    {_bounded(found.factor)}",
        f"  offset    {_bounded(found.offset_w)} W",
        f"  share     {_bounded(found.share_frac)} of {found.reference} is software's",
        f"  residual  {found.residual_w:.4g} W (standard deviation of a window)",
        f"  brackets  {100 * found.level:.3g} % confidence intervals",
        f"  holds for {found.lowest_w:.4g} to {found.highest_w:.4g} W of software power",
    ]
    lines += [f"  note: {note.message} {note.advice}" for note in found.notes]
    return "\n".join(lines)


def _bounded(number: "Bounded") -> str:
    return f"{number.value:.4g} ({number.low:.4g} to {number.high:.4g})"
