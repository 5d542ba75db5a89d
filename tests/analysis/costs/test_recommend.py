from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from breakeven.analysis.costs.contenders import quality_bar
from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.costs.recommend import baseline_notes, recommend
from breakeven.analysis.results import Recommendation
from breakeven.analysis.runs.select import ScoredRun, study_runs
from breakeven.analysis.scoring.scores import PathwayScore
from breakeven.records import (
    NoteCode,
    PathwayDefinition,
    Resource,
    Run,
    Score,
    Settings,
    Stage,
    StudyDefinition,
)
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run, tiny_score

CPU = Resource.CPU_S


@dataclass(frozen=True, kw_only=True)
class Line:
    """One pathway: development, cost per item in three blocks, and correct answers of 1,000."""

    development: float
    marginal: float
    score: Score | None
    spread: float = 0.01
    model: str = "random"


FT = Line(development=100.0, marginal=6.0, score=tiny_score(842))
TS = Line(development=150.0, marginal=3.0, score=tiny_score(831))
UNSCORED = replace(TS, score=None)
POOR = Line(development=1.0, marginal=0.1, score=tiny_score(700))


def setting(**lines: Line) -> tuple[StudyDefinition, list[PathwayCost]]:
    definition = StudyDefinition(
        name=STUDY,
        pathways=tuple(PathwayDefinition(name=name, row=name.lower()) for name in lines),
        metric=next((line.score.metric for line in lines.values() if line.score), "accuracy"),
        planned_volume=1000.0,
    )
    found = study_runs(definition, [run for n, line in lines.items() for run in _runs(n, line)])
    return definition, [pathway_cost(found, p) for p in definition.pathways]


def _runs(name: str, line: Line) -> list[Run]:
    run = tiny_run(name.lower(), {CPU: line.development})
    runs = [replace(run, settings=Settings(resolved={"model": line.model}))]
    for block, factor in enumerate((1 - line.spread, 1.0, 1 + line.spread)):
        use = tiny_inference(name, {CPU: line.marginal * factor}, block=block)
        runs.append(replace(use, scores=(line.score,) if line.score else ()))
    return runs


def chosen(options: Mapping[str, float | None] | None = None, **lines: Line) -> Recommendation:
    definition, costs = setting(**lines)
    given = options or {}
    definition = replace(
        definition,
        min_score=given.get("min_score"),
        majority_score=given.get("majority_score"),  # as stores before `majority_scores` have it
        planned_volume=given.get("planned_volume") or definition.planned_volume,
    )
    return recommend(definition, costs)


def codes(definition: StudyDefinition, costs: Sequence[PathwayCost]) -> list[NoteCode]:
    return [note.code for note in baseline_notes(recommend(definition, costs), costs)]


def test_cheapest_of_the_good_enough_wins() -> None:
    found = chosen(FT=FT, TS=TS, POOR=POOR)
    assert (found.pathway, found.runner_up) == ("TS", "FT")
    assert found.average is not None
    assert found.average.value == pytest.approx(3.15)  # (150 + 1000 * 3) / 1000
    assert found.runner_up_average is not None
    assert found.runner_up_average.value == pytest.approx(6.1)
    assert found.probability == pytest.approx(1.0, abs=1e-4)


def test_reason_holds_both_numbers_and_what_the_scores_can_tell() -> None:
    assert chosen(FT=FT, TS=TS).reason == (
        "TS takes 3.15 CPU s per example, 48% less than FT (6.1 CPU s); it scores 0.831 against "
        "0.842, 0.011 lower, a difference that 1,000 test examples cannot tell from none."
    )


def test_at_a_small_volume_development_decides() -> None:
    assert chosen({"planned_volume": 10.0}, FT=FT, TS=TS).pathway == "FT"


def test_clear_difference_in_score_is_not_called_unclear() -> None:
    sure = replace(TS, score=tiny_score(90_000, 100_000))
    best = replace(FT, score=tiny_score(91_000, 100_000))
    assert chosen(FT=best, TS=sure).reason.endswith("it scores 0.9 against 0.91, 0.01 lower.")


