"""Two pathways compared by the engine, in a real browser, against the functions of the analysis."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from tests.browser.engine_page import ask, assert_alike

from breakeven.analysis.costs.comparison import Comparison
from breakeven.analysis.costs.fieller import VolumeSet, bounds_set, fieller_set, plug_in_df
from breakeven.analysis.costs.payback import break_even
from breakeven.analysis.uncertain import Uncertain, as_estimate, is_same
from breakeven.analysis.words import less_of, resource_words, scale_kind
from breakeven.records import Item, Resource

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

PRECISION = 1e-9
VOLUME = 1e6
ONCE_ONLY: tuple[tuple[str, ...], ...] = ((), ("ta",), ("ta", "ts"))
SCRIPT = """
  var u = b.uncertain, f = b.fieller;
  function set(found) {
    return [found.isDenominatorClear].concat(found.spans.map(function (s) {
      return [s.low, s.high];
    }));
  }
  function flat(x) { return [x.value, x.low, x.high, x.variance, x.curvature]; }
  return { pairs: inputs.pairs.map(function (each) {
    var extra = u.from(each.extra.map(number)), saved = u.from(each.saved.map(number));
    var pair = { candidate: "TS", incumbent: "FT", extra: extra, saved: saved,
      onceOnly: each.once_only };
    var found = f.breakEven(extra, saved), shown = u.asEstimate(u.sum(extra, saved));
    return {
      sum: flat(u.sum(extra, saved)), minus: flat(u.minus(extra, saved)),
      scaled: flat(u.scaled(extra, -2.5)), df: u.df(u.sum(extra, saved)),
      interval: u.interval(saved), shown: [shown.value, shown.low, shown.high, shown.level],
      is_same: u.isSame([extra, saved]), plug_in_df: f.plugInDf(extra, saved),
      fieller: set(f.fiellerSet(extra, saved)), strict: set(f.fiellerSet(extra, saved, 0.99)),
      bounds: set(f.boundsSet(extra, saved)), verdict: found.verdict,
      ends: [found.value, found.low, found.high, found.level],
      probability: f.probabilityCheaper(extra, saved, inputs.volume),
      sentence: b.words.breakEvenSentence(pair, found, each.terms)
    };
  }) };
"""


def _amount(rng: np.random.Generator, kind: int) -> Uncertain:
    """One of every sort: exact, 0, by resolution, with scatter, hugely in doubt, hardly at all."""
    value = float(rng.normal() * 10 ** rng.uniform(-9, 9))
    size = abs(value)
    if kind == 0:
        return Uncertain.exact((0.0, value, -0.0, 1e-40, -1e40)[int(rng.integers(5))])
    if kind == 1:
        low, high = value - size * float(rng.uniform(0, 2)), value + size * float(rng.uniform(0, 2))
        return Uncertain(value=value, low=low, high=high, variance=(high - low) ** 2 / 12)
    half = size * float(10 ** rng.uniform(-12 if kind == 2 else -2, 1))
    variance, df = half**2, float(rng.choice([0.7, 1, 2, 4, 9.3, 40, 1e6]))
    value = value if rng.random() < 0.95 else 0.0
    return Uncertain(
        value=value,
        low=value - half / 9,
        high=value + half / 9,
        variance=variance,
        curvature=variance**2 / df,
    )


def _pairs() -> list[Comparison]:
    rng = np.random.default_rng(1954)
    found = []
    for place in range(1200):
        extra = _amount(rng, int(rng.integers(4)))
        saved = _amount(rng, int(rng.integers(4))).scaled(1 / VOLUME)
        if place % 40 == 0:
            saved = extra.scaled(float(rng.choice([1.0, -1.0, 1e-6, 0.0])))
        resources = [resource for resource in Resource if resource.is_additive]
        found.append(
            Comparison(
                candidate="TS",
                incumbent="FT",
                resource=resources[place % len(resources)],
                item=list(Item)[place % len(Item)],
                extra=extra,
                saved=saved,
                once_only=ONCE_ONLY[place % 3],
            )
        )
    return found


PAIRS = _pairs()


def _flat(amount: Uncertain) -> list[float]:
    return [amount.value, amount.low, amount.high, amount.variance, amount.curvature]


def _input(pair: Comparison) -> dict[str, object]:
    return {
        "extra": _flat(pair.extra),
        "saved": _flat(pair.saved),
        "once_only": pair.once_only,
        "terms": {
            "words": {"name": resource_words(pair.resource), "less": less_of(pair.resource)},
            "scale": asdict(scale_kind(pair.resource)),
            "item": {"one": pair.one, "many": pair.many},
        },
    }


@pytest.fixture(scope="module")
def seen(browser: str, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Mapping[str, Any]]:
    inputs = {"volume": VOLUME, "pairs": [_input(pair) for pair in PAIRS]}
    found = ask(browser, tmp_path_factory.mktemp("pairs"), inputs, SCRIPT)
    assert found["errors"] == []
    pairs: Sequence[Mapping[str, Any]] = found["pairs"]
    return pairs


def _is_chance(found: float, expected: float) -> bool:
    """Alike to the precision promised, but for scipy's own error of 1.6e-9 at 0.5 with one df."""
    is_even = math.isclose(expected, 0.5, abs_tol=1e-7)
    return math.isclose(found, expected, rel_tol=PRECISION, abs_tol=2e-9 if is_even else 0.0)


