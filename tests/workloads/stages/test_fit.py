from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import Tensor, nn  # noqa: E402 - needs torch
from torch.nn import functional  # noqa: E402 - the same

from breakeven.errors import SettingsError, TrialPrunedError  # noqa: E402 - the same
from breakeven.records import Resource, Scalar  # noqa: E402 - the same
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.heads.classification import Classification  # noqa: E402 - the same
from breakeven.workloads.models.encoded import Encoded  # noqa: E402 - the same
from breakeven.workloads.stages.cost_only import mark_cost_only  # noqa: E402 - the same
from breakeven.workloads.stages.feed import Feed  # noqa: E402 - the same
from breakeven.workloads.stages.fit import Fit  # noqa: E402 - the same
from breakeven.workloads.stages.held import Held  # noqa: E402 - the same
from breakeven.workloads.stages.learner import Learner  # noqa: E402 - the same
from breakeven.workloads.stages.ledger import Ledger  # noqa: E402 - the same
from breakeven.workloads.tasks import Split, Task, make_task  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

N_PARAMETERS = 2
CPU = torch.device("cpu")
HEAD = Classification(labels=("a", "b"))
SETTINGS: Mapping[str, Scalar] = {
    "epochs": 0.0,
    "max_epochs": 20,
    "patience": 2,
    "lr": 0.2,
    "weight_decay": 0.0,
    "warmup_ratio": 0.0,
    "warmup_steps": 0,
    "gradient_accumulation": 1,
    "checkpoint_minutes": 0.0,
}


class Biased(nn.Module):
    """Answers every text alike, by a bias of two classes."""

    def __init__(self) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.tensor([-1.0, 1.0]))
        self.config = SimpleNamespace()

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Any:
        return SimpleNamespace(logits=self.bias.expand(len(input_ids), 2))


def feed(n_examples: int) -> Feed:
    return Feed(
        encoded=Encoded.one_each([[5, 6]] * n_examples),
        pad_id=0,
        batch_size=4,
        is_bucketed=True,
        rng=np.random.default_rng(0),
    )


def split(*labels: int) -> Split[int]:
    return Split(texts=("x",) * len(labels), labels=labels, sources=("s",) * len(labels))


TASK: Task[int] = make_task("eight", ("a", "b"), (split(*[0] * 8), split(0, 1, 0, 1), split(0)))


def train(fit: Fit) -> None:
    fit.report(fit.run())


def make_fit(context: FakeContext, model: nn.Module, **changed: Scalar) -> Fit:
    """All training texts are of class 0; half of the held ones are, so that too much is wrong."""
    learn, held = feed(8), feed(4)
    return Fit(
        learner=Learner(model=model, head=HEAD, device=CPU, n_parameters=N_PARAMETERS),
        feed=learn,
        lesson=HEAD.lesson(TASK.train, learn.encoded, CPU),
        held=Held(task=TASK, feed=held, lesson=HEAD.lesson(TASK.validation, held.encoded, CPU)),
        settings={**SETTINGS, **changed},
        ledger=Ledger(context),
        context=context,
    )


def held_loss(model: nn.Module) -> float:
    logits = model(torch.zeros(4, 1), torch.zeros(4, 1)).logits.detach()
    return float(functional.cross_entropy(logits, torch.tensor([0, 1, 0, 1])))


def test_stops_when_validation_loss_rises_and_restores_the_best_state(
    context: FakeContext,
) -> None:
    """The held loss is least, ln 2, when the bias is even, and rises as class 0 is favoured."""
    model = Biased()
    train(make_fit(context, model))
    stopped = context.score("stopped_epoch", "validation").value
    best = context.score("best_epoch", "validation").value
    assert 1 <= best == stopped - 2
    assert stopped < 20
    assert held_loss(model) == pytest.approx(context.score("loss", "validation").value)
    assert abs(float(model.bias[0].detach() - model.bias[1].detach())) < 0.8


