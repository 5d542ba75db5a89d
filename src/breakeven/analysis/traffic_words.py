"""Traffic words: the cheapest service as a sentence, with what is left out of it or assumed."""

from collections.abc import Sequence

from breakeven import units
from breakeven.analysis.asked import Traffic
from breakeven.analysis.candidates import Candidate
from breakeven.analysis.horizon import n_workers
from breakeven.analysis.life_results import TrafficChange, TrafficChoice
from breakeven.analysis.services import IDLING, Service
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
    told += _idle_words(choice, known)
    told += _starts_words([c.service for c in known if c.is_eligible], choice.resource)
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


def _idle_words(choice: TrafficChoice, known: Sequence[Candidate]) -> list[str]:
    """Name those whose idling nobody measured: it leaves them out, or idling out of all totals."""
    silent = [c for c in known if not c.has_idle(choice.resource)]
    if choice.resource not in IDLING or not silent:
        return []
    advice = "set inference.idle_s and run again."
    if choice.with_idle:
        names = listed([c.service.name for c in silent])
        return [f"Whether {names} would be cheaper is not known: idling not measured; {advice}"]
    names = listed([c.service.name for c in silent if c.is_eligible])
    whose = "" if len(silent) == len(known) else f" for {names}"
    return [f"Serving between requests is not in it: not measured{whose}; {advice}"]


def _starts_words(services: Sequence[Service], resource: Resource) -> list[str]:
    """Name services whose starts nobody measured, where those of others are in their totals."""
    without = [s.name for s in services if resource not in s.pathway.startup]
    if not without or len(without) == len(services):
        return []
    return [f"Starts of {listed(without)} are not in it: not measured."]


def _change_words(change: TrafficChange, cheapest: str) -> str:
    rate = units.format_count(change.requests_per_day.value or 0.0)
    if change.after == cheapest:
        return f"Below {rate} a day it would be {change.before}."
    return f"Above {rate} a day it would be {change.after}."
