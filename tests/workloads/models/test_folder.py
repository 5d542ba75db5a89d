import json
from pathlib import Path

import pytest

from breakeven.errors import ModelFolderError
from breakeven.formulas.flops import EncoderShape
from breakeven.workloads.models.folder import check_folder, read_shape, weight_names

BERT = {
    "model_type": "bert",
    "hidden_size": 8,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "vocab_size": 50,
}


def safetensors(names: tuple[str, ...] = ("weight",)) -> bytes:
    entries = {
        name: {"dtype": "F32", "shape": [1], "data_offsets": [4 * i, 4 * i + 4]}
        for i, name in enumerate(names)
    }
    header = json.dumps({"__metadata__": {"format": "pt"}, **entries}).encode()
    return len(header).to_bytes(8, "little") + header + bytes(4 * len(names))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_text(json.dumps(BERT))
    (tmp_path / "tokenizer.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(safetensors())
    return tmp_path


def test_a_complete_folder_passes(folder: Path) -> None:
    check_folder(folder)


def test_names_of_weights_are_read_without_loading_them(folder: Path) -> None:
    (folder / "more.safetensors").write_bytes(safetensors(("a", "b")))
    assert weight_names(folder) == {"weight", "a", "b"}


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match=r"no model folder .*none; check the path"):
        check_folder(tmp_path / "none")


def test_a_folder_without_tokenizer_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelFolderError, match=r"has no tokenizer .*tokenizer\.save_pretrained"):
        check_folder(folder)


def test_a_folder_without_configuration_is_refused(folder: Path) -> None:
    (folder / "config.json").unlink()
    with pytest.raises(ModelFolderError, match=r"has no config\.json"):
        check_folder(folder)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("{", "is not JSON"), ("[]", "names no model_type"), ("{}", "names no model_type")],
)
def test_a_configuration_of_something_else_is_refused(
    folder: Path, content: str, sentence: str
) -> None:
    (folder / "config.json").write_text(content)
    with pytest.raises(ModelFolderError, match=sentence):
        check_folder(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.pkl"])
def test_pickled_weights_are_refused_by_name_with_advice(folder: Path, name: str) -> None:
    (folder / "model.safetensors").rename(folder / name)
    with pytest.raises(ModelFolderError, match=rf"{name} is pickled .*safe_serialization=True"):
        check_folder(folder)


def test_pickled_weights_beside_safetensors_are_left_alone(folder: Path) -> None:
    (folder / "pytorch_model.bin").write_bytes(b"never opened")
    check_folder(folder)


def test_a_folder_without_weights_serves_for_random_ones_only(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    check_folder(folder, needs_weights=False)
    with pytest.raises(ModelFolderError, match=r"no model\.safetensors.*weights=random"):
        check_folder(folder)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "its header is cut short", id="empty"),
        pytest.param(safetensors()[:40], "its header is cut short", id="cut in the header"),
        pytest.param(safetensors()[:-1], "fewer than its header promises", id="cut in the data"),
        pytest.param((4).to_bytes(8, "little") + b"{no}", "its header is not JSON", id="no JSON"),
    ],
)
def test_damaged_weights_are_refused(folder: Path, content: bytes, reason: str) -> None:
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelFolderError, match=rf"is damaged \(.*{reason}\)"):
        check_folder(folder)


@pytest.mark.parametrize(
    ("config", "intermediate_size"),
    [
        pytest.param(BERT, 16, id="BERT"),
        pytest.param(
            {
                "model_type": "distilbert",
                "dim": 8,
                "n_layers": 2,
                "n_heads": 2,
                "hidden_dim": 24,
                "vocab_size": 50,
            },
            24,
            id="DistilBERT",
        ),
        pytest.param(
            {
                "model_type": "gpt2",
                "n_embd": 8,
                "n_layer": 2,
                "n_head": 2,
                "n_inner": None,
                "vocab_size": 50,
            },
            32,
            id="GPT-2",
        ),
    ],
)
def test_shape_is_read_whatever_the_family_calls_it(
    folder: Path, config: dict[str, object], intermediate_size: int
) -> None:
    (folder / "config.json").write_text(json.dumps(config))
    assert read_shape(folder) == EncoderShape(
        hidden_size=8,
        n_layers=2,
        n_heads=2,
        intermediate_size=intermediate_size,
        vocab_size=50,
    )


def test_a_configuration_without_width_has_no_shape(folder: Path) -> None:
    (folder / "config.json").write_text('{"model_type": "resnet"}')
    with pytest.raises(ModelFolderError, match="none of hidden_size, dim, n_embd"):
        read_shape(folder)
