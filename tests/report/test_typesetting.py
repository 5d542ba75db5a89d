import pytest

pytest.importorskip("jinja2")

from breakeven.report.typesetting import coded, environment, in_sight

pytestmark = pytest.mark.report


def test_texts_are_escaped_wherever_they_stand() -> None:
    made = environment().from_string("{{ name }}|{{ name | coded }}").render(name="<b>`<i>`")

    assert made == "&lt;b&gt;`&lt;i&gt;`|&lt;b&gt;<code>&lt;i&gt;</code>"


def test_a_lone_backtick_stays_one() -> None:
    assert str(coded("a ` b")) == "a ` b"


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u202a"])
def test_signs_that_turn_a_line_around_are_written_out(sign: str) -> None:
    assert in_sight(f"a{sign}b") == f"a\\u{ord(sign):04x}b"
    assert sign not in str(coded(f"a{sign}b"))


def test_letters_of_any_script_stay_as_they_are() -> None:
    assert in_sight("\u05e9\u05dc\u05d5\u05dd") == "\u05e9\u05dc\u05d5\u05dd"
