from breakeven.analysis.overview import analyse
from breakeven.analysis.results import ConfigurationResult
from breakeven.analysis.serving.latency import latency_points
from breakeven.records import Estimate, Kind, Resource
from breakeven.testing.runs import example_runs

CPU, P50 = Resource.CPU_S, Resource.LATENCY_P50_S


def at(label: str, cost: float, wait_s: float, score: float | None) -> ConfigurationResult:
    def guess(value: float) -> Estimate:
        return Estimate(name="x", value=value, method="made up", n=1, kinds=(Kind.MEASURED,))

    return ConfigurationResult(
        pathway="FT",
        label=label,
        settings={},
        marginal={CPU: guess(cost), P50: guess(wait_s)},
        ratio={},
        score=None if score is None else guess(score),
        is_on_front=False,
    )


def test_a_batch_is_cheaper_and_slower_so_both_are_on_the_front() -> None:
    found = latency_points(
        [at("reference", 1.0, 32.0, 0.8), at("batch_size=1", 2.0, 2.0, 0.8)], [CPU]
    )

    assert [p.is_on_front for p in found] == [True, True]


def test_a_dearer_slower_configuration_is_worth_having_for_its_score_alone() -> None:
    found = latency_points(
        [at("reference", 2.0, 2.0, 0.9), at("length=16", 1.0, 1.0, 0.8), at("x", 3.0, 3.0, 0.7)],
        [CPU],
    )

    assert [p.is_on_front for p in found] == [False, True, False]
    assert [p.is_worth_having for p in found] == [True, True, False]


def test_without_scores_nothing_is_said_of_them() -> None:
    found = latency_points([at("reference", 1.0, 2.0, None), at("b", 2.0, 1.0, None)], [CPU])

    assert [p.is_worth_having for p in found] == [None, None]


def test_the_twin_is_no_choice_and_one_configuration_no_plane() -> None:
    assert latency_points([at("reference", 1.0, 2.0, 0.8), at("aa", 1.0, 2.0, 0.8)], [CPU]) == ()


def test_latency_is_shown_as_a_cost_but_never_summed_over_a_life() -> None:
    analysis = analyse(*example_runs())

    assert P50 in analysis.pathways[0].marginal
    assert P50 not in analysis.pathways[0].development
    assert P50 not in {c.resource for c in analysis.curves}
    assert P50 not in {b.resource for b in analysis.break_evens}
    assert ("deployment", P50) in {(f.phase, f.resource) for f in analysis.fronts}


def test_the_99th_percentile_is_there_only_where_enough_batches_were() -> None:
    life = analyse(*example_runs()).life

    assert life is not None
    assert {p.label for p in life.latency if p.latency_p99 is not None} == {"batch_size=1"}
