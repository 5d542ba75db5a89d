"""From a study file to a `Study`: profile, overrides and variables, then types, then the whole."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from breakeven.errors import StudyFileError
from breakeven.records import Scalar
from breakeven.study.build import build_study
from breakeven.study.lines import Document, place_of, read_document, shown_place
from breakeven.study.places import name_only
from breakeven.study.schema import StudyBlock, sibling_keys
from breakeven.study.several import TASKS, for_task, of_task, split_changes, task_names
from breakeven.study.spec import Study
from breakeven.study.variables import VARIABLES, fill

_SCALAR = "must be one text, number, true or false"
_SCALAR_TYPES = ("str", "int", "float", "bool")


Widen = Callable[[StudyBlock], StudyBlock]


def as_it_is(block: StudyBlock) -> StudyBlock:
    """Add nothing to a study."""
    return block


def load_study(  # noqa: PLR0913 - one argument per thing that changes what is written
    path: Path | str,
    overrides: Mapping[str, object] | None = None,
    *,
    profile: str | None = None,
    variables: Mapping[str, Scalar | Path] | None = None,
    task: str | None = None,
    widen: Widen = as_it_is,
) -> Study:
    """Read, check and resolve a study file.

    Args:
        path: The YAML file.
        overrides: Values by dotted place (`stages.ft.epochs`), applied after the profile.
        profile: Name of one of the file's own sets of overrides.
        variables: Values for the file's variables, applied last; relative paths that exist are
            relative to the working directory.
        task: Which one, where the file holds several; see `load_studies` for all.
        widen: Adds to the checked blocks of the file.

    Raises:
        StudyFileError: If the study cannot be carried out as written; names file and line.
    """
    tasks = () if task is None else (task,)
    studies = load_studies(
        path, overrides, profile=profile, variables=variables, tasks=tasks, widen=widen
    )
    if len(studies) > 1:
        raise StudyFileError(
            f"{path} holds {len(studies)} studies, one for each of `{TASKS}`: "
            f"{', '.join(study.name for study in studies)}; name a task, or load all with "
            "load_studies"
        )
    return studies[0]


def load_studies(  # noqa: PLR0913 - as `load_study`
    path: Path | str,
    overrides: Mapping[str, object] | None = None,
    *,
    profile: str | None = None,
    variables: Mapping[str, Scalar | Path] | None = None,
    tasks: Sequence[str] = (),
    widen: Widen = as_it_is,
) -> tuple[Study, ...]:
    """Read, check and resolve a study file, one study for each of its `tasks`.

    Args:
        path: The YAML file.
        overrides: As `load_study`; they come after the profile, and that after what a task
            overrides itself.
        profile: As `load_study`.
        variables: As `load_study`.
        tasks: Names of those that are wanted; empty for all.
        widen: As `load_study`.

    Returns:
        One study alone where the file has no `tasks`.

    Raises:
        StudyFileError: As `load_study`.
    """
    document = read_document(Path(path))
    changes = {**_profile(document, profile), **(overrides or {})}
    given = variables or {}
    first, rest = split_changes(changes)
    changed = _override(document, first)
    names = task_names(changed, tasks)
    if not names:
        return (build(document, changes, variables=given, widen=widen),)
    studies = []
    for name in names:
        own, overrides = for_task(changed, name)
        try:
            changes = {**overrides, **rest}
            study = build(own, changes, variables=given, written=document.data, widen=widen)
        except StudyFileError as error:
            raise of_task(name, error) from error
        source = _as_run(study.source, {**first, TASKS: name})
        studies.append(replace(study, source=source, entry=name))
    return tuple(studies)


def build(
    document: Document,
    changes: Mapping[str, object],
    *,
    variables: Mapping[str, Scalar | Path],
    written: Mapping[str, Any] | None = None,
    widen: Widen = as_it_is,
) -> Study:
    """Check and resolve a document with the changes that are wanted now.

    Args:
        document: As written.
        changes: Values by dotted place.
        variables: Values by variable.
        written: The whole of a file that this is a part of; the document itself by default.
        widen: Adds to the checked blocks.

    Raises:
        StudyFileError: If the study cannot be carried out; says where.
    """
    changed = _override(document, changes)
    filled, values = fill(changed, variables, written=written or document.data)
    told = {**changes, **{f"{VARIABLES}.{name}": values[name] for name in variables}}
    study = build_study(filled, widen(_validate(filled)))
    return replace(study, source=_as_run(document.text, told), variables=values)


def _as_run(text: str, changes: Mapping[str, object]) -> str:
    """Add what this run changed to the text that a store keeps; folders by their name alone."""
    told = [f"#   {place}: {_told(value)}" for place, value in changes.items()]
    return "\n".join([text.rstrip("\n"), "# changed for this run:", *told, ""]) if told else text


def _told(value: object) -> str:
    return str(name_only(value) if isinstance(value, str | Path) else value)


def _profile(document: Document, name: str | None) -> Mapping[str, object]:
    profiles = document.data.get("profiles") or {}
    if name is None:
        return {}
    if name not in profiles:
        known = ", ".join(profiles) or "none"
        raise document.error(("profiles",), f"no profile {name!r}; there are: {known}")
    return dict(profiles[name])


def _override(document: Document, overrides: Mapping[str, object]) -> Document:
    data = copy.deepcopy(document.data)
    for dotted, value in overrides.items():
        *parents, last = place_of(data, dotted)
        here: Any = data
        for step in parents:
            here = here[step] if isinstance(step, int) else here.setdefault(step, {})
        if not isinstance(here, dict):
            raise StudyFileError(f"{document.path}: {dotted} cannot be set; it names no key")
        here[last] = value
    return replace(document, data=data)


def _validate(document: Document) -> StudyBlock:
    data = {k: v for k, v in document.data.items() if not str(k).startswith("x-")}
    if "task" not in data:
        raise document.error((), "task is missing; add it")
    try:
        return StudyBlock.model_validate(data)
    except ValidationError as error:
        raise _file_error(document, error) from error


def _file_error(document: Document, error: ValidationError) -> StudyFileError:
    problems = error.errors(include_url=False)
    first = next((p for p in problems if p["type"] == "extra_forbidden"), problems[0])
    place = _known_part(document.data, first["loc"])
    shown = shown_place(document.data, place)
    if first["type"] == "extra_forbidden":
        choices = sibling_keys(first["loc"])
        close = get_close_matches(str(place[-1]), choices, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(choices)}."
        return document.error(place, f"unknown key {shown!r}; {hint}")
    if first["type"] == "missing":
        return document.error(
            place, f"{shown_place(document.data, first['loc'])} is missing; add it"
        )
    wanted = _SCALAR if first["loc"][-1] in _SCALAR_TYPES else _said(first["msg"])
    return document.error(place, f"{shown}: {wanted}, got {first['input']!r}")


def _said(message: str) -> str:
    """Cut what pydantic puts before a sentence of ours."""
    return message.removeprefix("Value error, ")


def _known_part(
    data: Any,  # noqa: ANN401 - anything YAML can hold
    loc: tuple[str | int, ...],
) -> tuple[str | int, ...]:
    """Cut what pydantic adds to a place (names of union members) off its end."""
    kept: list[str | int] = []
    for step in loc:
        if isinstance(data, str):
            break
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            break
        kept.append(step)
    return tuple(kept)
