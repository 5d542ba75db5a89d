import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytestmark = pytest.mark.nlp

from breakeven.errors import ModelFolderError, SettingsError  # noqa: E402 - after importorskip
from breakeven.records import Scalar, Stage  # noqa: E402 - the same
from breakeven.workloads.catalogue import resolve_stage  # noqa: E402 - the same
from breakeven.workloads.models.batches import collate  # noqa: E402 - the same
from breakeven.workloads.models.encoded import Encoded  # noqa: E402 - the same
from breakeven.workloads.models.encoder import (  # noqa: E402 - the same
    AutoClass,
    Encoder,
    build_random,
    check_max_length,
    count_parameters,
    load_encoder,
    load_model,
    save_model,
    to_tensors,
)
from breakeven.workloads.models.tokenizer import train_tokenizer  # noqa: E402 - the same

CORPUS = [f"Return the {word} of a file" for word in ("name", "size", "owner", "path")]
SHAPE: dict[str, Scalar] = {
    "hidden_size": 8,
    "n_layers": 3,
    "n_heads": 2,
    "intermediate_size": 16,
    "vocab_size": 120,
    "max_length": 16,
}


def settings(**passed: Scalar) -> dict[str, Scalar]:
    return resolve_stage(Stage.FINETUNE, {**SHAPE, "n_layers": 0, **passed})


def random_encoder(head: AutoClass = AutoClass.CLASSIFICATION, seed: int = 0) -> Encoder:
    asked = settings(model="random", n_layers=3, seed=seed)
    labels = ("neg", "pos", "meh") if head is AutoClass.CLASSIFICATION else ()
    return load_encoder(asked, head=head, labels=labels, corpus=CORPUS)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_model(tmp_path / "model", random_encoder())
    return tmp_path / "model"


def answers(encoder: Encoder) -> Any:
    batch = collate(
        Encoded.one_each([[2, 7, 8, 3], [2, 9, 3]]), [0, 1], pad_id=encoder.tokenizer.pad_token_id
    )
    with torch.inference_mode():
        return encoder.model(**to_tensors(batch)).logits


def test_a_random_model_has_the_shape_asked_and_says_it_is_random() -> None:
    encoder = random_encoder()
    assert encoder.is_random
    assert encoder.labels == ("neg", "pos", "meh")
    config = encoder.model.config
    assert (config.num_hidden_layers, config.num_attention_heads) == (3, 2)
    assert (config.hidden_size, config.intermediate_size) == (8, 16)
    assert config.vocab_size == len(encoder.tokenizer)


def test_the_seed_decides_random_weights() -> None:
    first, again, other = (answers(random_encoder(seed=seed)) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_heads_that_do_not_divide_the_width_are_refused() -> None:
    with pytest.raises(SettingsError, match="n_heads=3 does not divide hidden_size=8"):
        load_encoder(settings(model="random", n_heads=3), head=AutoClass.MASKED_LM, corpus=CORPUS)


def test_what_was_saved_answers_alike_after_loading(saved: Path) -> None:
    loaded = load_model(saved)
    assert loaded.labels == ("neg", "pos", "meh")
    assert loaded.new_weights == ()
    assert not loaded.is_random
    assert torch.equal(answers(loaded), answers(random_encoder()))
    assert not list(saved.glob("*.bin"))


def test_a_parent_is_loaded_from_its_folder(saved: Path) -> None:
    loaded = load_encoder(settings(), head=AutoClass.CLASSIFICATION, parent=saved)
    assert torch.equal(answers(loaded), answers(random_encoder()))


def test_a_parent_must_be_given() -> None:
    with pytest.raises(SettingsError, match="model=parent needs a parent; set `from`"):
        load_encoder(settings(), head=AutoClass.CLASSIFICATION)


def test_lower_layers_are_kept_when_asked(saved: Path) -> None:
    shallow = load_encoder(settings(n_layers=2), head=AutoClass.CLASSIFICATION, parent=saved)
    assert shallow.model.config.num_hidden_layers == 2


def test_depth_above_the_models_is_refused(saved: Path) -> None:
    with pytest.raises(SettingsError, match=r"model has 3 layers, n_layers=9 asked; choose 1\.\.3"):
        load_encoder(settings(n_layers=9), head=AutoClass.CLASSIFICATION, parent=saved)


def test_length_beyond_the_positions_is_refused(saved: Path) -> None:
    with pytest.raises(SettingsError, match=r"max_length=600 is beyond the model's 512 positions"):
        load_encoder(settings(max_length=600), head=AutoClass.CLASSIFICATION, parent=saved)


def test_positions_that_begin_after_paddings_are_fewer_than_their_table() -> None:
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 9}
    config = transformers.RobertaConfig(max_position_embeddings=514, pad_token_id=1, **sizes)
    model = transformers.AutoModelForMaskedLM.from_config(config)
    check_max_length(model, 512)
    with pytest.raises(SettingsError, match="512 positions"):
        check_max_length(model, 513)


def test_a_new_head_is_told_from_a_loaded_one(tmp_path: Path, saved: Path) -> None:
    save_model(tmp_path / "mlm", random_encoder(AutoClass.MASKED_LM))
    assert not load_model(tmp_path / "mlm", head=AutoClass.MASKED_LM).has_new_head
    assert load_model(tmp_path / "mlm").has_new_head
    assert load_model(saved, head=AutoClass.MASKED_LM).has_new_head


