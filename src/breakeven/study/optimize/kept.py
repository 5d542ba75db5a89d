"""Kept: what a search found as a record, so that its store tells it to whoever reads that."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from breakeven.analysis.search.foretell import Foretold
from breakeven.analysis.search.lengths import inversions
from breakeven.records import Estimate, Forecast, Item, Optimum

if TYPE_CHECKING:  # the search ends by keeping what it found
    from breakeven.study.optimize.optimize import Optimized


def optimum_of(found: "Optimized") -> Optimum:
    """Put what was found on record.

    Args:
        found: How an optimization ended.
    """
    answer, searched, pays = found.answer, found.searched, found.repaid
    told, wanted = searched.foretold, found.optimization.wanted
    study = found.optimization.study
    return Optimum(
        study=study.name,
        metric=study.question.metric,
        resource=wanted.cost,
        item=Item.EXAMPLE if pays is None else pays.item,
        max_drop=wanted.max_drop,
        pathway=found.chosen.route,
        settings=dict(found.chosen.settings),
        reference=answer.reference,
        chosen=answer.chosen,
        is_expected=answer.is_likely,
        front=answer.front,
        certificate=found.certificate,
        spent=answer.spent,
        repaid=None if pays is None else _finite(pays.estimate),
        repaid_sentence="" if pays is None else pays.sentence,
        n_cells=searched.n_cells,
        n_measured=len(searched.standing),
        n_rounds=len(searched.rounds),
        n_skipped=len(searched.skipped),
        failed=dict(searched.failed),
        forecast=None if told is None else _forecast(told),
        doubts=found.doubts,
        dearer_shorter=tuple(one.sentence for one in inversions(searched.standing)),
    )


def _forecast(told: Foretold) -> Forecast:
    return Forecast(
        terms=told.terms,
        n=told.n,
        error_frac=told.error_frac,
        n_checked=told.n_checked,
        checked_frac=told.checked_frac,
        is_length_plain=told.is_length_plain,
    )


def _finite(estimate: Estimate) -> Estimate:
    """An interval without an end has none, as no record holds an infinity."""
    ends = (estimate.low, estimate.high)
    low, high = (None if x is None or math.isinf(x) else x for x in ends)
    return replace(estimate, low=low, high=high)
