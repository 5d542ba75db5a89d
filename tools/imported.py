"""A pytest plugin: stop unless `breakeven` is imported from the folder that is to be tested.

Without it a wrong import path would test the unbroken source, and every mutant would survive.
"""

import os
from pathlib import Path

import pytest

SOURCE = "BREAKEVEN_SOURCE"
WRONG_SOURCE = 9
"""Exit code; pytest itself uses 0 to 5."""


def pytest_configure() -> None:
    """Compare where `breakeven` comes from with where it must come from."""
    import breakeven  # noqa: PLC0415 - a plugin is imported before paths are set

    wanted, found = Path(os.environ[SOURCE]), Path(breakeven.__file__)
    if not found.resolve().is_relative_to(wanted.resolve()):
        pytest.exit(f"breakeven comes from {found}, not from {wanted}", returncode=WRONG_SOURCE)
