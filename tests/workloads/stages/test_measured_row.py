from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np
import pytest

from breakeven.records import Cost, NoteCode, PhaseName, Resource, Scalar, Volume
from breakeven.testing.context import FakeContext
from breakeven.workloads.stages.asked import Asked
from breakeven.workloads.stages.ledger import counted
from breakeven.workloads.stages.measured_row import MAX_WARMUP_BATCHES, MeasuredRow
from breakeven.workloads.stages.serving import Answering, Answers, Row
from breakeven.workloads.tasks import Split, make_task

TEXTS = ("a", "bb", "ccc", "dddd", "eeeee")
SPLIT = Split(texts=TEXTS, labels=(0, 1, 0, 1, 0), sources=("s",) * 5)
TASK = make_task("five", ("a", "b"), (SPLIT, SPLIT.take(()), SPLIT))


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@dataclass(slots=True, kw_only=True)
class FakeRow:
    """Answers 0 to everything; each batch takes the next duration on the clock."""

    clock: Clock
    durations_s: Iterator[float] = field(default_factory=lambda: repeat(1.0))
    events: list[str] = field(default_factory=list)
    seen: list[list[int]] = field(default_factory=list)
    n_kaplan: int | None = 7
    prepares_shapes: bool = False
    parts: dict[PhaseName, Answering] = field(default_factory=dict)

    def synchronize(self) -> None:
        self.events.append("waited")

    def answer(self, indices: Sequence[int]) -> Answers:
        self.events.append("answered")
        self.seen.append(list(indices))
        self.clock.now_s += next(self.durations_s)
        n_real = sum(len(TEXTS[i]) for i in indices)
        return Answers(
            predicted=[0] * len(indices), n_real_tokens=n_real, n_padded_tokens=n_real + 1
        )

    def over(self, split: Split[int]) -> "FakeRow":
        raise NotImplementedError

    def costs(self) -> list[Cost]:
        return [counted(Resource.N_PARAMETERS, 9)]


def measure(context: FakeContext, row: FakeRow, **changed: Scalar) -> None:
    settings: dict[str, Scalar] = {
        "batch_size": 2,
        "batch_tokens": 0,
        "sorted": False,
        "seed": 0,
        "n_batches": 0,
        "min_window_s": 0.0,
        "warmup": "0",
        "idle_s": 0.0,
        **changed,
    }
    seen: Row = row
    MeasuredRow(
        context=context,
        row=seen,
        task=TASK,
        asked=Asked(name="test", split=SPLIT, index=(0, 2, 3, 5, 8), group=(0, 2, 2, 5, 0)),
        settings=settings,
        clock_s=row.clock,
        sleep=lambda duration_s: row.events.append(f"slept {duration_s:g}"),
    ).run(is_scored=True)


@pytest.fixture
def row() -> FakeRow:
    return FakeRow(clock=Clock())


def test_device_work_is_waited_for_on_both_sides_of_every_phase(
    context: FakeContext, row: FakeRow
) -> None:
    """R004-04, with a fake device: warm-up, sync, work, sync."""
    measure(context, row, warmup="1", n_batches=2, idle_s=0.5)
    assert row.events == [
        *("waited", "slept 0.5", "waited"),
        *("waited", "answered", "waited"),
        *("waited", "answered", "answered", "waited"),
    ]
    assert context.phases == [PhaseName.IDLE, PhaseName.WARMUP, PhaseName.WORK]


def test_without_idle_and_warm_up_there_is_only_work(context: FakeContext, row: FakeRow) -> None:
    measure(context, row)
    assert context.phases == [PhaseName.WORK]
    assert row.seen == [[0, 1], [2, 3], [4]]


def test_warm_up_repeats_the_widest_batch_until_its_time_settles(
    context: FakeContext, row: FakeRow
) -> None:
    row.durations_s = iter([9.0, 5.0, *[1.0] * 40])
    measure(context, row, warmup="plateau", n_batches=1)
    n_warm_up = len(row.seen) - 1
    assert row.seen[:n_warm_up] == [[4]] * n_warm_up
    assert 10 <= n_warm_up <= 12
    assert context.notes[0].code is not NoteCode.NO_PLATEAU


