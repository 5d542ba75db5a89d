"""Studies ended twenty times by each fault: their records are kept, and nobody is left.

kill -9 is in `test_kills.py`: twenty on one store, which then goes on from there.
"""

import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from breakeven.records import Resource, Run, Status
from breakeven.session import recover
from breakeven.store import Store

from .crowd import LOST_S, SMALL_DISKS, Crowd, fill, instants_s, names

pytestmark = [pytest.mark.slow, pytest.mark.faults]

STUDY = """\
study: ended
engine: toy
task: {{name: toy}}
defaults: {{log: {log}}}
stages:
  - {{name: only, stage: finetune, {options}}}
pathways: {{FT: only}}
inference:
  sweep:
    - max_length: 16
"""


class Studies(Crowd):
    """Victims that are `breakeven run`; they live from the first line of their log on."""

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def logged(self, name: str) -> dict[str, float]:
        """CPU seconds of each run's work, from its first line to its last."""
        seen: dict[str, list[float]] = {}
        for line in self.log(name).read_text().splitlines():
            run_id, _, cpu_s = line.split()
            seen.setdefault(run_id, []).append(float(cpu_s))
        return {run_id: max(cpu_s) - min(cpu_s) for run_id, cpu_s in seen.items()}

    def _beats(self, name: str) -> bool:
        return self.log(name).exists() and self.log(name).stat().st_size > 0


def studies(
    folder: Path,
    stores: Mapping[str, Path],
    *,
    options: Mapping[str, str] | None = None,
    prefix: tuple[str, ...] = (),
) -> Studies:
    """Write a study for each victim; without options its stage burns until it is ended."""
    chosen = dict.fromkeys(stores, "burn_s: 60") | dict(options or {})
    folder.mkdir()
    spec = {}
    for name, store in stores.items():
        text = STUDY.format(log=folder / f"{name}.log", options=chosen[name])
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        spec[name] = {"cli": ["run", str(folder / f"{name}.yaml"), "--store", str(store)]}
    return Studies(folder, spec, prefix)


def recovered_run(store: Path) -> Run:
    """The one run of a study that was ended, recovered."""
    with Store(store) as opened:
        recover(opened)
        assert not opened.journals()
        (run,) = opened.runs()
        return run


def worked_s(run: Run) -> float:
    """CPU seconds of its work."""
    return sum(cost.value for cost in run.costs(Resource.CPU_S))


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGINT, 130, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, id="SIGTERM"),
    ],
)
def test_twenty_studies_end_and_keep_their_cost(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    crowd = studies(tmp_path / "crowd", {name: tmp_path / f"store-{name}" for name in names()})
    lives_s = dict(zip(names(), instants_s(f"study {number.name}"), strict=True))
    with crowd.alive():
        crowd.end_each(lambda name: os.kill(crowd.pid(name), number), lives_s)
        crowd.assert_nobody_is_left()
        assert {crowd.code(name) for name in names()} == {code}
        for name in names():
            run = recovered_run(tmp_path / f"store-{name}")
            assert run.status is Status.INTERRUPTED
            assert crowd.logged(name)[run.run_id] - worked_s(run) <= LOST_S


def test_twenty_studies_whose_stage_raises_keep_it_and_pass_the_failure_on(tmp_path: Path) -> None:
    burn_s = [instant_s / 10 for instant_s in instants_s("study exception")]
    crowd = studies(
        tmp_path / "crowd",
        {name: tmp_path / f"store-{name}" for name in names()},
        options=dict(zip(names(), (f"fail: true, burn_s: {s:.3f}" for s in burn_s), strict=True)),
    )
    with crowd.alive():
        crowd.wait()
        crowd.assert_nobody_is_left()
        assert {crowd.code(name) for name in names()} == {1}
        for name, least_s in zip(names(), burn_s, strict=True):
            run = recovered_run(tmp_path / f"store-{name}")
            assert run.status is Status.FAILED
            assert "told to fail" in (run.error or "")
            assert worked_s(run) >= least_s - 0.05


def test_twenty_full_disks_end_their_studies_with_a_clear_error(tmp_path: Path) -> None:
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("no namespaces here, so no small disks; tests/store pretends full ones")
    disks = tmp_path / "disks"
    for name in names():
        (disks / name).mkdir(parents=True)
    crowd = studies(
        tmp_path / "crowd",
        {name: disks / name / "store" for name in names()},
        options=dict.fromkeys(names(), "burn_s: 0.3"),
        prefix=("unshare", "-rm", "sh", "-c", SMALL_DISKS, str(disks)),
    )
    lives_s = dict(zip(names(), instants_s("study full disk"), strict=True))

    def seen(name: str) -> Path:
        return Path(f"/proc/{crowd.zygote_pid}/root{disks / name}")

    with crowd.alive():
        crowd.end_each(lambda name: fill(seen(name)), lives_s)
        crowd.assert_nobody_is_left()
        for name in names():
            assert crowd.code(name) == 1
            assert "no space left" in crowd.errors(name)
            (seen(name) / "filler").unlink()
            with Store(seen(name) / "store") as store:
                recover(store)
                assert not store.journals()
                runs = {run.run_id: run for run in store.runs()}
            for run_id, cpu_s in crowd.logged(name).items():
                assert cpu_s - worked_s(runs[run_id]) <= LOST_S
