from dataclasses import replace

import pytest
from tests.analysis.sweeps.cells import CPU, cell

from breakeven.analysis.sweeps.cells import Cell, distinct, padded_full
from breakeven.analysis.sweeps.combined import (
    combined_cells,
    cut_sentences,
    product_sentences,
    safest_cut,
)

REFERENCE = cell("reference", [4.0, 8.0])
HALF = cell("fp16", [2.0, 4.0], precision="fp16")
SHORT = cell("short", [3.0, 6.0], max_length=32)
BOTH = cell("both", [1.5, 3.0], max_length=32, precision="fp16")
ALL = [REFERENCE, HALF, SHORT, BOTH]


def test_reductions_that_multiply_depart_by_nothing() -> None:
    (found,) = combined_cells("FT", ALL, origin=REFERENCE, resources=[CPU])

    assert found.parts == ("short", "fp16")
    assert found.observed[CPU].value == pytest.approx(0.375)
    assert found.product[CPU].value == pytest.approx(0.375)
    assert found.departure[CPU].value == pytest.approx(1.0)


def test_the_product_is_taken_in_each_block() -> None:
    short = cell("short", [2.0, 6.0], max_length=32)
    (found,) = combined_cells(
        "FT", [REFERENCE, HALF, short, BOTH], origin=REFERENCE, resources=[CPU]
    )

    assert found.product[CPU].value == pytest.approx((0.25 * 0.375) ** 0.5)


def test_a_product_needs_blocks_that_hold_all() -> None:
    """Runs outside blocks share none, so nothing says what their ratios would give together."""

    def unblocked(one: Cell) -> Cell:
        apart = {-1 - block: seen for block, seen in one.blocks[CPU].items()}
        return replace(one, blocks={CPU: apart})

    (found,) = combined_cells(
        "FT", list(map(unblocked, ALL)), origin=unblocked(REFERENCE), resources=[CPU]
    )

    assert found.observed == {}


def test_a_cell_without_its_single_changes_is_left_out() -> None:
    assert combined_cells("FT", [REFERENCE, HALF, BOTH], origin=REFERENCE, resources=[CPU]) == ()


def test_a_cost_that_a_part_lacks_is_left_out() -> None:
    free = cell("short", [], max_length=32)
    (found,) = combined_cells(
        "FT", [REFERENCE, HALF, free, BOTH], origin=REFERENCE, resources=[CPU]
    )

    assert found.observed == {}
    assert list(product_sentences([found], CPU)) == []


def test_a_block_without_cost_has_no_product() -> None:
    free = cell("short", [0.0, 6.0], max_length=32)
    (found,) = combined_cells(
        "FT", [REFERENCE, HALF, free, BOTH], origin=REFERENCE, resources=[CPU]
    )

    assert found.product[CPU].n == 1


def test_sentences_name_the_pair_and_whether_intervals_exclude_one() -> None:
    apart = cell("both", [3.0, 6.3], max_length=32, precision="fp16")
    cells = combined_cells("FT", [*ALL[:3], apart], origin=REFERENCE, resources=[CPU])

    (told,) = product_sentences(cells, CPU)

    assert told.startswith("FT, against reference: CPU time of two changes together is")
    assert "for length and precision (the interval excludes 1)" in told


def test_several_cells_of_a_pair_share_a_sentence() -> None:
    more = [
        cell("shorter", [2.0, 4.0], max_length=16),
        cell("shorter,fp16", [1.0, 2.0], max_length=16, precision="fp16"),
    ]
    cells = combined_cells("FT", [*ALL, *more], origin=REFERENCE, resources=[CPU])

    (told,) = product_sentences(cells, CPU)

    assert "1 to 1 for length and precision (2 cells; the interval excludes 1 for none)" in told


def test_the_safest_cut_is_the_cheapest_without_a_shown_loss() -> None:
    bad = cell("bad", [0.1, 0.2], n_layers=2, n_correct=500)
    cut = safest_cut("FT", [*ALL, bad], origin=REFERENCE, resource=CPU)

    assert cut is not None
    assert (cut.label, cut.n_tried) == ("both", 5)
    assert next(cut_sentences([cut], "accuracy")) == (
        "FT: of 5 configurations the cheapest without a shown loss of accuracy against reference "
        "is both: 0.375 (0.375 to 0.375) of its CPU time, loss 0.0 points (-2.6 to 2.6). It was "
        "picked on the test data themselves; confirm it on others."
    )


def test_a_cut_that_scores_higher_is_a_gain() -> None:
    better = cell("half", [2.0, 4.0], n_correct=990, max_length=64)
    cut = safest_cut("FT", [REFERENCE, better], origin=REFERENCE, resource=CPU)

    assert cut is not None
    assert ", gain 9.0 points (7.1 to 11.1)." in next(cut_sentences([cut], "accuracy"))


def test_when_nothing_cheaper_is_safe_that_is_said() -> None:
    dear = cell("dear", [5.0, 9.0], max_length=256)
    cut = safest_cut("FT", [REFERENCE, dear], origin=REFERENCE, resource=CPU)

    assert cut is not None
    assert cut.saving is None
    assert "none is shown to take less CPU time than reference" in next(
        cut_sentences([cut], "accuracy")
    )


def test_without_score_or_cost_there_is_no_safest_cut() -> None:
    unscored = cell("reference", [1.0], n_correct=None)
    free = cell("reference", [])

    assert safest_cut("FT", [unscored], origin=unscored, resource=CPU) is None
    assert safest_cut("FT", [free], origin=free, resource=CPU) is None


def test_the_padded_baseline_is_the_longest_padded_configuration() -> None:
    padded = cell("padded", [9.0], padding="max_length")
    shorter = cell("shorter", [5.0], padding="max_length", max_length=64)

    assert padded_full([REFERENCE, shorter, padded], REFERENCE) == padded
    assert padded_full([REFERENCE, shorter], REFERENCE) is None


def test_a_reference_that_pads_is_its_own_baseline() -> None:
    reference = cell("reference", [9.0], padding="max_length")

    assert padded_full([reference, SHORT], reference) is None


def test_twins_and_repeats_are_no_configurations() -> None:
    twins = [cell("aa", [1.0], role="aa"), cell("repeat-1", [1.0], role="repeat")]

    assert distinct([REFERENCE, *twins, HALF]) == [REFERENCE, HALF]
