"""Advice on searches, on made-up trials of four steps whose savings are worked out by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

import pytest

from breakeven.analysis.advice import Advice, Topic, advise
from breakeven.analysis.advice.trials import stopped_by_median
from breakeven.analysis.overview import analyse
from breakeven.records import (
    Judged,
    Kind,
    PathwayDefinition,
    Resource,
    Run,
    Score,
    Status,
    StudyDefinition,
    Trial,
)
from breakeven.study.search_schema import TuneBlock
from breakeven.testing.tiny import STUDY, tiny_run

CPU = Resource.CPU_S
DEFINITION = StudyDefinition(name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft"),))
Scores = Mapping[int, float]
USUAL: Scores = {1: 0.6, 2: 0.7, 4: 0.8}


def scored(value: float) -> Score:
    return Score(metric="accuracy", value=value, split="validation", n_examples=100)


def trial(
    number: int,
    scores: Scores,
    *,
    amounts: Mapping[Resource, float] | None = None,
    status: Status = Status.OK,
) -> Run:
    """A trial of `ft` of 8 CPU s, judged at some of its 4 steps."""
    return replace(
        tiny_run("ft", {CPU: 8.0} if amounts is None else amounts, status=status),
        run_id=f"t{number}",
        row=f"ft/trial-{number}",
        trial=Trial(row="ft", number=number, metric="accuracy", drawn={"lr": 0.1 * number}),
        scores=(scored(list(scores.values())[-1]),) if status is Status.OK else (),
        judged=tuple(
            Judged(step=step, n_steps=4, scores=(scored(value),)) for step, value in scores.items()
        ),
    )


def advised(runs: Sequence[Run]) -> list[Advice]:
    return [p for p in advise(analyse(DEFINITION, runs)) if p.topic is Topic.SEARCH]


def test_what_the_median_rule_would_have_spared_is_the_work_after_it_stops() -> None:
    # Stopped after 1 of 4 steps: 3/4 of its 8 CPU s, of 48 that the search took.
    (piece,) = advised([*(trial(n, USUAL) for n in range(5)), trial(5, {1: 0.1, 2: 0.2, 4: 0.3})])

    assert piece.saves is not None
    assert piece.saves.value == pytest.approx(6.0)
    assert Kind.MODELLED in piece.saves.kinds
    assert "stops 1 of 6 trials early and spares 6 CPU s" in piece.evidence
    assert piece.evidence.endswith("12\N{NO-BREAK SPACE}% of what the search took.")
    assert piece.caution.startswith(
        "The trial that became the best would have ended all the same. Hyperband goes by another"
    )


def test_that_the_rule_would_have_lost_the_best_is_said() -> None:
    (piece,) = advised([*(trial(n, USUAL) for n in range(5)), trial(5, {1: 0.1, 2: 0.2, 4: 0.9})])

    assert piece.caution.startswith("It would have stopped trial 5, which became the best. ")


def test_the_pruner_it_names_is_one_that_a_study_file_takes() -> None:
    (piece,) = advised([*(trial(n, USUAL) for n in range(5)), trial(5, {1: 0.1, 2: 0.2, 4: 0.3})])
    named = piece.action.partition("`pruner: ")[2].partition("`")[0]
    taken = get_args(TuneBlock.model_fields["pruner"].annotation)

    assert named in taken


def test_stopped_trials_are_no_part_of_the_median() -> None:
    early, weak = [trial(n, USUAL) for n in range(5)], {1: 0.1, 2: 0.2, 4: 0.3}
    late = [trial(n, weak) for n in range(5, 20)]

    found = stopped_by_median([*early, *late], metric="accuracy")

    assert [run.run_id for run, _ in found] == [run.run_id for run in late]


def test_a_trial_that_was_made_twice_counts_once() -> None:
    lost = replace(trial(5, {1: 0.1}, status=Status.INTERRUPTED), run_id="lost")
    again = trial(5, {1: 0.1, 2: 0.2, 4: 0.3})

    (piece,) = advised([*(trial(n, USUAL) for n in range(5)), lost, again])

    assert "stops 1 of 6 trials early" in piece.evidence


def test_a_trial_is_judged_by_its_best_score_so_far() -> None:
    early = [trial(n, USUAL) for n in range(5)]

    assert stopped_by_median([*early, trial(5, {1: 0.9, 2: 0.1, 4: 0.9})], metric="accuracy") == []


def test_a_stopped_trial_without_the_cost_saves_nothing_that_is_known() -> None:
    blind = trial(5, {1: 0.1, 2: 0.2, 4: 0.3}, amounts={Resource.DURATION_S: 1.0})

    assert advised([*(trial(n, USUAL) for n in range(5)), blind]) == []


def test_a_failed_trial_is_not_stopped_again() -> None:
    failed = trial(5, {1: 0.1, 2: 0.1}, status=Status.FAILED)

    assert advised([*(trial(n, USUAL) for n in range(5)), failed]) == []


def test_what_pruning_spared_is_told_and_not_offered_again() -> None:
    # Pruned after 1 of 4 steps and 2 CPU s: 6 CPU s were left; spent 8 + 2, so 6 of 16.
    pruned = trial(1, {1: 0.3}, amounts={CPU: 2.0}, status=Status.PRUNED)

    (piece,) = advised([trial(0, {4: 0.7}), pruned])

    assert piece.action == "Keep pruning the trials of ft."
    assert "It spared 6 CPU s" in piece.evidence
    assert (
        "38\N{NO-BREAK SPACE}% of what its 2 trials would have taken (modelled)" in piece.evidence
    )
    assert (piece.saves, piece.share) == (None, None)
