"""Encoders: load one by hub id, folder or parent, build one with random weights, keep one.

Weights are read from safetensors only and no code of a checkpoint is ever run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import torch

from breakeven.errors import ModelFolderError, SettingsError
from breakeven.formulas.flops import EncoderShape
from breakeven.records import Scalar
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.beforehand import check_heads, check_positions
from breakeven.workloads.models.folder import check_folder, is_local, shape_of_config
from breakeven.workloads.models.frameworks import import_transformers
from breakeven.workloads.models.layers import keep_first_layers
from breakeven.workloads.models.tokenizer import train_tokenizer

_DEFAULT_POSITIONS = 512


class AutoClass(StrEnum):
    """Class of transformers that puts a head on a checkpoint."""

    CLASSIFICATION = "AutoModelForSequenceClassification"
    TOKENS = "AutoModelForTokenClassification"
    QUESTIONS = "AutoModelForQuestionAnswering"
    MASKED_LM = "AutoModelForMaskedLM"
    CAUSAL_LM = "AutoModelForCausalLM"


_NAMES_LABELS = (AutoClass.CLASSIFICATION, AutoClass.TOKENS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """A model with what it needs to read text and name its answers.

    Attributes:
        model: A transformers model, in fp32 on the CPU, in evaluation mode.
        tokenizer: Its tokenizer, with a padding token.
        labels: Names of the classes; empty without a classification head.
        new_weights: Names of the tensors that were drawn at random, not loaded.
        is_random: Whether no weight was trained at all, so that quality means nothing yet.
    """

    model: Any
    tokenizer: Any
    labels: tuple[str, ...]
    new_weights: tuple[str, ...] = ()
    is_random: bool = False

    @property
    def has_new_head(self) -> bool:
        """Whether anything outside the encoder itself was drawn at random."""
        prefix = f"{self.model.base_model_prefix}."
        return any(not name.startswith(prefix) for name in self.new_weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterCounts:
    """Parameters of a model; those of embedding tables are counted in `n_total` too."""

    n_total: int
    n_embedding: int


def load_encoder(
    settings: Mapping[str, Scalar],
    *,
    head: AutoClass,
    labels: Sequence[str] = (),
    corpus: Iterable[str] = (),
    parent: Path | None = None,
) -> Encoder:
    """Load or build what the settings name.

    Args:
        settings: Resolved: `model` ("random", "parent", a folder or a hub id), `weights`,
            `n_layers` (0 keeps all), `seed`, `max_length`, and the shape of a random model.
        head: What to put on top; a head the checkpoint lacks is drawn at random.
        labels: Names of the classes; empty keeps those of the checkpoint.
        corpus: Texts a random model's tokenizer is trained on.
        parent: Folder of the parent's checkpoint, for `model: parent`.

    Raises:
        ModelFolderError: If the model cannot be loaded safely.
        SettingsError: If it has fewer layers or positions than the settings ask for.
    """
    torch.manual_seed(int(settings["seed"]))
    source = str(settings["model"])
    if source == "random":
        tokenizer = train_tokenizer(corpus, int(settings["vocab_size"]))
        return build_random(settings, tokenizer, head=head, labels=labels)
    if source == "parent":
        if parent is None:
            raise SettingsError("model=parent needs a parent; set `from` to the row it starts at")
        source = str(parent)
    loaded = _load(source, head=head, labels=labels, weights=str(settings["weights"]))
    check_max_length(loaded.model, int(settings["max_length"]))
    n_layers = int(settings["n_layers"])
    if n_layers == 0:
        return loaded
    return replace(loaded, model=keep_first_layers(loaded.model, n_layers))


def build_random(
    settings: Mapping[str, Scalar],
    tokenizer: Any,  # noqa: ANN401 - transformers is untyped
    *,
    head: AutoClass,
    labels: Sequence[str] = (),
) -> Encoder:
    """Build a BERT of the given shape with weights drawn from `seed`.

    Args:
        settings: `hidden_size`, `n_layers`, `n_heads`, `intermediate_size`, `max_length`, `seed`.
        tokenizer: Gives the vocabulary's size and the padding token.
        head: What to put on top.
        labels: Names of the classes.

    Raises:
        SettingsError: If the heads do not divide the hidden size.
    """
    transformers = import_transformers()
    check_heads(settings)
    hidden_size, n_heads = int(settings["hidden_size"]), int(settings["n_heads"])
    torch.manual_seed(int(settings["seed"]))
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=hidden_size,
        num_hidden_layers=int(settings["n_layers"]),
        num_attention_heads=n_heads,
        intermediate_size=int(settings["intermediate_size"]),
        max_position_embeddings=max(_DEFAULT_POSITIONS, int(settings["max_length"])),
        pad_token_id=tokenizer.pad_token_id,
        **_label_maps(labels),
    )
    return _from_config(config, tokenizer, head=head)


def save_model(folder: Path, encoder: Encoder) -> None:
    """Save model, tokenizer and labels so that `load_encoder` takes the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in _label_maps(encoder.labels).items():
        setattr(encoder.model.config, name, value)
    encoder.model.save_pretrained(folder)
    encoder.tokenizer.save_pretrained(folder)


