"""Forecasts that learn: finished runs of other settings correct the model of those to come."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.cli.plan import amounts_text, time_text
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Phase,
    PhaseName,
    Resource,
    Run,
    Scalar,
    Settings,
    Stage,
    Status,
)
from breakeven.records.engine import Speed, Work
from breakeven.store import Store
from breakeven.study import load_study, plan_study, run_study
from breakeven.study.events import Known
from breakeven.study.forecast import Forecast, add_up
from breakeven.study.foresight import N_SHAPES, Foresight
from breakeven.study.learning import Example, corrected, mean_ratio
from breakeven.study.ledger import Ledger
from breakeven.study.outlook import Outlook
from breakeven.study.spec import Study
from breakeven.study.table import PlannedRun, run_table
from breakeven.testing.toy import TOY, ToyEngine

AT = "2026-01-01T00:00:00+00:00"
MODELLED = Forecast(duration_s=10.0, is_modelled=True, basis="modelled")


def example(
    duration_s: float, *, modelled_s: float = 10.0, energy_j: float | None = None
) -> Example:
    return Example(modelled_s=modelled_s, duration_s=duration_s, energy_j=energy_j)


def test_one_finished_run_corrects_without_an_interval() -> None:
    found = corrected(MODELLED, [example(30.0, energy_j=60.0)], Stage.FINETUNE)
    assert found.duration_s == pytest.approx(30.0)
    assert found.energy_j == pytest.approx(60.0)
    assert (found.interval_s, found.energy_interval_j) == (None, None)
    assert found.basis == "modelled; times 3, as in 1 finished run of finetune"


def test_the_interval_is_that_of_one_further_run() -> None:
    """Logs 0, ln 2 and ln 4: mean and standard deviation ln 2, t(2, 97.5 %) = 4.30265."""
    found = corrected(MODELLED, [example(10.0), example(20.0), example(40.0)], Stage.DISTIL)
    half = 4.3026527 * math.log(2) * math.sqrt(4 / 3)
    assert found.duration_s == pytest.approx(20.0)
    assert found.interval_s is not None
    assert found.interval_s == pytest.approx((20 * math.exp(-half), 20 * math.exp(half)), rel=1e-6)


def test_starting_up_takes_as_long_for_little_work_as_for_much() -> None:
    """A run of 1 s of modelled work took 2 s after 8 s; ten times the work takes 20 s after 8 s."""
    modelled = replace(MODELLED, duration_s=13.0, start_s=3.0)
    small = replace(example(2.0, modelled_s=1.0, energy_j=4.0), start_s=8.0, start_energy_j=5.0)
    found = corrected(modelled, [small], Stage.FINETUNE)
    assert (found.start_s, found.duration_s) == pytest.approx((8.0, 28.0))
    assert found.energy_j == pytest.approx(5.0 + 40.0)
    assert found.basis == "modelled; start-up 8 s, times 2, as in 1 finished run of finetune"


def test_start_up_of_one_further_run_is_never_below_0() -> None:
    """Mean 5, standard deviation 4, t(2, 97.5 %) = 4.30265; work of 10 s."""
    starts = [replace(example(10.0), start_s=start_s) for start_s in (1.0, 5.0, 9.0)]
    found = corrected(MODELLED, starts, Stage.FINETUNE)
    assert found.interval_s == pytest.approx((10.0, 15.0 + 4.3026527 * 4 * math.sqrt(4 / 3)))


def test_what_does_no_work_takes_as_long_as_it_took() -> None:
    fetching = replace(MODELLED, duration_s=3.0, start_s=3.0)
    kept = Example(modelled_s=0.0, duration_s=0.0, start_s=5.0)
    assert corrected(fetching, [kept], Stage.FETCH).duration_s == pytest.approx(5.0)


def test_without_finished_runs_the_model_stands() -> None:
    assert corrected(MODELLED, [], Stage.FINETUNE) is MODELLED
    assert corrected(MODELLED, [example(5.0, modelled_s=0.0)], Stage.FINETUNE) is MODELLED
    assert mean_ratio([0.0]) is None


@given(st.lists(st.floats(min_value=0.01, max_value=100.0), min_size=3, max_size=8))
def test_the_mean_of_ratios_lies_among_them_and_in_its_interval(ratios: list[float]) -> None:
    found = mean_ratio(ratios)
    assert found is not None
    assert found.ends is not None
    assert min(ratios) * (1 - 1e-9) <= found.value <= max(ratios) * (1 + 1e-9)
    assert found.ends[0] <= found.value <= found.ends[1]


def test_two_finished_runs_tell_no_interval() -> None:
    found = corrected(MODELLED, [example(5.0), example(20.0)], Stage.FINETUNE)
    assert found.duration_s == pytest.approx(10.0)
    assert found.interval_s is None
    assert found.basis == "modelled; times 1, as in 2 finished runs of finetune"


def test_ends_add_up_as_what_is_learned_errs_alike() -> None:
    learned = corrected(MODELLED, [example(10.0)] * 3, Stage.FINETUNE)
    total = add_up([learned, learned, replace(MODELLED, duration_s=1.0)])
    assert total.interval_s == pytest.approx((21.0, 21.0))
    assert time_text(replace(learned, interval_s=(8.0, 12.0))) == (
        "about 10 s (modelled and learned, 8 s to 12 s)"
    )
    energy = replace(learned, energy_j=5.0, energy_interval_j=(4.0, 6.0))
    assert amounts_text(energy, measures_energy=True)[1] == "5 J (4 J to 6 J)"


class Foreseeing(ToyEngine):
    """A toy whose work is its layers: 100 operations each, at 100 a second after 1 s of start."""

    def __init__(self) -> None:
        super().__init__(time.monotonic, pass_time=lambda _: None, noise=0.0)
        self.tried: list[Mapping[str, Scalar]] = []
        self.facts: list[Mapping[str, Scalar]] = []

    def forecast_work(
        self,
        stage: Stage,
        settings: Mapping[str, Scalar],
        facts: Mapping[str, Scalar],
        parents: Mapping[str, Work],
    ) -> Work | None:
        self.facts.append(facts)
        if stage is Stage.DISTIL or "n_layers" not in settings:
            return None
        n_layers = int(settings["n_layers"])
        shape = parents["start"].shape if "start" in parents else {"n_layers": n_layers}
        return Work(flops=100.0 * n_layers, n_parameters=1, is_upper_bound=False, shape=shape)

    def calibrate(self, shape: Mapping[str, Scalar]) -> Speed | None:
        self.tried.append(shape)
        return Speed(flops_per_s=100.0, start_s=1.0)


def phase(name: PhaseName, duration_s: float) -> Phase:
    costs = (Cost.exact(Resource.DURATION_S, duration_s, kind=Kind.MEASURED, sensor="s"),)
    return Phase(
        name=name, measurement=Measurement(started_at=AT, duration_s=duration_s, costs=costs)
    )


def finished(
    planned: PlannedRun,
    duration_s: float,
    *,
    start_s: float = 0.0,
    flops: float | None = None,
    **changes: object,
) -> Run:
    counts = (
        []
        if flops is None
        else [Cost.exact(Resource.FLOPS, flops, kind=Kind.COUNTED, sensor="kaplan-2020")]
    )
    run = Run(
        run_id=f"{planned.row}-{duration_s}",
        row=planned.row,
        stage=planned.stage,
        status=Status.OK,
        started_at=AT,
        study="toy",
        settings=planned.settings,
        phases=(phase(PhaseName.IMPORT, start_s), phase(PhaseName.WORK, duration_s)),
        counts=tuple(counts),
    )
    return replace(run, **changes)  # type: ignore[arg-type]  # fields of a run


def planned_in(study: Study) -> dict[str, PlannedRun]:
    table = run_table(study, TOY.describe_task(study.task), TOY)
    return {run.row: run for run in reversed(table)}


def foresight(engine: Foreseeing, study: Study, earlier: list[Run]) -> Foresight:
    return Foresight(
        engine=engine,
        facts={"n_test": 1},
        table=run_table(study, TOY.describe_task(study.task), TOY),
        earlier=earlier,
        study=study.name,
        facts_of=lambda name: {"of": name},
        size_bytes=lambda _: 0.0,
    )


@pytest.fixture
def two_rows(write_study: Callable[..., Path]) -> Study:
    """Base, and fine-tuning of it once with four layers and once with two."""
    deep, shallow = "stages.ft.n_layers", "stages.base.n_layers"
    changes = {deep: 2, shallow: 4, "inference.sweep": [{"max_length": 16}]}
    return load_study(write_study(), changes)


def with_layers(run: Run, n_layers: int) -> Run:
    return replace(run, settings=Settings(resolved={**run.settings.resolved, "n_layers": n_layers}))


def test_a_row_of_other_settings_is_forecast_by_what_finished_ones_took(two_rows: Study) -> None:
    ft = planned_in(two_rows)["ft"]
    pilot = with_layers(finished(ft, 8.0, start_s=2.0, run_id="pilot"), 4)  # work: 400 / 100
    pilot = replace(pilot, study="pilot", parents=())
    engine = Foreseeing()
    found = foresight(engine, two_rows, [pilot]).forecast(ft)
    assert found.duration_s == pytest.approx(2.0 + 2 * 2.0)
    assert "start-up 2 s, times 2, as in 1 finished run of finetune" in found.basis
    assert {"of": "pilot"} in engine.facts


def test_a_setting_that_a_finished_run_does_not_tell_was_at_its_default(two_rows: Study) -> None:
    ft = planned_in(two_rows)["ft"]
    pilot = finished(ft, 8.0, study="pilot", settings=Settings(resolved={}))  # 4 layers: 4 s
    found = foresight(Foreseeing(), two_rows, [pilot]).forecast(ft)
    assert found.duration_s == pytest.approx(2 * 2.0)


def metered(run: Run, name: PhaseName, energy_j: float) -> Run:
    joules = Cost.exact(Resource.ENERGY_J, energy_j, kind=Kind.MEASURED, sensor="made-up")
    phases = tuple(
        replace(one, measurement=replace(one.measurement, costs=(*one.measurement.costs, joules)))
        if one.name is name
        else one
        for one in run.phases
    )
    return replace(run, phases=phases)


def test_energy_is_learned_from_runs_that_were_metered_throughout(two_rows: Study) -> None:
    ft = planned_in(two_rows)["ft"]
    pilot = with_layers(finished(ft, 8.0, start_s=2.0, study="pilot"), 4)  # work: 4 s by the model
    half = metered(pilot, PhaseName.WORK, 40.0)
    assert foresight(Foreseeing(), two_rows, [half]).forecast(ft).energy_j is None
    whole = metered(half, PhaseName.IMPORT, 6.0)
    found = foresight(Foreseeing(), two_rows, [whole]).forecast(ft)
    assert found.energy_j == pytest.approx(6.0 + 2.0 * 40.0 / 4.0)


def test_work_that_was_counted_goes_before_work_that_was_foreseen(two_rows: Study) -> None:
    ft = planned_in(two_rows)["ft"]
    stopped_early = with_layers(finished(ft, 2.0, flops=100.0), 3)
    found = foresight(Foreseeing(), two_rows, [stopped_early]).forecast(ft)
    assert found.duration_s == pytest.approx(2 * 2.0)


def expected(study: Study, earlier: list[Run], *, ended: Sequence[Run] = ()) -> Known:
    facts = TOY.describe_task(study.task)
    outlook = Outlook(
        engine=Foreseeing(),
        facts=facts.facts,
        table=run_table(study, facts, TOY),
        ledger=Ledger(study=study, data_hash=facts.content_hash),
        earlier=[replace(run, study="pilot") for run in earlier],
        facts_of=lambda _: {},
    )
    outlook.left()
    for run in ended:
        outlook.learn(run)
    return outlook.left()


def test_a_running_study_expects_no_more_start_up_of_more_work(two_rows: Study) -> None:
    """A run of one layer took 1 s after 8 s: two take 2 s after 8 s, four 4 s, a load the 8 s."""
    small = with_layers(finished(planned_in(two_rows)["ft"], 1.0, start_s=8.0), 1)
    found = expected(two_rows, [small])
    assert found.n_runs - found.n_in_blocks == 2
    assert found.duration_s == pytest.approx((8.0 + 2.0) + (8.0 + 4.0) + 2 * 8.0)


def test_loads_left_are_expected_to_take_what_loads_took(two_rows: Study) -> None:
    rows = planned_in(two_rows)
    load = finished(rows["ft"], 0.0, start_s=3.0, stage=Stage.SERVE)
    assert expected(two_rows, [load]) == Known(duration_s=2 * 3.0)
    assert expected(two_rows, [], ended=[load]) == Known(duration_s=1 * 3.0)


def test_a_running_study_takes_the_speed_of_a_shape_from_any_stage(two_rows: Study) -> None:
    """Four layers were fine-tuned at 800 operations a second; one was pre-trained at 100."""
    rows = planned_in(two_rows)
    earlier = [
        with_layers(finished(rows["base"], 1.0), 1),
        with_layers(finished(rows["ft"], 0.5), 4),
    ]
    found = expected(two_rows, earlier)
    assert found.n_runs - found.n_in_blocks == 2
    assert found.duration_s == pytest.approx(400 / 800 + 200 / 800)


def test_a_run_that_only_starts_is_all_start_up(two_rows: Study) -> None:
    ft = planned_in(two_rows)["ft"]
    kept = with_layers(finished(ft, 4.0, start_s=3.0), 0)
    without_layers = {**ft.engine_settings, "n_layers": 0}
    planned = replace(ft, engine_settings=without_layers)
    found = foresight(Foreseeing(), two_rows, [replace(kept, study="pilot")]).forecast(planned)
    assert found.duration_s == pytest.approx(7.0)


def test_equal_runs_go_before_any_model(two_rows: Study) -> None:
    ft = planned_in(two_rows)["ft"]
    known = [finished(ft, 7.0), with_layers(finished(ft, 100.0), 4)]
    found = foresight(Foreseeing(), two_rows, known).forecast(ft)
    assert (found.duration_s, found.is_modelled) == (7.0, False)


def test_windows_of_inference_rows_are_corrected_where_work_is_unknown(two_rows: Study) -> None:
    rows = planned_in(two_rows)
    settings = {"min_window_s": 2.0, "idle_s": 0.0}
    kept_open = replace(rows["FT/reference"], engine_settings=settings, parents={})
    other = finished(rows["FT/max_length=16"], 3.0)
    other = replace(other, study="pilot", settings=Settings(resolved=settings))
    found = foresight(Foreseeing(), two_rows, [other]).forecast(kept_open)
    assert found.duration_s == pytest.approx(3.0)
    assert not found.is_lower_bound


def test_failed_runs_and_other_stages_teach_nothing(two_rows: Study) -> None:
    rows = planned_in(two_rows)
    failed = with_layers(finished(rows["ft"], 50.0, status=Status.FAILED), 4)
    runs = [failed, finished(rows["base"], 50.0)]
    found = foresight(Foreseeing(), two_rows, runs).forecast(rows["ft"])
    assert found.duration_s == pytest.approx(3.0)
    assert found.interval_s is None


def test_few_further_shapes_are_tried(two_rows: Study) -> None:
    ft = planned_in(two_rows)["ft"]
    pilots = [
        replace(with_layers(finished(ft, 10.0, run_id=str(n)), n), study="pilot")
        for n in range(5, 12)
    ]
    engine = Foreseeing()
    foresight(engine, two_rows, pilots).forecast(ft)
    assert len(engine.tried) == 1 + N_SHAPES


def test_parents_of_a_run_of_another_study_are_found_by_their_records(two_rows: Study) -> None:
    rows = planned_in(two_rows)
    base = replace(finished(rows["base"], 9.0), study="pilot")
    ft = replace(with_layers(finished(rows["ft"], 5.0), 4), study="pilot", parents=(base.run_id,))
    engine = Foreseeing()
    foresight(engine, two_rows, [base, ft]).forecast(rows["ft"])
    assert engine.tried == [{"n_layers": 4}]


def test_runs_of_another_machine_are_no_experience(
    write_study: Callable[..., Path], tmp_path: Path
) -> None:
    study = load_study(write_study())
    runs = run_study(study, tmp_path / "store")
    with Store(tmp_path / "elsewhere") as store:
        for run in runs:
            assert run.machine is not None
            machine = replace(run.machine, cpu_model="another one")
            store.append(replace(run, study="theirs", machine=machine))
    rows = plan_study(study, tmp_path / "elsewhere").rows
    assert {row.forecast.basis for row in rows} == {"unknown"}
