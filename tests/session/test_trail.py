"""The trail: a run's cost over its work, in a few hundred points."""

import csv
import io
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import StoreWriteError, TrialPrunedError
from breakeven.meters import MeterBank
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Phase,
    PhaseName,
    Resource,
    Run,
    Score,
    Stage,
    Status,
    Volume,
)
from breakeven.session import Recorder
from breakeven.session.trail import MAX_POINTS, Trail
from breakeven.store import Store
from breakeven.store.kept import PROGRESS, PROGRESS_FILE
from breakeven.testing import ScriptedMeter


def cost(resource: Resource, value: float, channel: str, kind: Kind = Kind.MEASURED) -> Cost:
    return Cost.exact(resource, value, kind=kind, sensor="made up", channel=channel)


def state(skeleton: Run, seconds: float, *, joules: float | None = None, n: int = 0) -> Run:
    costs = [cost(Resource.CPU_S, 2 * seconds, "process_tree")]
    if joules is not None:
        costs.append(cost(Resource.ENERGY_J, joules, "package-0"))
        costs.append(replace(cost(Resource.ENERGY_J, joules / 4, "dram"), part_of="package-0"))
    work = Measurement(started_at="", duration_s=seconds, costs=tuple(costs))
    return replace(
        skeleton,
        phases=(Phase(name=PhaseName.WORK, measurement=work),),
        output=Volume(n_examples=n, n_real_tokens=10 * n, n_padded_tokens=12 * n),
    )


def rows(text: str | None) -> list[dict[str, str]]:
    assert text is not None
    return list(csv.DictReader(io.StringIO(text)))


def loss(value: float) -> Score:
    return Score(
        metric="loss", value=value, split="validation", n_examples=5, higher_is_better=False
    )


def test_points_hold_work_cost_and_quality_and_gaps_are_empty(skeleton: Run) -> None:
    trail = Trail()
    trail.add(state(skeleton, 0.0))
    trail.at_step(1, 4)
    trail.add(state(skeleton, 1.0, joules=8.0, n=2))
    trail.judged(state(skeleton, 1.5, joules=12.0, n=3), 2, [loss(0.7)])
    trail.close(state(skeleton, 2.0, joules=16.0, n=4))
    first, second, last = rows(trail.to_csv())
    assert first == {
        "elapsed_s": "1",
        "n_steps": "1",
        "n_examples": "2",
        "n_real_tokens": "20",
        "n_padded_tokens": "24",
        "cpu_s": "2",
        "energy_j": "8",
        "energy_j:package-0": "8",
        "energy_j:dram": "2",
        "validation_loss": "",
    }
    assert (second["validation_loss"], second["n_steps"]) == ("0.7", "2")
    assert (last["energy_j"], last["validation_loss"]) == ("16", "")


def test_the_training_loss_is_shown_once_at_the_next_point(skeleton: Run) -> None:
    trail = Trail()
    for seconds, loss_lately in ((1.0, None), (2.0, 0.9), (3.0, None)):
        trail.at_step(seconds, 3)
        if loss_lately is not None:
            trail.learning(loss_lately)
        trail.add(state(skeleton, seconds))
    assert [row["train_loss"] for row in rows(trail.to_csv())] == ["", "0.9", ""]


def test_steps_of_an_optimizer_are_those_it_took(skeleton: Run) -> None:
    trail = Trail()
    trail.at_step(8, 16)
    stepped = replace(state(skeleton, 1.0), output=Volume(n_examples=8, n_batches=8, n_steps=2))
    trail.add(stepped)
    assert (trail.points[0].amounts["n_steps"], trail.points[0].amounts["n_batches"]) == (2, 8)


def test_modelled_joules_are_a_column_of_their_own(skeleton: Run) -> None:
    guess = cost(Resource.ENERGY_J, 3.0, "tdp", Kind.MODELLED)
    work = Measurement(started_at="", duration_s=1.0, costs=(guess,))
    trail = Trail(has_progress=True)
    for seconds in (1.0, 2.0, 3.0):
        phase = Phase(name=PhaseName.WORK, measurement=replace(work, duration_s=seconds))
        trail.add(replace(skeleton, phases=(phase,)))
    assert [(r["energy_j_modelled"], r.get("energy_j")) for r in rows(trail.to_csv())] == [
        ("3", None)
    ] * 3


def test_the_same_moment_is_kept_once(skeleton: Run) -> None:
    trail = Trail()
    for _ in range(3):
        trail.add(state(skeleton, 1.0, n=1))
    assert len(trail.points) == 1


