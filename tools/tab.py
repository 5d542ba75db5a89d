"""Tab: one page in a driven browser: keys, pointer, media, pictures, PDF, and what went wrong."""

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.chromium import Window
from tools.pipe import DevToolsError, Pipe

_KEYS = {
    "Tab": ("Tab", 9, ""),
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    "ArrowLeft": ("ArrowLeft", 37, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    "ArrowRight": ("ArrowRight", 39, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
    "Home": ("Home", 36, ""),
    "End": ("End", 35, ""),
    "Space": (" ", 32, " "),
}
"""Key name -> what the page is told, key code, text it types."""


class Tab:
    """One page in a browser."""

    def __init__(self, browser: Pipe, target: str, session: str) -> None:
        """Made by `Browser.open`."""
        self._browser, self._target, self._session = browser, target, session

    def send(self, method: str, **params: object) -> Mapping[str, Any]:
        """What the tab answers to one command of the protocol."""
        return self._browser.send(method, self._session, **params)

    def prepare(self, window: Window) -> None:
        """Set size and scheme, and begin to listen for errors and requests."""
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        self.resize(window)

    def resize(self, window: Window) -> None:
        """Change size and scheme of the window."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=window.width,
            height=window.height,
            deviceScaleFactor=window.scale,
            mobile=False,
        )
        self.media("screen", is_dark=window.is_dark)

    def media(self, kind: str, *, is_dark: bool = False) -> None:
        """Show the page as on "screen" or in "print" until it is printed."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
        self.send("Emulation.setEmulatedMedia", media=kind, features=[scheme])

    def vision(self, kind: str) -> None:
        """Show the page as it looks with "none", "deuteranopia", "achromatopsia" and the like."""
        self.send("Emulation.setEmulatedVisionDeficiency", type=kind)

    def go(self, page: Path, *, until: str = "load") -> None:
        """Show another local file."""
        self._browser.forget(self._session)
        self.send("Page.navigate", url=page.resolve().as_uri())
        if until == "load":
            self._browser.wait_for(self._session, "Page.loadEventFired")

    def before(self, script: str) -> None:
        """Run a script in every page opened from now on, before the page's own."""
        self.send("Page.addScriptToEvaluateOnNewDocument", source=script)

    def run(self, script: str) -> Any:  # noqa: ANN401 - whatever JSON value the script gives
        """Value of an expression in the page; a Promise is waited for.

        Raises:
            DevToolsError: If it throws.
        """
        told = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in told:
            details = told["exceptionDetails"]
            raise DevToolsError(str(details.get("exception", {}).get("description", details)))
        return told["result"].get("value")

    def press(self, *keys: str) -> None:
        """Type keys by name; "Shift+Tab" holds Shift."""
        for named in keys:
            name = named.removeprefix("Shift+")
            key, code, text = _KEYS[name]
            held = {"modifiers": 8} if named != name else {}
            about = {"key": key, "code": name, "windowsVirtualKeyCode": code, **held}
            down = "keyDown" if text else "rawKeyDown"
            self.send(
                "Input.dispatchKeyEvent", type=down, **about, **({"text": text} if text else {})
            )
            self.send("Input.dispatchKeyEvent", type="keyUp", **about)

    def hover(self, selector: str) -> None:
        """Move the pointer over the middle of an element, scrolled into view."""
        x, y = self._middle(selector)
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, selector: str) -> None:
        """Click the middle of an element with the mouse."""
        x, y = self._middle(selector)
        about = {"x": x, "y": y, "button": "left", "clickCount": 1}
        self.send("Input.dispatchMouseEvent", type="mousePressed", **about)
        self.send("Input.dispatchMouseEvent", type="mouseReleased", **about)

    def tap(self, selector: str) -> None:
        """Touch the middle of an element with a finger."""
        x, y = self._middle(selector)
        self.send("Emulation.setTouchEmulationEnabled", enabled=True)
        self.send("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.send("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def _middle(self, selector: str) -> Sequence[float]:
        place: Sequence[float] = self.run(
            f"(function () {{ var e = document.querySelector({json.dumps(selector)});"
            "e.scrollIntoView({block: 'center', behavior: 'instant'});"
            "var b = e.getBoundingClientRect();"
            "return [b.left + b.width / 2, b.top + b.height / 2]; })()"
        )
        return place

    def screenshot(self, target: Path, *, is_whole: bool = False) -> None:
        """Write a PNG of the window, or of the whole page."""
        told = self.send("Page.captureScreenshot", captureBeyondViewport=is_whole)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(base64.b64decode(told["data"]))

    def pdf(self, target: Path) -> None:
        """Print the page on A4."""
        self.send("Emulation.setEmulatedMedia", media="", features=[])
        told = self.send(
            "Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=True
        )
        target.write_bytes(base64.b64decode(told["data"]))

    def errors(self) -> list[str]:
        """What went wrong so far: exceptions, messages of level error or warning."""
        return [text for event in self._browser.events(self._session) if (text := _error(event))]

    def requests(self) -> list[str]:
        """Addresses asked for beside the page itself, `data:` left out."""
        asked = [
            str(event["params"]["request"]["url"])
            for event in self._browser.events(self._session)
            if event["method"] == "Network.requestWillBeSent"
        ]
        return [url for url in asked[1:] if not url.startswith("data:")]

    def close(self) -> None:
        """Close the tab."""
        self._browser.send("Target.closeTarget", targetId=self._target)


def _error(event: Mapping[str, Any]) -> str:
    about = event.get("params", {})
    if event["method"] == "Runtime.exceptionThrown":
        details = about["exceptionDetails"]
        return str(details.get("exception", {}).get("description", details["text"]))
    if event["method"] == "Runtime.consoleAPICalled" and about["type"] in {"error", "warning"}:
        return " ".join(str(a.get("value", a.get("description", ""))) for a in about["args"])
    if event["method"] == "Log.entryAdded" and about["entry"]["level"] in {"error", "warning"}:
        return str(about["entry"]["text"])
    return ""
