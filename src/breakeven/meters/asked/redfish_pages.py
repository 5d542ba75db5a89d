"""Where a management controller shows power: pages and properties of Redfish, best first.

Source: DMTF Redfish Schema Guide (DSP2046): Power (deprecated, and what most servers still have),
PowerSubsystem, PowerSupplyMetrics, EnvironmentMetrics. Either the power supplies are summed or the
chassis' own reading is taken, never both. The supplies come first, because what goes into them is
what the wall gives. Of several `PowerControl` entries only the first is the whole: Lenovo's XCC
lists the server there, then its CPUs and its memory.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from breakeven.errors import MeterUnavailableError
from breakeven.meters.asked.answers import JsonClient, NoAnswer, inside, listed, number, step
from breakeven.meters.asked.known import Answer

SUPPLIES, CHASSIS = "supplies", "chassis"

_J_PER_KWH = 3.6e6
_ROOT = "/redfish/v1/"
_ABSENT = ("Absent", "Disabled", "UnavailableOffline")
"""States of a supply that draws nothing and tells nothing (`Status.State`)."""

_Page = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """One way to ask for the power of one chassis.

    Attributes:
        source: "supplies" or "chassis".
        words: What it reads, for people.
        ask: Asks; None where something of it is missing, for a part is not the whole.
        count: Tells how many supplies it adds up.
    """

    source: str
    words: str
    ask: Callable[[], Answer | None]
    count: Callable[[], int] = lambda: 1


def chassis_pages(client: JsonClient, wanted: str = "") -> Sequence[_Page]:
    """Return the page of every chassis, or of the one whose `Id` is `wanted`.

    Raises:
        NoAnswer: If the controller does not answer.
        MeterUnavailableError: If it never will, or there is none called `wanted`.
    """
    if not (chassis := _link(client.get(_ROOT), "Chassis")):
        raise NoAnswer(f"{_ROOT} names no chassis; is it a management controller?")
    pages = [client.get(_path(member)) for member in listed(client.get(chassis), "Members")]
    found = [page for page in pages if wanted in ("", text(page, "Id"))]
    if wanted and not found:
        raise MeterUnavailableError(
            f"{client.address.text} has no chassis {wanted!r}.",
            advice=f"There are {', '.join(text(page, 'Id') for page in pages)}.",
        )
    return found


def sensors(client: JsonClient, chassis: _Page) -> Iterator[Sensor]:
    """List what a chassis may tell its power by, the best first."""
    power, metrics = _link(chassis, "Power"), _link(chassis, "EnvironmentMetrics")
    if power:
        yield Sensor(
            source=SUPPLIES,
            words="PowerSupplies.PowerInputWatts",
            ask=lambda: _total(_inputs(client.get(power))),
            count=lambda: len(_inputs(client.get(power))),
        )
    if subsystem := _link(chassis, "PowerSubsystem"):
        pages = partial(_supply_metrics, client, subsystem)
        yield Sensor(
            source=SUPPLIES,
            words="PowerSupplyMetrics.InputPowerWatts",
            ask=lambda: _total([_reading(client.get(p), "InputPowerWatts") for p in pages()]),
            count=lambda: len(pages()),
        )
    if metrics:
        yield Sensor(
            source=CHASSIS,
            words="EnvironmentMetrics.PowerWatts",
            ask=lambda: _environment(client.get(metrics)),
        )
    if power:
        yield Sensor(
            source=CHASSIS,
            words="PowerControl.PowerConsumedWatts",
            ask=lambda: _total(_consumed(client.get(power))),
        )


def text(page: _Page, key: str) -> str:
    """Return a text; empty where there is none."""
    value = page.get(key)
    return value if isinstance(value, str) else ""


def _total(powers_w: Sequence[Decimal | None]) -> Answer | None:
    known_w = [power_w for power_w in powers_w if power_w is not None and power_w >= 0]
    if not known_w or len(known_w) < len(powers_w):
        return None
    return Answer(
        power_w=float(sum(known_w)), power_step_w=sum(step(power_w) for power_w in known_w)
    )


def _inputs(power: _Page) -> Sequence[Decimal | None]:
    supplies = [supply for supply in listed(power, "PowerSupplies") if _is_here(supply)]
    return [number(supply, "PowerInputWatts") for supply in supplies]


def _consumed(power: _Page) -> Sequence[Decimal | None]:
    return [number(control, "PowerConsumedWatts") for control in listed(power, "PowerControl")[:1]]


def _environment(page: _Page) -> Answer | None:
    answer, energy_kwh = _total([_reading(page, "PowerWatts")]), _reading(page, "EnergykWh")
    if answer is None or energy_kwh is None:
        return answer
    return replace(
        answer,
        counter_j=float(energy_kwh) * _J_PER_KWH,
        counter_step_j=step(energy_kwh) * _J_PER_KWH,
    )


def _supply_metrics(client: JsonClient, subsystem: str) -> Sequence[str]:
    """Paths of the metrics of every supply that is there."""
    supplies = listed(client.get(_link(client.get(subsystem), "PowerSupplies")), "Members")
    pages = [client.get(_path(supply)) for supply in supplies]
    return [_link(page, "Metrics") for page in pages if _is_here(page)]


def _is_here(supply: _Page) -> bool:
    return text(inside(supply, "Status"), "State") not in _ABSENT


def _reading(page: _Page, key: str) -> Decimal | None:
    return number(inside(page, key), "Reading")


def _link(page: _Page, key: str) -> str:
    """Path of another page; empty where this one names none."""
    return _path(inside(page, key))


def _path(link: _Page) -> str:
    path = text(link, "@odata.id")
    if path and not path.startswith("/redfish/"):
        raise NoAnswer(f"it names {path!r}, which is no page of Redfish")
    return path.partition("#")[0]
