"""Words on advice: which pieces are worth a sentence, and the sentence."""

from collections.abc import Iterator, Sequence

from breakeven.analysis.advice import Advice, Topic
from breakeven.analysis.advice.amounts import percent
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.words import listed, resource_words
from breakeven.records import Resource
from breakeven.report.lookup import headline
from breakeven.report.tables.advice import saving_text

MOST = 4
"""Pieces told in words; the table holds all."""
LEAST_FRAC = 0.01
"""A saving of less than this share of the planned life is left to the table."""
MOST_CUTS = 2
"""Pieces told in a terminal."""
_SINGLE = frozenset({Topic.PRECISION, Topic.LENGTH, Topic.DEPTH})


def advice_lines(analysis: StudyAnalysis, found: Sequence[Advice]) -> list[str]:
    """The pieces that matter most, one paragraph each; of the recommended pathway first.

    Args:
        analysis: Conclusions on a study.
        found: Every piece, in order.
    """
    own, study = telling(analysis, found)
    lead = [] if own or analysis.recommendation.pathway is None else [_nothing(analysis, found)]
    told = [_paragraph(group, headline(analysis)) for group in (*own, *study)]
    return (lead + told)[:MOST] or [_nothing(analysis, found)]


def cut_lines(analysis: StudyAnalysis, found: Sequence[Advice]) -> Iterator[str]:
    """What would cut the headline cost most, short enough for a terminal; none without a saving.

    Args:
        analysis: Conclusions on a study.
        found: Every piece, in order.
    """
    if all(piece.saves is None for piece in found):
        return
    own, study = ([g[0] for g in each if g[0].saves] for each in telling(analysis, found))
    for place, piece in enumerate(own[:MOST_CUTS]):
        yield f"{'Then' if place else 'Would cut most'}: {_short_sentence(piece, analysis)}"
    if not own:
        yield _nothing(analysis, found)
    for piece in study[: max(0, MOST_CUTS - max(1, len(own)))]:
        yield f"Besides: {_short_sentence(piece, analysis)}"


def telling(
    analysis: StudyAnalysis, found: Sequence[Advice]
) -> tuple[list[list[Advice]], list[list[Advice]]]:
    """Pieces worth a sentence, of the recommended pathway and of the whole study's development.

    Alike ones stand together, the one that saves most first. What saves nothing more, or next to
    nothing, is left to the table; and of settings that may change alone one is told, for only one
    may. Without a recommendation every pathway counts.
    """
    chosen = analysis.recommendation.pathway
    worth = [piece for piece in found if _is_worth(analysis, piece, found)]
    study = [piece for piece in worth if piece.is_of_study]
    own = [p for p in worth if p.concerns(chosen) or (chosen is None and not p.is_of_study)]
    return _grouped(own), _grouped(study)


def _grouped(pieces: Sequence[Advice]) -> list[list[Advice]]:
    groups: dict[object, list[Advice]] = {}
    for piece in pieces:
        groups.setdefault(_likeness(piece), []).append(piece)
    return [g[:1] if g[0].topic in _SINGLE else g for g in groups.values()]


def _is_worth(analysis: StudyAnalysis, piece: Advice, found: Sequence[Advice]) -> bool:
    if piece.saves is None:
        return piece.topic is not Topic.SEARCH
    if piece.share is not None:
        return piece.share >= LEAST_FRAC
    life = _planned_life(analysis, found)
    return life is None or (piece.saves.value or 0.0) >= LEAST_FRAC * life


def _planned_life(analysis: StudyAnalysis, found: Sequence[Advice]) -> float | None:
    """Headline cost of the recommended pathway's life, else of the cheapest that advice knows.

    What a whole study would save is held against it.
    """
    told = analysis.recommendation
    if told.average is not None and told.resource is headline(analysis):
        return (told.average.value or 0.0) * told.volume
    lives = [p.saves.value / p.share for p in found if p.saves and p.saves.value and p.share]
    return min(lives, default=None)


def _likeness(piece: Advice) -> object:
    """Same advice for several models is told once; so is that of one setting that may change."""
    if piece.topic in _SINGLE:
        return "single", piece.subject
    words = piece.action.replace(piece.subject, "", 1)
    return (piece.topic, words) if piece.topic is Topic.PADDING else piece


def _paragraph(group: Sequence[Advice], resource: Resource) -> str:
    first, others = group[0], group[1:]
    told = advice_sentence(first, resource)
    if not others:
        return told
    each = [f"{piece.subject} ({_short(piece, resource)})" for piece in others]
    return f"{told} Likewise {listed(each)}."


def advice_sentence(piece: Advice, resource: Resource) -> str:
    """What to do, what it saves, why, and what speaks against it."""
    saves = "" if piece.saves is None else f"{_capital(_saves(piece, resource))}. "
    return f"{piece.action} {saves}{piece.evidence} {piece.caution}".rstrip()


def _short_sentence(piece: Advice, analysis: StudyAnalysis) -> str:
    return f"{piece.action.rstrip('.')} ({_saves(piece, headline(analysis))})."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _saves(piece: Advice, resource: Resource) -> str:
    """What it saves; where that takes a second task, that it would."""
    verb = "would, were there one, save" if piece.topic is Topic.SHARING else "saves"
    by = "" if piece.share is None else f" of the planned life of {piece.pathways[0]}"
    share = "" if piece.share is None else f", {percent(piece.share)}"
    study = " of the whole study's development" if piece.is_of_study else ""
    amount = f"{saving_text(piece, resource)} of {resource_words(resource)}{study}{share}{by}"
    return f"{verb} {amount}"


def _short(piece: Advice, resource: Resource) -> str:
    share = "" if piece.share is None else f", {percent(piece.share)}"
    return f"{saving_text(piece, resource)}{share}"


def _nothing(analysis: StudyAnalysis, found: Sequence[Advice]) -> str:
    """That nothing helps the recommended pathway, and what would cut most of another."""
    chosen, cost = analysis.recommendation.pathway, resource_words(headline(analysis))
    of = "" if chosen is None else f" of {chosen}"
    other = _of_others(analysis, found)
    rest = (
        "the table holds what would cut less."
        if other is None
        else f"of the other pathways: {_short_sentence(other, analysis)}"
    )
    return (
        f"Nothing in these records would cut the {cost}{of} over the planned life by "
        f"{percent(LEAST_FRAC)} or more; {rest}"
    )


def _of_others(analysis: StudyAnalysis, found: Sequence[Advice]) -> Advice | None:
    """What saves most of a pathway that was not recommended; measured before at most."""
    chosen = analysis.recommendation.pathway
    others = [
        piece
        for piece in found
        if piece.saves is not None
        and not (piece.is_of_study or piece.concerns(chosen))
        and _is_worth(analysis, piece, found)
    ]
    return min(others, key=lambda piece: piece.is_upper_bound, default=None)