def test_one_seed_against_several_is_not_told_apart_between_trainings() -> None:
    definition, (ft, ts) = setting(FT=FT, TS=replace(TS, score=tiny_score(83_100, 100_000)))
    seeds = tuple(
        ScoredRun(score=tiny_score(n, 100_000), run_id=str(n)) for n in (84_190, 84_200, 84_210)
    )
    several = replace(ft, scored=PathwayScore(seeds=seeds, repeats=(0, 1, 2)))
    assert recommend(definition, [several, ts]).reason.endswith(
        "0.011 lower (one seed: not told apart between trainings)."
    )


def test_equal_and_higher_scores_are_said_plainly() -> None:
    assert "both score 0.842" in chosen(FT=FT, TS=replace(TS, score=FT.score)).reason
    better = replace(TS, score=Score(metric="accuracy", value=0.85, split="test", n_examples=0))
    assert "0.85 against 0.842, 0.008 higher." in chosen(FT=FT, TS=better).reason


def test_only_one_good_enough_says_why_the_cheaper_lost() -> None:
    found = chosen(FT=FT, POOR=POOR)
    assert (found.pathway, found.runner_up) == ("FT", "POOR")
    assert found.reason == (
        "FT is the only pathway that is good enough: it scores 0.842 and takes 6.1 CPU s per "
        "example. POOR is cheaper (101 CPU ms) but scores 0.7, below the 0.822 asked for."
    )


def test_only_one_good_enough_and_nothing_is_cheaper() -> None:
    dear = replace(POOR, marginal=9.0)
    assert "POOR is no cheaper (9 CPU s)" in chosen(FT=FT, POOR=dear).reason


def test_who_is_not_above_the_commonest_answer_comes_last_and_is_not_named_in_silence() -> None:
    weak, poor = replace(TS, score=tiny_score(780)), replace(POOR, score=tiny_score(505))
    among_three = chosen({"majority_score": 0.5}, FT=FT, WEAK=weak, POOR=poor)
    assert among_three.runner_up == "WEAK"
    assert "not shown to score above the commonest answer come last" in among_three.rule
    among_two = chosen({"majority_score": 0.5}, FT=FT, POOR=poor)
    assert among_two.runner_up == "POOR"
    assert among_two.reason.endswith(
        " POOR has not been shown to score above always giving the commonest answer."
    )


def test_a_constant_answer_is_told_from_learning_whatever_the_metric() -> None:
    """MRPC by F1: three models that always answer one class, and one of words."""
    f1 = Score(metric="f1", value=0.81, split="test", n_examples=1000, low=0.79, high=0.83)
    definition, costs = setting(
        TS=replace(TS, score=replace(f1, value=0.85, low=0.835, high=0.865)),
        ENC=replace(POOR, score=replace(f1, value=0.84, low=0.80, high=0.88)),
        DEAR=replace(FT, marginal=50.0, score=replace(f1, value=0.86, low=0.845, high=0.875)),
    )
    found = recommend(replace(definition, majority_scores={"f1": 0.812}), costs)
    assert (found.pathway, found.runner_up) == ("TS", "DEAR")
    assert "not shown to score above the positive answer come last" in found.rule


def test_a_winner_that_is_not_above_the_commonest_answer_is_called_so() -> None:
    options = {"majority_score": 0.9, "min_score": 0.5}
    assert "FT has not been shown to score above" in chosen(options, FT=FT).reason
    assert "FT and TS have not been shown" in chosen(options, FT=TS, TS=FT).reason


def test_the_interval_of_the_averages_says_what_it_covers() -> None:
    assert chosen(FT=FT, TS=TS).covers == "over inference runs only; development ran once"
    assert chosen().covers == ""


def test_a_bar_can_be_set() -> None:
    found = chosen({"min_score": 0.6}, FT=FT, TS=TS, POOR=POOR)
    assert found.pathway == "POOR"
    assert found.rule.startswith("Among pathways that score at least 0.6, the lowest CPU time")


