from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.costs.life_studies import IDLE_W, gathered, idling

from breakeven.analysis.asked import Questions, Traffic
from breakeven.analysis.costs.life import decide_for_traffic
from breakeven.analysis.costs.life_results import TrafficAnswer, TrafficChoice, TrafficOption, Wait
from breakeven.analysis.serving.horizon import (
    dearer_by,
    idle_s,
    n_starts,
    n_workers,
    parts_of,
    prices_of,
    utilisation,
)
from breakeven.analysis.serving.services import Service, services_of
from breakeven.analysis.serving.traffic import wait_of
from breakeven.analysis.serving.traffic_words import counted_days
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import (
    Cost,
    Item,
    Kind,
    Measurement,
    Phase,
    PhaseName,
    Resource,
    Run,
    Settings,
    Stage,
    StudyDefinition,
)
from breakeven.testing.runs import example_runs

CPU, ENERGY, TIME, FLOPS = (
    Resource.CPU_S,
    Resource.ENERGY_J,
    Resource.DURATION_S,
    Resource.FLOPS,
)
DAY_S = 86400.0


def choice(answer: TrafficAnswer, resource: Resource) -> TrafficChoice:
    return next(c for c in answer.choices if c.resource is resource)


def option(answer: TrafficAnswer, name: str) -> TrafficOption:
    return next(o for o in answer.options if o.name == name)


@cache
def services() -> dict[str, Service]:
    return {s.name: s for s in services_of(*gathered(*idling()))}


def test_rows_with_batch_size_1_stand_for_requests_and_others_say_what_they_assume() -> None:
    answer = decide_for_traffic(*example_runs(), requests_per_day=10)

    assert [o.name for o in answer.options] == [
        *("FT/batch_size=1", "TS/batch_size=1", "TA", "TF-IDF", "API")
    ]
    assert option(answer, "TS/batch_size=1").assumption == ""
    assert "only rows with batch_size=32" in option(answer, "TA").assumption
    assert "what was stated" in option(answer, "API").assumption


def test_the_cost_of_a_horizon_by_hand() -> None:
    """FLOPs of TS: 4.38e13 of development and 10 requests a day for 30 days at 3.9e7."""
    answer = decide_for_traffic(*example_runs(), requests_per_day=10, days=30)
    cost = option(answer, "TS/batch_size=1").costs[FLOPS]

    assert cost.total.value == pytest.approx(4.38e13 + 300 * 3.9e7)
    assert cost.startup is None
    assert cost.idle is None


def test_starts_are_the_first_and_every_restart() -> None:
    ts = services()["TS/batch_size=1"]

    assert n_starts(ts, Traffic(requests_per_day=10, days=30)) == 1
    assert n_starts(ts, Traffic(requests_per_day=10, days=30, restarts_per_day=2)) == 61


def test_the_energy_of_idling_is_the_measured_rate_times_the_seconds_not_busy() -> None:
    answer = decide_for_traffic(*idling(), requests_per_day=1000, days=10)
    ts = option(answer, "TS/batch_size=1")

    assert ts.utilisation is not None
    waits_s = 10 * DAY_S * (1 - ts.utilisation)
    idle = ts.costs[ENERGY].idle
    assert idle is not None
    assert idle.value == pytest.approx(IDLE_W * waits_s)
    assert choice(answer, ENERGY).with_idle


def test_idling_that_was_not_measured_is_never_0() -> None:
    answer = decide_for_traffic(*example_runs(), requests_per_day=1000)

    assert option(answer, "TS/batch_size=1").costs[ENERGY].idle is None
    assert not choice(answer, ENERGY).with_idle
    assert "not measured; set inference.idle_s" in choice(answer, ENERGY).sentence


