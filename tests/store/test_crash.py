"""A store whose writers are killed with -9 at any instant stays readable and whole."""

import random
import signal
import subprocess
import sys
import time

from breakeven.store import Store

_WRITER = """
import itertools, sys
from breakeven.records import Run, Stage, Status
from breakeven.store import Store
store = Store(sys.argv[1])
for i in itertools.count():
    run_id = f"{sys.argv[2]}-{i}"
    draft = store.scratch(run_id)
    (draft / "weights").write_bytes(run_id.encode() * 1000)
    kept = store.keep_artifact(draft)
    store.append(Run(run_id=run_id, stage=Stage.TUNE, status=Status.OK, error="x" * 30_000,
                     started_at="2026-01-01T00:00:00Z", artifacts={"model": kept}))
    print(run_id, flush=True)
"""


def test_kills_at_random_instants_lose_no_acknowledged_run(store: Store) -> None:
    rng = random.Random(20)
    acknowledged: set[str] = set()
    for name in "abcdef":
        command = [sys.executable, "-c", _WRITER, str(store.path), name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            acknowledged.add(child.stdout.readline().strip())
            time.sleep(rng.uniform(0, 0.05))
            child.send_signal(signal.SIGKILL)
            acknowledged |= {line.strip() for line in child.stdout if line.endswith("\n")}
    runs = Store(store.path, create=False).runs()
    assert acknowledged <= {run.run_id for run in runs}
    assert all((store.artifact(run.artifacts["model"]) / "weights").is_file() for run in runs)
    assert {run.run_id.partition("-")[0] for run in runs} == set("abcdef")
