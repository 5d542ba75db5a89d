"""Inside: which runs are open around us, here and in the processes that started us."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from breakeven.session.inside import VARIABLE, enclosing, inside


def test_nobody_is_around_at_first() -> None:
    assert enclosing(node="n", environ={}) == ()


def test_blocks_nest() -> None:
    environ: dict[str, str] = {}
    with inside("a", node="n", environ=environ), inside("b", node="n", environ=environ) as path:
        assert path == ("a", "b")
        assert enclosing(node="n", environ=environ) == ("a", "b")
    assert environ == {}


def test_a_child_process_knows_what_it_is_inside_of() -> None:
    script = "from breakeven.session.inside import enclosing; print(*enclosing(node='n'))"
    with inside("a", node="n"), inside("b", node="n"):
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )
    assert done.stdout == "a b\n"
    assert VARIABLE not in os.environ


def test_on_another_machine_nobody_is_around() -> None:
    environ = {VARIABLE: "1:n:0:a/b"}
    assert enclosing(node="n", environ=environ) == ("a", "b")
    assert enclosing(node="other", environ=environ) == ()


def test_what_a_parent_said_stays_when_the_block_is_left() -> None:
    environ = {VARIABLE: "1:n:0:a/b"}
    with inside("c", node="n", environ=environ) as path:
        assert path == ("a", "b", "c")
        assert environ[VARIABLE] == f"{os.getpid()}:n:2:a/b/c"
    assert enclosing(node="n", environ=environ) == ("a", "b")


def test_another_thread_is_not_inside_our_block() -> None:
    seen = []
    with inside("a", node="n"):
        thread = threading.Thread(target=lambda: seen.append(enclosing(node="n")))
        thread.start()
        thread.join()
    assert seen == [()]


def test_a_block_that_another_thread_leaves_is_around_nobody_any_more() -> None:
    environ: dict[str, str] = {}
    block = inside("a", node="n", environ=environ)
    block.__enter__()
    thread = threading.Thread(target=lambda: block.__exit__(None, None, None))
    thread.start()
    thread.join()
    assert enclosing(node="n", environ=environ) == ()
    assert environ == {}


def test_threads_that_overlap_leave_nothing_behind() -> None:
    environ: dict[str, str] = {}
    entered, may_leave = threading.Event(), threading.Event()

    def overlap() -> None:
        with inside("b", node="n", environ=environ):
            entered.set()
            may_leave.wait()

    thread = threading.Thread(target=overlap)
    with inside("a", node="n", environ=environ):
        thread.start()
        entered.wait()
    may_leave.set()
    thread.join()
    assert environ == {}


@pytest.mark.parametrize("ends_first", [0, 1])
def test_generators_that_end_in_any_order_leave_nothing_behind(ends_first: int) -> None:
    environ: dict[str, str] = {}

    def within(name: str) -> Iterator[int]:
        with inside(name, node="n", environ=environ):
            yield 1

    both = [within("a"), within("b")]
    for generator in both:
        next(generator)
    assert list(both[ends_first]) == []
    assert enclosing(node="n", environ=environ) == (("b",) if ends_first == 0 else ("a",))
    assert list(both[1 - ends_first]) == []
    assert (enclosing(node="n", environ=environ), environ) == ((), {})


def test_tasks_know_their_own_blocks_only() -> None:
    async def task(name: str) -> tuple[str, ...]:
        with inside(name, node="n", environ={}):
            await asyncio.sleep(0)
            return enclosing(node="n", environ={})

    async def both() -> list[tuple[str, ...]]:
        return list(await asyncio.gather(task("a"), task("b")))

    assert asyncio.run(both()) == [("a",), ("b",)]


@pytest.mark.parametrize("text", ["", "nonsense", "1:n:0:", "x:n:0:a", "1:n:x:a", "1"])
def test_what_nobody_wrote_says_nothing(text: str) -> None:
    assert enclosing(node="n", environ={VARIABLE: text}) == ()
