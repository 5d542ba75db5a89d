"""Advice on made-up records whose answer is worked out by hand, and on the published studies."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.analysis.advice import Advice, Topic, advise
from breakeven.analysis.advice.amounts import left_by
from breakeven.analysis.advice.padding import waste
from breakeven.analysis.advice.trials import stopped_by_median
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import ConfigurationResult
from breakeven.records import (
    Cost,
    Estimate,
    IdleReading,
    Judged,
    Kind,
    Measurement,
    Origin,
    Phase,
    PhaseName,
    Resource,
    Run,
    Score,
    Stage,
    Status,
    Trial,
    Volume,
)
from breakeven.store import Store, StoredAnswers
from breakeven.testing.runs import example_runs

RESULTS = Path(__file__).resolve().parents[3] / "studies" / "results"


def published(name: str) -> tuple[Advice, ...]:
    with Store(RESULTS / name, create=False) as store:
        definition = store.study()
        runs = store.runs(study=definition.name)
        return advise(analyse(definition, runs, answers=StoredAnswers(store, study="sst2-minilm")))


@pytest.fixture(scope="module")
def example() -> tuple[Advice, ...]:
    return advise(analyse(*example_runs()))


@pytest.fixture(scope="module")
def sst2() -> tuple[Advice, ...]:
    return published("sst2-minilm")


def about(found: tuple[Advice, ...], topic: Topic, subject: str) -> Advice:
    return next(piece for piece in found if (piece.topic, piece.subject) == (topic, subject))


def test_what_concerns_the_recommended_pathway_comes_first(example: tuple[Advice, ...]) -> None:
    concerns = [piece.concerns("TS") for piece in example]

    assert concerns == sorted(concerns, reverse=True)
    assert True in concerns
    assert False in concerns


def test_what_saves_most_comes_first_and_the_unknown_last(example: tuple[Advice, ...]) -> None:
    own = [p.saves.value if p.saves else None for p in example if p.concerns("TS")]
    known = [value for value in own if value is not None]

    assert known == sorted(known, reverse=True)
    assert own[len(known) :] == [None] * (len(own) - len(known))


def test_every_piece_names_the_number_it_rests_on(example: tuple[Advice, ...]) -> None:
    for piece in example:
        assert piece.figure.value is not None
        assert piece.figure.kinds
        assert piece.figure.method
        assert piece.figure.n >= 1


def test_lost_runs_are_summed_by_hand() -> None:
    definition, runs = example_runs()
    lost = [r for r in runs if r.status in {Status.FAILED, Status.INTERRUPTED}]
    by_hand = sum(cost.value for run in lost for cost in run.costs(definition.headline))

    piece = next(p for p in advise(analyse(definition, runs)) if p.topic is Topic.LOST_RUNS)

    assert piece.saves is not None
    assert piece.saves.value == pytest.approx(by_hand)
    assert piece.is_upper_bound
    assert piece.evidence.startswith("2 runs of 9 ended without a result")


def test_without_lost_runs_nothing_is_said_of_them() -> None:
    definition, runs = example_runs()
    good = [run for run in runs if run.status is Status.OK]

    assert all(p.topic is not Topic.LOST_RUNS for p in advise(analyse(definition, good)))


def test_a_shared_ancestor_is_told_once_with_half_its_cost(example: tuple[Advice, ...]) -> None:
    piece = about(example, Topic.SHARING, "pretrain")

    assert piece.saves is not None
    assert piece.saves.value == pytest.approx((piece.figure.value or 0.0) / 2)
    assert Kind.ASSUMED in piece.saves.kinds
    assert sum(p.topic is Topic.SHARING and p.subject == "pretrain" for p in example) == 1


def test_the_best_cut_of_the_sst2_study_is_bf16_with_32_tokens(sst2: tuple[Advice, ...]) -> None:
    first = sst2[0]

    assert (first.topic, first.subject) == (Topic.SETTINGS, "FT")
    assert "precision=bf16, max_length=32" in first.action
    assert first.figure.value == pytest.approx(0.271, abs=0.001)
    assert "loss 0.7 points (-0.4 to 1.9)" in first.evidence
    assert "A loss of up to 1.9 points is not excluded." in first.caution


def test_a_cut_that_breaks_the_rule_of_the_study_is_not_advised() -> None:
    definition, runs = example_runs()
    strict = analyse(definition, runs)
    lax = analyse(replace(definition, tolerance=0.5), runs)

    def cuts(found: tuple[Advice, ...]) -> set[str]:
        return {p.subject for p in found if p.topic is Topic.SETTINGS}

    assert "TS" not in cuts(advise(strict))
    assert "TS" in cuts(advise(lax))


def test_padding_is_an_upper_bound_that_says_so(sst2: tuple[Advice, ...]) -> None:
    piece = about(sst2, Topic.PADDING, "FT")

    assert piece.is_upper_bound
    assert piece.saves is not None
    assert Kind.MODELLED in piece.saves.kinds
    assert piece.figure.kinds == (Kind.COUNTED,)


@pytest.mark.parametrize(
    ("real", "computed", "share"), [(80, 100, 0.2), (100, 100, 0.0), (120, 100, None)]
)
def test_waste_by_hand(real: int, computed: int, share: float | None) -> None:
    output = Volume(n_real_tokens=real, n_padded_tokens=computed)
    run = Run(run_id="a", stage=Stage.INFER, status=Status.OK, started_at="", output=output)

    found = waste([run])

    assert (None if found is None else found.value) == (
        None if share is None else pytest.approx(share)
    )


@pytest.mark.parametrize("origin", [Origin.PUBLISHED, Origin.LIVE])
def test_tokens_come_from_where_the_run_does(origin: Origin) -> None:
    cost = Cost.exact(Resource.FLOPS, 3.0, kind=Kind.COUNTED, sensor="counter", origin=origin)
    output = Volume(n_real_tokens=3, n_padded_tokens=4)
    run = Run(
        run_id="a",
        stage=Stage.INFER,
        status=Status.OK,
        started_at="",
        output=output,
        counts=(cost,),
    )

    found = waste([run])

    assert found is not None
    assert found.origins == (origin,)


def padded(runs: tuple[Run, ...], row: str, *, real: int, computed: int) -> tuple[Run, ...]:
    output = Volume(n_real_tokens=real, n_padded_tokens=computed)
    return tuple(replace(run, output=output) if run.row == row else run for run in runs)


def test_padding_in_training_is_a_share_of_what_its_row_took() -> None:
    definition, runs = example_runs()
    analysis = analyse(definition, padded(tuple(runs), "ft", real=60, computed=100))
    stage = next(s for p in analysis.pathways for s in p.stages if s.row == "ft")
    took = stage.totals[Resource.CPU_S].value or 0.0

    piece = about(advise(analysis), Topic.PADDING, "ft")

    assert piece.saves is not None
    assert piece.saves.value == pytest.approx(0.4 * took)
    assert piece.saves.low == 0.0
    assert piece.evidence.startswith(
        "40\N{NO-BREAK SPACE}% of the tokens that ft computed were padding; it takes "
    )
    assert piece.evidence.endswith(" of the CPU time of TS's planned life.")
    assert piece.pathways == ("TS", "FT")


def test_padding_in_training_under_a_twentieth_is_left_out() -> None:
    definition, runs = example_runs()
    analysis = analyse(definition, padded(tuple(runs), "ft", real=96, computed=100))

    assert all((p.topic, p.subject) != (Topic.PADDING, "ft") for p in advise(analysis))


def trial(number: int, scores: Mapping[float, float]) -> Run:
    return Run(
        run_id=f"t{number}",
        stage=Stage.TUNE,
        status=Status.OK,
        started_at="",
        trial=Trial(row="ft", number=number, metric="accuracy"),
        judged=tuple(
            Judged(
                step=step,
                n_steps=3,
                scores=(Score(metric="accuracy", value=value, split="validation", n_examples=100),),
            )
            for step, value in scores.items()
        ),
    )


def test_the_median_rule_stops_a_trial_below_the_median_of_five() -> None:
    early = [trial(i, {1: 0.5 + i / 100, 2: 0.6, 3: 0.7}) for i in range(5)]
    weak, strong = trial(5, {1: 0.51, 2: 0.9, 3: 0.9}), trial(6, {1: 0.6, 2: 0.6, 3: 0.6})

    found = stopped_by_median([*early, weak, strong], metric="accuracy")

    assert [(run.run_id, step) for run, step in found] == [("t5", 1)]


def test_the_median_rule_stops_none_of_the_first_five_nor_at_the_end() -> None:
    falling = [trial(i, {1: 0.9, 2: 0.9, 3: 0.9 - i / 10}) for i in range(9)]

    assert stopped_by_median(falling, metric="accuracy") == []
    assert stopped_by_median(falling[:5], metric="accuracy") == []


def test_idle_draw_is_told_with_the_bounds_of_its_reading() -> None:
    # 100 J in 10 s at 3 W idle (2 to 4): 30 % of it is idle draw, 20 to 40 %.
    definition, runs = example_runs()
    joules = Cost.exact(
        Resource.ENERGY_J, 100.0, kind=Kind.MEASURED, sensor="rapl", channel="package-0"
    )
    window = Measurement(started_at="", duration_s=10.0, costs=(joules,))
    reading = IdleReading(
        channel="package-0",
        sensor="rapl",
        power_w=3.0,
        low_w=2.0,
        high_w=4.0,
        duration_s=60.0,
        measured_at="2026-01-02T00:00:00Z",
    )
    worked = replace(
        next(run for run in runs if run.row == "ft"),
        run_id="metered",
        phases=(Phase(name=PhaseName.WORK, measurement=window),),
        idle=(reading,),
    )

    piece = about(advise(analyse(definition, [*runs, worked])), Topic.IDLE, "package-0")

    figure = piece.figure
    assert (figure.value, figure.low, figure.high) == pytest.approx((0.3, 0.2, 0.4))
    assert piece.saves is None


def test_tokenizing_is_told_from_a_twentieth_of_the_use_on() -> None:
    analysis = analyse(*example_runs())

    def subjects(share: float) -> list[str]:
        told = advise(replace(analysis, sweep=tuple(tokenized(c, share) for c in analysis.sweep)))
        return sorted(piece.subject for piece in told if piece.topic is Topic.TOKENIZING)

    assert subjects(0.04) == []
    assert subjects(0.1) == ["FT", "TA", "TF-IDF", "TS"]


def tokenized(configuration: ConfigurationResult, share: float) -> ConfigurationResult:
    use = configuration.marginal.get(Resource.CPU_S)
    if use is None or use.value is None:
        return configuration
    own = replace(use, value=share * use.value)
    return replace(configuration, tokenizing={Resource.CPU_S: own})


def test_a_cut_by_a_ratio_by_hand() -> None:
    ratio = Estimate(name="", value=0.5, low=0.4, high=0.8, method="", n=6, kinds=())
    use = Estimate(name="cpu_s per example", value=2.0, method="", n=6, kinds=())

    found = left_by(ratio, use, volume=10)

    assert (found.value, found.low, found.high) == pytest.approx((10.0, 4.0, 12.0))


def test_the_doubt_of_use_is_part_of_the_doubt_of_what_is_saved() -> None:
    """Intervals of 2 (1 to 4) and 1 - 1/2 (1/4 to 3/4), squared on the log scale and added."""
    ratio = Estimate(name="", value=0.5, low=0.25, high=0.75, method="", n=6, kinds=())
    use = Estimate(name="cpu_s per example", value=2.0, low=1.0, high=4.0, method="", n=6, kinds=())

    found = left_by(ratio, use, volume=10)

    wide, narrow = math.log(2) * math.sqrt(2), math.hypot(math.log(2), math.log(1.5))
    assert (found.value, found.low, found.high) == pytest.approx(
        (10.0, 10 * math.exp(-wide), 10 * math.exp(narrow))
    )
    assert found.name == "cpu_s saved over the planned volume"


def test_a_use_that_may_be_nothing_leaves_it_open_whether_anything_is_saved() -> None:
    ratio = Estimate(name="", value=0.5, low=0.25, high=0.75, method="", n=6, kinds=())
    use = Estimate(name="cpu_s per example", value=2.0, low=0.0, high=4.0, method="", n=2, kinds=())

    assert left_by(ratio, use, volume=10).low == 0.0


def test_idle_processors_bear_the_kinds_and_origins_of_what_was_seen() -> None:
    definition, runs = example_runs()
    modelled = [
        replace(run, phases=tuple(_modelled(phase) for phase in run.phases)) for run in runs
    ]

    piece = about(
        advise(analyse(definition, modelled)), Topic.IDLE, "the whole study's development"
    )

    assert piece.figure.kinds == (Kind.MODELLED,)


def _modelled(phase: Phase) -> Phase:
    costs = tuple(replace(cost, kind=Kind.MODELLED) for cost in phase.measurement.costs)
    return replace(phase, measurement=replace(phase.measurement, costs=costs))
