"""Folder checks: refuse a model folder that lacks something or holds pickle, before loading it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from breakeven.errors import ModelFolderError
from breakeven.formulas.flops import EncoderShape

_HUB_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")
_TOKENIZER_FILES = ("tokenizer.json", "vocab.txt", "vocab.json", "tokenizer.model", "spiece.model")
_PICKLE_SUFFIXES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib")
SIZE_KEYS: Mapping[str, Sequence[str]] = {
    "hidden_size": ("hidden_size", "dim", "n_embd", "d_model"),
    "n_layers": ("num_hidden_layers", "n_layers", "n_layer", "num_layers"),
    "n_heads": ("num_attention_heads", "n_heads", "n_head", "num_heads"),
    "intermediate_size": ("intermediate_size", "hidden_dim", "n_inner", "ffn_dim", "d_ff"),
    "vocab_size": ("vocab_size",),
    "n_positions": ("max_position_embeddings", "n_positions"),
}
"""What configurations call their sizes, whatever the family; the first that is there counts."""

_SHAPE = ("hidden_size", "n_layers", "n_heads", "intermediate_size", "vocab_size")

_HEADER_LIMIT_BYTES = 100_000_000
"""Largest header the safetensors format allows."""


CONFIG_FILE = "config.json"


def check_folder(folder: Path, *, needs_weights: bool = True) -> None:
    """Check that a folder holds a model we are willing to load; nothing of it is executed.

    Args:
        folder: As saved by transformers; or, where the configuration alone is wanted, its file.
        needs_weights: False where the configuration alone is wanted (random weights); a tokenizer
            can then be trained.

    Raises:
        ModelFolderError: If configuration, tokenizer or safetensors weights are missing or
            damaged, or if the weights are pickled.
    """
    read_config(folder)
    if not needs_weights:
        return
    if folder.is_file():
        raise ModelFolderError(
            f"{folder} is a configuration and has no weights; set weights=random for its costs, "
            "or name the folder of a model"
        )
    check_tokenizer(folder)
    _check_weights(folder)


def check_tokenizer(folder: Path) -> None:
    """Check that a folder holds a tokenizer.

    Raises:
        ModelFolderError: If it does not.
    """
    if not has_tokenizer(folder):
        raise ModelFolderError(
            f"model folder {folder} has no tokenizer (none of {', '.join(_TOKENIZER_FILES)}); "
            "save it there with tokenizer.save_pretrained"
        )


def has_tokenizer(folder: Path) -> bool:
    """Whether a folder holds a tokenizer."""
    return any((folder / name).is_file() for name in _TOKENIZER_FILES)


def is_local(source: str) -> bool:
    """Whether a model's name can only be a path here; anything else may be an id on a hub.

    Examples:
        >>> is_local("google-bert/bert-base-uncased"), is_local("./tiny"), is_local("/models/tiny")
        (False, True, True)
        >>> is_local("tiny/config.json")
        True
    """
    path = Path(source)
    is_below_a_folder = len(path.parts) > 1 and Path(path.parts[0]).is_dir()
    is_here = path.is_dir() or is_below_a_folder or is_config_file(source)
    return is_here or not _HUB_ID.fullmatch(source)


def is_config_file(source: str) -> bool:
    """Whether a model's name is that of a configuration, from which it is built anew."""
    return source.endswith(".json")


def read_config(folder: Path) -> Mapping[str, Any]:
    """Read config.json, or another file that holds a configuration.

    Raises:
        ModelFolderError: If there is no folder, no configuration or no JSON in it.
    """
    is_file = is_config_file(str(folder)) and folder.is_file()
    if not (is_file or folder.is_dir()):
        raise ModelFolderError(f"no model folder {folder}; check the path of `model`")
    path = folder if is_file else folder / CONFIG_FILE
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


def read_labels(folder: Path) -> tuple[str, ...]:
    """Names of a model's outputs; transformers leaves them out where they are its own two.

    Raises:
        ModelFolderError: If the configuration cannot be read.
    """
    names = read_config(folder).get("id2label") or {"0": "LABEL_0", "1": "LABEL_1"}
    return tuple(str(names[i]) for i in sorted(names, key=int))


def read_shape(folder: Path) -> EncoderShape:
    """Read the encoder's shape from config.json.

    Raises:
        ModelFolderError: If there is no configuration, or it does not describe an encoder.
    """
    return shape_of_config(read_config(folder), where=str(folder / CONFIG_FILE))


def shape_of_config(config: Mapping[str, Any], *, where: str) -> EncoderShape:
    """Shape of the encoder a configuration describes, whatever its family calls the parts.

    Raises:
        ModelFolderError: If a part is missing.
    """
    sizes: dict[str, int] = {}
    for name in _SHAPE:
        found = find_size(config, name)
        if name == "intermediate_size" and found is None and "hidden_size" in sizes:
            found = 4 * sizes["hidden_size"]  # GPT-2 leaves out what is four times the width
        if found is None:
            raise ModelFolderError(
                f"{where} gives none of {', '.join(SIZE_KEYS[name])}, so {name} is unknown; the "
                "closed form needs the configuration of an encoder"
            )
        sizes[name] = found
    return EncoderShape(**sizes)


def find_size(config: Mapping[str, Any], name: str) -> int | None:
    """One size of a model, as its configuration tells it; None where it does not.

    Args:
        config: As in config.json.
        name: One of `SIZE_KEYS`.

    Examples:
        >>> find_size({"n_embd": 768}, "hidden_size"), find_size({}, "n_positions")
        (768, None)
    """
    found = (config[key] for key in SIZE_KEYS[name] if config.get(key) is not None)
    return next((int(size) for size in found), None)


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
