"""The catalogue: every setting of every stage with its default and limits, free of torch.

Studies are checked, planned and hashed from here; workers receive what `resolve_*` returns.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from breakeven.errors import SettingsError
from breakeven.records import Scalar, Stage
from breakeven.workloads.models.layers import EVERY_OTHER, LOWER, listed_layers
from breakeven.workloads.options import Option, resolve

STAGE_VERSIONS: Mapping[Stage, int] = MappingProxyType(
    {
        Stage.FETCH: 1,
        Stage.PRETRAIN: 1,
        Stage.FINETUNE: 1,
        Stage.DISTIL: 1,
        Stage.EXPORT: 1,
        Stage.ADAPT: 1,
        Stage.SERVE: 1,
        Stage.INFER: 1,
        Stage.STATED: 1,
    }
)
"""Raised by one when a stage would do something else under the same settings, another default
included; part of every resume key, so older runs are then no longer reused.

A new setting needs no other version if its default does what was done without it: what is at its
default is left out of keys. `tests/workloads/defaults.json` holds the defaults of each version.
"""

_MODEL = {
    "model": Option(
        default="parent", doc="hub id, folder, parent, random (built here) or tfidf (linear)"
    ),
    "weights": Option(
        default="pretrained",
        choices=("pretrained", "random"),
        doc="random builds a checkpoint's architecture without its weights: costs, no quality",
    ),
    "config": Option(
        default="", doc="further keys of the configuration: embedding_size=64, hidden_act=gelu"
    ),
    "tokenizer": Option(
        default="", doc="folder or hub id of a random model's tokenizer; empty: trained here"
    ),
    "n_layers": Option(
        default=0, low=0, doc="layers kept, or of a random model; 0: all, random: 2"
    ),
    "layers": Option(
        default="lower", doc="which layers are kept: lower, every-other, or a list such as 0,2,4"
    ),
    "seed": Option(default=0, low=0, doc="seed of weights, order and masks"),
    "threads": Option(default=1, low=1, doc="threads of the worker"),
    "device": Option(default="auto", doc="where the model runs: auto, cpu, cuda or cuda:1"),
    "max_length": Option(default=128, low=3, doc="longest input, in tokens with special ones"),
}
_STRIDE = Option(
    default=-1,
    low=-1,
    doc="tokens that neighbouring windows of one text share (question answering, language "
    "modelling); -1: a third of max_length",
)
_OBJECTIVE = Option(
    default="auto",
    choices=("auto", "masked", "causal"),
    doc="on a corpus: guess hidden tokens or each next one; auto: as the model reads",
)
_SHAPE = {
    "architecture": Option(
        default="bert", doc="family of a random model, any model_type that transformers knows"
    ),
    "hidden_size": Option(default=128, low=1, doc="width of a random model"),
    "n_heads": Option(default=2, low=1, doc="attention heads of a random model"),
    "intermediate_size": Option(
        default=512, low=0, doc="feed-forward width of a random model; 0: as its family has it"
    ),
    "vocab_size": Option(default=6000, low=100, doc="vocabulary of a random model's tokenizer"),
}
_DATA = {
    "train_examples": Option(
        default=0,
        low=0,
        doc="examples (pre-training: texts) to train on, a random choice by seed; fewer are part "
        "of more, 0 is all",
    ),
}
_TRAINING = {
    **_DATA,
    "batch_size": Option(
        default=32,
        low=1,
        doc="examples per batch of one process; a step rests on batch_size * n_processes * "
        "gradient_accumulation",
    ),
    "lr": Option(default=5e-5, low=0.0, doc="peak learning rate"),
    "weight_decay": Option(default=0.01, low=0.0, doc="decoupled weight decay"),
    "warmup_ratio": Option(default=0.1, low=0.0, high=1.0, doc="share of steps lr rises over"),
    "warmup_steps": Option(default=0, low=0, doc="steps lr rises over; 0: warmup_ratio says it"),
    "gradient_accumulation": Option(default=1, low=1, doc="batches that one step rests on"),
    "epochs": Option(
        default=0.0, low=0.0, doc="passes over the data; 0 stops early, at most at max_epochs"
    ),
    "bucketed": Option(default=True, doc="whether batches hold texts of similar length"),
    "n_processes": Option(
        default=1, low=1, doc="processes (with CUDA: devices) that train together, by torchrun"
    ),
    "checkpoint_minutes": Option(
        default=30.0, low=0.0, doc="time between checkpoints a killed row goes on from; 0: none"
    ),
}
_TRAINED = Option(
    default="all",
    choices=("all", "head"),
    doc="what is trained: all weights, or what stands above the last layer alone (re-fitting)",
)
_STOPPING = {
    "max_epochs": Option(default=10, low=1, doc="most passes when epochs is 0"),
    "patience": Option(default=2, low=1, doc="passes without lower validation loss to stop after"),
}
_EXPORT = {
    "backend": Option(
        default="onnxruntime", doc="what will run the graph: a registered backend other than torch"
    ),
    "precision": Option(
        default="fp32",
        choices=("fp32", "bf16", "fp16", "int8-dynamic", "int8-static"),
        doc="number format of weights; int8-dynamic finds the scale of activations anew for each "
        "batch, int8-static on calibration examples",
    ),
    "n_layers": Option(default=0, low=0, doc="layers exported, from below; 0: all"),
    "per_channel": Option(default=True, doc="int8: whether each output channel has its own scale"),
    "calibration_examples": Option(
        default=300, low=1, doc="int8-static: training examples the scales are found on, by seed"
    ),
    "check_examples": Option(
        default=128, low=1, doc="validation examples on which answers are compared with the model's"
    ),
    "max_length": _MODEL["max_length"],
    "batch_size": Option(default=8, low=1, doc="examples per batch of calibration and comparison"),
    "seed": _MODEL["seed"],
    "threads": _MODEL["threads"],
}
_ADAPT = {
    "method": Option(
        default="cascade",
        choices=("cascade", "early-exit"),
        doc="cascade: a small model answers and hands on what it is unsure of to `fallback`; "
        "early-exit: one model stops at the first layer that is sure",
    ),
    "max_drop": Option(
        default=0.5,
        low=0.0,
        doc="points of the metric that validation answers may lose against the larger model when "
        "thresholds are chosen",
    ),
    "exits": Option(default="", doc="early-exit: layers after which it may stop, such as 2,4"),
    "train_examples": _DATA["train_examples"],
    "max_length": _MODEL["max_length"],
    "batch_size": Option(default=32, low=1, doc="examples per batch of calibration"),
    "seed": _MODEL["seed"],
    "threads": _MODEL["threads"],
}
_LINEAR = {
    "model": Option(default="tfidf", choices=("tfidf",), doc="the linear model"),
    "seed": _MODEL["seed"],
    "threads": _MODEL["threads"],
    **_DATA,
    "ngram_max": Option(default=2, low=1, high=5, doc="longest word n-gram"),
    "min_df": Option(default=1, low=1, doc="texts a term must stand in"),
    "max_features": Option(default=0, low=0, doc="commonest terms to keep; 0 keeps all"),
    "estimator": Option(
        default="logistic", choices=("logistic", "svm"), doc="linear classifier on top"
    ),
    "c": Option(default=10.0, low=1e-6, doc="inverse strength of regularization"),
}
_DISTIL = {
    "method": Option(
        default="task-specific",
        choices=("task-specific", "task-agnostic"),
        doc="distil the fine-tuned teacher on the task, or a pre-trained one on the corpus",
    ),
    "targets": Option(
        default="hard",
        choices=("hard", "soft"),
        doc="task-specific: learn the teacher's answers, or its softened distribution",
    ),
    "temperature": Option(default=2.0, low=0.01, doc="softens teacher and student alike"),
}
_PRETRAINING = {
    **_TRAINING,
    "lr": replace(_TRAINING["lr"], default=5e-4),
    "epochs": Option(default=3.0, low=0.01, doc="passes over the corpus; it cannot stop early"),
}
_DISTILLING = {
    **_TRAINING,
    **_STOPPING,
    **_DISTIL,
    "n_layers": replace(_MODEL["n_layers"], doc="layers of the student; 0: half its teacher's"),
    "layers": replace(
        _MODEL["layers"],
        default="",
        doc="which of its teacher's: lower (task-specific's default), every-other (the other's), "
        "or a list such as 0,2,4",
    ),
    "epochs": replace(_TRAINING["epochs"], default=2.0),
}

_FETCHED = {
    **_MODEL,
    **_SHAPE,
    "model": Option(default="random", doc="hub id, folder, or random (built here)"),
}

_STAGES: Mapping[Stage, Mapping[str, Option]] = {
    Stage.FETCH: _FETCHED,
    Stage.PRETRAIN: {**_MODEL, **_SHAPE, **_PRETRAINING, "objective": _OBJECTIVE},
    Stage.FINETUNE: {
        **_MODEL,
        **_SHAPE,
        **_TRAINING,
        **_STOPPING,
        "stride": _STRIDE,
        "trained": _TRAINED,
    },
    Stage.DISTIL: {**_MODEL, **_DISTILLING, "objective": _OBJECTIVE, "stride": _STRIDE},
    Stage.EXPORT: _EXPORT,
    Stage.ADAPT: _ADAPT,
    Stage.SERVE: {name: _MODEL[name] for name in ("model", "weights", "seed", "threads", "device")},
}
_RANDOM_N_LAYERS = 2

INFERENCE: Mapping[str, Option] = {
    "batch_size": Option(default=32, low=1, doc="examples per forward pass"),
    "batch_tokens": Option(
        default=0,
        low=0,
        doc="padded tokens per forward pass at most, so that short texts make larger batches; 0: "
        "batch_size decides",
    ),
    "attention": Option(
        default="auto",
        choices=("auto", "eager", "sdpa"),
        doc="torch's attention: plain operators, its fused one, or what the model prefers",
    ),
    "split": Option(
        default="test", choices=("test", "validation"), doc="examples that are answered"
    ),
    "n_examples": Option(
        default=0,
        low=0,
        doc="examples answered, a random choice by source and `choice_seed`; fewer are part of "
        "more, 0 is all",
    ),
    "choice_seed": Option(default=0, low=0, doc="seed of that choice"),
    "show_tokenizing": Option(
        default=False, doc="whether tokenizing is measured again apart, after the work"
    ),
    "max_length": _MODEL["max_length"],
    "stride": _STRIDE,
    "prompt_tokens": Option(
        default=0, low=0, doc="generation: tokens kept of each text as prompt; 0: max_length"
    ),
    "new_tokens": Option(
        default=32, low=1, doc="generation: tokens that every prompt is continued by"
    ),
    "n_layers": Option(default=0, low=0, doc="layers used, from below; 0 uses all"),
    "precision": Option(
        default="fp32", choices=("fp32", "bf16", "fp16"), doc="number format of the weights"
    ),
    "padding": Option(
        default="longest", choices=("longest", "max_length"), doc="how far batches are padded"
    ),
    "sorted": Option(default=True, doc="whether texts are sorted by length before batching"),
    "tokenize": Option(
        default="inside", choices=("inside", "ahead"), doc="whether tokenizing is in the window"
    ),
    "threads": _MODEL["threads"],
    "n_batches": Option(default=0, low=0, doc="batches at least; 0 is the whole split once"),
    "min_window_s": Option(
        default=1.0,
        low=0.0,
        doc="seconds the work window lasts at least; a slow energy sensor lengthens it, 0 forbids "
        "that",
    ),
    "warmup": Option(default="plateau", doc="plateau, or a fixed count of batches"),
    "idle_s": Option(default=0.0, low=0.0, doc="seconds of idle measured before the work"),
    "seed": Option(default=0, low=0, doc="seed of the order when texts are not sorted"),
}


def stage_options(stage: Stage, passed: Mapping[str, Scalar]) -> Mapping[str, Option]:
    """Every setting a stage understands, so that a study can tell which defaults apply to it.

    Args:
        stage: A stage with settings of its own.
        passed: `model: tfidf` makes fine-tuning linear; nothing else is looked at.

    Raises:
        SettingsError: If the stage is not configured through settings.
    """
    if stage is Stage.INFER:
        return INFERENCE
    if stage not in _STAGES:
        raise SettingsError(
            f"stage {stage} takes no settings; choose one of "
            f"{', '.join([*map(str, _STAGES), str(Stage.INFER)])}"
        )
    if passed.get("model") != "tfidf":
        return _STAGES[stage]
    if stage not in (Stage.FINETUNE, Stage.SERVE):
        raise SettingsError(f"stage {stage} cannot use model=tfidf; only finetune fits it")
    return _LINEAR if stage is Stage.FINETUNE else _STAGES[stage]


def stage_defaults(stage: Stage, passed: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Every setting a stage understands with what it is unless passed.

    A setting that the linear model shares with all others has one default, the stage's own, so
    that `model` never is left out of the key of a linear model.

    Args:
        stage: A stage with settings of its own.
        passed: `model` and `method` decide over other settings; nothing else is looked at.

    Raises:
        SettingsError: If the stage is not configured through settings.
    """
    usual = stage_options(stage, {})
    options = stage_options(stage, passed)
    defaults = {name: usual.get(name, option).default for name, option in options.items()}
    return {**defaults, "layers": _usual_layers(passed)} if stage is Stage.DISTIL else defaults


