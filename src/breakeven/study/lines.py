"""Documents: the data of a study, and where each part of it stands, for messages.

A study file is YAML with line numbers; a study defined in Python has the names of its keys.

YAML is read by the rules of version 1.2 where 1.1 surprises: `1e-3` is a number, `no` is text,
dates stay text. A key given twice is refused.
"""

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from breakeven.errors import StudyFileError

DEFINED = "define_study"
"""Python's call that a study without a file comes from."""

Place = Sequence[str | int]
"""Keys and indices that lead to a part of the document."""


class _Loader(yaml.SafeLoader):
    """SafeLoader with YAML 1.2's booleans and numbers."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - yaml's signature
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key.value!r} is given twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("float", r"[-+]?\.inf|\.nan", "-+."),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a study file or a call says.

    Attributes:
        folder: What relative paths are relative to.
        text: As written.
        data: Plain dictionaries, lists and scalars.
        path: Where it was read; None when it was defined in Python.
        root: The parsed nodes, which know their lines; None without a file.
        name: Stands in messages for the file of a study that has none: what was called.
        task_place: Where its `task` is written; elsewhere in a file of several.
    """

    folder: Path
    text: str
    data: dict[str, Any]
    path: Path | None = None
    root: yaml.Node | None = None
    name: str = DEFINED
    task_place: Place = ("task",)

    def where(self, place: Place) -> str:
        """Say where a place is: file and line of its deepest part, or its key.

        Examples:
            >>> document = Document(folder=Path(), text="", data={"stages": [{"name": "ft"}]})
            >>> document.where(("stages", 0, "lr"))
            'define_study: stages.ft.lr'
        """
        if self.root is None:
            return f"{self.name}: {shown_place(self.data, place)}"
        if place[:1] == ("task",):
            place = (*self.task_place, *place[1:])
        return f"{self.path}:{self._line(self.root, place)}"

    def error(self, place: Place, message: str) -> StudyFileError:
        """Make an error that says where."""
        return StudyFileError(f"{self.where(place)}: {message}")

    def _line(self, node: yaml.Node, place: Place) -> int:
        line = 1
        for step in place:
            found = _child(node, step)
            if found is None:
                break
            node, line = found
        return line


def read_document(path: Path) -> Document:
    """Read one YAML file whose top level is a mapping.

    Raises:
        StudyFileError: If the file is missing, is no YAML, or holds no mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise StudyFileError(
            f"cannot read the study file {path}: {reason}. Check the path."
        ) from error
    try:
        root = yaml.compose(text, Loader=_Loader)
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise StudyFileError(_syntax(path, error)) from error
    if not isinstance(data, dict) or root is None:
        raise StudyFileError(
            f"{path}:1: a study file is a mapping (study:, task:, stages: ...), "
            f"got {type(data).__name__}"
        )
    return Document(folder=path.parent, text=text, data=data, path=path, root=root)


def read_value(text: str) -> object:
    """Read one value as the study file would, e.g. `'1e-3' -> 0.001`.

    Raises:
        StudyFileError: If the text is no YAML.

    Examples:
        >>> read_value("1e-3"), read_value("no"), read_value("[1, 2]")
        (0.001, 'no', [1, 2])
    """
    try:
        value: object = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise StudyFileError(
            f"{text!r} is no YAML value ({getattr(error, 'problem', None) or error}); put text "
            "with special characters in quotes"
        ) from error
    return value


def _syntax(path: Path, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    return f"{path}:{line}: not valid YAML: {getattr(error, 'problem', None) or error}"


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        if step < len(node.value):
            found = node.value[step]
            return found, found.start_mark.line + 1
        return None
    if not isinstance(node, yaml.MappingNode):
        return None
    merged: list[yaml.Node] = []
    for key, value in node.value:
        if key.value == str(step):
            return value, key.start_mark.line + 1
        if key.tag == "tag:yaml.org,2002:merge":
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
    return next((found for m in merged if (found := _child(m, step))), None)


def place_of(data: Mapping[str, Any], dotted: str) -> list[str | int]:
    """Turn `stages.ft.lr` into keys and indices; items of lists are found by their name.

    Examples:
        >>> place_of({"stages": [{"name": "ft"}]}, "stages.ft.lr")
        ['stages', 0, 'lr']
    """
    place: list[str | int] = []
    here: Any = data
    for step in dotted.split("."):
        if isinstance(here, list):
            index = next((i for i, x in enumerate(here) if _is_named(x, step)), None)
            if index is None:
                names = ", ".join(str(x["name"]) for x in here if isinstance(x, dict))
                raise StudyFileError(f"{dotted}: nothing is named {step!r}; there are {names}")
            place.append(index)
            here = here[index]
        else:
            place.append(step)
            here = here.get(step) if isinstance(here, dict) else None
    return place


def _is_named(item: object, name: str) -> bool:
    return isinstance(item, dict) and item.get("name") == name


def shown_place(data: Mapping[str, Any], place: Place) -> str:
    """Write a place for people: rows of `stages` by name, entries of lists counted from 1.

    Examples:
        >>> shown_place({}, ("inference", "sweep", 0))
        'inference.sweep.entry 1'
    """
    steps = [str(step) if isinstance(step, str) else f"entry {step + 1}" for step in place]
    if len(place) > 1 and place[0] == "stages" and isinstance(place[1], int):
        row = data["stages"][place[1]]
        steps[1] = str(row.get("name", steps[1])) if isinstance(row, dict) else steps[1]
    return ".".join(steps)
