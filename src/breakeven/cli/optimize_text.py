"""What `breakeven optimize` prints: the choice, the verdict, the front, and what searching cost."""

import json
import math
from dataclasses import asdict
from typing import Any

from breakeven.analysis.search.standing import Round
from breakeven.analysis.words import amount_words
from breakeven.records import Resource
from breakeven.report.optimum_text import optimum_lines
from breakeven.study.optimize.kept import optimum_of
from breakeven.study.optimize.optimize import Optimized


def found_text(found: Optimized) -> str:
    """Everything a person should know, sentence by sentence, with the front as a table.

    Args:
        found: What an optimization found.
    """
    return "\n".join(optimum_lines(optimum_of(found)))


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


def _plain(part: Any) -> Any:  # noqa: ANN401 - anything a dataclass can hold
    if isinstance(part, dict):
        return {str(key): _plain(inner) for key, inner in part.items()}
    if isinstance(part, list | tuple):
        return [_plain(inner) for inner in part]
    if isinstance(part, float) and not math.isfinite(part):
        return "infinite" if part > 0 else "-infinite"
    return part
