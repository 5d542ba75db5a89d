from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.costs.life_studies import gathered

from breakeven.analysis.asked import Questions
from breakeven.analysis.costs.life import break_evens_by_score, cost_per_product, fronts_at
from breakeven.analysis.costs.weighting import quotient, weights_of
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import BreakEven, Verdict
from breakeven.analysis.uncertain import Uncertain
from breakeven.records import PathwayDefinition, Resource, Run, Score, StudyDefinition
from breakeven.testing.runs import example_runs
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run

FLOPS = Resource.FLOPS


def rescored(
    *, metric: str = "accuracy", percent: bool = False, is_loss: bool = False, scale: float = 1.0
) -> tuple[StudyDefinition, tuple[Run, ...]]:
    """The made-up study with the scores in another form, without counts of correct answers."""
    definition, runs = example_runs()

    def changed(score: Score) -> Score:
        return replace(
            score,
            metric=metric,
            value=score.value * scale * (100 if percent else 1),
            n_correct=None,
            higher_is_better=not is_loss,
        )

    return replace(definition, metric=metric), tuple(
        replace(run, scores=tuple(changed(score) for score in run.scores)) for run in runs
    )


def between(found: tuple[BreakEven, ...], candidate: str, incumbent: str) -> BreakEven:
    return next(
        b for b in found if (b.candidate, b.incumbent, b.resource) == (candidate, incumbent, FLOPS)
    )


def test_equations_3_to_6_by_hand() -> None:
    """FT: 3.1e13 + 7.9e12 FLOPs of development, 7.7e7 each, 1103 of 1310 right."""
    ft = cost_per_product(*example_runs())[0]
    share = 1103 / 1310

    assert ft.per_point[FLOPS].value == pytest.approx(3.89e13 / (100 * share))
    assert ft.deployment[FLOPS].value == pytest.approx(7.7e12)
    assert ft.total[FLOPS].value == pytest.approx(3.89e13 + 7.7e12)
    assert ft.per_correct[FLOPS].value == pytest.approx(7.7e7 / share)
    assert ft.average_per_correct[FLOPS].value == pytest.approx(3.89e13 / 1e5 + 7.7e7 / share)


def test_a_pathway_without_counts_of_its_use_has_no_product() -> None:
    api = cost_per_product(*example_runs())[4]

    assert Resource.CPU_S not in api.total
    assert api.weight == 0.85


def test_below_the_threshold_a_pathway_drops_out_and_the_rest_are_equals() -> None:
    analysis = analyse(*example_runs(), asked=Questions(min_score=0.8))

    assert analysis.life is not None
    assert [p.pathway for p in analysis.life.products if not p.is_valid] == ["TA", "TF-IDF"]
    named = {b.candidate for b in analysis.break_evens} | {c.pathway for c in analysis.curves}
    assert named.isdisjoint({"TA", "TF-IDF"})
    assert {p.name for f in analysis.fronts for p in f.points}.isdisjoint({"TA", "TF-IDF"})
    assert analysis.recommendation.pathway == "TS"


def test_break_even_on_correct_answers_by_hand() -> None:
    """TS spends 4.9e12 more and saves 7.7e7 / s_FT - 3.9e7 / s_TS per correct answer."""
    found = between(break_evens_by_score(*example_runs()), "TS", "FT")
    saved = 7.7e7 / (1103 / 1310) - 3.9e7 / (1089 / 1310)

    assert found.estimate.value == pytest.approx(4.9e12 / saved)
    assert found.verdict is Verdict.FINITE
    assert "correct answers on" in found.sentence


def test_the_doubt_in_the_score_widens_the_interval() -> None:
    """FLOPs are exact, so all that is open is how often each model is right."""
    counted = between(break_evens_by_score(*example_runs()), "TS", "FT").estimate
    given_ = between(break_evens_by_score(*rescored()), "TS", "FT").estimate

    assert counted.low is not None
    assert counted.high is not None
    assert counted.low < (counted.value or 0) < counted.high
    assert given_.low == given_.high == pytest.approx(counted.value)


def test_a_weighted_interval_says_that_it_covers_test_examples() -> None:
    """FLOPs are counted, so all the scatter there is comes from the scores."""
    found = {
        (b.candidate, b.incumbent, b.resource): b for b in break_evens_by_score(*example_runs())
    }

    flops, cpu = (found["TS", "FT", r].sentence for r in (Resource.FLOPS, Resource.CPU_S))
    assert "95% interval over test examples)" in flops
    assert "95% interval over test examples and inference runs; development ran once)" in cpu


