"""Inside: which runs are open around this one, in this process and in those that started it.

Within a process a context variable knows, which is right for nested blocks, threads and tasks. For
the processes that a run starts, an environment variable says so; it counts on this machine only,
because a run's sensors do not reach any other.
"""

import os
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

VARIABLE = "BREAKEVEN_INSIDE"

_PATH: ContextVar[tuple[str, ...] | None] = ContextVar("runs_around_us", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the environment says.

    Attributes:
        pid: Who said it.
        node: On which machine.
        n_inherited: How many of the runs that process had been told of by its own parent.
        path: Ids, outermost first.
    """

    pid: int
    node: str
    n_inherited: int
    path: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.pid}:{self.node}:{self.n_inherited}:{'/'.join(self.path)}"


def enclosing(*, node: str, environ: MutableMapping[str, str] = os.environ) -> tuple[str, ...]:
    """Ids of the runs that are open around us, outermost first.

    Args:
        node: Of this machine.
        environ: Where a parent process says what we are inside of.
    """
    path = _PATH.get()
    return _inherited(environ, node) if path is None else path


@contextmanager
def inside(
    run_id: str, *, node: str, environ: MutableMapping[str, str] = os.environ
) -> Iterator[tuple[str, ...]]:
    """Let everything in the block, child processes included, know that it is inside a run.

    Yields:
        The path of the run: what is around it, and itself.
    """
    base, around = _inherited(environ, node), enclosing(node=node, environ=environ)
    path = (*around, run_id)
    told = str(_Told(pid=os.getpid(), node=node, n_inherited=len(base), path=path))
    _PATH.set(path)
    environ[VARIABLE] = told
    try:
        yield path
    finally:
        left = _leave(run_id, base=base, otherwise=around)
        if environ.get(VARIABLE) == told:  # else it is what another thread says
            _tell(environ, left, node=node, n_inherited=len(base))


def _leave(run_id: str, *, base: tuple[str, ...], otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """Take one run out of the path, and return what is left around us.

    Generators that are read in turn end in any order, so what was there at the beginning may be
    over; and one may be left by another thread or task, which was never inside.
    """
    path = _PATH.get()
    if path is None or run_id not in path:
        return otherwise
    left = tuple(other for other in path if other != run_id)
    _PATH.set(None if left == base else left)
    return left


def _tell(
    environ: MutableMapping[str, str], path: tuple[str, ...], *, node: str, n_inherited: int
) -> None:
    if path:
        environ[VARIABLE] = str(
            _Told(pid=os.getpid(), node=node, n_inherited=n_inherited, path=path)
        )
    else:
        environ.pop(VARIABLE, None)


def _inherited(environ: MutableMapping[str, str], node: str) -> tuple[str, ...]:
    """What whoever started this process was inside of, if it runs on this machine."""
    told = _read(environ.get(VARIABLE, ""))
    if told is None or told.node != node:
        return ()
    return told.path[: told.n_inherited] if told.pid == os.getpid() else told.path


def _read(text: str) -> _Told | None:
    pid, _, rest = text.partition(":")
    node, _, rest = rest.partition(":")
    n_inherited, _, path = rest.partition(":")
    if not (pid.isdigit() and n_inherited.isdigit() and path):
        return None
    return _Told(pid=int(pid), node=node, n_inherited=int(n_inherited), path=tuple(path.split("/")))
