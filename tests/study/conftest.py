"""A small study on the toy engine that the tests of this room vary."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.study.load import load_study
from breakeven.study.spec import Study

TOY = """\
study: toy
seed: 3
engine: toy
task: {name: toy}
defaults: {n_layers: 4}
stages:
  - {name: base, stage: pretrain, burn_s: 0.02}
  - {name: ft, stage: finetune, from: base, burn_s: 0.02}
  - {name: small, stage: distil, from: base, teacher: ft, n_layers: 2, work_s: 0.004}
pathways:
  FT: ft
  TS: {row: small, description: half as deep}
inference:
  blocks: 2
  sweep:
    - max_length: [16, 32]
    - {n_layers: 3, pathways: FT}
"""


@pytest.fixture
def write_study(tmp_path: Path) -> Callable[..., Path]:
    """Write the toy study with texts replaced, and return its path."""

    def write(*replaced: tuple[str, str]) -> Path:
        text = TOY
        for old, new in replaced:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "toy.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def toy_study(write_study: Callable[..., Path]) -> Study:
    """The toy study as written above."""
    return load_study(write_study())


@pytest.fixture
def write_model() -> Callable[..., Path]:
    """Write a model folder that passes every check short of loading it, and return its path."""

    def write(folder: Path, *, weight: float = 0.0, **config: object) -> Path:
        folder.mkdir(parents=True)
        known = {"model_type": "bert", "num_hidden_layers": 2, "max_position_embeddings": 128}
        (folder / "config.json").write_text(json.dumps({**known, **config}), encoding="utf-8")
        (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
        entry = {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}
        header = json.dumps({"weight": entry}).encode()
        content = len(header).to_bytes(8, "little") + header + struct.pack("<d", weight)
        (folder / "model.safetensors").write_bytes(content)
        return folder

    return write
