"""Stores with everything in them that columns must get right, or leave to the records."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from benchmarks.scale_store import Shape, definition, write_store
from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.matrix import StudyColumns, column_costs
from breakeven.analysis.runs.select import study_runs
from breakeven.cli.index_columns import run_columns
from breakeven.records import (
    Cost,
    Kind,
    PathwayDefinition,
    Resource,
    Run,
    Score,
    Stage,
    Status,
    StudyDefinition,
    Trial,
    Volume,
)
from breakeven.store import Store
from breakeven.store.index import open_index, update_index
from breakeven.testing.runs import example_runs

AT = "2026-03-01T00:00:00.000+00:00"


@dataclass(frozen=True)
class Scene:
    """A store and one study in it."""

    path: Path
    definition: StudyDefinition

    def plain(self) -> tuple[PathwayCost, ...]:
        """Costs from records."""
        with Store(self.path, create=False) as store:
            found = study_runs(self.definition, store.runs())
        return tuple(pathway_cost(found, p) for p in found.definition.pathways)

    def columns(self, resource: Resource) -> tuple[PathwayCost, ...]:
        """Costs from a fresh index of small segments."""
        with Store(self.path, create=False) as store:
            update_index(store, segment_runs=64)
            found = run_columns(open_index(store), resource, item=self.definition.item)
        assert not StudyColumns(found, self.definition).why_records
        return column_costs(found, self.definition, resource)

    def why(self) -> str:
        """Why columns cannot answer."""
        with Store(self.path, create=False) as store:
            update_index(store, segment_runs=64)
            found = run_columns(open_index(store), Resource.CPU_S, item=self.definition.item)
        return StudyColumns(found, self.definition).why_records


def kept(path: Path, definition: StudyDefinition, *runs: Run) -> Scene:
    """Put a study and runs into a store."""
    with Store(path) as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
    return Scene(path, definition)


def paid(run_id: str, row: str, cpu_s: float, *parents: str, **fields: object) -> Run:
    """A run that cost so much, by default a fine-tuning that ended well."""
    known: dict[str, object] = {
        "stage": Stage.FINETUNE,
        "status": Status.OK,
        "started_at": AT,
        "study": "scale",
        "counts": (Cost.exact(Resource.CPU_S, cpu_s, kind=Kind.COUNTED, sensor="made up"),),
        "output": Volume(n_examples=100),
    }
    return Run(run_id=run_id, row=row, parents=parents, **(known | fields))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    study, runs = example_runs()
    return kept(tmp_path_factory.mktemp("example") / "store", study, *runs)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Two hundred runs for each of 24 pathways, and rows that are read in full."""
    path = tmp_path_factory.mktemp("large") / "store"
    shape = Shape(n_runs=2400, n_pathways=24)
    write_store(path, shape)
    tuned = PathwayDefinition(name="TUNED", row="tuned")
    resumed = PathwayDefinition(name="RESUMED", row="resumed")
    whole = definition(shape)
    study = replace(whole, pathways=(*whole.pathways, tuned, resumed))
    score = Score(metric="accuracy", value=0.5, split="validation", n_examples=10)
    trials = [
        paid(
            f"t{n}",
            f"tuned/trial-{n}",
            100.0 + n,
            trial=Trial(row="tuned", number=n, metric="accuracy"),
            scores=(replace(score, value=0.5 + n / 100),),
        )
        for n in range(3)
    ]
    halves = [
        paid("h0", "resumed", 40.0, "t1", status=Status.INTERRUPTED),
        paid("h1", "resumed", 70.0, "t1", continues="h0"),
        paid("h2", "resumed", 5.0, "gone", status=Status.FAILED),
    ]
    used = [
        paid(
            f"{name}-{n}",
            f"{name}/reference",
            0.1 + n / 1000,
            parent,
            stage=Stage.INFER,
            block=block,
            settings=replace(
                Run(run_id="", stage=Stage.INFER, status=Status.OK, started_at=AT).settings,
                resolved={"role": "reference"},
            ),
        )
        for name, parent in (("TUNED", "t2"), ("RESUMED", "h1"))
        for n, block in enumerate((0, 1, 1, None, None))
    ]
    return kept(path, study, *trials, *halves, *used)


Made = Callable[..., Scene]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Build a study of two pathways from runs that the test gives."""

    def build(*runs: Run) -> Scene:
        study = StudyDefinition(
            name="scale",
            pathways=(PathwayDefinition(name="A", row="a"), PathwayDefinition(name="B", row="b")),
        )
        return kept(tmp_path / "store", study, *runs)

    return build
