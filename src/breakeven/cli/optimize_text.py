"""What `breakeven optimize` prints: the choice, the verdict, the front, and what searching cost."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from breakeven.analysis.search.standing import Round
from breakeven.analysis.words import amount_words
from breakeven.records import Estimate, FrontPoint, Kind, Resource
from breakeven.report.optimum_words import (
    front_words,
    optimum_sentences,
    reasons_of,
    search_sentences,
)
from breakeven.study.optimize.kept import optimum_of
from breakeven.study.optimize.optimize import Optimized

MEMBERSHIP = 0.05
"""Configurations that are on the front in fewer draws are not listed."""


def found_text(found: Optimized) -> str:
    """Everything a person should know, sentence by sentence, with the front as a table.

    Args:
        found: What an optimization found.
    """
    return "\n".join(_lines(found))


def round_text(done: Round, cost: Resource) -> str:
    """Say what one round did.

    Args:
        done: The round.
        cost: What was searched.
    """
    return (
        f"round on {done.step.n_examples} examples: {done.n_measured} measured, "
        f"{done.n_left} dropped, {done.n_measured - done.n_left} kept; "
        f"{amount_words(cost, done.spent)}, with what was made and loaded for it"
    )


def data_text(found: Optimized) -> str:
    """The same as JSON; an interval without an upper end says "infinite"."""
    answer, searched = found.answer, found.searched
    told = {
        "study": found.optimization.study.name,
        "chosen": {
            "pathway": found.chosen.route,
            "settings": dict(found.chosen.settings),
            "is_expected": answer.is_likely,
            **asdict(answer.chosen),
        },
        "certificate": None if found.certificate is None else asdict(found.certificate),
        "reference": {
            "pathway": found.space.reference.route,
            "settings": dict(found.optimization.study.reference),
            **asdict(answer.reference),
        },
        "front": [asdict(point) for point in answer.front],
        "search": {
            "spent": asdict(answer.spent),
            "repaid": None if found.repaid is None else asdict(found.repaid),
            "n_cells": searched.n_cells,
            "n_measured": len(searched.standing),
            "skipped": dict(searched.skipped),
            "failed": dict(searched.failed),
            "foretold": None if searched.foretold is None else asdict(searched.foretold),
            "rounds": [asdict(done) for done in searched.rounds],
        },
        "doubts": list(found.doubts),
    }
    return json.dumps(_plain(told), indent=1, allow_nan=False)


def _lines(found: Optimized) -> Iterator[str]:
    answer, kept = found.answer, optimum_of(found)
    if kept.is_cheaper:
        yield f"Chosen: {answer.chosen.name}"
    yield from optimum_sentences(kept)
    yield from (f"left out: {reason}" for reason in reasons_of(kept))
    yield ""
    yield (
        "The front, as the search saw it (its numbers flatter what was chosen by them; "
        f"{_kinds(answer.spent)}):"
    )
    shown = [
        p for p in answer.front if p.front >= MEMBERSHIP or p in (answer.chosen, answer.reference)
    ]
    yield from _table(shown, chosen=answer.chosen.name)
    yield front_words(kept)
    yield ""
    yield from search_sentences(kept)


def _table(points: list[FrontPoint], *, chosen: str) -> Iterator[str]:
    width = max(len(point.name) for point in points)
    yield (
        f"  {'configuration':<{width}}  {'times cheaper (95 %)':>22}  {'loss in points (95 %)':>24}"
        "  P(front)"
    )
    for point in points:
        mark = ">" if point.name == chosen else " "
        yield (
            f"{mark} {point.name:<{width}}  {_interval(point.factor):>22}  "
            f"{_interval(point.loss, times=100):>24}  {point.front:>8.2f}"
        )


def _interval(estimate: Estimate, *, times: float = 1.0) -> str:
    assert estimate.value is not None
    value = estimate.value * times
    if estimate.low is None or estimate.high is None or estimate.low == estimate.high:
        return f"{value:.2f}"
    return f"{value:.2f} ({estimate.low * times:.2f} to {estimate.high * times:.2f})"


def _kinds(estimate: Estimate) -> str:
    return " and ".join(str(Kind(kind)) for kind in estimate.kinds)


def _plain(part: Any) -> Any:  # noqa: ANN401 - anything a dataclass can hold
    if isinstance(part, dict):
        return {str(key): _plain(inner) for key, inner in part.items()}
    if isinstance(part, list | tuple):
        return [_plain(inner) for inner in part]
    if isinstance(part, float) and not math.isfinite(part):
        return "infinite" if part > 0 else "-infinite"
    return part
