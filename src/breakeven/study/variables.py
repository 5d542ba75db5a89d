"""Variables: named values of a study file, put in wherever a text says `${name}`.

A folder or an id differs from one machine to the next while the study stays the same, so such a
value is declared once with its default and given on the command line.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from breakeven.errors import UnknownNameError
from breakeven.records import Scalar
from breakeven.study.lines import Document, Place

VARIABLES = "variables"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_USE = re.compile(r"\$\{([^{}]*)\}")
_OPEN = "${"


def fill(
    document: Document,
    given: Mapping[str, Scalar | Path],
    *,
    written: Mapping[str, Any],
    folder: Path | None = None,
) -> tuple[Document, Mapping[str, Scalar]]:
    """Put the values of variables in.

    Args:
        document: After profile and overrides, which may have set variables and used them.
        given: Values that replace those of the document.
        written: The document as written; a variable that is used there alone is used, too.
        folder: What relative paths in `given` are relative to; the working directory.

    Returns:
        The document without `${...}`, and every variable with its value.

    Raises:
        StudyFileError: If a variable is unknown, unused or no scalar; names file and line.
    """
    values = _declared(document, written)
    for name, value in given.items():
        if name not in values:
            raise document.error((VARIABLES,), _unknown(name, values))
        values[name] = absolute(value, folder=folder or Path.cwd())
    filler = _Filler(document=document, values=values)
    data = {k: v if k in _UNFILLED else filler.fill((k,), v) for k, v in document.data.items()}
    _refuse_unused(document, values, written)  # last: a misspelt use explains an unused name
    return replace(document, data=data), values


_UNFILLED = (VARIABLES, "profiles")
"""Profiles that were not chosen stay as they are."""


def absolute(value: Scalar | Path, *, folder: Path) -> Scalar:
    """Return a path that exists as an absolute one, anything else as it is.

    Examples:
        >>> absolute("no/such/place", folder=Path("."))
        'no/such/place'
    """
    if isinstance(value, Path):
        return str(folder / value.expanduser())
    if not isinstance(value, str) or not value:
        return value
    path = folder / Path(value).expanduser()
    return str(path.resolve()) if path.exists() else value


def _declared(document: Document, written: Mapping[str, Any]) -> dict[str, Scalar]:
    block = document.data.get(VARIABLES) or {}
    if not isinstance(block, dict):
        raise document.error((VARIABLES,), f"{VARIABLES} is a mapping of names to values")
    known = written.get(VARIABLES) or {}
    for name, value in block.items():
        place = (VARIABLES, name)
        if name not in known:
            raise document.error(place, _unknown(str(name), known))
        if not _NAME.fullmatch(str(name)):
            raise document.error(
                place, f"{VARIABLES}: {name!r} is no name; use letters, digits, - and _"
            )
        if not isinstance(value, Scalar):
            raise document.error(
                place,
                f"{VARIABLES}.{name} must be one text, number, true or false, got {value!r}",
            )
        if isinstance(value, str) and _OPEN in value:
            raise document.error(
                place, f"{VARIABLES}.{name} holds {value!r}; write a value without ${{...}}"
            )
    return dict(cast("Mapping[str, Scalar]", block))


def _refuse_unused(
    document: Document, values: Mapping[str, Scalar], written: Mapping[str, Any]
) -> None:
    used = {name for data in (written, document.data) for name in _used(data)}
    for name in values:
        if name not in used:
            raise document.error(
                (VARIABLES, name),
                f"variable {name!r} is used nowhere; write ${{{name}}} where it belongs, or "
                "remove it",
            )


def _used(data: Mapping[str, Any]) -> Iterator[str]:
    for key, part in data.items():
        if key != VARIABLES:
            yield from _uses(part)


def _uses(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield from _USE.findall(part)
    elif isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _uses(inner)


class _Filler:
    """Walks a document and knows where it is."""

    def __init__(self, *, document: Document, values: Mapping[str, Scalar]) -> None:
        self._document, self._values = document, values

    def fill(self, place: Place, part: Any) -> Any:  # noqa: ANN401 - anything YAML can hold
        if isinstance(part, dict):
            return {key: self.fill((*place, key), inner) for key, inner in part.items()}
        if isinstance(part, list):
            return [self.fill((*place, index), inner) for index, inner in enumerate(part)]
        return self._text(place, part) if isinstance(part, str) else copy.copy(part)

    def _text(self, place: Place, text: str) -> Scalar:
        if (whole := _USE.fullmatch(text.strip())) is not None:
            return self._value(place, whole[1])
        if _OPEN in _USE.sub("", text):
            raise self._document.error(place, f"{text!r} opens a ${{ that no }} closes; close it")
        return _USE.sub(lambda use: _as_text(self._value(place, use[1])), text)

    def _value(self, place: Place, name: str) -> Scalar:
        if name not in self._values:
            raise self._document.error(place, _unknown(name, self._values))
        return self._values[name]


def _as_text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unknown(name: str, known: Mapping[str, object]) -> str:
    return str(UnknownNameError("variable", name, known))
