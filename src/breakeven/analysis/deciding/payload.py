"""Payload: all that the page needs to decide anew, as plain values; nothing in it is rounded.

An amount is `[value, low, high, variance, curvature]` as in `Uncertain`: the value, its worst-case
bounds by resolution, the variance of the value and the sum of variance**2 / degrees of freedom,
which is 0 where there is no scatter. Keys of the whole:

- `study`, `item {one, many}`, `planned_volume`, `is_measured_only` (then nothing assumed may enter:
  no tasks above 1, no PUE above 1, no price, no factor).
- `metric {name, words, constant, least, side}`: `constant` names the class of the constant answer
  ("commonest"), `least` is "at least" or "at most", `side` "below" or "above".
- `min_score`: the study's own threshold, or null where its tolerance decides.
- `constants`: confidence level, what counts as clear, the roundings of the analysis, and kinds and
  origins in the order in which they are listed.
- `settings`: where the controls stand at first; `bounds`: `[low, high]` of each number.
- `rows [{row, stage}]`: those that tasks may share.
- `pathways [...]` in the order of the study: `name`; `score`, null where absent; `product`, the
  score turned so that more is better; `interval {low, high, is_lone}` of it, null where it has
  none, and whether it is of one training; `is_above_majority`, null where that cannot be said;
  `bar {value, words}`: what is good enough where this pathway scores best and the study's tolerance
  decides, null without a score; `is_fetched`: its development is fetching alone; `rows [{row,
  is_once}]`: its development, ancestors first, and whether a row was measured here and ran once.
- `unclear {pathway: {other: words}}`: what follows a difference of their scores where it is in
  doubt; pairs without such words are absent.
- `measures [...]`, headline first: `key`, `base`, `label`, `place` (rank in sentences); `factor
  {by, per}`: amounts are those of `base` times the product of the settings `by` over `per`;
  `words {name, less}` and `scale {kind, unit, prefix}` for sentences, in which `{currency}` stands
  for that of the settings; `pathways`, those that take part, in the order of the study.
- `amounts {base: {...}}`: `rows {pathway: {row: amount}}`, `marginal {pathway: amount}`, `saved
  {pathway: {other: amount}}` (use per item of the other less that of the pathway, paired; for each
  two in one direction, negate for the other), `signs {pathway: {rows {row: {kinds, origins}},
  marginal {kinds, origins}}}`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from breakeven.analysis.checks import rows_measured_once
from breakeven.analysis.costs import contenders, product
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.payback import CLEAR
from breakeven.analysis.costs.reasons import bar_words, unclear_words
from breakeven.analysis.deciding.ground import Ground
from breakeven.analysis.deciding.measures import Measure, measures_of, takes_part
from breakeven.analysis.deciding.settings import MAX_PUE, MAX_TASKS, own_settings
from breakeven.analysis.scoring.metric_words import constant_words, metric_words
from breakeven.analysis.scoring.scores import PathwayScore, is_above
from breakeven.analysis.uncertain import LEVEL, ROUNDING_FRAC, Uncertain
from breakeven.analysis.words import (
    item_words,
    less_of,
    one_item,
    resource_words,
    scale_kind,
)
from breakeven.records import Kind, Origin, Resource, Stage, StudyDefinition

MOST_VOLUME = 1e15
_MONEY = Resource.PRICE_EUR


def decision_data(ground: Ground) -> dict[str, object]:
    """Everything the report's controls compute with, as values that JSON can hold.

    Args:
        ground: What was gathered.

    Examples:
        >>> study = StudyDefinition(name="s", pathways=())
        >>> found = decision_data(Ground(definition=study, pathways=(), resources=()))
        >>> found["item"], found["measures"]
        ({'one': 'example', 'many': 'examples'}, [])
    """
    definition = ground.definition
    measures = measures_of(ground)
    return {
        "study": definition.name,
        "item": {"one": one_item(definition.item), "many": item_words(definition.item)},
        "planned_volume": definition.planned_volume,
        "is_measured_only": ground.is_measured_only,
        "metric": _metric(ground),
        "min_score": definition.min_score,
        "constants": {
            "level": LEVEL,
            "clear": CLEAR,
            "rounding_frac": ROUNDING_FRAC,
            "rank_rounding": contenders.ROUNDING,
            "reach_rounding": product.ROUNDING,
            "kinds": [kind.value for kind in Kind],
            "origins": [origin.value for origin in Origin],
        },
        "settings": own_settings(ground).to_data(),
        "bounds": _bounds(),
        "rows": _rows(ground),
        "pathways": [_pathway(p, definition) for p in ground.pathways],
        "unclear": _unclear(ground.pathways),
        "measures": [_measure(m, ground) for m in measures],
        "amounts": {
            base.value: _amounts(ground.pathways, base)
            for base in dict.fromkeys(m.base for m in measures)
        },
    }


def _bounds() -> dict[str, list[float]]:
    return {
        "volume": [1.0, MOST_VOLUME],
        "tasks": [1, MAX_TASKS],
        "pue": [1.0, MAX_PUE],
        "price_per_kwh": [0.0, 100.0],
        "price_per_hour": [0.0, 10_000.0],
        "grid_g_per_kwh": [0.0, 10_000.0],
    }


def _metric(ground: Ground) -> dict[str, object]:
    name = ground.definition.metric
    scores = [p.score for p in ground.pathways if p.score is not None]
    is_more_better = all(score.higher_is_better for score in scores)
    return {
        "name": name,
        "words": metric_words(name),
        "constant": constant_words(name),
        "least": "at least" if is_more_better else "at most",
        "side": "below" if is_more_better else "above",
    }


def _rows(ground: Ground) -> list[dict[str, object]]:
    stages = {row.row: row.stage for p in ground.pathways for row in p.rows}
    return [{"row": row, "stage": stages[row].value} for row in ground.rows]


def _pathway(pathway: PathwayCost, definition: StudyDefinition) -> dict[str, object]:
    score, ran_once = pathway.score, set(rows_measured_once(pathway.rows))
    tolerant = replace(definition, min_score=None)
    return {
        "name": pathway.name,
        "score": score and score.value,
        "product": score and score.product,
        "interval": _interval(pathway.scored),
        "is_above_majority": is_above(pathway.scored, definition.constant_score),
        "bar": score
        and {
            "value": contenders.quality_bar(tolerant, [score]),
            "words": bar_words([score], tolerant),
        },
        "is_fetched": {row.stage for row in pathway.rows} == {Stage.FETCH},
        "rows": [{"row": row.row, "is_once": row.row in ran_once} for row in pathway.rows],
    }


def _interval(scored: PathwayScore | None) -> dict[str, object] | None:
    interval = None if scored is None else scored.interval
    if scored is None or interval is None:
        return None
    is_lone = scored.n_seeds == 1 and not scored.is_stated
    return {"low": interval.low, "high": interval.high, "is_lone": is_lone}


def _unclear(pathways: Sequence[PathwayCost]) -> dict[str, dict[str, str]]:
    told = {
        left.name: {
            right.name: words
            for right in pathways
            if right is not left and (words := unclear_words(left.scored, right.scored))
        }
        for left in pathways
    }
    return {name: others for name, others in told.items() if others}


def _measure(measure: Measure, ground: Ground) -> dict[str, object]:
    resource = _MONEY if measure.is_money else measure.into or measure.base
    kind = scale_kind(resource)
    return {
        "key": measure.key,
        "place": measure.place,
        "base": measure.base.value,
        "label": measure.label or resource_words(resource),
        "factor": {"by": list(measure.by), "per": measure.per},
        "words": {
            "name": _any_currency(measure, resource_words(resource)),
            "less": _any_currency(measure, less_of(resource)),
        },
        "scale": {
            "kind": kind.kind,
            "unit": _any_currency(measure, kind.unit),
            "prefix": kind.prefix,
        },
        "pathways": [p.name for p in takes_part(measure, ground.pathways)],
    }


def _any_currency(measure: Measure, text: str) -> str:
    return text.replace("EUR", "{currency}") if measure.is_money else text


def _amounts(pathways: Sequence[PathwayCost], base: Resource) -> dict[str, object]:
    living = [p for p in pathways if p.has_life(base)]
    return {
        "rows": {p.name: dict(_row_amounts(p, base)) for p in living},
        "marginal": {p.name: amount_data(_known(p.marginal(base))) for p in living},
        "saved": {
            left.name: saved for left in living if (saved := dict(_savings(left, living, base)))
        },
        "signs": {p.name: _signs(p, base) for p in living},
    }


def _row_amounts(pathway: PathwayCost, base: Resource) -> Iterator[tuple[str, list[float]]]:
    for row in pathway.rows:
        if base in row.amounts:
            yield row.row, amount_data(row.amounts[base])


def _savings(
    left: PathwayCost, living: Sequence[PathwayCost], base: Resource
) -> Iterator[tuple[str, list[float]]]:
    for one, other in combinations(living, 2):
        if one is left:
            yield other.name, amount_data(_known(other.use_difference(one, base)))


def _signs(pathway: PathwayCost, base: Resource) -> dict[str, object]:
    return {
        "rows": {row.row: _sign(row.amounts[base]) for row in pathway.rows if base in row.amounts},
        "marginal": _sign(_known(pathway.marginal(base))),
    }


def _sign(amount: Uncertain) -> dict[str, list[str]]:
    return {"kinds": in_order(amount.kinds, Kind), "origins": in_order(amount.origins, Origin)}


def in_order(found: Sequence[str], every: type[Kind] | type[Origin]) -> list[str]:
    """Kinds or origins in the order in which records list them, each once.

    Args:
        found: Those that entered.
        every: Kind or Origin.

    Examples:
        >>> in_order([Kind.ASSUMED, Kind.MEASURED], Kind)
        ['measured', 'assumed']
    """
    return [member.value for member in every if member in found]


def amount_data(amount: Uncertain) -> list[float]:
    """An amount with its doubts as five numbers.

    Args:
        amount: Of a row, per item, or a difference of those.

    Examples:
        >>> amount_data(Uncertain.exact(2.0))
        [2.0, 2.0, 2.0, 0.0, 0.0]
    """
    return [amount.value, amount.low, amount.high, amount.variance, amount.curvature]


def _known(amount: Uncertain | None) -> Uncertain:
    assert amount is not None
    return amount
