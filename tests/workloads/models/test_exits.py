from collections.abc import Iterator, Sequence
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from breakeven.errors import SettingsError  # noqa: E402 - needs torch
from breakeven.workloads.models.exits import (  # noqa: E402 - the same
    ExitingEncoder,
    check_exits,
    check_leaving,
    layer_features,
)

pytestmark = pytest.mark.nlp

LENGTHS = (9, 3, 7, 5, 2, 9)
FAMILIES = {
    "bert": {"intermediate_size": 32},
    "roberta": {"intermediate_size": 32, "pad_token_id": 1},
    "distilbert": {"hidden_dim": 32, "dim": 16, "n_layers": 4, "n_heads": 2},
    "electra": {"intermediate_size": 32, "embedding_size": 16},
}


@pytest.fixture(autouse=True)
def without_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def model_of(family: str, **further: Any) -> Any:
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 4, "num_attention_heads": 2}
    own = FAMILIES.get(family, {})
    named = own if "dim" in own else {**sizes, **own}
    config = transformers.AutoConfig.for_model(family, vocab_size=50, **{**named, **further})
    return transformers.AutoModelForSequenceClassification.from_config(config).eval()


def batch(lengths: Sequence[int] = LENGTHS) -> dict[str, Any]:
    width = max(lengths)
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(5, 50, (len(lengths), width), generator=generator)
    is_real = torch.arange(width) < torch.tensor(lengths)[:, None]
    return {"input_ids": torch.where(is_real, ids, 1), "attention_mask": is_real.long()}


def exits_of(layers: Sequence[int]) -> dict[int, Any]:
    torch.manual_seed(2)
    return {layer: torch.nn.Linear(16, 2) for layer in layers}


def single(model: Any, inputs: dict[str, Any], row: int) -> dict[str, Any]:
    length = int(inputs["attention_mask"][row].sum())
    return {name: tensor[row : row + 1, :length] for name, tensor in inputs.items()}


@pytest.mark.parametrize("family", FAMILIES)
def test_each_example_is_answered_as_if_it_were_alone(family: str) -> None:
    model, inputs = model_of(family), batch()
    exits = exits_of((1, 3))
    by_exit, _ = ExitingEncoder(model, exits, threshold=2.0).everything(**inputs)
    surest = torch.stack(by_exit).softmax(-1).amax(-1).amax(0).sort().values
    exiting = ExitingEncoder(model, exits, threshold=float(surest[3]))
    together = exiting(**inputs).logits
    assert sum(exiting.passed.left_after.values()) == 3
    for row in range(len(LENGTHS)):
        alone = exiting(**single(model, inputs, row)).logits[0]
        torch.testing.assert_close(together[row], alone, rtol=1e-4, atol=1e-5)


def test_when_nobody_is_sure_the_model_answers_as_it_does() -> None:
    model, inputs = model_of("bert"), batch()
    exiting = ExitingEncoder(model, exits_of((2,)), threshold=2.0)
    torch.testing.assert_close(exiting(**inputs).logits, model(**inputs).logits)
    assert exiting.passed.tokens_at == dict.fromkeys(range(4), 6 * 9)
    assert exiting.passed.tokens_above == 6 * 9


def test_when_all_are_sure_nothing_above_is_computed() -> None:
    exiting = ExitingEncoder(model_of("bert"), exits_of((2,)), threshold=0.0)
    logits = exiting(**batch()).logits
    assert logits.shape == (6, 2)
    assert exiting.passed.left_after == {2: 6}
    assert exiting.passed.tokens_at == {0: 54, 1: 54}
    assert exiting.passed.tokens_above == 0


def test_what_is_left_is_no_wider_than_its_longest_text() -> None:
    is_long = torch.tensor(LENGTHS) > 5
    exiting = _LeavesWhen(model_of("bert"), exits_of((1,)), is_long)
    exiting(**batch())
    assert exiting.passed.tokens_at == {0: 54, 1: 3 * 5, 2: 3 * 5, 3: 3 * 5}


class _LeavesWhen(ExitingEncoder):
    """Leaves by a list, so that widths can be worked out by hand."""

    def __init__(self, model: Any, exits: dict[int, Any], is_leaving: Any) -> None:
        super().__init__(model, exits, threshold=0.5)
        self.is_leaving = is_leaving

    def _logits(self, layer: int, features: Any) -> Any:
        assert layer == 1
        assert len(features) == len(self.is_leaving)
        return torch.where(self.is_leaving[:, None], torch.tensor([9.0, 0.0]), torch.nan)


def test_features_are_means_over_real_tokens() -> None:
    model, inputs = model_of("bert"), batch()
    found, top = layer_features(model, inputs, (2,))
    hidden = model(**inputs, output_hidden_states=True).hidden_states[2]
    assert top is None
    for row, length in enumerate(LENGTHS):
        torch.testing.assert_close(found[2][row], hidden[row, :length].mean(dim=0))


def test_no_hook_stays() -> None:
    model, inputs = model_of("bert"), batch()
    before = model(**inputs).logits
    ExitingEncoder(model, exits_of((1,)), threshold=0.0)(**inputs)
    torch.testing.assert_close(model(**inputs).logits, before)
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize("family", FAMILIES)
def test_encoders_are_found_to_answer_alike_when_others_leave(family: str) -> None:
    check_leaving(model_of(family), batch(), 2)


def test_a_model_that_mixes_its_batch_is_found_and_refused() -> None:
    model = model_of("bert")
    layer = model.bert.encoder.layer[3]
    hook = layer.register_forward_hook(lambda _, __, hidden: hidden - hidden[-1:, :1])
    with pytest.raises(SettingsError, match=r"does not answer alike when others leave .* differ"):
        check_leaving(model, batch(), 2)
    hook.remove()


@pytest.mark.parametrize(
    ("family", "layers", "message"),
    [
        ("gpt2", (1,), "reads from left to right"),
        ("bert", (4,), r"model has 4 layers, exits='4' asked; choose from 1\.\.3"),
        ("bert", (), "exits='' asked"),
        ("albert", (1,), "keeps no list of 4 layers"),
    ],
)
def test_what_cannot_be_stopped_is_refused(
    family: str, layers: tuple[int, ...], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        check_exits(model_of(family), layers)
