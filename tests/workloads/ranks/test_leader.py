"""The leader records for its ranks, and ends with them or for them; ranks here have no torch."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from breakeven.errors import RankFailedError, SettingsError, TrialPrunedError
from breakeven.records import PhaseName, Resource, Scalar, Stage
from breakeven.records.protocols import StageRequest
from breakeven.testing.context import FakeContext
from breakeven.testing.processes import has_ended
from breakeven.workloads.ranks.leader import _start, n_ranks_of, run_in_ranks, torchrun
from breakeven.workloads.ranks.messages import Setup

SCRIPT = Path(__file__).with_name("fake_ranks.py")

Command = Callable[[Setup, int], Sequence[str]]


def fake(behaviour: str) -> Command:
    return lambda setup, n: [
        sys.executable,
        str(SCRIPT),
        behaviour,
        str(n),
        setup.to_argument(),
    ]


def request(**settings: Scalar) -> StageRequest:
    return StageRequest(
        stage=Stage.FINETUNE,
        settings={"device": "auto", "n_processes": 2, **settings},
        task={"name": "files"},
        parents={"start": Path("/somewhere")},
    )


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    return FakeContext(folder=tmp_path / "kept", checkpoints=tmp_path / "checkpoints")


def test_what_the_ranks_did_is_one_run(context: FakeContext, tmp_path: Path) -> None:
    run_in_ranks(context, request(), command=fake("well"))
    assert context.phases == [PhaseName.IMPORT, PhaseName.LOAD, PhaseName.WORK]
    assert (context.output.n_examples, context.output.n_batches) == (7, 1)
    assert context.counted(Resource.FLOPS) == 21.0
    assert context.counted(Resource.N_PARAMETERS) == 7.0
    assert [score.value for score in context.scores] == [0.5]
    assert len(context.notes) == 1
    assert context.progressed == [(1.0, 2.0)]
    assert context.losses == [0.5]
    assert context.continued == f"before, with {tmp_path / 'checkpoints'}"
    assert (tmp_path / "kept/model/w.txt").read_text(encoding="utf-8") == "weights"


def test_cpu_seconds_of_the_ranks_check_the_total_and_are_in_no_sum(context: FakeContext) -> None:
    run_in_ranks(context, request(n_processes=3), command=fake("well"))
    costs = [cost for cost in context.counts if cost.resource is Resource.CPU_S]
    assert [(c.channel, c.value, c.part_of, c.check_of) for c in costs] == [
        ("rank 0 on cpu", 2.0, "ranks", None),
        ("rank 1 on cpu", 2.0, "ranks", None),
        ("rank 2 on cpu", 2.0, "ranks", None),
        ("ranks", 6.0, None, "process_tree"),
    ]


def test_a_rank_that_fails_fails_the_run_with_its_traceback(context: FakeContext) -> None:
    with pytest.raises(RankFailedError, match=r"rank 1 of 2 failed:\nTraceback .*\nValueError"):
        run_in_ranks(context, request(), command=fake("fails"))
    assert context.phases == [PhaseName.IMPORT, PhaseName.WORK]  # its cost up to then is kept


def test_a_rank_that_vanishes_is_told_from_those_it_lets_down(context: FakeContext) -> None:
    with pytest.raises(RankFailedError, match="rank 1 of 2 ended without a word; if memory ran"):
        run_in_ranks(context, request(), command=fake("vanishes"))


def test_ranks_that_never_came_to_be_are_an_error(context: FakeContext) -> None:
    with pytest.raises(RankFailedError, match="torchrun ended before its ranks were ready"):
        run_in_ranks(context, request(), command=fake("stillborn"))


def test_a_trial_is_pruned_in_all_ranks_at_once(context: FakeContext) -> None:
    context.prune_after = 2
    with pytest.raises(TrialPrunedError, match="pruned at step 2 of 3"):
        run_in_ranks(context, request(), command=fake("pruned"))
    assert [judged.step for judged in context.judgements] == [1, 2]


def test_one_device_cannot_be_shared(context: FakeContext) -> None:
    with pytest.raises(SettingsError, match="device='cuda:1' is one device, and n_processes=2"):
        run_in_ranks(context, request(device="cuda:1"))


def test_a_stage_that_does_not_say_is_one_process() -> None:
    assert n_ranks_of(StageRequest(stage=Stage.FINETUNE, settings={}, task={})) == 1


def test_ranks_have_no_place_of_a_launcher_around_them() -> None:
    looks = "import os; raise SystemExit('RANK' in os.environ)"
    with _start([sys.executable, "-c", looks], {**os.environ, "RANK": "3"}) as process:
        assert process.wait() == 0


def test_what_a_rank_is_told_arrives_whole(context: FakeContext) -> None:
    told = Setup(address="/tmp/x", request=request(), run_id="r", enough_s=1.5, is_watched=True)
    command = torchrun(told, 2)
    assert command[1:4] == ["-m", "torch.distributed.run", "--standalone"]
    assert Setup.from_argument(command[-1]) == told


LEADER = """
import signal, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import test_leader
from breakeven.session import leave_on
from breakeven.testing.context import FakeContext
from breakeven.workloads.ranks.leader import run_in_ranks
with leave_on(signal.SIGTERM):
    run_in_ranks(
        FakeContext(folder=Path({folder!r})),
        test_leader.request(),
        command=test_leader.fake("sleeps"),
    )
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143)])
def test_ranks_end_when_their_leader_is_ended(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    text = LEADER.format(tests=str(SCRIPT.parent), folder=str(tmp_path))
    leader = subprocess.Popen([sys.executable, "-c", text])
    try:
        ranks = _wait_for(lambda: _ranks_of(leader.pid))
        time.sleep(0.5)  # they may still be on their way to the leader
    finally:
        leader.send_signal(number)
        leader.wait()
    assert ranks
    assert leader.returncode == code
    _wait_for(lambda: all(has_ended(int(pid)) for pid in ranks))


def _ranks_of(pid: int) -> list[str]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.split()


def _wait_for(what: Callable[[], object]) -> list[str]:
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s:
        if found := what():
            return found if isinstance(found, list) else []
        time.sleep(0.05)
    raise AssertionError("nothing happened for a minute")
