"""Rule: from one call of an operator, its tensors' shapes only, to its work."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from breakeven.formulas.operations import Group, OpCount

Tensor = Any
"""Anything with shape, numel, is_floating_point and element_size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of an operator.

    Attributes:
        name: Of the operator, without namespace, overload and the underscore of in-place forms.
        arguments: By the names of its schema, defaults filled in.
        result: What it returned.
    """

    name: str
    arguments: Mapping[str, Any]
    result: Any

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - arguments of any type
        return self.arguments[name]

    def shape(self, name: str) -> Sequence[int]:
        """Shape of an argument."""
        return tuple(self.arguments[name].shape)

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        """Tensors that came out."""
        return tuple(tensors_in(self.result))

    @property
    def output(self) -> Tensor:
        """The first tensor that came out."""
        return self.outputs[0]

    @property
    def is_floating(self) -> bool:
        """Whether a floating-point tensor took part."""
        tensors = (*tensors_in(self.arguments.values()), *self.outputs)
        return any(t.is_floating_point() or t.is_complex() for t in tensors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one call amounts to.

    Attributes:
        work: Operations by group.
        n_moved_bytes: Bytes that were read and written without arithmetic.
    """

    work: Mapping[Group, OpCount] = field(default_factory=dict)
    n_moved_bytes: int = 0


class UnknownFormError(Exception):
    """A rule does not know this form of its operator, which then counts as unknown."""


Rule = Callable[[Call], Counted]


def one(group: Group, ops: OpCount) -> Counted:
    """Work of a single group."""
    return Counted(work={group: ops})


def tensors_in(value: object) -> Iterator[Tensor]:
    """Tensors in a value, inside sequences too."""
    if hasattr(value, "untyped_storage"):
        yield value
    elif isinstance(value, Mapping):
        yield from tensors_in(tuple(value.values()))
    elif hasattr(value, "__iter__") and not isinstance(value, str | bytes):
        for item in value:
            yield from tensors_in(item)


def size_bytes(tensor: Tensor) -> int:
    """Bytes of a tensor's elements."""
    return int(tensor.numel() * tensor.element_size())
