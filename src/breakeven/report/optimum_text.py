"""Optimum text: what a search for the cheapest inference found, for a terminal."""

from collections.abc import Iterator

from breakeven.records import Optimum
from breakeven.report.optimum_words import (
    flattered,
    front_words,
    label_of,
    optimum_sentences,
    reasons_of,
    search_sentences,
    title_of,
)
from breakeven.report.tables.optimum import front_table
from breakeven.report.tables.table import in_ascii

FRONT_COLUMNS = ("configuration", "role", "times_cheaper", "loss", "front", "power")


def optimum_lines(found: Optimum) -> Iterator[str]:
    """Say the choice, the verdict, the front and what searching cost; a sentence or table each.

    Args:
        found: By the search.
    """
    yield f"{label_of(found)}: {title_of(found)}" if found.is_cheaper else f"{title_of(found)}."
    yield from optimum_sentences(found)
    for reason, n in reasons_of(found).items():
        yield f"Could not be run: {reason}{f' ({n} configurations)' if n > 1 else ''}"
    yield ""
    yield f"The front, {flattered(found)}."
    yield in_ascii(front_table(found).only(FRONT_COLUMNS).to_text()).rstrip()
    yield front_words(found)
    yield ""
    yield from search_sentences(found)
