"""Vectors: decisions that Python takes, for the page's script to be held against.

`python -m tools.vectors` rewrites tests/vectors/controls-*.json; a test says when they are stale.
Each file holds one study: `cases`, settings with the decision that follows (as
`breakeven.analysis.deciding.decision_plain` writes it) and the texts of the first screen; and
`maps`, who would be chosen where. controls-corners.json holds tiny studies under `studies`, each
with its `name`, the page's `data`, `cases` and `maps`. Random settings are drawn from a fixed seed,
with few digits, so that a person could type them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from breakeven.analysis.deciding import (
    Ground,
    Measure,
    Settings,
    WinnerMap,
    decide,
    decision_data,
    decision_plain,
    ground_of,
    measures_of,
    own_settings,
    settings_from,
    winners_by_floor,
    winners_by_tasks,
)
from breakeven.records import Run, StudyDefinition
from breakeven.report.decided import decision_texts
from breakeven.store import Store, StoredAnswers
from breakeven.testing.runs import example_runs
from tools.vector_corners import CORNERS, corner

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "vectors"
SST2 = ROOT / "studies" / "results" / "sst2-minilm"
N_RANDOM = 24
GIVEN = {"price_per_kwh": 0.31, "price_per_hour": 1.2, "pue": 1.2, "grid_g_per_kwh": 380.0}
VOLUMES = (1e3, 1e4, 1e5, 1e6, 1e7, 1e8)


def sst2() -> tuple[StudyDefinition, tuple[Run, ...], Ground]:
    """The study on SST-2 whose records are in the tree."""
    with Store(SST2, create=False) as store:
        definition = store.studies()[0]
        runs = tuple(store.runs(study=definition.name))
        answers = StoredAnswers(store, study=definition.name)
        return definition, runs, ground_of(definition, runs, answers=answers)


def example() -> tuple[StudyDefinition, tuple[Run, ...], Ground]:
    """The made-up study, in which energy is measured."""
    definition, runs = example_runs()
    return definition, runs, ground_of(definition, runs)


CORNERS_FILE = "controls-corners.json"
STUDIES = {"controls-sst2.json": sst2, "controls-example.json": example}


def settings_of(ground: Ground, *, seed: int) -> list[Settings]:
    """Random positions of all controls, and those at their edges.

    Args:
        ground: A study.
        seed: Of the random ones.
    """
    rng = np.random.default_rng(seed)
    return [*(_random(ground, rng) for _ in range(N_RANDOM)), *_edges(ground)]


def _random(ground: Ground, rng: np.random.Generator) -> Settings:
    measure = _drawn(measures_of(ground), rng)
    scores = _scores(ground)
    floor = float(rng.uniform(min(scores) - 0.03, max(scores) + 0.01))
    rows = rng.permutation(ground.rows)[: int(rng.integers(0, 3))]
    asked = Settings(
        measure=measure.key,
        volume=_digits(10 ** rng.uniform(1, 10), 3),
        min_score=round(floor, 3) if rng.random() < 0.6 else None,
        tasks={str(row): int(10 ** rng.uniform(0, 3)) for row in rows},
        currency=str(rng.choice(["EUR", "USD"])),
        pue=round(float(rng.uniform(1, 2)), 2) if rng.random() < 0.5 else 1.0,
    )
    needed = [name for name in measure.by if name != "pue"]
    return _given(asked, {name: _digits(GIVEN[name] * rng.uniform(0.2, 3), 3) for name in needed})


def _given(asked: Settings, prices: Mapping[str, float]) -> Settings:
    return settings_from({**asked.to_data(), **prices})


def _edges(ground: Ground) -> Iterator[Settings]:
    own, scores = own_settings(ground), sorted(_scores(ground))
    yield own
    yield replace(own, volume=1.0)
    yield replace(own, volume=1e15)
    yield replace(own, min_score=_digits(scores[-1] + 0.01, 3))
    chosen = decide(ground, own)
    winner = chosen.ranked[0].score
    yield replace(own, min_score=_digits(winner + 0.001, 4))
    yield replace(own, min_score=_digits(scores[0] - 0.01, 3))
    for n_tasks in (1, 1000):
        yield replace(own, tasks=dict.fromkeys(ground.rows, n_tasks))
    for measure in measures_of(ground):
        there = replace(own, measure=measure.key)
        yield _given(there, {name: GIVEN[name] for name in measure.by})


def _drawn(measures: Sequence[Measure], rng: np.random.Generator) -> Measure:
    return measures[int(rng.integers(len(measures)))]


def _scores(ground: Ground) -> list[float]:
    return [p.score.value for p in ground.pathways if p.score is not None]


def _digits(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")


def vectors(ground: Ground, *, seed: int = 8) -> dict[str, object]:
    """All cases and maps of one study.

    Args:
        ground: The study.
        seed: Of the random settings.
    """
    return {
        "study": ground.definition.name,
        "cases": [_case(ground, asked) for asked in settings_of(ground, seed=seed)],
        "maps": list(_maps(ground)),
    }


def _case(ground: Ground, asked: Settings) -> dict[str, object]:
    found = decide(ground, asked)
    return {
        "settings": asked.to_data(),
        "decision": decision_plain(found),
        "texts": decision_texts(found),
    }


def _maps(ground: Ground) -> Iterator[dict[str, object]]:
    yield _floor_map(ground)
    own = own_settings(ground)
    for row in ground.rows:
        by_tasks = winners_by_tasks(ground, own, volumes=VOLUMES, row=row, tasks=[1, 10, 1000])
        yield _map(own, by_tasks)


def _floor_map(ground: Ground) -> dict[str, object]:
    own, scores = own_settings(ground), sorted(_scores(ground))
    floors = [_digits(x, 4) for x in np.linspace(scores[0] - 0.01, scores[-1] + 0.01, 7)]
    return _map(own, winners_by_floor(ground, own, volumes=VOLUMES, floors=floors))


def _map(asked: Settings, found: WinnerMap) -> dict[str, object]:
    return {
        "settings": asked.to_data(),
        "volumes": list(found.volumes),
        "row": found.row,
        "floors" if found.row is None else "tasks": list(found.others),
        "cells": [
            [{"pathway": cell.pathway, "is_sure": cell.is_sure} for cell in cells]
            for cells in found.cells
        ],
    }


def corner_vectors(name: str) -> dict[str, object]:
    """Data, cases and maps of one tiny study.

    Args:
        name: Of `CORNERS`.
    """
    ground = corner(name)
    own = own_settings(ground)
    shared = dict.fromkeys(ground.rows, 4)
    asked = [
        own,
        *(replace(own, volume=volume) for volume in (1.0, 17.0)),
        *(replace(own, min_score=floor) for floor in (0.83, 25.0)),
        replace(own, tasks=shared),
    ]
    return {
        "name": name,
        "data": decision_data(ground),
        "cases": [_case(ground, each) for each in asked],
        "maps": [_floor_map(ground)] if _scores(ground) else [],
    }


def texts() -> dict[str, str]:
    """Every file of vectors by its name."""
    found = {name: text_of(vectors(study()[2])) for name, study in STUDIES.items()}
    corners = [_line(corner_vectors(name)) for name in CORNERS]
    return found | {CORNERS_FILE: '{"studies": [\n' + ",\n".join(corners) + "\n]}\n"}


def _line(value: object) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def text_of(found: dict[str, object]) -> str:
    """JSON with one line for each case and map.

    Args:
        found: As `vectors` gives it.
    """
    parts = [f' "study": {json.dumps(found["study"])}']
    for name in ("cases", "maps"):
        entries = found[name]
        assert isinstance(entries, list)
        lines = ",\n".join(f"  {_line(entry)}" for entry in entries)
        parts.append(f' "{name}": [\n{lines}\n ]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(FOLDER / name)
