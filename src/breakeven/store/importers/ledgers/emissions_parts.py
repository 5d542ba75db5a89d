"""Energy and carbon of one row of emissions.csv: its parts, their kinds, and the doubts."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from breakeven.records import Cost, Kind, Note, NoteCode, Resource
from breakeven.store.importers.ledgers.imported import amount
from breakeven.store.importers.ledgers.lines import Line
from breakeven.store.importers.printed import Printed
from breakeven.units import J_PER_KWH

PARTS = ("cpu", "gpu", "ram")
"""Parts whose energy has a column of its own."""

_SUM_DIFFERS_FRAC = 0.005
"""A total further from its parts than this was not their sum."""

_CONSTANT_FRAC = 0.02
"""Energy this close to power at the end x duration was power that never changed."""


def needed(line: Line, column: str) -> Printed:
    """An amount that every row must have.

    Raises:
        DataFileError: If the cell is empty or no amount.
    """
    found = line.amount(column)
    if found is None:
        raise line.refused(column, "expected a number; delete the row if its run was lost")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Energies:
    """Energy of one row.

    Attributes:
        costs: One per part that something read.
        said: How they came about, as far as the file tells.
        unseen: Parts of the machine that nothing read.
    """

    costs: tuple[Cost, ...]
    said: str
    unseen: tuple[str, ...] = ()

    @classmethod
    def of(cls, line: Line, *, measured: Collection[str]) -> "Energies":
        """Read them from a row.

        Args:
            line: The row.
            measured: Parts whose energy came from a sensor, as CodeCarbon's log said.

        Raises:
            DataFileError: If a cell is no amount, or the total is not the sum of its parts.
        """
        pue = _pue(line)
        total = needed(line, "energy_consumed")
        parts = {p: a for p in PARTS if (a := line.amount(f"{p}_energy")) is not None}
        if not parts:
            said = "The file has one total and no parts, so how it was obtained is not known."
            cost = _energy("all", total, Kind.MODELLED, pue=pue)
            return cls(costs=(cost,) if total.value else (), said=said)
        _refuse_other_sum(line, parts, total)
        seen = {part: found for part, found in parts.items() if found.value > 0}
        unseen = tuple(part for part in parts if part not in seen and has_part(part, line))
        costs = [
            _energy(part, found, _kind(part, line, measured), pue=pue, unseen=unseen)
            for part, found in seen.items()
        ]
        return cls(costs=tuple(costs), said=_said(costs), unseen=unseen)


def _said(costs: Sequence[Cost]) -> str:
    if not costs:
        return "Nothing read any energy."
    modelled = [cost.channel for cost in costs if cost.kind is Kind.MODELLED]
    if modelled:
        return f"Energy of {' and '.join(modelled)} is a model as far as the file tells."
    return "Its energy is measured."


def _energy(
    part: str, found: Printed, kind: Kind, *, pue: float, unseen: Sequence[str] = ()
) -> Cost:
    missed = [f"{part}, which nothing read" for part in unseen]
    return amount(
        Resource.ENERGY_J,
        found,
        kind=kind,
        sensor=f"codecarbon {_SENSORS[part, kind]}" if part != "all" else "codecarbon total",
        channel=part,
        factor=J_PER_KWH / pue,
        not_covered="; ".join([*missed, "board, disks, network, fans, losses of the supply"]),
    )


_SENSORS = {
    ("cpu", Kind.MEASURED): "RAPL",
    ("cpu", Kind.MODELLED): "TDP or load model",
    ("gpu", Kind.MEASURED): "driver's counter",
    ("gpu", Kind.MODELLED): "system's estimate",
    ("ram", Kind.MEASURED): "RAPL DRAM",
    ("ram", Kind.MODELLED): "size model",
}


def _kind(part: str, line: Line, measured: Collection[str]) -> Kind:
    is_counted = part == "gpu" and any(w in line.text("gpu_model").lower() for w in _COUNTING)
    return Kind.MEASURED if part in measured or is_counted else Kind.MODELLED


_COUNTING = ("nvidia", "tesla", "geforce", "quadro")
"""In names of cards whose driver counts joules, and which CodeCarbon reads."""


def has_part(part: str, line: Line) -> bool:
    """Whether the machine has that part, so that no energy of it means that none was read."""
    return part != "gpu" or bool(line.text("gpu_model"))


def _pue(line: Line) -> float:
    found = line.amount("pue")
    if found is None:
        return 1.0
    if found.value < 1:
        raise line.refused("pue", "which is no PUE; expected 1 or more")
    return found.value


def _refuse_other_sum(line: Line, parts: Mapping[str, Printed], total: Printed) -> None:
    whole = math.fsum(part.value for part in parts.values())
    if abs(whole - total.value) > _SUM_DIFFERS_FRAC * max(whole, total.value):
        named = " + ".join(f"{part}_energy" for part in parts)
        raise line.refused(
            "energy_consumed",
            f"but {named} is {whole:.6g} kWh; the cells of the row may have shifted. Mend the row, "
            "or delete it.",
        )


def carbon_of(line: Line, tool: str) -> Iterator[Cost]:
    """Emissions of a row; none where they are 0, for nothing was seen then.

    Args:
        line: The row.
        tool: CodeCarbon and its version.
    """
    found = needed(line, "emissions")
    if found.value > 0:
        place = line.text("country_iso_code", "cloud_region") or "place unknown"
        yield amount(
            Resource.CARBON_KGCO2E,
            found,
            kind=Kind.ASSUMED,
            sensor=f"{tool}, grid of {place}",
        )


def notes_of(line: Line, found: Energies) -> Iterator[Note]:
    """Say what is modelled, assumed or missing in a row.

    Args:
        line: The row.
        found: Its energies.
    """
    modelled = [c.channel for c in found.costs if c.kind is Kind.MODELLED]
    if modelled:
        yield Note(
            code=NoteCode.MODELLED,
            message=f"joules of {', '.join(modelled)} are CodeCarbon's model"
            f"{_constant(line)}: a saving in them is a saving in time.",
            advice="Say --measured cpu if its log names RAPL as the source; else compare seconds.",
        )
    for part in found.unseen:
        yield Note(
            code=NoteCode.METER_UNAVAILABLE,
            message=f"{part}_energy is 0 although the machine has a {part}: nothing read it, so it "
            "is absent and not 0.",
            advice="Treat the energy of this run as a lower bound.",
        )
    pue = _pue(line)
    carbon = next(carbon_of(line, ""), None)
    if carbon is not None:
        yield Note(
            code=NoteCode.ASSUMED_NUMBERS,
            message=f"{carbon.value:.4g} kg of CO2e rest on a grid factor of CodeCarbon that the "
            f"file gives no year or source of (PUE {pue:g} in it).",
            advice="Compute carbon anew from the joules, with a factor whose year and source are "
            "known.",
        )
    if pue > 1:
        yield Note(
            code=NoteCode.ASSUMED_NUMBERS,
            message=f"CodeCarbon multiplied the energy by a PUE of {pue:g}, which was taken out.",
            advice="Name a PUE with year and source where carbon and money are computed.",
        )


def _constant(line: Line) -> str:
    """Words for a CPU whose power never changed; empty where it did, or nobody knows."""
    power, energy, duration = (line.amount(c) for c in ("cpu_power", "cpu_energy", "duration"))
    if power is None or energy is None or duration is None or not power.value:
        return ""
    expected_kwh = power.value * duration.value / J_PER_KWH
    is_constant = any(
        abs(energy.value / factor - expected_kwh) <= _CONSTANT_FRAC * expected_kwh
        for factor in (1.0, _pue(line))  # newer releases multiply power by the PUE too
    )
    return f" (of the CPU a constant {power.value:g} W)" if is_constant else ""
