"""The ledger: what need not run again, and what must not be mixed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.errors import IncomparableRunsError
from breakeven.records import Machine, Run, Scalar, Settings, Status
from breakeven.records.engine import TaskFacts
from breakeven.study.ledger import Ledger
from breakeven.study.load import load_study
from breakeven.study.spec import Study
from breakeven.study.table import PlannedRun, run_table
from breakeven.testing.toy import TOY

FACTS = TaskFacts(content_hash="data")
MACHINE = Machine(
    host="h",
    host_id="id",
    system="Linux",
    cpu_model="cpu",
    n_cpus=2,
    memory_bytes=1,
    python="3.11",
)


def make_ledger(study: Study) -> Ledger:
    return Ledger(study=study, data_hash=FACTS.content_hash)


def finished(planned: PlannedRun, key: str | None, *, study: str = "toy") -> Run:
    return Run(
        run_id=f"run-{planned.row}-{planned.number}".replace("/", "-"),
        stage=planned.stage,
        status=Status.OK,
        started_at="2026-01-01T00:00:00+00:00",
        study=study,
        row=planned.row,
        key=key or "",
        settings=planned.settings,
        machine=MACHINE,
        artifacts={"model": f"hash-of-{planned.row}"},
        repeat=planned.repeat,
        block=planned.block,
    )


def test_a_row_has_no_key_before_its_parents_have_results(toy_study: Study) -> None:
    table = run_table(toy_study, FACTS, TOY)
    ledger = make_ledger(toy_study)
    base, ft = table[0], table[1]
    assert ledger.key(ft) is None
    ledger.update([finished(base, ledger.key(base))])
    assert ledger.key(ft) is not None
    assert ledger.done(base) is not None
    assert ledger.done(ft) is None


def test_another_result_of_the_parent_gives_another_key(toy_study: Study) -> None:
    base, ft = run_table(toy_study, FACTS, TOY)[:2]
    ledger = make_ledger(toy_study)
    run = finished(base, ledger.key(base))
    ledger.update([run])
    before = ledger.key(ft)
    ledger.update([replace(run, artifacts={"model": "other"})])
    assert ledger.key(ft) != before


def test_failed_interrupted_and_foreign_runs_do_not_count_as_done(toy_study: Study) -> None:
    base = run_table(toy_study, FACTS, TOY)[0]
    ledger = make_ledger(toy_study)
    run = finished(base, ledger.key(base))
    ledger.update(
        [
            replace(run, status=Status.FAILED),
            replace(run, status=Status.INTERRUPTED),
            replace(run, study="other"),
        ]
    )
    assert ledger.done(base) is None
    assert ledger.failure(run.key) is not None


def test_a_changed_setting_under_the_same_name_is_refused(
    write_study: Callable[..., Path], toy_study: Study
) -> None:
    base = run_table(toy_study, FACTS, TOY)[0]
    ledger = make_ledger(toy_study)
    ledger.update([finished(base, ledger.key(base))])
    changed = run_table(load_study(write_study(), {"stages.base.burn_s": 0.5}), FACTS, TOY)
    with pytest.raises(IncomparableRunsError) as caught:
        ledger.refuse_changes(changed, fingerprint=MACHINE.fingerprint)
    assert str(caught.value) == (
        "row 'base' of study 'toy' is already in the store with burn_s=0.02; the study file now "
        "says 0.5. Put the old value back, give the row or the study another name, or use another "
        "store."
    )


def test_changed_data_and_a_changed_parent_are_changes_too(toy_study: Study) -> None:
    ft = run_table(toy_study, FACTS, TOY)[1]
    ledger = make_ledger(toy_study)
    ledger.update([finished(ft, "any")])
    other_data = run_table(toy_study, TaskFacts(content_hash="new"), TOY)
    with pytest.raises(IncomparableRunsError, match=r"with task_hash='data'; .* says 'new'"):
        ledger.refuse_changes(other_data, fingerprint=MACHINE.fingerprint)
    moved = replace(ft, settings=Settings(resolved={**ft.settings.resolved, "teacher": "x"}))
    with pytest.raises(IncomparableRunsError, match=r"with teacher=nothing; .* says 'x'"):
        ledger.refuse_changes([moved], fingerprint=MACHINE.fingerprint)


def test_the_same_rows_from_another_machine_are_refused(toy_study: Study) -> None:
    table = run_table(toy_study, FACTS, TOY)
    ledger = make_ledger(toy_study)
    ledger.update([finished(table[0], "any")])
    ledger.refuse_changes(table, fingerprint=MACHINE.fingerprint)
    with pytest.raises(IncomparableRunsError, match=r"another machine .* fingerprint .* is other"):
        ledger.refuse_changes(table, fingerprint="other")


def test_blocks_that_are_not_planned_again_are_of_one_configuration_and_machine(
    toy_study: Study,
) -> None:
    """A certificate takes fresh blocks of a row that a study has measured before."""
    table = run_table(toy_study, FACTS, TOY)
    row = next(planned for planned in table if planned.block == 0)
    ledger = make_ledger(toy_study)
    ledger.update([finished(row, "any")])

    def later(**settings: Scalar) -> PlannedRun:
        return replace(
            row, block=7, settings=Settings(resolved={**row.settings.resolved, **settings})
        )

    ledger.refuse_changes([later(n_batches=0, warmup=9)], fingerprint=MACHINE.fingerprint)
    with pytest.raises(IncomparableRunsError, match=r"with batch_size=.*; the study file now says"):
        ledger.refuse_changes([later(batch_size=999)], fingerprint=MACHINE.fingerprint)
    with pytest.raises(IncomparableRunsError, match="another machine"):
        ledger.refuse_changes([later()], fingerprint="other")


def test_numbers_without_a_machine_are_of_no_machine(toy_study: Study) -> None:
    table = run_table(toy_study, FACTS, TOY)
    ledger = make_ledger(toy_study)
    ledger.update([replace(finished(table[0], "any"), machine=None)])
    ledger.refuse_changes(table, fingerprint="other")
    assert ledger.result(table[0].row) is not None


def test_repeats_differ_by_their_seed_and_blocks_by_nothing(
    write_study: Callable[..., Path],
) -> None:
    study = load_study(write_study(("name: ft,", "name: ft, repeats: 3,")))
    table = run_table(study, FACTS, TOY)
    repeats = [run for run in table if run.row == "ft"]
    assert [run.settings.resolved["seed"] for run in repeats] == [3, 4, 5]
    assert [run.position for run in table] == list(range(len(table)))
    blocks = [run for run in table if run.row == "FT/reference"]
    assert [run.block for run in blocks] == [0, 1]
    assert blocks[0].settings == blocks[1].settings
    assert blocks[0].settings.resolved["role"] == "reference"


def test_the_record_says_what_decides_a_result(toy_study: Study) -> None:
    small = next(r for r in run_table(toy_study, FACTS, TOY) if r.row == "small")
    resolved = small.settings.resolved
    assert resolved["task"] == "toy"
    assert resolved["task_hash"] == "data"
    assert resolved["stage_version"] == 1
    assert (resolved["start"], resolved["teacher"]) == ("base", "ft")
    assert "task" not in small.engine_settings
