from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.fronts.pareto import (
    Candidate,
    dominators,
    membership,
    nondominated,
    pareto_front,
)
from breakeven.analysis.fronts.resample import (
    N_DRAWS,
    bootstrap_blocks,
    draw,
    draw_costs,
    draw_score,
    draw_scores,
)
from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.uncertain import LEVEL, Uncertain
from breakeven.records import (
    Estimate,
    Kind,
    PathwayDefinition,
    Resource,
    Score,
    Settings,
    StudyDefinition,
)
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run, tiny_score

CPU = Resource.CPU_S
GRID = st.integers(min_value=0, max_value=5).map(float)
POINTS = st.lists(st.tuples(GRID, GRID), min_size=1, max_size=12)


def at(
    name: str,
    cost: float,
    score: float,
    *,
    higher_is_better: bool = True,
    level: float | None = LEVEL,
) -> Candidate:
    def estimate(value: float) -> Estimate:
        return Estimate(name="", value=value, level=level, method="", n=1, kinds=(Kind.MEASURED,))

    return Candidate(
        name=name,
        cost=estimate(cost),
        score=estimate(score),
        cost_draws=np.array([cost, cost * 1.5]),
        score_draws=np.array([score, score]),
        higher_is_better=higher_is_better,
    )


@pytest.mark.parametrize(
    ("costs", "products", "expected"),
    [
        pytest.param([1, 2, 3], [1, 2, 3], [True, True, True], id="each better somewhere"),
        pytest.param([1, 2, 3], [3, 2, 1], [True, False, False], id="one beats all"),
        pytest.param([1, 1], [2, 2], [True, True], id="equal points stay"),
        pytest.param([1, 1], [2, 3], [False, True], id="same cost, better product"),
        pytest.param([1, 2], [3, 3], [True, False], id="same product, lower cost"),
    ],
)
def test_front_by_hand(costs: list[float], products: list[float], expected: list[bool]) -> None:
    assert nondominated(costs, products) == expected


@given(POINTS)
def test_front_is_what_nothing_dominates(points: list[tuple[float, float]]) -> None:
    costs, products = [c for c, _ in points], [p for _, p in points]
    on_front = nondominated(costs, products)
    assert on_front == [not beaten_by for beaten_by in dominators(costs, products)]
    assert any(on_front)


@given(POINTS)
def test_every_dominated_point_is_dominated_by_one_on_the_front(
    points: list[tuple[float, float]],
) -> None:
    costs, products = [c for c, _ in points], [p for _, p in points]
    on_front = nondominated(costs, products)
    for beaten_by in dominators(costs, products):
        assert not beaten_by or any(on_front[i] for i in beaten_by)


def test_front_tells_who_dominates_whom() -> None:
    front = pareto_front(
        [at("FT", 5.0, 0.9), at("TS", 3.0, 0.8), at("TA", 4.0, 0.7)],
        phase="deployment",
        resource=Resource.CPU_S,
    )
    assert [p.dominated_by for p in front.points] == [(), (), ("TS",)]
    assert [p.membership for p in front.points] == [1.0, 1.0, 0.0]


def test_without_scatter_there_is_no_probability() -> None:
    """What printed digits or sensors leave open is no sample that could have come out otherwise."""
    front = pareto_front(
        [at("FT", 5.0, 0.9, level=None), at("TS", 3.0, 0.8, level=None)],
        phase="deployment",
        resource=Resource.CPU_S,
    )
    assert [p.is_on_front for p in front.points] == [True, True]
    assert [p.membership for p in front.points] == [None, None]


def test_lower_perplexity_is_better() -> None:
    points = [
        at("small", 1.0, 30.0, higher_is_better=False),
        at("bad", 2.0, 40.0, higher_is_better=False),
        at("large", 3.0, 20.0, higher_is_better=False),
    ]
    front = pareto_front(points, phase="deployment", resource=Resource.CPU_S)
    assert [p.is_on_front for p in front.points] == [True, False, True]


def test_membership_by_hand() -> None:
    costs = np.array([[1.0, 2.0], [1.0, 0.5], [1.0, 2.0], [1.0, 2.0]])
    products = np.array([[0.9, 0.8]] * 4)
    assert membership(costs, products) == [1.0, 0.25]


def test_nothing_is_known_of_points_that_never_vary() -> None:
    assert membership(np.ones((5, 2)), np.ones((5, 2))) is None


def test_blocks_are_drawn_together() -> None:
    found = bootstrap_blocks(
        {"a": {0: 1.0, 1: 2.0, 2: 5.0}, "b": {0: 2.0, 1: 3.0, 2: 6.0}}, np.random.default_rng(0)
    )
    assert np.allclose(found["b"] - found["a"], 1.0)
    assert found["a"].mean() == pytest.approx(8 / 3, abs=0.15)


def test_pathways_of_other_blocks_are_drawn_apart() -> None:
    found = bootstrap_blocks(
        {"a": {0: 1.0, 1: 2.0}, "b": {5: 1.0, 6: 2.0}}, np.random.default_rng(0)
    )
    assert not np.array_equal(found["a"], found["b"])


def test_runs_outside_blocks_are_drawn_apart() -> None:
    """Their keys only count them: nothing ties run -1 of the one to run -1 of the other."""
    found = bootstrap_blocks(
        {"a": {-1: 1.0, -2: 2.0}, "b": {-1: 1.0, -2: 2.0}}, np.random.default_rng(0)
    )
    assert abs(float(np.corrcoef(found["a"], found["b"])[0, 1])) < 0.15