def test_who_lacks_the_starts_that_others_have_is_not_compared() -> None:
    definition, runs = example_runs()
    without = [r for r in runs if not (r.stage is Stage.SERVE and r.row.startswith("TS/"))]

    whole = decide_for_traffic(definition, runs, requests_per_day=1000)
    partly = decide_for_traffic(definition, without, requests_per_day=1000)
    total = option(partly, "TS/batch_size=1").costs[CPU].total

    gap = "Whether TS/batch_size=1 would be cheaper is not known: starts not measured; run its"
    assert choice(partly, CPU).cheapest == "FT/batch_size=1"
    assert gap in choice(partly, CPU).sentence
    assert choice(partly, FLOPS) == choice(whole, FLOPS)
    assert "starts not measured" not in choice(whole, CPU).sentence
    assert total.method.startswith("development + requests, starts not measured, idle not")


def test_who_lacks_the_idling_that_others_have_is_not_compared() -> None:
    definition, runs = idling()
    plain = {run.run_id: run for run in example_runs()[1]}
    mixed = tuple(plain[r.run_id] if r.row.startswith("FT/") else r for r in runs)
    found = choice(decide_for_traffic(definition, mixed, requests_per_day=9), ENERGY)

    assert found.with_idle
    assert (found.cheapest, found.runner_up) == ("TS/batch_size=1", None)
    assert "FT/batch_size=1 would be cheaper is not known: idling not measured; set" in (
        found.sentence
    )


def test_who_cannot_be_chosen_takes_idling_from_nobody_and_is_named() -> None:
    """TA and TF-IDF ran in batches alone and are left out beside those that did not."""
    definition, runs = idling()
    plain = {run.run_id: run for run in example_runs()[1]}
    mixed = tuple(plain[r.run_id] if r.row.startswith("TA/") else r for r in runs)
    whole = choice(decide_for_traffic(definition, runs, requests_per_day=5000), ENERGY)
    found = choice(decide_for_traffic(definition, mixed, requests_per_day=5000), ENERGY)

    assert found.with_idle
    assert (found.cheapest, found.probability) == (whole.cheapest, whole.probability)
    assert found.changes == whole.changes
    assert "TA" not in found.cheaper_but_out
    assert "Whether TA would be cheaper is not known: idling not measured" in found.sentence
    assert "idling not measured" not in whole.sentence


def joining(
    definition: StudyDefinition, runs: tuple[Run, ...]
) -> tuple[StudyDefinition, tuple[Run, ...]]:
    """The study with a pathway that joined by hand, far cheaper than any other."""
    cheap = replace(
        next(r for r in runs if r.row == "TS/reference"),
        run_id="mine",
        row="MINE/use",
        joined="MINE",
        parents=("mine-ft",),
        block=None,
        settings=Settings(),
        phases=(phase_s(PhaseName.WORK, 1e-3),),
    )
    developed = replace(
        next(r for r in runs if r.row == "tfidf"),
        run_id="mine-ft",
        row="MINE/fit",
        joined="MINE",
        phases=(phase_s(PhaseName.WORK, 1e-3),),
    )
    return definition, (*runs, developed, cheap)


def phase_s(name: PhaseName, cpu_s: float, *meter: Cost) -> Phase:
    costs = [
        Cost.exact(resource, value, kind=Kind.MEASURED, sensor="made up", channel=channel)
        for resource, value, channel in ((TIME, 2.0, "wall"), (CPU, cpu_s, "process_tree"))
    ]
    return Phase(
        name=name,
        measurement=Measurement(
            started_at="2026-01-01T00:00:00Z", duration_s=2.0, costs=(*costs, *meter)
        ),
    )


def test_who_joined_by_hand_does_not_beat_requests_that_were_measured_one_by_one() -> None:
    answer = decide_for_traffic(*joining(*idling()), requests_per_day=5000)
    found = choice(answer, CPU)

    assert option(answer, "MINE").is_good_enough
    assert found.cheapest == "TS/batch_size=1"
    assert "Whether MINE would be cheaper is not known: idling not measured, which a pathway" in (
        found.sentence
    )
    assert found.sentence.count("set inference.idle_s") == 0


