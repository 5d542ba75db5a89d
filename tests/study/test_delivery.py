"""From a study to a folder and back into a study: the same answers again."""

import random
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import breakeven
from breakeven.cli import group
from breakeven.errors import RecordFormatError, UnknownNameError
from breakeven.records import Run
from breakeven.store import Store
from breakeven.study import load_study, run_study

pytest.importorskip("sklearn")

WORDS = {"good": ("fine", "lovely", "warm"), "bad": ("cold", "awful", "grim")}
NEUTRAL = ("the", "film", "was", "a", "story")

STUDY = """\
study: {name}
task: {{name: files, labels: "bad,good", train: train.tsv, validation: held.tsv, test: held.tsv,
       text_column: sentence}}
stages: [{stage}]
pathways: {{M: m}}
inference:
  blocks: 1
  aa: false
  reference: {{batch_size: 4, max_length: 12, min_window_s: 0, warmup: "0"}}
  sweep: [{{max_length: 8}}]
"""
LINEAR = "{name: m, stage: finetune, model: tfidf}"
ENCODER = (
    "{name: m, stage: finetune, model: random, hidden_size: 16, n_heads: 2, n_layers: 2, "
    "intermediate_size: 32, vocab_size: 100, max_length: 12, batch_size: 8, lr: 0.005, epochs: 2}"
)
GRAPH = (
    f"{ENCODER.replace('name: m', 'name: ft')}, "
    "{name: m, stage: export, from: ft, backend: onnxruntime, max_length: 12, check_examples: 8}"
)
WITHOUT_TORCH = """
import sys, breakeven
model = breakeven.load(sys.argv[1])
model(["the film was fine"])
print([name for name in ("torch", "transformers") if name in sys.modules])
"""


def write_rows(path: Path, n_rows: int) -> None:
    rng = random.Random(n_rows)
    rows = ["sentence\tlabel"]
    for i in range(n_rows):
        label = ("good", "bad")[i % 2]
        words = rng.choices(NEUTRAL, k=rng.randint(1, 6)) + rng.choices(WORDS[label], k=2)
        rows.append(f"{' '.join(words)} {i}\t{label}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def measure(folder: Path, name: str, stage: str) -> Store:
    """Run a study of one model; return its store."""
    if not (folder / "train.tsv").exists():
        write_rows(folder / "train.tsv", 41)
        write_rows(folder / "held.tsv", 21)
    (folder / f"{name}.yaml").write_text(STUDY.format(name=name, stage=stage), encoding="utf-8")
    run_study(load_study(folder / f"{name}.yaml"), folder / name)
    return Store(folder / name)


def export(store: Store, *arguments: object) -> Result:
    words = ["export", str(store.path), "--pathway", "M", *map(str, arguments)]
    return CliRunner().invoke(group, words, catch_exceptions=False)


def row_of(store: Store, name: str) -> Run:
    return next(run for run in store.runs() if run.row == name)


def answers(store: Store, row: str) -> Mapping[str, list[int]]:
    """Predictions and labels of one row, as they were kept."""
    folder = store.artifact(row_of(store, row).artifacts["predictions"])
    with np.load(folder / "predictions.npz") as kept:
        return {name: kept[name].tolist() for name in ("index", "predicted", "label")}


def texts_of(folder: Path) -> list[str]:
    rows = (folder / "held.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [row.partition("\t")[0] for row in rows]


MODELS = [
    pytest.param(LINEAR, id="linear"),
    pytest.param(ENCODER, id="encoder", marks=pytest.mark.slow),
    pytest.param(GRAPH, id="graph", marks=pytest.mark.slow),
]


@pytest.fixture(scope="module", params=MODELS)
def measured(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    needed = {LINEAR: "sklearn", ENCODER: "transformers", GRAPH: "onnxruntime"}
    pytest.importorskip(needed[request.param])
    return measure(tmp_path_factory.mktemp("study"), "first", request.param)


@pytest.fixture(scope="module")
def folder(measured: Store) -> Path:
    done = export(measured, "--row", "max_length=8", "--out", measured.path.parent / "model")
    assert done.exit_code == 0, done.output
    return measured.path.parent / "model"


@pytest.mark.nlp
def test_a_loaded_folder_answers_as_the_row_it_comes_from(measured: Store, folder: Path) -> None:
    """R004-16: measured again it gives the same numbers; here answer by answer."""
    kept = answers(measured, "M/max_length=8")
    with breakeven.load(folder) as model:
        found = model(texts_of(folder.parent))
    assert found == [("bad", "good")[i] for i in kept["predicted"]]


@pytest.mark.nlp
def test_a_study_takes_the_folder_and_measures_the_same_scores(
    measured: Store, folder: Path
) -> None:
    again = measure(folder.parent, "again", f"{{name: m, stage: fetch, model: {folder}}}")
    row = "M/max_length=8"
    assert answers(again, row) == answers(measured, row)
    assert row_of(again, row).scores == row_of(measured, row).scores


@pytest.mark.nlp
def test_the_folder_names_its_runs_and_its_task(measured: Store, folder: Path) -> None:
    with breakeven.load(folder) as model:
        manifest = model.manifest
    assert manifest.runs["inference"] == row_of(measured, "M/max_length=8").run_id
    assert manifest.runs["model"] == row_of(measured, "m").run_id
    assert (manifest.settings["max_length"], manifest.task["n_test"]) == (8, 21)
    assert "breakeven" in manifest.versions


@pytest.mark.nlp
@pytest.mark.slow
@pytest.mark.parametrize("measured", [GRAPH], indirect=True, ids=["graph"])
def test_a_graph_is_loaded_and_asked_without_torch(folder: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_TORCH, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.nlp
def test_what_was_not_measured_is_not_delivered(measured: Store, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no measured row named 'M/max_length=9'"):
        export(measured, "--row", "max_length=9", "--out", tmp_path / "model")


@pytest.mark.nlp
def test_what_is_no_certificate_is_not_put_beside_a_model(measured: Store, tmp_path: Path) -> None:
    paper = tmp_path / "paper.json"
    for text, why in (("{}", "missing required field `granted`"), ("{", "truncated")):
        paper.write_text(text, encoding="utf-8")
        with pytest.raises(RecordFormatError, match=f"^{paper}: .*{why}.*; name the file"):
            export(measured, "--certificate", paper, "--out", tmp_path / "model")
    assert not (tmp_path / "model").exists()


@pytest.mark.nlp
def test_only_rows_that_were_measured_to_be_used_are_named(measured: Store, tmp_path: Path) -> None:
    shutil.copytree(measured.path, tmp_path / "store")
    with Store(tmp_path / "store") as store:
        used = row_of(store, "M/reference")
        for number, role in enumerate(("search", "search", "aa")):
            resolved = {**used.settings.resolved, "role": role}
            settings = replace(used.settings, resolved=resolved)
            row = f"M/{role}{number}"
            store.append(replace(used, run_id=f"run-{number}", row=row, settings=settings))
        with pytest.raises(UnknownNameError, match=r"Known: M/max_length=8, M/reference\.$"):
            export(store, "--row", "max_length=9", "--out", tmp_path / "model")


def test_a_model_needs_one_store_and_a_folder(tmp_path: Path) -> None:
    done = CliRunner().invoke(group, ["export", str(tmp_path), "--pathway", "M"])
    assert done.exit_code == 2
    assert "name its folder by --out" in done.output
