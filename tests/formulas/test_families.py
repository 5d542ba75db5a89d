from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.formulas.families import FAMILIES, Ask, Head, closed_form
from breakeven.formulas.operations import Group, OpCount
from breakeven.formulas.parts import Part

HEADED = [(name, head) for name in sorted(FAMILIES) for head in sorted(FAMILIES[name].heads)]
ONE = Ask(n_sequences=1, n_tokens=128)
TINY_BERT = {
    "model_type": "bert",
    "hidden_size": 2,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "intermediate_size": 3,
    "vocab_size": 5,
    "max_position_embeddings": 7,
}


def form(config: Mapping[str, object], ask: Ask) -> Part:
    found = closed_form(config, ask)
    assert found is not None
    return found


def test_bert_base_with_its_pooler() -> None:
    part = form({"model_type": "bert"}, ONE)
    assert part.ops.n_mac == 11_174_215_680
    assert part.n_parameters == 109_482_240


def test_gpt2_with_its_language_head_and_full_attention() -> None:
    part = form({"model_type": "gpt2"}, Ask(n_sequences=1, n_tokens=128, head=Head.LANGUAGE))
    assert part.ops.n_mac == 16_114_089_984
    assert part.n_parameters == 124_439_808


def test_gpt2_without_its_head_leaves_out_the_vocabulary() -> None:
    part = form({"model_type": "gpt2"}, ONE)
    assert part.ops.n_mac == 16_114_089_984 - 128 * 768 * 50257


def test_bert_base_agrees_with_the_published_figure() -> None:
    # Jiao et al. 2020 (TinyBERT), Table 1: BERT-base 22.5B FLOPs at 128 tokens, the
    # multiply-accumulate counted as 2.
    assert form({"model_type": "bert"}, ONE).ops.n_total == pytest.approx(22.5e9, rel=0.005)


def test_llama_has_the_published_number_of_parameters() -> None:
    # Touvron et al. 2023, Table 2: 6.7B; the released file holds 6,738,415,616.
    part = form({"model_type": "llama"}, Ask(n_sequences=1, n_tokens=1, head=Head.LANGUAGE))
    assert part.n_parameters == 6_738_415_616


def test_mistral_shares_keys_and_values_between_queries() -> None:
    # Jiang et al. 2023, Table 1 (8 of 32 heads); the released file holds 7,241,732,096.
    part = form({"model_type": "mistral"}, Ask(n_sequences=1, n_tokens=1, head=Head.LANGUAGE))
    assert part.n_parameters == 7_241_732_096


def test_the_decoder_of_t5_has_keys_and_values_of_the_encoder() -> None:
    # Raffel et al. 2020, section 3.7 (Small, 60M); the released file holds 60,506,624.
    assert form({"model_type": "t5"}, ONE).n_parameters == 60_506_624


def test_tiny_bert_worked_out_by_hand() -> None:
    part = form(TINY_BERT, Ask(n_sequences=1, n_tokens=2))
    assert part.work == {
        # 4 x (2*2*2) + 2*2*3 + 2*3*2 = 56; attention 2 x (2*2*2) = 16; pooler 2*2 = 4
        Group.PRODUCTS: OpCount(n_add=76, n_mul=76, n_mac=76),
        # softmax of 2 rows of 2
        Group.SOFTMAX: OpCount(n_add=12, n_mul=8),
        # 3 normalisations of 2 rows of 2: per row 9 ADD and 10 MUL
        Group.NORMALISATION: OpCount(n_add=54, n_mul=60),
        # GELU of 6, tanh of 2
        Group.ACTIVATION: OpCount(n_add=6, n_mul=26),
        # two sums of embeddings and two of residuals of 4 each; scale of 4 scores
        Group.ELEMENTWISE: OpCount(n_add=16, n_mul=4),
        Group.GATHER: OpCount(),
    }
    assert part.n_gathered == 3 * 2 * 2


def test_positions_are_looked_up_once_for_all_sequences() -> None:
    words, positions, types = 3 * 2, 2, 3 * 2
    looked_up = form(TINY_BERT, Ask(n_sequences=3, n_tokens=2)).n_gathered
    assert looked_up == (words + positions + types) * 2


def test_tiny_bert_has_so_many_parameters() -> None:
    embeddings = (5 + 7 + 2) * 2 + 4
    layer = 4 * 6 + (6 + 3) + (6 + 2) + 2 * 4
    assert form(TINY_BERT, ONE).n_parameters == embeddings + layer + 6


@given(st.sampled_from(HEADED), st.integers(1, 9))
def test_work_is_proportional_to_sequences_but_for_what_is_done_once(
    headed: tuple[str, Head], n: int
) -> None:
    family, head = headed
    one = form({"model_type": family}, Ask(n_sequences=1, n_tokens=16, head=head))
    many = form({"model_type": family}, Ask(n_sequences=n, n_tokens=16, head=head))
    assert many.ops.n_mac == n * one.ops.n_mac
    assert many.n_parameters == one.n_parameters
    assert 0 <= n * one.ops.n_total - many.ops.n_total < one.ops.n_total * n / 1000


@given(st.sampled_from(sorted(FAMILIES)), st.integers(1, 200))
def test_longer_sequences_cost_more_than_proportionally(family: str, n_tokens: int) -> None:
    config = {"model_type": family}
    single = form(config, Ask(n_sequences=1, n_tokens=n_tokens)).work[Group.PRODUCTS]
    double = form(config, Ask(n_sequences=1, n_tokens=2 * n_tokens)).work[Group.PRODUCTS]
    pooled = 768 * 768
    assert double.n_mac > 2 * single.n_mac - pooled


def test_labels_set_the_width_of_the_classifier() -> None:
    ask = Ask(n_sequences=1, n_tokens=4, head=Head.CLASSIFICATION)
    two = form({"model_type": "bert"}, ask)
    five = form({"model_type": "bert", "id2label": dict.fromkeys(range(5), "")}, ask)
    assert five.n_parameters - two.n_parameters == 3 * 769


@pytest.mark.parametrize("family", ["bert", "gpt2", "llama"])
def test_an_answer_has_a_start_and_an_end_whatever_the_labels(family: str) -> None:
    ask = Ask(n_sequences=1, n_tokens=4, head=Head.ANSWERS)
    labelled = form({"model_type": family, "id2label": dict.fromkeys(range(5), "")}, ask)
    assert labelled == form({"model_type": family}, ask)


@pytest.mark.parametrize(
    "config",
    [
        {"model_type": "qwen2", "attention_bias": True},
        {"model_type": "mistral", "attention_bias": True},
        {"model_type": "qwen3", "mlp_bias": True},
        {"model_type": "no-such-family"},
        {"model_type": "bert", "is_decoder": True},
        {"model_type": "bert", "hidden_act": "new-activation"},
        {},
    ],
)
def test_no_form_is_better_than_a_wrong_one(config: dict[str, object]) -> None:
    assert closed_form(config, ONE) is None


def test_a_text_model_has_no_head_for_images() -> None:
    ask = Ask(n_sequences=1, n_tokens=4, head=Head.IMAGES)
    assert closed_form({"model_type": "bert"}, ask) is None
