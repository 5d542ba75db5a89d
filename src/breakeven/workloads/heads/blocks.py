"""Blocks: texts as a language model reads them; packed for training, overlapping for scoring."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One input of the model.

    Attributes:
        example: Index of the text it belongs to.
        ids: Token ids, not padded.
        n_context: Tokens at its start that were scored before, or have nothing before them; they
            are read and not scored.
    """

    example: int
    ids: tuple[int, ...]
    n_context: int

    @property
    def n_scored(self) -> int:
        """Tokens that this block scores."""
        return len(self.ids) - self.n_context


def scoring_blocks(
    ids: Sequence[Sequence[int]], *, max_length: int, n_shared: int
) -> Iterator[Block]:
    """Blocks that together score each token once, all but the first of every text.

    Each block after a text's first begins with tokens of the one before, which are its context
    and not scored again.

    Args:
        ids: Tokens of each text; one without any has no block.
        max_length: Longest block, in tokens; at least 2.
        n_shared: Tokens of context wanted; cut to 1..max_length - 1.
    """
    n_context = min(max(n_shared, 1), max_length - 1)
    for example, own in enumerate(ids):
        if own:
            yield Block(example=example, ids=tuple(own[:max_length]), n_context=1)
        for start in range(max_length, len(own), max_length - n_context):
            first = start - n_context
            yield Block(
                example=example, ids=tuple(own[first : first + max_length]), n_context=n_context
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Texts joined and cut into blocks of one length.

    Attributes:
        ids: Blocks, the last perhaps shorter; no token is lost.
        n_starts: How many texts begin in each, so that examples can be counted.
    """

    ids: tuple[tuple[int, ...], ...]
    n_starts: tuple[int, ...]


def pack(ids: Sequence[Sequence[int]], *, length: int, separator: int | None) -> Packed:
    """Join texts, each with a separator behind it, and cut what results into blocks.

    No token is padding and none is cut away (Radford et al. 2019; Liu et al. 2019, section 4.2,
    "full sentences").

    Args:
        ids: Tokens of each text.
        length: Tokens of a block; at least 2.
        separator: Token that ends a text; None where the texts bring their own.

    >>> pack([[1, 2, 3], [4, 5]], length=3, separator=9)
    Packed(ids=((1, 2, 3), (9, 4, 5), (9,)), n_starts=(1, 1, 0))
    """
    ends = () if separator is None else (separator,)
    joined: list[int] = []
    begins: list[int] = []
    for own in ids:
        begins.append(len(joined))
        joined += [*own, *ends]
    blocks = [tuple(joined[i : i + length]) for i in range(0, len(joined), length)]
    n_starts = [0] * len(blocks)
    for begin in begins:
        n_starts[min(begin // length, len(blocks) - 1)] += 1
    return Packed(ids=tuple(blocks), n_starts=tuple(n_starts))