def test_who_joined_by_hand_does_not_win_by_having_no_start_either() -> None:
    definition, runs = joining(*example_runs())
    batched = tuple(run for run in runs if not run.row.endswith("batch_size=1"))
    found = choice(decide_for_traffic(definition, batched, requests_per_day=5000), CPU)

    assert found.cheapest == "TS"
    assert "MINE would be cheaper is not known: starts not told from use; measure" in found.sentence
    whole = choice(decide_for_traffic(definition, runs, requests_per_day=5000), FLOPS)
    assert "MINE (not measured one request at a time)" in whole.sentence


def metered(tree_s: float, meter_s: float) -> TrafficAnswer:
    definition, runs = idling()
    own = Cost(
        resource=CPU,
        value=meter_s,
        low=meter_s - 5e-4,
        high=meter_s + 5e-4,
        kind=Kind.MEASURED,
        channel="meter",
        sensor="thread clock",
        part_of="process_tree",
    )
    told = tuple(
        replace(r, phases=(phase_s(PhaseName.IDLE, tree_s, own), *r.phases[1:]))
        if r.phases and r.phases[0].name is PhaseName.IDLE
        else r
        for r in runs
    )
    return decide_for_traffic(definition, told, requests_per_day=1000, days=1)


def test_idling_is_what_the_meter_did_not_take() -> None:
    """10 of 30 ms in 2 s are the meter's; 1,000 requests of 7 ms leave nearly a day of waiting."""
    answer = metered(0.03, 0.01)
    idle = option(answer, "TS/batch_size=1").costs[CPU].idle

    assert idle is not None
    assert idle.value == pytest.approx(0.01 * DAY_S, rel=1e-3)
    assert idle.low == pytest.approx(0.00975 * DAY_S, rel=1e-3)
    assert "meter's own" not in choice(answer, CPU).sentence


def test_idling_within_what_the_meter_takes_is_not_told_apart_and_bounded() -> None:
    """0.3 of 3.0 ms in 2 s remain, 0.8 ms at most: 35 CPU s a day, and none in the totals."""
    answer = metered(0.003, 0.0027)
    cost = option(answer, "TS/batch_size=1").costs[CPU]

    assert cost.idle is None
    assert "no CPU time told apart from the meter's own" in cost.total.method
    assert choice(answer, CPU).with_idle
    assert "there was no CPU time told apart from the meter's own: none is in the totals, and" in (
        choice(answer, CPU).sentence
    )
    assert "up to 34.6 CPU s" in choice(answer, CPU).sentence


def test_records_that_do_not_tell_the_meter_apart_say_so() -> None:
    answer = decide_for_traffic(*idling(), requests_per_day=1000)
    idle = option(answer, "TS/batch_size=1").costs[CPU].idle

    assert idle is not None
    assert "with the meter's own" in idle.method
    assert "contains the meter's own CPU time" in choice(answer, CPU).sentence
    assert "meter" not in choice(answer, ENERGY).sentence


def test_where_nothing_can_be_chosen_idling_is_asked_of_all() -> None:
    definition, runs = idling()
    plain = {run.run_id: run for run in example_runs()[1]}
    mixed = tuple(plain[r.run_id] if r.row.startswith("TA/") else r for r in runs)
    answer = decide_for_traffic(definition, mixed, requests_per_day=9, max_latency_s=1e-9)

    assert choice(answer, ENERGY).cheapest is None
    assert not choice(answer, ENERGY).with_idle


def test_work_that_is_counted_does_not_idle() -> None:
    answer = decide_for_traffic(*idling(), requests_per_day=1000)

    assert not choice(answer, FLOPS).with_idle
    assert "Serving between" not in choice(answer, FLOPS).sentence


