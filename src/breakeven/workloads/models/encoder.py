"""Encoders: load one by hub id, folder or parent, build one with random weights, keep one.

Weights are read from safetensors only and no code of a checkpoint is ever run.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import torch

from breakeven.errors import ModelFolderError, SettingsError
from breakeven.records import Scalar
from breakeven.workloads.models.architecture import (
    is_decoder,
    known_keys,
    new_config,
)
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.beforehand import check_heads, check_positions
from breakeven.workloads.models.folder import (
    check_folder,
    find_size,
    has_tokenizer,
    is_config_file,
    is_local,
)
from breakeven.workloads.models.frameworks import import_transformers
from breakeven.workloads.models.further import check_further, read_further
from breakeven.workloads.models.layers import choose_layers, n_layers_of, take_layers
from breakeven.workloads.models.tokenizer import (
    cannot_load,
    find_tokenizer,
    give_padding,
    match_types,
)


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
    source = _source(settings, parent)
    if source == "random":
        loaded = _build_new(settings, head=head, labels=labels, corpus=corpus)
    elif settings["weights"] == "random":
        loaded = _build_alike(source, settings, head=head, labels=labels, corpus=corpus)
    else:
        loaded = _load(source, settings, head=head, labels=labels)
    check_max_length(loaded.model, int(settings["max_length"]))
    n_layers, which = int(settings["n_layers"]), str(settings.get("layers", "lower"))
    if n_layers == 0 or source == "random":
        return loaded
    layers = choose_layers(n_layers_of(loaded.model), n_layers, which)
    return replace(loaded, model=take_layers(loaded.model, layers))


def config_of(settings: Mapping[str, Scalar], *, parent: Path | None = None) -> Any:  # noqa: ANN401 - untyped
    """Configuration of the model that `load_encoder` would load or build.

    Args:
        settings: As it takes them.
        parent: The same.
    """
    source = _source(settings, parent)
    return new_config(settings) if source == "random" else _config(source, settings, labels=())


def _source(settings: Mapping[str, Scalar], parent: Path | None) -> str:
    """Where a model comes from: "random", a folder, or an id on a hub."""
    source = str(settings["model"])
    if source != "parent":
        return source
    if parent is None:
        raise SettingsError("model=parent needs a parent; set `from` to the row it starts at")
    return str(parent)


def _build_new(
    settings: Mapping[str, Scalar], *, head: AutoClass, labels: Sequence[str], corpus: Iterable[str]
) -> Encoder:
    check_heads(settings)
    tokenizer = find_tokenizer(
        str(settings.get("tokenizer", "")),
        corpus,
        n_tokens=int(settings["vocab_size"]),
        ends_texts=is_decoder(new_config(settings)),
    )
    return build_random(settings, tokenizer, head=head, labels=labels)


def build_random(
    settings: Mapping[str, Scalar],
    tokenizer: Any,  # noqa: ANN401 - transformers is untyped
    *,
    head: AutoClass,
    labels: Sequence[str] = (),
) -> Encoder:
    """Build a model of the given architecture and shape with weights drawn from `seed`.

    Args:
        settings: As `architecture.new_config` takes them, and `seed`.
        tokenizer: Gives the special tokens and the size of the vocabulary, which `config` may
            raise (vocab_size=50257), so that a model holds the embeddings that it is known with.
        head: What to put on top.
        labels: Names of the classes.

    Raises:
        SettingsError: If there is no such architecture, or it refuses the sizes.
    """
    config = new_config(settings)
    further = read_further(str(settings.get("config", "")))
    config.vocab_size = max(len(tokenizer), int(further.get("vocab_size", 0)))
    for name in ("pad_token_id", "bos_token_id", "eos_token_id"):
        setattr(config, name, getattr(tokenizer, name))
    for name, value in _label_maps(labels).items():
        setattr(config, name, value)
    torch.manual_seed(int(settings["seed"]))
    built = _from_config(config, tokenizer, head=head)
    n_missing = int(settings["max_length"]) - (n_positions_of(built.model) or math.inf)
    if n_missing <= 0 or find_size(further, "n_positions") is not None:
        return built
    config.max_position_embeddings += n_missing  # some places come before the first token's
    torch.manual_seed(int(settings["seed"]))
    return _from_config(config, tokenizer, head=head)


def _build_alike(
    source: str,
    settings: Mapping[str, Scalar],
    *,
    head: AutoClass,
    labels: Sequence[str],
    corpus: Iterable[str],
) -> Encoder:
    """Build the architecture of a checkpoint, or of a configuration, without its weights."""
    config = _config(source, settings, labels=labels)
    folder = Path(source).parent if is_config_file(source) else Path(source)
    own = "" if is_local(source) and not has_tokenizer(folder) else str(folder)
    tokenizer = find_tokenizer(
        str(settings.get("tokenizer", "")) or own,
        corpus,
        n_tokens=int(config.vocab_size),
        ends_texts=is_decoder(config),
    )
    give_padding(tokenizer, config)
    return _from_config(config, _checked(tokenizer, config, source), head=head)


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
    return _load(str(folder), {"weights": "pretrained"}, head=head, labels=())


def save_reader(folder: Path, encoder: Encoder) -> None:
    """Save configuration, tokenizer and labels: what stands around a model, for its graph."""
    for name, value in _label_maps(encoder.labels).items():
        setattr(encoder.model.config, name, value)
    encoder.model.config.save_pretrained(folder)
    encoder.tokenizer.save_pretrained(folder)


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
    check_positions(n_positions_of(model), max_length)


def n_positions_of(model: Any) -> int | None:  # noqa: ANN401 - untyped
    """Tokens a model can read at once; None where it takes any length.

    Some families number positions from their padding token on, so that their table of positions
    holds fewer than its size; it then knows which row is padding's.
    """
    stated = int(getattr(model.config, "max_position_embeddings", 0) or 0)
    tables = [
        module.num_embeddings - module.padding_idx - 1
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Embedding)
        and module.padding_idx is not None
        and "position" in name
    ]
    return min([stated, *tables]) if stated > 0 else None  # -1: XLNet, which has no limit


def _load(
    source: str, settings: Mapping[str, Scalar], *, head: AutoClass, labels: Sequence[str]
) -> Encoder:
    transformers = import_transformers()
    config = _config(source, settings, labels=labels)
    tokenizer = _tokenizer(source, config)
    try:
        model, report = getattr(transformers, head).from_pretrained(
            source,
            config=config,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
            trust_remote_code=False,
        )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise cannot_load(source, error) from error
    return Encoder(
        model=model.eval(),
        tokenizer=tokenizer,
        labels=_label_names(config, head),
        new_weights=tuple(sorted(report["missing_keys"])),
    )


def _tokenizer(source: str, config: Any) -> Any:  # noqa: ANN401 - untyped
    """Load the tokenizer of a model, set to what its configuration says."""
    auto = import_transformers().AutoTokenizer
    try:
        tokenizer = auto.from_pretrained(source, trust_remote_code=False)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise cannot_load(source, error) from error
    give_padding(tokenizer, config)
    match_types(tokenizer, config)
    return _checked(tokenizer, config, source)


def _config(source: str, settings: Mapping[str, Scalar], *, labels: Sequence[str]) -> Any:  # noqa: ANN401 - untyped
    """Read a configuration, and put in what the settings say beyond it."""
    transformers = import_transformers()
    if is_local(source):  # only what cannot be a path goes to the hub
        check_folder(Path(source), needs_weights=settings["weights"] != "random")
    further = read_further(str(settings.get("config", "")))
    try:
        config = transformers.AutoConfig.from_pretrained(
            source, trust_remote_code=False, **_label_maps(labels)
        )
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise cannot_load(source, error) from error
    check_further(further, known_keys(config), of=Path(source).name)
    for key, value in further.items():
        setattr(config, key, value)
    return config


def _from_config(config: Any, tokenizer: Any, *, head: AutoClass) -> Encoder:  # noqa: ANN401 - untyped
    match_types(tokenizer, config)
    try:
        model = getattr(import_transformers(), head).from_config(config, trust_remote_code=False)
    except (ValueError, TypeError, KeyError, RuntimeError, AttributeError) as error:
        reason = str(error).strip().split("\n", 1)[0]
        raise SettingsError(
            f"cannot build a {config.model_type} model for {head} ({reason}); change its sizes or "
            "`config`, or choose another architecture"
        ) from error
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


def _checked(tokenizer: Any, config: Any, source: str) -> Any:  # noqa: ANN401 - untyped
    if len(tokenizer) > int(config.vocab_size):
        raise ModelFolderError(
            f"the tokenizer of {source} has {len(tokenizer)} tokens and its model "
            f"{config.vocab_size}; they do not belong together, fetch both from one place"
        )
    return tokenizer
