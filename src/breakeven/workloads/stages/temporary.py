"""Temporary: where files that are needed for a moment lie, those of libraries too.

A process that is killed leaves them. In the system's folder nobody would look for a model's whole
graph; in the scratch folder of its run `breakeven store gc` removes them.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def temporary_in(folder: Path) -> Iterator[None]:
    """Let what Python makes by `tempfile` in the block lie in a folder."""
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