def test_more_than_a_day_of_work_a_day_asks_for_more_workers() -> None:
    """A request takes TS about 7.3 ms, so that a worker answers 11.9 million a day."""
    answer = decide_for_traffic(*idling(), requests_per_day=3e7)
    ts = option(answer, "TS/batch_size=1")

    assert ts.utilisation == pytest.approx(2.53, abs=0.05)
    assert ts.n_workers == 3
    assert "One worker cannot serve that; 3 are counted." in choice(answer, CPU).sentence


def test_the_latency_limit_rules_out_and_says_who() -> None:
    """Medians at batch size 1: TS about 7 ms, FT about 11 ms; 99th percentiles 11 and 18 ms."""
    answer = decide_for_traffic(*example_runs(), requests_per_day=1000, max_latency_s=0.015)

    assert option(answer, "TS/batch_size=1").wait is Wait.WITHIN
    assert option(answer, "FT/batch_size=1").wait is Wait.TAIL_ABOVE
    assert option(answer, "TA").wait is Wait.ABOVE
    assert option(answer, "API").wait is Wait.UNKNOWN
    assert choice(answer, CPU).cheapest == "TS/batch_size=1"
    assert choice(answer, CPU).runner_up is None


def test_where_nothing_keeps_the_limit_every_reason_is_given() -> None:
    answer = decide_for_traffic(*example_runs(), requests_per_day=1000, max_latency_s=0.001)
    found = choice(answer, CPU)

    assert found.cheapest is None
    assert found.changes == ()
    assert "FT/batch_size=1 (median latency above the limit)" in found.sentence
    assert choice(answer, Resource.PRICE_USD).sentence.endswith("API (latency not known).")


@pytest.mark.parametrize(
    ("limit_s", "median_s", "tail_s", "expected"),
    [
        pytest.param(None, None, None, Wait.ANY, id="nobody asked"),
        pytest.param(1.0, None, None, Wait.UNKNOWN, id="nothing measured"),
        pytest.param(1.0, 2.0, 3.0, Wait.ABOVE, id="half of them wait too long"),
        pytest.param(1.0, 0.5, 3.0, Wait.TAIL_ABOVE, id="one in a hundred waits too long"),
        pytest.param(1.0, 0.5, None, Wait.TAIL_UNKNOWN, id="too few batches for a tail"),
        pytest.param(1.0, 0.5, 1.0, Wait.WITHIN, id="just within"),
    ],
)
def test_waits(
    limit_s: float | None, median_s: float | None, tail_s: float | None, expected: Wait
) -> None:
    median, tail = (None if x is None else Uncertain.exact(x) for x in (median_s, tail_s))

    assert wait_of(limit_s, median, tail) is expected


def test_a_batch_does_not_beat_requests_that_were_measured_one_by_one() -> None:
    definition, runs = example_runs()
    answer = decide_for_traffic(replace(definition, min_score=0.79), runs, requests_per_day=5000)

    assert choice(answer, CPU).cheapest == "TS/batch_size=1"
    assert choice(answer, CPU).cheaper_but_out == ("TA", "TF-IDF")
    assert "TA (measured in batches only)" in choice(answer, CPU).sentence


def test_where_only_batches_were_measured_they_are_compared_under_the_assumption() -> None:
    definition, runs = example_runs()
    batched = tuple(run for run in runs if not run.row.endswith("batch_size=1"))
    found = choice(decide_for_traffic(definition, batched, requests_per_day=5000), CPU)

    assert found.cheapest == "TS"
    assert "Assumed for TS: only rows with batch_size=32 were measured" in found.sentence


def test_the_answer_changes_where_the_totals_meet() -> None:
    """FLOPs: TS costs 4.9e12 more to make and 3.8e7 less per request."""
    found = choice(decide_for_traffic(*example_runs(), requests_per_day=5000), FLOPS)

    change = found.changes[0]
    assert (change.before, change.after) == ("FT/batch_size=1", "TS/batch_size=1")
    assert change.requests_per_day.value == pytest.approx(4.9e12 / 3.8e7 / 365)
    assert change.requests_per_day.low == pytest.approx(change.requests_per_day.value)
    assert "Below 353 a day it would be FT/batch_size=1." in found.sentence


