"""Decide: the choice under one position of all controls, by the functions of the whole analysis.

Nothing statistical is here. A measure is turned into a resource, shared rows are divided, the
threshold and the volume replace those of the study, and then `recommend`, `compare` and
`break_even` are asked as they are for the report.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from breakeven.analysis.checks import rows_measured_once
from breakeven.analysis.costs.contenders import Contender, quality_bar
from breakeven.analysis.costs.payback import break_even
from breakeven.analysis.costs.recommend import Choice, recommend
from breakeven.analysis.deciding.changes import changes
from breakeven.analysis.deciding.ground import Ground
from breakeven.analysis.deciding.measures import measures_of
from breakeven.analysis.deciding.position import Position, position
from breakeven.analysis.deciding.saving import Saving, saving
from breakeven.analysis.deciding.settings import Settings, own_settings
from breakeven.analysis.deciding.sureness import Sureness, sureness
from breakeven.analysis.results import BreakEven, Recommendation
from breakeven.analysis.uncertain import Uncertain, as_estimate
from breakeven.records import Estimate

MOSTLY = 0.5
"""An average that rests on development measured once for more than this is shown with less digits
than its interval would allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One pathway in the order of choice.

    Attributes:
        pathway: Its name.
        average: Cost per item at the volume, development included.
        development: Total, shared rows divided.
        marginal: Cost per item in use.
        is_good_enough: Whether it reaches the quality asked for.
        score: In the metric's own scale.
        once_share: Share of the average that rows of development make up which this project
            measured once, so that their own scatter is in no interval.
    """

    pathway: str
    average: Estimate
    development: Estimate
    marginal: Estimate
    is_good_enough: bool
    score: float
    once_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows from one position of all controls.

    Attributes:
        settings: The position.
        recommendation: Who, at which cost, how sure, and why.
        sure: How sure that is which set the choice apart; None where no other comes next or may.
        break_even: The choice against the runner-up; None where there is none.
        break_evens: Every ordered pair that reaches a threshold, in the measure.
        saves: Over the whole volume, against the runner-up; None where there is none.
        changes: What would change the answer, most telling first; at most four sentences.
        bar: Lowest score that is good enough; None where nothing can be ranked.
        ranked: All that can be ranked, best choice first.
    """

    settings: Settings
    recommendation: Recommendation
    sure: Sureness | None
    break_even: BreakEven | None
    break_evens: tuple[BreakEven, ...]
    saves: Saving | None
    changes: tuple[str, ...]
    bar: float | None
    ranked: tuple[Ranked, ...]

    @property
    def mostly_once(self) -> tuple[str, ...]:
        """Choice and runner-up of whose average over half is development measured once."""
        named = (self.recommendation.pathway, self.recommendation.runner_up)
        shares = {each.pathway: each.once_share for each in self.ranked}
        return tuple(name for name in named if name and shares.get(name, 0.0) > MOSTLY)


def decide(ground: Ground, settings: Settings) -> Decision:
    """Choose under the settings, and say how sure, what it saves and what would change it.

    Args:
        ground: What was gathered.
        settings: Where the controls stand.

    Raises:
        UnknownNameError: If no pathway has a life in the measure, or none a row that is shared.
        ValueError: If the measure needs a number that nobody gave.

    Examples:
        >>> from breakeven.analysis.deciding.ground import ground_of
        >>> from breakeven.testing.runs import example_runs
        >>> found = decide(ground_of(*example_runs()), Settings(measure="cpu_s", volume=1e5))
        >>> found.recommendation.pathway, found.recommendation.runner_up
        ('TS', 'FT')
        >>> found.saves.sentence.split(" (")[0]
        'Over 100,000 examples TS saves 4.48 CPU min against FT'
    """
    here = position(ground, settings)
    return _around(here, recommend(here.definition, here.pathways), break_evens(here))


