import pytest

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.workloads.models.further import check_further, read_further

KNOWN = {"hidden_act": "gelu", "hidden_dropout_prob": 0.1, "type_vocab_size": 2, "n_inner": None}


def test_values_are_read_as_json_has_them_and_else_as_text() -> None:
    text = "a=1, b=0.5,c=true, d=None, e=null, f=gelu_new, g=1e-5"
    found = read_further(text)
    assert found == {
        "a": 1,
        "b": 0.5,
        "c": True,
        "d": None,
        "e": None,
        "f": "gelu_new",
        "g": 1e-5,
    }


def test_nothing_said_is_nothing_read() -> None:
    assert read_further("") == {}


@pytest.mark.parametrize("text", ["hidden_act", "=3", "a=", "a=1, a=2"])
def test_what_is_no_key_with_its_value_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="write key=value, key=value"):
        read_further(text)


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="hidden_act"):
        check_further({"hiden_act": "relu"}, KNOWN, of="tiny")


@pytest.mark.parametrize("value", ["much", True])
def test_a_value_of_another_sort_is_refused(value: object) -> None:
    with pytest.raises(SettingsError, match="not of type float"):
        check_further({"hidden_dropout_prob": value}, KNOWN, of="tiny")


def test_a_whole_number_will_do_for_a_fraction_and_anything_for_nothing() -> None:
    check_further({"hidden_dropout_prob": 0, "n_inner": 8, "type_vocab_size": None}, KNOWN, of="x")
