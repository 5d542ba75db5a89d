"""Several seeds of one row: each repeat is deployed, so that a seed's effect on use is seen."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from breakeven.records import NoteCode, Run, Stage, Status
from breakeven.store import Store
from breakeven.study import load_study, plan_study, run_study
from breakeven.study.runner import execute
from breakeven.study.spec import REPEAT
from breakeven.study.table import run_table
from breakeven.testing.toy import TOY

Write = Callable[..., Path]

THREE_SEEDS = {"stages.ft.repeats": 3, "inference.sweep": []}


def in_row(runs: tuple[Run, ...], row: str) -> list[Run]:
    return [run for run in runs if run.row == row]


def test_a_pathway_deploys_each_further_repeat_of_its_own_row_and_no_other(
    write_study: Write,
) -> None:
    study = load_study(write_study(), {"stages.base.repeats": 2, **THREE_SEEDS})
    assert [c.row for c in study.configurations] == [
        "FT/reference",
        "FT/aa",
        "FT/repeat-1",
        "FT/repeat-2",
        "TS/reference",
    ]
    repeats = [c for c in study.configurations if c.role == REPEAT]
    assert [c.start_repeat for c in repeats] == [1, 2]
    assert {c.settings.resolved["max_length"] for c in repeats} == {study.reference["max_length"]}


def test_each_repeat_is_run_in_every_block_on_its_own_checkpoint(
    write_study: Write, tmp_path: Path
) -> None:
    runs = run_study(load_study(write_study(), THREE_SEEDS), tmp_path / "store")
    development = in_row(runs, "ft")
    assert [run.settings.resolved["seed"] for run in development] == [3, 4, 5]
    for n in (1, 2):
        deployed, (serve,) = in_row(runs, f"FT/repeat-{n}"), in_row(runs, f"FT/repeat-{n}/serve")
        assert {run.block for run in deployed} == {0, 1}
        assert {run.parents for run in deployed} == {(development[n].run_id, serve.run_id)}
        assert serve.parents == (development[n].run_id,)
        assert serve.settings.resolved["seed"] == 3 + n
        recorded = deployed[0].settings.resolved
        assert (recorded["role"], recorded["pathway"], recorded["start_repeat"]) == (
            REPEAT,
            "FT",
            n,
        )
        assert serve.settings.resolved["start_repeat"] == n
    (base,), (small,) = in_row(runs, "base"), in_row(runs, "small")
    assert small.parents == (base.run_id, development[0].run_id)


def test_keys_and_records_of_the_other_rows_stay_as_they_were(write_study: Write) -> None:
    once = load_study(write_study(), {"inference.sweep": []})
    thrice = load_study(write_study(), THREE_SEEDS)
    facts = TOY.describe_task(once.task)

    def plain(run: object) -> object:
        return replace(run, position=None)  # type: ignore[type-var]  # runs of the table alone

    known = [plain(run) for run in run_table(thrice, facts, TOY)]
    assert all(plain(run) in known for run in run_table(once, facts, TOY))


def test_more_repeats_later_add_their_own_runs_only(write_study: Write, tmp_path: Path) -> None:
    path = write_study()
    few = {**THREE_SEEDS, "stages.ft.repeats": 1}
    first = run_study(load_study(path, few), tmp_path / "store")
    runs = run_study(load_study(path, {**few, "stages.ft.repeats": 2}), tmp_path / "store")
    assert {run.row for run in runs if run not in first} == {
        "ft",
        "FT/repeat-1",
        "FT/repeat-1/serve",
    }


def test_a_repeat_that_does_not_load_costs_its_own_rows_only(
    write_study: Write, tmp_path: Path
) -> None:
    study = load_study(write_study(), THREE_SEEDS)
    trained = run_study(replace(study, configurations=()), tmp_path / "store")
    with Store(tmp_path / "store") as store:
        lost = in_row(trained, "ft")[1].artifacts["model"]
        (store.artifact(lost) / "toy.json").unlink()
    outcome = execute(study, tmp_path / "store")
    assert outcome.failed == ("FT/repeat-1/serve",)
    assert outcome.skipped == ("FT/repeat-1: the checkpoint of 'FT/repeat-1' did not load",)
    assert len(in_row(outcome.runs, "FT/repeat-2")) == 2


def test_with_one_worker_repeats_give_way_to_each_other(write_study: Write, tmp_path: Path) -> None:
    study = load_study(write_study(), {**THREE_SEEDS, "inference.max_workers": 1})
    runs = run_study(study, tmp_path / "store")
    notes = {note.code for run in runs if run.stage is Stage.INFER for note in run.notes}
    assert NoteCode.RELOADED in notes
    assert {run.status for run in runs} == {Status.OK}


def test_a_plan_shows_which_repeat_a_row_begins_from(write_study: Write) -> None:
    plan = plan_study(load_study(write_study(), THREE_SEEDS))
    parents = {row.name: row.parents for row in plan.rows}
    assert parents["FT/reference"] == ("ft (start)",)
    assert parents["FT/repeat-2"] == ("ft (start, repeat 2)",)