def own_decision(
    ground: Ground, recommendation: Recommendation, break_evens: Sequence[BreakEven]
) -> Decision | None:
    """The decision at the study's own settings around a recommendation that was made there.

    Args:
        ground: What was gathered.
        recommendation: At these settings.
        break_evens: Of every ordered pair, in any resource.

    Returns:
        None where no pathway has a life in the headline.

    Examples:
        >>> from breakeven.analysis.deciding.ground import ground_of
        >>> from breakeven.testing.runs import example_runs
        >>> ground = ground_of(*example_runs())
        >>> told = recommend(ground.definition, ground.pathways)
        >>> own_decision(ground, told, ()).settings.volume
        100000.0
    """
    own = own_settings(ground)
    if own.measure not in {measure.key for measure in measures_of(ground)}:
        return None
    told = tuple(b for b in break_evens if b.resource is recommendation.resource)
    return _around(position(ground, own), recommendation, told)


def _around(
    here: Position, recommendation: Recommendation, told: tuple[BreakEven, ...]
) -> Decision:
    choice = here.choice()
    return Decision(
        settings=here.settings,
        recommendation=recommendation,
        sure=_sure(recommendation, choice, _bar(here, choice)),
        break_even=_against(told, choice),
        break_evens=told,
        saves=_saves(here, choice),
        changes=changes(here, choice),
        bar=_bar(here, choice),
        ranked=tuple(_ranked(here, contender) for contender in choice.ranked),
    )


def break_evens(here: Position) -> tuple[BreakEven, ...]:
    """Every ordered pair that has a life in the measure and reaches a threshold asked for.

    Args:
        here: A study under some settings.

    Examples:
        >>> from breakeven.analysis.deciding.ground import ground_of
        >>> from breakeven.testing.runs import example_runs
        >>> asked = Settings(measure="cpu_s", volume=1e5, min_score=0.83)
        >>> here = position(ground_of(*example_runs()), asked)
        >>> [(found.candidate, found.verdict.value) for found in break_evens(here)]
        [('FT', 'cheaper only up to'), ('TS', 'finite')]
    """
    pairs = (here.pair(one, other) for one, other in permutations(here.valid, 2))
    volume = here.definition.planned_volume
    return tuple(break_even(pair, planned_volume=volume) for pair in pairs if pair is not None)


def _against(told: tuple[BreakEven, ...], choice: Choice) -> BreakEven | None:
    if choice.winner is None or choice.runner_up is None:
        return None
    names = (choice.winner.name, choice.runner_up.name)
    by_pair = {(found.candidate, found.incumbent): found for found in told}
    return by_pair.get(names) or by_pair.get(names[::-1])


def _sure(told: Recommendation, choice: Choice, bar: float | None) -> Sureness | None:
    return None if bar is None else sureness(told, choice, bar=bar)


def _saves(here: Position, choice: Choice) -> Saving | None:
    if choice.winner is None or choice.runner_up is None:
        return None
    pair = here.pair(choice.winner.cost, choice.runner_up.cost)
    assert pair is not None
    return saving(
        pair,
        volume=here.definition.planned_volume,
        is_equal=choice.runner_up.is_good_enough,
    )


def _bar(here: Position, choice: Choice) -> float | None:
    if not choice.contenders:
        return None
    return quality_bar(here.definition, [c.score for c in choice.contenders])


def _ranked(here: Position, contender: Contender) -> Ranked:
    resource, item = here.definition.headline, here.definition.item.value
    development = contender.cost.development(resource)
    marginal = contender.cost.marginal(resource)
    assert development is not None
    assert marginal is not None

    def told(amount: Uncertain, name: str, what: str) -> Estimate:
        return as_estimate(amount, f"{resource.value}{name}", what=what)

    return Ranked(
        pathway=contender.name,
        average=told(
            contender.average, f" per {item} over the volume", "(development + n x marginal) / n"
        ),
        development=told(development, "", "sum over rows"),
        marginal=told(marginal, f" per {item}", "mean per item"),
        is_good_enough=contender.is_good_enough,
        score=contender.score.value,
        once_share=_once_share(contender, here),
    )


def _once_share(contender: Contender, here: Position) -> float:
    """Share of an average that rests on development measured once; 0 of what costs nothing."""
    resource, rows = here.definition.headline, contender.cost.rows
    ran_once = set(rows_measured_once(rows))
    amounts = [row.amounts.get(resource) for row in rows if row.row in ran_once]
    whole = contender.average.value * here.definition.planned_volume
    return sum(a.value for a in amounts if a is not None) / whole if whole > 0 else 0.0
