"""Lines of a check: a budget held against a store, and one store against another."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from breakeven.analysis.costs.pathways import pathway_cost
from breakeven.analysis.limits import (
    Allowed,
    Limit,
    Line,
    Phase,
    Side,
    Verdict,
    budget_lines,
    change_lines,
    is_same_data,
    judge,
)
from breakeven.analysis.runs.select import study_runs
from breakeven.errors import UnknownNameError
from breakeven.records import (
    Item,
    Kind,
    Machine,
    PathwayDefinition,
    Resource,
    Run,
    Score,
    StudyDefinition,
)
from breakeven.testing.tiny import STUDY, Amount, tiny_inference, tiny_run, tiny_score

CPU = Resource.CPU_S
ONLY_CPU = Allowed(resources=(CPU,))


def machine(name: str) -> Machine:
    return Machine(
        host=name,
        host_id=name,
        system="Linux",
        cpu_model="x",
        n_cpus=2,
        memory_bytes=1,
        python="3.11",
    )


def side(
    costs: Sequence[Amount],
    *,
    n_correct: int = 900,
    trained: Sequence[float] = (10.0, 10.1, 9.9),
    host: str = "a",
    name: str = "FT",
) -> Side:
    definition = StudyDefinition(
        name=STUDY,
        pathways=(PathwayDefinition(name=name, row="ft"),),
        headline=CPU,
    )
    made = [
        replace(tiny_run("ft", {CPU: cost}), run_id=f"ft-{i}", repeat=i, machine=machine(host))
        for i, cost in enumerate(trained)
    ]
    used = [
        _used(name, cost, block, n_correct=n_correct, host=host) for block, cost in enumerate(costs)
    ]
    found = study_runs(definition, [*made, *used])
    gathered = tuple(pathway_cost(found, p) for p in found.definition.pathways)
    return Side(found=found, pathways=gathered)


def _used(name: str, cost: Amount, block: int, *, n_correct: int, host: str) -> Run:
    run = tiny_inference(name, {CPU: cost}, block=block)
    return replace(run, scores=(tiny_score(n_correct),), machine=machine(host))


def verdicts(lines: Sequence[Line]) -> dict[str, Verdict]:
    return {f"{j.line.phase or 'score'}": j.verdict for j in judge(lines).lines}


def limit(bound: float, phase: Phase = Phase.DEPLOYMENT, **more: object) -> Limit:
    told = {"subject": "FT", "resource": CPU, **more}
    return Limit(phase=phase, bound=bound, **told)  # type: ignore[arg-type]  # of a test


def checked(found: Side, asked: Limit) -> Verdict:
    lines = budget_lines(found.pathways, [asked], metric="accuracy", item=Item.EXAMPLE)
    return judge(lines).lines[0].verdict


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        pytest.param(1.5, Verdict.BREACH, id="far above"),
        pytest.param(2.5, Verdict.WITHIN, id="far below"),
        pytest.param(1.99, Verdict.NOT_SHOWN, id="a hair above"),
    ],
)
def test_a_cost_per_item_against_its_limit(bound: float, expected: Verdict) -> None:
    assert checked(side([1.9, 2.0, 2.1, 2.0]), limit(bound)) is expected


@pytest.mark.parametrize(
    ("least", "expected"),
    [(0.95, Verdict.BREACH), (0.85, Verdict.WITHIN), (0.905, Verdict.NOT_SHOWN)],
)
def test_a_score_against_its_least(least: float, expected: Verdict) -> None:
    asked = limit(least, Phase.SCORE, resource=None, metric="accuracy")
    assert checked(side([2.0, 2.1]), asked) is expected


def test_what_a_development_took_is_no_draw() -> None:
    """One run of 10 CPU seconds broke a limit of 9, whatever another would have taken."""
    once = side([2.0, 2.1], trained=[10.0])
    assert checked(once, limit(9.0, Phase.DEVELOPMENT)) is Verdict.BREACH
    assert checked(once, limit(11.0, Phase.DEVELOPMENT)) is Verdict.WITHIN
    assert checked(once, limit(9.0, Phase.ROW, subject="ft")) is Verdict.BREACH


def test_a_cost_that_nobody_measured_cannot_be_told() -> None:
    asked = limit(1.0, resource=Resource.ENERGY_J)
    assert checked(side([2.0, 2.1]), asked) is Verdict.UNKNOWN


def test_unknown_subjects_name_the_nearest() -> None:
    found = side([2.0])
    for asked, what in (
        (limit(1.0, subject="FTT"), "pathway"),
        (limit(1.0, Phase.ROW, subject="fft"), "row"),
        (limit(1.0, Phase.SCORE, metric="f1"), "score"),
    ):
        with pytest.raises(UnknownNameError, match=f"no {what}"):
            budget_lines(found.pathways, [asked], metric="accuracy", item=Item.EXAMPLE)


def test_a_store_against_itself_is_within() -> None:
    same = side([2.0, 2.1, 1.9, 2.0])
    assert set(verdicts(change_lines(same, same, ONLY_CPU)).values()) <= {
        Verdict.WITHIN,
        Verdict.NOT_SHOWN,
    }
    assert judge(change_lines(same, same, ONLY_CPU)).exit_code() == 0


def test_a_dearer_store_is_a_breach() -> None:
    old, new = side([2.0, 2.02, 1.98, 2.0]), side([2.4, 2.41, 2.39, 2.4])
    found = verdicts(change_lines(new, old, ONLY_CPU))
    assert found["deployment"] is Verdict.BREACH
    assert verdicts(change_lines(old, new, ONLY_CPU))["deployment"] is Verdict.WITHIN
    wide = Allowed(resources=(CPU,), max_rise=0.3)
    assert verdicts(change_lines(new, old, wide))["deployment"] is Verdict.WITHIN


def test_the_interval_of_a_ratio_is_that_of_the_test() -> None:
    then = [50.0947, 51.2500, 49.0686, 50.9924, 49.7408, 49.7385]
    now = [55.6468, 53.9289, 54.5965, 54.5181, 53.5345, 53.3406]
    lines = change_lines(side(now), side(then), ONLY_CPU)
    found = lines[0].estimate
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    low, high = stats.ttest_ind(np.log(now), np.log(then), equal_var=False).confidence_interval()
    assert (found.low, found.high) == pytest.approx((np.exp(low), np.exp(high)), rel=2e-4)
    at_low = stats.ttest_ind(now, found.low * np.array(then), equal_var=False)
    assert at_low.pvalue == pytest.approx(0.05, abs=0.001)
    assert "Welch" in found.method


def test_dearer_development_needs_repeats_to_be_shown() -> None:
    old, new = side([2.0, 2.1], trained=[10.0]), side([2.0, 2.1], trained=[20.0])
    assert verdicts(change_lines(new, old, ONLY_CPU))["development"] is Verdict.NOT_SHOWN
    repeated = side([2.0, 2.1], trained=[20.0, 20.2, 19.8])
    thrice = side([2.0, 2.1])
    assert verdicts(change_lines(repeated, thrice, ONLY_CPU))["development"] is Verdict.BREACH


def test_a_lower_score_is_a_breach_and_a_hair_is_not() -> None:
    old = side([2.0, 2.1])
    assert verdicts(change_lines(side([2.0, 2.1], n_correct=800), old, ONLY_CPU))["score"] is (
        Verdict.BREACH
    )
    hair = verdicts(change_lines(side([2.0, 2.1], n_correct=898), old, ONLY_CPU))
    assert hair["score"] is Verdict.NOT_SHOWN
    allowed = Allowed(resources=(CPU,), max_drop=0.2)
    lower = change_lines(side([2.0, 2.1], n_correct=800), old, allowed)
    assert verdicts(lower)["score"] is Verdict.WITHIN


def test_a_loss_that_rises_is_worse() -> None:
    def scored(value: float) -> Side:
        found = side([2.0, 2.1])
        run_score = Score(
            metric="perplexity",
            value=value,
            split="test",
            n_examples=100,
            higher_is_better=False,
            low=value - 0.1,
            high=value + 0.1,
        )
        runs = [
            replace(run, scores=(run_score,)) if run.scores else run for run in found.found.runs
        ]
        definition = replace(found.found.definition, metric="perplexity")
        again = study_runs(definition, runs)
        pathways = tuple(pathway_cost(again, p) for p in again.definition.pathways)
        return Side(found=again, pathways=pathways)

    assert verdicts(change_lines(scored(9.0), scored(8.0), ONLY_CPU))["score"] is Verdict.BREACH
    assert verdicts(change_lines(scored(8.0), scored(9.0), ONLY_CPU))["score"] is Verdict.WITHIN


def test_costs_of_two_machines_cannot_be_compared() -> None:
    old, new = side([2.0, 2.1]), side([3.0, 3.1], host="b")
    lines = change_lines(new, old, ONLY_CPU)
    assert verdicts(lines)["deployment"] is Verdict.UNKNOWN
    assert "another machine" in lines[0].why
    assert judge(lines).exit_code() == 2
    assert verdicts(lines)["score"] is not Verdict.UNKNOWN


def test_a_pathway_that_is_gone_cannot_be_told() -> None:
    (line,) = change_lines(side([2.0], name="TS"), side([2.0]), ONLY_CPU)
    assert line.why == "the new store has no such pathway"
    assert judge([line]).exit_code() == 2


def test_a_single_block_shows_nothing() -> None:
    found = change_lines(side([9.0]), side([2.0]), ONLY_CPU)
    assert verdicts(found)["deployment"] is Verdict.NOT_SHOWN
    assert "one run on a side" in found[0].why


def with_runs(found: Side, runs: Sequence[Run], **changed: object) -> Side:
    definition = replace(found.found.definition, **changed)  # type: ignore[arg-type]  # of a test
    again = study_runs(definition, runs)
    gathered = tuple(pathway_cost(again, p) for p in again.definition.pathways)
    return Side(found=again, pathways=gathered)


def test_numbers_of_other_kinds_cannot_be_compared() -> None:
    old = side([2.0, 2.1])
    modelled = [
        replace(
            run,
            phases=tuple(
                replace(
                    phase,
                    measurement=replace(
                        phase.measurement,
                        costs=tuple(
                            replace(c, kind=Kind.MODELLED) for c in phase.measurement.costs
                        ),
                    ),
                )
                for phase in run.phases
            ),
        )
        for run in old.found.runs
    ]
    lines = change_lines(with_runs(old, modelled), old, ONLY_CPU)
    assert verdicts(lines)["deployment"] is Verdict.UNKNOWN
    assert "of different kinds: measured and modelled" in lines[0].why


def test_a_cost_that_is_gone_cannot_be_told() -> None:
    old = side([2.0, 2.1])
    unused = [run for run in old.found.runs if run.block is None]
    lines = change_lines(with_runs(old, unused), old, ONLY_CPU)
    assert lines[0].why == "the new store does not have it"
    assert lines[-1].why == "the new store has no accuracy of it"


def test_a_cost_of_nothing_has_no_ratio() -> None:
    lines = change_lines(side([2.0, 2.1]), side([0.0, 0.0]), ONLY_CPU)
    assert lines[0].why == "the cost was 0 then, so there is no ratio"


def test_scores_without_intervals_are_the_same_or_cannot_be_told() -> None:
    def printed(value: float) -> Side:
        found = side([2.0, 2.1])
        score = Score(metric="accuracy", value=value, split="test", n_examples=100)
        runs = [replace(r, scores=(score,)) if r.scores else r for r in found.found.runs]
        return with_runs(found, runs)

    assert verdicts(change_lines(printed(0.9), printed(0.9), ONLY_CPU))["score"] is Verdict.WITHIN
    lines = change_lines(printed(0.8), printed(0.9), ONLY_CPU)
    assert (lines[-1].why, lines[-1].evidence) == ("the scores have no intervals", None)
    asked = limit(0.85, Phase.SCORE, resource=None, metric="accuracy")
    assert checked(printed(0.9), asked) is Verdict.UNKNOWN


def test_a_pathway_without_a_score_cannot_be_told() -> None:
    found = side([2.0, 2.1])
    runs = [replace(run, scores=()) for run in found.found.runs]
    asked = limit(0.85, Phase.SCORE, resource=None, metric="accuracy")
    assert checked(with_runs(found, runs), asked) is Verdict.UNKNOWN


def test_a_perplexity_against_its_most() -> None:
    found = side([2.0, 2.1])
    score = Score(
        metric="perplexity",
        value=9.0,
        split="test",
        n_examples=100,
        higher_is_better=False,
        low=8.9,
        high=9.1,
    )
    runs = [replace(r, scores=(score,)) if r.scores else r for r in found.found.runs]
    scored = with_runs(found, runs, metric="perplexity")
    for most, expected in ((8.0, Verdict.BREACH), (10.0, Verdict.WITHIN)):
        asked = limit(most, Phase.SCORE, resource=None, metric="perplexity")
        lines = budget_lines(scored.pathways, [asked], metric="perplexity", item=Item.EXAMPLE)
        assert judge(lines).lines[0].verdict is expected


def test_answers_are_paired_where_the_data_are_the_same() -> None:
    """Nine answers of 1,000 got worse and none better: shown in pairs, by counts alone not."""

    def answered(n_correct: int, content_hash: str) -> Side:
        found = side([2.0, 2.1], n_correct=n_correct)
        told = {run.run_id: {i: i < n_correct for i in range(1000)} for run in found.found.runs}
        definition = replace(found.found.definition, facts={"content_hash": content_hash})
        again = study_runs(definition, found.found.runs)
        pathways = tuple(
            pathway_cost(again, p, answers=told.get) for p in again.definition.pathways
        )
        return Side(found=again, pathways=pathways)

    old, new, other = answered(900, "x"), answered(891, "x"), answered(891, "y")
    assert (is_same_data(new, old), is_same_data(other, old)) == (True, False)
    assert verdicts(change_lines(new, old, ONLY_CPU))["score"] is Verdict.BREACH
    assert verdicts(change_lines(other, old, ONLY_CPU))["score"] is Verdict.NOT_SHOWN
