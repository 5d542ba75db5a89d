import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytestmark = pytest.mark.nlp

from breakeven.errors import ModelFolderError, SettingsError, UnknownNameError  # noqa: E402 - the same
from breakeven.records import Scalar, Stage  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_stage  # noqa: E402 - the same
from breakeven.workloads.models.architecture import is_decoder, new_config  # noqa: E402 - the same
from breakeven.workloads.models.encoder import (  # noqa: E402 - the same
    AutoClass,
    Encoder,
    load_encoder,
    n_positions_of,
)
from breakeven.workloads.models.tokenizer import train_tokenizer  # noqa: E402 - the same

CORPUS = [f"Return the {word} of a file" for word in ("name", "size", "owner", "path")]
SIZES: dict[str, Scalar] = {
    "hidden_size": 8,
    "n_layers": 2,
    "n_heads": 2,
    "intermediate_size": 16,
    "vocab_size": 120,
    "max_length": 16,
}
ENCODERS = ("bert", "distilbert", "electra", "roberta", "mpnet")
DECODERS = ("gpt2", "opt", "gpt_neox", "bloom")


def settings(**passed: Scalar) -> dict[str, Scalar]:
    return resolve_stage(Stage.FINETUNE, {**SIZES, "model": "random", **passed})


def built(**passed: Scalar) -> Encoder:
    return load_encoder(
        settings(**passed), head=AutoClass.CLASSIFICATION, labels=("a", "b"), corpus=CORPUS
    )


def logits(encoder: Encoder) -> Any:
    found = encoder.tokenizer(["the name", "a file"], return_tensors="pt", padding=True)
    found.pop("token_type_ids", None)
    with torch.inference_mode():
        return encoder.model(**found).logits


@pytest.mark.parametrize("family", [*ENCODERS, *(f for f in DECODERS if f != "bloom")])
def test_any_family_is_built_in_the_sizes_asked_and_answers(family: str) -> None:
    encoder = built(architecture=family)
    config = encoder.model.config
    assert config.model_type == family
    assert (config.hidden_size, config.num_hidden_layers, config.num_attention_heads) == (8, 2, 2)
    assert config.vocab_size == len(encoder.tokenizer)
    assert logits(encoder).shape == (2, 2)


@pytest.mark.parametrize("family", [*ENCODERS, *DECODERS])
def test_transformers_is_asked_what_a_decoder_is(family: str) -> None:
    assert is_decoder(transformers.AutoConfig.for_model(family)) is (family in DECODERS)


def test_an_encoder_that_is_used_as_a_decoder_says_so_itself() -> None:
    assert is_decoder(transformers.BertConfig(is_decoder=True))


def test_the_vocabulary_of_a_decoder_has_an_end_and_padding() -> None:
    tokenizer = built(architecture="gpt2").tokenizer
    ids = tokenizer("the name of a file")["input_ids"]
    assert ids[-1] == tokenizer.eos_token_id == tokenizer.bos_token_id
    assert tokenizer.pad_token_id not in (None, tokenizer.eos_token_id)
    assert tokenizer.mask_token is None


def test_a_size_without_a_key_is_refused_unless_left_to_the_family() -> None:
    with pytest.raises(SettingsError, match="'bloom' has no key for intermediate_size"):
        new_config(settings(architecture="bloom"))
    assert logits(built(architecture="bloom", intermediate_size=0)).shape == (2, 2)


def test_further_keys_go_into_the_configuration() -> None:
    config = built(architecture="electra", config="embedding_size=4, hidden_act=relu").model.config
    assert (config.embedding_size, config.hidden_act) == (4, "relu")


@pytest.mark.parametrize("family", ["gpt2", "bert", "roberta", "mpnet"])
@pytest.mark.parametrize("max_length", [512, 600])
def test_there_are_positions_for_the_length_asked_for(family: str, max_length: int) -> None:
    assert n_positions_of(built(architecture=family, max_length=max_length).model) == max_length


