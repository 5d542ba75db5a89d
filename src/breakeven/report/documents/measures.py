"""Measures: what each number depends on and hides, as a table that goes beside the numbers."""

from breakeven.report.tables.table import Column, Table, words
from breakeven.session.doctor.measures import FACTORS, MEASURES, legend


def measures_table() -> Table:
    """One row per measure: whether hardware, place, time, other work, cores or program change it.

    After the section "Measures" of Schwartz et al. 2020; `breakeven doctor --explain` prints it.
    """
    return Table(
        name="measures",
        caption=legend(),
        columns=(
            Column(name="measure", title="Measure"),
            Column(name="kind", title="Kind"),
            *(Column(name=name, title=name.capitalize()) for name in FACTORS),
            Column(name="leaves_out", title="Leaves out"),
        ),
        rows=tuple(
            (
                words(measure.name),
                words(measure.kind.value),
                *map(words, measure.extents),
                words(measure.leaves_out),
            )
            for measure in MEASURES
        ),
    )
