"""Mode: sees every aten operator that a module dispatches, and looks its work up.

Weights may be on the meta device, where tensors have shapes and no memory. Token ids, positions
and masks that do not depend on weights stay real, so that a model may look at them and branch.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from weakref import finalize

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map_only

from breakeven.formulas.operations import Group
from breakeven.workloads.counting.count import Tally
from breakeven.workloads.counting.rules import RULES, Call, Rule, view
from breakeven.workloads.counting.rules.rule import UnknownFormError, tensors_in

_MADE_OF_PARTS = (Group.ELEMENTWISE, Group.REDUCTION)
"""Groups whose work is the module's where a norm or an activation is written in Python."""


class CountingMode(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's
    """While entered, adds every operator to a tally."""

    def __init__(self, *, weights: Iterable[torch.Tensor] = ()) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch's
        self.tally = Tally()
        self.live = LiveBytes(weights)
        self._inside: list[Group] = []

    def __torch_dispatch__(
        self,
        func: Any,  # noqa: ANN401 - an OpOverload
        types: Any,  # noqa: ANN401 - the same
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever the operator returns
        args, kwargs = _placed(args, kwargs or {})
        name = _name(func)
        rule = RULES.get(name) or (view if func.is_view else None)
        if rule is None:
            with self:
                result = func.decompose(*args, **kwargs)
            if result is not NotImplemented:
                return result
        result = func(*args, **kwargs)
        for tensor in tensors_in(result):
            self.live.add(tensor)
        self._count(rule, Call(name=name, arguments=_named(func, args, kwargs), result=result))
        return result

    @contextmanager
    def inside(self, module: torch.nn.Module) -> Iterator[None]:
        """Attribute what norms and activations written in Python do to them."""
        hooks = [
            hook
            for child in module.modules()
            if (group := _group_of(child)) is not None
            for hook in (
                child.register_forward_pre_hook(self._enter(group)),
                child.register_forward_hook(self._leave, always_call=True),
            )
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _count(self, rule: Rule | None, call: Call) -> None:
        try:
            counted = rule(call) if rule is not None else None
        except UnknownFormError:
            counted = None
        if counted is None:
            self.tally.unknown[call.name] += 1
            return
        work = counted.work
        if self._inside:
            work = {self._inside[-1] if g in _MADE_OF_PARTS else g: n for g, n in work.items()}
        self.tally.add(call.name, work, counted.n_moved_bytes)

    def _enter(self, group: Group) -> Callable[..., None]:
        return lambda *_: self._inside.append(group)

    def _leave(self, *_: object) -> None:
        self._inside.pop()


class LiveBytes:
    """Bytes that results of operators hold, shared memory once, and the most at one time."""

    def __init__(self, weights: Iterable[torch.Tensor]) -> None:
        self._kept = {weight.untyped_storage()._cdata for weight in weights}  # noqa: SLF001 - its only name
        self._sizes: dict[int, int] = {}
        self._now_bytes = 0
        self.peak_bytes = 0

    def add(self, tensor: torch.Tensor) -> None:
        """Follow a tensor's memory until it is freed."""
        storage = tensor.untyped_storage()
        key = storage._cdata  # noqa: SLF001 - the same
        if key in self._kept or key in self._sizes:
            return
        self._sizes[key] = storage.nbytes()
        self._now_bytes += storage.nbytes()
        self.peak_bytes = max(self.peak_bytes, self._now_bytes)
        finalize(storage, self._free, key)

    def _free(self, key: int) -> None:
        self._now_bytes -= self._sizes.pop(key)


def _name(func: Any) -> str:  # noqa: ANN401 - an OpOverload
    """Name in aten; `add_` counts as `add`, and other libraries' operators keep their namespace."""
    namespace, _, name = func._schema.name.partition("::")  # noqa: SLF001 - its only name
    if func._schema.is_mutable and not name.endswith("__"):  # noqa: SLF001 - the same
        name = name.removesuffix("_")
    return str(name) if namespace in {"aten", "prim"} else f"{namespace}::{name}"


def _named(func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Mapping[str, Any]:  # noqa: ANN401
    """Arguments by name, defaults filled in."""
    parameters = func._schema.arguments  # noqa: SLF001 - the same
    named = {p.name: p.default_value for p in parameters}
    named.update(zip((p.name for p in parameters), args, strict=False))
    return {**named, **kwargs}


def _placed(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Bring real tensors to those on meta; keep on the CPU what depends on none of them."""
    is_on_meta = any(tensor.is_meta for tensor in tensors_in((args, kwargs)))
    if kwargs.get("device") is not None:
        kwargs = {**kwargs, "device": torch.device("meta" if is_on_meta else "cpu")}
    if not is_on_meta:
        return args, kwargs
    placed: tuple[Any, dict[str, Any]] = tree_map_only(
        torch.Tensor, lambda tensor: tensor.to("meta"), (args, kwargs)
    )
    return placed


def _group_of(module: torch.nn.Module) -> Group | None:
    kind = type(module)
    if next(module.children(), None) is not None:
        return None
    if "Norm" in kind.__name__:
        return Group.NORMALISATION
    is_activation = kind.__module__ in {"transformers.activations", "torch.nn.modules.activation"}
    return Group.ACTIVATION if is_activation else None
