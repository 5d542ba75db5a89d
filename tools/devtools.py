"""A Chromium that is driven by hand: keys, pointer, media, real time, PDF.

Speaks the DevTools protocol over two pipes (`tools.pipe`); what can be done to a page is in
`tools.tab`. `tools.chromium` stays the quicker way to look at a page once, in virtual time.
"""

from pathlib import Path

from tools.chromium import Window
from tools.pipe import DevToolsError, Pipe
from tools.tab import Tab

__all__ = ["Browser", "DevToolsError", "Tab"]


class Browser(Pipe):
    """One headless Chromium with an empty profile; a context manager."""

    def open(self, page: Path, *, window: Window | None = None, until: str = "load") -> Tab:
        """A tab that shows a local file.

        Args:
            page: File to show.
            window: Size and scheme; the default one if None.
            until: "load", or "none" not to wait.
        """
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, str(target), str(session))
        tab.prepare(window or Window())
        tab.go(page, until=until)
        return tab