def test_draws_have_the_spread_of_their_source() -> None:
    rng = np.random.default_rng(0)
    uniform = draw(Uncertain(value=5.0, low=4.0, high=6.0), rng)
    scattered = draw(Uncertain(value=5.0, low=5.0, high=5.0, variance=4.0, curvature=16 / 30), rng)
    assert uniform.min() >= 4.0
    assert uniform.max() <= 6.0
    assert uniform.std() == pytest.approx(3**-0.5, rel=0.1)
    assert scattered.std() == pytest.approx(2.0, rel=0.15)


def test_stated_scores_do_not_vary() -> None:
    stated = Score(metric="f1", value=87.3, split="test", n_examples=0)
    assert draw_score(stated, np.random.default_rng(0)).tolist() == [87.3] * N_DRAWS


def test_counted_scores_vary_like_a_proportion() -> None:
    drawn = draw_score(tiny_score(800, 1000), np.random.default_rng(0))
    assert drawn.std() == pytest.approx((0.8 * 0.2 / 1000) ** 0.5, rel=0.1)


@pytest.mark.parametrize(
    ("resource", "expected"), [(Resource.CPU_S, 7.0), (Resource.N_PARAMETERS, 4.0)]
)
def test_shared_ancestors_are_one_draw(resource: Resource, expected: float) -> None:
    ft, ts = (PathwayDefinition(name=n, row=n.lower()) for n in ("FT", "TS"))
    runs = [
        tiny_run("ft", {resource: (4.0, 1.0)}),
        tiny_run("ts", {resource: 3.0}, parents=["ft"]),
        tiny_inference("FT", {resource: 1.0}),
    ]
    found = study_runs(StudyDefinition(name=STUDY, pathways=(ft, ts)), runs)
    costs = [pathway_cost(found, p) for p in (ft, ts)]
    drawn = draw_costs(costs, resource, np.random.default_rng(0))
    gap = drawn.development["TS"] - drawn.development["FT"]
    assert gap.max() == pytest.approx(3.0 if resource.is_additive else 0.0)
    assert drawn.development["TS"].mean() == pytest.approx(expected, abs=0.1)
    assert list(drawn.marginal) == ["FT"]


def pathway(name: str, *n_correct: int, metric: str = "accuracy") -> PathwayCost:
    """A pathway whose seeds each got the first so many of 1,000 examples right."""
    runs = [tiny_run(name.lower(), {CPU: 1.0})]
    for seed, n in enumerate(n_correct):
        label, role = (f"repeat-{seed}", "repeat") if seed else ("reference", "reference")
        run = tiny_inference(name, {CPU: 1.0 + 0.2 * seed}, label=label)
        settings = Settings(resolved={"role": role, "start_repeat": seed})
        score = replace(tiny_score(n), metric=metric, n_correct=None if metric == "f1" else n)
        runs.append(replace(run, settings=settings, scores=(score,)))
    definition = StudyDefinition(
        name=STUDY, pathways=(PathwayDefinition(name=name, row=name.lower()),), metric=metric
    )
    return pathway_cost(study_runs(definition, runs), definition.pathways[0], answers=first_right)


def first_right(run_id: str) -> dict[int, bool] | None:
    n = {"FT/reference/0": 800, "TS/reference/0": 780, "FT/repeat-1/0": 820}.get(run_id)
    return None if n is None else {i: i < n for i in range(1000)}


def test_scores_on_the_same_examples_are_drawn_together() -> None:
    drawn = draw_scores([pathway("FT", 800), pathway("TS", 780)], np.random.default_rng(0))
    gained = drawn["FT"] - drawn["TS"]
    assert (gained >= 0).all()  # FT got all that TS got, and 20 more
    assert gained.mean() == pytest.approx(0.02, abs=1e-3)
    assert drawn["FT"].std() == pytest.approx(np.sqrt(0.8 * 0.2 / 1000), rel=0.1)


def test_seeds_spread_the_draws_of_a_score() -> None:
    one = draw_scores([pathway("FT", 800)], np.random.default_rng(0))["FT"]
    two = draw_scores([pathway("FT", 800, 820)], np.random.default_rng(0))["FT"]
    assert two.std() > one.std()
    assert two.max() <= 1.0


def test_seeds_without_answers_are_drawn_as_counts_with_their_scatter() -> None:
    drawn = draw_scores([pathway("X", 800, 900)], np.random.default_rng(0))["X"]
    assert np.median(drawn) == pytest.approx(0.85, abs=0.02)
    assert drawn.std() > 0.04


def test_seeds_without_counts_are_drawn_by_their_scatter_alone() -> None:
    drawn = draw_scores([pathway("X", 800, 900, metric="f1")], np.random.default_rng(0))["X"]
    assert np.median(drawn) == pytest.approx(0.85, abs=0.02)
    assert drawn.std() > 0.04


def test_the_cost_of_seeds_is_drawn_with_their_scatter() -> None:
    draws = draw_costs([pathway("FT", 800, 820)], CPU, np.random.default_rng(0)).marginal["FT"]
    assert np.median(draws) == pytest.approx(1.1, abs=0.03)
    assert draws.std() > 0.05