def test_percent_and_fractions_weigh_the_same() -> None:
    fraction, percent = (
        between(break_evens_by_score(*rescored(metric="f1", percent=p)), "TS", "FT")
        for p in (False, True)
    )

    assert percent.estimate.value == pytest.approx(fraction.estimate.value)
    assert "F1-weighted examples" in percent.sentence


def test_a_loss_cannot_weigh_output_and_the_reason_is_kept() -> None:
    found, pathways = gathered(*rescored(metric="loss", is_loss=True))

    assert break_evens_by_score(*rescored(metric="loss", is_loss=True)) == ()
    assert "cannot weight output" in weights_of(found.definition, pathways).why_not


def test_without_any_score_there_is_nothing_to_weigh_by() -> None:
    definition, runs = example_runs()
    found, pathways = gathered(replace(definition, metric="bleu"), runs)

    assert weights_of(found.definition, pathways).why_not == (
        "no pathway was scored by bleu on the test split"
    )


def test_scores_of_0_cannot_weigh_output() -> None:
    found, pathways = gathered(*rescored(metric="f1", scale=0.0))

    assert weights_of(found.definition, pathways).why_not == (
        "no pathway has f1 above 0 on the test split"
    )


@given(
    st.floats(min_value=0.01, max_value=1.0),
    st.floats(min_value=0.0, max_value=1e9),
    st.floats(min_value=0.0, max_value=0.01),
)
def test_a_quotient_keeps_relative_doubt(weight: float, amount: float, variance: float) -> None:
    found = quotient(
        Uncertain.exact(amount),
        Uncertain(value=weight, low=weight, high=weight, variance=variance, curvature=variance**2),
    )

    assert found.value == pytest.approx(amount / weight)
    assert found.variance == pytest.approx((amount / weight) ** 2 * variance / weight**2)


def pair_of(*, teacher: float, student: float, cheaper: float) -> tuple[StudyDefinition, list[Run]]:
    """A student for 1e6 more FLOPs, an item of it for `cheaper` of its teacher's 1000."""
    rows = {"FT": (1e6, 1000.0, teacher), "TS": (2e6, 1000.0 * cheaper, student)}
    definition = StudyDefinition(
        name=STUDY, pathways=tuple(PathwayDefinition(name=n, row=n.lower()) for n in rows)
    )
    runs = []
    for name, (made, used, value) in rows.items():
        score = Score(metric="accuracy", value=value, split="test", n_examples=100)
        runs += [
            tiny_run(name.lower(), {FLOPS: made}),
            replace(tiny_inference(name, {FLOPS: used}), scores=(score,)),
        ]
    return definition, runs


@given(
    st.floats(min_value=0.5, max_value=0.99),
    st.floats(min_value=0.01, max_value=0.4),
    st.floats(min_value=0.1, max_value=0.9),
)
def test_a_worse_student_takes_longer_to_catch_up(
    teacher: float, lost: float, cheaper: float
) -> None:
    """Dürlich et al. 2023, section 4.4: in items of its own, weighting defers the break-even."""
    study = pair_of(teacher=teacher, student=teacher - lost, cheaper=cheaper)
    found = between(break_evens_by_score(*study), "TS", "FT")
    plain = 1e6 / (1000.0 * (1 - cheaper))
    if cheaper < (teacher - lost) / teacher * (1 - 1e-6):
        assert found.verdict is Verdict.FINITE
        assert found.estimate.value is not None
        assert found.estimate.value / (teacher - lost) > plain
    elif cheaper > (teacher - lost) / teacher * (1 + 1e-6):
        assert found.verdict is Verdict.NEVER


def test_fronts_at_several_points_of_time_let_the_dear_ones_in_later() -> None:
    fronts = [f for f in fronts_at(*example_runs(), [1e2, 1e8]) if f.resource is Resource.CPU_S]
    on_front = {f.phase: {p.name for p in f.points if p.is_on_front} for f in fronts}

    assert list(on_front) == ["lifetime at 100", "lifetime at 100,000", "lifetime at 100 million"]
    assert "TS" not in on_front["lifetime at 100"]
    assert "TS" in on_front["lifetime at 100 million"]
