"""Pages of the Python reference, from signatures and docstrings; nothing is imported to read them.

Docstrings are Markdown with Google sections here, so they are written out as Markdown.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import griffe

from breakeven.errors import BreakevenError

ROOMS = (
    "records",
    "store",
    "session",
    "integrations",
    "study",
    "report",
    "testing",
    "errors",
    "units",
    "records.protocols",
    "records.engine",
    "meters",
    "workloads.tasks",
    "workloads.catalogue",
    "workloads.reductions.reduction",
    "workloads.backends.backend",
    "workloads.adaptive",
)
"""Documented beside the top level and every part of `analysis`: what a user's script imports, and
after `units` what a plug-in does besides."""

FOLDER = "reference"
"""Of the pages, beside the page that lists them."""

_LISTS = {
    "parameters": "Arguments",
    "other parameters": "Further arguments",
    "attributes": "Attributes",
    "raises": "Raises",
    "returns": "Returns",
    "yields": "Yields",
}


class UndocumentedError(BreakevenError):
    """A public name has no docstring."""


def reference_pages(source: Path, *, rooms: Sequence[str] = ROOMS) -> tuple[str, dict[str, str]]:
    """Return a list that links every page, and the pages in Markdown by name.

    Args:
        source: Folder that holds the package `breakeven`.
        rooms: Modules of it that are documented beside its own names and its analysis.

    Raises:
        UndocumentedError: If a name that a page lists says nothing of itself.
    """
    package = griffe.load("breakeven", search_paths=[source], docstring_parser="google")
    modules = [package, *(package[name] for name in rooms)]
    modules += _inner(package["analysis"]) if "analysis" in package.members else []
    return _list(modules), {_page_name(module): _page(module) for module in modules}


def public_names(module: griffe.Module) -> list[str]:
    """Names that a module offers: its `__all__`, else what it defines without underscore."""
    if module.exports is not None:
        return sorted(str(name) for name in module.exports)
    defined = [m for m in module.members.values() if not (m.is_alias or m.is_module)]
    return sorted(m.name for m in defined if m.name[0] != "_" and m.docstring is not None)


def _page_name(module: griffe.Module) -> str:
    return module.path.removeprefix("breakeven.").replace(".", "-")


def _list(modules: Sequence[griffe.Module]) -> str:
    lines = [f"- [{m.path}]({FOLDER}/{_page_name(m)}.md): {_first_line(m)}" for m in modules]
    return "\n## Modules\n\n" + "\n".join(lines) + "\n"


def _page(module: griffe.Module) -> str:
    parts = [f"# {module.path}\n", *_docstring(module)]
    for owner in _owners(module):
        if owner is not module:
            parts += [f"## {owner.path}\n", *_docstring(owner)]
        for name in public_names(owner):
            parts += _entry(owner[name], name=name, level="##" if owner is module else "###")
    return "\n".join(parts)


def _owners(module: griffe.Module) -> Iterator[griffe.Module]:
    """Yield the module; where it lists nothing by itself, the modules inside it as well."""
    yield module
    if module.exports is None:
        yield from (inner for inner in _inner(module) if public_names(inner))


def _inner(module: griffe.Module) -> list[griffe.Module]:
    inner = [m for m in module.members.values() if isinstance(m, griffe.Module)]
    return sorted((m for m in inner if m.name[0] != "_"), key=lambda m: m.name)


def _entry(found: Any, *, name: str, level: str) -> list[str]:  # noqa: ANN401 - alias or target
    thing = found.final_target if found.is_alias else found
    parts = [f"{level} `{name}`\n"]
    if thing.is_module:
        return [*parts, f"The module `{thing.path}`: {_first_line(thing)}\n"]
    if thing.is_attribute:
        return [*parts, *_code(_assignment(thing)), *_docstring(thing)]
    if thing.docstring is None:
        raise UndocumentedError(f"{thing.path} is public and has no docstring; write one")
    if thing.is_function:
        return [*parts, *_code(thing.signature()), *_docstring(thing)]
    return [*parts, *_class(thing, level=f"{level}#")]


def _class(thing: griffe.Class, *, level: str) -> list[str]:
    bases = f"({', '.join(map(str, thing.bases))})" if thing.bases else ""
    fields = [m for m in thing.members.values() if isinstance(m, griffe.Attribute)]
    types = {m.name: str(m.annotation) for m in fields if m.annotation is not None}
    parts = [*_code(f"class {thing.name}{bases}"), *_docstring(thing, types=types)]
    made = thing.members.get("__init__")
    if isinstance(made, griffe.Function) and made.docstring is not None:
        parts += [*_code(made.signature(name=thing.name)), *_docstring(made)]
    for member in thing.members.values():
        if member.name[0] == "_" or member.docstring is None:
            continue
        head = f"{level} `{thing.name}.{member.name}`\n"
        if isinstance(member, griffe.Function):
            parts += [head, *_code(member.signature()), *_docstring(member)]
        elif isinstance(member, griffe.Attribute) and "property" in member.labels:
            parts += [head, *_docstring(member)]
    return parts


def _assignment(thing: griffe.Attribute) -> str:
    kind = f": {thing.annotation}" if thing.annotation is not None else ""
    value = str(thing.value) if thing.value is not None else ""
    shown = f" = {value}" if 0 < len(value) <= 60 and "\n" not in value else ""
    return f"{thing.name}{kind}{shown}"


def _code(text: str) -> list[str]:
    shown = textwrap.fill(
        text, 88, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
    return [f"```python\n{shown}\n```\n"]


def _first_line(thing: griffe.Object) -> str:
    return "" if thing.docstring is None else _safe(thing.docstring.value.splitlines()[0])


def _docstring(thing: griffe.Object, *, types: Mapping[str, str] | None = None) -> list[str]:
    if thing.docstring is None:
        return []
    parts = []
    for section in thing.docstring.parsed:
        kind = section.kind.value
        if kind == "text":
            parts.append(_safe(section.value) + "\n")
        elif kind in _LISTS:
            parts.append(f"**{_LISTS[kind]}**\n")
            parts.append("".join(_item(item, types or {}) for item in section.value))
        elif kind == "examples":
            parts += [_example(str(how.value), text) for how, text in section.value]
        elif kind == "admonition":
            parts.append(f"**{section.title}** {_safe(section.value.contents)}\n")
    return parts


def _item(item: Any, types: Mapping[str, str]) -> str:  # noqa: ANN401 - one of several dataclasses
    name = getattr(item, "name", "") or (
        str(item.annotation) if isinstance(item, griffe.DocstringRaise) else ""
    )
    kind = f" (`{types[name]}`)" if name in types else ""
    text = _safe(" ".join(item.description.split()))
    return f"- `{name}`{kind}: {text}\n" if name else f"- {text}\n"


def _example(kind: str, text: str) -> str:
    return f"```pycon\n{text}\n```\n" if kind == "examples" else f"{_safe(text)}\n"


def _safe(text: str) -> str:
    """Keep signs outside code from being read as HTML."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(p if p[:1] == "`" else p.replace("<", "\\<") for p in parts)
