"""A page with nothing but the report's engine, and numbers that cross into it and back unharmed."""

import json
import math
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from tools import chromium
from tools.chromium import Window

_READ = """
  var b = window.breakeven;
  function number(x) { return typeof x === "string" ? Number(x.replace("inf", "Infinity")) : x; }
  function told(x) {
    if (typeof x === "number") {
      return isFinite(x) ? x : String(x).replace("Infinity", "inf").toLowerCase();
    }
    if (Array.isArray(x)) { return x.map(told); }
    if (x && typeof x === "object") {
      var found = {};
      Object.keys(x).forEach(function (key) { found[key] = told(x[key]); });
      return found;
    }
    return x;
  }
  var inputs = JSON.parse(document.getElementById("inputs").textContent);
"""


def ask(browser: str, folder: Path, inputs: object, script: str) -> Mapping[str, Any]:
    """Run a script beside the engine in a real browser.

    Args:
        browser: Path of Chromium.
        folder: Where the page is written.
        inputs: What `inputs` is in the script; infinite numbers cross as text.
        script: Statements that end in `return` of an object; `number` reads what crossed as text.

    Returns:
        The object, and what went wrong on the page under "errors".
    """
    from breakeven.report.page import ENGINE  # noqa: PLC0415 - needs an extra

    scripts = "".join(f"<script>{_source(name)}</script>" for name in ENGINE)
    told = json.dumps(crossing(inputs), allow_nan=False).replace("<", "\\u003c")
    page = folder / "engine.html"
    page.write_text(
        '<!doctype html><html><head><meta charset="utf-8"></head><body>'
        f'<script type="application/json" id="inputs">{told}</script>{scripts}</body></html>',
        encoding="utf-8",
    )
    body = f"{_READ} var found = (function () {{ {script} }})();"
    end = "found.errors = window.probeErrors; return told(found);"
    return chromium.probe(browser, page, f"{body} {end}", window=Window())


def crossing(value: object) -> object:
    """The same with infinite numbers as the text "inf", which JSON can hold."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {key: crossing(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [crossing(inner) for inner in value]
    return value


def assert_alike(found: object, expected: object, where: str, *, precision: float = 1e-9) -> None:
    """Hold what came back against what is right: words exactly, numbers to a precision.

    Args:
        found: From the page; keys that nobody asked for are left alone.
        expected: As Python has it; infinite numbers may be text.
        where: Said where they differ.
        precision: Relative.
    """
    if isinstance(expected, Mapping):
        assert isinstance(found, Mapping), f"{where}: {found} is not {expected}"
        for key, inner in expected.items():
            assert_alike(found.get(key, "absent"), inner, f"{where}.{key}", precision=precision)
    elif isinstance(expected, Sequence) and not isinstance(expected, str):
        assert isinstance(found, Sequence), f"{where}: {found} is not {expected}"
        assert len(found) == len(expected), f"{where}: {found} is not {expected}"
        for place, (one, other) in enumerate(zip(found, expected, strict=True)):
            assert_alike(one, other, f"{where}[{place}]", precision=precision)
    elif isinstance(expected, float):
        assert isinstance(found, int | float | str), f"{where}: {found} is not {expected}"
        # scipy's smallest chances are 0 where the page still has the denormal number
        is_close = math.isclose(float(found), expected, rel_tol=precision, abs_tol=1e-300)
        assert is_close, f"{where}: {found} is not {expected}"
    else:
        assert found == expected, f"{where}: {found} is not {expected}"


def _source(name: str) -> str:
    place = files("breakeven.report").joinpath("templates", "js", name)
    return place.read_text(encoding="utf-8")
