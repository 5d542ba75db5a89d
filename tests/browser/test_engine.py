"""The engine's distribution and its formatting, in a real browser, against scipy and Python."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from scipy import special, stats
from tests.browser.engine_page import ask

from breakeven import units
from breakeven.analysis.words import amount_words, scale_kind
from breakeven.records import Estimate, Resource
from breakeven.report import quantity

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

PRECISION = 1e-11
ADDITIVE = tuple(resource for resource in Resource if resource.is_additive)
SCRIPT = """
  var n = b.numbers, units = b.units, q = b.quantity, s = b.student;
  var places = [-3, -1, 0, 1, 3];
  return {
    student: inputs.points.map(function (p) {
      var df = number(p[1]);
      return [s.cdf(p[0], df), s.inverse(p[2], df), s.quantile(df)];
    }),
    numbers: inputs.numbers.map(function (x) {
      var v = number(x);
      var texts = [n.general(v, 3), n.general(v, 2), n.general(v, 1), n.percent(v, 0),
        n.fixed(v, 0), n.fixed(v, 2), n.grouped(n.fixed(v, 1)), units.formatCount(v)];
      return [texts, places.map(function (k) { return n.round(v, k); })];
    }),
    amounts: inputs.numbers.map(function (x) {
      return inputs.scales.map(function (scale) { return units.amountWords(scale, number(x)); });
    }),
    chances: inputs.chances.map(function (p) { return q.formatProbability(number(p)); }),
    estimates: inputs.estimates.map(function (e) {
      ["value", "low", "high"].forEach(function (key) { e[key] = number(e[key]); });
      var scale = inputs.scales[e.resource], short = { interval: false };
      var common = e.value === null ? null : q.commonScale([e.value, e.value * 50, 0], scale);
      return [q.formatEstimate(e, scale), q.formatEstimate(e, scale, short),
        q.formatEstimate(e, scale, { minDigits: 3, scale: common }), q.formatVolume(e),
        q.formatVolume(e, { interval: false, minDigits: 3 }), q.formatScore(e, true),
        q.formatScore(e, false, short), common ? common.symbol : ""];
    })
  };
