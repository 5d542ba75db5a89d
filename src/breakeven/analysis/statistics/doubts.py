"""Doubts: what a comparison's numbers rest on that these runs do not bear out."""

import math
from collections.abc import Iterator

from breakeven.analysis.checks import DRIFT_FRAC, MIN_BLOCKS
from breakeven.analysis.statistics.compared import Compared
from breakeven.analysis.statistics.contrast import Contrast
from breakeven.analysis.words import counted
from breakeven.records import Note, NoteCode

ALPHA = 0.05


def doubts(found: Compared) -> tuple[Note, ...]:
    """Look at every assumption that a comparison made.

    Args:
        found: As `compare` gives it.

    Examples:
        >>> from breakeven.analysis.statistics.compared import compare
        >>> from breakeven.analysis.statistics.readings import Reading, Readings
        >>> rows = tuple(Reading(value=v, levels=(name,), subject=str(i))
        ...              for name in "ab" for i, v in enumerate([1.0, 1.2]))
        >>> told = compare(Readings(name="t_s", title="Time, s", factors=("f",), readings=rows))
        >>> [note.code.value for note in doubts(told)]
        ['few-repeats']
    """
    return (
        *_few(found),
        *_left_out(found),
        *_in_order(found),
        *_spreads(found),
        *_decided(found),
        *_spherical(found),
        *_residuals(found),
    )


def _few(found: Compared) -> Iterator[Note]:
    few = [name for name, told in found.described.items() if told.n < MIN_BLOCKS]
    if few:
        yield Note(
            code=NoteCode.FEW_REPEATS,
            message=f"{_listed(few)}: fewer than {MIN_BLOCKS} values; the interval is missing or "
            "very wide.",
            advice="Measure five times or more.",
        )


def _left_out(found: Compared) -> Iterator[Note]:
    out, what = found.layout.left_out, found.readings.subject or "subject"
    if out and found.layout.subjects:
        n = len(found.layout.subjects)
        yield Note(
            code=NoteCode.BLOCKS_LEFT_OUT,
            message=f"{what} {_listed(out)} not measured in every configuration: the model and the "
            f"analysis of variance rest on {counted(n, what)} of {n + len(out)}; each ratio "
            "on all that its two configurations share.",
            advice="Run what is missing, or say in print which rows were left out.",
        )


def _in_order(found: Compared) -> Iterator[Note]:
    seen = found.order
    if seen is None:
        return
    is_far = abs(seen.trend) >= DRIFT_FRAC or not found.readings.is_positive
    if seen.is_drifting and is_far:
        is_log = found.readings.is_positive
        unit = f"{math.expm1(seen.trend):+.1%}" if is_log else f"{seen.trend:+.3g}"
        yield Note(
            code=NoteCode.DRIFT,
            message=f"values moved by {unit} from the first to the last place of the executed "
            f"order (p = {seen.trend_p:.2g}).",
            advice="Ratios within blocks still hold; look for heat, clocks or other load before "
            "believing absolute values.",
        )
    if seen.is_correlated:
        runs = f", {seen.n_runs} stretches p = {seen.runs_p:.2g}" if seen.runs_p is not None else ""
        yield Note(
            code=NoteCode.RUNS_CORRELATED,
            message=f"neighbours in the executed order are alike or alternate (lag-1 correlation "
            f"{seen.lag_1:.2f}, p = {seen.lag_1_p:.2g}{runs}): values are fewer than they look.",
            advice="Take ratios within blocks; means and their intervals count every run as "
            "independent.",
        )


def _spreads(found: Compared) -> Iterator[Note]:
    model = found.model
    if model is not None and model.spread_p is not None and model.spread_p < ALPHA:
        yield Note(
            code=NoteCode.SPREADS_DIFFER,
            message=f"configurations scatter differently (Levene p = {model.spread_p:.2g}), and "
            f"the p adjusted by {found.adjustment} take one scatter for all.",
            advice="Go by each ratio's own interval, which takes its own scatter.",
        )


def _decided(found: Compared) -> Iterator[Note]:
    for pair in found.contrasts:
        seen = pair.influence
        if seen is not None and seen.is_decisive:
            block = found.readings.subjects[seen.block]
            yield Note(
                code=NoteCode.ONE_BLOCK_DECIDES,
                message=f"{_pair(pair)}: one {found.readings.subject} ({block}) decides whether a "
                f"difference is shown; without it the ratio is {seen.without.value:.4g} "
                f"({seen.without.low:.4g} to {seen.without.high:.4g}).",
                advice="Measure more blocks; leave none out for what it says.",
            )


def _spherical(found: Compared) -> Iterator[Note]:
    for effect in found.variance.effects if found.variance is not None else ():
        seen = effect.sphericity
        if seen is not None and seen.p is not None and seen.p < ALPHA:
            yield Note(
                code=NoteCode.NOT_SPHERICAL,
                message=f"{effect.name}: differences scatter unlike one another (Mauchly W = "
                f"{seen.w:.3g}, p = {seen.p:.2g}), and the plain p of F takes them as alike.",
                advice=f"Read the p with Greenhouse and Geisser's epsilon "
                f"({seen.greenhouse_geisser:.3f}).",
            )


def _residuals(found: Compared) -> Iterator[Note]:
    seen = found.variance.residuals if found.variance is not None else None
    if seen is not None and seen.p < ALPHA:
        yield Note(
            code=NoteCode.NOT_NORMAL,
            message=f"what subjects and configurations leave over would hardly be normal "
            f"(Shapiro-Wilk W = {seen.w:.3g}, p = {seen.p:.2g}), as F assumes.",
            advice="Look at the values one by one: usually one run was disturbed. The ranks beside "
            "each ratio assume no shape.",
        )


def _pair(pair: Contrast) -> str:
    return f"{pair.left} over {pair.right}"


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
