"""Models and trainings of a study file alone, through the command line: tiny, and for real."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from breakeven.analysis.runs.continued import continued_by
from breakeven.records import PhaseName, Resource, Run, Status
from breakeven.store import Store

pytest.importorskip("transformers")
pytestmark = [pytest.mark.nlp, pytest.mark.slow]

SRC = Path(__file__).resolve().parents[2] / "src"
WORDS = {"good": ("fine", "lovely", "warm"), "bad": ("cold", "awful", "grim")}

HEAD = """\
study: s
task: {name: files, labels: "bad,good", train: train.tsv, validation: held.tsv, test: held.tsv,
       text_column: sentence}
defaults: {max_length: 12, batch_size: 8, lr: 0.005}
inference: {blocks: 1, aa: false, min_window_s: 0, warmup: "0"}
"""
SIZES = "hidden_size: 16, n_heads: 2, n_layers: 2, intermediate_size: 32, vocab_size: 100"

NEW_MODELS = """\
stages:
  - {{name: enc, stage: finetune, model: random, architecture: {encoder}, {sizes}, epochs: 2,
     config: "layer_norm_eps=1e-9"}}
  - {{name: dec, stage: finetune, model: {decoder}.json, weights: random, epochs: 1}}
  - {{name: small, stage: distil, teacher: enc, layers: "1", epochs: 1}}
pathways: {{ENC: enc, DEC: dec, SMALL: small}}
"""
ENCODER, DECODER = "megatron-bert", "gptj"


def write_rows(path: Path, n_rows: int) -> None:
    rng = random.Random(n_rows)
    rows = ["sentence\tlabel"]
    for i in range(n_rows):
        label = ("good", "bad")[i % 2]
        rows.append(f"the film was {' '.join(rng.choices(WORDS[label], k=3))} {i}\t{label}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture
def study(tmp_path: Path) -> Callable[[str], Path]:
    """Write a study beside its data."""
    write_rows(tmp_path / "train.tsv", 41)
    write_rows(tmp_path / "held.tsv", 16)

    def write(rows: str) -> Path:
        (tmp_path / "s.yaml").write_text(HEAD + rows, encoding="utf-8")
        return tmp_path / "s.yaml"

    return write


def command(study: Path, store: str) -> Sequence[str]:
    place = str(study.parent / store)
    return (sys.executable, "-m", "breakeven", "run", str(study), "--store", place)


def run(study: Path, store: str = "store") -> tuple[Run, ...]:
    done = subprocess.run(command(study, store), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Store(study.parent / store).runs()


def only(runs: Sequence[Run], row: str) -> Run:
    return next(r for r in runs if r.row == row and r.status is Status.OK)


def config_of(store: Path, found: Run) -> dict[str, object]:
    text = Store(store).artifact(found.artifacts["model"]).joinpath("config.json").read_text()
    config: dict[str, object] = json.loads(text)
    return config


def test_an_encoder_and_a_decoder_that_the_code_never_names_need_a_study_file_alone(
    study: Callable[[str], Path], tmp_path: Path
) -> None:
    said = "\n".join(path.read_text(encoding="utf-8") for path in SRC.rglob("*.py"))
    for name in (ENCODER, DECODER):
        assert not re.search(rf"\b{re.sub('[-_]', '.?', name)}", said, re.IGNORECASE)
    sizes = {"n_embd": 16, "n_head": 2, "n_layer": 2, "rotary_dim": 4, "vocab_size": 110}
    config = json.dumps({"model_type": DECODER, **sizes})
    (tmp_path / f"{DECODER}.json").write_text(config, encoding="utf-8")

    runs = run(study(NEW_MODELS.format(encoder=ENCODER, decoder=DECODER, sizes=SIZES)))

    store = tmp_path / "store"
    made = {row: config_of(store, only(runs, row)) for row in ("enc", "dec", "small")}
    assert [config["model_type"] for config in made.values()] == [ENCODER, DECODER, ENCODER]
    assert made["enc"]["layer_norm_eps"] == 1e-9
    assert made["small"]["num_hidden_layers"] == 1
    scored = {r.row: [s.split for s in r.scores] for r in runs if r.stage == "infer"}
    assert "test" in scored["ENC/reference"]
    assert scored["DEC/reference"] == []  # weights drawn for their costs have no quality
    assert only(runs, "DEC/reference").costs(Resource.FLOPS)


LONG = """\
stages:
  - {{name: pre, stage: pretrain, model: random, {sizes}, epochs: 50, checkpoint_minutes: 1e-6}}
pathways: {{PRE: pre}}
"""


def test_a_pre_training_that_is_killed_goes_on_and_ends_with_the_same_bytes(
    study: Callable[[str], Path], tmp_path: Path
) -> None:
    rows = LONG.format(sizes=SIZES).replace("PRE: pre", "FT: ft")
    rows = rows.replace(
        "pathways", "  - {name: ft, stage: finetune, from: pre, epochs: 1}\npathways"
    )
    written = study(rows)
    shelf = tmp_path / "store" / "checkpoints"
    going = subprocess.Popen(command(written, "store"), stderr=subprocess.DEVNULL)
    _wait_for(lambda: any(int(path.name[3:]) > 60 for path in shelf.glob("*/at-*")))
    (worker,) = _workers(going.pid)
    os.kill(worker, signal.SIGKILL)
    assert going.wait() != 0
    again = run(written)
    whole = run(written, "whole")

    killed = next(r for r in again if r.status is Status.INTERRUPTED)
    done = only(again, "pre")
    assert done.artifacts["model"] == only(whole, "pre").artifacts["model"]
    assert continued_by(again) == {killed.run_id: done.run_id}
    assert 0 < done.output.n_steps < only(whole, "pre").output.n_steps
    assert killed.costs(Resource.CPU_S, phases={PhaseName.WORK})[0].value > 0
    assert killed.costs(Resource.FLOPS)[0].value > 0
    assert not list(shelf.iterdir())


def _wait_for(what: Callable[[], object]) -> None:
    until_s = time.monotonic() + 120
    while not what():
        assert time.monotonic() < until_s, "waited two minutes"
        time.sleep(0.01)


def _workers(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=True)
    return [int(text) for text in found.stdout.split()]