"""


def _points() -> list[tuple[float, float, float]]:
    """(t, df, p): df from 0.5 to 1e7 and infinite, tails down to 1e-12, and near the middle."""
    rng = np.random.default_rng(20261122)
    dfs = [*(10 ** rng.uniform(math.log10(0.5), 7, 1200)), *map(float, rng.integers(1, 60, 600))]
    dfs += [math.inf] * 194 + [0.5, 1.0, 2.0, 1e7, 4.0, math.inf]
    tails = 10 ** rng.uniform(-12, math.log10(0.5), len(dfs))
    tails[-6:] = 1e-12
    shares = np.where(rng.random(len(dfs)) < 0.5, tails, 1 - tails)
    ts = special.stdtrit(dfs, shares)
    ts[::9] = rng.normal(size=len(ts[::9])) * 1e-3
    return [(float(t), float(df), float(p)) for t, df, p in zip(ts, dfs, shares, strict=True)]


def _numbers() -> list[float]:
    """Ties of every kind, powers of ten and their neighbours, both signs, huge, tiny, infinite."""
    rng = np.random.default_rng(7)
    found = [0.0, -0.0, math.inf, -math.inf, 0.125, 9.5, 99.5, 999.5, 0.05, 0.005, 1e21, 1e15]
    found += [5e-324, 1.7976931348623157e308, 2.5e20, 1e16, 123456789012345678.0]
    found += [int(k) / 2**m for m in range(1, 12) for k in rng.integers(-5000, 5000, 40)]
    found += [float(x) for x in rng.normal(size=1500) * 10 ** rng.uniform(-30, 30, 1500)]
    printed = rng.normal(size=1500) * 10 ** rng.uniform(-4, 8, 1500)
    found += [round(float(x), place % 6) for place, x in enumerate(printed)]
    found += [sign * 10.0**k for k in range(-40, 40) for sign in (1, -1)]
    found += [math.nextafter(10.0**k, end) for k in range(-20, 20) for end in (0.0, math.inf)]
    found += [float(5 * 10**k + 10 ** (k + 1) * j) for k in range(14) for j in range(20)]
    return found


def _estimates() -> list[Estimate]:
    rng = np.random.default_rng(11)
    found = []
    for place in range(3000):
        size = float(10 ** rng.uniform(-9, 14))
        value = (0.0, -size, size, size, float(f"{size:.2g}"))[place % 5]
        width = (abs(value) or 1.0) * float(10 ** rng.uniform(-4, 1.5))
        low, high = value - width, value + width * float(rng.uniform(0.2, 3))
        ends: tuple[float | None, float | None] = (
            (max(0.0, low) if value >= 0 else low, high),
            (low, high),
            (float(f"{low:.2g}"), float(f"{high:.2g}")),
            (low, math.inf),
            (value, value),
            (None, None),
        )[place % 6]
        level = 0.95 if rng.random() < 0.6 else None
        found.append(_estimate(value if place % 97 else None, *ends, level=level))
    return found


def _estimate(
    value: float | None, low: float | None, high: float | None, *, level: float | None
) -> Estimate:
    return Estimate(
        name="x", value=value, low=low, high=high, level=level, method="", n=1, kinds=()
    )


POINTS, NUMBERS, ESTIMATES = _points(), _numbers(), _estimates()
CHANCES = [None, 0.0, 1.0, 0.99, 0.01, 0.985, 0.125, 0.5, *np.linspace(0, 1, 201).tolist()]


@pytest.fixture(scope="module")
def seen(browser: str, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    inputs = {
        "points": POINTS,
        "numbers": NUMBERS,
        "scales": [asdict(scale_kind(resource)) for resource in ADDITIVE],
        "chances": CHANCES,
        "estimates": [
            {
                "value": e.value,
                "low": e.low,
                "high": e.high,
                "level": e.level,
                "resource": place % len(ADDITIVE),
            }
            for place, e in enumerate(ESTIMATES)
        ],
    }
    return ask(browser, tmp_path_factory.mktemp("engine"), inputs, SCRIPT)


def test_the_engine_runs_without_a_complaint(seen: Mapping[str, Any]) -> None:
    assert seen["errors"] == []


def test_students_distribution_is_scipys(seen: Mapping[str, Any]) -> None:
    ts, dfs, _ = np.array(POINTS).T

    found = np.array([row[0] for row in seen["student"]], dtype=float)

    np.testing.assert_allclose(found, stats.t.cdf(ts, dfs), rtol=PRECISION, atol=0)


def test_students_quantiles_are_scipys(seen: Mapping[str, Any]) -> None:
    _, dfs, shares = np.array(POINTS).T
    found = np.array([row[1:] for row in seen["student"]], dtype=float)

    np.testing.assert_allclose(found[:, 0], special.stdtrit(dfs, shares), rtol=PRECISION, atol=0)
    np.testing.assert_allclose(found[:, 1], special.stdtrit(dfs, 0.975), rtol=PRECISION, atol=0)


def test_numbers_are_written_as_python_writes_them(seen: Mapping[str, Any]) -> None:
    writes: tuple[Callable[[float], str], ...] = (
        *(lambda v, spec=spec: format(v, spec) for spec in (".3g", ".2g", ".1g")),
        *(lambda v, spec=spec: format(v, spec) for spec in (".0%", ".0f", ".2f", ",.1f")),
        units.format_count,
    )

    found = [row[0] for row in seen["numbers"]]

    assert found == [[write(v) for write in writes] for v in NUMBERS]


def test_numbers_are_rounded_as_python_rounds_them(seen: Mapping[str, Any]) -> None:
    found = [[float(x) for x in row[1]] for row in seen["numbers"]]

    assert found == [[round(v, k) for k in (-3, -1, 0, 1, 3)] for v in NUMBERS]


def test_amounts_are_written_in_the_units_of_sentences(seen: Mapping[str, Any]) -> None:
    assert seen["amounts"] == [[amount_words(r, v) for r in ADDITIVE] for v in NUMBERS]


def test_probabilities_are_written_as_the_report_writes_them(seen: Mapping[str, Any]) -> None:
    assert seen["chances"] == [quantity.format_probability(p) for p in CHANCES]


def test_estimates_are_written_as_the_report_writes_them(seen: Mapping[str, Any]) -> None:
    written = [_written(e, ADDITIVE[place % len(ADDITIVE)]) for place, e in enumerate(ESTIMATES)]

    assert seen["estimates"] == written


def _written(estimate: Estimate, resource: Resource) -> list[str]:
    value = estimate.value
    common = None if value is None else quantity.common_scale([value, value * 50, 0.0], resource)
    return [
        quantity.format_estimate(estimate, resource),
        quantity.format_estimate(estimate, resource, interval=False),
        quantity.format_estimate(estimate, resource, min_digits=3, scale=common),
        quantity.format_volume(estimate),
        quantity.format_volume(estimate, interval=False, min_digits=3),
        quantity.format_score(estimate, "accuracy"),
        quantity.format_score(estimate, "bleu", interval=False),
        common.symbol if common else "",
    ]
