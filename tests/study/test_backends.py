"""Rows of other runtimes: checked when the study is read, failed alone where one is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.errors import StudyFileError
from breakeven.study import load_study
from breakeven.study.inference import known_depth

STUDY = """\
study: s
task: {name: pydoc}
defaults: {max_length: 64}
stages:
  - {name: ft, stage: finetune, model: random, n_layers: 3}
  - {name: ov, stage: export, from: ft, backend: openvino, n_layers: 2}
  - {name: ort, stage: export, from: ft}
pathways: {FT: ft, OV: ov, ORT: ort}
inference:
  sweep:
    - batch_size: [8, 16]
"""

Write = Callable[..., Path]


@pytest.fixture
def write_text(tmp_path: Path) -> Write:
    def write(*replaced: tuple[str, str]) -> Path:
        text = STUDY
        for old, new in replaced:
            assert old in text, old
            text = text.replace(old, new, 1)
        (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
        return tmp_path / "s.yaml"

    return write


def test_a_graph_is_as_deep_as_it_was_made_or_as_its_model(write_text: Write) -> None:
    rows = load_study(write_text()).rows
    assert [known_depth(name, rows) for name in ("ft", "ov", "ort")] == [3, 2, 3]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("n_layers: 2", "n_layers: 4", "row 'ov': model has 3 layers, n_layers=4 asked"),
        ("backend: openvino", "backend: openvin", "no backend named 'openvin'. Did you mean 'open"),
        (
            "n_layers: 2",
            "precision: int4",
            "row 'ov': stage export: precision='int4' is not a choice",
        ),
        (
            "from: ft}\npathways",
            "from: ft, precision: fp16}\npathways",
            "row 'ort': precision='fp16' is none that backend='onnxruntime' can build; choose one",
        ),
        (
            "stage: export, from: ft}",
            "stage: export}",
            "row 'ort': the row works on the model of another one; set `from` to its name",
        ),
        (
            "stage: export, from: ft}",
            "stage: export, from: ov}",
            "row 'ort': export begins from an encoder, and 'ov' is made by stage export; name",
        ),
        (
            "stage: export, from: ft}",
            "stage: export, from: ft, teacher: ft}",
            "row 'ort': an export takes no row as `teacher`; leave that out",
        ),
        (
            "n_layers: 3}",
            "n_layers: 3, fallback: ov}",
            "row 'ft': the row takes no row as `fallback`; leave that out",
        ),
        (
            "export, from: ft, backend: openvino, n_layers: 2}",
            "adapt, method: early-exit, from: ft, exits: '1,3'}",
            "row 'ov': model has 3 layers, exits='1,3' asked; choose from 1..2",
        ),
        (
            "- batch_size: [8, 16]",
            "- {n_layers: 3, pathways: OV}",
            "pathway 'OV': model has 2 layers, n_layers=3 asked",
        ),
    ],
)
def test_what_cannot_be_exported_is_refused_where_it_is_written(
    write_text: Write, old: str, new: str, sentence: str
) -> None:
    path = write_text((old, new))
    with pytest.raises(StudyFileError) as refused:
        load_study(path)
    assert sentence in str(refused.value)
    assert "s.yaml:" in str(refused.value)
