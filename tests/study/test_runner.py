"""Running a study for real, with worker processes on the toy engine."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from breakeven.errors import (
    BreakevenError,
    DataFileError,
    IncomparableRunsError,
    MeterUnavailableError,
)
from breakeven.records import NoteCode, Origin, PhaseName, Resource, Run, Stage, Status
from breakeven.store import Store
from breakeven.study import load_study, run_study
from breakeven.study.events import Event, EventKind
from breakeven.study.runner import execute

Write = Callable[..., Path]

STATED = """\
  API:
    stated: {source: price list, score: 0.9, per_example: {price_usd: 0.5}}
inference:
"""


def by_row(runs: tuple[Run, ...]) -> dict[str, list[Run]]:
    rows: dict[str, list[Run]] = {}
    for run in runs:
        rows.setdefault(run.row, []).append(run)
    return rows


def rested_s(loaded: Run, begun: Run) -> float:
    """From the end of loading a checkpoint to the beginning of its row."""
    last = loaded.phases[-1].measurement
    ended = datetime.fromisoformat(last.started_at) + timedelta(seconds=last.duration_s)
    return (datetime.fromisoformat(begun.started_at) - ended).total_seconds()


def test_a_study_leaves_every_run_with_parents_costs_scores_and_order(
    write_study: Write, tmp_path: Path
) -> None:
    study = load_study(write_study(("inference:\n", STATED)))
    rows = by_row(run_study(study, tmp_path / "store"))
    assert Counter({name: len(runs) for name, runs in rows.items()}) == {
        **dict.fromkeys(["base", "ft", "small", "API/stated", "API/reference"], 1),
        **dict.fromkeys(["FT/serve", "TS/serve"], 1),
        **dict.fromkeys(["FT/reference", "FT/aa", "FT/max_length=16", "FT/n_layers=3"], 2),
        **dict.fromkeys(["TS/reference", "TS/max_length=16"], 2),
    }
    (base,), (ft,), (small,) = rows["base"], rows["ft"], rows["small"]
    assert ft.parents == (base.run_id,)
    assert small.parents == (base.run_id, ft.run_id)
    reference = rows["TS/reference"][0]
    assert reference.parents == (small.run_id, rows["TS/serve"][0].run_id)
    assert rows["TS/serve"][0].parents == (small.run_id,)
    assert {phase.name for phase in ft.phases} == {PhaseName.IMPORT, PhaseName.WORK}
    assert {phase.name for phase in rows["TS/serve"][0].phases} == {
        PhaseName.IMPORT,
        PhaseName.LOAD,
    }
    assert {phase.name for phase in reference.phases} == {PhaseName.WORK}
    assert reference.scores[0].split == "test"
    assert ft.costs(Resource.CPU_S)[0].value > 0.02
    assert ft.machine is not None
    blocks = sorted(
        (r.position, r.block) for runs in rows.values() for r in runs if r.block is not None
    )
    assert [position for position, _ in blocks] == list(range(3, 15))
    assert [block for _, block in blocks] == [0] * 6 + [1] * 6
    with Store(tmp_path / "store", create=False) as store:
        definition = store.study()
        assert not store.journals()
    assert [pathway.row for pathway in definition.pathways] == ["ft", "small", "API/stated"]
    assert definition.constant_score == 0.2
    assert definition.source.startswith("study: toy")


def test_a_second_run_repeats_nothing_and_a_new_row_runs_alone(
    write_study: Write, tmp_path: Path
) -> None:
    first = run_study(load_study(write_study()), tmp_path / "store")
    assert run_study(load_study(write_study()), tmp_path / "store") == first
    wider = load_study(write_study(("- max_length: [16, 32]", "- max_length: [8, 16]")))
    new = {run.row for run in run_study(wider, tmp_path / "store") if run not in first}
    assert new == {"FT/max_length=8", "TS/max_length=8", "FT/serve", "TS/serve"}


def test_a_changed_setting_under_the_same_name_is_refused(
    write_study: Write, tmp_path: Path
) -> None:
    study = load_study(write_study(), {"inference.blocks": 1})
    run_study(study, tmp_path / "store")
    changed = load_study(write_study(), {"stages.ft.burn_s": 0.03})
    with pytest.raises(IncomparableRunsError, match=r"burn_s=0\.02; the study file now says 0\.03"):
        run_study(changed, tmp_path / "store")


def test_a_changed_statement_is_refused_too(write_study: Write, tmp_path: Path) -> None:
    few = {"inference.blocks": 1, "inference.sweep": []}
    run_study(load_study(write_study(("inference:\n", STATED)), few), tmp_path / "store")
    dearer = STATED.replace("0.5", "0.7")
    with pytest.raises(IncomparableRunsError, match=r"score|price_usd=0\.5; .* says 0\.7"):
        run_study(load_study(write_study(("inference:\n", dearer)), few), tmp_path / "store")


def test_a_failed_row_is_kept_its_dependants_are_left_out_and_the_rest_goes_on(
    write_study: Write, tmp_path: Path
) -> None:
    events: list[Event] = []
    failing = load_study(write_study(), {"stages.small.fail": True, "inference.blocks": 1})
    outcome = execute(failing, tmp_path / "store", on_event=events.append)
    rows = by_row(outcome.runs)
    assert outcome.failed == ("small",)
    assert outcome.skipped == (
        "TS/reference: its parent 'small' has no result",
        "TS/max_length=16: its parent 'small' has no result",
    )
    assert not outcome.is_complete
    (small,) = rows["small"]
    assert small.status is Status.FAILED
    assert "the toy was told to fail" in (small.error or "")
    assert small.costs(Resource.CPU_S)[0].value > 0
    assert rows["FT/reference"][0].status is Status.OK
    ended = [event for event in events if event.kind is EventKind.ENDED and event.row == "small"]
    assert "RuntimeError: the toy was told to fail" in ended[0].text


def test_a_caller_in_python_is_warned_of_what_has_no_result(
    write_study: Write, tmp_path: Path
) -> None:
    failing = load_study(write_study(), {"stages.small.fail": True, "inference.sweep": []})
    said = "'toy' is not complete: small failed; left out TS/reference: its parent 'small' has no"
    with pytest.warns(UserWarning, match=said):
        run_study(replace(failing, n_blocks=1), tmp_path / "store")
    tight = load_study(write_study(), {"budget.cpu_hours": 1e-9})
    with pytest.warns(UserWarning, match="is not complete: the budget of 1e-09 CPU hours"):
        run_study(tight, tmp_path / "other")


def test_a_budget_ends_a_study_before_the_next_row_and_a_larger_one_goes_on(
    write_study: Write, tmp_path: Path
) -> None:
    tight = load_study(write_study(), {"budget.cpu_hours": 0.01 / 3600})
    outcome = execute(tight, tmp_path / "store")
    assert [run.row for run in outcome.runs] == ["base"]
    assert "raise budget.cpu_hours" in (outcome.stopped or "")
    wide = load_study(write_study(), {"budget.cpu_hours": 1.0, "inference.blocks": 1})
    assert execute(wide, tmp_path / "store").is_complete


def test_a_cap_on_energy_is_refused_without_a_sensor(write_study: Write, tmp_path: Path) -> None:
    study = load_study(write_study(), {"budget.energy_wh": 1.0, "meters": ["host"]})
    with pytest.raises(MeterUnavailableError, match="no sensor here measures energy"):
        run_study(study, tmp_path / "store")


def test_a_recording_that_is_not_there_is_said_before_any_row(
    write_study: Write, tmp_path: Path
) -> None:
    study = load_study(write_study(), {"replay": "none.csv"})
    with pytest.raises(DataFileError, match=r"none\.csv: cannot be read"):
        run_study(study, tmp_path / "store")
    with Store(tmp_path / "store") as store:
        assert store.runs() == ()


def test_a_recorded_trace_gives_replayed_joules(write_study: Write, tmp_path: Path) -> None:
    (tmp_path / "trace.csv").write_text("t_s,channel,power_w\n0,wall,10\n1,wall,10\n")
    overrides = {"replay": "trace.csv", "inference.blocks": 1, "budget.energy_wh": 100.0}
    runs = run_study(load_study(write_study(), overrides), tmp_path / "store")
    reference = by_row(runs)["FT/reference"][0]
    (energy,) = reference.costs(Resource.ENERGY_J)
    (duration,) = reference.costs(Resource.DURATION_S)
    assert energy.origin is Origin.REPLAYED
    assert energy.value == pytest.approx(10 * duration.value, rel=0.2)


def test_on_a_clock_of_its_own_every_number_is_the_same_again(
    write_study: Write, tmp_path: Path
) -> None:
    (tmp_path / "trace.csv").write_text("t_s,channel,power_w\n0,wall,10\n1,wall,20\n2,wall,10\n")
    path = write_study(
        ("engine: toy", "engine: toy-virtual"),
        ("inference:\n", "meters: [replay]\nreplay: trace.csv\ninference:\n"),
    )

    def numbers(store: str) -> list[object]:
        runs = run_study(load_study(path), tmp_path / store)
        return [
            (r.row, r.block, [(p.name, [c.value for c in p.measurement.costs]) for p in r.phases])
            for r in sorted(runs, key=lambda r: (r.row, r.block or 0))
        ]

    assert numbers("a") == numbers("b")


def test_where_only_one_checkpoint_may_be_loaded_rows_say_that_they_were_reloaded(
    write_study: Write, tmp_path: Path
) -> None:
    study = load_study(write_study(), {"inference.max_workers": 1, "inference.sweep": []})
    rows = by_row(run_study(study, tmp_path / "store"))
    infer = [run for runs in rows.values() for run in runs if run.stage is Stage.INFER]
    reloaded = [r for r in infer if NoteCode.RELOADED in {note.code for note in r.notes}]
    n_loads = len(rows["FT/serve"]) + len(rows["TS/serve"])
    assert len(reloaded) == n_loads - 2 > 0
    assert sorted(run.repeat for run in rows["TS/serve"]) == list(range(len(rows["TS/serve"])))


def test_each_row_may_get_a_fresh_process_after_a_rest(write_study: Write, tmp_path: Path) -> None:
    """The protocol of Cain et al. 2024: random order, a process per run, a cool-down before it."""
    changes = {
        "inference.max_workers": 0,
        "inference.cooldown_s": 0.3,
        "inference.sweep": [],
        "inference.aa": False,
    }
    rows = by_row(run_study(load_study(write_study(), changes), tmp_path / "store"))
    for pathway in ("FT", "TS"):
        serves, used = rows[f"{pathway}/serve"], rows[f"{pathway}/reference"]
        assert {run.parents[-1] for run in used} == {serve.run_id for serve in serves}
        assert len(serves) == len(used) > 1
        assert not any(note.code is NoteCode.RELOADED for run in used for note in run.notes)
    loaded, begun = rows["FT/serve"][0], rows["FT/reference"][0]
    assert rested_s(loaded, begun) >= 0.3


def test_a_checkpoint_that_does_not_load_costs_its_own_rows_only(
    write_study: Write, tmp_path: Path
) -> None:
    study = load_study(write_study(), {"inference.blocks": 1})
    store = tmp_path / "store"
    run_study(replace(study, configurations=()), store)
    with Store(store) as opened:
        small = next(run for run in opened.runs() if run.row == "small")
        (opened.artifact(small.artifacts["model"]) / "toy.json").unlink()
    outcome = execute(study, store)
    assert outcome.failed == ("TS/serve",)
    assert "TS/reference: the checkpoint of 'TS' did not load" in outcome.skipped
    assert by_row(outcome.runs)["FT/reference"][0].status is Status.OK


def test_an_inference_row_that_fails_is_not_tried_in_the_next_block(
    write_study: Write, tmp_path: Path
) -> None:
    path = write_study(("{n_layers: 3, pathways: FT}", "{n_layers: 3, pathways: FT}"))
    study = load_study(path)
    deep = [
        replace(c, settings=replace(c.settings, resolved={**c.settings.resolved, "n_layers": 9}))
        if c.label == "n_layers=3"
        else c
        for c in study.configurations
    ]
    outcome = execute(replace(study, configurations=tuple(deep)), tmp_path / "store")
    assert outcome.failed == ("FT/n_layers=3",)
    assert outcome.skipped == ("FT/n_layers=3: it failed in an earlier block",)


def test_a_store_that_cannot_be_written_ends_the_study_with_one_sentence(
    write_study: Write, tmp_path: Path
) -> None:
    (tmp_path / "store").write_text("a file")
    with pytest.raises(BreakevenError):
        run_study(load_study(write_study()), tmp_path / "store")


def test_the_runner_sleeps_while_its_workers_work(write_study: Write, tmp_path: Path) -> None:
    study = load_study(write_study(), {"stages.base.burn_s": 2.0})
    before_s = time.process_time()
    run_study(replace(study, rows=study.rows[:1], configurations=()), tmp_path / "store")
    assert time.process_time() - before_s < 1.0
