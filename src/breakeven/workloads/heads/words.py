"""Words and the tags they are answered by: what reading tags shares with learning them.

The convention of BERT (Devlin et al. 2019, section 5.3). A word without a token, cut off or unknown
to the tokenizer's alphabet, is answered O.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from breakeven.errors import SettingsError
from breakeven.records import Scalar
from breakeven.workloads.metrics.entities import OUTSIDE
from breakeven.workloads.models.encoded import Encoded
from breakeven.workloads.models.tokenizer import check_fast
from breakeven.workloads.tasks import Split, Task

NO_TOKEN = -1

Tags = tuple[int, ...]


class TaggedWords:
    """What heads of tags share; the places of a window are those of `first_tokens`."""

    __slots__ = ()

    labels: tuple[str, ...]

    def encode(
        self,
        tokenizer: Any,  # noqa: ANN401 - transformers is untyped
        split: Split[Tags],
        settings: Mapping[str, Scalar],
    ) -> Encoded:
        """One window for each sentence, cut at `max_length` tokens.

        Raises:
            SettingsError: If the tokenizer cannot say where its tokens stand in the text.
        """
        check_fast(tokenizer, to="tag words")
        found = tokenizer(
            list(split.texts),
            truncation=True,
            max_length=int(settings["max_length"]),
            padding=False,
            return_attention_mask=False,
            return_token_type_ids=False,
            return_offsets_mapping=True,
        )
        places = [
            first_tokens(text, own)
            for text, own in zip(split.texts, found["offset_mapping"], strict=True)
        ]
        return Encoded.one_each(found["input_ids"], places=places)

    def answers(self, readings: Sequence[Tags], split: Split[Tags], encoded: Encoded) -> list[Tags]:  # noqa: ARG002 - a window is an example
        """Each window is a sentence."""
        return list(readings)

    def tags_of(self, by_token: Sequence[int], places: Sequence[int]) -> Tags:
        """Tag of each word, from that of every token and the words' places."""
        outside = self.labels.index(OUTSIDE)
        return tuple(outside if at == NO_TOKEN else by_token[at] for at in places)


def check_tags(task: Task[Any]) -> None:
    """Refuse tags without one for words outside every entity.

    Raises:
        SettingsError: If O is not among them.
    """
    if OUTSIDE not in task.labels:
        raise SettingsError(
            f"the tags of the task {task.name} are {', '.join(task.labels)}, without "
            f"{OUTSIDE} for words outside every entity; add it to `labels`"
        )


def first_tokens(text: str, offsets: Sequence[tuple[int, int]]) -> list[int]:
    """Position of the first token of each word, `NO_TOKEN` for words without one.

    Args:
        text: Words joined by one space.
        offsets: First character of each token and the one behind its last; equal for tokens that
            stand for no text.

    Examples:
        >>> first_tokens("New York", [(0, 0), (0, 3), (4, 6), (6, 8), (0, 0)])
        [1, 2]
    """
    starts = [0, *(i + 1 for i, letter in enumerate(text) if letter == " ")]
    places = [NO_TOKEN] * len(starts)
    for position, (start, end) in enumerate(offsets):
        inked = next((i for i in range(start, end) if text[i] != " "), None)
        if inked is None:
            continue
        word = bisect_right(starts, inked) - 1
        if places[word] == NO_TOKEN:
            places[word] = position
    return places
