"""Ahead: what a row will amount to, by Kaplan's rule, before anything is run.

Tokens are modelled from the words of the data, and never above `max_length` per window.
"""

import math
from collections.abc import Mapping
from pathlib import Path

from breakeven.errors import ModelFolderError
from breakeven.formulas.flops import inference_flops, training_flops
from breakeven.records import Scalar, Stage
from breakeven.records.engine import Work
from breakeven.workloads.models.folder import read_shape
from breakeven.workloads.tasks.form import Form

TOKENS_PER_WORD = 1.35
"""Assumed of English text in sub-word vocabularies of some 30,000; others need up to twice it."""

N_SPECIAL = 2
"""Tokens put around a text."""

_IN_WINDOWS = (Form.QUESTION_ANSWERING, Form.LANGUAGE_MODELLING)
"""Forms that read a long text to its end, window by window."""

_N_POSITIONS = 512
_SIZES = ("hidden_size", "n_layers", "n_heads", "intermediate_size", "vocab_size")
_CONDITIONS = ("max_length", "batch_size", "threads", "device")
_BATCH_SIZE = 32
"""Tried for a model that is fetched and used as it is."""

Shape = Mapping[str, int]


def work_ahead(
    stage: Stage,
    settings: Mapping[str, Scalar],
    facts: Mapping[str, Scalar],
    parents: Mapping[str, Work],
) -> Work | None:
    """Count what a row will do; None where the model's sizes are not at hand.

    Args:
        stage: What is run.
        settings: Resolved, paths located.
        facts: Of the task; its counts of examples are used, and its `mean_words_...` where they
            are given.
        parents: Work of the parents by role, whose models it takes.
    """
    if stage is Stage.INFER:
        return _one_pass(settings, facts, parents.get("start"))
    if stage in (Stage.EXPORT, Stage.ADAPT):
        return None
    start = _start(settings, parents)
    teacher = _sizes(parents["teacher"]) if "teacher" in parents else start
    if start is None or teacher is None:
        return None
    if stage is Stage.FETCH:
        return _fetched(start, settings)
    shape = {**start, "n_layers": _depth(stage, settings, start, teacher)}
    is_masked = stage is Stage.PRETRAIN or settings.get("method") == "task-agnostic"
    source = "corpus" if is_masked and facts.get("n_corpus") else "train"
    n_rows = int(settings.get("train_examples", 0)) or int(facts.get(f"n_{source}", 0))
    length = _length(settings, facts, source)
    n_passes = float(settings["epochs"]) or float(settings["max_epochs"])
    n_tokens = n_passes * (length if is_masked else _tokens(settings, facts, source))
    n = _n_used(shape)
    flops = training_flops(n, n_tokens * n_rows).flops
    if stage is Stage.DISTIL:
        flops += inference_flops(_n_used(teacher), n_tokens * n_rows).flops
    if not is_masked:
        flops += inference_flops(n, n_tokens * int(facts.get("n_validation", 0))).flops
    return Work(
        flops=flops,
        n_parameters=_n_kept(shape),
        is_upper_bound=not float(settings["epochs"]),
        shape={**shape, **{name: settings[name] for name in _CONDITIONS}, "max_length": length},
    )


def _fetched(start: Shape, settings: Mapping[str, Scalar]) -> Work:
    """Count nothing for a model that is only kept; what it is used for is tried in its shape."""
    conditions = {name: settings.get(name, _BATCH_SIZE) for name in _CONDITIONS}
    return Work(
        flops=0.0, n_parameters=_n_kept(start), is_upper_bound=False, shape={**start, **conditions}
    )


def _one_pass(
    settings: Mapping[str, Scalar], facts: Mapping[str, Scalar], start: Work | None
) -> Work | None:
    """Count one pass over the examples asked; the speed of other precisions is anybody's guess."""
    if start is None or settings["precision"] != "fp32":
        return None
    sizes = _sizes(start)
    shape = {**sizes, "n_layers": int(settings["n_layers"]) or sizes["n_layers"]}
    n_whole = int(facts.get(f"n_{settings['split']}", 0))
    n_tokens = _tokens(settings, facts, "test") * (int(settings["n_examples"]) or n_whole)
    flops = inference_flops(_n_used(shape), n_tokens).flops
    return Work(flops=flops, n_parameters=0, is_upper_bound=False, shape=start.shape)


def _tokens(settings: Mapping[str, Scalar], facts: Mapping[str, Scalar], source: str) -> int:
    """Tokens that a typical example comes to, over all its windows, padding where it is asked for.

    Where nothing tells how long texts are, one window of the longest.
    """
    window, form = _length(settings, facts, source), facts.get("form")
    most = int(settings["max_length"])
    n_whole = _whole(facts, source)
    if form == Form.GENERATION and "new_tokens" in settings:
        prompt = min(int(settings["prompt_tokens"]) or most, n_whole or most)
        return prompt + int(settings["new_tokens"]) - 1
    if form in _IN_WINDOWS and n_whole is not None and n_whole > most:
        stride = int(settings["stride"])
        n_shared = min(most // 3 if stride < 0 else stride, most - 1)
        return most * (1 + math.ceil((n_whole - most) / (most - n_shared)))
    return most if settings.get("padding") == "max_length" else window


def _length(settings: Mapping[str, Scalar], facts: Mapping[str, Scalar], source: str) -> int:
    """Tokens of a typical window; `max_length` where the task does not tell its words."""
    most, n_whole = int(settings["max_length"]), _whole(facts, source)
    return most if n_whole is None else min(most, n_whole)


def _whole(facts: Mapping[str, Scalar], source: str) -> int | None:
    n_words = facts.get(f"mean_words_{source}")
    return None if n_words is None else math.ceil(float(n_words) * TOKENS_PER_WORD) + N_SPECIAL


def _start(settings: Mapping[str, Scalar], parents: Mapping[str, Work]) -> Shape | None:
    model = str(settings["model"])
    if model == "random":
        return {name: int(settings[name]) for name in _SIZES}
    if model == "parent":
        work = parents.get("start") or parents.get("teacher")
        return None if work is None else _sizes(work)
    try:
        shape = read_shape(Path(model))
    except ModelFolderError:  # a hub's, a linear one, or none: it will be said when it is run
        return None
    return {name: int(getattr(shape, name)) for name in _SIZES}


def _sizes(work: Work) -> Shape:
    return {name: int(work.shape[name]) for name in _SIZES}


def _depth(stage: Stage, settings: Mapping[str, Scalar], start: Shape, teacher: Shape) -> int:
    half = max(1, teacher["n_layers"] // 2)
    return int(settings["n_layers"]) or (half if stage is Stage.DISTIL else start["n_layers"])


def _n_used(shape: Shape) -> int:
    """Weights of the layers, which every token passes.

    As where work is counted, embedding tables are left out, and so is the product with one that
    says tokens. The rest of a masked-LM head, on 15 % of the tokens, is below 1.3 % of one layer.
    """
    h, f = shape["hidden_size"], shape["intermediate_size"]
    return shape["n_layers"] * (4 * h * h + 2 * h * f)


def _n_kept(shape: Shape) -> int:
    h = shape["hidden_size"]
    return _n_used(shape) + h * (shape["vocab_size"] + _N_POSITIONS + h)
