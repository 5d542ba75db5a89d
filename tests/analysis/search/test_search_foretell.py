"""Foretelling: what is plain is foretold, what is not is noticed."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.search.cell import Cell, Features, cell_of
from breakeven.analysis.search.foretell import Foretelling, foretell, probes
from breakeven.analysis.search.rules import Rules
from breakeven.analysis.search.skipping import Scene, hopeless, outdone
from breakeven.analysis.search.standing import Standing

LENGTHS = (64, 128, 192, 256, 384)


def windows(cost_of: dict[int, float], *, noise: float = 0.0) -> Foretelling:
    """Fit three batch sizes of each length."""
    rng = np.random.default_rng(0)
    cells = [cell_of("FT", {"max_length": n, "batch_size": b}) for n in LENGTHS for b in (4, 8, 16)]
    costs = [cost_of[int(c.features.length)] * c.features.batch**-0.2 for c in cells]
    return foretell(cells, np.log(costs) + rng.normal(scale=noise, size=len(cells)))


def test_a_cost_that_follows_a_line_is_foretold_between_lengths() -> None:
    fit = windows({n: 3.0 + 0.1 * n for n in LENGTHS})
    between = cell_of("FT", {"max_length": 320, "batch_size": 4})

    assert fit.report.is_length_plain
    assert abs(np.exp(fit.log_costs([between]))[0] / (35.0 * 4**-0.2) - 1) < 1e-6


def test_a_cost_that_falls_and_rises_is_noticed_and_lengths_between_are_not_foretold() -> None:
    fit = windows({64: 9.0, 128: 6.0, 192: 5.0, 256: 6.0, 384: 9.0}, noise=0.05)
    between = cell_of("FT", {"max_length": 320, "batch_size": 4})

    assert not fit.report.is_length_plain
    assert fit.report.p_length is not None
    assert fit.report.p_length < 0.001
    assert np.isnan(fit.log_costs([between])[0])


def test_no_length_is_skipped_for_another_where_cost_does_not_follow_a_line() -> None:
    costs = {64: 90.0, 128: 6.0, 192: 5.0, 256: 6.0, 384: 90.0}
    fit = windows(costs, noise=0.02)
    reference = cell_of("FT", {"max_length": 192, "batch_size": 16})
    known = [standing(reference, 5.0 * 16**-0.2)]
    other = cell_of("FT", {"max_length": 384, "batch_size": 8})

    assert hopeless(fit, known, [other], reference=reference) == {}


def test_what_is_foretold_to_be_dearer_than_the_reference_is_hopeless_on_a_line() -> None:
    fit = windows({n: 3.0 + 0.1 * n for n in LENGTHS}, noise=0.02)
    reference = cell_of("FT", {"max_length": 64, "batch_size": 16})
    known = [standing(reference, 9.4 * 16**-0.2)]
    other = cell_of("FT", {"max_length": 384, "batch_size": 8})

    skipped = hopeless(fit, known, [other], reference=reference)

    assert skipped[other.name].startswith("foretold 5.")
    assert skipped[other.name].endswith(f"times as dear as {reference.name}")


def test_an_unmeasured_level_is_not_foretold() -> None:
    fit = windows({n: 3.0 + 0.1 * n for n in LENGTHS})

    assert np.isnan(fit.log_costs([cell_of("TS", {"max_length": 64, "batch_size": 8})])[0])
    assert np.isnan(fit.log_costs([cell_of("FT", {"max_length": 512, "batch_size": 8})])[0])


def test_a_product_of_terms_is_kept_only_where_it_pays() -> None:
    cells = [
        cell_of(route, {"max_length": n, "batch_size": b})
        for route in ("FT", "OV")
        for n in (16, 32, 64)
        for b in (1, 4, 16)
    ]
    additive = np.array([np.log(c.features.length) + 0.3 * (c.route == "OV") for c in cells])
    steeper = additive + [np.log(c.features.batch) * (c.route == "OV") for c in cells]
    noise = np.random.default_rng(0).normal(scale=0.02, size=len(cells))

    assert not any(" x " in term for term in foretell(cells, additive + noise).report.terms)
    assert "batch x route" in foretell(cells, steeper + noise).report.terms


def test_the_error_is_that_of_cells_left_out() -> None:
    """Two costs at each of two batches: each foretold by the rest of a saturated pair of means."""
    cells = [
        Cell(route=route, settings={"sorted": sorted_})
        for route in ("A", "B")
        for sorted_ in (True, False)
    ]
    fit = foretell(cells, np.array([0.0, 0.2, 1.0, 1.2]))

    # means 0.1 and 1.1; left out, each is foretold by the other of its route: an error of 0.2
    assert abs(fit.error - 0.2) < 1e-9


@given(st.integers(min_value=1, max_value=60), st.integers(min_value=0, max_value=5))
def test_probes_are_different_cells_and_cover_every_level(n: int, seed: int) -> None:
    cells = [
        cell_of("FT" if i % 2 else "TS", {"max_length": 16 * (1 + i % 3), "batch_size": 1 + i})
        for i in range(n)
    ]

    chosen = probes(cells, np.random.default_rng(seed))

    assert len(set(chosen)) == len(chosen) <= n
    assert {cells[i].route for i in chosen} == {cell.route for cell in cells}


def standing(cell: Cell, cost: float) -> Standing:
    return Standing(cell=cell, costs=np.array([cost, cost]), answers=np.ones(4), front=1.0, round=1)


def test_probes_use_a_route_again_rather_than_make_another_that_tells_no_more() -> None:
    """Three routes of one kind: all there is to learn is learnt on whichever came first."""
    cells = [
        Cell(
            route=route,
            settings={"max_length": length},
            features=Features(length=length, levels={"route": "one kind"}),
        )
        for route in ("a", "b", "c")
        for length in range(8, 56)
    ]
    chosen = probes(cells, np.random.default_rng(0), least=24)
    routes = [cells[place].route for place in chosen[:24]]
    assert len(set(routes)) == 1


def outdone_by(left: Cell, *, quality: float, cost: float = 0.1) -> dict[str, str]:
    """Against one that answers alike and costs more, and a rival of another route."""
    fit = windows({n: 3.0 + 0.1 * n for n in LENGTHS}, noise=0.02)
    alike = cell_of("FT", {"max_length": 64, "batch_size": 4})
    rival = cell_of("OV8", {"max_length": 64, "batch_size": 16})
    places = np.arange(200, dtype=float)
    known = [
        replace(standing(alike, 9.4 * 4**-0.2), answers=np.where(places < 180, 1.0, 0.0)),
        replace(standing(rival, cost), answers=np.where(places < 200 * quality, 1.0, 0.0)),
    ]
    at = Scene(sources=np.arange(200), slack=0.1, rules=Rules(max_drop=0.01))
    return outdone(fit, known, [left], np.random.default_rng(1), at=at)


def test_what_a_cheaper_route_answers_as_well_is_not_measured() -> None:
    dear = cell_of("FT", {"max_length": 64, "batch_size": 16})

    told = outdone_by(dear, quality=0.95)

    assert told == {dear.name: "something cheaper is foretold to be as good in 100% of draws"}


def test_what_a_worse_or_dearer_route_alone_could_replace_is_measured() -> None:
    dear = cell_of("FT", {"max_length": 64, "batch_size": 16})

    assert outdone_by(dear, quality=0.6) == {}
    assert outdone_by(dear, quality=0.95, cost=100.0) == {}


def test_of_a_length_without_answers_nothing_is_said() -> None:
    assert outdone_by(cell_of("FT", {"max_length": 128, "batch_size": 16}), quality=0.95) == {}
