"""Language modelling: how well a model foretells each next token, or each hidden one.

A model that reads from left to right foretells every token from those before it; any other a share
of the tokens, which are hidden from it. The two perplexities answer different questions.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from breakeven.errors import SettingsError
from breakeven.records import Scalar
from breakeven.workloads.heads.blocks import scoring_blocks
from breakeven.workloads.heads.contexts import shared_tokens
from breakeven.workloads.heads.head import Lesson, Wish
from breakeven.workloads.masked import MASKED_SHARE
from breakeven.workloads.models.batches import Batch
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.encoder import AutoClass
from breakeven.workloads.models.tokenizer import check_fast
from breakeven.workloads.tasks import Split

NO_IMITATION = (
    "method=task-specific keeps a teacher's answers, which for language modelling are scores of "
    "the whole vocabulary at every token; set method: task-agnostic"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """Tokens to foretell in one window.

    Attributes:
        at: Positions whose output says them.
        tokens: The tokens themselves, as many.
    """

    at: Sequence[int]
    tokens: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surprise:
    """How unexpected tokens were.

    Attributes:
        nats: Sum of their cross-entropy.
        n_tokens: How many they were.
    """

    nats: float
    n_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModelling:
    """Answers each text by its `Surprise`; implements `Head`. Places of windows are `Foretold`."""

    is_causal: bool
    labels: tuple[str, ...] = ()

    @property
    def auto_class(self) -> AutoClass:
        """A causal or a masked language model."""
        return AutoClass.CAUSAL_LM if self.is_causal else AutoClass.MASKED_LM

    def encode(
        self,
        tokenizer: Any,  # noqa: ANN401 - transformers is untyped
        split: Split[None],
        settings: Mapping[str, Scalar],
    ) -> Encoded:
        """Windows over the whole of each text; each token is foretold in one of them at most.

        Left to right, windows share `stride` tokens, which are context in the later one, and the
        token that begins a text stands before the first, where the tokenizer has one. Otherwise
        windows share nothing, and tokens hidden in a text depend on the text and `seed` alone.

        Raises:
            SettingsError: If a token must be hidden and the tokenizer has none to hide it behind,
                or does not tell windows.
        """
        max_length = int(settings["max_length"])
        if not self.is_causal:
            return _with_gaps(
                tokenizer, split.texts, max_length=max_length, seed=int(settings["seed"])
            )
        blocks = list(
            scoring_blocks(
                read_forward(tokenizer, split.texts),
                max_length=max_length,
                n_shared=shared_tokens(int(settings["stride"]), max_length),
            )
        )
        return Encoded(
            ids=[block.ids for block in blocks],
            example_of=[block.example for block in blocks],
            places=[
                Foretold(
                    at=range(block.n_context - 1, len(block.ids) - 1),
                    tokens=block.ids[block.n_context :],
                )
                for block in blocks
            ],
        )

    def logits(self, output: Any) -> Tensor:  # noqa: ANN401 - the same
        """Logits of the vocabulary at every token, shape (n_windows, width, vocab_size)."""
        found: Tensor = output.logits
        return found

    def lesson(self, split: Split[None], encoded: Encoded, device: torch.device) -> Lesson:  # noqa: ARG002 - texts are their own labels
        """Mean cross-entropy of the tokens to foretell, in nats."""
        places: Sequence[Foretold] = encoded.places

        def loss(logits: Tensor, batch: Batch) -> Tensor:
            said = torch.cat(
                [own[list(places[i].at)] for own, i in zip(logits, batch.indices, strict=True)]
            )
            wanted = torch.tensor([t for i in batch.indices for t in places[i].tokens])
            total = functional.cross_entropy(said, wanted.to(device), reduction="sum")
            return total / max(1, weight(batch))

        def weight(batch: Batch) -> int:
            return sum(len(places[i].tokens) for i in batch.indices)

        return Lesson(loss=loss, weight=weight)

    def imitation(
        self,
        taught: Sequence[Tensor],  # noqa: ARG002 - refused
        encoded: Encoded,  # noqa: ARG002 - the same
        wish: Wish,  # noqa: ARG002 - the same
        device: torch.device,  # noqa: ARG002 - the same
    ) -> Lesson:
        """Refuse: a teacher's scores of every token of a corpus cannot be kept.

        Raises:
            SettingsError: Always.
        """
        raise SettingsError(NO_IMITATION)

    def read(self, logits: Tensor, batch: Batch, encoded: Encoded) -> list[Surprise]:
        """Surprise of each window."""
        return [
            _surprise(own, encoded.places[i]) for own, i in zip(logits, batch.indices, strict=True)
        ]

    def answers(
        self, readings: Sequence[Surprise], split: Split[None], encoded: Encoded
    ) -> list[Surprise]:
        """Sum over the windows of each text."""
        nats, n_tokens = [0.0] * len(split), [0] * len(split)
        for own, example in zip(readings, encoded.example_of, strict=True):
            nats[example] += own.nats
            n_tokens[example] += own.n_tokens
        return [Surprise(nats=s, n_tokens=n) for s, n in zip(nats, n_tokens, strict=True)]


def read_forward(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:  # noqa: ANN401 - untyped
    """Token ids of whole texts, each behind the token that begins texts where there is one."""
    ids: list[list[int]] = tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]
    begin = tokenizer.bos_token_id
    if begin is None:
        return ids
    return [own if own[:1] == [begin] else [begin, *own] for own in ids]


def _surprise(logits: Tensor, place: Foretold) -> Surprise:
    """Surprise of one window, summed where the logits are."""
    if not len(place.tokens):
        return Surprise(nats=0.0, n_tokens=0)
    wanted = torch.tensor(list(place.tokens), device=logits.device)
    nats = functional.cross_entropy(logits[list(place.at)].float(), wanted, reduction="sum")
    return Surprise(nats=float(nats), n_tokens=len(place.tokens))


def _with_gaps(
    tokenizer: Any,  # noqa: ANN401 - untyped
    texts: Sequence[str],
    *,
    max_length: int,
    seed: int,
) -> Encoded:
    """Windows that share nothing, with a share of their tokens hidden, at least one."""
    if tokenizer.mask_token_id is None:
        raise SettingsError(
            "the model's tokenizer has no mask token, so no token can be hidden from it; use a "
            "masked language model, or one that reads from left to right"
        )
    check_fast(tokenizer, to="hide tokens window by window")
    found = tokenizer(
        list(texts),
        truncation=True,
        max_length=max_length,
        padding=False,
        return_overflowing_tokens=True,
        return_special_tokens_mask=True,
    )
    ids, places = [], []
    example_of: list[int] = found["overflow_to_sample_mapping"]
    draws = [np.random.default_rng([seed, zlib.crc32(text.encode())]) for text in texts]
    for own, special, example in zip(
        found["input_ids"], found["special_tokens_mask"], example_of, strict=True
    ):
        at = _hidden([i for i, is_not in enumerate(special) if not is_not], draws[example])
        places.append(Foretold(at=at, tokens=[own[i] for i in at]))
        hidden = set(at)
        ids.append([tokenizer.mask_token_id if i in hidden else t for i, t in enumerate(own)])
    return Encoded(ids=ids, example_of=example_of, places=places)


def _hidden(may_hide: Sequence[int], rng: np.random.Generator) -> list[int]:
    n_hidden = max(min(1, len(may_hide)), round(MASKED_SHARE * len(may_hide)))
    return sorted(rng.permutation(may_hide)[:n_hidden].tolist())
