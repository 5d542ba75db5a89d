"""Passages that questions are answered from: what reading spans shares with learning them."""

from collections.abc import Mapping, Sequence
from typing import Any

from breakeven.records import Scalar
from breakeven.workloads.heads.best_span import Found, text_of
from breakeven.workloads.heads.contexts import encode_contexts, shared_tokens
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.tasks import Split
from breakeven.workloads.tasks.form import Answers


class Passages:
    """What heads of spans share; the place of a window is its `Passage`."""

    __slots__ = ()

    def encode(
        self,
        tokenizer: Any,  # noqa: ANN401 - transformers is untyped
        split: Split[Answers],
        settings: Mapping[str, Scalar],
    ) -> Encoded:
        """Windows of each question, `stride` tokens of the context shared by neighbours.

        Raises:
            SettingsError: If the tokenizer tells no characters, or nothing fits.
        """
        max_length = int(settings["max_length"])
        return encode_contexts(
            tokenizer,
            split.texts,
            split.pairs,
            max_length=max_length,
            n_shared=shared_tokens(int(settings["stride"]), max_length),
        )

    def answers(
        self, readings: Sequence[Found | None], split: Split[Answers], encoded: Encoded
    ) -> list[str]:
        """Text of the best span over all windows of each question; "" for an empty context."""
        best: dict[int, int] = {}
        for window, (found, example) in enumerate(zip(readings, encoded.example_of, strict=True)):
            known = readings[best[example]] if example in best else None
            if found is not None and (known is None or found.score > known.score):
                best[example] = window
        return [
            ""
            if (found := readings[best[example]] if example in best else None) is None
            else text_of(found.span, encoded.places[best[example]], context)
            for example, context in enumerate(split.pairs)
        ]
