"""What `breakeven impact --json` prints: one object with the numbers that people see."""

import math
from typing import TYPE_CHECKING, Any

from breakeven.analysis.impacts.sentences import NOT_COVERED

if TYPE_CHECKING:
    from breakeven.analysis.impacts.dated import Dated
    from breakeven.analysis.impacts.footprint import Footprint
    from breakeven.cli.impact_text import Told
    from breakeven.records import Estimate


def impact_data(told: "Told") -> dict[str, Any]:
    """Inputs, results, sentences; SI units in the names, null where unknown."""
    data: dict[str, Any] = {
        "of": told.title,
        "inputs": [_input(by) for by in told.assumed.inputs],
        "draws": [
            {
                "part": draw.part,
                "power_w": draw.power_w,
                "low_w": draw.low_w,
                "high_w": draw.high_w,
                "n_devices": draw.n_devices,
                "kinds": ["assumed"],
            }
            for draw in told.assumed.draws
        ],
        "n_chips": told.assumed.n_chips,
        "results": [_result(one) for one in told.footprints],
        "sentences": list(told.sentences),
        "not_covered": list(NOT_COVERED),
    }
    if told.paid is not None:
        data["paid"] = {"price_usd": _estimate(told.paid)}
        data["implied"] = {"price_usd_per_chip_hour": _estimate(told.implied)}
    return data


def _result(one: "Footprint") -> dict[str, Any]:
    subject = one.subject
    return {
        "name": subject.name,
        "phase": subject.phase,
        "per": subject.item or None,
        "why_no_energy": subject.why or None if one.energy is None else None,
        "duration_s": _estimate(subject.duration),
        "energy_j": _estimate(one.energy),
        "energy_with_overhead_j": _estimate(one.at_building),
        "location_based": [
            {**_place(by), "carbon_kgco2e": _estimate(gross)} for by, gross in one.location
        ],
        "market_based": {"carbon_kgco2e": _estimate(one.market)},
        "stated_as_covered": [
            {**_place(by), "carbon_kgco2e": _estimate(part), "is_subtracted": False}
            for by, part in one.covered
        ],
        "electricity": _money(one.bill),
        "chip_hours": _money(one.rent),
    }


def _money(amount: "Estimate | None") -> dict[str, Any] | None:
    return None if amount is None else {amount.name.partition(" ")[0]: _estimate(amount)}


def _place(by: "Dated") -> dict[str, Any]:
    return {"code": by.code or None, "place": by.place or None, "year": by.year}


def _input(by: "Dated") -> dict[str, Any]:
    return {
        "name": by.name,
        "value": by.value,
        "low": by.low,
        "high": by.high,
        "kinds": ["assumed"],
        "year": by.year,
        "source": by.source,
        "code": by.code or None,
        "place": by.place or None,
        "licence": by.licence or None,
        "covers": by.covers or None,
    }


def _estimate(amount: "Estimate | None") -> dict[str, Any] | None:
    if amount is None or amount.value is None:
        return None
    return {
        "value": amount.value,
        "low": _finite(amount.low),
        "high": _finite(amount.high),
        "level": amount.level,
        "method": amount.method,
        "n": amount.n,
        "kinds": [kind.value for kind in amount.kinds],
        "origins": [origin.value for origin in amount.origins],
    }


def _finite(end: float | None) -> float | None:
    return None if end is None or not math.isfinite(end) else end