def test_stops_at_the_most_epochs_allowed(context: FakeContext) -> None:
    train(make_fit(context, Biased(), max_epochs=2))
    assert context.score("stopped_epoch", "validation").value == 2
    assert context.progressed[-1] == (4, 4)


def test_a_fixed_number_of_epochs_validates_once_at_the_end(context: FakeContext) -> None:
    """1.5 epochs of 2 batches of 4 x 2 tokens at 6N, then 8 held tokens at 2N."""
    fit = make_fit(context, Biased(), epochs=1.5)
    train(fit)
    fit.ledger.close()
    assert context.output.n_batches == 3
    assert context.counted(Resource.FLOPS) == 6 * N_PARAMETERS * 24 + 2 * N_PARAMETERS * 8
    assert [s.metric for s in context.scores[:2]] == ["loss", "accuracy"]


def test_each_epoch_is_judged_for_whoever_watches_and_no_epoch_for_nobody(
    context: FakeContext,
) -> None:
    train(make_fit(context, Biased(), epochs=3.0))
    assert context.judgements == []
    context.is_watched = True
    train(make_fit(context, Biased(), epochs=3.0))
    assert [(judged.step, judged.n_steps) for judged in context.judgements] == [(2, 6), (4, 6)]
    assert [score.metric for score in context.judgements[0].scores[:2]] == ["loss", "accuracy"]


def test_a_training_that_stops_early_tells_every_epoch(context: FakeContext) -> None:
    train(make_fit(context, Biased(), max_epochs=2))
    assert [judged.step for judged in context.judgements] == [2, 4]


def test_what_a_pruned_training_amounted_to_is_counted(context: FakeContext) -> None:
    """One epoch of 2 batches of 4 x 2 tokens at 6N, then 8 held tokens at 2N."""
    context.is_watched, context.prune_after = True, 1
    fit = make_fit(context, Biased(), epochs=3.0)
    with pytest.raises(TrialPrunedError):
        fit.run()
    assert context.counted(Resource.FLOPS) == 6 * N_PARAMETERS * 16 + 2 * N_PARAMETERS * 8
    assert context.output.n_batches == 2


def test_a_model_built_for_its_costs_tells_nothing(context: FakeContext) -> None:
    model = Biased()
    mark_cost_only(model)
    train(make_fit(context, model, max_epochs=2))
    assert context.judgements == []


def test_accuracy_is_that_of_the_kept_state(context: FakeContext) -> None:
    train(make_fit(context, Biased()))
    assert context.score("accuracy", "validation").value == 0.5


@pytest.mark.parametrize(("n_warmup", "codes"), [(3, []), (4, ["lr-never-falls"])])
def test_a_training_that_ends_in_its_warm_up_says_so(
    context: FakeContext, n_warmup: int, codes: list[str]
) -> None:
    """2 epochs of 2 batches."""
    train(make_fit(context, Biased(), epochs=2.0, warmup_steps=n_warmup))
    assert [note.code for note in context.notes if note.code == "lr-never-falls"] == codes


def test_diverged_training_is_an_error_that_says_what_to_do(context: FakeContext) -> None:
    model = Biased()
    torch.nn.init.constant_(model.bias, float("nan"))
    with pytest.raises(SettingsError, match=r"no validation loss was a number at lr=0\.2; lower"):
        make_fit(context, model).run()


def test_a_fixed_training_that_diverged_is_the_same_error(context: FakeContext) -> None:
    model = Biased()
    torch.nn.init.constant_(model.bias, float("nan"))
    with pytest.raises(SettingsError, match="diverged: the validation loss is nan; lower lr"):
        train(make_fit(context, model, epochs=1.0))


def test_a_model_there_for_its_costs_is_not_scored(context: FakeContext) -> None:
    model = Biased()
    mark_cost_only(model)
    train(make_fit(context, model, epochs=1.0))
    assert context.scores == []
