"""What runs were scored by beside the metric that decides."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from breakeven.analysis.overview import analyse
from breakeven.analysis.scoring.score_results import ScoreRow
from breakeven.records import PathwayDefinition, Resource, Run, Score, Settings, StudyDefinition
from breakeven.testing.tiny import STUDY, tiny_inference, tiny_run

N = 200
DEFINITION = StudyDefinition(
    name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft"),), metric="f1"
)


def scored(label: str, values: Mapping[str, float], *, seed: int = 0) -> Run:
    roles: dict[str, str | int] = {"role": label if label == "reference" else "sweep"}
    if seed:
        roles = {"role": "repeat", "start_repeat": seed}
    scores = tuple(
        Score(metric=metric, value=value, split="test", n_examples=N)
        for metric, value in values.items()
    )
    run = tiny_inference("FT", {Resource.CPU_S: 1.0}, label=label)
    return replace(run, settings=Settings(resolved=dict(roles)), scores=scores)


def rows(*runs: Run) -> tuple[ScoreRow, ...]:
    return analyse(DEFINITION, [tiny_run("ft", {Resource.CPU_S: 9.0}), *runs]).score_rows


def test_every_metric_of_a_row_stands_beside_the_one_that_decides() -> None:
    (row,) = rows(scored("reference", {"mcc": 0.5, "f1": 0.7}))
    assert (row.pathway, row.label) == ("FT", "reference")
    assert [(m, e.value) for m, e in row.scores.items()] == [("f1", 0.7), ("mcc", 0.5)]


def test_the_reference_is_the_mean_of_its_seeds_with_an_interval() -> None:
    (row,) = rows(
        scored("reference", {"f1": 0.7, "mcc": 0.4}),
        scored("repeat-1", {"f1": 0.8, "mcc": 0.6}, seed=1),
    )
    found = row.scores["mcc"]
    assert found.value == pytest.approx(0.5)
    assert found.low is not None
    assert found.high is not None
    assert -1 <= found.low < 0.5 < found.high <= 1
    assert found.n == N


def test_other_configurations_follow_with_what_they_have() -> None:
    found = rows(
        scored("reference", {"f1": 0.7, "mcc": 0.5}),
        scored("length=16", {"f1": 0.6}),
        scored("length=8", {}),
    )
    assert [(row.label, tuple(row.scores)) for row in found] == [
        ("reference", ("f1", "mcc")),
        ("length=16", ("f1",)),
    ]


def test_one_metric_alone_needs_no_rows() -> None:
    assert rows(scored("reference", {"f1": 0.7})) == ()
