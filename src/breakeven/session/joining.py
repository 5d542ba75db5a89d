"""Joining: how a run measured by hand becomes part of a study whose file does not know it.

The run carries the study's name, a pathway of its own and no resume key. The study file and the
definition in the store stay as they are; `breakeven run` passes such runs by.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.meters.journal import read_journal
from breakeven.records import Note, NoteCode, Run, Scalar, Settings, Stage, Status
from breakeven.store import Store
from breakeven.store.codec import decode_run

REFERENCE = "reference"
"""Label and role of the inference runs that give a pathway its cost per item."""

JOINING_STAGES = (Stage.PRETRAIN, Stage.FINETUNE, Stage.DISTIL, Stage.TUNE, Stage.INFER)

_PATHWAY = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._+-]*")
"""The same as in a study file: no slash, which ends a pathway's name in the name of a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Which study a run joins, and as what.

    Attributes:
        study: Name of the study; the store must hold it.
        pathway: Its own; not one of the study file's.
        parents: Whose results it used: runs by id, or by how it begins when that is unique, or
            rows, which stand for their latest finished run.
    """

    study: str
    pathway: str
    parents: Sequence[str] = ()


def joining_of(study: str, pathway: str, parents: Sequence[str]) -> Joining | None:
    """Put together what was said of a study; None when nothing was.

    Raises:
        SettingsError: If study or pathway was said without the other, or parents without both.
    """
    if study and pathway:
        return Joining(study=study, pathway=pathway, parents=tuple(parents))
    if not (study or pathway or parents):
        return None
    missing = "study" if not study else "pathway"
    raise SettingsError(
        f"no {missing} was named; to join a study, name the study in the store and a pathway of "
        "your own, and if you like the parents whose results were used"
    )


def new_pathway(joining: Joining, store: Store) -> str:
    """Say that the study has had no such pathway so far; empty when it has.

    A pathway is made by naming it, so a slip of the pen makes one as well: the sentence names the
    pathway that may have been meant.

    Raises:
        UnknownNameError: If the store holds no such study.
    """
    study = store.study(joining.study).name
    known = {other.joined for other in store.runs(study=study) if other.joined}
    if joining.pathway in known:
        return ""
    meant = _meant(joining.pathway, known)
    hint = f"; did you mean {meant!r}?" if meant else ""
    return f"new pathway {joining.pathway!r} in study {study!r}{hint}"


def joined(run: Run, joining: Joining, store: Store) -> Run:
    """Make a run, not yet begun, part of a study.

    Development gets the row PATHWAY/NAME, by default the stage's name; the same command or settings
    again are a repeat of it, others must be given a name. Use gets PATHWAY/reference and, unless
    parents are named, the pathway's latest finished development run as its parent.

    Args:
        run: Its row is the name given to it, empty for none.
        joining: What it joins.
        store: Holds the study and the parents.

    Raises:
        UnknownNameError: If the store holds no such study, run or finished row.
        SettingsError: If pathway, stage or name cannot be joined, or another training has its name.
    """
    definition = store.study(joining.study)
    _refuse_pathway(joining, taken=[pathway.name for pathway in definition.pathways])
    _refuse_stage(run)
    _refuse_twice(run, joining, store)
    others = store.runs(study=joining.study)
    label = REFERENCE if run.stage is Stage.INFER else run.row or run.stage.value
    row = f"{joining.pathway}/{label}"
    same_row = [other for other in others if other.row == row]
    _refuse_another(run, same_row, row=row)
    meant = _meant(joining.pathway, {other.joined for other in others if other.joined})
    role: dict[str, Scalar] = {"role": REFERENCE} if run.stage is Stage.INFER else {}
    resolved = {**run.settings.resolved, **role, "pathway": joining.pathway}
    return replace(
        run,
        study=joining.study,
        joined=joining.pathway,
        row=row,
        settings=Settings(passed=run.settings.passed, resolved=resolved),
        parents=_parents(run, joining, others),
        repeat=sum(other.rank is None or other.rank.rank == 0 for other in same_row),
        notes=(*run.notes, *([_slip(joining, meant)] if meant else [])),
    )


def _meant(name: str, known: Collection[str]) -> str:
    """Known pathway that a new name may be a slip for; empty for a name that is one of them.

    Numbered and longer names (MINE, MINE2, MINE-large) are meant as they are.
    """
    if name in known:
        return ""
    near = get_close_matches(name, [k for k in known if not _is_variant(name, k)], n=1)
    return near[0] if near else ""


def _is_variant(one: str, other: str) -> bool:
    without_digits = [re.sub(r"[0-9]", "", text) for text in (one, other)]
    return one in other or other in one or without_digits[0] == without_digits[1]


def _slip(joining: Joining, meant: str) -> Note:
    return Note(
        code=NoteCode.NEW_PATHWAY,
        message=f"pathway {joining.pathway!r} is new in study {joining.study!r}; did you mean "
        f"{meant!r}?",
        advice=f"If so, measure again with --pathway {meant}; this run stays a pathway of its own.",
    )


def _refuse_pathway(joining: Joining, *, taken: Sequence[str]) -> None:
    name = joining.pathway
    if not _PATHWAY.fullmatch(name):
        raise SettingsError(
            f"pathway {name!r} cannot be shown; begin with a letter or digit and use letters, "
            "digits, spaces and . _ + - only"
        )
    if name in taken:
        raise SettingsError(
            f"pathway {name!r} is in the file of study {joining.study!r}; what joins it needs a "
            f"name of its own, such as {name}-measured"
        )


def _refuse_stage(run: Run) -> None:
    if run.stage not in JOINING_STAGES:
        known = ", ".join(JOINING_STAGES)
        raise SettingsError(
            f"stage {run.stage.value!r} is no part of a pathway; name the stage that was measured: "
            f"{known}"
        )
    if run.stage is Stage.INFER and run.row:
        raise SettingsError(
            f"name {run.row!r} was given to the use of a pathway, which has one row, {REFERENCE!r};"
            " leave the name out, or measure a pathway of another name"
        )
    if not _PATHWAY.fullmatch(run.row or "unnamed"):
        raise SettingsError(
            f"name {run.row!r} cannot be a row; begin with a letter or digit and use letters, "
            "digits, spaces and . _ + - only"
        )


def _refuse_twice(run: Run, joining: Joining, store: Store) -> None:
    """Refuse development inside development of the same pathway, which would be added to it."""
    outer_id = run.settings.resolved.get("inside")
    while run.stage is not Stage.INFER and isinstance(outer_id, str):
        outer = _going_on(outer_id, store)
        if outer is None:
            return
        is_same = (outer.study, outer.joined) == (joining.study, joining.pathway)
        if is_same and outer.stage is not Stage.INFER:
            raise SettingsError(
                f"pathway {joining.pathway!r} is being measured around this already, by run "
                f"{outer.run_id} ({outer.row}), and this would be added to it; name study and "
                "pathway in one of the two only, and measure parts with `run.window(NAME)`"
            )
        outer_id = outer.settings.resolved.get("inside")


def _going_on(run_id: str, store: Store) -> Run | None:
    """A run that is being recorded into this store, as its journal has it."""
    try:
        lines = read_journal(store.journal_path(run_id))
        return None if lines is None else decode_run(lines[1])
    except (OSError, ValueError):
        return None


def _refuse_another(run: Run, named_so: Sequence[Run], *, row: str) -> None:
    """Refuse to take another training for a repeat of the row, which would average the two.

    Trials of tuning are added up whatever they are, uses differ in volume, unfinished runs count in
    full, and a name that was given says what is meant.
    """
    if run.row or run.stage in (Stage.TUNE, Stage.INFER):
        return
    others = [o for o in named_so if not (o.rank and run.rank and o.rank.group == run.rank.group)]
    for other in others:
        if other.status is Status.OK and other.settings.passed != run.settings.passed:
            raise SettingsError(
                f"row {row!r} holds another training already ({_told(other)}; this one: "
                f"{_told(run)}); give this one a name (--name, and --from what it builds upon), so "
                f"that both count, or name it {run.stage.value!r} to average the two as repeats"
            )


def _told(run: Run) -> str:
    return ", ".join(f"{k}={v}" for k, v in run.settings.passed.items()) or "no settings"


def _parents(run: Run, joining: Joining, others: Sequence[Run]) -> tuple[str, ...]:
    if run.stage is not Stage.INFER or joining.parents:
        return tuple(dict.fromkeys(_parent(text, joining, others) for text in joining.parents))
    own = [
        other.run_id
        for other in others
        if other.joined == joining.pathway
        and other.stage is not Stage.INFER
        and other.status is Status.OK
    ]
    return tuple(own[-1:])


def _parent(text: str, joining: Joining, others: Sequence[Run]) -> str:
    """Id of the run that a text names."""
    ids = [other.run_id for other in others]
    rows = {other.row: other.run_id for other in others if other.status is Status.OK}
    beginning = [run_id for run_id in ids if text and run_id.startswith(text)]
    if text in ids:
        return text
    if found := rows.get(text) or rows.get(f"{joining.pathway}/{text}"):
        return found
    if len(beginning) == 1:
        return beginning[0]
    raise UnknownNameError("run or finished row of the study", text, beginning or rows)
