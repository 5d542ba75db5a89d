"""Team: the processes that execute one stage together, and what they tell each other.

A stage of one process is a team of one: nothing is sent, and nothing costs anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import distributed

T = TypeVar("T")


def rank_seed(seed: int, rank: int) -> int:
    """Seed of what each process draws for itself (dropout, gaps); the first one's is the row's."""
    return seed + 1_000_003 * rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Place of this process among those of its stage.

    Attributes:
        rank: From 0; the first one judges, writes and reports.
        n_ranks: How many there are.
    """

    rank: int = 0
    n_ranks: int = 1

    @classmethod
    def here(cls) -> "Team":
        """The team this process was started for (`ranks.member`), or itself alone."""
        if distributed.is_available() and distributed.is_initialized():
            return cls(rank=distributed.get_rank(), n_ranks=distributed.get_world_size())
        return cls()

    @property
    def is_first(self) -> bool:
        """Whether this process reports for all."""
        return self.rank == 0

    @property
    def is_alone(self) -> bool:
        """Whether there is nobody else."""
        return self.n_ranks == 1

    def share(self, items: Sequence[T]) -> Sequence[T]:
        """Every `n_ranks`-th item from this process's own on; empty where there are too few.

        Items that are sorted by length are thereby dealt out evenly.

        Examples:
            >>> [Team(rank=r, n_ranks=2).share([5, 6, 7]) for r in (0, 1)]
            [[5, 7], [6]]
        """
        return items[self.rank :: self.n_ranks]

    def total(self, number: float) -> float:
        """Sum of the team's numbers, the same for all of them."""
        if self.is_alone:
            return number
        tensor = torch.tensor(number, dtype=torch.float64)
        distributed.all_reduce(tensor)
        return float(tensor)

    def merged(self, own: Mapping[int, T]) -> dict[int, T]:
        """What every process found, by a number that no two of them share."""
        if self.is_alone:
            return dict(own)
        every: list[Mapping[int, T]] = [{} for _ in range(self.n_ranks)]
        distributed.all_gather_object(every, dict(own))
        return {number: found for each in every for number, found in each.items()}

    def wait(self) -> None:
        """Go on when everybody is here."""
        if not self.is_alone:
            distributed.barrier()
