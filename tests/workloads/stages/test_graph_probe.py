"""Whether narrower numbers pay and batches change answers, on graphs worked out by hand."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from breakeven.errors import PrecisionRefusedError  # noqa: E402 - needs torch
from breakeven.records import Kind, NoteCode  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.backends.graph_folder import GraphFacts  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_inference  # noqa: E402 - the same
from breakeven.workloads.models.batches import batches  # noqa: E402 - the same
from breakeven.workloads.models.encoded import Encoded  # noqa: E402 - the same
from breakeven.workloads.stages.agreement import Examples  # noqa: E402 - the same
from breakeven.workloads.stages.graph_probe import (  # noqa: E402 - the same
    Pace,
    Units,
    difference_by_batch,
    measure_pace,
)
from breakeven.workloads.stages.graph_service import batch_notes  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

IDS = [[6, 6], [5, 0], [3], [1]]
HEAD: Any = SimpleNamespace(logits=lambda output: output.logits)
FACTS = GraphFacts(
    backend="onnxruntime",
    precision="int8-dynamic",
    n_layers=2,
    inputs=("input_ids", "attention_mask"),
    outputs=("logits",),
    max_length=8,
    n_positions=8,
    n_parameters=1,
    n_kaplan=1,
    versions={},
)


def examples(batch_size: int = 2) -> Examples:
    encoded = Encoded.one_each(IDS)
    order = [list(range(i, min(i + batch_size, 4))) for i in range(0, 4, batch_size)]
    split: Any = IDS
    return Examples(split=split, encoded=encoded, batches=list(batches(encoded, order, pad_id=0)))


def exact(input_ids: Any, attention_mask: Any) -> Any:
    """One logit, the mean of the ids of an example."""
    means = (input_ids * attention_mask).sum(1) / attention_mask.sum(1)
    return SimpleNamespace(logits=means[:, None])


def in_thirds(input_ids: Any, attention_mask: Any) -> Any:
    """The same rounded to thirds of the largest of the batch, as a dynamic scale does it."""
    means = exact(input_ids, attention_mask).logits
    scale = means.max() / 3
    return SimpleNamespace(logits=(means / scale).round() * scale)


def test_an_exact_graph_gives_the_same_logits_one_by_one() -> None:
    assert difference_by_batch(exact, examples(), HEAD, pad_id=0) == 0


def test_a_scale_of_the_batch_moves_logits_by_what_the_hand_finds() -> None:
    """With 6 the second, 2.5, becomes 2; thirds of 3 hold both 3 and 1."""
    moved = difference_by_batch(in_thirds, examples(), HEAD, pad_id=0)
    assert moved == pytest.approx(0.5 / 6)


@pytest.mark.parametrize(("batch_size", "answered"), [(1, [6, 2.5, 3, 1]), (4, [6, 2, 4, 0])])
def test_answers_of_a_scale_of_the_batch_belong_to_its_size(
    batch_size: int, answered: list[float]
) -> None:
    found = [
        float(own)
        for batch in examples(batch_size).batches
        for own in in_thirds(
            torch.from_numpy(batch.input_ids), torch.from_numpy(batch.attention_mask)
        ).logits
    ]
    assert found == pytest.approx(answered)


def stepping(fp32_s: float, graph_s: float) -> Callable[[], float]:
    """A clock under which fp32, asked first, takes `fp32_s` and the other one `graph_s`."""

    def ticks() -> Iterator[float]:
        now_s = 0.0
        for number in count():
            yield now_s
            now_s += (fp32_s, 0.0, graph_s, 0.0)[number % 4]

    clock = ticks()
    return lambda: next(clock)


def test_a_faster_graph_is_allowed_and_its_ratio_recorded(tmp_path: Path) -> None:
    context = FakeContext(folder=tmp_path)
    pace = measure_pace(in_thirds, exact, examples(), clock_s=stepping(2.0, 1.0))
    pace.require(backend="onnxruntime", precision="int8-dynamic")
    pace.report(context)
    score = context.score("cpu_ratio_to_fp32", "validation")
    assert (score.value, score.n_examples, score.kind) == (0.5, 4, Kind.MEASURED)
    assert not score.higher_is_better


def test_a_slower_graph_is_refused_with_the_measured_ratio() -> None:
    pace = measure_pace(in_thirds, exact, examples(), clock_s=stepping(1.0, 14.0))
    said = (
        "precision fp16 refused: the graph of openvino takes 14.00 times the CPU time of its graph "
        "in fp32 on this device; use fp32, or say if_slower: keep in a study file for a device"
    )
    with pytest.raises(PrecisionRefusedError, match=said):
        pace.require(backend="openvino", precision="fp16")


def test_the_ratio_is_that_of_the_narrower_graph_to_fp32() -> None:
    spent_s: list[float] = []

    def taking(graph_s: float) -> Callable[..., None]:
        return lambda **_: spent_s.append(graph_s)

    pace = measure_pace(taking(3.0), taking(1.0), examples(), clock_s=lambda: sum(spent_s))
    assert pace.ratio == 3


def test_int8_is_refused_only_beyond_what_one_graph_differs_from_itself() -> None:
    Pace(ratio=1.06, n_examples=4).require(backend="openvino", precision="int8-static")
    with pytest.raises(PrecisionRefusedError, match=r"takes 1\.20 times"):
        Pace(ratio=1.2, n_examples=4).require(backend="openvino", precision="int8-static")


def test_sixteen_bits_that_save_nothing_are_refused() -> None:
    Pace(ratio=0.99, n_examples=4).require(backend="openvino", precision="bf16")
    with pytest.raises(PrecisionRefusedError, match=r"takes 1\.00 times"):
        Pace(ratio=1.0, n_examples=4).require(backend="openvino", precision="bf16")


def test_a_graph_that_would_compute_in_wider_numbers_is_refused() -> None:
    units = Units(backend="openvino", precision="fp16", computed_in="fp32")
    said = (
        "^precision fp16 refused: a graph of openvino computes in fp32 on this device, which has "
        "no units for fp16; use fp32, or say if_slower: keep in a study file for a device "
        "that has them$"
    )
    with pytest.raises(PrecisionRefusedError, match=said):
        units.require()
    (note,) = units.notes()
    assert note.code is NoteCode.COMPUTED_WIDER
    assert "computes in fp32 on this device" in note.message


def test_nothing_is_said_of_a_graph_that_computes_in_what_was_asked() -> None:
    units = Units(backend="openvino", precision="fp16", computed_in="fp16")
    units.require()
    assert units.notes() == ()


@pytest.mark.parametrize("moved_frac", [None, 0.0, 0.0009])
def test_nothing_is_said_of_batches_that_change_no_answer(moved_frac: float | None) -> None:
    assert (
        batch_notes(replace(FACTS, batch_difference_frac=moved_frac), resolve_inference({})) == ()
    )


def test_a_score_that_belongs_to_its_batches_says_to_which() -> None:
    settings = resolve_inference({"batch_size": 8, "sorted": False})
    (note,) = batch_notes(replace(FACTS, batch_difference_frac=0.124), settings)
    assert note.code is NoteCode.ANSWERS_BY_BATCH
    assert note.message == (
        "the int8-dynamic graph of onnxruntime answers by what shares a batch: one by one, logits "
        "moved by up to 12.4% of the largest; the score is that of batch_size=8, batch_tokens=0, "
        "sorted=False, padding=longest"
    )
