"""Headless Chromium for people and tests: screenshots, and what a page says of itself.

Chromium runs in an empty profile and is asked to open local files only.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TIME_BUDGET_MS = 8000
SETTLE_MS, LATEST_MS = 1500, 7500
"""A page is looked at so long after its last chart was drawn, and not later than that."""
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    f"--virtual-time-budget={TIME_BUDGET_MS}",
)
_MARK = "probe-result"
_PROBE = """
<script>
window.probeErrors = [];
window.addEventListener("error", function (e) {{ window.probeErrors.push(String(e.message)); }});
window.addEventListener("unhandledrejection", function (e) {{
  window.probeErrors.push(String(e.reason));
}});
document.addEventListener("securitypolicyviolation", function (e) {{
  window.probeErrors.push("blocked: " + e.blockedURI);
}});
["error", "warn"].forEach(function (level) {{
  var before = console[level];
  console[level] = function () {{
    window.probeErrors.push(level + ": " + Array.from(arguments).join(" "));
    before.apply(console, arguments);
  }};
}});
function probeTell() {{
  if (document.getElementById("{mark}")) {{ return; }}
  var result = (function () {{ {script} }})();
  var place = document.createElement("script");
  place.type = "application/json";
  place.id = "{mark}";
  place.textContent = JSON.stringify(result).replace(/</g, "\\\\u003c");
  document.body.appendChild(place);
}}
window.addEventListener("load", function () {{
  var page = window.breakeven || {{}};
  var drawn = page.drawAll ? page.drawAll() : Promise.resolve();
  drawn.then(function () {{ setTimeout(probeTell, {settle}); }});
  setTimeout(probeTell, {latest});
}});
</script>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Size of the browser's window, in CSS pixels, and how it is drawn.

    Attributes:
        width: Of the viewport.
        height: Of the viewport.
        scale: Device pixels per CSS pixel.
        is_dark: Whether the page is told that the reader prefers a dark scheme.
    """

    width: int = 1280
    height: int = 800
    scale: float = 1.0
    is_dark: bool = False

    @property
    def flags(self) -> tuple[str, ...]:
        """What Chromium is told about the window."""
        scheme = 0 if self.is_dark else 1
        return (
            f"--window-size={self.width},{self.height}",
            f"--force-device-scale-factor={self.scale}",
            f"--blink-settings=preferredColorScheme={scheme}",
        )


def find() -> str | None:
    """Path of a Chromium on this machine; None when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def screenshot(browser: str, page: Path, target: Path, *, window: Window) -> None:
    """Write a picture of the window's part of a page as PNG."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _run(browser, page, *window.flags, f"--screenshot={target.resolve()}")


def print_pdf(browser: str, page: Path, target: Path) -> None:
    """Print a page as PDF, as a person does from the command line."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _run(browser, page, f"--print-to-pdf={target.resolve()}", "--no-pdf-header-footer")


def probe(browser: str, page: Path, script: str, *, window: Window) -> Mapping[str, Any]:
    """Run JavaScript in a copy of a page once it is drawn, and return what it returns.

    Args:
        browser: Path of Chromium.
        page: HTML file; it is not changed.
        script: Body of a function that returns a JSON value; `window.probeErrors` holds what
            went wrong until then.
        window: Size of the viewport.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "page.html"
        html = page.read_text(encoding="utf-8")
        injected = _PROBE.format(script=script, mark=_MARK, settle=SETTLE_MS, latest=LATEST_MS)
        copy.write_text(html.replace("<head>", f"<head>{injected}", 1), encoding="utf-8")
        dom = _run(browser, copy, *window.flags, "--dump-dom")
    start = dom.index(">", dom.index(f'id="{_MARK}"')) + 1
    found: Mapping[str, Any] = json.loads(dom[start : dom.index("</script>", start)])
    return found


def _run(browser: str, page: Path, *flags: str) -> str:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [browser, *_FLAGS, f"--user-data-dir={profile}", *flags, page.resolve().as_uri()]
        done = subprocess.run(  # noqa: S603 - a browser found on the path, and our own page
            command, capture_output=True, text=True, timeout=120, check=False
        )
    if done.returncode != 0:
        raise RuntimeError(f"Chromium ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout
