import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.training import job_of, key, parser, read_done, write_done
from benchmarks.training_job import ARMS, OURS, OURS_BUCKETED, TRAINER, TRAINER_GROUPED, Chunks
from benchmarks.training_table import Trained, results, speedup, t_interval, told

RATES = {OURS: 40.0, TRAINER: 32.0, OURS_BUCKETED: 80.0, TRAINER_GROUPED: 100.0}


def trained(arm: str, seed: int = 0, *, rate: float = 10.0, accuracy: float = 0.8) -> Trained:
    return Trained(
        arm=arm,
        seed=seed,
        cpu_s=200 / rate,
        tokenize_cpu_s=0.5,
        n_examples=200,
        accuracy=accuracy,
        n_held=50,
    )


def every_arm(n_seeds: int = 2) -> list[Trained]:
    return [trained(arm, seed, rate=RATES[arm]) for arm in ARMS for seed in range(n_seeds)]


def test_speedup_is_the_ratio_of_examples_per_cpu_second() -> None:
    """60 against 40 and 60 against 40: 1.5 without doubt."""
    ours = [trained(OURS, seed, rate=60.0) for seed in (0, 1)]
    theirs = [trained(TRAINER, seed, rate=40.0) for seed in (0, 1)]
    found = speedup(ours, theirs)
    assert (found.value, found.low, found.high) == pytest.approx((1.5, 1.5, 1.5))


def test_results_hold_shares_of_cpu_against_their_limits() -> None:
    """32/40 = 0.8 within 1; 32/80 = 0.4 within 1/1.2; 100/80 = 1.25 above 1."""
    found = results(every_arm())[:3]
    assert [r.value for r in found] == pytest.approx([0.8, 0.4, 1.25])
    assert [r.limit for r in found] == pytest.approx([1.0, 1 / 1.2, 1.0])
    assert [r.is_within for r in found] == [True, True, False]
    assert "1.250x" in found[0].detail


def test_equal_accuracies_lose_nothing() -> None:
    assert [(r.value, r.is_within) for r in results(every_arm())[3:]] == [(0.0, True)] * 3


def test_an_accuracy_lost_at_every_seed_is_above_the_limit() -> None:
    worse = [trained(arm, s, accuracy=0.9 - 0.1 * (arm == OURS)) for arm in ARMS for s in (0, 1)]
    lost = results(worse)[3]
    assert lost.value == pytest.approx(0.1)
    assert not lost.is_within


def test_seeds_are_paired_whatever_their_order() -> None:
    """Accuracy rises by 0.1 a seed in both arms, so every paired difference is 0."""
    mixed = [trained(arm, s, accuracy=0.6 + s / 10) for arm in ARMS for s in (0, 1)]
    swapped = [*mixed[1::-1], *mixed[2:]]
    assert results(swapped)[3].value == pytest.approx(0.0)


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=6))
def test_the_interval_holds_the_mean_and_is_even_around_it(values: list[float]) -> None:
    found = t_interval(values)
    assert found.low <= found.value <= found.high
    assert found.high - found.value == pytest.approx(found.value - found.low, abs=1e-12)


def test_one_seed_has_no_interval() -> None:
    found = t_interval([0.5])
    assert (found.value, found.low, found.high) == (0.5, -math.inf, math.inf)


def test_each_arm_is_told_with_its_rate_and_accuracy() -> None:
    lines = told(every_arm()).splitlines()
    assert [line.split(":")[0] for line in lines] == list(ARMS)
    assert "40.0 examples per CPU s" in lines[0]
    assert "tokenizing apart, 0.50 CPU s" in lines[0]


def test_what_is_done_is_read_back_and_found_by_the_same_options(tmp_path: Path) -> None:
    path = tmp_path / "done.jsonl"
    job = job_of(parser().parse_args([]), OURS, 1)
    write_done(path, job, trained(OURS, 1))
    assert read_done(path) == {key(job): trained(OURS, 1)}
    assert key(job_of(parser().parse_args(["--examples", "7"]), OURS, 1)) not in read_done(path)


def test_without_a_file_nothing_is_done_or_kept(tmp_path: Path) -> None:
    write_done(None, job_of(parser().parse_args([]), OURS, 1), trained(OURS, 1))
    assert read_done(None) == read_done(tmp_path / "absent.jsonl") == {}


def test_options_name_model_and_data() -> None:
    asked = parser().parse_args(["--model", "m", "--data", "d", "--lr", "2e-5"])
    job = job_of(asked, OURS_BUCKETED, 2)
    assert job.task["train"] == str(Path("d/train.tsv"))
    assert job.task["validation"] == str(Path("d/dev.tsv"))
    resolved = job.resolved()
    assert (resolved["model"], resolved["lr"], resolved["seed"]) == ("m", 2e-5, 2)
    assert (resolved["bucketed"], resolved["epochs"]) == (True, 1.0)


def test_only_our_second_arm_is_bucketed_by_us() -> None:
    jobs = [job_of(parser().parse_args([]), arm, 0) for arm in ARMS]
    assert [job.arm for job in jobs if job.is_trainer] == [TRAINER, TRAINER_GROUPED]
    assert [job.arm for job in jobs if job.resolved()["bucketed"]] == [OURS_BUCKETED]


def test_a_clock_runs_within_chunks_and_not_while_waiting() -> None:
    """Reads at 0 and 3, then 10 and 14, then 20 and 21; steps 2, 4 and the last, 5, end chunks."""
    times_s = iter([0.0, 3.0, 10.0, 14.0, 20.0, 21.0])
    events: list[object] = []
    chunks = Chunks(
        chunk_steps=2,
        n_steps=5,
        wait=lambda: events.append("wait"),
        report=events.append,
        clock_s=lambda: next(times_s),
    )
    chunks.begin()
    for step in range(1, 6):
        chunks.after(step)
    assert events == ["wait", 3.0, "wait", 4.0, "wait", 1.0]
