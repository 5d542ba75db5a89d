"""The made-up study's report is compared with a kept copy; `make golden` renews it."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "golden" / "report"


@pytest.fixture(scope="module")
def golden() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_tool", ROOT / "tools" / "golden.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def on_disk(names: Mapping[str, str]) -> dict[str, str]:
    return {name: (FOLDER / name).read_text(encoding="utf-8") for name in names}


def test_tables_and_summary_are_as_kept(golden: ModuleType) -> None:
    made: Mapping[str, str] = golden.golden_tables()

    assert made == on_disk(made)


@pytest.mark.report
def test_the_page_has_the_kept_outline(golden: ModuleType) -> None:
    made: Mapping[str, str] = golden.golden_page()

    assert made == on_disk(made)


def test_the_kept_copy_shows_every_kind_of_doubt() -> None:
    text = (FOLDER / "report-outline.txt").read_text(encoding="utf-8")

    assert all(word in text for word in ("replayed", "assumed", "not stated", "interrupted"))
