import pytest

torch = pytest.importorskip("torch")

from breakeven.errors import SettingsError  # noqa: E402 - needs torch
from breakeven.workloads.heads import Wish, head_for  # noqa: E402 - the same
from breakeven.workloads.heads.regression import Regression  # noqa: E402 - the same
from breakeven.workloads.models.batches import collate  # noqa: E402 - the same
from breakeven.workloads.models.encoded import Encoded  # noqa: E402 - the same
from breakeven.workloads.tasks import Form, Split, make_task  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

CPU = torch.device("cpu")
HEAD = Regression()
ENCODED = Encoded.one_each([[1, 2], [3]])
SPLIT = Split(texts=("a", "b"), labels=(4.0, 1.0), sources=("s", "s"))
BATCH = collate(ENCODED, (1, 0), pad_id=0)
LOGITS = torch.tensor([[2.0], [7.0]])


def test_the_truth_is_learned_by_squared_error() -> None:
    """Of the second text 2 - 1, of the first 7 - 4: the mean of 1 and 9."""
    lesson = HEAD.lesson(SPLIT, ENCODED, CPU)
    assert float(lesson.loss(LOGITS, BATCH)) == 5.0
    assert lesson.weight(BATCH) == 2


@pytest.mark.parametrize("is_soft", [True, False])
def test_a_teachers_number_is_both_decision_and_distribution(*, is_soft: bool) -> None:
    taught = [torch.tensor([7.0]), torch.tensor([0.0])]
    wish = Wish(is_soft=is_soft, temperature=2.0)
    assert float(HEAD.imitation(taught, ENCODED, wish, CPU).loss(LOGITS, BATCH)) == 2.0


def test_answers_are_the_numbers_themselves() -> None:
    readings = HEAD.read(LOGITS, BATCH, ENCODED)
    assert readings == [2.0, 7.0]
    assert HEAD.answers([7.0, 2.0], SPLIT, ENCODED) == [7.0, 2.0]


def test_the_head_of_a_task_is_found_by_its_form() -> None:
    task = make_task("some", (), (SPLIT, SPLIT, SPLIT), form=Form.REGRESSION)
    assert head_for(task) == HEAD


def test_a_form_without_a_head_of_its_own_is_refused() -> None:
    task = make_task("prompts", (), (SPLIT, SPLIT, SPLIT), form=Form.GENERATION)
    with pytest.raises(SettingsError, match="prompts is generation, for which no head is known"):
        head_for(task)
