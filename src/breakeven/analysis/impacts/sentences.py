"""Sentences: what a reader must know beside the numbers of an impact, in every form of output."""

from collections.abc import Iterator, Sequence

from breakeven.analysis.impacts.footprint import Assumptions, Footprint, span
from breakeven.analysis.impacts.subjects import ALL, FLEET, NOBODY, RUN, STATED
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import listed
from breakeven.records import Kind, Resource, Run
from breakeven.units import format_si

KG_PER_T = 1e3

NOT_COVERED = (
    "making and disposal of the hardware (embodied carbon)",
    "networks",
    "the devices of users",
    "water",
)
"""What no number of an impact holds."""


def sentences(found: Sequence[Footprint], assumed: Assumptions) -> tuple[str, ...]:
    """Say what is absent, modelled, spanned, stated beside, and not covered.

    Args:
        found: Footprints.
        assumed: What they rest on.

    Examples:
        >>> from breakeven.analysis.impacts import Subject, footprint, stated
        >>> plain = Assumptions()
        >>> one = footprint(Subject(name="x", energy=stated("energy_j", 1.0)), plain)
        >>> sentences([one], plain)[0].split(";")[0]
        'No carbon: no grid was named'
    """
    has_energy = any(one.energy is not None for one in found)
    return (
        *_absent(found, assumed),
        *_modelled(found),
        *_blind(found),
        *(_carbon(found, assumed) if has_energy else ()),
        *_rented(assumed),
        *((f"Not covered: {listed(NOT_COVERED)}.",) if has_energy else ()),
    )


def unmetered(runs: Sequence[Run]) -> tuple[str, ...]:
    """Say what the energy sensors of runs leave out, so that carbon leaves it out too.

    Args:
        runs: Behind the numbers.

    Examples:
        >>> unmetered([])
        ()
    """
    costs = [cost for run in runs for cost in run.costs(Resource.ENERGY_J)]
    missing = once(part for cost in costs for part in cost.not_covered.split("; ") if part)
    if not missing:
        return ()
    return (f"The sensors leave out {listed(missing)}; carbon and money leave them out too.",)


def _absent(found: Sequence[Footprint], assumed: Assumptions) -> Iterator[str]:
    """Which phases of which subjects have no energy, in one sentence for each set of phases."""
    phases: dict[str, tuple[str, ...]] = {}
    for one in found:
        if one.energy is None and one.subject.why:
            name, phase = one.subject.name, one.subject.phase.partition(",")[0]
            phases[name] = once((*phases.get(name, ()), phase))
    if not phases:
        return
    for shared in once(phases.values()):
        names = [name for name, own in phases.items() if own == shared]
        shown = listed(names[:5]) if len(names) <= 5 else f"{len(names)} subjects"
        whose = (
            f"{listed(shared)} ({shown})" if shared == (ALL,) else f"{listed(shared)} of {shown}"
        )
        yield f"{_capital(whose)}: {NOBODY}, so unknown and not 0."
    model = "" if assumed.draws else ", or give --watts, which models it from time"
    yield (
        "To know that energy, run with a sensor (`breakeven doctor` says which could be read)"
        f"{model}."
    )


def _modelled(found: Sequence[Footprint]) -> Iterator[str]:
    names = once(_name(one) for one in found if one.is_modelled or _is_from_model(one))
    if names:
        shown = listed(names[:4]) if len(names) <= 4 else f"{len(names)} amounts"
        yield (
            f"Modelled, not measured: the energy of {shown} is time x an assumed draw, so a saving "
            "in it is a saving in time."
        )


def _is_from_model(one: Footprint) -> bool:
    """Whether a meter modelled its energy; a fleet's is a multiple of what was measured."""
    is_fleet = one.subject.phase.startswith(FLEET)
    return one.energy is not None and Kind.MODELLED in one.energy.kinds and not is_fleet


def _blind(found: Sequence[Footprint]) -> Iterator[str]:
    for one in found:
        if one.subject.phase == ALL and one.energy and "without joules" in one.energy.method:
            yield (
                f"All runs ({one.subject.name}): {one.energy.method.partition('; ')[0]}; what "
                "those took is not in it."
            )


def _carbon(found: Sequence[Footprint], assumed: Assumptions) -> Iterator[str]:
    if not assumed.grids:
        yield (
            "No carbon: no grid was named; give --grid with a code that "
            "`breakeven impact --list-grids` shows, or --factor with your own."
        )
    first = next((one for one in found if one.location), None)
    ends = span(first) if first is not None else None
    if first is not None and ends is not None:
        (least, low), (most, high) = ends
        factor = f", {high.value / low.value:.3g} times" if low.value and high.value else ""
        yield (
            f"Same energy on another grid: {_name(first)} is from {_carbon_words(low.value)} "
            f"({least.place or least.source}, {least.year}) to {_carbon_words(high.value)} "
            f"({most.place or most.source}, {most.year}){factor}."
        )
    if len({by.year for by in assumed.grids}) > 1:
        years = listed([str(by.year) for by in assumed.grids])
        yield f"The factors are of different years ({years}): place and time differ at once."
    if assumed.grids:
        yield "Grid factors are means of a year; one hour may differ from them several times over."
    if assumed.overhead is None:
        yield "No PUE was given: cooling and power supply of the building are not in it."
    yield from _contract(assumed)


def _contract(assumed: Assumptions) -> Iterator[str]:
    if assumed.market is not None:
        yield (
            "Market-based carbon follows a contract, location-based carbon the grid that the power "
            "came from; the two are never added or netted."
        )
    if assumed.renewable is not None:
        yield (
            f"Stated beside, not subtracted: {100 * assumed.renewable.value:g} % of the power as "
            f"renewable or offset ({assumed.renewable.year}, {assumed.renewable.source}); the "
            "gross amount stands."
        )


def _rented(assumed: Assumptions) -> Iterator[str]:
    if assumed.chip_hour is not None and assumed.electricity is not None:
        yield (
            "A price per chip-hour holds the provider's electricity: do not add the two sums of "
            "money."
        )


def _name(one: Footprint) -> str:
    subject = one.subject
    return (
        subject.name if subject.phase in {"", STATED, RUN} else f"{subject.name} ({subject.phase})"
    )


def _carbon_words(value: float | None) -> str:
    size_kg = value or 0.0
    if size_kg >= KG_PER_T:
        return format_si(size_kg / KG_PER_T, "t CO2e")
    return format_si(size_kg * 1e3, "g CO2e")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
