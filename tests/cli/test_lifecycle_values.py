"""Values of the options of `breakeven lifecycle` that cannot be read."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from breakeven.analysis.lifetime import Rule, ShareRule, Update
from breakeven.cli import group
from breakeven.cli.lifecycle_values import (
    read_error,
    read_map,
    read_profiles,
    read_rule,
    read_update,
    read_volumes,
)


def refused(*options: str) -> str:
    """What the command says of them; it does so before it looks for the store."""
    result = CliRunner().invoke(group, ["lifecycle", "store", *options])
    assert result.exit_code == 2, result.output
    return " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        ("ta/distil=1..64", (1, 2, 4, 8, 16, 32, 64)),
        ("a=b=3..10", (3, 4, 8, 10)),
        ("x=5..5", (5,)),
        ("x=1,48,10", (1, 10, 48)),
    ],
)
def test_a_map_is_powers_of_two_with_both_ends_or_a_list(text: str, tasks: tuple[int, ...]) -> None:
    assert read_map(text) == (text.rpartition("=")[0], tasks)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a=whole", ShareRule(rule=Rule.WHOLE)),
        ("a=equal", ShareRule(rule=Rule.EQUAL)),
        ("a=equal:48", ShareRule(rule=Rule.EQUAL, amount=48)),
        ("a=use:0.25", ShareRule(rule=Rule.USE, amount=0.25)),
        ("a=sunk", ShareRule(rule=Rule.SUNK)),
    ],
)
def test_rules_are_read(text: str, rule: ShareRule) -> None:
    assert read_rule(text) == ("a", rule)


def test_volumes_errors_and_updates_are_read() -> None:
    assert read_volumes("1e6, 1e9") == (1e6, 1e9)
    assert read_error("0.05 EUR") == (0.05, "EUR")
    assert read_error("2") == (2.0, "")
    assert read_error(None) is None
    assert read_update("1e6:ft") == Update(every=1e6, row="ft")
    assert read_update("1e6") == Update(every=1e6)
    assert read_profiles(["research", "launch=2e6"]) == {"launch": 2e6}


@pytest.mark.parametrize("text", ["x", "x=0..4", "x=4..1", "x=0,1", "=1..4", "x=many"])
def test_a_map_that_cannot_be_read_says_how_to_write_one(text: str) -> None:
    assert "write ROW=1..64" in refused("--map", text)


@pytest.mark.parametrize(
    "text", ["x", "x=half", "=sunk", "x=use", "x=use:2", "x=equal:0", "x=sunk:1", "x=equal:k"]
)
def test_a_rule_that_cannot_be_read_says_how_to_write_one(text: str) -> None:
    assert "write ROW=whole, ROW=equal" in refused("--share-rule", text)


@pytest.mark.parametrize("text", ["often", "-1 EUR", "1 DM", "nan", "inf J"])
def test_an_error_cost_that_cannot_be_read_names_the_units(text: str) -> None:
    assert "EUR, USD, J, kJ, Wh, kWh" in refused("--error-cost", text)


@pytest.mark.parametrize("text", ["often", "0", "-5:ft", "inf"])
def test_an_update_that_cannot_be_read_says_how_to_write_one(text: str) -> None:
    assert "e.g. --update-every 1e6:finetune" in refused("--update-every", text)


@pytest.mark.parametrize("text", ["1e4,often", "0", "1e6,-3"])
def test_lifetimes_that_cannot_be_read_say_how_to_write_them(text: str) -> None:
    assert "e.g. --at-lifetime 1e6,1e9" in refused("--at-lifetime", text)


def test_weights_and_a_cost_of_errors_are_not_asked_together() -> None:
    said = refused("--weight-by-score", "--error-cost", "1 EUR")
    assert "count wrong answers twice" in said


def test_a_profile_that_cannot_be_read_says_how_to_write_one() -> None:
    assert "write NAME=N" in refused("--profile", "launch=soon")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,volume\na,1\n", "must name the columns profile and items, not name, volume"),
        ("", "not nothing"),
        ("profile,items\na,1\nb,none\n", "line 3, column items: none is no number"),
        ("profile,items\na,0\n", "line 2, column items: 0 is no number of items above 0"),
        ("profile,items\n", "names no profile"),
    ],
)
def test_a_file_of_profiles_is_refused_with_its_line_and_column(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(click.UsageError, match=said):
        read_profiles([str(path)])


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="cannot be read"):
        read_profiles([str(tmp_path / "none.csv")])


@pytest.mark.parametrize(
    ("text", "read"),
    [("0.05EUR", (0.05, "EUR")), ("1J", (1.0, "J")), ("2e-3 kWh", (2e-3, "kWh")), ("3", (3.0, ""))],
)
def test_an_error_cost_needs_no_blank_before_its_unit(text: str, read: tuple[float, str]) -> None:
    assert read_error(text) == read
