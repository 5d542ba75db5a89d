import pytest

torch = pytest.importorskip("torch")

from breakeven.errors import SettingsError  # noqa: E402 - needs torch
from breakeven.workloads.heads import Wish  # noqa: E402 - the same
from breakeven.workloads.heads.classification import Classification  # noqa: E402 - the same
from breakeven.workloads.models.batches import Batch, collate  # noqa: E402 - the same
from breakeven.workloads.models.encoded import Encoded  # noqa: E402 - the same
from breakeven.workloads.tasks import Split  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

CPU = torch.device("cpu")
HEAD = Classification(labels=("no", "yes"))
ENCODED = Encoded.one_each([[1, 2], [3]])
TAUGHT = [torch.tensor([2.0, 1.0]), torch.tensor([0.0, 3.0])]


def batch(*indices: int) -> Batch:
    return collate(ENCODED, indices, pad_id=0)


def test_the_truth_is_learned_by_cross_entropy() -> None:
    split = Split(texts=("a", "b"), labels=(1, 0), sources=("s", "s"))
    lesson = HEAD.lesson(split, ENCODED, CPU)
    logits = torch.tensor([[0.0, 2.0], [5.0, 1.0]])
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1]))
    assert torch.equal(lesson.loss(logits, batch(1, 0)), expected)
    assert lesson.weight(batch(1, 0)) == 2


def test_hard_targets_are_the_teachers_answers() -> None:
    lesson = HEAD.imitation(TAUGHT, ENCODED, Wish(is_soft=False, temperature=1.0), CPU)
    logits = torch.tensor([[0.0, 2.0], [5.0, 1.0]])
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor([1, 0]))
    assert torch.equal(lesson.loss(logits, batch(1, 0)), expected)


def test_soft_targets_are_the_teachers_whole_distribution() -> None:
    lesson = HEAD.imitation(TAUGHT, ENCODED, Wish(is_soft=True, temperature=3.0), CPU)
    own = TAUGHT[1][None]
    assert float(lesson.loss(own, batch(1))) == pytest.approx(0, abs=1e-6)
    assert float(lesson.loss(own, batch(0))) > 0.1
    assert lesson.weight(batch(0)) == 1


@pytest.mark.parametrize("broken", [float("nan"), float("inf")])
def test_outputs_that_are_no_numbers_are_no_class(broken: float) -> None:
    logits = torch.tensor([[0.0, 1.0], [0.0, broken]])
    with pytest.raises(SettingsError, match="lower lr, or run it with precision: fp32"):
        HEAD.read(logits, batch(0, 1), ENCODED)
    with pytest.raises(SettingsError, match="not all finite"):
        HEAD.imitation(list(logits), ENCODED, Wish(is_soft=False, temperature=1.0), CPU)


def test_a_class_that_is_ruled_out_leaves_the_others() -> None:
    assert HEAD.read(torch.tensor([[-torch.inf, 1.0]]), batch(0), ENCODED) == [1]
