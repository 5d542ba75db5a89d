"""What is said where shorter inputs are dearer."""

from dataclasses import replace

import pytest

from breakeven.report.optimum_words import search_sentences
from breakeven.testing.certificates import example_optimum

CLAUSES = tuple(
    f"cut at 96 tokens {name} costs 2.25 times what it costs at 384 (at least 1.9)"
    for name in ("FT", "TS", "TA", "INT8")
)


@pytest.mark.parametrize(
    ("n", "ending"), [(1, "(at least 1.9)."), (2, "(at least 1.9)."), (4, "; and 2 more.")]
)
def test_two_configurations_are_named_and_the_others_counted(n: int, ending: str) -> None:
    found = replace(example_optimum(), dearer_shorter=CLAUSES[:n])
    (told,) = [s for s in search_sentences(found) if s.startswith("Shorter is not always cheaper")]
    assert told.count("cut at 96 tokens") == min(n, 2)
    assert told.endswith(ending)


def test_nothing_is_said_where_shorter_is_cheaper() -> None:
    told = " ".join(search_sentences(example_optimum()))
    assert "Shorter" not in told
