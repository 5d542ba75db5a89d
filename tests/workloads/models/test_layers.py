import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import SettingsError
from breakeven.workloads.models.layers import (
    keep_first_layers,
    lower_layers,
    spread_layers,
    take_layers,
)


@st.composite
def depths(draw: st.DrawFn) -> tuple[int, int]:
    n_layers = draw(st.integers(1, 48))
    return n_layers, draw(st.integers(1, n_layers))


def test_six_of_twelve_are_the_lower_ones_or_every_other() -> None:
    assert lower_layers(12, 6) == (0, 1, 2, 3, 4, 5)
    assert spread_layers(12, 6) == (0, 2, 4, 6, 8, 10)


@given(depths())
def test_layers_ascend_within_the_model(depth: tuple[int, int]) -> None:
    n_layers, n_kept = depth
    for choose in (lower_layers, spread_layers):
        chosen = choose(n_layers, n_kept)
        assert len(chosen) == n_kept
        assert list(chosen) == sorted(set(chosen))
        assert chosen[0] == 0
        assert chosen[-1] < n_layers


@pytest.mark.parametrize("n_kept", [0, 7])
def test_impossible_depths_name_the_choices(n_kept: int) -> None:
    sentence = rf"model has 6 layers, n_layers={n_kept} asked; choose 1\.\.6"
    with pytest.raises(SettingsError, match=sentence):
        lower_layers(6, n_kept)
    with pytest.raises(SettingsError, match=sentence):
        spread_layers(6, n_kept)


def tiny(family: str) -> object:
    transformers = pytest.importorskip("transformers")
    configs = {
        "bert": {"hidden_size": 8, "num_hidden_layers": 4, "num_attention_heads": 2},
        "roberta": {"hidden_size": 8, "num_hidden_layers": 4, "num_attention_heads": 2},
        "distilbert": {"dim": 8, "n_layers": 4, "n_heads": 2, "hidden_dim": 16},
        "gpt2": {"n_embd": 8, "n_layer": 4, "n_head": 2},
    }
    config = transformers.AutoConfig.for_model(family, vocab_size=20, **configs[family])
    config.pad_token_id = 0
    return transformers.AutoModelForSequenceClassification.from_config(config).eval()


@pytest.mark.nlp
@pytest.mark.parametrize("family", ["bert", "roberta", "distilbert", "gpt2"])
def test_a_students_layers_equal_the_teachers_they_came_from(family: str) -> None:
    torch = pytest.importorskip("torch")
    teacher = tiny(family)
    student = take_layers(teacher, spread_layers(4, 2))
    assert student.config.num_hidden_layers == 2
    states = [_layer_states(model) for model in (teacher, student)]
    for mine, theirs in ((0, 0), (1, 2)):
        pairs = zip(states[1][mine].values(), states[0][theirs].values(), strict=True)
        assert all(torch.equal(own, other) for own, other in pairs)
    student(input_ids=torch.ones((1, 3), dtype=torch.int64))


@pytest.mark.nlp
def test_keeping_the_first_layers_leaves_the_teacher_as_it_was() -> None:
    torch = pytest.importorskip("torch")
    teacher = tiny("bert")
    before = {name: value.clone() for name, value in teacher.state_dict().items()}  # type: ignore[attr-defined]
    student = keep_first_layers(teacher, 3)
    with torch.no_grad():
        next(student.parameters()).add_(1.0)
    after = teacher.state_dict()  # type: ignore[attr-defined]
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.nlp
def test_a_copy_that_shares_weights_takes_no_memory_of_its_own() -> None:
    teacher = tiny("bert")
    tensors = {p.data_ptr() for p in teacher.parameters()}  # type: ignore[attr-defined]
    shared = keep_first_layers(teacher, 2, shares_weights=True)
    assert {p.data_ptr() for p in shared.parameters()} < tensors
    assert teacher.config.num_hidden_layers == 4  # type: ignore[attr-defined]


@pytest.mark.nlp
def test_depth_above_the_models_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"model has 4 layers, n_layers=9 asked; choose 1\.\.4"):
        keep_first_layers(tiny("bert"), 9)


@pytest.mark.nlp
def test_a_model_without_a_list_of_layers_cannot_be_cut() -> None:
    model = tiny("bert")
    model.config.num_hidden_layers = 5  # type: ignore[attr-defined]
    with pytest.raises(SettingsError, match="keeps no list of 5 layers"):
        take_layers(model, (0,))


def _layer_states(model: object) -> list[dict[str, object]]:
    torch = pytest.importorskip("torch")
    n_layers = model.config.num_hidden_layers  # type: ignore[attr-defined]
    lists = [
        m
        for m in model.base_model.modules()  # type: ignore[attr-defined]
        if isinstance(m, torch.nn.ModuleList) and len(m) == n_layers
    ]
    return [layer.state_dict() for layer in lists[0]]
