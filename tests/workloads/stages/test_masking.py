from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from hypothesis import given  # noqa: E402 - needs torch
from hypothesis import strategies as st  # noqa: E402 - the same

from breakeven.errors import SettingsError  # noqa: E402 - the same
from breakeven.workloads.stages.masking import Masker  # noqa: E402 - the same

pytestmark = pytest.mark.nlp

PAD, CLS, SEP, MASK, VOCAB = 0, 1, 2, 3, 50


def masker(seed: int = 0, share: float = 0.15) -> Masker:
    return Masker(
        mask_id=MASK,
        never=(PAD, CLS, SEP),
        vocab_size=VOCAB,
        generator=torch.Generator().manual_seed(seed),
        share=share,
    )


@given(st.lists(st.integers(1, 20), min_size=1, max_size=6), st.integers(0, 1000))
def test_hides_at_least_one_token_and_never_a_special_one(lengths: list[int], seed: int) -> None:
    width = max(lengths) + 2
    ids = torch.full((len(lengths), width), PAD)
    for row, length in enumerate(lengths):
        ids[row, : length + 2] = torch.tensor([CLS, *range(10, 10 + length), SEP])
    masked = masker(seed).mask(ids)
    assert masked.positions.any()
    assert (masked.targets >= 10).all()
    assert torch.equal(masked.targets, ids[masked.positions])
    assert torch.equal(masked.input_ids[~masked.positions], ids[~masked.positions])


def test_hides_fifteen_in_a_hundred_and_shows_eight_tenths_of_them_as_mask() -> None:
    masked = masker().mask(torch.full((200, 200), 20))
    assert masked.positions.float().mean() == pytest.approx(0.15, abs=0.005)
    shown = masked.input_ids[masked.positions]
    assert (shown == MASK).float().mean() == pytest.approx(0.8 + 0.1 / VOCAB, abs=0.02)
    assert (shown == 20).float().mean() == pytest.approx(0.1 + 0.1 / VOCAB, abs=0.02)


def test_equal_seeds_hide_equal_tokens() -> None:
    ids = torch.arange(10, 40).reshape(3, 10)
    first, second = masker(7).mask(ids), masker(7).mask(ids)
    assert torch.equal(first.input_ids, second.input_ids)


def test_a_batch_of_special_tokens_hides_nothing() -> None:
    assert not masker().mask(torch.tensor([[CLS, SEP]])).positions.any()


def test_takes_its_tokens_from_the_tokenizer() -> None:
    class Tokenizer(SimpleNamespace):
        def __len__(self) -> int:
            return VOCAB

    tokenizer = Tokenizer(mask_token_id=3, pad_token_id=0, cls_token_id=1, sep_token_id=None)
    found = Masker.of(tokenizer, {"seed": 1})
    assert (found.mask_id, list(found.never), found.vocab_size) == (3, [0, 1], VOCAB)


def test_a_tokenizer_without_mask_is_refused() -> None:
    with pytest.raises(SettingsError, match="no mask token"):
        Masker.of(SimpleNamespace(mask_token_id=None), {"seed": 1})
