"""Energy section: cost of training against tokens and against time, and which is predictable."""

from collections.abc import Iterator
from dataclasses import replace

from breakeven.analysis.curves.curve_axes import AXES
from breakeven.analysis.curves.curve_set import CurveSet
from breakeven.analysis.curves.fits import FAR
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.words import counted, listed
from breakeven.records import Resource
from breakeven.report.figures.energy import time_figure_of, work_figure_of
from breakeven.report.growth import (
    HALF_HOUR_S,
    against_time,
    against_work,
    cost_words,
    fitted,
    power_of,
    rate_of,
    several_stages,
    training_lines,
)
from breakeven.report.lookup import absence
from breakeven.report.section import Section
from breakeven.report.tables.curves import compared_table, lines_table
from breakeven.report.tables.table import Table

_LINES = (
    " Lines are power laws with the band in which one more run would lie (95 %); none is drawn "
    "where the exponent may be 0."
)


def energy_section(analysis: StudyAnalysis) -> Section | None:
    """Energy, or what stands for it, against tokens and time; None where nothing was trained."""
    if not training_lines(analysis):
        return None
    work, time = against_work(analysis), against_time(analysis)
    drawn = [found for found in (work, time) if found is not None]
    what = cost_words(drawn[0]) if drawn else "energy"
    figures = (*([work_figure_of(work)] if work else ()), *([time_figure_of(time)] if time else ()))
    return Section(
        name="growth",
        title=f"{what[:1].upper()}{what[1:]} against tokens and time",
        short_title="Growth",
        after="stages",
        intro=(
            "A mark is one training, its shape the stage, its colour the model or machine; hollow "
            f"is modelled or assumed.{_LINES if _has_line(work) else ''}"
            if figures
            else ""
        ),
        sentences=tuple(_findings(work, time)),
        figures=figures,
        tables=tuple(_tables(work)),
        reasons=tuple(_reasons(analysis, work, time)),
    )


def _has_line(work: CurveSet | None) -> bool:
    return work is not None and any(each.line.is_slope_shown for each in fitted(work))


def _tables(work: CurveSet | None) -> Iterator[Table]:
    if work is not None:
        yield replace(lines_table(work), name="growth-lines")
        if work.compared:
            yield replace(compared_table(work), name="growth-tightness")


def _findings(work: CurveSet | None, time: CurveSet | None) -> Iterator[str]:
    """Every line but the one that the title tells, and which groups are predictable.

    A line that one run holds in its place says nothing of how predictable others are.
    """
    if work is not None:
        for each in fitted(work)[1:]:
            if not each.line.is_slope_shown:
                yield f"{each.group.name}: {counted(each.line.n, 'run')} do not show how it grows."
                continue
            of = f" of {several}" if (several := several_stages(each)) else ""
            n = counted(each.line.n, "run")
            yield f"{each.group.name}: to the power {power_of(each)}, {n}{of}."
        firm = {each.group.name for each in fitted(work) if max(each.line.leverages) <= FAR}
        for row in compared_table(work).rows:
            if "predictable" in row[-1].text and {row[0].text, row[1].text} <= firm:
                yield f"{row[-1].text}: their residual variances differ."
    if time is not None:
        for each in fitted(time)[1:]:
            yield f"{each.group.name} within {HALF_HOUR_S / 60:.0f} min: {rate_of(each, time)}."


def _reasons(
    analysis: StudyAnalysis, work: CurveSet | None, time: CurveSet | None
) -> Iterator[str]:
    drawn = work or time
    if drawn is None or drawn.points.y is not AXES["energy"]:
        text, why = absence(analysis, Resource.ENERGY_J)
        yield f"Energy is {text}, so it is not drawn: {why.rstrip('.')}."
    if work is None:
        yield "Nothing is drawn against tokens: no training here counted the tokens it saw."
    else:
        yield from work.sentences
        bare = [group.name for group in work.groups if group.line is None]
        if bare:
            yield f"No line for {listed(bare)}: it needs three runs at two different places."
        for group in work.groups:
            if group.line is not None:
                yield from (f"{group.name}: {sentence}" for sentence in group.sentences)
    if time is None:
        yield (
            "Nothing is drawn against time: no training of this study kept notes of what it "
            "consumed on the way."
        )
    elif time.points.n_left_out:
        yield f"{counted(time.points.n_left_out, 'training')} noted too little to be followed."
