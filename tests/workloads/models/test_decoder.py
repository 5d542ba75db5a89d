"""Greedy decoding equals going on one by one, and transformers' own `generate`."""

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from breakeven.workloads.models.decoder import Decoder, Prompts  # noqa: E402 - after the skip

PROMPTS = ([5, 6, 7], [9], [11, 12, 13, 14, 15, 16], [3, 4])
N_NEW = 8
SIZES = {"vocab_size": 40, "bos_token_id": 1, "eos_token_id": 1, "pad_token_id": 0}


def tiny_gpt2() -> Any:
    config = transformers.GPT2Config(n_embd=16, n_layer=3, n_head=2, n_positions=32, **SIZES)
    return transformers.GPT2LMHeadModel(config)


def tiny_llama() -> Any:
    config = transformers.LlamaConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=32,
        **SIZES,
    )
    return transformers.LlamaForCausalLM(config)


def tiny_bloom() -> Any:
    return transformers.BloomForCausalLM(
        transformers.BloomConfig(hidden_size=16, n_layer=2, n_head=2, **SIZES)
    )


@pytest.fixture(params=[tiny_gpt2, tiny_llama, tiny_bloom], ids=lambda make: make.__name__)
def model(request: pytest.FixtureRequest) -> Any:
    torch.manual_seed(7)
    made = request.param().eval()
    for weights in made.parameters():
        weights.data.mul_(8)  # far from ties between the likeliest tokens
    return made


def continued(model: Any, prompts: Prompts, n_new: int = N_NEW) -> list[list[int]]:
    with torch.inference_mode():
        found = Decoder.of(model, torch.device("cpu")).continued(prompts, n_new)
    tokens: list[list[int]] = found.tolist()
    return tokens


def test_a_padded_batch_says_what_each_prompt_says_alone(model: Any) -> None:
    together = continued(model, Prompts.of(PROMPTS, pad_id=0))
    alone = [continued(model, Prompts.of([own], pad_id=0))[0] for own in PROMPTS]
    assert together == alone
    assert [len(own) for own in together] == [N_NEW] * len(PROMPTS)


def test_it_says_what_generate_says(model: Any) -> None:
    prompts = Prompts.of(PROMPTS, pad_id=0, width=9)
    model.generation_config.eos_token_id = None
    ours = continued(model, prompts)
    theirs = model.generate(
        input_ids=torch.from_numpy(prompts.input_ids),
        attention_mask=torch.from_numpy(prompts.attention_mask),
        max_new_tokens=N_NEW,
        do_sample=False,
    )
    assert ours == theirs[:, 9:].tolist()


def test_an_end_of_text_ends_nothing(model: Any) -> None:
    said = continued(model, Prompts.of(PROMPTS, pad_id=0))
    model.config.eos_token_id = said[0][0]
    model.generation_config.eos_token_id = said[0][0]
    assert continued(model, Prompts.of(PROMPTS, pad_id=0)) == said


def test_reading_alone_chooses_the_first_new_token(model: Any) -> None:
    prompts = Prompts.of(PROMPTS, pad_id=0)
    with torch.inference_mode():
        first = Decoder.of(model, torch.device("cpu")).first(prompts)
    assert first.tolist() == [[own[0]] for own in continued(model, prompts, 2)]


def test_prompts_are_padded_on_the_left() -> None:
    prompts = Prompts.of([[5, 6], [7]], pad_id=9, width=3)
    assert prompts.input_ids.tolist() == [[9, 5, 6], [9, 9, 7]]
    assert np.array_equal(prompts.attention_mask, [[0, 1, 1], [0, 0, 1]])
    assert prompts.n_real_tokens == 3