@pytest.mark.parametrize(
    ("changed", "met"),
    [
        ({}, [[0, 1], [2, 3], [4]]),
        ({"n_batches": 2}, [[0, 1], [2, 3]]),
        ({"n_batches": 2, "min_window_s": 0.1}, [[0, 1], [2, 3], [4]]),
        ({"n_batches": 7}, [[0, 1], [2, 3], [4]]),
        ({"warmup": "0"}, []),
    ],
)
def test_a_row_that_prepares_for_each_shape_meets_every_batch_of_the_work_before_it(
    context: FakeContext, row: FakeRow, changed: dict[str, Scalar], met: list[list[int]]
) -> None:
    """A shape that the work may not come to is not met either."""
    row.prepares_shapes = True
    settings = {"warmup": "2", "sorted": False, **changed}
    measure(context, row, **settings)
    n_warm_up = len(met) + int(settings["warmup"])
    assert row.seen[:n_warm_up] == [*met, *[[4]] * int(settings["warmup"])]
    assert context.output.n_batches == len(row.seen) - n_warm_up
    assert context.phases[-1] is PhaseName.WORK


def test_warm_up_that_never_settles_is_noted(context: FakeContext, row: FakeRow) -> None:
    row.durations_s = iter([1.5**i for i in range(100)])
    measure(context, row, warmup="plateau", n_batches=1)
    assert len(row.seen) == MAX_WARMUP_BATCHES + 1
    assert context.notes[0].code is NoteCode.NO_PLATEAU


@pytest.mark.parametrize(("min_window_s", "n_batches"), [(1.0, 4), (5.0, 5), (0.0, 3)])
def test_a_slow_sensor_lengthens_the_window_unless_exactly_the_batches_were_asked_for(
    context: FakeContext, row: FakeRow, min_window_s: float, n_batches: int
) -> None:
    """RX-06: the sensor needs 3.5 s, a batch takes 1 s and there are three of them."""
    context.enough_s = 3.5
    measure(context, row, min_window_s=min_window_s, n_batches=3)
    assert context.output.n_batches == n_batches


def test_output_counts_repeats_and_the_score_only_the_first_pass(
    context: FakeContext, row: FakeRow
) -> None:
    """Four batches of 1 s: all three, then the first again. Tokens 3, 7, 5 and 3."""
    measure(context, row, min_window_s=3.5, n_batches=1)
    assert context.output == Volume(n_examples=7, n_real_tokens=18, n_padded_tokens=22, n_batches=4)
    score = context.score("accuracy", "test")
    assert (score.n_examples, score.n_correct) == (5, 3)
    assert next(n.code for n in context.notes) is NoteCode.DATA_ENDED
    assert context.counted(Resource.FLOPS) == 2 * 7 * 22


def test_a_window_short_of_the_split_scores_what_it_saw(context: FakeContext, row: FakeRow) -> None:
    measure(context, row, n_batches=2)
    assert context.score("accuracy", "test").n_examples == 4
    assert context.output.n_examples == 4


def test_predictions_are_kept_by_their_place_in_the_whole_split(
    context: FakeContext, row: FakeRow
) -> None:
    measure(context, row, sorted=True, batch_size=1, seed=1)
    path = context.folder / "predictions" / "predictions.npz"
    with np.load(path, allow_pickle=False) as kept:
        assert kept["index"].tolist() == [0, 2, 3, 5, 8]
        assert kept["group"].tolist() == [0, 2, 2, 5, 0]
        assert str(kept["split"]) == "test"
        assert kept["label"].tolist() == [0, 1, 0, 1, 0]
        assert kept["predicted"].tolist() == [0] * 5


def test_a_model_without_tokens_counts_no_flops(context: FakeContext, row: FakeRow) -> None:
    row.n_kaplan = None
    measure(context, row)
    assert Resource.FLOPS not in {cost.resource for cost in context.counts}
    assert context.counted(Resource.N_PARAMETERS) == 9


def test_each_batch_is_timed_apart(context: FakeContext, row: FakeRow) -> None:
    """Batches of 1, 4 and 2 s; the longest is not the median, and three make no percentile."""
    row.durations_s = iter([1.0, 4.0, 2.0])
    measure(context, row)
    assert context.counted(Resource.LATENCY_P50_S) == 2.0
    assert Resource.LATENCY_P99_S not in {cost.resource for cost in context.counts}


def test_a_part_is_measured_after_the_work_over_whole_passes(
    context: FakeContext, row: FakeRow
) -> None:
    row.parts[PhaseName.PREFILL] = row.answer
    measure(context, row, min_window_s=4.0)
    assert context.phases == [PhaseName.WORK, PhaseName.PREFILL]
    assert row.seen == [[0, 1], [2, 3], [4]] * 4
    assert context.outputs[PhaseName.PREFILL] == context.output
    assert context.output.n_examples == 10
