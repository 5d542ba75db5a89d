"""Beforehand: refuse what a row could only fail on, from the files of its model, free of torch.

Transformers, and torch with it, are asked only for an architecture that nothing here knows.

A study is refused in its file and line, in the second it is read, and not by a failed row after
the frameworks were imported.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from breakeven.errors import MissingExtraError, SettingsError
from breakeven.formulas.families import FAMILIES
from breakeven.records import Scalar
from breakeven.workloads.adaptive import check_roles, refuse_further
from breakeven.workloads.adaptive.early_exit import exit_layers, refuse_exits
from breakeven.workloads.manifest import is_deliverable, read_manifest
from breakeven.workloads.models.architecture import DEFAULT, check_family
from breakeven.workloads.models.folder import (
    check_folder,
    find_size,
    has_tokenizer,
    is_local,
    read_config,
)
from breakeven.workloads.models.further import read_further
from breakeven.workloads.models.layers import LOWER, choose_layers
from breakeven.workloads.models.stores import refuse_store


def check_model(settings: Mapping[str, Scalar], *, roles: Collection[str]) -> int | None:
    """Check the model that a development row names.

    Args:
        settings: Resolved, paths located; without `model` it is that of a row.
        roles: Of the rows it begins from ("start", "teacher", "fallback").

    Returns:
        Layers of a model that lies here; None where only loading tells.

    Raises:
        ModelFolderError: If a folder holds no model that we are willing to load.
        SettingsError: If the model has not what is asked of it, there is none, or a row is named
            that nothing is done with.
        UnknownNameError: If there is no such architecture, as far as can be told here.
    """
    if "model" not in settings:
        if "method" in settings:
            check_roles(str(settings["method"]), roles)
        else:
            refuse_further("an export", roles, ("start",))
        if not roles:
            raise SettingsError("the row works on the model of another one; set `from` to its name")
        return None
    is_distillation = "method" in settings
    refuse_further("the row", roles, ("start", "teacher") if is_distillation else ("start",))
    model = str(settings["model"])
    refuse_store(model)
    tokenizer = str(settings.get("tokenizer", ""))
    further = read_further(str(settings.get("config", "")))
    if tokenizer and is_local(tokenizer) and not has_tokenizer(Path(tokenizer)):
        raise SettingsError(
            f"tokenizer={tokenizer!r} is no folder with files of one; save it there with "
            "save_pretrained, or leave the setting out to have one trained"
        )
    if model == "random":
        check_heads(settings)
        check_architecture(str(settings.get("architecture", DEFAULT)))
        check_positions(find_size(further, "n_positions"), int(settings["max_length"]))
    if model == "parent" and not roles:
        raise SettingsError(
            "model='parent' needs a row to begin from; set `from`, or `model` to a hub id, a "
            "folder or random"
        )
    if model in ("parent", "random", "tfidf") or not is_local(model):
        return None
    if is_deliverable(Path(model)):
        read_manifest(Path(model))
        return None
    check_folder(Path(model), needs_weights=settings["weights"] != "random")
    config = {**read_config(Path(model)), **further}
    check_positions(find_size(config, "n_positions"), int(settings["max_length"]))
    n_layers = find_size(config, "n_layers")
    if n_layers is not None:
        check_depth(settings, n_layers)
    return n_layers


def check_depth(settings: Mapping[str, Scalar], n_layers: int) -> None:
    """Refuse to keep layers that a model of `n_layers` has not, or to stop after them.

    Raises:
        SettingsError: If it has fewer than asked for, or not those that are listed.
    """
    if exits := str(settings.get("exits", "")):
        refuse_exits(exit_layers(exits), n_layers)
    if n_kept := int(settings.get("n_layers", 0)):
        choose_layers(n_layers, n_kept, str(settings.get("layers", LOWER)))


def check_architecture(family: str) -> None:
    """Refuse an architecture that transformers does not know, where it is installed.

    It takes seconds to import, so it is asked only of families that have no closed form.

    Raises:
        UnknownNameError: If it does not know it; the nearest ones are suggested.
    """
    if family not in FAMILIES:
        with suppress(MissingExtraError):  # the row will say what to install
            check_family(family)


def check_heads(settings: Mapping[str, Scalar]) -> None:
    """Refuse a random model whose width its heads cannot share.

    Raises:
        SettingsError: If they do not divide it.
    """
    hidden_size, n_heads = int(settings["hidden_size"]), int(settings["n_heads"])
    if hidden_size % n_heads:
        raise SettingsError(
            f"n_heads={n_heads} does not divide hidden_size={hidden_size}; choose a divisor"
        )


def check_positions(n_positions: int | None, max_length: int) -> None:
    """Refuse a length a model has no positions for.

    Args:
        n_positions: Of the model; None or 0 where it takes any length.
        max_length: In tokens.

    Raises:
        SettingsError: If `max_length` is above the model's positions.
    """
    if n_positions and max_length > n_positions:
        raise SettingsError(
            f"max_length={max_length} is beyond the model's {n_positions} positions; choose "
            f"1..{n_positions}, or give a random model more in the row that builds it "
            f"(config: max_position_embeddings={max_length})"
        )
