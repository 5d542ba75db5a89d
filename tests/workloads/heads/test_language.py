"""Language modelling: surprise of whole texts, the same however they are cut and batched."""

import math
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from breakeven.errors import SettingsError  # noqa: E402 - after the skip
from breakeven.workloads.heads.head import Wish  # noqa: E402
from breakeven.workloads.heads.language import (  # noqa: E402
    LanguageModelling,
    Surprise,
    read_forward,
)
from breakeven.workloads.models.batches import batches, cut  # noqa: E402
from breakeven.workloads.models.encoder import AutoClass, to_tensors  # noqa: E402
from breakeven.workloads.models.tokenizer import train_tokenizer  # noqa: E402
from breakeven.workloads.tasks import Split  # noqa: E402

TEXTS = ("the cat sat on the mat", "a dog ran", "the dog sat and the cat ran to the mat " * 3)
FORWARD, BOTH_WAYS = LanguageModelling(is_causal=True), LanguageModelling(is_causal=False)
CPU = torch.device("cpu")


def split_of(*texts: str) -> Split[None]:
    n = len(texts)
    return Split(texts=texts, labels=(None,) * n, sources=("",) * n)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return train_tokenizer(TEXTS, 120, ends_texts=True)


@pytest.fixture(scope="module")
def masking_tokenizer() -> Any:
    return train_tokenizer(TEXTS, 120)


@pytest.fixture(scope="module")
def gpt2(tokenizer: Any) -> Any:
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=len(tokenizer), n_embd=16, n_layer=2, n_head=2, n_positions=128
    )
    return transformers.GPT2LMHeadModel(config).eval()


def answered(
    model: Any, tokenizer: Any, head: LanguageModelling, **settings: int
) -> list[Surprise]:
    chosen = {"max_length": 128, "stride": 0, "seed": 0, "batch_size": 2, **settings}
    split = split_of(*TEXTS)
    encoded = head.encode(tokenizer, split, chosen)
    order = cut(range(len(encoded)), chosen["batch_size"])
    readings: list[Surprise] = []
    with torch.inference_mode():
        for batch in batches(encoded, order, pad_id=tokenizer.pad_token_id):
            logits = head.logits(model(**to_tensors(batch)))
            readings += head.read(logits, batch, encoded)
    return head.answers(readings, split, encoded)


def test_a_texts_surprise_is_the_loss_transformers_computes(gpt2: Any, tokenizer: Any) -> None:
    ours = answered(gpt2, tokenizer, FORWARD)
    for text, own in zip(read_forward(tokenizer, TEXTS), ours, strict=True):
        ids = torch.tensor([text])
        theirs = float(gpt2(input_ids=ids, labels=ids).loss.detach())
        assert own.nats / own.n_tokens == pytest.approx(theirs, rel=1e-5)
        assert own.n_tokens == len(text) - 1


@pytest.mark.parametrize("max_length", [3, 7, 20])
def test_windows_score_each_token_once(gpt2: Any, tokenizer: Any, max_length: int) -> None:
    whole = answered(gpt2, tokenizer, FORWARD)
    cut_up = answered(gpt2, tokenizer, FORWARD, max_length=max_length, stride=-1)
    assert [own.n_tokens for own in cut_up] == [own.n_tokens for own in whole]


def test_a_later_window_knows_the_tokens_it_shares(gpt2: Any, tokenizer: Any) -> None:
    (ids,) = read_forward(tokenizer, TEXTS[2:])
    found = answered(gpt2, tokenizer, FORWARD, max_length=10, stride=4)[2]
    nats = 0.0
    for first, n_context in [(0, 1), *((i, 4) for i in range(6, len(ids) - 4, 6))]:
        window = torch.tensor([ids[first : first + 10]])
        with torch.inference_mode():
            likely = gpt2(input_ids=window).logits[0].log_softmax(-1)
        nats -= sum(float(likely[i - 1, window[0, i]]) for i in range(n_context, window.shape[1]))
    assert found.nats == pytest.approx(nats, rel=1e-5)


@pytest.mark.parametrize("head", [FORWARD, BOTH_WAYS])
def test_the_lesson_is_the_mean_surprise(
    gpt2: Any, masking_tokenizer: Any, head: LanguageModelling
) -> None:
    split = split_of(*TEXTS)
    settings = {"max_length": 12, "stride": 4, "seed": 0}
    encoded = head.encode(masking_tokenizer, split, settings)
    (batch,) = batches(encoded, [range(len(encoded))], pad_id=0)
    logits = torch.randn((*batch.input_ids.shape, 120))
    lesson = head.lesson(split, encoded, CPU)
    read = head.read(logits, batch, encoded)
    assert lesson.weight(batch) == sum(own.n_tokens for own in read)
    mean = sum(own.nats for own in read) / lesson.weight(batch)
    assert float(lesson.loss(logits, batch)) == pytest.approx(mean, rel=1e-5)


