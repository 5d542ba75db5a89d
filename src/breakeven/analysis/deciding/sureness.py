"""Sureness: how sure the choice is, said of what decided it: cost, the floor or a constant answer.

A runner-up that misses the floor loses whatever it costs: that it is cheaper, and by which
probability, is then no doubt of the choice. Whether its score lies below the floor is, and so is
every cheaper pathway whose score misses the floor by its point value while its interval reaches it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from breakeven.analysis.costs.contenders import Contender, may_reach
from breakeven.analysis.costs.recommend import Choice, rank
from breakeven.analysis.results import Recommendation, RestsOn
from breakeven.analysis.scoring.metric_words import constant_words
from breakeven.analysis.words import items_words, listed

BY_RESOLUTION = "by resolution"
_NBSP = "\u00a0"


class SureOf(StrEnum):
    """What set the choice apart from the runner-up."""

    COST = "cost"
    FLOOR = "floor"
    CONSTANT = "constant answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sureness:
    """How sure the choice is, against the runner-up and against the floor.

    Attributes:
        of: What decided, and so what the words speak of.
        label: What is asked.
        text: The answer in a word or a percentage.
        detail: What that rests on.
        may_reach: Pathways that cost less and miss the floor by their point value alone, in the
            order of the study.
    """

    of: SureOf
    label: str
    text: str
    detail: str
    may_reach: tuple[str, ...] = ()


def sureness(told: Recommendation, choice: Choice, *, bar: float) -> Sureness | None:
    """How sure it is that what decided holds.

    Args:
        told: Of the choice.
        choice: Who is chosen, and of whom.
        bar: Lowest score that is good enough.

    Returns:
        None where nobody is chosen, or where no other comes next or may.

    Examples:
        >>> from breakeven.analysis.deciding import Settings, decide, ground_of
        >>> from breakeven.testing.runs import example_runs
        >>> found = decide(ground_of(*example_runs()), Settings(measure="cpu_s", volume=1e5)).sure
        >>> found.of.value, found.label, found.detail
        ('cost', 'P(TS is cheaper)', 'than FT at 100,000 examples')
    """
    winner, runner_up = choice.winner, choice.runner_up
    if winner is None:
        return None
    names = tuple(c.name for c in choice.contenders if _may_undercut(c, winner, bar))
    if runner_up is None or not runner_up.is_good_enough:
        return _of_floor(winner, runner_up, bar, names)
    told_of = _of_equals(told, winner, runner_up)
    if not names:
        return told_of
    return replace(told_of, detail=f"{told_of.detail}; {open_words(names, bar)}", may_reach=names)


def _may_undercut(contender: Contender, winner: Contender, bar: float) -> bool:
    """Whether a pathway would be the choice if it reached the floor that its interval reaches."""
    is_cheaper = contender.average.value < winner.average.value
    return is_cheaper and may_reach(contender, bar) and rank(contender)[1] <= rank(winner)[1]


def open_words(names: Sequence[str], bar: float) -> str:
    """Say of pathways that their intervals reach a floor that they miss by their point value.

    Args:
        names: Of them; at least one.
        bar: The floor.

    Examples:
        >>> open_words(["TA", "TS"], 0.87)
        'TA and TS may reach the 0.87, as their intervals do'
    """
    whose = "their intervals do" if len(names) > 1 else "its interval does"
    return f"{listed(names)} may reach the {bar:.3g}, as {whose}"


def _of_equals(told: Recommendation, winner: Contender, runner_up: Contender) -> Sureness:
    """Two that are good enough are told apart by the constant answer, else by cost."""
    if rank(winner)[1] != rank(runner_up)[1]:
        which = constant_words(runner_up.score.metric)
        return Sureness(
            of=SureOf.CONSTANT,
            label=f"Is {runner_up.name} above the {which} answer?",
            text="not shown",
            detail="so it comes after the others, whatever it costs",
        )
    return Sureness(
        of=SureOf.COST,
        label=f"P({winner.name} is cheaper)",
        text=chance_words(told.probability, told.rests_on),
        detail=f"than {runner_up.name} at {items_words(told.volume, told.item)}",
    )


def _of_floor(
    winner: Contender, runner_up: Contender | None, bar: float, names: tuple[str, ...]
) -> Sureness | None:
    """Whether the floor leaves the choice alone: asked of the hardest rival, not the easiest."""
    if names and (runner_up is None or names != (runner_up.name,)):
        return Sureness(
            of=SureOf.FLOOR,
            label=f"Is {winner.name} alone good enough?",
            text="not certain",
            detail=open_words(names, bar),
            may_reach=names,
        )
    if runner_up is None:
        return None
    text, detail = _missed(runner_up, bar)
    return Sureness(
        of=SureOf.FLOOR,
        label=f"Does {runner_up.name} miss the {bar:.3g} asked for?",
        text=text,
        detail=detail,
        may_reach=names,
    )


def _missed(runner_up: Contender, bar: float) -> tuple[str, str]:
    """Whether the interval of a score lies on the wrong side of the bar, and that in words."""
    scored = runner_up.cost.scored
    interval = None if scored is None else scored.interval
    if scored is None or interval is None:
        return "by its point value", "its score has no interval"
    is_higher_better = runner_up.score.higher_is_better
    found = f"its 95{_NBSP}% interval, {interval.low:.3g} to {interval.high:.3g}, "
    if not (interval.high < bar if is_higher_better else interval.low > bar):
        return "not certain", f"{found}reaches it"
    side = "below" if is_higher_better else "above"
    is_lone = scored.n_seeds == 1 and not scored.is_stated
    return "yes, of this training" if is_lone else "yes", f"{found}lies wholly {side}"


def chance_words(probability: float | None, rests_on: RestsOn | None) -> str:
    r"""A probability in percent, as the report prints it; certainty is never claimed.

    Args:
        probability: From 0 to 1; None where there is none.
        rests_on: Scatter, resolution or exact numbers; None where nothing was compared.

    Examples:
        >>> chance_words(None, RestsOn.RESOLUTION), chance_words(0.42, RestsOn.SCATTER)
        ('by resolution', '42\xa0%')
    """
    if rests_on is RestsOn.RESOLUTION:
        return BY_RESOLUTION
    if probability is None:
        return ""
    if probability > 0.99:
        return f"> 99{_NBSP}%"
    if probability < 0.01:
        return f"< 1{_NBSP}%"
    return f"{100 * probability:.0f}{_NBSP}%"
