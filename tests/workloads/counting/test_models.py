from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytestmark = pytest.mark.nlp

from breakeven.errors import ModelFolderError  # noqa: E402 - after importorskip
from breakeven.formulas.families import FAMILIES, Ask, Head, closed_form  # noqa: E402 - the same
from breakeven.formulas.operations import Group  # noqa: E402 - the same
from breakeven.workloads.counting.models import (  # noqa: E402 - the same
    Build,
    count_model,
    hub_config,
)

HEADED = [(name, head) for name in sorted(FAMILIES) for head in sorted(FAMILIES[name].heads)]
SIZES = {"vocab_size": 512, "max_position_embeddings": 200}
OWN_NAMES = {
    "distilbert": ("dim", "hidden_dim", "n_layers", "n_heads"),
    "gpt2": ("n_embd", "n_inner", "n_layer", "n_head"),
    "t5": ("d_model", "d_ff", "num_layers", "num_heads"),
}
USUAL = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads")
GROUPED = {"num_key_value_heads": 2}
FURTHER: dict[str, dict[str, Any]] = {
    "electra": {"embedding_size": 24},
    "gpt2": {"n_positions": 200},
    "t5": {"d_kv": 12, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False},
    **dict.fromkeys(("llama", "mistral", "qwen2", "qwen3"), GROUPED),
}


def config(family: str, *sizes: int) -> dict[str, Any]:
    names = OWN_NAMES.get(family, USUAL)
    own = dict(zip(names, sizes, strict=True))
    return {"model_type": family, **SIZES, **own, **FURTHER.get(family, {})}


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
@pytest.mark.parametrize(
    ("sizes", "n_sequences", "n_tokens"),
    [((48, 80, 2, 4), 3, 16), ((96, 384, 1, 8), 1, 1), ((128, 64, 3, 4), 2, 150)],
)
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_closed_form_and_count_agree(
    family: str, sizes: tuple[int, ...], n_sequences: int, n_tokens: int, attention: str
) -> None:
    shape, ask = config(family, *sizes), Ask(n_sequences=n_sequences, n_tokens=n_tokens)
    form, count = closed_form(shape, ask), count_model(shape, ask, Build(attention=attention))
    assert form is not None
    assert form.ops.n_mac == count.ops.n_mac
    assert form.n_parameters == count.n_parameters
    assert form.n_embedding == count.n_embedding
    assert form.ops.n_total == pytest.approx(count.ops.n_total, rel=0.01)
    assert count.unknown == {}


@pytest.mark.parametrize(("family", "head"), HEADED)
def test_every_head_is_counted_exactly_with_eager_attention(family: str, head: Head) -> None:
    shape, ask = config(family, 48, 80, 2, 4), Ask(n_sequences=2, n_tokens=5, head=head)
    form, count = closed_form(shape, ask), count_model(shape, ask, Build(attention="eager"))
    assert form is not None
    assert form.ops == count.ops
    assert form.n_parameters == count.n_parameters
    worked = {group for group, ops in count.work.items() if ops.n_total}
    assert all(form.work[group] == count.work[group] for group in worked)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_defaults_are_those_of_transformers(family: str) -> None:
    theirs = transformers.AutoConfig.for_model(family).to_dict()
    ask = Ask(n_sequences=1, n_tokens=4)
    assert closed_form({"model_type": family}, ask) == closed_form(theirs, ask)


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize(
    ("family", "head", "n_mac"),
    [
        ("bert", Head.NONE, 11_174_215_680),
        ("gpt2", Head.LANGUAGE, 16_114_089_984),
    ],
)
def test_exact_macs_at_128_tokens(
    family: str, head: Head, n_mac: int, device: str, attention: str
) -> None:
    ask = Ask(n_sequences=1, n_tokens=128, head=head)
    build = Build(attention=attention, device=device)
    count = count_model({"model_type": family}, ask, build)
    assert count.work[Group.PRODUCTS].n_mac == count.ops.n_mac == n_mac
    assert all(count.work[g].n_total for g in (Group.NORMALISATION, Group.ACTIVATION))
    assert count.moved_bytes(Group.GATHER) > 128 * 768 * 4


