"""Volume: how much a run, or a part of it, processed."""

from dataclasses import dataclass

from breakeven.records.cost import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What a run processed in its work phase.

    Attributes:
        n_examples: Examples, repeats included.
        n_real_tokens: Tokens of the input, special tokens included, padding excluded; of what a
            decoder says, the tokens that it reads again.
        n_padded_tokens: Tokens the model computed on, padding included.
        n_batches: Batches.
        n_steps: Steps of an optimizer, so that examples over steps are the effective batch; 0
            where nothing was trained.
        n_new_tokens: Tokens that a decoder said; 0 where nothing was generated.
    """

    n_examples: int = 0
    n_real_tokens: int = 0
    n_padded_tokens: int = 0
    n_batches: int = 0
    n_steps: int = 0
    n_new_tokens: int = 0

    def __post_init__(self) -> None:
        numbers = tuple(getattr(self, name) for name in self.__slots__)
        if min(numbers) < 0:
            raise ValueError(f"a volume counts things; expected numbers >= 0, got {numbers}")

    def __add__(self, other: "Volume") -> "Volume":
        """Add what was processed later, or elsewhere."""
        names = self.__slots__
        return Volume(**{name: getattr(self, name) + getattr(other, name) for name in names})

    def count(self, item: Item) -> int:
        """Number of items of one sort."""
        by_item = {
            Item.EXAMPLE: self.n_examples,
            Item.REAL_TOKEN: self.n_real_tokens,
            Item.PADDED_TOKEN: self.n_padded_tokens,
        }
        return by_item[item]
