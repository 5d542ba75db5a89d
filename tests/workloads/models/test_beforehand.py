"""What only the configuration of a model tells, without loading it; folders: tests/study."""

import sys
from pathlib import Path

import pytest

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.records import Scalar
from breakeven.workloads.models.beforehand import check_model, check_positions


def test_a_model_without_a_stated_length_takes_any() -> None:
    check_positions(None, 10_000)


def test_a_length_beyond_the_positions_is_refused() -> None:
    check_positions(512, 512)
    with pytest.raises(SettingsError, match=r"max_length=513 .* 512 positions; choose 1\.\.512"):
        check_positions(512, 513)


RANDOM: dict[str, Scalar] = {
    "model": "random",
    "hidden_size": 8,
    "n_heads": 2,
    "max_length": 64,
}


@pytest.mark.nlp
def test_an_architecture_that_is_none_is_refused_before_anything_is_paid() -> None:
    pytest.importorskip("transformers")
    assert check_model({**RANDOM, "architecture": "albert"}, roles=()) is None
    with pytest.raises(UnknownNameError, match=r"'gpt7'.* known: (\w+, ){2}\w+\.$") as refused:
        check_model({**RANDOM, "architecture": "gpt7"}, roles=())
    assert "gpt2" in str(refused.value)


@pytest.mark.parametrize("architecture", ["albert", "gpt7"])
def test_where_transformers_is_missing_no_architecture_can_be_refused(
    architecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert check_model({**RANDOM, "architecture": architecture}, roles=()) is None


def test_a_known_architecture_is_not_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("torch", "transformers"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert check_model({**RANDOM, "architecture": "gpt2"}, roles=()) is None
    assert not {"torch", "transformers"} & set(sys.modules)


@pytest.mark.parametrize("model", ["tfidf", "owner/name"])
def test_what_is_fitted_here_or_may_be_on_a_hub_is_not_looked_at(model: str) -> None:
    assert check_model({"model": model}, roles=()) is None


def test_a_store_and_a_row_of_one_are_no_models_and_it_is_said_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "store.json").write_text("{}", encoding="utf-8")
    advice = (
        rf"by `breakeven export {tmp_path} --pathway PATHWAY --out FOLDER` and name that folder"
    )
    with pytest.raises(
        SettingsError, match=f"is row 'ft' of a store and no model folder.*{advice}"
    ):
        check_model({"model": f"{tmp_path}:ft"}, roles=())
    with pytest.raises(SettingsError, match=f"is a store and no model folder.*{advice}"):
        check_model({"model": str(tmp_path)}, roles=())


def test_positions_that_a_study_sets_are_known_beforehand(tmp_path: Path) -> None:
    config = tmp_path / "long.json"
    config.write_text('{"model_type": "gpt2", "n_positions": 32, "n_layer": 2}')
    long: dict[str, Scalar] = {
        "max_length": 64,
        "weights": "random",
        "hidden_size": 8,
        "n_heads": 2,
    }
    more: dict[str, Scalar] = {**long, "config": "n_positions=64"}
    assert check_model({**more, "model": str(config)}, roles=()) == 2
    assert check_model({**more, "model": "random"}, roles=()) is None
    for model in (str(config), "random"):
        with pytest.raises(SettingsError, match="beyond the model's 32 positions"):
            check_model({**long, "model": model, "config": "n_positions=32"}, roles=())
