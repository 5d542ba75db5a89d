"""Which blocks were run together, and where new ones begin."""

from collections.abc import Iterable

from breakeven.records import Run, Settings, Stage, Status
from breakeven.study.optimize.sittings import Sitting, in_sitting, sitting_of
from breakeven.study.spec import Configuration


def row(pathway: str, label: str = "x", **settings: int) -> Configuration:
    return Configuration(
        pathway=pathway, label=label, role="search", settings=Settings(resolved=settings)
    )


FT, A, B, C = row("FT"), row("A"), row("B"), row("C")


def ran(
    rows: Iterable[Configuration],
    blocks: Iterable[int],
    *,
    status: Status = Status.OK,
    **settings: int,
) -> list[Run]:
    """Each row in each block."""
    return [
        Run(
            run_id=f"{one.row}-{block}-{status}",
            row=one.row,
            stage=Stage.INFER,
            status=status,
            started_at="",
            block=block,
            settings=Settings(resolved={**one.settings.resolved, **settings}),
        )
        for block in blocks
        for one in rows
    ]


def found(runs: list[Run], *rows: Configuration, n_blocks: int = 2) -> Sitting:
    return sitting_of(runs, (FT, *rows), n_blocks=n_blocks)


def test_rows_that_nobody_ran_begin_at_block_0() -> None:
    assert found([], A) == Sitting(first_block=0, n_blocks=2, rows=(FT, A), is_new=True)


def test_what_was_run_together_is_found_again_and_so_is_a_part_of_it() -> None:
    runs = ran((FT, A, B), (0, 1))

    assert found(runs, A, B) == Sitting(first_block=0, n_blocks=2, rows=(FT, A, B))
    assert found(runs, B) == Sitting(first_block=0, n_blocks=2, rows=(FT, B))


def test_a_row_that_comes_later_is_run_with_the_reference_anew() -> None:
    runs = ran((FT, A), (0, 1))

    later = found(runs, A, B)

    assert (later.is_new, list(later.blocks)) == (True, [3, 4])
    whole = [*runs, *ran((FT, A, B), later.blocks)]
    assert found(whole, A, B).first_block == 3
    assert found(whole, B).first_block == 3
    assert in_sitting(whole, FT, later) == tuple(ran((FT,), (3, 4)))


def test_blocks_that_were_cut_short_are_left_for_new_ones() -> None:
    runs = [*ran((FT, A), (0,)), *ran((FT,), (1,))]

    again = found(runs, A)

    assert (again.is_new, again.first_block) == (True, 3)


def test_more_or_fewer_blocks_are_new_ones() -> None:
    runs = ran((FT, A), range(6))

    assert found(runs, A, n_blocks=6).first_block == 0
    for n_blocks in (5, 8):
        asked = found(runs, A, n_blocks=n_blocks)
        assert (asked.is_new, asked.first_block) == (True, 7)


def test_two_sittings_are_not_taken_for_a_longer_one() -> None:
    runs = ran((FT, A), (0, 1, 3, 4))

    assert found(runs, A, n_blocks=4).is_new
    assert found(runs, A).first_block == 3


def test_a_row_that_failed_or_was_not_loaded_is_absent_unless_all_must_be_there() -> None:
    runs = [
        *ran((FT, A), (0, 1)),
        *ran((B,), (0,), status=Status.FAILED),
        Run(
            run_id="serve",
            row="C/serve",
            stage=Stage.SERVE,
            status=Status.FAILED,
            started_at="",
            settings=Settings(resolved={"pathway": "C"}),
        ),
    ]

    assert found(runs, A, B, C).rows == (FT, A)
    assert sitting_of(runs, (FT, A, B), n_blocks=2, is_whole=True).is_new


def test_other_settings_are_another_row() -> None:
    asked = row("A", batch_size=8)
    runs = [*ran((FT,), (0, 1)), *ran((asked,), (0, 1), batch_size=16)]

    assert found(runs, asked).is_new
    assert not found([*ran((FT,), (0, 1)), *ran((A,), (0, 1), batch_size=16)], A).is_new
