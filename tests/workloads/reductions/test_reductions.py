import pytest

from breakeven import registry
from breakeven.errors import SettingsError, UnknownNameError
from breakeven.records import Scalar, Stage
from breakeven.workloads.catalogue import resolve_inference, resolve_stage, stage_options
from breakeven.workloads.reductions import changed_settings, expand, load_reduction

OF_EXPORT = ("backend", "int8-dynamic", "int8-static")
OF_A_STAGE = {**dict.fromkeys(OF_EXPORT, Stage.EXPORT), "refit": Stage.FINETUNE}
NAMES = (
    "backend",
    "batch",
    "depth",
    "int8-dynamic",
    "int8-static",
    "length",
    "padding",
    "precision",
    "refit",
    "sorting",
    "tokenizing",
    "tokens",
)


def base(**passed: Scalar) -> dict[str, Scalar]:
    return resolve_inference(passed)


def test_every_reduction_comes_through_the_registry() -> None:
    assert tuple(registry.names("reduction")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_card_is_filled_in_and_names_a_real_setting(name: str) -> None:
    card = load_reduction(name).card
    assert card.name == name
    assert card.setting in stage_options(card.stage, {})
    assert all((card.what, card.acts_on, card.suggested, card.cost, card.source))


@pytest.mark.parametrize("name", NAMES)
def test_every_suggested_value_reduces_something_and_resolves(name: str) -> None:
    reduction = load_reduction(name)
    card = reduction.card
    before = {
        Stage.INFER: base(padding="max_length", n_layers=6, sorted=False),
        Stage.FINETUNE: resolve_stage(Stage.FINETUNE, {}),
        Stage.EXPORT: {
            **resolve_stage(Stage.EXPORT, {"backend": "openvino"}),
            **({"backend": "another"} if card.setting == "backend" else {}),
        },
    }[card.stage]
    for value in card.suggested:
        after = reduction.apply(before, value)
        assert resolve_stage(card.stage, after) == after
        assert changed_settings(before, after) == {card.setting: (before[card.setting], value)}


def test_a_head_that_is_trained_alone_already_is_not_refitted() -> None:
    settings = resolve_stage(Stage.FINETUNE, {"trained": "head"})
    with pytest.raises(SettingsError, match="trained=head now; only going from all to head"):
        load_reduction("refit").apply(settings, "head")


@pytest.mark.parametrize(("name", "stage"), OF_A_STAGE.items())
def test_what_is_decided_at_a_stage_is_no_inference_row(name: str, stage: Stage) -> None:
    said = f"reduction {name} is decided at stage {stage}, not by an inference row; add a row with"
    with pytest.raises(SettingsError, match=said):
        expand(name, base())


@pytest.mark.parametrize(
    ("name", "current", "value", "sentence"),
    [
        ("backend", "openvino", "openvino", "openvino runs the graph already"),
        ("int8-static", "int8-dynamic", "int8-static", "products are in int8-dynamic already"),
        ("int8-dynamic", "int8-dynamic", "int8-dynamic", "products are in int8-dynamic already"),
    ],
)
def test_a_graph_that_is_so_already_is_refused(
    name: str, current: str, value: str, sentence: str
) -> None:
    reduction = load_reduction(name)
    with pytest.raises(SettingsError, match=f"={value} reduces nothing: {sentence}"):
        reduction.apply({reduction.card.setting: current}, value)


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
        ("sorting", {}, True, "choose sorted=true where it is false"),
        ("tokens", {}, 0, "0 leaves it to batch_size"),
        ("tokens", {"batch_tokens": 512}, 512, "hold 512 tokens already"),
        ("tokenizing", {"tokenize": "ahead"}, "ahead", "texts are tokenized ahead now"),
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
