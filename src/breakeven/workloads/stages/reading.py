"""Reading: whether a model reads from left to right or both ways, and what it then learns.

Both ways it guesses tokens that were hidden (Devlin et al. 2019, section 3.1); from left to right
each next one (Radford et al. 2019, section 2), from texts packed so that nothing is padding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from breakeven.errors import SettingsError
from breakeven.records import Scalar, Stage
from breakeven.records.protocols import StageRequest
from breakeven.workloads.heads.blocks import pack
from breakeven.workloads.models.architecture import is_decoder
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.encoder import AutoClass, config_of
from breakeven.workloads.models.tokenizer import encode
from breakeven.workloads.stages.masking import Masked, Masker

_BEGINS_WITH_PARENT = (Stage.DISTIL, Stage.SERVE)
"""Stages whose model is that of a parent wherever there is one."""


class Objective(Protocol):
    """What a language model learns from a corpus."""

    @property
    def auto_class(self) -> AutoClass:
        """Class of transformers that it is loaded with."""
        ...

    def encode(
        self,
        tokenizer: Any,  # noqa: ANN401 - transformers is untyped
        texts: Sequence[str],
        settings: Mapping[str, Scalar],
    ) -> Encoded:
        """Turn texts into windows of at most `max_length` tokens."""
        ...

    def begin(self, tokenizer: Any, settings: Mapping[str, Scalar], *, rank: int) -> "Hider":  # noqa: ANN401 - the same
        """Set up what chooses the tokens to guess, on its own for each process of a training.

        Raises:
            SettingsError: If the tokenizer lacks what that needs.
        """
        ...


class Hider(Protocol):
    """Chooses the tokens to guess, batch by batch."""

    def hide(self, batch: Batch) -> Masked:
        """Say what the model sees of a batch, and what it must guess from which positions."""
        ...

    def state(self) -> Mapping[str, Tensor]:
        """What it must know again after an interruption."""
        ...

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from where `state` was taken."""
        ...


@dataclass(frozen=True, slots=True)
class BothWays:
    """Guess hidden tokens; implements `Objective`."""

    auto_class: AutoClass = AutoClass.MASKED_LM

    def encode(
        self,
        tokenizer: Any,  # noqa: ANN401 - the same
        texts: Sequence[str],
        settings: Mapping[str, Scalar],
    ) -> Encoded:
        """One window for each text, cut at `max_length`."""
        return encode(tokenizer, texts, max_length=int(settings["max_length"]))

    def begin(self, tokenizer: Any, settings: Mapping[str, Scalar], *, rank: int) -> Masker:  # noqa: ANN401 - the same
        """Draw the hidden tokens by `seed`."""
        return Masker.of(tokenizer, settings, rank=rank)


@dataclass(frozen=True, slots=True)
class LeftToRight:
    """Guess each next token; implements `Objective`."""

    auto_class: AutoClass = AutoClass.CAUSAL_LM

    def encode(
        self,
        tokenizer: Any,  # noqa: ANN401 - the same
        texts: Sequence[str],
        settings: Mapping[str, Scalar],
    ) -> Encoded:
        """Windows of `max_length` over all texts, each text ended by the token that ends texts."""
        ids: list[list[int]] = tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]
        end = tokenizer.eos_token_id
        has_end = end is None or all(own[-1:] == [end] for own in ids)
        packed = pack(
            ids, length=int(settings["max_length"]), separator=None if has_end else int(end)
        )
        return Encoded(ids=packed.ids, example_of=range(len(packed.ids)), begins=packed.n_starts)

    def begin(self, tokenizer: Any, settings: Mapping[str, Scalar], *, rank: int) -> "NextToken":  # noqa: ANN401, ARG002 - nothing is drawn
        """Nothing is drawn."""
        return NextToken()


@dataclass(frozen=True, slots=True)
class NextToken:
    """Has every token guessed from those before it; implements `Hider`."""

    def hide(self, batch: Batch) -> Masked:
        """Hide nothing; a window's first token is not guessed."""
        ids, mask = torch.from_numpy(batch.input_ids), torch.from_numpy(batch.attention_mask)
        positions = torch.zeros_like(mask, dtype=torch.bool)
        positions[:, :-1] = mask[:, 1:].bool()
        return Masked(input_ids=ids, positions=positions, targets=ids[:, 1:][positions[:, :-1]])

    def state(self) -> dict[str, Tensor]:
        """Nothing is drawn, so nothing need be known again."""
        return {}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """The same."""


def objective_of(request: StageRequest) -> Objective:
    """What the model of a request learns from a corpus.

    Raises:
        SettingsError: If the setting `objective` asks for what it cannot learn.
    """
    is_causal = reads_forward(request)
    wanted = str(request.settings["objective"])
    if wanted not in ("auto", "causal" if is_causal else "masked"):
        raise SettingsError(
            "objective=causal needs a model that reads from left to right, and this one reads both "
            "ways; choose a decoder, or set config: is_decoder=true for a random model"
            if wanted == "causal"
            else "objective=masked needs a model that reads both ways, and this one reads from "
            "left to right; leave objective out, or choose an encoder"
        )
    return LeftToRight() if is_causal else BothWays()


def reads_forward(request: StageRequest) -> bool:
    """Whether the model that a request begins from reads from left to right.

    Raises:
        ModelFolderError: If its configuration cannot be read.
    """
    settings, parents = request.settings, request.parents
    parent = parents.get("teacher") or parents.get("start")
    if parent and request.stage in _BEGINS_WITH_PARENT:
        settings = {**settings, "model": "parent", "weights": "pretrained", "config": ""}
    return is_decoder(config_of(settings, parent=parent))
