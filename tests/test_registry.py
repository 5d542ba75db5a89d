import sys
from pathlib import Path

import pytest

from breakeven import registry
from breakeven.errors import UnknownNameError


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed third-party package that declares two tasks, one of them broken."""
    info = tmp_path / "thirdparty-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: thirdparty\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[breakeven.tasks]\nweather = thirdparty:load\nbroken = thirdparty_absent:load\n"
    )
    (tmp_path / "thirdparty.py").write_text("def load(): return 'sunny'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "thirdparty", raising=False)


@pytest.mark.usefixtures("plugin")
def test_a_third_party_task_is_found_beside_ours() -> None:
    assert {"weather", "pydoc"} <= set(registry.names("task"))
    assert registry.load("task", "weather")() == "sunny"


@pytest.mark.usefixtures("plugin")
def test_a_broken_plugin_breaks_only_itself() -> None:
    assert registry.load("task", "weather")() == "sunny"
    with pytest.raises(ModuleNotFoundError, match="thirdparty_absent"):
        registry.load("task", "broken")


@pytest.mark.usefixtures("plugin")
def test_listing_names_imports_nothing() -> None:
    registry.names("task")
    assert "thirdparty" not in sys.modules


def test_an_unknown_name_is_refused_with_the_closest() -> None:
    with pytest.raises(UnknownNameError, match=r"no meter named 'rapll'\. Did you mean 'rapl'\?"):
        registry.load("meter", "rapll")


def test_what_is_installed_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()
    monkeypatch.setattr(
        registry, "entry_points", lambda group: list(map(asked.append, [group]))[:0]
    )
    assert (registry.names("task"), registry.names("task")) == ([], [])
    assert asked == ["breakeven.tasks"]