def _set(volumes: VolumeSet) -> list[object]:
    return [volumes.is_denominator_clear, *([span.low, span.high] for span in volumes.spans)]


def test_uncertain_numbers_add_up_as_in_python(seen: Sequence[Mapping[str, Any]]) -> None:
    for pair, found in zip(PAIRS, seen, strict=True):
        extra, saved = pair.extra, pair.saved
        shown = as_estimate(extra + saved, "x", what="")

        assert_alike(found["sum"], _flat(extra + saved), str(pair))
        assert_alike(found["minus"], _flat(extra - saved), str(pair))
        assert_alike(found["scaled"], _flat(extra.scaled(-2.5)), str(pair))
        assert_alike(found["df"], (extra + saved).df, str(pair))
        assert_alike(found["interval"], saved.interval(), str(pair))
        assert_alike(found["shown"], [shown.value, shown.low, shown.high, shown.level], str(pair))
        assert found["is_same"] is is_same(extra, saved)


def test_sets_of_volumes_are_those_of_python(seen: Sequence[Mapping[str, Any]]) -> None:
    for pair, found in zip(PAIRS, seen, strict=True):
        extra, saved = pair.extra, pair.saved

        assert_alike(found["plug_in_df"], plug_in_df(extra, saved), str(pair))
        assert_alike(found["fieller"], _set(fieller_set(extra, saved)), str(pair))
        assert_alike(found["strict"], _set(fieller_set(extra, saved, level=0.99)), str(pair))
        assert_alike(found["bounds"], _set(bounds_set(extra, saved)), str(pair))


def test_verdicts_volumes_and_chances_are_those_of_python(
    seen: Sequence[Mapping[str, Any]],
) -> None:
    for pair, found in zip(PAIRS, seen, strict=True):
        told = break_even(pair, planned_volume=VOLUME)
        ends = told.estimate

        assert found["verdict"] == told.verdict.value, pair
        assert_alike(found["ends"], [ends.value, ends.low, ends.high, ends.level], str(pair))
        chance = told.probability_before_planned
        assert chance is not None
        assert _is_chance(found["probability"], chance), pair


def test_sentences_are_those_of_python(seen: Sequence[Mapping[str, Any]]) -> None:
    for pair, found in zip(PAIRS, seen, strict=True):
        assert found["sentence"] == break_even(pair, planned_volume=VOLUME).sentence


def test_the_pairs_hold_every_verdict_and_every_shape_of_set() -> None:
    told = [break_even(pair, planned_volume=VOLUME).verdict.value for pair in PAIRS]
    shapes = {len(fieller_set(pair.extra, pair.saved).spans) for pair in PAIRS}

    assert min(told.count(verdict) for verdict in set(told)) >= 20
    assert len(set(told)) == 5
    assert shapes == {0, 1, 2}
