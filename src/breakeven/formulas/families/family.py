"""Family: what the closed form of an architecture family is given, and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from breakeven.formulas.parts import Part, linear

Config = Mapping[str, Any]
"""Keys of config.json, the family's defaults filled in."""


class Head(StrEnum):
    """What stands on the model; words of the forms of a task."""

    NONE = "none"
    CLASSIFICATION = "classification"
    TOKENS = "token-classification"
    ANSWERS = "question-answering"
    LANGUAGE = "language-modelling"
    IMAGES = "image-classification"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One forward pass.

    Attributes:
        n_sequences: Batch.
        n_tokens: Width of every sequence, padding included; of both sides where there are two.
        head: What stands on the model.
    """

    n_sequences: int
    n_tokens: int
    head: Head = Head.NONE

    @property
    def n_rows(self) -> int:
        """Tokens of the batch."""
        return self.n_sequences * self.n_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Closed form of an architecture family.

    Attributes:
        build: From configuration and ask to the whole model.
        defaults: What transformers takes where a configuration is silent.
        requires: Keys whose value must be this for the form to hold.
        heads: What it knows to stand on the model.
    """

    build: Callable[[Config, Ask], Part]
    defaults: Mapping[str, Any]
    requires: Mapping[str, object] = field(default_factory=dict)
    heads: frozenset[Head] = frozenset(Head) - {Head.IMAGES}


def n_labels(config: Config) -> int:
    """Classes a configuration names; two where it names none, as transformers has it."""
    return len(config.get("id2label") or ()) or int(config.get("num_labels") or 2)


def token_head(config: Config, ask: Ask, width: int) -> Part:
    """A dense layer on every token: tags, or start and end of an answer, which are two."""
    n_outputs = 2 if ask.head is Head.ANSWERS else n_labels(config)
    return linear(ask.n_rows, width, n_outputs)
