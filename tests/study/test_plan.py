"""Plans: the run table, what is done, and forecasts that never guess."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.cli.plan import plan_text
from breakeven.errors import RecordFormatError
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Note,
    NoteCode,
    Phase,
    PhaseName,
    Resource,
    Run,
    Scalar,
    Settings,
    Stage,
    Status,
)
from breakeven.records.engine import Speed, TaskFacts, Work
from breakeven.store import Store
from breakeven.study import load_study, run_study
from breakeven.study.forecast import Forecast, add_up, forecast_run
from breakeven.study.ledger import Ledger
from breakeven.study.plan import plan_study
from breakeven.study.spec import Study
from breakeven.study.table import PlannedRun, run_table
from breakeven.testing.toy import TOY, ToyEngine

AT = "2026-01-01T00:00:00+00:00"


def facts_of(study: Study) -> TaskFacts:
    return TOY.describe_task(study.task)


def run_of(planned: PlannedRun, *, duration_s: float, energy_j: float | None = None) -> Run:
    costs = [(Resource.DURATION_S, duration_s), (Resource.ENERGY_J, energy_j)]
    measurement = Measurement(
        started_at=AT,
        duration_s=duration_s,
        costs=tuple(
            Cost.exact(resource, value, kind=Kind.MEASURED, sensor="s")
            for resource, value in costs
            if value is not None
        ),
    )
    return Run(
        run_id=f"run-{duration_s}",
        stage=planned.stage,
        status=Status.OK,
        started_at=AT,
        study="earlier",
        settings=planned.settings,
        phases=(Phase(name=PhaseName.WORK, measurement=measurement),),
        artifacts={"model": "a" * 64},
    )


def test_without_a_store_every_development_row_is_unknown(toy_study: Study) -> None:
    plan = plan_study(toy_study)
    by_name = {row.name: row for row in plan.rows}
    assert list(by_name)[:4] == ["base", "ft", "small", "FT/reference"]
    assert by_name["small"].parents == ("base (start)", "ft (teacher)")
    assert by_name["FT/reference"].n_runs == 2
    assert by_name["base"].forecast.duration_s is None
    assert by_name["base"].forecast.basis == "unknown"
    assert len(plan.table) == 3 + 2 * 6
    assert plan.n_left == len(plan.table) + plan.n_loads


def test_rests_take_time_and_nothing_else(write_study: Callable[..., Path]) -> None:
    rested = plan_study(load_study(write_study(), {"inference.cooldown_s": 300.0}))
    row = next(row for row in rested.rows if row.name == "FT/reference")
    assert row.forecast.duration_s is not None
    assert row.forecast.duration_s >= row.n_runs * 300.0
    assert "cool-down" in row.forecast.basis


STATED = "  API: {stated: {source: list, per_example: {price_usd: 1}}}\ninference:\n"


@pytest.mark.parametrize("n_workers", [1, 2, 9])
def test_what_a_plan_announces_is_what_the_store_holds_afterwards(
    write_study: Callable[..., Path], tmp_path: Path, n_workers: int
) -> None:
    path = write_study(("inference:\n", STATED))
    changes = {"stages.ft.repeats": 2, "inference.sweep": [], "inference.max_workers": n_workers}
    study = load_study(path, changes)
    announced = plan_study(study, tmp_path / "store")
    runs = run_study(study, tmp_path / "store")
    assert Counter(run.row for run in runs) == {row.name: row.n_runs for row in announced.rows}
    assert announced.n_left == len(runs)
    assert plan_study(study, tmp_path / "store").n_left == 0
    more = load_study(path, {**changes, "inference.blocks": 3})
    again = plan_study(more, tmp_path / "store")
    assert sum(row.n_runs for row in again.rows) == len(run_study(more, tmp_path / "store"))


def test_a_plan_knows_the_data_and_leaves_what_costs_nothing_out_of_its_sum(
    write_study: Callable[..., Path],
) -> None:
    plan = plan_study(load_study(write_study(("inference:\n", STATED))))
    assert plan.facts["n_test"] == 1000
    assert {row.forecast.basis for row in plan.rows if row.name.startswith("API/")} == {
        "stated, not run"
    }
    assert plan.total.energy_j is None


def test_planning_writes_nothing(toy_study: Study, tmp_path: Path) -> None:
    plan_study(toy_study, tmp_path / "store")
    assert not (tmp_path / "store").exists()


def test_what_the_store_holds_is_done(toy_study: Study, tmp_path: Path) -> None:
    facts = facts_of(toy_study)
    base = run_table(toy_study, facts, TOY)[0]
    key = Ledger(study=toy_study, data_hash=facts.content_hash).key(base)
    with Store(tmp_path / "store") as store:
        run = run_of(base, duration_s=1.0)
        store.append(replace(run, study="toy", row="base", key=key or "", artifacts={}))
    plan = plan_study(toy_study, tmp_path / "store")
    assert (plan.rows[0].n_done, plan.rows[0].forecast.duration_s) == (1, 0.0)
    assert plan.n_left == len(plan.table) + plan.n_loads - 1


def test_a_store_that_cannot_be_read_is_an_error(toy_study: Study, tmp_path: Path) -> None:
    (tmp_path / "store.json").write_text("{}")
    with pytest.raises(RecordFormatError):
        plan_study(toy_study, tmp_path)


def test_equal_runs_of_any_study_are_experience(toy_study: Study) -> None:
    base = run_table(toy_study, facts_of(toy_study), TOY)[0]
    earlier = [run_of(base, duration_s=2.0, energy_j=4.0), run_of(base, duration_s=4.0)]
    found = forecast_run(base, earlier, size_bytes=lambda _: 10.0)
    assert found.duration_s == 3.0
    assert found.energy_j is None
    assert found.disk_bytes == 10.0
    assert found.basis == "mean of 2 earlier runs"
    assert forecast_run(base, earlier[:1], size_bytes=lambda _: 0.0).energy_j == 4.0


def test_the_seed_makes_no_difference_and_any_other_setting_does(toy_study: Study) -> None:
    base = run_table(toy_study, facts_of(toy_study), TOY)[0]
    run = run_of(base, duration_s=2.0)

    def with_setting(**changes: int) -> Run:
        return replace(run, settings=Settings(resolved={**run.settings.resolved, **changes}))

    assert forecast_run(base, [with_setting(seed=9)], size_bytes=lambda _: 0.0).duration_s == 2.0
    unknown = [with_setting(n_layers=9), replace(run, status=Status.FAILED)]
    assert forecast_run(base, unknown, size_bytes=lambda _: 0.0) == Forecast()


def test_an_export_is_told_by_those_of_its_kind_whatever_their_model(toy_study: Study) -> None:
    base = run_table(toy_study, facts_of(toy_study), TOY)[0]

    def export(precision: str, **other: Scalar) -> PlannedRun:
        resolved: dict[str, Scalar] = {"backend": "ov", "precision": precision, **other}
        return replace(base, stage=Stage.EXPORT, settings=Settings(resolved=resolved))

    earlier = [
        run_of(export("fp32", n_layers=1), duration_s=2.0),
        run_of(export("fp32", n_layers=2), duration_s=6.0),
        run_of(export("int8-static", n_layers=2), duration_s=60.0),
    ]
    found = forecast_run(export("fp32", n_layers=3), earlier, size_bytes=lambda _: 10.0)
    assert (found.duration_s, found.energy_j, found.disk_bytes) == (4.0, None, 10.0)
    assert found.basis == (
        "mean of 2 earlier runs of export with backend=ov, precision=fp32, whatever the model and "
        "data"
    )
    other = forecast_run(export("bf16"), earlier, size_bytes=lambda _: 10.0)
    assert other.duration_s is None
    assert other.basis == "unknown: no finished run of export with backend=ov, precision=bf16"


def test_an_inference_row_never_run_takes_at_least_its_windows(toy_study: Study) -> None:
    table = run_table(toy_study, facts_of(toy_study), TOY)
    planned = next(run for run in table if run.stage is Stage.INFER)
    assert forecast_run(planned, [], size_bytes=lambda _: 0.0) == Forecast()
    waiting = replace(planned, engine_settings={"idle_s": 1.0, "min_window_s": 2})
    found = forecast_run(waiting, [], size_bytes=lambda _: 0.0)
    assert found.duration_s == 3.0
    assert found.is_lower_bound


class _Foreseeing(ToyEngine):
    """A toy that knows the work of base alone, and counts how often it tries its speed."""

    n_tried = 0

    def forecast_work(
        self,
        stage: Stage,
        settings: Mapping[str, Scalar],
        facts: Mapping[str, Scalar],
        parents: Mapping[str, Work],
    ) -> Work | None:
        assert facts["n_test"]
        if stage is Stage.DISTIL or (stage is Stage.INFER and not parents):
            return None
        is_used = stage is Stage.INFER
        shape = parents["start"].shape if is_used else {"n_layers": settings["n_layers"]}
        return Work(flops=300, n_parameters=10, is_upper_bound=bool(parents), shape=shape)

    def calibrate(self, shape: Mapping[str, Scalar]) -> Speed | None:
        self.n_tried += bool(shape)
        return Speed(flops_per_s=100, start_s=2)


def test_a_row_never_run_is_modelled_where_the_engine_knows_its_work(
    toy_study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = _Foreseeing(time.monotonic, pass_time=lambda _: None, noise=0.0)
    monkeypatch.setattr("breakeven.study.plan.find_engine", lambda _: engine)
    rows = {row.name: row.forecast for row in plan_study(toy_study).rows}
    base, ft, small, *_ = rows.values()
    assert (base.duration_s, base.disk_bytes) == (5.0, 40.0)
    assert (base.is_modelled, base.is_upper_bound) == (True, False)
    assert ft.is_upper_bound
    assert (small.duration_s, small.is_modelled) == (None, False)
    assert engine.n_tried == 1
    n_runs = toy_study.n_blocks
    used = next(rows[c.row] for c in toy_study.configurations)
    assert (used.duration_s, used.is_modelled) == (3.0 * n_runs, True)


def test_an_unknown_part_makes_the_sum_a_lower_bound() -> None:
    known = Forecast(duration_s=2.0, disk_bytes=1.0, basis="x")
    assert add_up([known, known]).duration_s == 4.0
    assert not add_up([known, known]).is_lower_bound
    assert add_up([known, Forecast()]).is_lower_bound
    assert add_up([Forecast()]).duration_s is None
    assert add_up([known, Forecast()]).is_disk_partial
    assert not add_up([known, known]).is_disk_partial
    assert add_up([add_up([known, Forecast()]), known]).is_disk_partial


def test_a_plan_tells_which_finished_rows_were_disturbed(toy_study: Study, tmp_path: Path) -> None:
    facts = facts_of(toy_study)
    base = run_table(toy_study, facts, TOY)[0]
    key = Ledger(study=toy_study, data_hash=facts.content_hash).key(base)
    busy = Note(code=NoteCode.BUSY_MACHINE, message="others used 2 CPU s.", advice="Stop them.")
    run = run_of(base, duration_s=1.0)
    measured = replace(run.phases[0].measurement, notes=(busy,))
    phases = (replace(run.phases[0], measurement=measured),)
    with Store(tmp_path / "store") as store:
        run = replace(run, study="toy", row="base", key=key or "", phases=phases)
        store.append(replace(run, notes=(replace(busy, code=NoteCode.NOT_COOLED),)))
    plan = plan_study(toy_study, tmp_path / "store")
    assert plan.disturbed == {"base": ("not-cooled", "busy-machine")}
    assert "disturbed while they were measured: base (not-cooled, busy-machine)" in plan_text(plan)
