"""Models: transformers architectures on the meta device, with an input to count them on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError

from breakeven.errors import ModelFolderError
from breakeven.formulas.families import Ask, Head
from breakeven.workloads.counting.count import Count
from breakeven.workloads.counting.module import (
    count_by_torch,
    count_module,
    count_training_step,
)
from breakeven.workloads.models.frameworks import import_transformers

_REFUSALS = (NotImplementedError, RuntimeError, ValueError, TypeError, AttributeError)
"""What transformers and torch raise where a configuration or an input does not suit them."""

_IMAGE_SIDE = 224
"""Pixels of ImageNet's usual crop, where a configuration tells none."""

_AUTO = {
    Head.NONE: "AutoModel",
    Head.CLASSIFICATION: "AutoModelForSequenceClassification",
    Head.IMAGES: "AutoModelForImageClassification",
    Head.TOKENS: "AutoModelForTokenClassification",
    Head.ANSWERS: "AutoModelForQuestionAnswering",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """How a model is built to be counted.

    Attributes:
        attention: Implementation by transformers' name; None for its own choice.
        device: "meta" allocates nothing.
        trains: Whether a backward pass is counted too.
    """

    attention: str | None = None
    device: str = "meta"
    trains: bool = False


def count_model(config: Mapping[str, Any], ask: Ask, build: Build = Build()) -> Count:
    """Count one forward pass of an architecture, without weights.

    Args:
        config: Keys of config.json; `model_type` alone takes transformers' default sizes.
        ask: Batch, length and head. A model of images ignores the length.
        build: Attention and device.

    Raises:
        ModelFolderError: If transformers does not know the architecture, or its work depends on
            the values of weights.
    """
    model = build_model(config, ask.head, build)
    inputs = _inputs(model, ask)
    try:
        count = count_module(model, **inputs)
        count = replace(count, torch_flops=count_by_torch(model, **inputs))
        return _with_training(count, model, inputs) if build.trains else count
    except _REFUSALS as error:
        raise ModelFolderError(
            f"{config['model_type']} cannot be counted on {build.device} ({_first_line(error)}); "
            "give a length that it has positions for or, where its work depends on weights, load "
            "the model and give it to count_module"
        ) from error


def _with_training(
    count: Count,
    model: Any,  # noqa: ANN401 - untyped
    inputs: Mapping[str, torch.Tensor],
) -> Count:
    step = count_training_step(model, **inputs)
    return replace(count, training=step.ops, unknown={**count.unknown, **step.unknown})


def build_model(config: Mapping[str, Any], head: Head, build: Build) -> Any:  # noqa: ANN401 - untyped
    """Build an architecture in evaluation mode; its weights are of no use.

    Raises:
        ModelFolderError: If transformers does not know the architecture or its head.
    """
    transformers = import_transformers()
    try:
        known = transformers.AutoConfig.for_model(**config)
        known.use_cache = False
        if getattr(known, "pad_token_id", None) is None:
            known.pad_token_id = 0
        auto = getattr(transformers, _AUTO.get(head) or _language_class(known))
        with torch.device(build.device):
            return auto.from_config(known, attn_implementation=build.attention).eval()
    except (KeyError, ImportError, StrictDataclassError, *_REFUSALS) as error:
        raise ModelFolderError(
            f"transformers cannot build {config.get('model_type')!r} with head {head.value} "
            f"({_first_line(error)}); give a model_type that it knows, and a head of that model"
        ) from error


def hub_config(name: str) -> Mapping[str, Any]:
    """Fetch the configuration of an id on a hub.

    Raises:
        ModelFolderError: If there is none, or no hub can be reached.
    """
    transformers = import_transformers()
    try:
        fetched = transformers.AutoConfig.from_pretrained(name, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise ModelFolderError(
            f"{name!r} is no folder, config.json, architecture of transformers or reachable id on "
            f"a hub ({_first_line(error)}); give one of these"
        ) from error
    config: Mapping[str, Any] = fetched.to_dict()
    return config


def _language_class(config: Any) -> str:  # noqa: ANN401 - untyped
    transformers = import_transformers()
    if getattr(config, "is_encoder_decoder", False):
        return "AutoModelForSeq2SeqLM"
    is_masked = type(config) in transformers.MODEL_FOR_MASKED_LM_MAPPING
    return "AutoModelForMaskedLM" if is_masked else "AutoModelForCausalLM"


def _inputs(model: Any, ask: Ask) -> Mapping[str, torch.Tensor]:  # noqa: ANN401 - untyped
    if model.main_input_name == "pixel_values":
        side = getattr(model.config, "image_size", _IMAGE_SIDE)
        n_channels = getattr(model.config, "num_channels", 3)
        shape = (ask.n_sequences, n_channels, side, side)
        return {"pixel_values": torch.empty(shape, device=model.device)}
    token = 1 if model.config.pad_token_id != 1 else 2
    ids = torch.full((ask.n_sequences, ask.n_tokens), token)
    if getattr(model.config, "is_encoder_decoder", False):
        return {"input_ids": ids, "decoder_input_ids": ids}
    return {"input_ids": ids}


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0] or type(error).__name__