@pytest.mark.parametrize("says", [True, False])
def test_without_progress_there_is_no_curve(skeleton: Run, *, says: bool) -> None:
    trail = Trail()
    for seconds in (1.0, 2.0, 3.0):
        if says:
            trail.at_step(seconds, 3)
        trail.add(state(skeleton, seconds))
    assert (trail.to_csv() is not None) is says


@given(n=st.integers(min_value=3, max_value=3000), every=st.integers(min_value=1, max_value=400))
def test_any_length_stays_small_ordered_and_keeps_its_judgements(n: int, every: int) -> None:
    trail = Trail()
    skeleton = Run(run_id="r", stage=Stage.FINETUNE, status="ok", started_at="")  # type: ignore[arg-type]  # not looked at
    for i in range(1, n + 1):
        trail.at_step(i, n)
        trail.add(state(skeleton, float(i)))
        if i % every == 0:
            trail.judged(state(skeleton, i + 0.5), i, [loss(1 / i)])
    trail.close(state(skeleton, n + 1.0))
    moments = [p.amounts["elapsed_s"] for p in trail.points]
    assert moments == sorted(moments)
    assert len(moments) <= MAX_POINTS
    assert moments[-1] == n + 1
    if 2 * (n // every) <= MAX_POINTS:
        assert sum(p.is_judged for p in trail.points) == n // every


def test_a_thinned_trail_is_even(skeleton: Run) -> None:
    trail = Trail()
    for i in range(1, 1001):
        trail.add(state(skeleton, float(i)))
    moments = [p.amounts["elapsed_s"] for p in trail.points]
    assert {after - before for before, after in pairwise(moments)} == {8.0}


def test_phases_of_one_name_add_up(skeleton: Run) -> None:
    (phase,) = state(skeleton, 1.0, joules=8.0).phases
    trail = Trail()
    trail.add(replace(skeleton, phases=(phase, phase)))
    amounts = trail.points[0].amounts
    assert (amounts["elapsed_s"], amounts["energy_j"], amounts["energy_j:dram"]) == (2.0, 16.0, 4.0)


def ticking(store: Store, skeleton: Run) -> Recorder:
    totals = [{"gpu0": float(total)} for total in range(1000)]
    return Recorder(store, skeleton, bank=MeterBank([ScriptedMeter(totals)]))


def work_through(recorder: Recorder) -> None:
    with recorder, recorder.phase(PhaseName.WORK):
        for step in range(4):
            recorder.add_output(Volume(n_examples=1))
            recorder.progress(step + 1, 4)
            recorder._tick()


def test_a_training_keeps_its_progress_beside_its_record(store: Store, skeleton: Run) -> None:
    work_through(ticking(store, skeleton))
    (run,) = store.runs()
    path = store.artifact(run.artifacts[PROGRESS]) / PROGRESS_FILE
    found = rows(path.read_text())
    assert [row["n_steps"] for row in found] == ["1", "2", "3", "4", "4"]
    energies = [float(row["energy_j"]) for row in found]
    assert energies == sorted(energies)
    assert energies[-1] == run.costs(Resource.ENERGY_J)[0].value


def test_a_pruned_trial_keeps_its_progress_and_no_model(store: Store, skeleton: Run) -> None:
    recorder = ticking(store, skeleton)

    def half() -> None:
        with recorder, recorder.phase(PhaseName.WORK):
            (recorder.artifact_dir("model") / "weights").write_text("half trained")
            for step in range(3):
                recorder.progress(step + 1, 8)
                recorder.learning(1.0 / (step + 1))
                recorder.judged([loss(0.5)], step=step + 1, n_steps=8)
            raise TrialPrunedError("not worth its end")

    with pytest.raises(TrialPrunedError):
        half()
    (run,) = store.runs()
    assert run.status is Status.PRUNED
    assert list(run.artifacts) == [PROGRESS]
    text = (store.artifact(run.artifacts[PROGRESS]) / PROGRESS_FILE).read_text()
    assert [row["validation_loss"] for row in rows(text)][:3] == ["0.5"] * 3
    assert rows(text)[1]["train_loss"] == "0.5"


def test_inference_is_one_number_and_keeps_none(store: Store, skeleton: Run) -> None:
    work_through(ticking(store, replace(skeleton, stage=Stage.INFER)))
    assert store.runs()[0].artifacts == {}


def test_a_curve_that_cannot_be_written_costs_no_run(
    store: Store, skeleton: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = ticking(store, skeleton)

    def full(name: str) -> None:
        raise StoreWriteError(f"no space for {name}", is_disk_full=True)

    monkeypatch.setattr(recorder, "artifact_dir", full)
    work_through(recorder)
    assert store.runs()[0].artifacts == {}