def resolve_stage(stage: Stage, passed: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Fill in a stage's defaults and check what was passed.

    A distillation that is told how to stop early (`max_epochs`, `patience`) does so, unless
    `epochs` is passed too.

    Raises:
        UnknownNameError: If a key is unknown; the nearest one is suggested.
        SettingsError: If a value is of the wrong type or out of range.
    """
    if stage is Stage.INFER:
        return resolve_inference(passed)
    options = stage_options(stage, passed)
    says_how_to_stop = stage is Stage.DISTIL and passed.keys() & _STOPPING.keys()
    implied: dict[str, Scalar] = {"epochs": 0.0} if says_how_to_stop else {}
    resolved = resolve(f"stage {stage}", options, {**implied, **passed})
    if stage is Stage.FETCH:
        _check_fetched(resolved)
    if resolved["model"] == "random" and resolved.get("n_layers") == 0:
        resolved["n_layers"] = _RANDOM_N_LAYERS
    return {**resolved, **_layers(resolved)} if "layers" in resolved else resolved


def _check_fetched(resolved: Mapping[str, Scalar]) -> None:
    is_kept = resolved["model"] != "random" and resolved["weights"] == "pretrained"
    if resolved["model"] == "parent" or (is_kept and resolved["n_layers"]):
        raise SettingsError(
            f"fetch keeps a checkpoint as it is, got model={resolved['model']!r} with "
            f"n_layers={resolved['n_layers']}; name a hub id or folder and leave n_layers to the "
            "rows that begin from it, or set weights=random"
        )


def _layers(resolved: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Which layers are kept, and how many where they are listed."""
    which = str(resolved["layers"]) or _usual_layers(resolved)
    listed, n_layers = listed_layers(which), resolved["n_layers"]
    if listed is None:
        return {"layers": which}
    if resolved["model"] == "random" or n_layers not in (0, len(listed)):
        raise SettingsError(
            f"layers={which!r} lists {len(listed)} layers, but n_layers={n_layers}; leave "
            "n_layers out, and layers for a random model"
        )
    return {"layers": which, "n_layers": len(listed)}


def _usual_layers(passed: Mapping[str, Scalar]) -> str:
    return EVERY_OTHER if passed.get("method") == "task-agnostic" else LOWER


def resolve_inference(passed: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Fill in the defaults of an inference row and check what was passed.

    Raises:
        UnknownNameError: If a key is unknown; the nearest one is suggested.
        SettingsError: If a value is of the wrong type or out of range.
    """
    resolved = resolve("inference", INFERENCE, passed)
    warmup = str(resolved["warmup"])
    if warmup != "plateau" and not warmup.isdecimal():
        raise SettingsError(
            f"inference: warmup={warmup!r} is neither 'plateau' nor a count of batches; choose one"
        )
    return resolved
