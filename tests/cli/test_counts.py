"""Counts of items as people type them, read alike by every command that asks for one."""

import click
import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.cli.counts import Count, read_count


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100000", 1e5),
        ("1e5", 1e5),
        ("100k", 1e5),
        ("100K", 1e5),
        ("100,000", 1e5),
        ("100_000", 1e5),
        ("1 000 000", 1e6),
        ("2.5M", 2.5e6),
        ("1B", 1e9),
        (" 7 ", 7.0),
        (".5", 0.5),
    ],
)
def test_a_count_may_be_typed_in_any_usual_form(text: str, value: float) -> None:
    assert read_count(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "k", "0", "-3", "nan", "inf", "1e400", "1,5", "1,00", "1000,000", "1.000.000", "3x"],
)
def test_what_is_no_count_is_refused_with_how_one_is_typed(text: str) -> None:
    with pytest.raises(ValueError, match=r"no number above 0; write 100000, 1e5, 100k"):
        read_count(text)


def test_parts_of_an_item_are_refused_where_items_are_counted() -> None:
    whole = Count(is_whole=True)
    assert whole.convert("10k", None, None) == 10_000
    with pytest.raises(click.BadParameter, match="no whole number of items"):
        whole.convert("2.5", None, None)


@pytest.mark.parametrize(
    "words",
    [
        ("lifecycle", "none", "--volume"),
        ("impact", "none", "--volume"),
        ("import", "table", "none.csv", "--planned-volume"),
        ("import", "table", "none.csv", "--n-items"),
        ("report", "none", "--requests-per-day"),
    ],
)
def test_every_command_asking_for_items_refuses_in_the_same_words(
    words: tuple[str, ...],
) -> None:
    refused = CliRunner().invoke(group, [*words, "lots"])
    assert refused.exit_code == 2
    assert "'lots' is no number above 0; write 100000" in " ".join(refused.stderr.split())
