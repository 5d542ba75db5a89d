import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.formulas.flops import (
    KAPLAN_SENSOR,
    EncoderShape,
    OpCount,
    distillation_flops,
    encoder_flops,
    encoder_parts,
    gelu_ops,
    inference_flops,
    kaplan_convention,
    kaplan_sensor,
    layer_norm_ops,
    masked_lm_ops,
    matmul_ops,
    softmax_ops,
    training_flops,
)

TINY = EncoderShape(hidden_size=2, n_layers=1, n_heads=1, intermediate_size=3, vocab_size=5)
BERT_BASE = EncoderShape(
    hidden_size=768, n_layers=12, n_heads=12, intermediate_size=3072, vocab_size=30522
)
SHAPES = st.builds(
    EncoderShape,
    hidden_size=st.integers(1, 64),
    n_layers=st.integers(1, 6),
    n_heads=st.integers(1, 4),
    intermediate_size=st.integers(1, 64),
    vocab_size=st.integers(1, 100),
    n_labels=st.integers(0, 5),
)


def test_kaplan_gives_the_papers_fine_tuning_figure() -> None:
    # Dürlich et al. 2023, Table 1: FT fine-tuning 2.48e16, with the letters of equation 7.
    count = training_flops(124_742_805, 256 * 4044 * 32, embeddings="in")
    assert count.flops == pytest.approx(2.4795e16, rel=1e-5)


def test_inference_is_a_third_of_training() -> None:
    assert inference_flops(1000, 7).flops * 3 == training_flops(1000, 7).flops == 42_000


def test_distillation_adds_the_teachers_forward_passes() -> None:
    assert distillation_flops(10, 100, 5).flops == 6 * 10 * 5 + 2 * 100 * 5


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="N=-1"):
        training_flops(-1, 5)


@pytest.mark.parametrize(("embeddings", "word"), [("in", "with"), ("out", "without")])
def test_convention_says_whether_embeddings_count(embeddings: str, word: str) -> None:
    assert f"N {word} embedding tables" in kaplan_convention(embeddings)  # type: ignore[arg-type]


def test_every_count_carries_its_convention() -> None:
    assert training_flops(1, 1).convention == kaplan_convention("out")
    assert kaplan_sensor("out") == KAPLAN_SENSOR
    assert "backward is 2 x forward" in encoder_flops(TINY, length_tokens=1).convention


def test_matrix_product_of_two_by_three_and_three_by_four() -> None:
    assert matmul_ops(2, 3, 4) == OpCount(n_add=24, n_mul=24)


def test_elementwise_counts_worked_out_by_hand() -> None:
    assert softmax_ops(1, 4) == OpCount(n_add=12, n_mul=8)
    assert layer_norm_ops(1, 4) == OpCount(n_add=17, n_mul=16)
    assert gelu_ops(2) == OpCount(n_add=2, n_mul=8)


def test_tiny_encoder_worked_out_by_hand() -> None:
    parts = encoder_parts(TINY, length_tokens=2)
    assert parts == {
        "embedding": OpCount(n_add=8, n_mul=0),
        # 4 x (2*2*2) + 2*2*3 + 2*3*2 = 56
        "linear": OpCount(n_add=56, n_mul=56),
        "attention": OpCount(n_add=16, n_mul=16),
        # softmax of 2 rows of 2: 12 + 8; scale and mask of 4 scores
        "softmax": OpCount(n_add=16, n_mul=12),
        # 3 normalisations of 2 rows of 2: per row 9 ADD and 10 MUL
        "layer_norm": OpCount(n_add=54, n_mul=60),
        "activation": OpCount(n_add=6, n_mul=24),
        "residual": OpCount(n_add=8, n_mul=0),
    }


def test_pooler_and_classifier_are_counted_when_there_are_labels() -> None:
    headed = EncoderShape(
        hidden_size=2, n_layers=1, n_heads=1, intermediate_size=3, vocab_size=5, n_labels=3
    )
    extra = (
        encoder_flops(headed, length_tokens=2).flops - encoder_flops(TINY, length_tokens=2).flops
    )
    assert extra == 2 * (2 * 2) + 2 * (2 * 3) + 2


def test_masked_lm_head_worked_out_by_hand() -> None:
    # dense 2*2 + decoder 2*5 products; GELU of 2 elements; one normalised row of 2
    assert masked_lm_ops(TINY, n_positions=1) == OpCount(
        n_add=4 + 10 + 2 + 9, n_mul=4 + 10 + 8 + 10
    )


def test_bert_base_agrees_with_the_published_figure() -> None:
    # Jiao et al. 2020 (TinyBERT), Table 1: BERT-base 22.5B FLOPs at 128 tokens, the
    # multiply-accumulate counted as 2.
    assert encoder_flops(BERT_BASE, length_tokens=128).flops == pytest.approx(22.5e9, rel=0.02)


@given(SHAPES, st.integers(1, 40), st.integers(1, 9))
def test_work_is_proportional_to_sequences_and_thrice_in_training(
    shape: EncoderShape, length_tokens: int, n_sequences: int
) -> None:
    one = encoder_flops(shape, length_tokens=length_tokens).flops
    many = encoder_flops(
        shape, length_tokens=length_tokens, n_sequences=n_sequences, is_training=True
    )
    assert many.flops == 3 * n_sequences * one


@given(SHAPES, st.integers(1, 40))
def test_longer_sequences_cost_more_than_proportionally(
    shape: EncoderShape, length_tokens: int
) -> None:
    headless = EncoderShape(
        hidden_size=shape.hidden_size,
        n_layers=shape.n_layers,
        n_heads=shape.n_heads,
        intermediate_size=shape.intermediate_size,
        vocab_size=shape.vocab_size,
    )
    single = encoder_flops(headless, length_tokens=length_tokens).flops
    assert encoder_flops(headless, length_tokens=2 * length_tokens).flops > 2 * single


@pytest.mark.nlp
def test_products_agree_with_torchs_own_counter() -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    counter = pytest.importorskip("torch.utils.flop_counter")
    config = transformers.BertConfig(
        hidden_size=12,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=20,
        vocab_size=50,
        num_labels=4,
        attn_implementation="eager",
    )
    model = transformers.BertForSequenceClassification(config).eval()
    shape = EncoderShape(
        hidden_size=12, n_layers=2, n_heads=3, intermediate_size=20, vocab_size=50, n_labels=4
    )
    with torch.inference_mode(), counter.FlopCounterMode(display=False) as counted:
        model(input_ids=torch.ones((5, 7), dtype=torch.int64))
    parts = encoder_parts(shape, length_tokens=7)
    assert counted.get_total_flops() == 5 * (parts["linear"] + parts["attention"]).n_total
