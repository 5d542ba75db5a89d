"""Unscored: what may be said where no pathway has a score, as of models built for their costs."""

from collections.abc import Sequence

from breakeven.analysis.costs.comparison import compare
from breakeven.analysis.costs.contenders import life_average
from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.costs.payback import CLEAR, probability_cheaper
from breakeven.analysis.words import amount_words, items_words, listed, one_item, stage_words
from breakeven.records import Stage, StudyDefinition


def is_unscored(pathways: Sequence[PathwayCost]) -> bool:
    """Whether there are pathways, and none of them has a score."""
    return bool(pathways) and all(pathway.score is None for pathway in pathways)


def unscored_reason(definition: StudyDefinition, pathways: Sequence[PathwayCost]) -> str:
    """Say what costs alone tell, and on what terms; empty where nobody has all of them.

    Args:
        definition: Headline resource, item and planned volume.
        pathways: None of them scored.

    Examples:
        >>> unscored_reason(StudyDefinition(name="s", pathways=()), [])
        ''
    """
    averages = {p.name: life_average(p, definition) for p in pathways}
    known = {name: average.value for name, average in averages.items() if average is not None}
    if not known:
        return ""
    ranked = sorted((p for p in pathways if p.name in known), key=lambda p: known[p.name])
    amounts = [amount_words(definition.headline, known[p.name]) for p in ranked]
    volume = items_words(definition.planned_volume, definition.item)
    average = f"{amounts[0]} per {one_item(definition.item)}, development included"
    if len(pathways) == 1:
        return (
            "Nothing was scored, so that the study's one pathway cannot be called good enough. "
            f"Over {volume} {ranked[0].name} takes {average}.{_untrained(ranked)}"
        )
    follows = f"; {ranked[1].name} follows with {amounts[1]}" if len(ranked) > 1 else ""
    return (
        "Nothing was scored, so that no pathway can be called good enough, and break-evens hold "
        f"only if all do the task equally well. By cost alone {ranked[0].name} takes least over "
        f"{volume}: {average}{follows}.{_doubt(definition, ranked)}{_untrained(ranked)}"
    )


def _doubt(definition: StudyDefinition, ranked: Sequence[PathwayCost]) -> str:
    if len(ranked) < 2:
        return ""
    pair = compare(ranked[0], ranked[1], definition.headline, item=definition.item)
    assert pair is not None
    sure = probability_cheaper(pair.extra, pair.saved, volume=definition.planned_volume)
    return " The difference in cost is not certain." if sure < CLEAR else ""


def _untrained(ranked: Sequence[PathwayCost]) -> str:
    """Words for pathways whose development holds no training."""
    names = [p.name for p in ranked if {row.stage for row in p.rows} == {Stage.FETCH}]
    if not names:
        return ""
    whose = f" of {listed(names)}" if len(names) < len(ranked) else ""
    return (
        f" Development{whose} is {stage_words(Stage.FETCH)} alone: what a training "
        "takes, and from which volume on it has paid back, is not told here."
    )
