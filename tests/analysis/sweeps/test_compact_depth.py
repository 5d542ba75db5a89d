"""Compact with depth: a known formula comes back, and held-out configurations are foretold."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.analysis.runs.sources import source
from breakeven.analysis.sweeps.compact_configurations import sweeps
from breakeven.analysis.sweeps.compact_depth import Configuration, depth_fit, error_words
from breakeven.testing.factorial import factorial_runs

FACTORS = {"fp32": 1.0, "fp16": 0.4, "int8": 0.3}


def cost(tokens: float, precision: str, n_layers: float, *, share: float = 0.9) -> float:
    return (2.0 + 0.1 * tokens) * FACTORS[precision] * (1 - share * (1 - n_layers / 12))


def grid(share: float = 0.9, noise: float = 0.0, seed: int = 1) -> list[Configuration]:
    rng = np.random.default_rng(seed)
    return [
        Configuration(
            label=f"{tokens}/{precision}/{n_layers}",
            tokens=tokens,
            precision=precision,
            n_layers=n_layers,
            cost=cost(tokens, precision, n_layers, share=share)
            * float(np.exp(rng.normal(0, noise))),
        )
        for tokens in (16.0, 32.0, 64.0, 128.0)
        for precision in FACTORS
        for n_layers in (12.0, 6.0)
    ]


@settings(max_examples=20)
@given(st.floats(0.0, 1.0))
def test_the_formula_comes_back_whatever_goes_with_the_depth(share: float) -> None:
    fit = depth_fit(grid(share))
    assert fit is not None
    assert fit.surface.depth_share == pytest.approx(share, abs=1e-5)
    assert fit.surface.base.intercept == pytest.approx(2.0, rel=1e-4)
    assert fit.surface.base.factors["int8"] == pytest.approx(0.3, rel=1e-4)
    assert max(fit.errors_frac()) < 1e-4


def test_the_jackknife_holds_the_truth_about_as_often_as_promised() -> None:
    fits = [depth_fit(grid(noise=0.05, seed=seed)) for seed in range(40)]
    shares = [next(p for p in f.parameters if "layers" in p.name) for f in fits if f is not None]
    covered = np.mean([(p.low or 0) <= 0.9 <= (p.high or 0) for p in shares])
    assert covered >= 0.88


def test_a_held_out_configuration_is_foretold_without_any_measurement_of_it() -> None:
    found = grid()
    odd = [replace(found[0], cost=10 * found[0].cost), replace(found[0], cost=12 * found[0].cost)]
    fit = depth_fit([*odd, *found[1:]])
    assert fit is not None
    told = [point.foretold for point in fit.points[:2]]
    assert told == pytest.approx([cost(16, "fp32", 12)] * 2, rel=1e-4)


def test_what_the_others_do_not_know_is_not_foretold() -> None:
    only = Configuration(label="", tokens=32, precision="bf16", n_layers=12, cost=1.0)
    fit = depth_fit([*grid(), only])
    assert fit is not None
    assert fit.points[-1].foretold is None
    assert len(fit.errors_frac()) == len(fit.points) - 1


def test_without_depths_it_is_a_line_times_a_factor() -> None:
    flat = [replace(c, n_layers=None) for c in grid() if c.n_layers == 12]
    fit = depth_fit(flat)
    assert fit is not None
    assert [p.name for p in fit.parameters][-1] == "int8 over fp32"
    assert max(fit.errors_frac()) < 1e-6


def test_too_few_configurations_and_costs_of_nothing_are_refused() -> None:
    assert depth_fit([]) is None
    assert depth_fit(grid()[:4]) is None
    with pytest.raises(ValueError, match="a cost of 0 has no relative error"):
        depth_fit([replace(c, cost=0.0) for c in grid()])


def test_a_store_gives_the_configurations_of_its_sweep() -> None:
    """The invented factorial study: 45 % of the cost at half precision, linear in the tokens."""
    definition, runs = factorial_runs()
    (first, *_) = sweeps(source("store", runs, [definition]), study=definition.name)
    fit = depth_fit(first.configurations)
    assert fit is not None
    halves = {p.name: p.value for p in fit.parameters}
    assert halves["fp16 over fp32"] == pytest.approx(0.45, rel=0.03)
    assert max(fit.errors_frac()) < 0.05
    assert error_words(fit.errors_frac()).endswith("% at most")
