import pytest
from tests.analysis.sweeps.cells import CPU, cell

from breakeven.analysis.sweeps.axes import axis_results, full_depth
from breakeven.analysis.sweeps.cells import Cell
from breakeven.analysis.sweeps.findings import Axis, AxisResult
from breakeven.records import StudyDefinition

STUDY = StudyDefinition(name="s", pathways=())
REFERENCE = cell("reference", [4.0, 8.0])


def axes(*cells: Cell, reference: Cell = REFERENCE) -> tuple[AxisResult, ...]:
    return axis_results(STUDY, "FT", [reference, *cells], reference=reference)


def short(length: int, n_correct: int | None, *costs: float) -> Cell:
    return cell(f"length={length}", costs, n_correct=n_correct, max_length=length)


def test_the_region_ends_before_the_first_loss_that_is_shown() -> None:
    (length,) = axes(
        short(64, 895, 3.0, 6.0),
        short(32, 700, 2.0, 4.0),
        short(16, 899, 1.0, 2.0),
    )

    assert length.flat == ("reference", "length=64")
    assert length.cheapest[CPU] == "length=64"
    assert length.saving[CPU].value == pytest.approx(0.75)


def test_points_run_from_the_longest_down_whatever_the_reference_is() -> None:
    longer = cell("length=256", [5.0, 9.0], max_length=256)
    (length,) = axes(longer, short(64, 900, 3.0, 6.0))

    assert [point.value for point in length.points] == [256, 128, 64]
    assert length.base.loss is None
    assert length.point("reference").ratio[CPU].value == pytest.approx((4 / 5 * 8 / 9) ** 0.5)


def test_the_sentence_says_what_is_not_excluded_and_what_is_lost() -> None:
    (length,) = axes(short(64, 895, 3.0, 6.0), short(32, 700, 2.0, 4.0))

    (told,) = length.sentences
    assert told == (
        "FT, padded to the longest of the batch: 64 tokens shows no loss of accuracy against "
        "128 tokens; at 64, one of up to 3.2 points is not excluded. At 32 tokens 20.0 points "
        "(16.6 to 23.4) of accuracy are lost, for 0.5 (0.5 to 0.5) of the CPU time. The cheapest "
        "of them, 64 tokens, takes 0.75 (0.75 to 0.75) of the CPU time of 128 tokens."
    )


def test_a_cut_that_scores_higher_is_said_to() -> None:
    """As shorter windows of a question's context may."""
    (length,) = axes(short(64, 990, 3.0, 6.0))

    told = (
        "64 tokens shows no loss of accuracy against 128 tokens; at 64 it is better, a gain of "
        "9.0 points (7.1 to 11.1)."
    )
    assert told in length.sentences[0]
    assert "not excluded" not in length.sentences[0]


def test_a_saving_within_noise_is_not_claimed() -> None:
    (length,) = axes(short(64, 900, 3.0, 8.5))

    assert "which does not show a saving" in length.sentences[0]


def test_nothing_free_is_said_to_be_free_when_the_first_cut_loses() -> None:
    (length,) = axes(short(64, 700, 3.0, 6.0))

    assert length.flat == ("reference",)
    assert "already at 64 tokens 20.0 points" in length.sentences[0]
    assert "cheapest" not in length.sentences[0]


def test_a_free_cut_that_saves_nothing_is_told() -> None:
    (length,) = axes(short(64, 900, 5.0, 9.0))

    assert length.saving == {}
    assert "None takes less CPU time than 128 tokens." in length.sentences[0]


def test_without_scores_nothing_is_called_free() -> None:
    bare = cell("reference", [4.0, 8.0], n_correct=None)
    (length,) = axes(short(64, None, 3.0, 6.0), reference=bare)

    assert length.flat == ()
    assert "nothing can be said of accuracy" in length.sentences[0]


def test_a_cut_without_a_score_ends_the_region() -> None:
    (length,) = axes(short(64, None, 3.0, 6.0))

    assert length.flat == ("reference",)
    assert "no interval of a loss of accuracy can be given" in length.sentences[0]


