from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from breakeven.records import PhaseName, Resource, Scalar, Stage  # noqa: E402 - needs torch
from breakeven.testing.context import FakeContext  # noqa: E402 - the same
from breakeven.workloads.models.batches import collate  # noqa: E402 - the same
from breakeven.workloads.models.encoded import Encoded  # noqa: E402 - the same
from breakeven.workloads.models.encoder import AutoClass, Encoder, load_model  # noqa: E402 - the same
from breakeven.workloads.stages.masked_lm import Gaps, MaskedLM  # noqa: E402 - the same
from breakeven.workloads.stages.masking import Masker  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

RunStage = Callable[..., FakeContext]


def masked_lm(folder: Path) -> Encoder:
    return load_model(folder, head=AutoClass.MASKED_LM)


def gaps_for(encoder: Encoder) -> Gaps:
    batch = collate(Encoded.one_each([[2, 20, 21, 22, 3], [2, 30, 3]]), (0, 1), pad_id=0)
    masker = Masker.of(encoder.tokenizer, {"seed": 3})
    masked = masker.mask(torch.from_numpy(batch.input_ids))
    return Gaps.of(batch, masked, torch.device("cpu"))


def test_the_tokenizer_is_trained_inside_the_work(pretrained: FakeContext) -> None:
    assert pretrained.phases[-2:] == [PhaseName.LOAD, PhaseName.WORK]
    assert pretrained.counted(Resource.N_UNLABELLED_EXAMPLES) == 40
    assert pretrained.output.n_examples == 80


def test_keeps_model_and_tokenizer_together(pretrained: FakeContext) -> None:
    encoder = masked_lm(pretrained.folder / "model")
    assert not encoder.has_new_head
    assert encoder.tokenizer.mask_token == "[MASK]"


def test_longer_training_guesses_better(
    run_row: RunStage, pretrained: FakeContext, tiny: Mapping[str, Scalar]
) -> None:
    longer = run_row(Stage.PRETRAIN, {**tiny, "epochs": 20})
    assert (
        longer.score("training_loss", "train").value
        < pretrained.score("training_loss", "train").value
    )


def test_a_part_of_an_epoch_uses_a_part_of_the_texts(
    run_row: RunStage, tiny: Mapping[str, Scalar]
) -> None:
    run = run_row(Stage.PRETRAIN, {**tiny, "epochs": 0.5})
    assert run.output.n_batches == 2  # of 5; Python rounds 2.5 to the even number
    assert run.counted(Resource.N_UNLABELLED_EXAMPLES) == 16


def test_a_checkpoint_without_head_gets_one_and_keeps_its_encoder(
    run_row: RunStage, fine_tuned: FakeContext
) -> None:
    """Head of width 16: 16x16 + 16 dense, 2x16 norm, 1 bias per word, on hidden tokens only."""
    run = run_row(
        Stage.PRETRAIN,
        {"max_length": 12, "batch_size": 8, "epochs": 1},
        {"start": fine_tuned.folder / "model"},
    )
    before = load_model(fine_tuned.folder / "model").model.base_model.state_dict()
    fitted = masked_lm(run.folder / "model")
    after = fitted.model.base_model.state_dict()
    assert all(torch.equal(before[name], value) for name, value in after.items())
    n_head = 16 * 16 + 16 + 2 * 16 + len(fitted.tokenizer)
    n_encoder = MaskedLM.of(fitted, torch.device("cpu")).n_encoder
    in_head = run.counted(Resource.FLOPS) - 2 * n_encoder * run.output.n_padded_tokens
    n_hidden = in_head / (6 * n_head)
    assert n_hidden == round(n_hidden)
    assert 0 < n_hidden < run.output.n_real_tokens


def test_a_checkpoint_with_head_is_trained_on_whole(
    run_row: RunStage, pretrained: FakeContext
) -> None:
    run = run_row(
        Stage.PRETRAIN, {"max_length": 12, "epochs": 1}, {"start": pretrained.folder / "model"}
    )
    before = masked_lm(pretrained.folder / "model").model.base_model.state_dict()
    after = masked_lm(run.folder / "model").model.base_model.state_dict()
    assert not all(torch.equal(before[name], value) for name, value in after.items())


def test_weights_drawn_for_costs_are_not_scored(run_row: RunStage, pretrained: FakeContext) -> None:
    folder = str(pretrained.folder / "model")
    run = run_row(
        Stage.PRETRAIN, {"model": folder, "weights": "random", "max_length": 12, "epochs": 0.2}
    )
    assert run.scores == []


def test_logits_are_computed_on_hidden_tokens_only(pretrained: FakeContext) -> None:
    encoder = masked_lm(pretrained.folder / "model")
    gaps = gaps_for(encoder)
    shapes: list[tuple[int, ...]] = []
    encoder.model.cls.register_forward_hook(lambda _, inputs, __: shapes.append(inputs[0].shape))
    with torch.no_grad():
        guess = MaskedLM.of(encoder, torch.device("cpu")).guess(gaps)
        whole = encoder.model(**gaps.inputs).logits
    assert shapes[0] == (int(gaps.positions.sum()), 16)
    assert torch.allclose(guess.logits, whole[gaps.positions], atol=1e-5)


def test_a_head_in_several_parts_is_run_through_the_whole_model(
    pretrained: FakeContext,
) -> None:
    encoder = masked_lm(pretrained.folder / "model")
    encoder.model.another = torch.nn.Identity()
    gaps = gaps_for(encoder)
    with torch.no_grad():
        split = MaskedLM.of(masked_lm(pretrained.folder / "model"), torch.device("cpu")).guess(gaps)
        whole = MaskedLM.of(encoder, torch.device("cpu"))
        guess = whole.guess(gaps)
    assert whole.head is None
    assert torch.allclose(guess.logits, split.logits, atol=1e-5)
    assert torch.allclose(guess.hidden, split.hidden, atol=1e-5)
