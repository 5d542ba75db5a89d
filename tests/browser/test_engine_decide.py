"""The engine's decisions in a real browser: shared vectors, and studies made up of every shape."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.browser.engine_page import ask, assert_alike
from tests.browser.random_studies import random_ground, random_settings

from breakeven.analysis.costs.lifecycle import amortized_curve
from breakeven.analysis.deciding import (
    Ground,
    Settings,
    decide,
    decision_data,
    decision_plain,
    measures_of,
    own_settings,
    winners_by_floor,
    winners_by_tasks,
)
from breakeven.analysis.deciding.position import position
from breakeven.errors import UnknownNameError
from breakeven.report.decided import decision_texts
from tools.vector_corners import CORNERS
from tools.vectors import CORNERS_FILE, FOLDER, STUDIES

pytestmark = [pytest.mark.browser, pytest.mark.report, pytest.mark.slow]

N_STUDIES = 150
VOLUMES = [1.0, 30.0, 1e3, 1e5, 1e7]
SCRIPT = """
  var e = b.engine;
  return { studies: inputs.map(function (study) {
    return {
      decisions: study.cases.map(function (s) { return e.decide(study.data, s); }),
      maps: (study.maps || []).map(function (m) { return e.winners(study.data, m.settings, m); }),
      refusals: study.data.measures.concat({ key: "joy" }).map(function (measure) {
        var asked = Object.assign({}, study.data.settings, { measure: measure.key });
        try { e.decide(study.data, asked); } catch (error) { return error.message; }
        return e.missing(study.data, asked);
      }),
      curves: (study.curves || []).map(function (c) {
        return e.curve(study.data, c.settings, c.volumes);
      })
    };
  }) };
