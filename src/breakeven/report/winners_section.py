"""Winners section: who would be chosen where, over volume and floor, or volume and tasks."""

from collections.abc import Iterator

from breakeven.analysis.deciding import Ground, own_settings
from breakeven.analysis.deciding.decide import Decision
from breakeven.analysis.results import StudyAnalysis
from breakeven.report.figures.winners_map import winners_figure
from breakeven.report.lookup import is_alone
from breakeven.report.section import Section
from breakeven.report.tables.winners import winners_table
from breakeven.report.winning import Winning, by_floor, by_tasks, finding


def winners_section(analysis: StudyAnalysis) -> Section | None:
    """Both maps with their tables; None where there is nobody to choose between."""
    ground, decision = analysis.ground, analysis.decision
    if ground is None or decision is None or is_alone(analysis) or decision.bar is None:
        return None
    maps = list(_maps(ground, decision))
    return Section(
        name="winners",
        title="Who wins where",
        short_title="Who wins where",
        after="lifetime",
        intro=(
            "Each place is the choice that this report would make there, all else as set above. "
            "Paler places with a question mark: not the cheapest with a probability of 95 %. "
            "Dashed: the volume, and the floor or number of tasks, of the answer."
        ),
        figures=tuple(
            winners_figure(analysis, each, title=finding(each, ground), is_floor=each.row is None)
            for each in maps
        ),
        tables=tuple(winners_table(each, item=ground.definition.item) for each in maps),
        open_rows=0,
        columns=1,
    )


def _maps(ground: Ground, decision: Decision) -> Iterator[Winning]:
    own = own_settings(ground)
    found = (by_floor(ground, own, bar=decision.bar), by_tasks(ground, own))
    yield from (each for each in found if each is not None)
