"""Rank: which of several processes, on which of several nodes, one stage was."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """Place of one process in a stage that several processes execute together.

    Attributes:
        group: The same for all of them and for nobody else.
        rank: Among all, from 0.
        n_ranks: How many there are.
        local_rank: Among those of its node, from 0.
        node: Salted hash of the machine while it runs; the same for all of its containers.
    """

    group: str
    rank: int
    n_ranks: int
    local_rank: int
    node: str

    def __post_init__(self) -> None:
        if not (self.group and 0 <= self.local_rank <= self.rank < self.n_ranks):
            raise ValueError(
                f"a rank needs a group and 0 <= local_rank <= rank < n_ranks, got {self.group!r}, "
                f"{self.local_rank}, {self.rank}, {self.n_ranks}"
            )
