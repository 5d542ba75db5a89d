"""Folder checks: refuse a model folder that lacks something or holds pickle, before loading it."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from breakeven.errors import ModelFolderError
from breakeven.formulas.flops import EncoderShape

_HUB_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")
_TOKENIZER_FILES = ("tokenizer.json", "vocab.txt", "vocab.json", "tokenizer.model", "spiece.model")
_PICKLE_SUFFIXES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib")
_SHAPE_KEYS = {
    "hidden_size": ("hidden_size", "dim", "n_embd"),
    "n_layers": ("num_hidden_layers", "n_layers", "n_layer"),
    "n_heads": ("num_attention_heads", "n_heads", "n_head"),
    "intermediate_size": ("intermediate_size", "hidden_dim", "n_inner"),
    "vocab_size": ("vocab_size",),
}
"""Names of BERT and its kin, of DistilBERT, and of GPT-2."""

_HEADER_LIMIT_BYTES = 100_000_000
"""Largest header the safetensors format allows."""


def check_folder(folder: Path, *, needs_weights: bool = True) -> None:
    """Check that a folder holds a model we are willing to load; nothing of it is executed.

    Args:
        folder: As saved by transformers.
        needs_weights: False where the configuration alone is wanted (random weights).

    Raises:
        ModelFolderError: If configuration, tokenizer or safetensors weights are missing or
            damaged, or if the weights are pickled.
    """
    read_config(folder)
    if not any((folder / name).is_file() for name in _TOKENIZER_FILES):
        raise ModelFolderError(
            f"model folder {folder} has no tokenizer (none of {', '.join(_TOKENIZER_FILES)}); "
            "save it there with tokenizer.save_pretrained"
        )
    if needs_weights:
        _check_weights(folder)


def is_local(source: str) -> bool:
    """Whether a model's name can only be a folder here; anything else may be an id on a hub.

    Examples:
        >>> is_local("google-bert/bert-base-uncased"), is_local("./tiny"), is_local("/models/tiny")
        (False, True, True)
    """
    folder = Path(source)
    is_below_a_folder = len(folder.parts) > 1 and Path(folder.parts[0]).is_dir()
    return folder.is_dir() or is_below_a_folder or not _HUB_ID.fullmatch(source)


def read_config(folder: Path) -> Mapping[str, Any]:
    """Read config.json.

    Raises:
        ModelFolderError: If there is no folder, no configuration or no JSON in it.
    """
    if not folder.is_dir():
        raise ModelFolderError(f"no model folder {folder}; check the path of `model`")
    path = folder / "config.json"
    if not path.is_file():
        raise ModelFolderError(
            f"model folder {folder} has no config.json; save the model with save_pretrained"
        )
    try:
        config = json.loads(path.read_bytes())
    except ValueError as error:
        raise ModelFolderError(f"{path} is not JSON ({error}); save the model again") from error
    if not isinstance(config, dict) or "model_type" not in config:
        raise ModelFolderError(
            f"{path} names no model_type; breakeven loads models of the transformers library only"
        )
    return config


def read_shape(folder: Path) -> EncoderShape:
    """Read the encoder's shape from config.json.

    Raises:
        ModelFolderError: If there is no configuration, or it does not describe an encoder.
    """
    return shape_of_config(read_config(folder), where=str(folder / "config.json"))


def shape_of_config(config: Mapping[str, Any], *, where: str) -> EncoderShape:
    """Shape of the encoder a configuration describes, whatever its family calls the parts.

    Raises:
        ModelFolderError: If a part is missing.
    """
    sizes: dict[str, int] = {}
    for name, aliases in _SHAPE_KEYS.items():
        found = next((config[key] for key in aliases if config.get(key) is not None), None)
        if name == "intermediate_size" and found is None and "hidden_size" in sizes:
            found = 4 * sizes["hidden_size"]  # GPT-2 leaves out what is four times the width
        if found is None:
            raise ModelFolderError(
                f"{where} gives none of {', '.join(aliases)}, so {name} is unknown; the closed "
                "form needs the configuration of an encoder"
            )
        sizes[name] = int(found)
    return EncoderShape(**sizes)


def weight_names(folder: Path) -> frozenset[str]:
    """Names of the tensors in the folder's safetensors files, read from their headers.

    Raises:
        ModelFolderError: If a file is cut short or is no safetensors file.
    """
    return frozenset(
        name
        for path in sorted(folder.glob("*.safetensors"))
        for name in _header(path)
        if name != "__metadata__"
    )


def _check_weights(folder: Path) -> None:
    if any(folder.glob("*.safetensors")):
        weight_names(folder)
        return
    if (pickled := next(_pickles(folder), None)) is not None:
        raise ModelFolderError(
            f"{pickled} is pickled and may run code when loaded, so breakeven refuses it; convert "
            "it in an environment you trust with save_pretrained(..., safe_serialization=True)"
        )
    raise ModelFolderError(
        f"model folder {folder} has no model.safetensors; save the model with save_pretrained, or "
        "set weights=random to build the architecture for costs only"
    )


def _pickles(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.suffix in _PICKLE_SUFFIXES)


def _header(path: Path) -> Mapping[str, Any]:
    """Read a safetensors header: eight bytes of its length, then JSON with byte ranges."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        header_bytes = int.from_bytes(file.read(8), "little")
        if not 0 < header_bytes <= min(size_bytes - 8, _HEADER_LIMIT_BYTES):
            raise _damaged(path, "its header is cut short")
        try:
            header = json.loads(file.read(header_bytes))
        except ValueError as error:
            raise _damaged(path, "its header is not JSON") from error
    ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
    if max(ends, default=0) + header_bytes + 8 > size_bytes:
        raise _damaged(path, f"{size_bytes} bytes are fewer than its header promises")
    found: Mapping[str, Any] = header
    return found


def _damaged(path: Path, reason: str) -> ModelFolderError:
    return ModelFolderError(f"{path} is damaged ({reason}); copy or fetch the file again")
