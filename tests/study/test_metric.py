"""The metric of a study is its task's own unless the file names another that judges the task."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.errors import SettingsError
from breakeven.records.engine import TaskFacts
from breakeven.study import load_study

WriteStudy = Callable[..., Path]


def facts(*metrics: str) -> TaskFacts:
    return TaskFacts(content_hash="same", metrics=metrics)


def test_without_a_metric_the_task_says_what_counts(write_study: WriteStudy) -> None:
    study = load_study(write_study())
    assert study.question.metric == ""
    asked = study.asking(facts("pearson", "spearman"))
    assert asked.definition(facts()).metric == "pearson"


def test_a_metric_that_is_named_stays(write_study: WriteStudy) -> None:
    study = load_study(write_study(("pathways:\n", "analysis: {metric: accuracy}\npathways:\n")))
    assert study.asking(facts("mcc", "accuracy")).question.metric == "accuracy"


def test_a_constant_answers_scores_are_kept_with_the_study(write_study: WriteStudy) -> None:
    study = load_study(write_study(("pathways:\n", "analysis: {metric: accuracy}\npathways:\n")))
    known = replace(facts("f1", "accuracy"), majority_scores={"f1": 0.81, "accuracy": 0.68})
    assert study.asking(known).definition(known).constant_score == 0.68


def test_a_metric_that_does_not_judge_the_task_is_refused(write_study: WriteStudy) -> None:
    study = load_study(write_study(("pathways:\n", "analysis: {metric: accuracy}\npathways:\n")))
    with pytest.raises(SettingsError, match=r"analysis\.metric='accuracy' .*pearson, spearman, or"):
        study.asking(facts("pearson", "spearman"))
