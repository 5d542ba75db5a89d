"""Count: the work of one pass, itemised by operator; plain values, no torch."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from breakeven.errors import UnknownOperatorError
from breakeven.formulas.operations import NOTHING, Group, OpCount


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One operator in one group: an operator such as fused attention has several rows."""

    operator: str
    group: Group
    n_calls: int
    ops: OpCount
    n_moved_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What was counted.

    Attributes:
        rows: By operator and group, most work first.
        unknown: Calls of operators without a rule; their work is not in `rows`.
        n_parameters: Of the module, tied ones once.
        n_learnable: Those that ask for a gradient.
        n_embedding: Those in tables that are looked up, tied ones included.
        weights_bytes: Of parameters and buffers.
        peak_activation_bytes: Most that results of operators took at one time, weights apart.
        torch_flops: What `torch.utils.flop_counter` makes of the same pass; None if not asked.
        training: Forward and backward, counted; None if not asked. `rows` are the forward pass.
    """

    rows: tuple[Row, ...]
    unknown: Mapping[str, int]
    n_parameters: int
    n_learnable: int
    n_embedding: int
    weights_bytes: int
    peak_activation_bytes: int
    torch_flops: int | None = None
    training: OpCount | None = None

    @property
    def work(self) -> Mapping[Group, OpCount]:
        """Work by group."""
        groups = dict.fromkeys((row.group for row in self.rows), NOTHING)
        return {g: sum((r.ops for r in self.rows if r.group is g), NOTHING) for g in groups}

    @property
    def ops(self) -> OpCount:
        """All groups together."""
        return sum((row.ops for row in self.rows), NOTHING)

    def moved_bytes(self, group: Group) -> int:
        """Bytes read and written by one group's operators without arithmetic."""
        return sum(row.n_moved_bytes for row in self.rows if row.group is group)

    def n_calls(self, group: Group) -> int:
        """Calls of one group's operators."""
        return sum(row.n_calls for row in self.rows if row.group is group)

    def check_known(self) -> None:
        """Refuse a count that is not whole.

        Raises:
            UnknownOperatorError: If an operator had no rule.
        """
        if self.unknown:
            raise UnknownOperatorError(self.unknown)


class Tally:
    """Adds up calls while they go by."""

    def __init__(self) -> None:
        self._ops: dict[tuple[str, Group], OpCount] = {}
        self._calls: Counter[tuple[str, Group]] = Counter()
        self._moved: Counter[tuple[str, Group]] = Counter()
        self.unknown: Counter[str] = Counter()

    def add(self, operator: str, work: Mapping[Group, OpCount], n_moved_bytes: int) -> None:
        """Add one call."""
        for group, ops in work.items():
            key = (operator, group)
            self._ops[key] = self._ops.get(key, NOTHING) + ops
            self._calls[key] += 1
            self._moved[key] += n_moved_bytes

    def rows(self) -> tuple[Row, ...]:
        """Everything so far, most work first."""
        rows = (
            Row(
                operator=operator,
                group=group,
                n_calls=self._calls[operator, group],
                ops=ops,
                n_moved_bytes=self._moved[operator, group],
            )
            for (operator, group), ops in self._ops.items()
        )
        return tuple(sorted(rows, key=lambda row: (-row.ops.n_total, row.group, row.operator)))
