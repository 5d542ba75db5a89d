import pytest

from breakeven import registry
from breakeven.errors import SettingsError, UnknownNameError
from breakeven.records import Scalar
from breakeven.workloads.catalogue import resolve_inference
from breakeven.workloads.inference_options import INFERENCE
from breakeven.workloads.reductions import changed_settings, load_reduction

NAMES = ("batch", "depth", "length", "padding", "precision")


def base(**passed: Scalar) -> dict[str, Scalar]:
    return resolve_inference(passed)


def test_every_reduction_comes_through_the_registry() -> None:
    assert tuple(registry.names("reduction")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_card_is_filled_in_and_names_a_real_setting(name: str) -> None:
    card = load_reduction(name).card
    assert card.name == name
    assert card.setting in INFERENCE
    assert all((card.what, card.acts_on, card.suggested, card.cost, card.source))


@pytest.mark.parametrize("name", NAMES)
def test_every_suggested_value_reduces_something_and_resolves(name: str) -> None:
    reduction = load_reduction(name)
    before = base(padding="max_length", n_layers=6)
    for value in reduction.card.suggested:
        after = reduction.apply(before, value)
        assert resolve_inference(after) == after
        assert changed_settings(before, after) == {
            reduction.card.setting: (before[reduction.card.setting], value)
        }


@pytest.mark.parametrize(
    ("name", "settings", "value", "sentence"),
    [
        ("length", {"max_length": 32}, 32, r"inputs are cut at 32 tokens now; choose 1\.\.31"),
        ("length", {}, 0, r"choose 1\.\.127"),
        ("depth", {"n_layers": 4}, 4, r"the model runs 4 layers now; choose 1\.\.3"),
        ("depth", {}, 0, "0 means all layers"),
        ("padding", {}, "longest", "padded to longest now"),
        ("padding", {"padding": "max_length"}, "max_length", "padded to max_length now"),
        ("batch", {"batch_size": 8}, 8, "batches hold 8 examples already"),
        ("batch", {}, 0, "at least 1 example"),
        ("precision", {}, "fp32", "numbers are fp32 now; choose bf16, fp16"),
        ("precision", {"precision": "bf16"}, "fp16", "as narrow as it gets"),
    ],
)
def test_a_reduction_that_reduces_nothing_is_refused(
    name: str, settings: dict[str, Scalar], value: Scalar, sentence: str
) -> None:
    with pytest.raises(SettingsError, match=f"={value} reduces nothing: .*{sentence}"):
        load_reduction(name).apply(base(**settings), value)


def test_settings_stay_as_they_were() -> None:
    before = base()
    load_reduction("length").apply(before, 32)
    assert before == base()


def test_changed_settings_include_those_only_one_side_has() -> None:
    assert changed_settings({"a": 1}, {"b": 2}) == {"a": (1, None), "b": (None, 2)}


def test_unknown_reduction_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'length'"):
        load_reduction("lenght")
