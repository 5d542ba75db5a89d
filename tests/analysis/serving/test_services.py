"""Services over training seeds: whose cost and whose score stand for a configuration."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from breakeven.analysis.asked import Traffic
from breakeven.analysis.costs.life import decide_for_traffic
from breakeven.analysis.costs.life_results import Wait
from breakeven.analysis.costs.pathways import pathway_cost
from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.serving.candidates import Candidate
from breakeven.analysis.serving.services import Service, services_of
from breakeven.analysis.serving.traffic_choice import traffic_choice
from breakeven.records import (
    Item,
    PathwayDefinition,
    Resource,
    Run,
    Scalar,
    Settings,
    StudyDefinition,
)
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run, tiny_score

CPU = Resource.CPU_S
STUDIED = StudyDefinition(
    name=STUDY,
    pathways=tuple(PathwayDefinition(name=name, row=name.lower()) for name in ("FT", "TS")),
    item=Item.REAL_TOKEN,
)


def served(
    name: str, *costs: float, label: str = "reference", n_correct: int = 800, **settings: Scalar
) -> list[Run]:
    """One run a block, each of 1 request, at batch size 1."""
    resolved: dict[str, Scalar] = {"batch_size": 1, "role": label, **settings}
    return [
        replace(
            tiny_inference(name, {CPU: cost}, block=block, label=label),
            settings=Settings(resolved=resolved),
            scores=(tiny_score(n_correct),),
        )
        for block, cost in enumerate(costs)
    ]


def two_seeds() -> list[Run]:
    """FT from two trainings that cost 1 and 3 s a request and get 800 and 820 of 1,000 right."""
    further = served("FT", 3.0, 3.0, label="repeat", n_correct=820, start_repeat=1)
    return [
        *(tiny_run("ft", {CPU: 9.0}), tiny_run("ts", {CPU: 9.0})),
        *(*served("FT", 1.0, 1.0), *further, *served("TS", 2.5, 2.5)),
    ]


def services(runs: Sequence[Run]) -> dict[str, Service]:
    found = study_runs(STUDIED, runs)
    costs = [pathway_cost(found, pathway) for pathway in STUDIED.pathways]
    return {service.name: service for service in services_of(found, costs)}


def test_a_request_costs_the_mean_over_seeds_with_seeds_in_its_doubt() -> None:
    """Means 1 and 3: 2 on average, mean square 2 over 2 seeds is a variance of 1."""
    ft = services(two_seeds())["FT"]

    assert ft.score is not None
    assert ft.score.value == pytest.approx(0.81)
    assert ft.per_request[CPU].value == pytest.approx(2.0)
    assert (ft.per_request[CPU].variance, ft.per_request[CPU].df) == pytest.approx((1.0, 1.0))


def test_the_difference_of_two_services_holds_the_doubt_of_both_their_seeds() -> None:
    found = services(two_seeds())

    for saved in (found["FT"].saves(found["TS"], CPU), found["TS"].saves(found["FT"], CPU)):
        assert abs(saved.value) == pytest.approx(0.5)
        assert (saved.variance, saved.df) == pytest.approx((1.0, 1.0))


def test_the_choice_is_as_unsure_as_seeds_make_it() -> None:
    """0.5 s apart with a standard error of 1 on 1 degree of freedom: 1/2 + atan(0.5)/pi."""
    candidates = [
        Candidate(service=s, is_good_enough=True, wait=Wait.ANY, is_comparable=True)
        for s in services(two_seeds()).values()
    ]

    found = traffic_choice(candidates, CPU, Traffic(requests_per_day=1e6))

    assert found.cheapest == "FT"
    assert found.probability == pytest.approx(0.6476, abs=1e-3)


def test_what_one_checkpoint_was_deployed_for_has_its_own_score_and_cost() -> None:
    cut = served("FT", 0.5, 0.5, label="length=16", n_correct=790, role="sweep")
    found = services([*two_seeds(), *cut])["FT/length=16"]

    assert found.score is not None
    assert found.score.value == pytest.approx(0.79)
    assert found.per_request[CPU].value == pytest.approx(0.5)
    assert found.seeds == {0: {CPU: found.blocks[CPU]}}


@pytest.mark.parametrize("size", [1, 32])
def test_what_shares_a_budget_of_tokens_is_no_single_request(size: int) -> None:
    trained = [tiny_run("ft", {CPU: 9.0}), tiny_run("ts", {CPU: 9.0})]
    alone = served("FT", 2.0, 2.0)
    budget: dict[str, int] = {"batch_size": size, "batch_tokens": 512}
    pooled = served("FT", 0.5, 0.5, label="sweep", **budget)

    assert list(services([*trained, *alone, *pooled])) == ["FT"]


def test_a_service_known_by_a_budget_alone_says_so() -> None:
    trained = [tiny_run("ft", {CPU: 9.0}), tiny_run("ts", {CPU: 9.0})]
    found = services([*trained, *served("FT", 0.5, 0.5, batch_tokens=512)])["FT"]

    assert "only rows with batch_tokens=512 were measured" in found.assumption
    assert found.is_batched


def test_traffic_shows_the_mean_over_seeds() -> None:
    answer = decide_for_traffic(STUDIED, two_seeds(), requests_per_day=10, days=1)

    ft = next(o for o in answer.options if o.name == "FT")
    assert ft.costs[CPU].requests.value == pytest.approx(20.0)
