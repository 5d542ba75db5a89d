"""What the options of `breakeven optimize` ask for: a study file changed, or a model made one."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from breakeven.cli.overrides import parse_overrides, parse_variables

if TYPE_CHECKING:
    from breakeven.study.optimize.load import Optimization

_STUDY_FILES = (".yaml", ".yml")

_OF_FILES = {"settings": "--set", "variables": "--var", "profile": "--profile"}
_OF_MODELS = {
    "baseline": "--baseline",
    "references": "--reference",
    "backends": "--backends",
    "precisions": "--precisions",
}
"""Options that one of both has no use for, by parameter."""


def optimization_of(model: str, asked: dict[str, Any]) -> "Optimization":
    """Read a study file as options change it, or write the study of a model.

    Args:
        model: As named on the command line.
        asked: Options by parameter.

    Raises:
        click.UsageError: If a model has no task, or an option says nothing of what was named.
        BreakevenError: If that cannot be searched.
    """
    is_file = model.endswith(_STUDY_FILES)
    _refuse_ignored(is_file=is_file)
    if is_file:
        return _of_file(model, asked)
    if asked["task"] is None:
        raise click.UsageError("name the task of the model by --task, or a study file")
    from breakeven.study.optimize.load import define_optimization  # noqa: PLC0415 - lazy

    return define_optimization(_data(model, asked), folder=Path.cwd())


def _refuse_ignored(*, is_file: bool) -> None:
    """Refuse options that say nothing of what is searched.

    Raises:
        click.UsageError: If one was given.
    """
    context = click.get_current_context()
    for name, flag in (_OF_MODELS if is_file else _OF_FILES).items():
        if context.get_parameter_source(name) is ParameterSource.DEFAULT:
            continue
        if is_file:
            raise click.UsageError(
                f"{flag} is of a MODEL, and a study file is named; say it in the file, or by --set"
            )
        raise click.UsageError(
            f"{flag} changes a study file, and a model is named; use --reference for settings of "
            "the baseline, --try for others, or name a study file"
        )


def _of_file(path: str, asked: dict[str, Any]) -> "Optimization":
    from breakeven.study.optimize.load import load_optimization  # noqa: PLC0415 - lazy

    block = _block(asked)
    block |= {"student": asked["student"]} if asked["student"] else {}
    changes = {f"optimize.{key}": value for key, value in block.items()}
    return load_optimization(
        path,
        {**parse_overrides(asked["settings"]), **changes},
        profile=asked["profile"],
        variables=parse_variables(asked["variables"]),
        task=asked["task"],
    )


def _data(model: str, asked: dict[str, Any]) -> dict[str, Any]:
    from breakeven.study.optimize.asked import (  # noqa: PLC0415 - lazy
        COSTS,
        Asked,
        baseline_settings,
        study_data,
        task_of,
    )

    return study_data(
        Asked(
            model=model,
            task=task_of(asked["task"]),
            cost=COSTS[asked["cost"] or "cpu"],
            exports=_exports(asked["backends"], asked["precisions"]),
            baseline={
                **baseline_settings(asked["baseline"], model),
                **_references(asked["references"]),
            },
            block=_block(asked),
            student=asked["student"] or "",
        )
    )


def _exports(backends: str | None, precisions: str | None) -> Mapping[str, list[str]]:
    """Precisions to export to by backend; what is left out here is said on stderr."""
    from breakeven.study.optimize.exports import exports_to, installed_backends  # noqa: PLC0415

    if backends is None:
        names = installed_backends()
    else:
        names = [name for name in backends.split(",") if name not in ("", "none", "torch")]
    found = exports_to(names, [name for name in (precisions or "").split(",") if name])
    for sentence in found.left_out:
        click.echo(sentence, err=True)
    return found.precisions


def _references(texts: tuple[str, ...]) -> dict[str, Any]:
    from breakeven.study.optimize.asked import tried_of  # noqa: PLC0415 - lazy

    return {key: values[0] for key, values in tried_of(texts, flag="--reference").items()}


def _block(asked: dict[str, Any]) -> dict[str, Any]:
    """Keys of the block `optimize` that options give."""
    from breakeven.study.optimize.asked import COSTS, tried_of  # noqa: PLC0415 - lazy

    depths = asked["depths"]
    given = {
        "max_drop": asked["max_drop"],
        "min_saving": asked["min_saving"],
        "cost": str(COSTS[asked["cost"]]) if asked["cost"] else None,
        "settings": tried_of(asked["tried"]) or None,
        "exits": list(asked["exits"]) or None,
        "depths": [int(depth) for depth in depths.split(",")] if depths else None,
        "max_latency_ms": asked["max_latency_ms"],
        "percentile": int(asked["percentile"]) if asked["percentile"] else None,
        "max_memory_mb": asked["max_memory_mb"],
        "blocks": asked["blocks"],
    }
    return {key: value for key, value in given.items() if value is not None}
