"""The made-up study with names that try to be markup, scripts, formulas and templates."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Note, NoteCode
from breakeven.testing.runs import example_runs

IMAGE = "<img src=x onerror=window.ran=1>"
SCRIPT = "</script><script>window.ran=2</script>"
FORMULA = '=HYPERLINK("http://nowhere.invalid","y")'
TEMPLATE = "{{7*7}}${7*7}"
LONG = "x" * 150
TURNED = "a\u202ecba\u202c"
LINES = "one\ntwo"
T = TypeVar("T")
NAMES = {"FT": IMAGE, "TS": SCRIPT, "TA": FORMULA, "TF-IDF": TEMPLATE, "API": LONG}
OTHERS = {"fp16": "@SUM(1+1)", "example": f"{TURNED} {IMAGE}"}
"""A value of a setting, and the name of the study."""


def hostile_analysis() -> StudyAnalysis:
    """The study's analysis after every name was exchanged in its records."""
    definition, runs = example_runs()
    definition, runs = exchanged(definition), exchanged(runs)
    source = f"study: {SCRIPT}\n# <!-- {TEMPLATE}"
    facts = {**definition.facts, SCRIPT: IMAGE, "formula": FORMULA}
    analysis = analyse(replace(definition, source=source, facts=facts), runs)
    note = Note(code=NoteCode.BUSY_MACHINE, message=f"{SCRIPT} {LINES}", advice=IMAGE)
    return replace(analysis, notes=(*analysis.notes, note))


def exchanged(value: T) -> T:
    """The same value with every name in it exchanged."""
    return _exchanged(value)  # type: ignore[return-value]  # a copy of the same shape


def _exchanged(value: object) -> object:
    if type(value) is str:
        return _renamed(value)
    if isinstance(value, Mapping):
        return {_exchanged(key): _exchanged(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_exchanged(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: _exchanged(getattr(value, f.name)) for f in fields(value) if f.init}
        return replace(value, **changed)
    return value


def _renamed(text: str) -> str:
    if text in OTHERS:
        return OTHERS[text]
    for name, hostile in NAMES.items():
        if text == name or text.startswith(f"{name}/"):
            return hostile + text[len(name) :]
    return text
