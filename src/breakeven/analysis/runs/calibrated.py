"""Calibrated runs: energy as the reference meter would have shown it, on request and named so.

What the sensors measured gives way to a *modelled* cost whose sensor says "calibrated". Nothing
here runs unless somebody passes a calibration.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import add

from breakeven.analysis.energy.calibration import predicted
from breakeven.analysis.words import counted
from breakeven.errors import CalibrationError
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Note,
    NoteCode,
    Origin,
    Phase,
    Resource,
    Run,
    Scope,
)
from breakeven.records.calibration import Bounded, Calibration

_SUPPLIES = ("supply", "psu")
"""How references that are power supplies are called; others are meters at the wall."""

ADVICE = "Believe it as far as the calibration; report without --calibration shows what was read."


def calibrated(
    runs: Sequence[Run], calibration: Calibration, *, name: str = "a calibration"
) -> tuple[Run, ...]:
    """Turn the energy of the calibrated channels into that of the reference, modelled.

    A phase in which one of the channels is missing loses its energy: scaling a part of what was
    calibrated would be wrong, and a Note says so. Measured channels that are neither calibrated
    nor part of one go too, for the reference holds them already.

    Args:
        runs: As read from a store.
        calibration: Fitted on the same machine.
        name: Of the calibration, for notes and sensors.

    Raises:
        CalibrationError: If no phase of any run holds the channels, or the runs come from another
            machine than the calibration.
    """
    _refuse_other_machines(runs, calibration, name)
    changed = tuple(
        replace(run, phases=tuple(_phase(p, calibration, name) for p in run.phases)) for run in runs
    )
    if not any(_is_calibrated(run) for run in changed):
        seen = {c.channel for r in runs for p in r.phases for c in _energies(p.measurement)}
        raise CalibrationError(
            f"{name} scales {', '.join(calibration.channels)}, which no run holds; they hold "
            f"{', '.join(sorted(seen)) or 'no energy'}. Calibrate with those channels, or report "
            "without --calibration."
        )
    return changed


def calibrated_note(calibration: Calibration, name: str) -> Note:
    """Say once, for a whole report, that energy was scaled and by what."""
    factor, offset = calibration.factor, calibration.offset_w
    return Note(
        code=NoteCode.CALIBRATED,
        message=f"Energy is modelled: {' + '.join(calibration.channels)} times {factor.value:.4g} "
        f"({factor.low:.4g} to {factor.high:.4g}) plus {offset.value:.4g} W ({offset.low:.4g} to "
        f"{offset.high:.4g}), as {calibration.reference} showed it in "
        f"{counted(calibration.n_windows, 'window')} of {name}.",
        advice=ADVICE,
    )


def _phase(phase: Phase, calibration: Calibration, name: str) -> Phase:
    seen = phase.measurement
    energies = _energies(seen)
    if not energies or seen.duration_s <= 0:
        return phase
    by_channel = {c.channel: c for c in energies}
    rest = tuple(c for c in seen.costs if c not in energies)
    absent = [channel for channel in calibration.channels if channel not in by_channel]
    if absent:
        return _with(phase, rest, [_missing(absent, name)])
    total = reduce(add, [by_channel[channel] for channel in calibration.channels])
    notes = _outside(total, calibration, seen.duration_s)
    return _with(phase, (*rest, _scaled(total, calibration, name, seen.duration_s)), notes)


def _with(phase: Phase, costs: Sequence[Cost], notes: Sequence[Note]) -> Phase:
    seen = phase.measurement
    measurement = replace(seen, costs=tuple(costs), notes=(*seen.notes, *notes))
    return replace(phase, measurement=measurement)


def _scaled(total: Cost, calibration: Calibration, name: str, duration_s: float) -> Cost:
    software = Bounded(value=total.value, low=total.low, high=total.high)
    found = predicted(calibration, software, duration_s=duration_s)
    scope = Scope.SUPPLY if calibration.reference.lower().startswith(_SUPPLIES) else Scope.WALL
    return replace(
        total,
        value=found.value,
        low=found.low,
        high=found.high,
        kind=Kind.MODELLED,
        channel=f"{calibration.reference}, modelled",
        sensor=f"calibrated: {name}",
        origin=Origin.REPLAYED if total.origin is Origin.REPLAYED else Origin.DERIVED,
        not_covered=scope.leaves_out,
        scope=scope,
    )


def _outside(total: Cost, calibration: Calibration, duration_s: float) -> list[Note]:
    power_w = total.value / duration_s
    if calibration.lowest_w <= power_w <= calibration.highest_w:
        return []
    return [
        Note(
            code=NoteCode.CALIBRATED,
            message=f"{power_w:.4g} W lie outside the {calibration.lowest_w:.4g} to "
            f"{calibration.highest_w:.4g} W that were calibrated.",
            advice="Calibrate over the whole range of load that you report on.",
        )
    ]


def _missing(absent: Sequence[str], name: str) -> Note:
    return Note(
        code=NoteCode.CALIBRATED,
        message=f"{name} needs {', '.join(absent)}, which was not measured in this phase; its "
        "energy is left out.",
        advice="Measure every phase with the channels of the calibration.",
    )


def _energies(seen: Measurement) -> list[Cost]:
    return [c for c in seen.costs if c.resource is Resource.ENERGY_J and c.kind is Kind.MEASURED]


def _is_calibrated(run: Run) -> bool:
    return any(c.sensor.startswith("calibrated: ") for p in run.phases for c in p.measurement.costs)


def _refuse_other_machines(runs: Sequence[Run], calibration: Calibration, name: str) -> None:
    if not calibration.host_id:
        return
    strange = {
        run.machine.host
        for run in runs
        if run.machine is not None and run.machine.host_id != calibration.host_id
    }
    if strange:
        raise CalibrationError(
            f"{name} was made on another machine than {', '.join(sorted(strange))}, where runs of "
            "this report were measured. Calibrate each machine by itself."
        )