def test_torchs_counter_drops_fused_attention_on_the_cpu() -> None:
    ask = Ask(n_sequences=2, n_tokens=8)
    shape = config("bert", 48, 80, 2, 4)
    fused = count_model(shape, ask, Build(attention="sdpa", device="cpu"))
    apart = count_model(shape, ask, Build(attention="eager", device="cpu"))
    assert fused.torch_flops is not None
    assert apart.torch_flops == 2 * apart.ops.n_mac == 2 * fused.ops.n_mac
    dropped = 2 * 2 * 8 * 8 * 48 * 2  # layers x products x positions x positions x width x batch
    assert fused.torch_flops in {apart.torch_flops, apart.torch_flops - 2 * dropped}


def test_an_architecture_without_a_closed_form_is_counted() -> None:
    shape = {"model_type": "albert", "hidden_size": 48, "num_attention_heads": 4}
    ask = Ask(n_sequences=1, n_tokens=8)
    assert closed_form(shape, ask) is None
    assert count_model(shape, ask).ops.n_mac > 0


def test_an_encoder_with_a_decoder_reads_both_sides() -> None:
    shape = {"model_type": "t5", "d_model": 32, "d_ff": 64, "num_layers": 1, "vocab_size": 50}
    bare = count_model(shape, Ask(n_sequences=1, n_tokens=4))
    headed = count_model(shape, Ask(n_sequences=1, n_tokens=4, head=Head.LANGUAGE))
    assert headed.ops.n_mac - bare.ops.n_mac == 4 * 32 * 50


def test_a_model_of_images_ignores_the_length() -> None:
    shape = {"model_type": "vit", "num_hidden_layers": 1, "hidden_size": 48, "image_size": 32}
    shape |= {"num_attention_heads": 4, "intermediate_size": 64}
    count = count_model(shape, Ask(n_sequences=1, n_tokens=1, head=Head.IMAGES))
    # 4 patches of 16 x 16 x 3 pixels
    assert count.work[Group.CONVOLUTION].n_mac == 4 * 768 * 48
    assert count.unknown == {}


def test_a_head_that_a_model_does_not_have_is_refused() -> None:
    ask = Ask(n_sequences=1, n_tokens=1, head=Head.CLASSIFICATION)
    with pytest.raises(ModelFolderError, match="cannot build 'vit' with head classification"):
        count_model({"model_type": "vit"}, ask)


def test_work_that_depends_on_weights_is_refused_with_the_way_out() -> None:
    shape = {"model_type": "t5", "d_model": 32, "d_ff": 64, "num_layers": 1, "vocab_size": 50}
    ask = Ask(n_sequences=1, n_tokens=4, head=Head.CLASSIFICATION)
    with pytest.raises(ModelFolderError, match="give it to count_module"):
        count_model(shape, ask)


def test_what_is_nothing_is_said_to_be_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelFolderError, match=r"no folder, config\.json, architecture"):
        hub_config("nobody/nothing")


def test_experts_are_counted_by_the_rows_they_are_sent() -> None:
    shape = {"model_type": "mixtral", "dtype": "bfloat16", "num_hidden_layers": 1}
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4, "head_dim": 8}
    shape |= {**sizes, "num_key_value_heads": 4, "vocab_size": 50, "num_local_experts": 8}
    count = count_model(shape, Ask(n_sequences=1, n_tokens=8), Build(attention="eager"))
    projections, scores, router = 4 * 8 * 32 * 32, 2 * 4 * 8 * 8 * 8, 8 * 32 * 8
    experts = 2 * 8 * 3 * 32 * 64  # two of eight for each of 8 tokens, three matrices each
    assert count.unknown == {}
    assert count.ops.n_mac == projections + scores + router + experts
