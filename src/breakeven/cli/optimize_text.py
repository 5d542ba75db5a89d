"""What `breakeven optimize` prints: the choice, the verdict, the front, and what searching cost."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from breakeven.analysis.certificate_words import certificate_sentences
from breakeven.analysis.search.foretell import Foretold
from breakeven.analysis.search.standing import Round
from breakeven.analysis.words import amount_words, counted
from breakeven.records import Estimate, FrontPoint, Kind, Resource
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
        f"round on {done.step.n_examples} examples: measured {done.n_measured}, "
        f"{done.n_left} left, took {amount_words(cost, done.spent)}"
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
    answer = found.answer
    if answer.chosen == answer.reference:
        yield (
            f"Nothing measured is cheaper than {answer.reference.name} and loses little enough; "
            "keep it."
        )
    else:
        yield f"Chosen: {answer.chosen.name}"
        if found.certificate is not None:
            yield from certificate_sentences(found.certificate)
    yield from found.doubts
    yield ""
    yield (
        "The front, as the search saw it (its numbers flatter what was chosen by them; "
        f"{_kinds(answer.spent)}):"
    )
    shown = [
        p for p in answer.front if p.front >= MEMBERSHIP or p in (answer.chosen, answer.reference)
    ]
    yield from _table(shown, chosen=answer.chosen.name)
    yield ""
    yield from _search_lines(found)


def _search_lines(found: Optimized) -> Iterator[str]:
    searched, cost = found.searched, found.optimization.wanted.cost
    spent = found.answer.spent
    assert spent.value is not None
    yield (
        f"The search took {amount_words(cost, spent.value)} ({_kinds(spent)}): "
        f"{len(searched.standing)} of {counted(searched.n_cells, 'configuration')} measured in "
        f"{counted(len(searched.rounds), 'round')}, {len(searched.skipped)} foretold to be too "
        f"dear, {len(searched.failed)} could not be run."
    )
    if searched.foretold is not None:
        yield _foretold_line(searched.foretold)
    if found.repaid is not None:
        what = "With its certificate" if found.certificate else "By its own blocks"
        yield f"{what} it is repaid so: {found.repaid.sentence}"


def _foretold_line(told: Foretold) -> str:
    checked = (
        f"; of {told.n_checked} measured afterwards by {told.checked_frac:.0%}"
        if told.checked_frac is not None
        else ""
    )
    along = "" if told.is_length_plain else " It does not follow a line in the length."
    return (
        f"Cost was foretold from {told.n} by {', '.join(told.terms) or 'nothing'}: off by "
        f"{told.error_frac:.0%} where left out{checked}.{along}"
    )


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