def test_a_score_just_at_the_bar_is_good_enough() -> None:
    bar = replace(TS, score=tiny_score(822))
    assert chosen(FT=FT, TS=bar).pathway == "TS"


def test_nothing_reaches_the_bar() -> None:
    found = chosen({"min_score": 0.99}, FT=FT, TS=TS)
    assert (found.pathway, found.runner_up, found.average) == (None, None, None)
    assert found.reason == (
        "No pathway reaches the score asked for (0.99); the best, FT, scores 0.842."
    )


def test_a_single_pathway_stands_alone() -> None:
    found = chosen(FT=FT)
    assert (found.pathway, found.runner_up, found.probability) == ("FT", None, None)
    assert found.reason == (
        "The study has one pathway, so nothing is chosen. FT takes 6.1 CPU s per example, "
        "development included."
    )
    assert found.rule == ""


def test_the_only_pathway_that_can_be_ranked_is_still_a_choice() -> None:
    found = chosen(FT=FT, TS=UNSCORED)
    assert found.reason.endswith("is the only pathway that can be ranked.")
    assert found.rule.endswith("Not ranked for want of a number: TS.")


def test_a_single_pathway_is_held_to_the_score_asked_for() -> None:
    definition, costs = setting(FT=FT)
    found = recommend(replace(definition, min_score=0.5), costs)
    assert found.rule == "Good enough is a score of at least 0.5."


def test_nothing_can_be_ranked_without_the_headline_cost() -> None:
    definition, costs = setting(FT=FT)
    found = recommend(replace(definition, headline=Resource.ENERGY_J), costs)
    assert found.pathway is None
    assert "in energy, so none can be recommended" in found.reason
    assert found.rule.endswith("Not ranked for want of a number: FT.")


def test_where_nothing_was_scored_the_cheapest_is_named_and_none_recommended() -> None:
    found = chosen(FT=replace(FT, score=None), TS=replace(TS, score=None))
    assert found.pathway is None
    assert found.reason == (
        "Nothing was scored, so that no pathway can be called good enough, and break-evens hold "
        "only if all do the task equally well. By cost alone TS takes least over 1,000 examples: "
        "3.15 CPU s per example, development included; FT follows with 6.1 CPU s."
    )
    assert found.rule.endswith("none is recommended without a score.")


def test_an_unscored_difference_that_is_not_clear_is_called_so() -> None:
    wide = replace(FT, score=None, spread=0.5)
    found = chosen(FT=wide, TS=replace(wide, marginal=5.9, spread=-0.5))
    assert found.reason.endswith("The difference in cost is not certain.")


def test_one_unscored_pathway_has_none_to_follow_it() -> None:
    found = chosen(FT=replace(FT, score=None))
    assert found.rule == ""
    assert found.reason == (
        "Nothing was scored, so that the study's one pathway cannot be called good enough. Over "
        "1,000 examples FT takes 6.1 CPU s per example, development included."
    )


def test_development_without_training_is_called_so() -> None:
    definition, costs = setting(FT=replace(FT, score=None), TS=replace(TS, score=None))
    fetched = replace(costs[0], rows=tuple(replace(r, stage=Stage.FETCH) for r in costs[0].rows))
    found = recommend(definition, [fetched, costs[1]])
    assert "Development of FT is fetching alone: what a training takes" in found.reason


def test_a_score_without_a_cost_and_a_cost_without_a_score_rank_nothing() -> None:
    definition, (unscored, scored) = setting(FT=replace(FT, score=None), TS=TS)
    found = recommend(definition, [unscored, replace(scored, blocks={})])
    assert found.reason.startswith("No pathway has a score, a development total and a cost")


def test_pathway_without_a_score_is_left_out_and_named() -> None:
    found = chosen(FT=FT, TS=replace(TS, score=None))
    assert found.pathway == "FT"
    assert found.rule.endswith("Not ranked for want of a number: TS.")


