"""Questions: what a study asks of its runs, told where it is not what the store was asked before.

Runs that are there already stay as they are; the report answers the questions that came last.
"""

from collections.abc import Iterator

from breakeven.records import StudyDefinition

_ASKED = ("metric", "headline", "item", "planned_volume", "tolerance", "min_score")


def changed_questions(before: StudyDefinition, after: StudyDefinition) -> str:
    """Say in one sentence what is asked now and was not before; empty when nothing changed.

    Args:
        before: As the store has it.
        after: As the study file has it now.

    Examples:
        >>> asked = StudyDefinition(name="s", pathways=(), metric="f1")
        >>> changed_questions(asked, StudyDefinition(name="s", pathways=(), metric="accuracy"))
        "the study's questions changed: metric was f1, is accuracy; reports answer the new ones"
        >>> changed_questions(asked, asked)
        ''
    """
    changed = list(_changed(before, after))
    if not changed:
        return ""
    return f"the study's questions changed: {', '.join(changed)}; reports answer the new ones"


def _changed(before: StudyDefinition, after: StudyDefinition) -> Iterator[str]:
    for name in _ASKED:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield f"{name} was {_text(was)}, is {_text(now)}"
    if _pathways(before) != _pathways(after):
        yield f"pathways were {_pathways(before)}, are {_pathways(after)}"
    for name in sorted({*before.reference, *after.reference}):
        was, now = before.reference.get(name), after.reference.get(name)
        if was != now:
            yield f"reference {name} was {_text(was)}, is {_text(now)}"


def _pathways(definition: StudyDefinition) -> str:
    return " ".join(f"{p.name}={p.row}" for p in definition.pathways)


def _text(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)
