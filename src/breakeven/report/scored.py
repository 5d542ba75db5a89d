"""Scored: what methods say of quality, how scores came about and what the choice does to them."""

import re
from collections.abc import Iterable, Iterator

from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.scoring.metric_words import FRACTIONS, constant_words, metric_words
from breakeven.analysis.words import listed
from breakeven.records import Estimate, Kind
from breakeven.report.lookup import is_alone
from breakeven.report.reference import reference_words

_P_VALUE = re.compile(r"[,;] exact McNemar p = [^;,]+")


def quality(analysis: StudyAnalysis) -> str:
    """What counts as quality, where it was scored, and what a constant answer scores."""
    definition = analysis.definition
    called = metric_words(definition.metric)
    found = {p.name: p.score for p in analysis.pathways}
    if all(score is None or score.value is None for score in found.values()):
        text = f"Quality would be {called} on the test split; no pathway has a score there."
    else:
        text = f"Quality is {called} on the test split{_scored_at(analysis)}."
        stated = [name for name, score in found.items() if score is not None and is_stated(score)]
        text += f" That of {listed(stated)} is stated, not measured." if stated else ""
    if (bar := definition.constant_score) is not None:
        which = constant_words(definition.metric)
        told = f"{100 * bar:.1f} %" if definition.metric in FRACTIONS else f"{bar:.3g}"
        text += f" Always answering the {which} class scores {told}."
    return text


def is_stated(score: Estimate) -> bool:
    """Whether somebody stated a score that nobody here earned."""
    return set(score.kinds) == {Kind.ASSUMED}


def _scored_at(analysis: StudyAnalysis) -> str:
    """Where scores were earned: at a reference configuration, where the study has one."""
    settings = reference_words(analysis)
    if settings:
        return f" at the reference configuration ({settings})"
    has_one = any(
        run.settings.resolved.get("role") == "reference" and not run.joined for run in analysis.runs
    )
    return " at the reference configuration" if has_one else ", as the runs recorded it"


def selection(analysis: StudyAnalysis) -> Iterator[str]:
    """What the choice itself rests on, and what that does to the scores it shows."""
    chosen = {p.name: p.score for p in analysis.pathways}.get(analysis.recommendation.pathway or "")
    if is_alone(analysis) or chosen is None or chosen.value is None or is_stated(chosen):
        return
    yield (
        f"The recommendation is chosen by {metric_words(analysis.definition.metric)} on the test "
        "split, the same examples whose scores are shown, and no further examples are held "
        "out: of several pathways near the bar, the one that is chosen is likelier to have had "
        "luck. Its score is therefore a little too high as a forecast; confirm it on new data "
        "before relying on it."
    )


def scores(analysis: StudyAnalysis) -> Iterator[str]:
    """How scores and their differences got their intervals, as far as they have any."""
    earned = told_once(p.score for p in analysis.pathways)
    if earned:
        yield f"Scores: {'; or '.join(earned)}."
    differences = told_once(d.estimate for d in analysis.score_differences)
    if differences:
        yield f"Differences between the scores of pathways: {'; or '.join(differences)}."


def told_once(estimates: Iterable[Estimate | None]) -> list[str]:
    """Methods of estimates, each once, without the p of a single one."""
    found = (e.method for e in estimates if e is not None and e.value is not None)
    return list(dict.fromkeys(_P_VALUE.sub("", method) for method in found))
