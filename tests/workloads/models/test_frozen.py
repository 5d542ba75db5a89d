from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytestmark = pytest.mark.nlp

from breakeven.errors import SettingsError  # noqa: E402 - after importorskip
from breakeven.workloads.models.batches import Batch, collate  # noqa: E402 - the same
from breakeven.workloads.models.encoded import Encoded  # noqa: E402 - the same
from breakeven.workloads.models.encoder import to_tensors  # noqa: E402 - the same
from breakeven.workloads.models.frozen import FrozenBody  # noqa: E402 - the same

ENCODED = Encoded.one_each([[2, 7, 8, 3], [2, 9, 3], [2, 5, 6, 7, 3]])
SIZES = {"bert": "hidden_size", "roberta": "hidden_size", "distilbert": "dim", "gpt2": "n_embd"}
ABOVE = {
    "bert": {"bert.pooler.dense", "classifier"},
    "roberta": {"classifier.dense", "classifier.out_proj"},
    "distilbert": {"pre_classifier", "classifier"},
    "gpt2": {"transformer.ln_f", "score"},
}


def build(kind: str, **further: object) -> Any:
    torch.manual_seed(0)
    config = transformers.AutoConfig.for_model(
        kind, num_hidden_layers=2, num_attention_heads=2, vocab_size=20, pad_token_id=0, **further
    )
    setattr(config, SIZES[kind], 8)
    return transformers.AutoModelForSequenceClassification.from_config(config).eval()


def batch(windows: Sequence[int]) -> Batch:
    return collate(ENCODED, windows, pad_id=0)


def logits(model: Any, body: FrozenBody, own: Batch) -> Any:
    tensors = to_tensors(own)
    with body.skipped(own, tensors):
        return model(**tensors).logits


@pytest.mark.parametrize("kind", list(SIZES))
def test_only_what_stands_above_the_last_layer_learns(kind: str) -> None:
    model = build(kind)
    FrozenBody(model=model, told=lambda _: None)
    learning = {name.rpartition(".")[0] for name, p in model.named_parameters() if p.requires_grad}
    assert learning == ABOVE[kind]


@pytest.mark.parametrize("kind", list(SIZES))
def test_answers_are_those_of_the_whole_model_remembered_or_not(kind: str) -> None:
    model = build(kind)
    passed: list[int] = []
    body = FrozenBody(model=model, told=passed.append)
    with torch.inference_mode():
        expected = model(**to_tensors(batch([0, 1, 2]))).logits
        first = logits(model, body, batch([0, 1, 2]))
        again = logits(model, body, batch([2, 1]))
    torch.testing.assert_close(first, expected)
    torch.testing.assert_close(again, expected[[2, 1]])
    assert passed == [15]
    torch.testing.assert_close(model(**to_tensors(batch([0, 1, 2]))).logits, expected)


def test_dropout_stays_above_the_last_layer() -> None:
    model = build("bert", hidden_dropout_prob=0.5, classifier_dropout=0.0)
    body = FrozenBody(model=model, told=lambda _: None)
    expected = model(**to_tensors(batch([0, 1]))).logits
    model.train()
    torch.testing.assert_close(logits(model, body, batch([0, 1])), expected)
    assert model.training


def test_what_was_said_without_gradient_can_be_learned_from() -> None:
    model = build("bert")
    body = FrozenBody(model=model, told=lambda _: None)
    with torch.inference_mode():
        logits(model, body, batch([0, 1]))
    logits(model, body, batch([0, 1])).sum().backward()
    assert model.classifier.weight.grad is not None
    assert all(p.grad is None for p in model.bert.encoder.parameters())


def test_nothing_is_remembered_beyond_its_room() -> None:
    """Windows of 4, 3 and 5 tokens of 8 numbers of 4 bytes: the first two fit."""
    model = build("bert")
    passed: list[int] = []
    body = FrozenBody(model=model, told=passed.append, n_bytes=7 * 8 * 4)
    with torch.no_grad():
        expected = model(**to_tensors(batch([0, 1, 2]))).logits
        for own in ([0, 1, 2], [0, 1], [2], [1, 2, 0]):
            torch.testing.assert_close(logits(model, body, batch(own)), expected[own])
    assert passed == [15, 5, 5]


def test_types_tell_windows_apart() -> None:
    two = Encoded.one_each([[2, 5, 3], [2, 5, 3]], type_ids=[[0, 0, 0], [0, 1, 1]])
    own = collate(two, [0, 1], pad_id=0)
    model = build("bert")
    body = FrozenBody(model=model, told=lambda _: None)
    with torch.no_grad():
        expected = model(**to_tensors(own)).logits
        logits(model, body, own)
        torch.testing.assert_close(logits(model, body, own), expected)
    assert not np.allclose(expected[0], expected[1])


def test_a_model_whose_head_is_its_embeddings_has_nothing_to_train() -> None:
    config = transformers.GPTNeoXConfig(
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        vocab_size=20,
        tie_word_embeddings=True,
    )
    model = transformers.GPTNeoXForCausalLM(config)
    model.base_model.final_layer_norm.requires_grad_(requires_grad=False)
    with pytest.raises(SettingsError, match="trained=head leaves nothing of GPTNeoXForCausalLM"):
        FrozenBody(model=model, told=lambda _: None)