"""
Case = tuple[Ground, list[Settings], list[dict[str, Any]]]


SHARED = (*STUDIES, *CORNERS)


@pytest.fixture(scope="module")
def shared() -> Mapping[str, Any]:
    """Vectors by study; those of the corners bring the data that the page is given."""
    told = {name: json.loads((FOLDER / name).read_text(encoding="utf-8")) for name in STUDIES}
    corners = json.loads((FOLDER / CORNERS_FILE).read_text(encoding="utf-8"))["studies"]
    data = {name: {"data": decision_data(STUDIES[name]()[2])} for name in STUDIES}
    return {name: told[name] | data[name] for name in STUDIES} | {c["name"]: c for c in corners}


@pytest.fixture(scope="module")
def studies() -> Sequence[Case]:
    rng = np.random.default_rng(1993)
    return [_case(rng) for _ in range(N_STUDIES)]


def _case(rng: np.random.Generator) -> Case:
    ground = random_ground(rng)
    settings = [random_settings(ground, rng) for _ in range(3)]
    by_floor = {"volumes": VOLUMES, "floors": [0.5, 0.75, 15.0], "settings": settings[0].to_data()}
    by_tasks = {"volumes": VOLUMES, "row": ground.rows[0], "tasks": [1, 40]}
    maps = [by_floor, {**by_tasks, "settings": settings[0].to_data()}]
    return ground, settings, maps[: 1 if ground.is_measured_only else 2]


@pytest.fixture(scope="module")
def seen(
    browser: str,
    tmp_path_factory: pytest.TempPathFactory,
    shared: Mapping[str, Any],
    studies: Sequence[Case],
) -> Sequence[Mapping[str, Any]]:
    inputs = [
        *(_shared_input(shared[name]) for name in SHARED),
        *(_input(*case) for case in studies),
    ]
    found = ask(browser, _folder(tmp_path_factory), inputs, SCRIPT)
    assert found["errors"] == []
    answers: Sequence[Mapping[str, Any]] = found["studies"]
    return answers


def _folder(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("decisions")


def _shared_input(vectors: Mapping[str, Any]) -> dict[str, object]:
    return {
        "data": vectors["data"],
        "cases": [case["settings"] for case in vectors["cases"]],
        "maps": vectors["maps"],
    }


def _input(
    ground: Ground, settings: list[Settings], maps: list[dict[str, Any]]
) -> dict[str, object]:
    cases = [asked.to_data() for asked in settings]
    curves = [{"settings": case, "volumes": VOLUMES} for case in cases[:1]]
    return {"data": decision_data(ground), "cases": cases, "maps": maps, "curves": curves}


@pytest.mark.parametrize("name", SHARED)
def test_the_engine_decides_as_the_shared_vectors_say(
    shared: Mapping[str, Any], seen: Sequence[Mapping[str, Any]], name: str
) -> None:
    found = seen[SHARED.index(name)]
    vectors = shared[name]

    assert vectors["cases"]
    assert_alike(found["decisions"], [case["decision"] for case in vectors["cases"]], name)


@pytest.mark.parametrize("name", SHARED)
def test_the_engine_writes_the_texts_of_the_first_screen(
    shared: Mapping[str, Any], seen: Sequence[Mapping[str, Any]], name: str
) -> None:
    told = [decision["texts"] for decision in seen[SHARED.index(name)]["decisions"]]

    assert told == [case["texts"] for case in shared[name]["cases"]]


@pytest.mark.parametrize("name", SHARED)
def test_the_engine_maps_who_wins_where_as_the_shared_vectors_say(
    shared: Mapping[str, Any], seen: Sequence[Mapping[str, Any]], name: str
) -> None:
    told = [found["cells"] for found in seen[SHARED.index(name)]["maps"]]

    assert told == [found["cells"] for found in shared[name]["maps"]]


def test_the_engine_decides_studies_of_every_shape(
    studies: Sequence[Case], seen: Sequence[Mapping[str, Any]]
) -> None:
    for place, (ground, settings, _) in enumerate(studies):
        told = seen[len(SHARED) + place]["decisions"]
        for asked, found in zip(settings, told, strict=True):
            expected = decide(ground, asked)

            assert_alike(found, decision_plain(expected), f"study {place}, {asked}")
            assert found["texts"] == decision_texts(expected)


def test_the_engine_refuses_what_the_analysis_refuses_in_the_same_words(
    studies: Sequence[Case], seen: Sequence[Mapping[str, Any]]
) -> None:
    for place, (ground, _, _) in enumerate(studies):
        own = own_settings(ground)
        keys = [*(measure.key for measure in measures_of(ground)), "joy"]
        asked = [replace(own, measure=key) for key in keys]

        assert seen[len(SHARED) + place]["refusals"] == [_refusal(ground, s) for s in asked]


def _refusal(ground: Ground, asked: Settings) -> str | list[object]:
    try:
        decide(ground, asked)
    except (ValueError, UnknownNameError) as error:
        return str(error)
    return []


def test_the_engine_maps_studies_of_every_shape(
    studies: Sequence[Case], seen: Sequence[Mapping[str, Any]]
) -> None:
    for place, (ground, settings, maps) in enumerate(studies):
        asked, found = settings[0], [each["cells"] for each in seen[len(SHARED) + place]["maps"]]
        told = [winners_by_floor(ground, asked, volumes=VOLUMES, floors=maps[0]["floors"])]
        if len(maps) > 1:
            row, tasks = maps[1]["row"], maps[1]["tasks"]
            told.append(winners_by_tasks(ground, asked, volumes=VOLUMES, row=row, tasks=tasks))

        assert [[[(c["pathway"], c["is_sure"]) for c in r] for r in m] for m in found] == [
            [[(c.pathway, c.is_sure) for c in r] for r in m.cells] for m in told
        ], f"study {place}, {asked}"


def test_the_engine_draws_the_curves_of_studies_of_every_shape(
    studies: Sequence[Case], seen: Sequence[Mapping[str, Any]]
) -> None:
    for place, (ground, settings, _) in enumerate(studies):
        here = position(ground, settings[0])
        headline = here.definition.headline
        curves = [amortized_curve(p, headline, volumes=VOLUMES) for p in here.pathways]
        points = [
            {"pathway": c.pathway, "volume": n, "average": average, "low": low, "high": high}
            for c in curves
            if c is not None
            for n, average, low, high in zip(c.volumes, c.average, c.low, c.high, strict=True)
        ]

        assert_alike(seen[len(SHARED) + place]["curves"], [points], f"study {place}")
