import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.records import Scalar
from breakeven.workloads.options import Option, resolve

OPTIONS = {
    "path": Option(default="", is_required=True, doc="where the rows are"),
    "size": Option(default=8, low=1, high=64, doc="examples per step"),
    "lr": Option(default=1e-3, low=0.0, doc="learning rate"),
    "mode": Option(default="a", choices=("a", "b"), doc="which way"),
    "form": Option(default="", choices=("", "a", "b"), doc="which shape; empty: either"),
    "fast": Option(default=True, doc="whether to hurry"),
}


def resolve_one(**passed: Scalar) -> dict[str, Scalar]:
    return resolve("stage x", OPTIONS, {"path": "p", **passed})


def test_defaults_are_filled_in_the_order_of_the_options() -> None:
    assert list(resolve_one(mode="b").items()) == [
        ("path", "p"),
        ("size", 8),
        ("lr", 1e-3),
        ("mode", "b"),
        ("form", ""),
        ("fast", True),
    ]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("size", 16.0, 16, id="whole float for an int"),
        pytest.param("size", "16", 16, id="text for an int"),
        pytest.param("lr", "3e-5", 3e-5, id="YAML reads 3e-5 as text"),
        pytest.param("lr", 1, 1.0, id="int for a float"),
        pytest.param("path", 7, "7", id="number for text"),
    ],
)
def test_values_come_out_in_the_options_type(name: str, value: Scalar, expected: Scalar) -> None:
    resolved = resolve_one(**{name: value})[name]
    assert resolved == expected
    assert type(resolved) is type(expected)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("size", 1.5, "size=1.5 is not of type int"),
        ("size", "many", "size='many' is not of type int"),
        ("size", True, "size=True is not of type int"),
        ("fast", "yes", "fast='yes' is not of type bool"),
        ("size", 0, "size=0 is out of range; it must be at least 1 and at most 64"),
        ("size", 65, "size=65 is out of range"),
        ("lr", -0.1, "it must be at least 0"),
        ("lr", float("nan"), "lr=nan is out of range"),
        ("lr", float("inf"), "lr=inf is out of range"),
        ("mode", "c", "mode='c' is not a choice; choose one of a, b$"),
        ("form", "d", "form='d' is not a choice; choose one of a, b, or leave it out$"),
    ],
)
def test_impossible_values_are_refused(name: str, value: Scalar, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence.replace(".", r"\.")):
        resolve_one(**{name: value})


def test_unknown_key_suggests_the_nearest() -> None:
    with pytest.raises(
        UnknownNameError, match=r"no setting of stage x named 'sise'\. Did you mean 'size'"
    ):
        resolve_one(sise=3)


def test_missing_required_key_says_what_it_is() -> None:
    with pytest.raises(SettingsError, match="stage x needs 'path': where the rows are"):
        resolve("stage x", OPTIONS, {})


def test_an_option_without_limits_takes_any_finite_number() -> None:
    free = {"shift": Option(default=0.0, doc="any")}
    assert resolve("x", free, {"shift": -1e9}) == {"shift": -1e9}


@given(st.integers(1, 64), st.floats(0, 1e9), st.booleans())
def test_resolving_what_was_resolved_changes_nothing(size: int, lr: float, fast: bool) -> None:  # noqa: FBT001 - drawn by Hypothesis
    once = resolve_one(size=size, lr=lr, fast=fast)
    assert resolve("stage x", OPTIONS, once) == once
