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


@dataclass(slots=True, eq=False, kw_only=True)
class _Block:
    """One measured block; whoever entered it may not be who leaves it.

    Attributes:
        run_id: Of its run.
        base: Runs that this process had been told of by its own parent.
        is_open: False once it was left, by whichever thread or task.
    """

    run_id: str
    base: tuple[str, ...]
    is_open: bool = True


_BLOCKS: ContextVar[tuple[_Block, ...]] = ContextVar("blocks_around_us", default=())


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
    blocks = _open_blocks()
    return _path(blocks) if blocks else _inherited(environ, node)


@contextmanager
def inside(
    run_id: str, *, node: str, environ: MutableMapping[str, str] = os.environ
) -> Iterator[tuple[str, ...]]:
    """Let everything in the block, child processes included, know that it is inside a run.

    Yields:
        The path of the run: what is around it, and itself.
    """
    around = _open_blocks()
    base = around[0].base if around else _inherited(environ, node)
    block = _Block(run_id=run_id, base=base)
    path = _path((*around, block))
    told = str(_Told(pid=os.getpid(), node=node, n_inherited=len(base), path=path))
    _BLOCKS.set((*around, block))
    environ[VARIABLE] = told
    try:
        yield path
    finally:
        is_here = block in _BLOCKS.get()
        block.is_open = False
        left = _open_blocks() if is_here else tuple(b for b in around if b.is_open)
        if is_here:
            _BLOCKS.set(left)
        if environ.get(VARIABLE) == told:  # else it is what another thread says
            _tell(environ, _path(left) or base, node=node, n_inherited=len(base))


def _open_blocks() -> tuple[_Block, ...]:
    """Blocks around us that nobody has left.

    Generators that are read in turn end in any order, and one may be left by another thread.
    """
    return tuple(block for block in _BLOCKS.get() if block.is_open)


def _path(blocks: tuple[_Block, ...]) -> tuple[str, ...]:
    return (*blocks[0].base, *(block.run_id for block in blocks)) if blocks else ()


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
