"""One formula for length and precision: exact costs come back, others are foretold."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.overview import analyse
from breakeven.analysis.sweeps.compact import surface
from breakeven.analysis.sweeps.findings import CompactFit, SweepFindings
from breakeven.records import Run
from breakeven.report import tables
from breakeven.report.inference import themes
from breakeven.testing.factorial import factorial_runs

PRECISIONS = ("fp32", "fp16", "bf16")


def findings(runs: tuple[Run, ...]) -> SweepFindings:
    definition, _ = factorial_runs()
    return analyse(definition, runs).findings[0]


def fitted() -> CompactFit:
    _, runs = factorial_runs()
    found = findings(runs).compact
    assert found is not None
    return found


@given(
    intercept=st.floats(min_value=0.0, max_value=10.0),
    slope=st.floats(min_value=0.1, max_value=10.0),
    factors=st.tuples(*[st.floats(min_value=0.05, max_value=3.0)] * 2),
    lengths=st.lists(st.integers(1, 512), min_size=3, max_size=6, unique=True),
)
def test_a_sweep_that_follows_the_formula_gives_it_back(
    *, intercept: float, slope: float, factors: tuple[float, float], lengths: list[int]
) -> None:
    of = dict(zip(PRECISIONS, (1.0, *factors), strict=True))
    cells = [(float(length), name) for name in PRECISIONS for length in lengths]
    costs = [(intercept + slope * x) * of[name] for x, name in cells]
    found = surface([x for x, _ in cells], [name for _, name in cells], costs)
    told = [found.at(x, name) for x, name in cells]
    np.testing.assert_allclose(np.array(told, dtype=float), costs, rtol=1e-6)
    assert found.at(8.0, "int8") is None


def test_what_is_foretold_excludes_what_is_told() -> None:
    """The fit of all others, by hand, from the costs that the points carry."""
    points = fitted().points
    free = [p for p in points if p.is_free]
    last = free[-1]
    others = [p for p in free if p is not last]
    by_hand = surface(
        [p.x for p in others], [p.precision for p in others], [p.observed for p in others]
    ).at(last.x, last.precision)
    assert by_hand is not None
    assert last.error_frac == pytest.approx(by_hand / last.observed - 1)


def test_depth_is_not_part_of_it_and_lossy_lengths_are_only_foretold() -> None:
    points = {p.label: p for p in fitted().points}
    assert not any("n_layers" in label for label in points)
    assert points["reference"].is_free
    assert not points["max_length=16"].is_free
    assert abs(points["max_length=16"].error_frac or 1.0) < 0.1


def test_a_precision_that_is_there_once_cannot_be_foretold_by_others() -> None:
    _, runs = factorial_runs()
    kept = [r for r in runs if "fp16" not in r.row or r.row == "FT/precision=fp16"]
    found = findings(tuple(kept)).compact
    assert found is not None
    alone = next(p for p in found.points if p.precision == "fp16")
    assert alone.error_frac is None


def test_without_a_second_precision_there_is_no_formula() -> None:
    _, runs = factorial_runs()
    assert findings(tuple(r for r in runs if "fp16" not in r.row)).compact is None


def test_without_a_block_that_holds_all_there_is_no_formula() -> None:
    _, runs = factorial_runs(n_blocks=1)
    moved = tuple(replace(r, block=1) if r.row == "FT/max_length=48" else r for r in runs)
    assert findings(moved).compact is None


def test_the_report_shows_the_formula_and_every_error() -> None:
    analysis = analyse(*factorial_runs())
    (theme,) = (t for t in themes(analysis) if t.name == "combined")
    table = tables(analysis)["compact"]
    assert "compact" in theme.tables
    assert any("without a shown loss, foretold by the others" in text for text in theme.sentences)
    assert len(table.rows) == sum(len(f.compact.points) for f in analysis.findings if f.compact)