def test_the_change_is_found_from_below_too_and_has_fiellers_interval() -> None:
    found = choice(decide_for_traffic(*idling(), requests_per_day=1), ENERGY)
    change = found.changes[0]

    assert found.cheapest == "FT/batch_size=1"
    assert "a day it would be TS/batch_size=1." in found.sentence
    assert change.requests_per_day.low is not None
    assert change.requests_per_day.high is not None
    assert change.requests_per_day.level == 0.95
    value = change.requests_per_day.value or 0.0
    assert change.requests_per_day.low < value < change.requests_per_day.high


def test_requests_are_examples_whatever_the_study_counts() -> None:
    definition, runs = example_runs()
    per_token = decide_for_traffic(
        replace(definition, item=Item.REAL_TOKEN), runs, requests_per_day=9
    )
    per_example = decide_for_traffic(definition, runs, requests_per_day=9)

    totals = [option(a, "FT/batch_size=1").costs[CPU].total.value for a in (per_token, per_example)]
    assert totals[0] == pytest.approx(totals[1])


@settings(max_examples=30, deadline=None)
@given(st.floats(min_value=1.0, max_value=1e8), st.floats(min_value=1.0, max_value=1e4))
def test_the_difference_of_two_services_is_the_difference_of_their_totals(
    rate: float, days: float
) -> None:
    traffic = Traffic(requests_per_day=rate, days=days, restarts_per_day=0.5)
    found = services()
    left, right = found["TS/batch_size=1"], found["FT/batch_size=1"]
    totals = [parts_of(s, ENERGY, traffic) for s in (left, right)]

    for service, parts in zip((left, right), totals, strict=True):
        assert parts is not None
        plain = prices_of(service, ENERGY, with_idle=True).total(traffic)
        assert plain == pytest.approx(parts.total.value)
    extra = dearer_by(left, right, ENERGY, traffic, with_idle=True)

    assert totals[0] is not None
    assert totals[1] is not None
    expected = totals[0].total.value - totals[1].total.value
    assert extra.value == pytest.approx(expected, rel=1e-6, abs=1e-6 * totals[1].total.value)


@given(st.floats(min_value=1e-3, max_value=1e12))
def test_workers_are_never_busier_than_the_day_is_long(rate: float) -> None:
    ts = services()["TS/batch_size=1"]
    waits_s = idle_s(ts, Traffic(requests_per_day=rate, days=1))

    assert (utilisation(ts, rate) or 0) <= n_workers(ts, rate) * (1 + 1e-12)
    assert waits_s is not None
    assert waits_s >= -1e-6


def test_one_pathway_in_two_configurations_differs_in_use_alone() -> None:
    ts = services()["TS/batch_size=1"]
    traffic = Traffic(requests_per_day=1000)

    same = dearer_by(ts, replace(ts, name="TS again"), ENERGY, traffic, with_idle=True)

    assert same.value == 0.0
    assert not same.has_scatter


@pytest.mark.parametrize(
    "bad",
    [
        {"requests_per_day": 0.0},
        {"requests_per_day": 1.0, "days": 0.0},
        {"requests_per_day": 1.0, "max_latency_s": float("nan")},
        {"requests_per_day": 1.0, "restarts_per_day": -1.0},
    ],
)
def test_impossible_traffic_is_refused_by_name(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Traffic(**bad)


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="ta-distil must be shared by at least 1 task"):
        Questions(shares={"ta-distil": 0})
    with pytest.raises(ValueError, match="volume must be above 0"):
        Questions(lifetimes=(0.0,))
    with pytest.raises(ValueError, match="min_score must be finite"):
        Questions(min_score=float("nan"))


def test_days_read_as_people_say_them() -> None:
    assert counted_days(0.5) == "0.5 days"