def test_each_way_of_padding_is_a_series_of_its_own() -> None:
    padded = [
        cell(f"p{n}", [n / 10, n / 5], padding="max_length", max_length=n) for n in (128, 64, 32)
    ]
    found = axes(short(64, 900, 3.0, 6.0), *padded)

    assert [(a.axis, a.fixed) for a in found] == [
        (Axis.LENGTH, "padding=longest"),
        (Axis.LENGTH, "padding=max_length"),
    ]
    fit = found[1].fits[CPU]
    assert fit.slope.value == pytest.approx(0.15)
    assert fit.r_squared == pytest.approx(1.0)
    assert "a straight line through 3 values" in found[1].fit_sentence


def test_depth_counts_layers_from_parameters() -> None:
    deep = cell("reference", [7.0, 7.0], n_parameters=160.0)
    cuts = [
        cell(f"k{k}", [1.0 + k, 1.0 + k], n_layers=k, n_parameters=100.0 + 10 * k, n_correct=500)
        for k in (4, 2)
    ]
    (depth,) = axes(*cuts, reference=deep)

    assert full_depth([deep, *cuts]) == 6.0
    assert depth.fits[CPU].slope.value == pytest.approx(1.0)
    assert depth.fits[CPU].x == "layers computed"
    assert depth.sentences[0].startswith("FT: already at 4 layers 40.0 points")
    assert "per layer" in depth.fit_sentence


@pytest.mark.parametrize(
    "counts", [{0: 160.0, 2: 120.0}, {2: 120.0, 4: 140.0}, {0: 165.0, 2: 120.0, 4: 140.0}]
)
def test_depth_is_left_open_where_parameters_do_not_tell(counts: dict[int, float]) -> None:
    cells = [cell(f"k{k}", [1.0], n_layers=k, n_parameters=n) for k, n in counts.items()]

    assert full_depth(cells) is None


def test_layers_that_take_no_parameters_tell_no_depth() -> None:
    cells = [cell(f"k{k}", [1.0], n_layers=k, n_parameters=100.0) for k in (0, 2, 4)]

    assert full_depth(cells) is None


@pytest.mark.parametrize(
    ("costs", "words"),
    [
        ((2.0, 4.0), "fp16 takes 0.5 of the CPU time of fp32 (0.5 to 0.5)"),
        ((12.0, 24.0), "fp16 is dearer: it takes 3 times the CPU time of fp32 (3 to 3)"),
        ((3.0, 9.0), "is not shown to save anything"),
        ((), "fp16 has no ratio to it"),
    ],
)
def test_a_slower_precision_is_called_dearer(costs: tuple[float, ...], words: str) -> None:
    (precision,) = axes(cell("fp16", costs, precision="fp16"))

    assert words in precision.sentences[0]
    assert "no loss of accuracy is shown: 0.0 points (-2.6 to 2.6)" in precision.sentences[0]


@pytest.mark.parametrize(
    ("n_correct", "words"),
    [
        (700, "it loses 20.0 points (16.6 to 23.4) of accuracy"),
        (990, "its accuracy is better, a gain of 9.0 points (7.1 to 11.1)"),
        (None, "its accuracy cannot be compared"),
    ],
)
def test_the_quality_of_a_precision_is_told(n_correct: int | None, words: str) -> None:
    (precision,) = axes(cell("fp16", [2.0, 4.0], precision="fp16", n_correct=n_correct))

    assert words in precision.sentences[0]


def test_precisions_stand_side_by_side_in_the_free_region() -> None:
    (precision,) = axes(
        cell("bf16", [2.0, 4.0], precision="bf16", n_correct=500),
        cell("fp16", [2.0, 4.0], precision="fp16"),
    )

    assert precision.flat == ("reference", "fp16")


def test_settings_besides_the_axis_keep_a_cell_out_of_it() -> None:
    assert axes(cell("both", [1.0, 2.0], precision="fp16", max_length=32)) == ()


def test_one_layer_is_not_layers() -> None:
    kept, lossy = (
        cell(f"n_layers={n}", [n, 2.0 * n], n_correct=right, n_layers=n)
        for n, right in ((3, 899), (1, 500))
    )
    (depth,) = axes(kept, lossy, reference=cell("reference", [4.0, 8.0], n_layers=4))

    (told,) = depth.sentences

    assert "3 layers shows no loss" in told
    assert "At 1 layer 40.0 points" in told
