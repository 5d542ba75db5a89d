"""How strictly a certificate is judged after others on the same test split."""

from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.analysis.certificates.certify import Claim
from breakeven.records import Certificate, Resource, Run, Settings, Stage, Status
from breakeven.store import Store
from breakeven.study.optimize.attempts import asked_before, attempt_number, level_of_attempt
from breakeven.testing.certificates import example_certificate, example_optimum


def answering(run_id: str, *, data: str = "sst2") -> Run:
    return Run(
        run_id=run_id,
        study="toy",
        row="A/x",
        stage=Stage.INFER,
        status=Status.OK,
        started_at="2026-01-01T00:00:00Z",
        settings=Settings(resolved={"task_hash": data, "split": "test"}),
    )


ONE, TWO, OTHER = answering("one"), answering("two"), answering("other", data="agnews")


def proof_of(run: Run, *, attempt: int = 1) -> Certificate:
    return replace(example_certificate(), run_ids=(run.run_id,), attempt=attempt)


def holding(path: Path, *proofs: Certificate) -> Store:
    store = Store(path, reserve_bytes=0)
    for run in (ONE, TWO, OTHER):
        store.append(run)
    for proof in proofs:
        store.save_optimum(example_optimum(proof))
    return store


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_all_attempts_together_err_no_more_often_than_was_asked(level: float) -> None:
    errors = [1 - level_of_attempt(number, level) for number in range(1, 12)]

    assert sum(errors) <= 1 - level
    assert errors == sorted(errors, reverse=True)
    assert errors[0] == pytest.approx(0.8 * (1 - level))


def test_each_other_candidate_is_another_attempt(tmp_path: Path) -> None:
    store = holding(tmp_path, proof_of(ONE))

    assert attempt_number(store, [TWO], Resource.CPU_S) == 2
    assert attempt_number(store, [OTHER], Resource.CPU_S) == 1


def test_the_same_runs_are_the_same_attempt_unless_another_cost_is_asked(tmp_path: Path) -> None:
    store = holding(tmp_path, proof_of(ONE), proof_of(TWO, attempt=2))

    assert attempt_number(store, [ONE], Resource.CPU_S) == 1
    assert attempt_number(store, [TWO], Resource.CPU_S) == 2
    assert attempt_number(store, [TWO], Resource.DURATION_S) == 3


def test_a_refused_one_counts_and_one_asked_twice_counts_once(tmp_path: Path) -> None:
    refused = replace(proof_of(ONE), granted=False)
    store = holding(tmp_path, refused, proof_of(ONE))

    assert attempt_number(store, [TWO], Resource.CPU_S) == 2


def test_a_later_attempt_says_so() -> None:
    claim = Claim(reference="FT", candidate="A", max_drop=0.01, level=level_of_attempt(2, 0.95))

    (note,) = asked_before(2, claim)

    assert asked_before(1, claim) == ()
    assert note.message.startswith("1 certificate of this test split was asked for before")
    assert "judged at 99.2 %" in note.message
