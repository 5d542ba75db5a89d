"""Question answering: losses by hand, the best window wins, real answers are found again."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from breakeven.workloads.heads.best_span import text_of  # noqa: E402 - after the skip
from breakeven.workloads.heads.contexts import Passage, find_answer  # noqa: E402
from breakeven.workloads.heads.head import Wish, without_padding  # noqa: E402
from breakeven.workloads.heads.spans import Spans  # noqa: E402
from breakeven.workloads.metrics.answers import matches  # noqa: E402
from breakeven.workloads.models.batches import Batch, batches  # noqa: E402
from breakeven.workloads.models.encoded import Encoded  # noqa: E402
from breakeven.workloads.tasks import Split  # noqa: E402
from breakeven.workloads.tasks.form import Answers  # noqa: E402

HEAD, CPU = Spans(), torch.device("cpu")
N_REAL = 100

TWO_WINDOWS = Encoded(
    ids=[[9, 1, 2, 3], [9, 4]],
    example_of=[0, 0],
    places=[
        Passage(characters=(None, (0, 3), (4, 9), (10, 12)), null=0),
        Passage(characters=(None, (13, 17)), null=0),
    ],
)
SPLIT = Split(
    texts=("who?",),
    pairs=("Ada wrote it here",),
    labels=(Answers(texts=("Ada wrote",), starts=(0,)),),
    sources=("",),
)


def one_batch(encoded: Encoded) -> Batch:
    (batch,) = batches(encoded, [range(len(encoded))], pad_id=0)
    return batch


def peaks(*at: tuple[int, int], width: int = 4, height: float = 9.0) -> Any:
    """Logits that are `height` at each window's start and end, and 0 elsewhere."""
    logits = torch.zeros((len(at), width, 2))
    for window, (first, last) in enumerate(at):
        logits[window, first, 0] = logits[window, last, 1] = height
    return logits


def test_the_loss_is_the_mean_over_starts_and_ends() -> None:
    lesson = HEAD.lesson(SPLIT, TWO_WINDOWS, CPU)
    batch = one_batch(TWO_WINDOWS)
    blind = float(lesson.loss(torch.zeros((2, 4, 2)), batch))
    assert blind == pytest.approx((np.log(4) + np.log(2)) / 2, rel=1e-6)
    assert lesson.weight(batch) == 2
    right = lesson.loss(peaks((1, 2), (0, 0), height=50.0), batch)
    assert float(right) == pytest.approx(0.0, abs=1e-6)


def test_the_best_window_answers() -> None:
    batch = one_batch(TWO_WINDOWS)
    logits = torch.cat([peaks((1, 2)), peaks((1, 1), height=10.0)])
    readings = HEAD.read(logits, batch, TWO_WINDOWS)
    assert HEAD.answers(readings, SPLIT, TWO_WINDOWS) == ["here"]
    assert HEAD.answers([readings[0], None], SPLIT, TWO_WINDOWS) == ["Ada wrote"]
    assert HEAD.answers([None, None], SPLIT, TWO_WINDOWS) == [""]


def test_a_teachers_decision_is_learned_as_if_it_were_true() -> None:
    batch = one_batch(TWO_WINDOWS)
    taught = without_padding(peaks((1, 2), (0, 0), height=50.0), batch)
    hard = HEAD.imitation(taught, TWO_WINDOWS, Wish(is_soft=False, temperature=1.0), CPU)
    true = HEAD.lesson(SPLIT, TWO_WINDOWS, CPU)
    logits = torch.randn((2, 4, 2))
    assert float(hard.loss(logits, batch)) == pytest.approx(float(true.loss(logits, batch)))


def test_who_says_what_its_teacher_says_has_nothing_to_learn() -> None:
    batch = one_batch(TWO_WINDOWS)
    logits = torch.randn((2, 4, 2))
    taught = without_padding(logits, batch)
    soft = HEAD.imitation(taught, TWO_WINDOWS, Wish(is_soft=True, temperature=2.0), CPU)
    assert float(soft.loss(logits, batch)) == pytest.approx(0.0, abs=1e-5)
    assert float(soft.loss(peaks((3, 3), (1, 1)), batch)) > 0.1


def test_soft_targets_are_starts_and_ends_apart() -> None:
    one = TWO_WINDOWS.take([0])
    encoded = Encoded(ids=one.ids[:1], example_of=[0], places=one.places[:1])
    batch, wanted = one_batch(encoded), peaks((1, 2))
    soft = HEAD.imitation([wanted[0]], encoded, Wish(is_soft=True, temperature=1.0), CPU)
    p = wanted[0, :, 0].softmax(-1)
    divergence = float((p * (p.log() - np.log(0.25))).sum())
    assert float(soft.loss(torch.zeros((1, 4, 2)), batch)) == pytest.approx(divergence, rel=1e-4)


@pytest.mark.parametrize("max_length", [64, 384])
def test_true_spans_of_squad_read_back_as_right_answers(shared_dir: Path, max_length: int) -> None:
    articles = json.loads((shared_dir / "data/squad_v1_dev/eval_split.json").read_text())["data"]
    asked = [
        (qa["question"], paragraph["context"], qa["answers"])
        for article in articles
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    ][:: 2125 // N_REAL]
    split = Split(
        texts=tuple(q for q, _, _ in asked),
        pairs=tuple(c for _, c, _ in asked),
        labels=tuple(
            Answers(
                texts=tuple(a["text"] for a in own), starts=tuple(a["answer_start"] for a in own)
            )
            for _, _, own in asked
        ),
        sources=("",) * len(asked),
    )
    tokenizer = transformers.AutoTokenizer.from_pretrained(shared_dir / "models/all-MiniLM-L6-v2")
    encoded = HEAD.encode(tokenizer, split, {"max_length": max_length, "stride": -1})
    read = [""] * len(split)
    for passage, example in zip(encoded.places, encoded.example_of, strict=True):
        span = find_answer(passage, split.labels[example])
        read[example] = read[example] or text_of(span, passage, split.pairs[example])
    rights = [own.texts for own in split.labels]
    assert np.mean(matches(rights, read)) >= 0.99
