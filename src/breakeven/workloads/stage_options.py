"""Settings of every stage that makes a model, with their defaults and limits."""

from collections.abc import Mapping
from dataclasses import replace

from breakeven.records import Stage
from breakeven.workloads.options import Option

MODEL = {
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
STRIDE = Option(
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
    doc="what is trained: all weights, or what stands above the last layer alone, which asks for "
    "a higher lr (0.003 where none is set); each text goes through the layers once",
)
STOPPING = {
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
        doc="number format of weights; int8-dynamic finds the scales of activations as it answers, "
        "int8-static on calibration examples; one that is slower here than fp32 is refused",
    ),
    "n_layers": Option(default=0, low=0, doc="layers exported, from below; 0: all"),
    "per_channel": Option(default=True, doc="int8: whether each output channel has its own scale"),
    "calibration_examples": Option(
        default=300, low=1, doc="int8-static: training examples the scales are found on, by seed"
    ),
    "check_examples": Option(
        default=128, low=1, doc="validation examples on which answers are compared with the model's"
    ),
    "if_slower": Option(
        default="refuse",
        choices=("refuse", "keep"),
        doc="what becomes of a graph that takes more CPU time here than its backend's in fp32",
    ),
    "max_length": MODEL["max_length"],
    "stride": STRIDE,
    "batch_size": Option(default=8, low=1, doc="examples per batch of calibration and comparison"),
    "seed": MODEL["seed"],
    "threads": MODEL["threads"],
}
_ADAPT = {
    "method": Option(
        default="cascade",
        doc="cascade: a small model answers and hands on what it is unsure of to `fallback`; "
        "early-exit: one model stops at the first layer that is sure; or one that is registered",
    ),
    "max_drop": Option(
        default=0.5,
        low=0.0,
        high=100.0,
        doc="points of accuracy that validation answers may lose against the larger model when the "
        "threshold is chosen",
    ),
    "exits": Option(default="", doc="early-exit: layers after which it may stop, such as 2,4"),
    "train_examples": _DATA["train_examples"],
    "max_length": MODEL["max_length"],
    "stride": STRIDE,
    "batch_size": Option(default=32, low=1, doc="examples per batch of calibration"),
    "seed": MODEL["seed"],
    "threads": MODEL["threads"],
}
LINEAR = {
    "model": Option(default="tfidf", choices=("tfidf",), doc="the linear model"),
    "seed": MODEL["seed"],
    "threads": MODEL["threads"],
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
    **STOPPING,
    **_DISTIL,
    "n_layers": replace(MODEL["n_layers"], doc="layers of the student; 0: half its teacher's"),
    "layers": replace(
        MODEL["layers"],
        default="",
        doc="which of its teacher's: lower (task-specific's default), every-other (the other's), "
        "or a list such as 0,2,4",
    ),
    "epochs": replace(_TRAINING["epochs"], default=2.0),
}

_FETCHED = {
    **MODEL,
    **_SHAPE,
    "model": Option(default="random", doc="hub id, folder, or random (built here)"),
}

STAGES: Mapping[Stage, Mapping[str, Option]] = {
    Stage.FETCH: _FETCHED,
    Stage.PRETRAIN: {**MODEL, **_SHAPE, **_PRETRAINING, "objective": _OBJECTIVE},
    Stage.FINETUNE: {
        **MODEL,
        **_SHAPE,
        **_TRAINING,
        **STOPPING,
        "stride": STRIDE,
        "trained": _TRAINED,
    },
    Stage.DISTIL: {**MODEL, **_DISTILLING, "objective": _OBJECTIVE, "stride": STRIDE},
    Stage.EXPORT: _EXPORT,
    Stage.ADAPT: _ADAPT,
    Stage.SERVE: {name: MODEL[name] for name in ("model", "weights", "seed", "threads", "device")},
}
