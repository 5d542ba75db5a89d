"""The serving table, by hand."""

from dataclasses import replace

import pytest

from breakeven.analysis.overview import analyse
from breakeven.records import (
    PathwayDefinition,
    PhaseName,
    Resource,
    Run,
    Settings,
    Stage,
    StudyDefinition,
    Volume,
)
from breakeven.report.tables.serving import serving_table
from breakeven.testing.tiny import (
    STUDY,
    tiny_cost,
    tiny_inference,
    tiny_phase,
    tiny_run,
    tiny_score,
)

CPU, DURATION = Resource.CPU_S, Resource.DURATION_S
DEFINITION = StudyDefinition(
    name=STUDY, pathways=(PathwayDefinition(name="FT", row="ft"),), headline=CPU
)


def served(label: str, *, tokenizing_s: float | None) -> Run:
    """Eight hundred examples in 4 s of CPU and 5 s, the slowest batch waiting 2 s for its turn."""
    amounts = {CPU: 4.0, DURATION: 5.0, Resource.PEAK_MEMORY_BYTES: 2.0**20}
    run = tiny_inference("FT", amounts, label=label, n_items=800)
    wait = tiny_cost(Resource.LATENCY_P50_S, 2.0)
    run = replace(run, counts=(*run.counts, wait), scores=(tiny_score(400, 800),))
    if tokenizing_s is None:
        return run
    alone = tiny_phase(PhaseName.TOKENIZE, [tiny_cost(CPU, tokenizing_s)])
    read = Volume(n_examples=1600, n_real_tokens=9, n_batches=2)
    return replace(run, phases=(*run.phases, replace(alone, output=read)))


def test_every_means_of_a_configuration_stands_in_one_row() -> None:
    runs = [served("reference", tokenizing_s=0.8), served("batch_size=1", tokenizing_s=None)]
    table = serving_table(analyse(DEFINITION, runs))
    names = [column.name for column in table.columns]
    first, second = (dict(zip(names, row, strict=True)) for row in table.rows)
    assert first["per_example_cpu_s"].value == pytest.approx(0.005)
    assert first["tokenizing"].value == pytest.approx(0.0005)
    assert second["tokenizing"].is_missing
    assert first["per_correct"].value == pytest.approx(0.01)
    assert first["duration_s"].value == pytest.approx(5 / 800)
    assert first["throughput"].value == pytest.approx(160)  # not one over the median
    assert first["latency_p50_s"].value == 2.0
    assert first["peak_memory_bytes"].value == 2.0**20
    assert first["score"].value == 0.5


def test_tokenizing_has_no_column_where_nobody_measured_it() -> None:
    table = serving_table(analyse(DEFINITION, [served("reference", tokenizing_s=None)]))
    assert "tokenizing" not in [column.name for column in table.columns]
    assert "latency_p99_s" not in [column.name for column in table.columns]


@pytest.mark.parametrize(
    ("stage", "settings", "shown"),
    [
        (Stage.EXPORT, {"backend": "openvino", "precision": "int8-static"}, "openvino int8-static"),
        (Stage.ADAPT, {"method": "cascade"}, "cascade \N{EM DASH}"),
        (Stage.FINETUNE, {"estimator": "logistic"}, "scikit-learn \N{EM DASH}"),
        (Stage.FINETUNE, {}, "torch fp32"),
        (Stage.FETCH, {"weights": "pretrained"}, "\N{EM DASH} \N{EM DASH}"),
        (Stage.FETCH, {"weights": "random"}, "torch fp32"),
        (Stage.FETCH, {"backend": "openvino", "precision": "int8-static"}, "openvino int8-static"),
    ],
)
def test_what_ran_a_row_is_that_of_its_graph_and_not_the_rows_default(
    stage: Stage, settings: dict[str, str], shown: str
) -> None:
    run = served("reference", tokenizing_s=None)
    own = {**run.settings.resolved, "precision": "fp32"}
    run = replace(run, settings=Settings(resolved=own))
    made = replace(tiny_run("ft", {CPU: 1.0}), stage=stage, settings=Settings(resolved=settings))
    (row,) = serving_table(analyse(DEFINITION, [made, run])).rows
    assert f"{row[2].text} {row[3].text}" == shown


def test_what_was_fetched_is_a_checkpoint_where_something_was_exported_from_it() -> None:
    run = served("reference", tokenizing_s=None)
    run = replace(run, settings=Settings(resolved={**run.settings.resolved, "precision": "fp32"}))
    fetched = replace(tiny_run("ft", {CPU: 1.0}), stage=Stage.FETCH)
    graph = replace(
        tiny_run("ov", {CPU: 1.0}), run_id="ov", stage=Stage.EXPORT, parents=(fetched.run_id,)
    )
    (row,) = serving_table(analyse(DEFINITION, [fetched, graph, run])).rows
    assert f"{row[2].text} {row[3].text}" == "torch fp32"
