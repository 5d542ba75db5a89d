"""One study file, a model and its graphs: what is missing or fails is told, the rest goes on."""

import os
import random
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.records import PhaseName, Resource, Run, Stage, Status
from breakeven.store import Store
from breakeven.study import load_study
from breakeven.study.events import Event, EventKind
from breakeven.study.runner import execute

pytestmark = [pytest.mark.nlp, pytest.mark.slow]

WORDS = {"good": ("fine", "warm", "kind"), "bad": ("cold", "grim", "dull")}

STUDY = """
study: graphs
seed: 1
task: {name: files, train: train.tsv, validation: validation.tsv, test: test.tsv,
       labels: "bad,good"}
defaults: {max_length: 24}
stages:
  - {name: ft, stage: finetune, model: random, hidden_size: 16, n_heads: 2, lr: 5e-3,
     intermediate_size: 32, n_layers: 2, vocab_size: 100, epochs: 4, batch_size: 8}
  - {name: ort, stage: export, from: ft}
  - {name: ov, stage: export, from: ft, backend: openvino}
  - {name: gone, stage: export, from: ft, backend: gone}
  - {name: odd, stage: export, from: ft, backend: odd}
pathways: {FT: ft, ORT: ort, OV: ov, GONE: gone, ODD: odd}
inference:
  reference: {max_length: 24, batch_size: 8}
  blocks: 1
  min_window_s: 0
  warmup: 1
  aa: false
  sweep: [{batch_size: 4, pathways: [ORT, GONE]}]
"""

PLUG_IN = """
from breakeven.errors import ExportError
from breakeven.workloads.backends.backend import missing_modules


class Gone:
    name, precisions, prepares_shapes = "gone", ("fp32",), False
    modules = ("runtime_that_nobody_has",)

    def export_modules(self, precision):
        return ()

    def computes_in(self, precision):
        return precision

    def missing(self, precisions=()):
        return missing_modules(self.name, self.modules, extra="gone")


class Odd:
    name, precisions, modules, prepares_shapes = "odd", ("fp32",), (), False

    def export_modules(self, precision):
        return ()

    def computes_in(self, precision):
        return precision

    def missing(self, precisions=()):
        return ""

    def export(self, model, out, **given):
        raise ExportError("Odd cannot export it; use another backend")


GONE, ODD = Gone(), Odd()
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Written beside an installed package of two backends that workers find too."""
    info = tmp_path / "site" / "odd_backends-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-backends\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[breakeven.backends]\ngone = odd_backends:GONE\nodd = odd_backends:ODD\n"
    )
    (tmp_path / "site" / "odd_backends.py").write_text(PLUG_IN)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"), prepend=os.pathsep)
    rng = random.Random(0)
    for name, n in (("train", 40), ("validation", 16), ("test", 24)):
        rows = [f"{' '.join(rng.choices(WORDS[k], k=3))} {i}\t{k}" for i in range(n) for k in WORDS]
        (tmp_path / f"{name}.tsv").write_text("\n".join(["sentence\tlabel", *rows]) + "\n")
    (tmp_path / "graphs.yaml").write_text(STUDY)
    return tmp_path / "graphs.yaml"


def answered(store: Store, run: Run) -> list[int]:
    path = store.artifact(run.artifacts["predictions"]) / "predictions.npz"
    with np.load(path, allow_pickle=False) as kept:
        found: list[int] = kept["predicted"].tolist()
    return found


def test_graphs_are_made_and_served_and_what_is_missing_is_told(study: Path) -> None:
    pytest.importorskip("torch")
    events: list[Event] = []
    outcome = execute(load_study(study), study.parent / "store", on_event=events.append)
    rows = {run.row: run for run in outcome.runs}

    assert outcome.failed == ("gone", "odd")
    assert outcome.skipped == (
        "GONE/reference: its parent 'gone' has no result",
        "GONE/batch_size=4: its parent 'gone' has no result",
        "ODD/reference: its parent 'odd' has no result",
    )
    told = {event.row: event.text for event in events if event.kind is EventKind.ENDED}
    assert (
        "backend 'gone' needs runtime_that_nobody_has, not installed here; "
        "run: pip install 'breakeven[gone]'" in told["gone"]
    )
    assert "Odd cannot export it; use another backend" in told["odd"]
    begun = [phase.name for phase in rows["gone"].phases]
    assert begun == [PhaseName.IMPORT]  # the worker's own: it was said before torch was imported

    exported = rows["ort"]
    assert exported.parents == (rows["ft"].run_id,)
    assert [phase.name for phase in exported.phases] == [
        *(PhaseName.IMPORT, PhaseName.IMPORT, PhaseName.LOAD, PhaseName.WORK)
    ]
    assert exported.costs(Resource.CPU_S, phases=[PhaseName.WORK])[0].value > 0
    assert {(s.metric, s.split) for s in exported.scores} >= {
        ("agreement", "validation"),
        ("largest_difference", "validation"),
    }
    with Store(study.parent / "store", create=False) as store:
        wanted = answered(store, rows["FT/reference"])
        assert answered(store, rows["ORT/reference"]) == wanted
        assert answered(store, rows["OV/reference"]) == wanted
        assert answered(store, rows["ORT/batch_size=4"]) == wanted
    served = [run for run in outcome.runs if run.stage is Stage.INFER]
    assert {run.status for run in served} == {Status.OK}
    reported = CliRunner().invoke(group, ["report", str(study.parent / "store"), "--tables-only"])
    assert reported.exit_code == 0, reported.output
    assert "ORT" in reported.output