def test_doubt_about_the_cost_is_said() -> None:
    twin = replace(FT, marginal=6.001, spread=0.2)
    found = chosen(FT=FT, TWIN=twin)
    assert found.probability is not None
    assert found.probability < 0.95
    assert found.reason.endswith("The difference in cost is not certain.")


def test_free_pathways_do_not_divide_by_zero() -> None:
    free = replace(FT, development=0.0, marginal=0.0)
    assert chosen(FT=free, TS=free).pathway == "FT"


def perplexity(value: float) -> Score:
    return Score(
        metric="perplexity", value=value, split="test", n_examples=9, higher_is_better=False
    )


def test_lower_is_better_for_perplexity() -> None:
    good, fair, bad = (
        replace(line, score=perplexity(value))
        for line, value in ((FT, 20.0), (TS, 20.01), (POOR, 40.0))
    )
    found = chosen(FT=good, TS=fair, POOR=bad)
    assert (found.pathway, found.runner_up) == ("TS", "FT")
    assert "above the 20.4 asked for" in chosen(FT=good, POOR=bad).reason
    assert chosen({"min_score": 25.0}, FT=good, POOR=bad).pathway == "FT"


def test_bar_follows_the_best_score_in_its_direction() -> None:
    definition = StudyDefinition(name=STUDY, pathways=(), tolerance=0.5)
    scores = [replace(perplexity(value), metric="accuracy") for value in (20.0, 30.0)]
    assert quality_bar(definition, scores) == 20.5
    assert quality_bar(replace(definition, min_score=3.0), []) == 3.0


def test_a_tolerance_does_not_lead_out_of_the_range_of_the_metric() -> None:
    definition = StudyDefinition(name=STUDY, pathways=(), tolerance=0.05)
    best = Score(metric="entity_f1", value=0.0235, split="test", n_examples=9)
    assert quality_bar(definition, [best]) == 0.0
    found = chosen(FT=replace(FT, score=replace(best, metric="accuracy", value=0.01)), TS=UNSCORED)
    assert "within 0.02 of the best (at least 0, which every score is), the lowest" in found.rule


def test_a_bar_of_perplexity_is_one_not_to_exceed() -> None:
    found = chosen(FT=replace(FT, score=perplexity(20.0)), TS=UNSCORED)
    assert "within 2 % of the best (at most 20.4), the lowest" in found.rule


@pytest.mark.parametrize(("metric", "best", "bar"), [("perplexity", 80.0, 82.0), ("error", 4, 4.1)])
def test_the_tolerance_is_a_share_of_the_best_where_the_metric_has_no_range(
    metric: str, best: float, bar: float
) -> None:
    definition = StudyDefinition(name=STUDY, pathways=(), tolerance=0.025)
    score = replace(perplexity(best), metric=metric)
    assert quality_bar(definition, [score]) == pytest.approx(bar)
    rising = replace(score, metric="bleu", higher_is_better=True)
    assert quality_bar(definition, [rising]) == pytest.approx(2 * best - bar)


def test_a_baseline_that_wins_is_announced() -> None:
    plain = replace(POOR, score=tiny_score(850), model="tfidf")
    definition, costs = setting(FT=FT, TFIDF=plain)
    notes = baseline_notes(recommend(definition, costs), costs)
    assert [note.message for note in notes] == [
        "TFIDF, which is not a neural model, is recommended and has the best score."
    ]


def test_a_baseline_that_scores_best_but_is_dear_is_announced_once() -> None:
    plain = replace(FT, score=tiny_score(850), marginal=60.0, model="tfidf")
    assert codes(*setting(TS=TS, TFIDF=plain)) == [NoteCode.BASELINE_WINS]


def test_a_baseline_that_loses_is_not_announced() -> None:
    assert codes(*setting(FT=FT, TFIDF=replace(POOR, model="tfidf"))) == []


def test_no_scores_no_baseline_news() -> None:
    assert codes(*setting(FT=replace(FT, score=None))) == []
