"""Adaptive routes that decide nothing are left out of a search, with a sentence."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from breakeven.records import Resource, Run, Score, Stage, Status
from breakeven.store import Store
from breakeven.study.engine import find_engine
from breakeven.study.events import ignore
from breakeven.study.optimize.adapted import decides_nothing
from breakeven.study.optimize.live import LiveBench
from breakeven.study.optimize.load import Optimization, define_optimization
from breakeven.study.optimize.space import space_of
from breakeven.study.spec import Configuration
from breakeven.workloads.stages.cascade_service import HANDED_ON

DATA: Mapping[str, Any] = {
    "study": "s",
    "task": {"name": "pydoc"},
    "stages": [
        {"name": name, "stage": "finetune", "model": "random", "n_layers": n}
        for name, n in (("ft", 3), ("ts", 2))
    ],
    "pathways": {"FT": "ft", "TS": "ts"},
    "optimize": {"student": "TS", "exits": ["1,2"], "settings": {"batch_size": [32]}},
}

NOTHING = "TS first hands no validation example on, so it is its first model, which is tried alone"
MORE = "hands every validation example on to its last answer, so it costs that and more"


def made(row: str, stage: Stage, *scores: Score) -> Run:
    """A finished run of a development row."""
    return Run(
        run_id=f"run-{row}",
        study="s",
        row=row,
        stage=stage,
        status=Status.OK,
        started_at="2026-01-01T00:00:00+00:00",
        scores=scores,
    )


def adapted(row: str, share: float) -> Run:
    """An adaptive model that hands this share of its validation examples on."""
    score = Score(metric=HANDED_ON, value=share, split="validation", n_examples=100)
    return made(row, Stage.ADAPT, score)


@pytest.fixture
def found(tmp_path: Path) -> Optimization:
    return define_optimization(DATA, folder=tmp_path)


def bench(found: Optimization, store: Path) -> LiveBench:
    return LiveBench(
        study=found.study,
        baseline=found.wanted.baseline,
        store=store,
        engine=find_engine("nlp"),
        resource=Resource.CPU_S,
        n_selection=100,
        on_event=ignore,
    )


def row_of(found: Optimization, pathway: str) -> Configuration:
    """An inference row of a pathway."""
    settings = found.study.configurations[0].settings
    return Configuration(pathway=pathway, label="r1,x", role="search", settings=settings)


@pytest.mark.parametrize(
    ("pathway", "row", "share", "why"),
    [
        ("TS first", "ts-first", 1.0, f"TS first {MORE}"),
        ("FT exits 1-2", "ft-exits-1-2", 1.0, f"FT exits 1-2 {MORE}"),
        (
            "TS first",
            "ts-first",
            0.0,
            NOTHING,
        ),
        ("FT exits 1-2", "ft-exits-1-2", 0.0, ""),
        ("TS first", "ts-first", 0.99, ""),
        ("FT", "ts-first", 1.0, ""),
    ],
)
def test_a_route_that_hands_on_everything_or_nothing_is_told(
    found: Optimization, pathway: str, row: str, share: float, why: str
) -> None:
    assert decides_nothing(found.study, row_of(found, pathway), [adapted(row, share)]) == why


def test_before_it_was_made_nothing_is_known(found: Optimization) -> None:
    assert decides_nothing(found.study, row_of(found, "TS first"), []) == ""


def test_such_a_route_is_not_measured_and_the_reason_is_kept(
    found: Optimization, tmp_path: Path
) -> None:
    """Everything is made; measuring would start a worker and load what is not there."""
    wanted = found.wanted
    cells = space_of(found.study, baseline=wanted.baseline, settings=wanted.settings).cells
    cell = next(cell for cell in cells if cell.route == "TS first")
    with Store(tmp_path / "store") as store:
        for run in (made("ft", Stage.FINETUNE), made("ts", Stage.FINETUNE)):
            store.append(run)
        store.append(adapted("ts-first", 1.0))
    live = bench(found, tmp_path / "store")

    (cost,) = live.cost([cell], n_examples=64, n_blocks=2)

    assert len(cost) == 0
    assert live.failed == {cell.name: f"TS first {MORE}"}
    with Store(tmp_path / "store") as store:
        assert len(store.runs()) == 3