def test_places_added_for_a_long_text_leave_the_drawing_of_weights_repeatable() -> None:
    first, second = (built(architecture="roberta", max_length=600).model for _ in range(2))
    assert all(
        torch.equal(left, right)
        for left, right in zip(first.parameters(), second.parameters(), strict=True)
    )


@pytest.mark.parametrize("key", ["n_positions", "max_position_embeddings"])
def test_a_study_may_say_how_many_positions_there_are(key: str) -> None:
    assert n_positions_of(built(architecture="gpt2", config=f"{key}=40").model) == 40
    assert n_positions_of(built(architecture="gpt2", config=f"{key}=700").model) == 700
    with pytest.raises(SettingsError, match=r"max_length=64 is beyond the model's 40 positions"):
        built(architecture="gpt2", config=f"{key}=40", max_length=64)


def test_a_family_without_a_longest_text_takes_any() -> None:
    encoder = built(architecture="xlnet", intermediate_size=0, max_length=600)
    assert n_positions_of(encoder.model) is None


def test_a_model_may_hold_more_embeddings_than_its_tokenizer_has_tokens() -> None:
    encoder = built(config="vocab_size=900")
    assert len(encoder.tokenizer) < encoder.model.config.vocab_size == 900
    too_few = built(config="vocab_size=3")
    assert too_few.model.config.vocab_size == len(too_few.tokenizer)


def test_unknown_keys_and_families_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="embedding_size"):
        built(architecture="electra", config="embeding_size=4")
    with pytest.raises(UnknownNameError, match="electra"):
        built(architecture="electro")


def test_sizes_that_a_family_refuses_say_why() -> None:
    with pytest.raises(SettingsError, match="cannot build a gpt2 model"):
        built(architecture="gpt2", config="activation_function=no-such-thing")


def test_a_tokenizer_that_is_named_is_used(tmp_path: Path) -> None:
    train_tokenizer(["quite different words"] * 9, 100).save_pretrained(tmp_path)
    encoder = built(tokenizer=str(tmp_path))
    assert encoder.tokenizer.tokenize("zebra") == ["[UNK]"]
    assert encoder.model.config.vocab_size == len(encoder.tokenizer)


def test_a_tokenizer_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFolderError, match="has no tokenizer"):
        built(tokenizer=str(tmp_path))
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelFolderError, match="cannot load"):
        built(tokenizer=str(tmp_path))


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    config = built(architecture="mpnet").model.config
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({**config.to_dict(), "vocab_size": 130}), encoding="utf-8")
    return path


def test_a_configuration_alone_is_enough_for_its_costs(config_file: Path) -> None:
    encoder = built(model=str(config_file), weights="random")
    assert encoder.is_random
    assert (encoder.model.config.model_type, encoder.model.config.vocab_size) == ("mpnet", 130)
    assert logits(encoder).shape == (2, 2)


def test_a_configuration_has_no_weights_to_load(config_file: Path) -> None:
    with pytest.raises(ModelFolderError, match="set weights=random for its costs"):
        built(model=str(config_file))


def test_further_keys_change_a_checkpoint_too(config_file: Path) -> None:
    encoder = built(model=str(config_file), weights="random", config="hidden_dropout_prob=0")
    assert encoder.model.config.hidden_dropout_prob == 0


def test_layers_that_are_listed_are_kept(tmp_path: Path) -> None:
    whole = built(n_layers=4)
    whole.model.save_pretrained(tmp_path)
    whole.tokenizer.save_pretrained(tmp_path)
    kept = built(model=str(tmp_path), layers="1,3").model
    pairs = zip(kept.bert.encoder.layer, (1, 3), strict=True)
    for layer, i in pairs:
        theirs = whole.model.bert.encoder.layer[i].state_dict()
        assert all(torch.equal(own, theirs[name]) for name, own in layer.state_dict().items())
