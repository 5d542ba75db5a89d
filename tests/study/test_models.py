"""Models that lie here are checked when the study is read: file and line, nothing run."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven import define_study
from breakeven.errors import StudyFileError
from breakeven.study import load_study

Write = Callable[..., Path]

STUDY = """\
study: s
task: {name: pydoc}
defaults: {max_length: 64}
stages:
  - name: ft
    stage: finetune
    model: tiny
  - {name: ts, stage: distil, from: ft, teacher: ft}
pathways: {FT: ft, TS: ts}
inference:
  sweep:
    - {n_layers: 1, pathways: FT}
"""


def write_text(folder: Path, *replaced: tuple[str, str]) -> Path:
    text = STUDY
    for old, new in replaced:
        assert old in text, old
        text = text.replace(old, new, 1)
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    return folder / "s.yaml"


def without(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def pickled(folder: Path) -> object:
    (folder / "model.safetensors").unlink()
    return (folder / "pytorch_model.bin").write_bytes(b"\0")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (without("tokenizer.json"), "has no tokenizer"),
        (without("config.json"), "has no config.json; save the model"),
        (without("model.safetensors"), "has no model.safetensors; save the model"),
        (pickled, "is pickled and may run code when loaded, so breakeven refuses it"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused_where_it_is_named(
    write_model: Write, tmp_path: Path, damage: Callable[[Path], object], sentence: str
) -> None:
    damage(write_model(tmp_path / "tiny"))
    with pytest.raises(StudyFileError, match=rf"s\.yaml:7: row 'ft': .*{sentence}"):
        load_study(write_text(tmp_path))


@pytest.mark.parametrize(
    ("replaced", "sentence"),
    [
        (("model: tiny", "model: tiny\n    n_layers: 3"), r"8: row 'ft': .*2 layers"),
        (("max_length: 64", "max_length: 256"), r"3: row 'ft': max_length=256 is beyond .* 128"),
        (("model: tiny", "model: ./none"), r"7: row 'ft': no model folder none; check the path"),
        (("    model: tiny\n", ""), r"5: row 'ft': model='parent' needs a row to begin from"),
        (
            ("model: tiny", "model: random\n    n_heads: 3"),
            r"8: row 'ft': n_heads=3 does not divide hidden_size=128",
        ),
        (
            ("from: ft, teacher: ft}", "from: ft, teacher: ft, n_layers: 3}"),
            r"8: row 'ts': model has 2 layers, n_layers=3 asked; choose 1\.\.2",
        ),
        (
            ("from: ft, teacher: ft}", 'from: ft, teacher: ft, layers: "0,2"}'),
            r"8: row 'ts': model has 2 layers, layers='0,2' asked; choose from 0\.\.1",
        ),
        (
            ("from: ft, teacher: ft}", "from: ft, teacher: ft, layers: upper}"),
            r"8: row 'ts': layers='upper' is no choice of layers; write lower, every-other",
        ),
        (
            ("model: tiny", "model: tiny\n    config: hidden_dropout_prob"),
            r"8: row 'ft': config='hidden_dropout_prob': .* is no key with its value",
        ),
        (
            ("model: tiny", "model: random\n    tokenizer: ./none"),
            r"8: row 'ft': tokenizer='./none' is no folder with files of one",
        ),
        (
            ("model: tiny", "model: tiny/config.json"),
            r"7: row 'ft': .*config.json is a configuration and has no weights; set weights",
        ),
        (("n_layers: 1", "n_layers: 3"), r"1\d: pathway 'FT': model has 2 layers, n_layers=3"),
    ],
)
def test_what_a_model_does_not_have_is_refused_where_it_is_asked(
    write_model: Write, tmp_path: Path, replaced: tuple[str, str], sentence: str
) -> None:
    write_model(tmp_path / "tiny")
    with pytest.raises(StudyFileError, match=rf"s\.yaml:{sentence}"):
        load_study(write_text(tmp_path, replaced))


def test_a_model_named_for_every_row_is_refused_where_it_is_named(
    write_model: Write, tmp_path: Path
) -> None:
    without("tokenizer.json")(write_model(tmp_path / "tiny"))
    shared = ("{max_length: 64}", "{max_length: 64, model: tiny}")
    with pytest.raises(StudyFileError, match=r"s\.yaml:3: row 'ft': .*has no tokenizer"):
        load_study(write_text(tmp_path, shared, ("    model: tiny\n", "")))


def test_costs_alone_need_no_weights(write_model: Write, tmp_path: Path) -> None:
    without("model.safetensors")(write_model(tmp_path / "tiny"))
    path = write_text(tmp_path, ("model: tiny", "model: tiny\n    weights: random"))
    assert load_study(path).row("ft").model_layers == 2


def test_what_may_be_an_id_on_a_hub_is_left_to_the_hub(tmp_path: Path) -> None:
    path = write_text(tmp_path, ("model: tiny", "model: owner/name"))
    assert load_study(path).row("ft").model_layers is None


def test_the_depth_of_a_model_here_bounds_what_a_reduction_tries(
    write_model: Write, tmp_path: Path
) -> None:
    write_model(tmp_path / "tiny", num_hidden_layers=4)
    entry = ("{n_layers: 1, pathways: FT}", "{reduction: depth, pathways: FT}")
    rows = [c.row for c in load_study(write_text(tmp_path, entry)).configurations]
    assert "FT/n_layers=3" in rows
    assert "FT/n_layers=4" not in rows


def test_in_python_the_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudyFileError, match=r"^define_study: stages\.ft\.model: row 'ft': no mod"):
        define_study(
            "s",
            task={"name": "pydoc"},
            stages=[{"name": "ft", "stage": "finetune", "model": tmp_path / "none"}],
            pathways={"FT": "ft"},
        )


def test_the_check_imports_no_framework(write_model: Write, tmp_path: Path) -> None:
    write_model(tmp_path / "tiny")
    code = (
        "import sys; from breakeven import load_study; load_study(sys.argv[1]); "
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(write_text(tmp_path))], check=True)
