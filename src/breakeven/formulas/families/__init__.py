"""Families: closed forms of work and parameters, from the keys of a config.json, without torch."""

from collections.abc import Mapping
from typing import Any

from breakeven.formulas.families import bert, gpt2, llama, t5
from breakeven.formulas.families.family import Ask, Family, Head
from breakeven.formulas.parts import Part

FAMILIES: Mapping[str, Family] = {**bert.FAMILIES, **gpt2.FAMILIES, **llama.FAMILIES, **t5.FAMILIES}
"""By transformers' `model_type`."""

__all__ = ["FAMILIES", "Ask", "Family", "Head", "Part", "closed_form"]


def closed_form(config: Mapping[str, Any], ask: Ask) -> Part | None:
    """Work and parameters of a model in closed form; None where no form is known for it.

    Args:
        config: Keys of config.json; `model_type` alone gives the family's default sizes.
        ask: Batch, length and head.

    Examples:
        >>> part = closed_form({"model_type": "bert"}, Ask(n_sequences=1, n_tokens=128))
        >>> part.ops.n_mac, part.n_parameters
        (11174215680, 109482240)
    """
    family = FAMILIES.get(str(config.get("model_type")))
    if family is None or ask.head not in family.heads:
        return None
    full = {**family.defaults, **config}
    if any(full.get(key, value) != value for key, value in family.requires.items()):
        return None
    try:
        return family.build(full, ask)
    except KeyError:  # an activation without a formula: counting will say what it is
        return None