def test_a_model_that_guesses_blindly_has_the_vocabulary_as_perplexity(tokenizer: Any) -> None:
    class Blind:
        def __call__(self, input_ids: Any, **_: object) -> Any:
            logits = torch.zeros((*input_ids.shape, 50))
            return type("Output", (), {"logits": logits})

    found = answered(Blind(), tokenizer, FORWARD)
    assert math.exp(found[0].nats / found[0].n_tokens) == pytest.approx(50, rel=1e-5)


def test_hidden_tokens_depend_on_the_text_alone(masking_tokenizer: Any) -> None:
    settings = {"max_length": 12, "seed": 3}
    together = BOTH_WAYS.encode(masking_tokenizer, split_of(*TEXTS), settings)
    alone = BOTH_WAYS.encode(masking_tokenizer, split_of(TEXTS[2]), settings)
    assert together.take([2]).ids == alone.ids
    assert together.take([2]).places == alone.places


def test_hidden_tokens_are_none_of_the_special_ones(masking_tokenizer: Any) -> None:
    encoded = BOTH_WAYS.encode(masking_tokenizer, split_of(*TEXTS), {"max_length": 12, "seed": 0})
    whole = masking_tokenizer(list(TEXTS))["input_ids"]
    n_hidden = sum(own.count(masking_tokenizer.mask_token_id) for own in encoded.ids)
    assert n_hidden == sum(len(place.tokens) for place in encoded.places) >= len(encoded)
    hidden = {token for place in encoded.places for token in place.tokens}
    assert not hidden & set(masking_tokenizer.all_special_ids)
    assert all(own[0] == whole[0][0] and own[-1] == whole[0][-1] for own in encoded.ids)


def test_the_only_token_of_a_text_is_hidden_and_none_of_an_empty_one(
    masking_tokenizer: Any,
) -> None:
    texts = split_of("a", "")
    encoded = BOTH_WAYS.encode(masking_tokenizer, texts, {"max_length": 12, "seed": 0})
    assert [len(place.tokens) for place in encoded.places] == [1, 0]


def test_fifteen_percent_of_a_text_are_hidden(masking_tokenizer: Any) -> None:
    """The share of BERT (Devlin et al. 2019, section 3.1)."""
    encoded = BOTH_WAYS.encode(masking_tokenizer, split_of(TEXTS[2]), {"max_length": 99, "seed": 0})
    n_tokens = len(encoded.ids[0]) - 2
    assert n_tokens > 20
    assert len(encoded.places[0].tokens) == round(0.15 * n_tokens)


def test_nothing_to_hide_a_token_behind_is_refused(tokenizer: Any) -> None:
    with pytest.raises(SettingsError, match="no mask token"):
        BOTH_WAYS.encode(tokenizer, split_of("a"), {"max_length": 12, "seed": 0})


def test_a_tokenizer_that_tells_no_windows_is_refused() -> None:
    slow = type("SlowTokenizer", (), {"is_fast": False, "mask_token_id": 4})()
    with pytest.raises(SettingsError, match=r"SlowTokenizer does not tell .*tokenizer\.json"):
        BOTH_WAYS.encode(slow, split_of("a"), {"max_length": 12, "seed": 0})


def test_an_empty_text_has_no_window_and_no_surprise() -> None:
    class Speechless:
        bos_token_id = None

        def __call__(self, texts: list[str], **_: object) -> dict[str, list[list[int]]]:
            return {"input_ids": [[] for _ in texts]}

    split = split_of("")
    encoded = FORWARD.encode(Speechless(), split, {"max_length": 9, "stride": 0})
    assert FORWARD.answers([], split, encoded) == [Surprise(nats=0.0, n_tokens=0)]


def test_a_text_begins_once_whether_the_tokenizer_says_so_or_not() -> None:
    class Beginning:
        bos_token_id = 1

        def __call__(self, texts: list[str], **_: object) -> dict[str, list[list[int]]]:
            return {"input_ids": [[1, 5], [5, 1]]}

    assert read_forward(Beginning(), ["a", "b"]) == [[1, 5], [1, 5, 1]]


def test_a_teachers_scores_of_every_token_are_not_kept(tokenizer: Any) -> None:
    encoded = FORWARD.encode(tokenizer, split_of("a"), {"max_length": 9, "stride": 0})
    with pytest.raises(SettingsError, match="set method: task-agnostic"):
        FORWARD.imitation([], encoded, Wish(is_soft=True, temperature=2.0), CPU)


def test_the_class_follows_the_direction() -> None:
    assert (FORWARD.auto_class, BOTH_WAYS.auto_class) == (
        AutoClass.CAUSAL_LM,
        AutoClass.MASKED_LM,
    )
