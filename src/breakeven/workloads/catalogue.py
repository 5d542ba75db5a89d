"""The catalogue: every setting of every stage with its default and limits, free of torch.

Studies are checked, planned and hashed from here; workers receive what `resolve_*` returns.
"""

from collections.abc import Mapping
from types import MappingProxyType

from breakeven.errors import SettingsError
from breakeven.records import Scalar, Stage
from breakeven.workloads.adaptive import load_adaptive
from breakeven.workloads.inference_options import INFERENCE
from breakeven.workloads.models.layers import EVERY_OTHER, LOWER, listed_layers
from breakeven.workloads.options import Option, resolve
from breakeven.workloads.stage_options import LINEAR, STAGES, STOPPING

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
_OF_PRECISIONS = {
    "per_channel": ("int8-dynamic", "int8-static"),
    "calibration_examples": ("int8-static",),
}
"""Settings of an export that one of these precisions alone reads."""

_EXPORT = STAGES[Stage.EXPORT]
_RANDOM_N_LAYERS = 2
_HEAD_LR = 3e-3
"""Peak learning rate where the head alone is trained: its weights are few and start far off."""


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
    if stage not in STAGES:
        raise SettingsError(
            f"stage {stage} takes no settings; choose one of "
            f"{', '.join([*map(str, STAGES), str(Stage.INFER)])}"
        )
    if passed.get("model") != "tfidf":
        return STAGES[stage]
    if stage not in (Stage.FINETUNE, Stage.SERVE):
        raise SettingsError(f"stage {stage} cannot use model=tfidf; only finetune fits it")
    return LINEAR if stage is Stage.FINETUNE else STAGES[stage]


def stage_defaults(stage: Stage, passed: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Every setting a stage understands with what it is unless passed.

    A setting that the linear model shares with all others has one default, the stage's own, so
    that `model` never is left out of the key of a linear model.

    Args:
        stage: A stage with settings of its own.
        passed: `model`, `method` and `trained` decide over other settings; nothing else is looked
            at.

    Raises:
        SettingsError: If the stage is not configured through settings.
    """
    usual = stage_options(stage, {})
    options = stage_options(stage, passed)
    defaults = {name: usual.get(name, option).default for name, option in options.items()}
    return {**defaults, **_depending(stage, options, passed)}


def resolve_stage(stage: Stage, passed: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """Fill in a stage's defaults and check what was passed.

    A distillation that is told how to stop early (`max_epochs`, `patience`) does so, unless
    `epochs` is passed too.

    Raises:
        UnknownNameError: If a key, a backend or a method is unknown; the nearest is suggested.
        SettingsError: If a value is of the wrong type or out of range, a backend cannot build the
            precision, or a setting does nothing in it.
    """
    if stage is Stage.INFER:
        return resolve_inference(passed)
    options = stage_options(stage, passed)
    says_how_to_stop = stage is Stage.DISTIL and passed.keys() & STOPPING.keys()
    implied: dict[str, Scalar] = {"epochs": 0.0} if says_how_to_stop else {}
    implied |= _depending(stage, options, passed)
    resolved = resolve(f"stage {stage}", options, {**implied, **passed})
    if stage is Stage.FETCH:
        _check_fetched(resolved)
    if stage is Stage.EXPORT:
        _check_exported(resolved)
    if stage is Stage.ADAPT:
        load_adaptive(str(resolved["method"])).check(resolved)
    if resolved.get("model") == "random" and resolved.get("n_layers") == 0:
        resolved["n_layers"] = _RANDOM_N_LAYERS
    return {**resolved, **_layers(resolved)} if "layers" in resolved else resolved


def _depending(
    stage: Stage, options: Mapping[str, Option], passed: Mapping[str, Scalar]
) -> dict[str, Scalar]:
    """Defaults that are others where something else was passed."""
    if stage is Stage.DISTIL:
        return {"layers": _usual_layers(passed)}
    return {"lr": _HEAD_LR} if "trained" in options and passed.get("trained") == "head" else {}


def _check_fetched(resolved: Mapping[str, Scalar]) -> None:
    is_kept = resolved["model"] != "random" and resolved["weights"] == "pretrained"
    if resolved["model"] == "parent" or (is_kept and resolved["n_layers"]):
        raise SettingsError(
            f"fetch keeps a checkpoint as it is, got model={resolved['model']!r} with "
            f"n_layers={resolved['n_layers']}; name a hub id or folder and leave n_layers to the "
            "rows that begin from it, or set weights=random"
        )


def _check_exported(resolved: Mapping[str, Scalar]) -> None:
    from breakeven.workloads.backends.backend import check_precision  # noqa: PLC0415 - numpy

    precision = str(resolved["precision"])
    check_precision(str(resolved["backend"]), precision)
    for name, read_by in _OF_PRECISIONS.items():
        if resolved[name] != _EXPORT[name].default and precision not in read_by:
            raise SettingsError(
                f"{name}={resolved[name]!r} does nothing in precision {precision}; leave it out, "
                f"or choose {' or '.join(read_by)}"
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
