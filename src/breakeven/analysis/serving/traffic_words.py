"""Traffic words: the cheapest service as a sentence, with what is left out of it or assumed."""

from collections.abc import Iterator, Mapping, Sequence

from breakeven import units
from breakeven.analysis.asked import Traffic
from breakeven.analysis.costs.life_results import TrafficChange, TrafficChoice
from breakeven.analysis.serving.candidates import Candidate
from breakeven.analysis.serving.horizon import idle_s, n_workers
from breakeven.analysis.serving.idling import IDLING, IdleDoubt
from breakeven.analysis.serving.services import Service
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import amount_words, counted, listed, resource_words
from breakeven.records import Resource

CLEAR = 0.95
"""Below this probability the sentence says that the two may cost the same."""


def traffic_sentence(
    choice: TrafficChoice, known: Sequence[Candidate], totals: dict[str, float], traffic: Traffic
) -> str:
    """Say which service is cheapest, when another would be, and what is left out or assumed.

    Args:
        choice: Without its sentence.
        known: Every option whose development and use are known in that resource.
        totals: Their costs over the horizon, by name.
        traffic: Rate and horizon.
    """
    what = resource_words(choice.resource)
    rate = units.format_count(traffic.requests_per_day)
    start = f"At {rate} requests a day for {counted_days(traffic.days)}"
    if choice.cheapest is None:
        bad = listed([f"{c.service.name} ({c.why_out})" for c in known])
        return f"{start} nothing can be chosen by {what}: {bad}."
    least = "fewest" if what.endswith("s") else "least"
    amount = amount_words(choice.resource, totals[choice.cheapest])
    against = _against(choice, totals)
    told = [f"{start} {choice.cheapest} takes the {least} {what}: {amount}{against}."]
    told += [_change_words(change, choice.cheapest) for change in choice.changes]
    out = [c for c in known if c.service.name in choice.cheaper_but_out]
    if out:
        names = listed([f"{c.service.name} ({c.why_out})" for c in out])
        told.append(f"Cheaper but left out: {names}.")
    told += _gap_words(choice, known, totals)
    told += _meter_words(choice, _compared(known, totals), traffic)
    busy = next(c.service for c in known if c.service.name == choice.cheapest)
    if busy.assumption:
        told.append(f"Assumed for {busy.name}: {busy.assumption}.")
    if (workers := n_workers(busy, traffic.requests_per_day)) > 1:
        told.append(f"One worker cannot serve that; {workers} are counted.")
    return " ".join(told)


def counted_days(days: float) -> str:
    """Days in words.

    Examples:
        >>> counted_days(1), counted_days(365)
        ('1 day', '365 days')
    """
    return counted(int(days), "day") if days == int(days) else f"{days:g} days"


def _against(choice: TrafficChoice, totals: dict[str, float]) -> str:
    if choice.cheapest is None or choice.runner_up is None or not totals[choice.runner_up]:
        return ""
    less = 1 - totals[choice.cheapest] / totals[choice.runner_up]
    doubt = choice.probability is not None and choice.probability < CLEAR
    return f", {less:.0%} less than {choice.runner_up}" + (
        ", a difference that is not certain" if doubt else ""
    )


def _compared(known: Sequence[Candidate], totals: Mapping[str, float]) -> list[Service]:
    return [c.service for c in known if c.is_eligible and c.service.name in totals]


def _gap_words(
    choice: TrafficChoice, known: Sequence[Candidate], totals: Mapping[str, float]
) -> list[str]:
    """Name those who lack a part: it leaves them out, or the part out of all totals."""
    lacking = [c for c in known if c.service.name not in totals]
    idle = [c for c in lacking if choice.with_idle and not c.has_idle(choice.resource)]
    starts = [c for c in lacking if c not in idle]
    told = [
        f"Whether {names} would be cheaper is not known: {gap}."
        for names, gap in (
            *_by_gap([(c, c.idle_gap) for c in idle]),
            *_by_gap([(c, c.starts_gap) for c in starts]),
        )
    ]
    if choice.resource in IDLING and not choice.with_idle:
        silent = [c for c in known if c.service.name in totals and not c.has_idle(choice.resource)]
        gaps = _by_gap([(c, c.idle_gap) for c in silent if c.is_eligible or not choice.cheapest])
        told += [
            f"Serving between requests is not in it: {gap}."
            if len(gaps) == 1
            else f"Serving between requests is not in it for {names}: {gap}."
            for names, gap in gaps
        ]
    return told


def _by_gap(gaps: Sequence[tuple[Candidate, str]]) -> list[tuple[str, str]]:
    """Names by what is missing, in the order first seen."""
    return [
        (listed([c.service.name for c, own in gaps if own == gap]), gap)
        for gap in once(gap for _, gap in gaps)
    ]


def _meter_words(
    choice: TrafficChoice, services: Sequence[Service], traffic: Traffic
) -> Iterator[str]:
    """Say whose idling cannot be told from the meter, or holds it."""
    if choice.resource is not Resource.CPU_S or not choice.with_idle:
        return
    if inside := [s for s in services if s.idle_doubt is IdleDoubt.METER_INSIDE]:
        names = listed([s.name for s in inside])
        yield (
            f"Idling of {names} contains the meter's own CPU time, which these records do not tell "
            "apart; run the inference rows again."
        )
    if untold := [s for s in services if s.idle_doubt is IdleDoubt.NOT_TOLD]:
        most = max(s.idle[Resource.CPU_S].high * (idle_s(s, traffic) or 0.0) for s in untold)
        names = listed([s.name for s in untold])
        yield (
            f"While {names} waited there was {IdleDoubt.NOT_TOLD.value}: none is in the totals, "
            f"and it may be up to {amount_words(Resource.CPU_S, most)}."
        )


def _change_words(change: TrafficChange, cheapest: str) -> str:
    rate = units.format_count(change.requests_per_day.value or 0.0)
    if change.after == cheapest:
        return f"Below {rate} a day it would be {change.before}."
    return f"Above {rate} a day it would be {change.after}."
