"""Layers: which of a teacher's layers a shallower model takes, and taking them."""

import copy
from collections.abc import Sequence
from typing import Any

from breakeven.errors import SettingsError

LOWER, EVERY_OTHER = "lower", "every-other"


def listed_layers(text: str) -> tuple[int, ...] | None:
    """Layers that a setting lists; None where it names a rule instead.

    Args:
        text: "lower", "every-other", or numbers from 0 that ascend, such as "0,2,4".

    Raises:
        SettingsError: If it is none of these.

    Examples:
        >>> listed_layers("0, 2, 4")
        (0, 2, 4)
        >>> listed_layers("lower") is None
        True
    """
    if text in (LOWER, EVERY_OTHER):
        return None
    parts = [part.strip() for part in text.split(",")]
    listed = tuple(int(part) for part in parts if part.isdecimal())
    if len(listed) < len(parts) or list(listed) != sorted(set(listed)):
        raise SettingsError(
            f"layers={text!r} is no choice of layers; write {LOWER}, {EVERY_OTHER}, or numbers "
            "from 0 that ascend, such as 0,2,4"
        )
    return listed


def choose_layers(n_layers: int, n_kept: int, which: str) -> tuple[int, ...]:
    """Layers that a model of `n_layers` keeps.

    Args:
        n_layers: Of the model.
        n_kept: How many to keep; not looked at where they are listed.
        which: As `listed_layers` takes it.

    Raises:
        SettingsError: If the model has not so many layers, or not these.

    Examples:
        >>> choose_layers(12, 3, "every-other"), choose_layers(12, 3, "0,5,11")
        ((0, 4, 8), (0, 5, 11))
    """
    listed = listed_layers(which)
    if listed is None:
        return (lower_layers if which == LOWER else spread_layers)(n_layers, n_kept)
    if listed[-1] >= n_layers:
        raise SettingsError(
            f"model has {n_layers} layers, layers={which!r} asked; choose from 0..{n_layers - 1}"
        )
    return listed


def lower_layers(n_layers: int, n_kept: int) -> tuple[int, ...]:
    """The first `n_kept` of `n_layers` layers, from 0.

    Raises:
        SettingsError: If more layers are asked for than there are, or none.

    Examples:
        >>> lower_layers(12, 3)
        (0, 1, 2)
    """
    _check_depth(n_layers, n_kept)
    return tuple(range(n_kept))


def spread_layers(n_layers: int, n_kept: int) -> tuple[int, ...]:
    """Every other layer where half are kept; otherwise spread as evenly (Sanh et al. 2019, sec. 3).

    Raises:
        SettingsError: If more layers are asked for than there are, or none.

    Examples:
        >>> spread_layers(12, 6)
        (0, 2, 4, 6, 8, 10)
        >>> spread_layers(2, 1)
        (0,)
    """
    _check_depth(n_layers, n_kept)
    return tuple(i * n_layers // n_kept for i in range(n_kept))


def n_layers_of(model: Any) -> int:  # noqa: ANN401 - transformers is untyped
    """Number of transformer layers of a model."""
    return int(model.config.num_hidden_layers)


def layers_of(model: Any) -> Sequence[Any]:  # noqa: ANN401 - the same
    """The model's own list of layers, from below.

    Raises:
        SettingsError: If it keeps none.
    """
    holder, name = find_layers(model)
    found: Sequence[Any] = getattr(holder, name)
    return found


def take_layers(
    model: Any,  # noqa: ANN401 - the same
    layers: Sequence[int],
    *,
    shares_weights: bool = False,
) -> Any:  # noqa: ANN401 - the same
    """Copy a model with only the given layers, in the given order; the original is untouched.

    Works for every architecture of transformers that keeps its layers in one list as long as
    `num_hidden_layers` (BERT, RoBERTa, DistilBERT, GPT-2 and their kin).

    Args:
        model: Of transformers.
        layers: Indices from 0.
        shares_weights: Whether the copy uses the original's tensors, so that it takes no memory
            of its own; only for a copy that is never trained.

    Raises:
        SettingsError: If the model has no such list.
    """
    tensors = [*model.parameters(), *model.buffers()] if shares_weights else []
    shallow = copy.deepcopy(model, {id(tensor): tensor for tensor in tensors})
    holder, name = find_layers(shallow)
    kept = type(getattr(holder, name))([getattr(holder, name)[i] for i in layers])
    setattr(holder, name, kept)
    for index, layer in enumerate(kept):
        for module in layer.modules():
            if hasattr(module, "layer_idx"):
                module.layer_idx = index
    _tell_depth(shallow.config, layers)
    return shallow


def keep_first_layers(model: Any, k: int, *, shares_weights: bool = False) -> Any:  # noqa: ANN401 - the same
    """Copy a model with its first `k` layers only; see `take_layers`.

    Raises:
        SettingsError: If the model has fewer than `k` layers, or `k` is below 1.
    """
    return take_layers(model, lower_layers(n_layers_of(model), k), shares_weights=shares_weights)


def _tell_depth(config: Any, layers: Sequence[int]) -> None:  # noqa: ANN401 - the same
    """Write the new depth into a configuration, and cut what it lists for every layer."""
    n_before = int(config.num_hidden_layers)
    for name, value in config.to_dict().items():
        if isinstance(value, list) and len(value) == n_before and "layer" in name:
            setattr(config, name, [value[i] for i in layers])
    config.num_hidden_layers = len(layers)


def find_layers(model: Any) -> tuple[Any, str]:  # noqa: ANN401 - the same
    """Module that holds a model's layers, and under which name it does.

    Raises:
        SettingsError: If there is no list as long as `num_hidden_layers`.
    """
    import torch  # noqa: PLC0415 - torch is loaded wherever a model exists

    n_layers = n_layers_of(model)
    for module in model.base_model.modules():
        for name, child in module.named_children():
            if isinstance(child, torch.nn.ModuleList) and len(child) == n_layers:
                return module, name
    raise SettingsError(
        f"{type(model).__name__} keeps no list of {n_layers} layers, so its depth cannot be cut; "
        "leave n_layers out for this model"
    )


def _check_depth(n_layers: int, n_kept: int) -> None:
    if not 1 <= n_kept <= n_layers:
        raise SettingsError(
            f"model has {n_layers} layers, n_layers={n_kept} asked; choose 1..{n_layers}"
        )
