"""Plain: a decision as values that JSON can hold, under the names that the page uses too."""

import math

from breakeven.analysis.deciding.decide import Decision, Ranked
from breakeven.analysis.deciding.payload import in_order
from breakeven.analysis.deciding.sureness import chance_words
from breakeven.analysis.results import BreakEven
from breakeven.records import Estimate, Kind, Origin

INFINITE = "inf"


def decision_plain(decision: Decision) -> dict[str, object]:
    r"""A decision under the keys of the page; infinite ends are the string "inf".

    Args:
        decision: Any.

    Examples:
        >>> from breakeven.analysis.deciding.decide import decide
        >>> from breakeven.analysis.deciding.ground import ground_of
        >>> from breakeven.testing.runs import example_runs
        >>> from breakeven.analysis.deciding.settings import Settings
        >>> asked = Settings(measure="cpu_s", volume=1e5)
        >>> found = decision_plain(decide(ground_of(*example_runs()), asked))
        >>> found["pathway"], found["probability_words"], found["break_even"]["verdict"]
        ('TS', '> 99\xa0%', 'finite')
    """
    told, saves, sure = decision.recommendation, decision.saves, decision.sure
    return {
        "measure": decision.settings.measure,
        "volume": told.volume,
        "pathway": told.pathway,
        "runner_up": told.runner_up,
        "average": _estimate(told.average),
        "runner_up_average": _estimate(told.runner_up_average),
        "probability": told.probability,
        "probability_words": chance_words(told.probability, told.rests_on),
        "sure": sure
        and {
            "of": sure.of.value,
            "label": sure.label,
            "text": sure.text,
            "detail": sure.detail,
            "may_reach": list(sure.may_reach),
        },
        "rests_on": told.rests_on and told.rests_on.value,
        "break_even": decision.break_even and _break_even(decision.break_even),
        "break_evens": [_break_even(found) for found in decision.break_evens],
        "saves": saves
        and {
            **_ends(saves.amount),
            "value": saves.amount.value,
            "sentence": saves.sentence,
            **_signs(saves.amount),
        },
        "changes": list(decision.changes),
        "reason": told.reason,
        "rule": told.rule,
        "covers": told.covers,
        "bar": decision.bar,
        "ranked": [_ranked(each) for each in decision.ranked],
    }


def _ranked(each: Ranked) -> dict[str, object]:
    return {
        "pathway": each.pathway,
        "average": _estimate(each.average),
        "development": _estimate(each.development),
        "marginal": _estimate(each.marginal),
        "is_good_enough": each.is_good_enough,
        "score": each.score,
        "once_share": each.once_share,
    }


def _break_even(found: BreakEven) -> dict[str, object]:
    return {
        "candidate": found.candidate,
        "incumbent": found.incumbent,
        "verdict": found.verdict.value,
        "value": found.estimate.value,
        **_ends(found.estimate),
        "sentence": found.sentence,
        **_signs(found.estimate),
    }


def _estimate(found: Estimate | None) -> dict[str, object] | None:
    return None if found is None else {"value": found.value, **_ends(found), **_signs(found)}


def _ends(found: Estimate) -> dict[str, object]:
    return {"low": _end(found.low), "high": _end(found.high), "level": found.level}


def _end(value: float | None) -> float | str | None:
    if value is None or math.isfinite(value):
        return value
    return INFINITE if value > 0 else f"-{INFINITE}"


def _signs(found: Estimate) -> dict[str, object]:
    return {"kinds": in_order(found.kinds, Kind), "origins": in_order(found.origins, Origin)}
