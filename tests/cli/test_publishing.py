"""A redacted store can be published as it is: small, readable, and silent about the machine."""

import json
import platform
import re
import runpy
import sys
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.records import Run, Settings, Status
from breakeven.store import Store
from breakeven.store.kept import (
    PROGRESS,
    PROGRESS_FILE,
    StoredShapes,
    keep_file,
    progress_text,
    read_progress,
)
from breakeven.testing.runs import example_runs

ABSOLUTE = re.compile(rb"(?<![\w.<~\\])/[\w.][^\s\"']*|[A-Za-z]:\\\\")
POINTS = [{"elapsed_s": float(n), "energy_j:plug:A8032ABE54DC:0": n / 3} for n in range(200)]
CONFIG = {"model_type": "bert", "num_hidden_layers": 3, "_name_or_path": "/scratch/alice/model"}
N_WEIGHTS_BYTES = 1 << 20


def call(*arguments: str | Path) -> str:
    result = CliRunner().invoke(group, list(map(str, arguments)), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def fail(folder: Path) -> str:
    """Run a script that fails in a library, and return the traceback with its full paths."""
    script = folder / "my private code" / "train.py"
    script.parent.mkdir()
    script.write_text("import json, numpy\nnumpy.loadtxt('/scratch/alice/my data/x.csv')\n")
    try:
        runpy.run_path(str(script))
    except OSError:
        return traceback.format_exc()
    raise AssertionError


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The example's runs; the first failed, the second left artefacts."""
    definition, (first, second, *others) = example_runs()
    with Store(tmp_path / "store") as made:
        made.save_study(definition)
        made.append(
            replace(
                first,
                status=Status.FAILED,
                error=fail(tmp_path),
                settings=Settings(
                    passed={"command": f"{sys.executable} /scratch/alice/x.py --to={tmp_path}/y"}
                ),
            )
        )
        progress = keep(made, second, PROGRESS, PROGRESS_FILE, progress_text(POINTS).encode())
        model = keep(made, second, "model", "config.json", json.dumps(CONFIG).encode())
        folder = made.artifact(model)
        (folder / "model.safetensors").write_bytes(bytes(N_WEIGHTS_BYTES))
        made.append(replace(second, artifacts={PROGRESS: progress, "model": model}))
        for run in others:
            made.append(run)
        yield made


def keep(store: Store, run: Run, name: str, file_name: str, content: bytes) -> str:
    return keep_file(content, store, run_id=run.run_id, name=name, file_name=file_name)


@pytest.fixture
def copy(store: Store, tmp_path: Path) -> Store:
    call("store", "redact", store.path, tmp_path / "copy")
    return Store(tmp_path / "copy", create=False)


def test_no_byte_tells_a_path_or_a_name_of_the_machine(
    store: Store, copy: Store, tmp_path: Path
) -> None:
    files = [path for path in copy.path.rglob("*") if path.is_file()]
    text = b"\n".join(path.read_bytes() for path in files)
    assert any(f'File "{sys.prefix}' in (run.error or "") for run in store.runs())
    assert ABSOLUTE.findall(text) == []
    for told in (sys.prefix, sys.base_prefix, str(tmp_path), "alice", "private", "be54dc"):
        assert told.encode() not in text
    assert re.search(rb"\b%s\b" % re.escape(platform.node()).encode(), text) is None
    assert b'File \\"numpy/lib/' in text


def test_the_copy_is_small_and_holds_nothing_but_records_and_numbers(copy: Store) -> None:
    files = [path.relative_to(copy.path) for path in copy.path.rglob("*") if path.is_file()]
    assert {path.parts[0] for path in files} == {"store.json", "runs", "studies", "artifacts"}
    assert {p.name for p in files if p.parts[0] == "artifacts"} == {PROGRESS_FILE, "config.json"}
    assert sum(map(size_bytes, copy.path.rglob("*"))) < N_WEIGHTS_BYTES
    assert all(any(folder.iterdir()) for folder in copy.path.rglob("*") if folder.is_dir())


def size_bytes(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def test_progress_and_shapes_come_along(store: Store, copy: Store) -> None:
    (before,) = (run for run in store.runs() if PROGRESS in run.artifacts)
    (after,) = (run for run in copy.runs() if PROGRESS in run.artifacts)
    old, new = (
        read_progress(s, run.artifacts[PROGRESS]) for s, run in ((store, before), (copy, after))
    )
    assert len(new) == len(POINTS)
    assert [list(point.values()) for point in new] == [list(point.values()) for point in old]
    assert after.artifacts["model"] == before.artifacts["model"]
    assert StoredShapes(copy)(after.artifacts["model"]) == ("bert", 3)


def test_the_copy_is_reported_and_redacted_again_like_any_store(
    copy: Store, tmp_path: Path
) -> None:
    call("report", copy.path, "--tables-only", "--out", tmp_path / "report")
    assert "| bert | 3 |" in call(
        "export", copy.path, "--columns", "family,n_layers", "--format", "md"
    )
    call("store", "redact", copy.path, tmp_path / "again")
    again = Store(tmp_path / "again", create=False)
    assert [run.error for run in again.runs()] == [run.error for run in copy.runs()]
    names = [sorted(path.name for path in (s.path / "artifacts").iterdir()) for s in (copy, again)]
    assert len(names[0]) == len(names[1]) == 2