def test_a_new_head_depends_on_the_seed_alone(tmp_path: Path) -> None:
    save_model(tmp_path, random_encoder(AutoClass.MASKED_LM))
    asked = [
        load_encoder(
            settings(seed=s), head=AutoClass.CLASSIFICATION, labels=("a", "b"), parent=tmp_path
        )
        for s in (5, 5, 6)
    ]
    weights = [encoder.model.classifier.weight for encoder in asked]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_random_weights_need_no_weights_in_the_folder(saved: Path) -> None:
    (saved / "model.safetensors").unlink()
    built = load_encoder(
        settings(model=str(saved), weights="random"),
        head=AutoClass.CLASSIFICATION,
        labels=("a", "b"),
    )
    assert built.is_random
    assert built.labels == ("a", "b")
    assert built.model.config.num_hidden_layers == 3


@pytest.mark.parametrize("name", ["./none", "../none/model", "/none/model"])
def test_a_path_that_is_not_there_is_refused_before_any_hub_is_asked(name: str) -> None:
    with pytest.raises(ModelFolderError, match=f"no model folder {Path(name)}"):
        load_encoder(settings(model=name), head=AutoClass.CLASSIFICATION)


def test_a_name_below_a_folder_that_exists_is_a_path_and_no_hub_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelFolderError, match="no model folder models/none"):
        load_encoder(settings(model="models/none"), head=AutoClass.CLASSIFICATION)


def test_a_hub_that_cannot_be_reached_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*args: object, **kwargs: object) -> None:
        raise OSError("We couldn't connect to the hub.\nSecond line.")

    monkeypatch.setattr(transformers.AutoConfig, "from_pretrained", unreachable)
    with pytest.raises(ModelFolderError, match=r"connect to the hub\.\); give the path of a local"):
        load_encoder(settings(model="someone/model"), head=AutoClass.CLASSIFICATION)


def test_a_folder_transformers_cannot_read_says_so(saved: Path) -> None:
    config = json.loads((saved / "config.json").read_text())
    (saved / "config.json").write_text(json.dumps({**config, "model_type": "nonesuch"}))
    with pytest.raises(ModelFolderError, match=r"cannot load model .*; save it again"):
        load_model(saved)


def test_pickled_weights_are_never_opened_even_where_a_check_lets_them_pass(saved: Path) -> None:
    weights = load_model(saved).model.state_dict()
    (saved / "model.safetensors").rename(saved / "other.safetensors")
    torch.save(weights, saved / "pytorch_model.bin")
    with pytest.raises(ModelFolderError, match="cannot load model"):
        load_model(saved)


def test_a_tokenizer_of_another_model_is_refused(saved: Path) -> None:
    words = " ".join(f"word{chr(97 + i)}{chr(97 + j)}" for i in range(9) for j in range(9))
    train_tokenizer([words, words + " x"], 600).save_pretrained(saved)
    with pytest.raises(ModelFolderError, match=r"has .* tokens and its model .* do not belong"):
        load_model(saved)


def test_a_model_trained_without_padding_pads_with_its_end_token(tmp_path: Path) -> None:
    tokenizer = train_tokenizer(CORPUS, 120)
    tokenizer.pad_token, tokenizer.eos_token = None, "[SEP]"
    config = transformers.GPT2Config(
        vocab_size=len(tokenizer), n_embd=8, n_layer=2, n_head=2, n_positions=64
    )
    model = transformers.GPT2ForSequenceClassification(config)
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    loaded = load_model(tmp_path)
    assert loaded.tokenizer.pad_token == "[SEP]"
    assert loaded.model.config.pad_token_id == tokenizer.eos_token_id


def test_tied_parameters_are_counted_once() -> None:
    encoder = random_encoder(AutoClass.MASKED_LM)
    counts = count_parameters(encoder.model)
    n_vocab = len(encoder.tokenizer)
    # Embeddings: tokens, 512 positions, 2 segments. Per layer: 4 * (8*8 + 8) of attention,
    # 8*16 + 16 + 16*8 + 8 of feed-forward, 2 * 16 of normalisation. Head: 8*8 + 8 + 16 + bias.
    assert counts.n_embedding == (n_vocab + 512 + 2) * 8
    assert counts.n_total == counts.n_embedding + 16 + 3 * 600 + 88 + n_vocab


def test_labels_are_renamed_with_the_task(saved: Path, tmp_path: Path) -> None:
    renamed = replace(load_model(saved), labels=("x", "y", "z"))
    save_model(tmp_path / "renamed", renamed)
    assert load_model(tmp_path / "renamed").labels == ("x", "y", "z")


def test_build_random_takes_a_tokenizer_that_exists() -> None:
    tokenizer = train_tokenizer(CORPUS, 120)
    built = build_random(settings(n_layers=1), tokenizer, head=AutoClass.MASKED_LM)
    assert built.tokenizer is tokenizer
    assert built.labels == ()


def test_the_real_model_loads_and_answers(shared_dir: Path) -> None:
    folder = shared_dir / "models" / "all-MiniLM-L6-v2"
    encoder = load_encoder(
        settings(model=str(folder), n_layers=2, max_length=128),
        head=AutoClass.CLASSIFICATION,
        labels=("neg", "pos"),
    )
    assert encoder.has_new_head
    assert count_parameters(encoder.model).n_embedding == (30522 + 512 + 2) * 384
    assert answers(encoder).shape == (2, 2)
