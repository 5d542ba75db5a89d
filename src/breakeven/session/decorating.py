"""Decorating: every call of a function is measured, whatever sort of function it is."""

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from functools import wraps
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from breakeven.errors import SettingsError
from breakeven.session.recorder import Recorder

P = ParamSpec("P")
R = TypeVar("R")

Opening = Callable[[], AbstractContextManager[Recorder]]

_Opened = AbstractContextManager[Recorder]

_ENTERED: ContextVar[tuple[_Opened, ...]] = ContextVar("blocks_entered_here", default=())
"""Blocks that this thread or task is in: threads may share one `Measuring`, and each leaves its
own."""


class Measuring(AbstractContextManager[Recorder]):
    """What `measure` returns: a block to enter, or a decorator."""

    def __init__(self, opening: Opening) -> None:
        """Keep how a run is opened; nothing is opened yet.

        Args:
            opening: Makes a context that measures one run.
        """
        self._opening = opening
        self._open: list[_Opened] = []

    def fresh(self) -> AbstractContextManager[Recorder]:
        """Return another context that measures one run."""
        return self._opening()

    def __enter__(self) -> Recorder:
        opened = self._opening()
        recorder = opened.__enter__()
        self._open.append(opened)
        _ENTERED.set((*_ENTERED.get(), opened))
        return recorder

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return self._last_entered().__exit__(kind, error, trace)

    def _last_entered(self) -> _Opened:
        """Take out the block that is to be left: the last one entered here, else the last."""
        entered = _ENTERED.get()
        own = [opened for opened in entered if opened in self._open]
        opened = (own or self._open)[-1]
        self._open.remove(opened)
        _ENTERED.set(tuple(other for other in entered if other is not opened))
        return opened

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Measure every call of a function as a run of its own.

        A coroutine counts from its first step to its last, a generator from its first item to its
        end, with whatever goes on in between.

        Raises:
            SettingsError: If it is an asynchronous generator.
        """
        if inspect.isasyncgenfunction(function):
            raise SettingsError(
                f"{function.__qualname__} is an asynchronous generator, whose end nobody can be "
                "sure to see; measure the block that reads from it"
            )
        if inspect.iscoroutinefunction(function):
            return _coroutine(self._opening, function)
        if inspect.isgeneratorfunction(function):
            return _generator(self._opening, function)
        return _function(self._opening, function)


def _function(opening: Opening, function: Callable[P, R]) -> Callable[P, R]:
    @wraps(function)
    def measured(*args: P.args, **kwargs: P.kwargs) -> R:
        with opening():
            return function(*args, **kwargs)

    return measured


def _coroutine(opening: Opening, function: Callable[P, Any]) -> Callable[P, Any]:
    @wraps(function)
    async def measured(*args: P.args, **kwargs: P.kwargs) -> object:
        with opening():
            return await function(*args, **kwargs)

    return measured


def _generator(opening: Opening, function: Callable[P, Any]) -> Callable[P, Any]:
    @wraps(function)
    def measured(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 - what it yields
        with opening():
            return (yield from function(*args, **kwargs))

    return measured