def load_model(folder: Path, *, head: AutoClass = AutoClass.CLASSIFICATION) -> Encoder:
    """Load what `save_model` saved.

    Raises:
        ModelFolderError: If the folder does not hold a model we are willing to load.
    """
    return _load(str(folder), head=head, labels=(), weights="pretrained")


def count_parameters(model: torch.nn.Module) -> ParameterCounts:
    """Count parameters, tied ones once, and how many of them sit in embedding tables."""
    tables = {
        id(module.weight): module.weight.numel()
        for module in model.modules()
        if isinstance(module, torch.nn.Embedding)
    }
    return ParameterCounts(
        n_total=sum(parameter.numel() for parameter in model.parameters()),
        n_embedding=sum(tables.values()),
    )


def shape_of(encoder: Encoder) -> EncoderShape:
    """Shape of the model, for closed-form FLOPs."""
    config = encoder.model.config
    shape = shape_of_config(config.to_dict(), where=type(config).__name__)
    return replace(shape, n_labels=len(encoder.labels))


def to_tensors(batch: Batch, device: torch.device | str = "cpu") -> dict[str, torch.Tensor]:
    """Give a batch to torch under the names models take; on the CPU nothing is copied."""
    tensors = {
        "input_ids": torch.from_numpy(batch.input_ids).to(device),
        "attention_mask": torch.from_numpy(batch.attention_mask).to(device),
    }
    if batch.type_ids is not None:
        tensors["token_type_ids"] = torch.from_numpy(batch.type_ids).to(device)
    return tensors


def check_max_length(model: Any, max_length: int) -> None:  # noqa: ANN401 - untyped
    """Refuse a length the model has no positions for.

    Raises:
        SettingsError: If `max_length` is above the model's positions.
    """
    n_positions = getattr(model.config, "max_position_embeddings", 0)
    known = {"model_type": model.config.model_type, "max_position_embeddings": n_positions}
    check_positions(known, max_length)


def _load(source: str, *, head: AutoClass, labels: Sequence[str], weights: str) -> Encoder:
    transformers = import_transformers()
    is_random = weights == "random"
    if is_local(source):  # only what cannot be a path goes to the hub
        check_folder(Path(source), needs_weights=not is_random)
    arguments: dict[str, Any] = {"trust_remote_code": False}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(source, **arguments)
        config = transformers.AutoConfig.from_pretrained(source, **arguments, **_label_maps(labels))
        _give_padding(tokenizer, config)
        if is_random:
            return _from_config(config, tokenizer, head=head)
        model, report = getattr(transformers, head).from_pretrained(
            source,
            config=config,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
            **arguments,
        )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise _cannot_load(source, error) from error
    return Encoder(
        model=model.eval(),
        tokenizer=_checked(tokenizer, config, source),
        labels=_label_names(config, head),
        new_weights=tuple(sorted(report["missing_keys"])),
    )


def _from_config(config: Any, tokenizer: Any, *, head: AutoClass) -> Encoder:  # noqa: ANN401 - untyped
    model = getattr(import_transformers(), head).from_config(config, trust_remote_code=False)
    return Encoder(
        model=model.eval(),
        tokenizer=tokenizer,
        labels=_label_names(config, head),
        new_weights=tuple(sorted(model.state_dict())),
        is_random=True,
    )


def _label_maps(labels: Sequence[str]) -> dict[str, Any]:
    if not labels:
        return {}
    return {"id2label": dict(enumerate(labels)), "label2id": {n: i for i, n in enumerate(labels)}}


def _label_names(config: Any, head: AutoClass) -> tuple[str, ...]:  # noqa: ANN401 - untyped
    if head not in _NAMES_LABELS:
        return ()
    return tuple(str(config.id2label[i]) for i in sorted(config.id2label))


def _give_padding(tokenizer: Any, config: Any) -> None:  # noqa: ANN401 - untyped
    """Let models that were trained without padding (GPT-2) pad with their end token."""
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    if getattr(config, "pad_token_id", None) is None:
        config.pad_token_id = tokenizer.pad_token_id


def _checked(tokenizer: Any, config: Any, source: str) -> Any:  # noqa: ANN401 - untyped
    if len(tokenizer) > int(config.vocab_size):
        raise ModelFolderError(
            f"the tokenizer of {source} has {len(tokenizer)} tokens and its model "
            f"{config.vocab_size}; they do not belong together, fetch both from one place"
        )
    return tokenizer


def _cannot_load(source: str, error: Exception) -> ModelFolderError:
    reason = str(error).strip().split("\n", 1)[0] or type(error).__name__
    advice = (
        "save it again with save_pretrained"
        if Path(source).is_dir()
        else "give the path of a local folder, or fetch it once where the hub can be reached"
    )
    return ModelFolderError(f"cannot load model {source!r} ({reason}); {advice}")
