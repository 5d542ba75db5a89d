"""What a search tries: routes of the block, and settings of inference on each."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from breakeven.errors import StudyFileError
from breakeven.records import Resource
from breakeven.study.optimize.asked import BASELINES
from breakeven.study.optimize.load import Optimization, define_optimization
from breakeven.study.optimize.space import Space, passed_to, space_of


def defined(folder: Path, **changed: Any) -> Optimization:
    """A study of two models whose block says what is given."""
    data: Mapping[str, Any] = {
        "study": "s",
        "task": {"name": "pydoc"},
        "stages": [
            {"name": "ft", "stage": "finetune", "model": "random", "n_layers": 3},
            {"name": "ov", "stage": "export", "from": "ft", "backend": "openvino"},
        ],
        "pathways": {"FT": "ft", "OV": "ov"},
        "inference": {"reference": {"max_length": 64, "batch_size": 8}},
        "optimize": changed,
    }
    return define_optimization(data, folder=folder)


def space(found: Optimization) -> Space:
    wanted = found.wanted
    return space_of(found.study, baseline=wanted.baseline, settings=wanted.settings)


def test_every_trained_model_is_also_tried_exported_and_cut(tmp_path: Path) -> None:
    exports = [{"backend": "openvino", "precision": ["fp32", "int8-static"]}]

    study = defined(tmp_path, exports=exports, depths=[2], refit={"epochs": 1}).study

    assert [pathway.name for pathway in study.pathways] == [
        "FT",
        "OV",
        "FT 2 layers",
        "FT openvino-fp32",
        "FT openvino-int8-static",
        "FT 2 layers openvino-fp32",
        "FT 2 layers openvino-int8-static",
    ]
    cut = study.row("ft-2")
    assert cut.settings.resolved["trained"] == "head"
    assert cut.settings.resolved["n_layers"] == 2
    assert study.row("ft-2-openvino-fp32").parents == {"start": "ft-2"}


def test_the_model_itself_is_tried_with_exits_and_a_student_before_it(tmp_path: Path) -> None:
    exports = [{"backend": "openvino", "precision": "fp32"}]
    data = {
        "study": "s",
        "task": {"name": "pydoc"},
        "stages": [
            {"name": name, "stage": "finetune", "model": "random", "n_layers": n}
            for name, n in (("ft", 6), ("ts", 2))
        ],
        "pathways": {"FT": "ft", "TS": "ts"},
        "optimize": {"exports": exports, "exits": ["2,4", "3"], "student": "TS", "max_drop": 2},
    }

    study = define_optimization(data, folder=tmp_path).study

    rows = {pathway.name: study.row(pathway.row) for pathway in study.pathways}
    assert set(rows) - {"FT", "TS", "FT openvino-fp32", "TS openvino-fp32"} == {
        "FT exits 2-4",
        "FT exits 3",
        "TS first",
        "TS openvino-fp32 first",
    }
    exits = rows["FT exits 2-4"]
    assert exits.parents == {"start": "ft"}
    assert (exits.settings.resolved["exits"], exits.settings.resolved["max_drop"]) == ("2,4", 1.0)
    assert rows["TS first"].parents == {"start": "ts", "fallback": "ft"}
    assert rows["TS openvino-fp32 first"].parents == {
        "start": "ts-openvino-fp32",
        "fallback": "ft-openvino-fp32",
    }


def test_what_an_adaptive_route_costs_is_not_foretold_from_others(tmp_path: Path) -> None:
    found = space(defined(tmp_path, exits=["1", "2"], settings={"batch_size": [8, 16]}))

    told = {c.route: c.features.levels["route"] for c in found.cells}

    assert told["FT exits 1"] == "early-exit ft-exits-1"
    assert len({*told.values()}) == len(told) == 4


def test_a_student_that_is_no_pathway_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyFileError, match=r"optimize\.student: .*'TS'"):
        defined(tmp_path, student="TS")


def test_cells_are_named_by_what_differs_from_the_reference(tmp_path: Path) -> None:
    found = space(defined(tmp_path, settings={"batch_size": [8, 16], "max_length": [64, 32]}))

    assert found.reference.name == "FT"
    assert [cell.name for cell in found.cells] == [
        "FT",
        "FT/max_length=32",
        "FT/batch_size=16",
        "FT/batch_size=16,max_length=32",
        "OV",
        "OV/max_length=32",
        "OV/batch_size=16",
        "OV/batch_size=16,max_length=32",
    ]


def test_what_a_graph_has_built_in_is_tried_on_models_alone(tmp_path: Path) -> None:
    found = space(defined(tmp_path, settings={"n_layers": [0, 2], "attention": ["auto", "eager"]}))

    assert [cell.route for cell in found.cells] == ["FT", "FT", "FT", "FT", "OV"]


def test_what_the_baseline_sets_of_it_is_not_passed_to_a_graph(tmp_path: Path) -> None:
    found = defined(tmp_path, settings={"batch_size": [8, 16]})
    reference = {**found.study.reference, "attention": "sdpa", "max_length": 64}
    study = replace(found.study, reference=reference)
    cells = {cell.name: cell for cell in space(found).cells}

    graph, model = (passed_to(study, cells[f"{route}/batch_size=16"]) for route in ("OV", "FT"))

    assert graph["max_length"] == model["max_length"] == 64
    assert graph["batch_size"] == model["batch_size"] == 16
    assert model["attention"] == "sdpa"
    assert not {"attention", "precision", "n_layers"} & graph.keys()


def test_features_tell_what_a_cell_computes(tmp_path: Path) -> None:
    settings = {"batch_size": [8, 16], "max_length": [64, 32], "n_layers": [0, 2]}
    cells = {cell.name: cell for cell in space(defined(tmp_path, settings=settings)).cells}
    graph, cut = cells["OV/max_length=32"], cells["FT/n_layers=2"]

    assert (graph.features.length, graph.features.batch, graph.features.depth) == (32, 8, 3)
    assert graph.features.levels == {"route": "openvino fp32"}
    assert (cut.features.length, cut.features.depth) == (64, 2)
    assert cells["OV"].alike == cells["OV/batch_size=16"].alike
    assert cells["OV"].alike != graph.alike


def test_an_fp32_graph_answers_as_its_model_and_other_graphs_as_nobody_else(tmp_path: Path) -> None:
    exports = [{"backend": "onnxruntime", "precision": ["fp32", "int8-dynamic"]}]

    found = space(defined(tmp_path, exports=exports, depths=[2], settings={"batch_size": [8, 16]}))

    alike = {cell.name: cell.alike for cell in found.cells}
    assert alike["FT"] == alike["FT/batch_size=16"] == alike["OV"] == alike["FT onnxruntime-fp32"]
    assert alike["FT 2 layers"] == alike["FT 2 layers onnxruntime-fp32/batch_size=16"]
    assert len({alike[name] for name in alike if "int8-dynamic" in name}) == 4
    assert alike["FT"] != alike["FT 2 layers"]


def test_routes_of_one_family_are_foretold_by_what_runs_them_and_their_layers(
    tmp_path: Path,
) -> None:
    exports = [{"backend": "openvino", "precision": "int8-static"}]
    found = space(defined(tmp_path, exports=exports, depths=[2], settings={"batch_size": [8]}))

    told = {c.route: (c.features.levels["route"], c.features.depth) for c in found.cells}

    assert told == {
        "FT": ("torch fp32", 3),
        "OV": ("openvino fp32", 3),
        "FT 2 layers": ("torch fp32", 2),
        "FT openvino-int8-static": ("openvino int8-static", 3),
        "FT 2 layers openvino-int8-static": ("openvino int8-static", 2),
    }


def test_without_settings_lengths_batches_and_budgets_are_those_that_reductions_suggest(
    tmp_path: Path,
) -> None:
    tried = defined(tmp_path).wanted.settings

    assert tried == {
        "max_length": (64, 48, 32, 24),
        "batch_size": (8, 1, 16, 64, 128),
        "batch_tokens": (0, 512, 1024, 2048),
    }


def test_a_baseline_in_the_order_of_the_data_and_padded_to_a_limit_is_also_tried_without_both(
    tmp_path: Path,
) -> None:
    """Order saves nothing where all texts have one length, so three of four combinations."""
    data = {
        "study": "s",
        "task": {"name": "pydoc"},
        "stages": [{"name": "ft", "stage": "finetune", "model": "random", "n_layers": 3}],
        "pathways": {"FT": "ft"},
        "inference": {"reference": dict(BASELINES["weak"])},
        "optimize": {},
    }

    found = define_optimization(data, folder=tmp_path)

    assert found.wanted.settings["padding"] == ("max_length", "longest")
    assert found.wanted.settings["sorted"] == (False, True)
    own = {"padding", "sorted"}
    names = [c.name for c in space(found).cells if c.settings.keys() <= own]
    assert names == ["FT", "FT/padding=longest", "FT/padding=longest,sorted=true"]


def test_where_a_budget_of_tokens_decides_batch_sizes_are_not_tried(tmp_path: Path) -> None:
    settings = {"batch_size": [8, 16], "batch_tokens": [0, 512, 1024]}

    found = space(defined(tmp_path, settings=settings))

    assert [cell.name for cell in found.cells if cell.route == "FT"] == [
        "FT",
        "FT/batch_tokens=512",
        "FT/batch_tokens=1024",
        "FT/batch_size=16",
    ]
    assert {cell.alike for cell in found.cells} == {"ft"}


def test_an_engine_without_budgets_of_tokens_is_offered_none(tmp_path: Path) -> None:
    data = {
        "study": "s",
        "engine": "toy-virtual",
        "task": {"name": "toy"},
        "stages": [{"name": "ft", "stage": "finetune"}],
        "pathways": {"FT": "ft"},
        "optimize": {},
    }

    tried = define_optimization(data, folder=tmp_path).wanted.settings

    assert set(tried) == {"batch_size", "max_length"}


def test_words_of_the_block_become_values(tmp_path: Path) -> None:
    wanted = defined(
        tmp_path, baseline="FT", max_drop=0.5, cost="energy_j", max_latency_ms=20, max_memory_mb=300
    ).wanted
    median = defined(tmp_path, max_latency_ms=20, percentile=50).wanted

    assert wanted.max_drop == 0.005
    assert wanted.cost is Resource.ENERGY_J
    assert wanted.limits == {Resource.LATENCY_P99_S: 0.02, Resource.PEAK_MEMORY_BYTES: 3e8}
    assert median.limits == {Resource.LATENCY_P50_S: 0.02}
    assert median.cost is Resource.CPU_S
