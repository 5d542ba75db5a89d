"""Impact tables: energy, carbon and money of each subject, and the assumptions they rest on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from breakeven.analysis.impacts.dated import Dated
from breakeven.analysis.impacts.footprint import Assumptions, Footprint
from breakeven.analysis.impacts.money import CURRENCIES
from breakeven.analysis.impacts.subjects import RUN
from breakeven.analysis.uncertain import once
from breakeven.records import Estimate, Resource
from breakeven.report.kinds import badges
from breakeven.report.quantity import WORDS, common_scale, format_estimate
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.assumed import inputs_words
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words
from breakeven.units import J_PER_WH, Scale, scale_energy, scale_si

_NONE = "none was given"
_MONEY = frozenset(CURRENCIES.values())
_LEAST_SHOWN = 0.01
"""Less than this of a unit is told in a smaller one."""
_TONNES = {"M": "t", "G": "kt", "T": "Mt"}
_Line = tuple[Column, Resource, tuple[Estimate | None, ...]]


def impact_table(
    found: Sequence[Footprint], assumed: Assumptions, *, beside: Sequence[Footprint] = ()
) -> Table:
    """One line per subject; a column for each grid, so that the span is seen.

    Args:
        found: Footprints, at least one.
        assumed: What they rest on.
        beside: All of the answer that this is part of, whose largest energy chooses the unit.
    """
    largest_j = largest_energy_j((*found, *beside))
    lines = list(_lines(found, assumed))
    return Table(
        name="impact",
        caption=f"Energy, carbon and money. {inputs_words(assumed.inputs)}",
        columns=(
            Column(name="phase", title="Of"),
            Column(name="subject", title="Name"),
            *(column for column, _, _ in lines),
            Column(name="kinds", title="Energy is"),
            Column(name="run_id", title="Run"),
            Column(name="inputs", title="Assumed"),
        ),
        rows=tuple(
            (
                words(one.subject.phase),
                words(one.subject.name),
                *(_cell(line, at, one, largest_j=largest_j) for line in lines),
                words(kinds_words(one.energy)),
                words(_run_id(one)),
                words(inputs_words(assumed.inputs)),
            )
            for at, one in enumerate(found)
        ),
    )


def impact_lines(one: Footprint) -> Table:
    """One subject, a line per number, each with the way it came about.

    Args:
        one: Its footprint.
    """
    return Table(
        name="impact",
        caption=f"Impact of {one.subject.name}.",
        columns=(
            Column(name="quantity", title="What"),
            Column(name="value", title="Amount", is_number=True),
            Column(name="kinds", title="Kind"),
            Column(name="method", title="How"),
        ),
        rows=tuple(
            (
                Cell(text=title, value=name),
                number(estimate, _beside_text(estimate, resource, largest_energy_j([one]))),
                words(kinds_words(estimate)),
                words(how),
            )
            for title, name, estimate, resource, how in _single(one)
        ),
    )


def kinds_words(estimate: Estimate | None) -> str:
    """Kinds of a number, such as `measured+assumed`."""
    if estimate is None or estimate.value is None:
        return EM_DASH
    return "+".join(badge.name for badge in badges(estimate))


def carbon_name(by: Dated, at: int) -> str:
    """Name of a column of location-based carbon; the place in it only where it is plain ASCII."""
    place = re.sub(r"[^a-z0-9]+", "_", (by.code or by.place).casefold()).strip("_") or "grid"
    return f"carbon_{at + 1}_{place}_{by.year}_kgco2e"


def _lines(found: Sequence[Footprint], assumed: Assumptions) -> Iterator[_Line]:
    """Columns that were asked for, each with an estimate per subject."""
    yield _line("duration_s", "Time", Resource.DURATION_S, [one.subject.duration for one in found])
    yield _line("energy_j", "Energy", Resource.ENERGY_J, [one.energy for one in found])
    if assumed.overhead is not None:
        title = f"x PUE {assumed.overhead.value:g}"
        amounts = [one.at_building for one in found]
        yield _line("energy_with_overhead_j", title, Resource.ENERGY_J, amounts)
    for at, by in enumerate(assumed.grids):
        title = f"CO2e {by.code or by.place or at + 1} {by.year}"
        gross = [one.location[at][1] if one.location else None for one in found]
        yield _line(carbon_name(by, at), title, Resource.CARBON_KGCO2E, gross)
        if assumed.renewable is not None:
            part = [one.covered[at][1] if one.covered else None for one in found]
            name = carbon_name(by, at).replace("carbon_", "stated_as_covered_", 1)
            covered = f"covered {by.code or by.place or at + 1}"
            yield _line(name, covered, Resource.CARBON_KGCO2E, part)
    if assumed.market is not None:
        market = [one.market for one in found]
        yield _line("carbon_market_kgco2e", "CO2e by contract", Resource.CARBON_KGCO2E, market)
    yield from _money(found, assumed)


def _money(found: Sequence[Footprint], assumed: Assumptions) -> Iterator[_Line]:
    if assumed.electricity is not None:
        resource = CURRENCIES[assumed.electricity.unit.partition("/")[0]]
        name = f"electricity_{resource.value}"
        yield _line(name, "Electricity", resource, [one.bill for one in found])
    if assumed.chip_hour is not None:
        rents = [one.rent for one in found]
        yield _line("chip_hours_price_usd", "Chip-hours", Resource.PRICE_USD, rents)


def _line(name: str, title: str, resource: Resource, amounts: Sequence[Estimate | None]) -> _Line:
    return Column(name=name, title=title, is_number=True), resource, tuple(amounts)


def _cell(line: _Line, at: int, one: Footprint, *, largest_j: float) -> Cell:
    _, resource, amounts = line
    estimate = amounts[at]
    if estimate is None or estimate.value is None:
        return missing(EM_DASH, hint=one.subject.why or _NONE)
    known = [a.value for a in amounts if a is not None and a.value is not None]
    if resource in _MONEY:
        scale = _money_scale(max(known), resource)
    elif resource is Resource.ENERGY_J:
        scale = energy_scale(estimate.value, known, largest_j)
    else:
        scale = common_scale(known, resource) or WORDS[resource].scale(estimate.value)
    bare = _in_tonnes(scale, unit="")
    return number(estimate, format_estimate(estimate, resource, scale=bare))


def largest_energy_j(found: Sequence[Footprint]) -> float:
    """Largest energy of an answer in joules, overhead of the building included; 0 where none."""
    amounts = (amount for one in found for amount in (one.energy, one.at_building))
    return max((a.value for a in amounts if a is not None and a.value is not None), default=0.0)


def energy_scale(size_j: float, column_j: Sequence[float], largest_j: float) -> Scale:
    """Unit of an energy: that of the answer's largest, or a smaller prefix of the same unit.

    Args:
        size_j: Of the amount, in joules.
        column_j: Amounts of its column.
        largest_j: Largest amount of the answer: it decides between joules and watt-hours.

    Examples:
        >>> energy_scale(1836.0, [1836.0, 3780.0], 36e3).symbol  # kilojoules beside watt-hours
        'Wh'
        >>> energy_scale(0.5, [0.5, 0.9], 36e3).symbol
        'µWh'
        >>> energy_scale(900.0, [900.0], 1836.0).symbol
        'kJ'
    """
    top = scale_energy(largest_j)
    is_wh = top.symbol.endswith("Wh")

    def own(size_j: float) -> Scale:
        if not is_wh:
            return scale_si(size_j, "J")
        in_wh = scale_si(size_j / J_PER_WH, "Wh")
        return Scale(in_wh.factor * J_PER_WH, in_wh.symbol)

    smallest_j = min((abs(each) for each in column_j if each), default=largest_j)
    for scale in (top, own(max(map(abs, column_j), default=largest_j))):
        if smallest_j >= _LEAST_SHOWN * scale.factor:
            return scale
    return own(size_j)


def _beside_text(estimate: Estimate, resource: Resource, largest_j: float) -> str:
    if resource is not Resource.ENERGY_J:
        return amount_text(estimate, resource)
    size_j = estimate.value or 0.0
    scale = energy_scale(size_j, [size_j], largest_j)
    return format_estimate(estimate, resource, min_digits=3, scale=scale)


def amount_text(estimate: Estimate, resource: Resource) -> str:
    """An amount on its own, with its interval; small money in parts of its unit.

    Args:
        estimate: With a value.
        resource: Chooses the unit.
    """
    size = estimate.value or 0.0
    own = WORDS[resource].scale(size)
    scale = _money_scale(size, resource) if resource in _MONEY else _in_tonnes(own, unit=" CO2e")
    return format_estimate(estimate, resource, min_digits=3, scale=scale)


def _in_tonnes(scale: Scale, *, unit: str) -> Scale:
    """A scale of carbon that says tonnes for megagrams; others are left as they are."""
    prefix, is_carbon, _ = scale.symbol.partition("g CO2e")
    if not is_carbon:
        return scale
    return replace(scale, symbol=f"{_TONNES.get(prefix, f'{prefix}g')}{unit}")


def _money_scale(size: float, resource: Resource) -> Scale:
    """The unit itself from a hundredth on, thousandths and less of it below."""
    symbol = WORDS[resource].symbol
    return scale_si(size, symbol) if 0 < size < 0.01 else Scale(1.0, symbol)


def _single(one: Footprint) -> Iterator[tuple[str, str, Estimate, Resource, str]]:
    subject = one.subject
    if subject.duration is not None:
        how = subject.duration.method
        yield "time", "duration_s", subject.duration, Resource.DURATION_S, how
    if one.energy is not None:
        how = "time x average draw" if one.is_modelled else one.energy.method
        yield "energy", "energy_j", one.energy, Resource.ENERGY_J, how
    if one.at_building is not None:
        how = f"x {one.at_building.method.removeprefix('energy x ').partition(' (')[0]}"
        yield (
            "energy with overhead",
            "energy_with_overhead_j",
            one.at_building,
            Resource.ENERGY_J,
            how,
        )
    for at, (by, gross) in enumerate(one.location):
        place = _place(by)
        yield (
            f"gross CO2e, {place}",
            carbon_name(by, at),
            gross,
            Resource.CARBON_KGCO2E,
            f"x {by.number}, location-based",
        )
    for at, (by, part) in enumerate(one.covered):
        yield (
            f"stated as covered, {_place(by)}",
            carbon_name(by, at).replace("carbon_", "stated_as_covered_", 1),
            part,
            Resource.CARBON_KGCO2E,
            "not subtracted",
        )
    if one.market is not None:
        how = "by contract, market-based"
        name = "carbon_market_kgco2e"
        yield "gross CO2e, contract", name, one.market, Resource.CARBON_KGCO2E, how
    if one.bill is not None:
        resource = Resource(one.bill.name.partition(" ")[0])
        yield "electricity", f"electricity_{resource.value}", one.bill, resource, "kWh x price"
    if one.rent is not None:
        how = one.rent.method.partition(" (")[0]
        yield "chip-hours", "chip_hours_price_usd", one.rent, Resource.PRICE_USD, how


def _run_id(one: Footprint) -> str:
    """Run that a line is of; empty where it rests on several."""
    ids = one.subject.duration.run_ids if one.subject.duration is not None else ()
    return ids[0] if len(ids) == 1 and one.subject.phase == RUN else ""


def _place(by: Dated) -> str:
    return f"{by.place or by.code or 'own factor'} {by.year}"


def phases_of(found: Sequence[Footprint]) -> tuple[str, ...]:
    """Phases that occur, in order."""
    return once(one.subject.phase for one in found)
