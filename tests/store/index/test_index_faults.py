"""Kills and full disks while an index is built: the old one or none, and the runs untouched."""

import hashlib
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.scale_store import Shape, write_store
from breakeven.errors import RecordFormatError
from breakeven.store import Store
from breakeven.store.index import open_index, update_index

N_KILLS = 20
SEED = 7

_BUILD = """
import sys
from breakeven.store import Store
from breakeven.store.index import update_index
with Store(sys.argv[1], create=False) as store:
    print("building", flush=True)
    update_index(store, segment_runs=50)
"""

_ON_TINY_DISK = """
import json, subprocess, sys
from pathlib import Path
from benchmarks.scale_store import Shape, write_store
from breakeven.cli import main

disk, shape = Path(sys.argv[1]), Shape(n_runs=2000, n_pathways=10)
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", disk], check=True)
write_store(disk / "store", shape)
filler = disk / "filler"
with open(filler, "ab", buffering=0) as file:
    try:
        while file.write(b"x" * (1 << 14)):
            pass
    except OSError:
        pass
with open(filler, "r+b") as file:
    file.truncate(filler.stat().st_size - (1 << 15))  # room for a lease, not for a segment
before = sorted((p.name, p.read_bytes().hex()) for p in (disk / "store" / "runs").iterdir())
sys.argv = ["breakeven", "store", "index", str(disk / "store")]
try:
    code = main()
except SystemExit as end:
    code = end.code
after = sorted((p.name, p.read_bytes().hex()) for p in (disk / "store" / "runs").iterdir())
left = [p.name for p in (disk / "store" / "index").glob("*")]
filler.unlink()
try:
    again = main()
except SystemExit as end:
    again = end.code
print(json.dumps([code, before == after, left, again]))
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    write_store(tmp_path / "store", Shape(n_runs=4000, n_pathways=10))
    return Store(tmp_path / "store", create=False)


def runs_hash(store: Store) -> str:
    files = sorted(store.path.glob("runs/*.jsonl"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def told(store: Store) -> list[bytes] | None:
    """Ids that the index holds; None where there is no index."""
    try:
        return sorted(open_index(store).ids.tolist())
    except RecordFormatError as error:
        assert "has no index" in str(error)  # noqa: PT017 - any other damage is a failure
        return None


@pytest.mark.slow
@pytest.mark.faults
def test_twenty_kills_leave_the_old_index_or_none(store: Store) -> None:
    rng = random.Random(SEED)
    wanted = sorted(run.run_id.encode() for run in store.runs())
    before, seen = runs_hash(store), told(store)
    for _ in range(N_KILLS):
        command = [sys.executable, "-c", _BUILD, str(store.path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(rng.uniform(0, 0.25))
            child.send_signal(signal.SIGKILL)
        found = told(store)
        assert found in (seen, wanted)
        seen = found
    assert runs_hash(store) == before
    assert update_index(store, segment_runs=50).n_runs == len(wanted)
    assert told(store) == wanted
    named = {segment.name for segment in open_index(store).manifest.segments}
    assert {path.name for path in store.path.glob("index/*.npz")} == named


def test_a_kill_between_segments_leaves_no_index_and_the_next_build_works(store: Store) -> None:
    command = [sys.executable, "-c", _BUILD, str(store.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        while not any(store.path.glob("index/*.npz")):
            assert child.poll() is None
            time.sleep(0.001)
        child.send_signal(signal.SIGKILL)
    assert told(store) is None
    assert update_index(store, segment_runs=50).n_runs == len(store.runs())


def test_a_full_disk_ends_in_one_sentence_and_leaves_the_runs(tmp_path: Path) -> None:
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces here; no disk of our own can be filled")
    root = Path(__file__).resolve().parents[3]
    command = ["unshare", "-rm", sys.executable, "-c", _ON_TINY_DISK, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("no space left to write") == 1
    assert "Traceback" not in done.stderr
    code, is_untouched, left, again = json.loads(done.stdout.splitlines()[-1])
    assert code == 1
    assert is_untouched
    assert left == []
    assert not again
