"""Journals torn anywhere: recovery gives the last whole state, or leaves them, and never fails."""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from breakeven.meters.journal import read_journal
from breakeven.records import Status
from breakeven.session import recover
from breakeven.store import Store

from .crowd import SEED

pytestmark = [pytest.mark.slow, pytest.mark.faults]

N_TEARS = 20

_VICTIM = """
import sys, time
from breakeven.session import measure
with measure("torn", store=sys.argv[1]):
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a process that was killed after some entries of its journal."""
    store = tmp_path_factory.mktemp("killed") / "store"
    with subprocess.Popen([sys.executable, "-c", _VICTIM, str(store)]) as victim:
        end_s = time.monotonic() + 60
        while not any(_n_states(path) > 3 for path in (store / "journal").glob("*.jsonl")):
            assert time.monotonic() < end_s, "the journal never grew"
            time.sleep(0.05)
        victim.kill()
    return store


def _n_states(path: Path) -> int:
    return path.read_bytes().count(b"\n") - 1


def test_a_tear_at_any_byte_costs_the_torn_state_alone(killed: Path, tmp_path: Path) -> None:
    rng = random.Random(f"{SEED} tears")
    (journal,) = (killed / "journal").glob("*.jsonl")
    whole = journal.read_bytes()
    second = whole.index(b"\n", whole.index(b"\n") + 1) + 1
    for number in range(N_TEARS):
        store = tmp_path / f"store{number}"
        shutil.copytree(killed, store)
        torn = store / "journal" / journal.name
        torn.write_bytes(whole[: rng.randrange(len(whole))])
        holds_a_state = read_journal(torn) is not None
        with Store(store) as opened:
            runs = recover(opened)
            assert len(runs) == len(opened.runs()) == int(holds_a_state)
            assert [run.status for run in runs] == [Status.INTERRUPTED] * holds_a_state
            assert holds_a_state == (torn.name not in {path.name for path in opened.journals()})
        assert holds_a_state == (not torn.exists())
    assert second < len(whole), f"seed {SEED}"


def test_a_torn_byte_in_the_middle_is_left_alone_and_told(
    killed: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = tmp_path / "store"
    shutil.copytree(killed, store)
    (journal,) = (store / "journal").glob("*.jsonl")
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:-1], b"\xff" + lines[-1]]))
    with Store(store) as opened:
        assert recover(opened) == ()
        assert opened.runs() == ()
    assert "is left alone" in caplog.text
