"""The tidy table: one row per run and modality, from several stores, nothing made up."""

from dataclasses import replace

import pytest

from breakeven.analysis.runs.sources import Line, Shape, lines, source
from breakeven.analysis.tables.tidy import settings_that_differ, tidy
from breakeven.analysis.tables.tidy_fields import model_of, task_of
from breakeven.errors import UnknownNameError
from breakeven.records import (
    Cost,
    Kind,
    Machine,
    Measurement,
    PathwayDefinition,
    Phase,
    PhaseName,
    Resource,
    Run,
    Scalar,
    Scope,
    Score,
    Settings,
    Stage,
    Status,
    StudyDefinition,
    Volume,
)
from breakeven.testing.tiny import tiny_score

GIB = 2**30
MACHINE = Machine(
    host="h",
    host_id="0" * 16,
    system="Linux",
    cpu_model="CPU",
    n_cpus=4,
    memory_bytes=8 * GIB,
    python="3.11",
    accelerators=("Card (GPU-1)", "Card (GPU-2)"),
)


def joules(
    value: float, channel: str, *, scope: Scope = Scope.PART, kind: Kind = Kind.MEASURED
) -> Cost:
    made = Cost.exact(Resource.ENERGY_J, value, kind=kind, sensor="made-up", channel=channel)
    return replace(made, scope=scope)


def measured(resource: Resource, value: float) -> Cost:
    return Cost.exact(resource, value, kind=Kind.MEASURED, sensor="made-up")


def phase(name: PhaseName, seconds: float, *energies: Cost) -> Phase:
    costs = (
        measured(Resource.DURATION_S, seconds),
        measured(Resource.CPU_S, 2 * seconds),
        measured(Resource.MEMORY_BYTE_S, GIB * seconds),
    )
    seen = Measurement(started_at="", duration_s=seconds, costs=(*costs, *energies))
    return Phase(name=name, measurement=seen)


def finetuned(run_id: str, *, settings: dict[str, Scalar], phases: tuple[Phase, ...] = ()) -> Run:
    return Run(
        run_id=run_id,
        stage=Stage.FINETUNE,
        status=Status.OK,
        started_at="2026-01-01T00:00:00Z",
        study="made-up",
        row=run_id,
        settings=Settings(resolved=settings),
        machine=MACHINE,
        phases=phases,
    )


def study(**facts: Scalar) -> StudyDefinition:
    return StudyDefinition(
        name="made-up", pathways=(PathwayDefinition(name="FT", row="ft"),), facts=facts
    )


def column(name: str, *runs: Run) -> tuple[object, ...]:
    return tidy(lines([source("here", runs, [study()])])).column(name)


WHOLE = (
    phase(PhaseName.LOAD, 1.0, joules(5.0, "package-0"), joules(9.0, "plug", scope=Scope.WALL)),
    phase(PhaseName.WORK, 4.0, joules(20.0, "package-0"), joules(30.0, "plug", scope=Scope.WALL)),
)


def test_joules_of_a_run_without_a_time_are_in_its_row() -> None:
    printed = replace(finetuned("ft", settings={}), counts=(joules(360.0, "table"),))
    (line,) = lines([source("here", [printed])])
    made = tidy([line])
    assert made.column("process_energy_j") == made.column("window_energy_j") == (360.0,)
    assert made.column("energy_kind") == ("measured",)
    assert made.column("window_duration_s") == (None,)


def test_a_run_is_one_row_per_modality_and_process_and_window_stay_apart() -> None:
    run = finetuned("ft", settings={}, phases=WHOLE)
    made = tidy(lines([source("here", [run])]))
    assert made.column("modality") == ("CPU and DRAM", "wall")
    assert made.column("process_energy_j") == (25.0, 39.0)
    assert made.column("window_energy_j") == (20.0, 30.0)
    assert made.column("process_duration_s") == (5, 5)
    assert made.column("window_duration_s") == (4, 4)
    assert made.column("scope") == ("part", "wall")


def test_modelled_joules_are_never_beside_measured_ones() -> None:
    guess = joules(7.0, "package-0", kind=Kind.MODELLED)
    run = finetuned("ft", settings={}, phases=(phase(PhaseName.WORK, 1.0, guess),))
    assert column("energy_kind", run) == ("modelled",)


def test_a_modality_that_missed_the_window_has_no_window_energy() -> None:
    run = finetuned("ft", settings={}, phases=(*WHOLE[:1], phase(PhaseName.WORK, 1.0)))
    assert column("window_energy_j", run) == (None, None)


def test_utilisation_is_a_mean_over_the_window() -> None:
    run = finetuned("ft", settings={}, phases=WHOLE[1:])
    assert column("cpu_percent", run)[0] == 50.0
    assert column("memory_percent", run)[0] == 12.5
    assert column("accelerators", run)[0] == "Card (GPU-1); Card (GPU-2)"


def test_what_nobody_saw_is_missing_and_never_zero() -> None:
    bare = Run(run_id="a", stage=Stage.COMMAND, status=Status.FAILED, started_at="")
    made = tidy(lines([source("here", [bare])]))
    (row,) = made.rows
    said = {f.name: v for f, v in zip(made.fields, row, strict=True) if v is not None}
    assert said == {
        "store": "here",
        "run_id": "a",
        "stage": "command",
        "status": "failed",
        "repeat": 0,
        "started_at": "",
    }


def test_settings_that_differ_get_a_column_and_hashes_do_not() -> None:
    one = finetuned("a", settings={"lr": 1e-5, "stride": 64, "task_hash": "x", "threads": 1})
    two = finetuned("b", settings={"lr": 1e-5, "stride": 32, "task_hash": "y", "threads": 1})
    named = settings_that_differ(lines([source("here", [one, two])]))
    assert named == ("lr", "batch_size", "max_length", "epochs", "precision", "seed", "stride")
    assert column("set_stride", one, two) == (64, 32)


def test_a_model_is_named_by_what_its_lineage_began_with() -> None:
    start: dict[str, Scalar] = {"model": "parent", "start": "ft", "n_layers": 3}
    ft = finetuned("ft", settings={"model": "org/bert-base"})
    other = finetuned("other", settings={"model": "/models/tiny/"})
    ts = replace(finetuned("ts", settings=start), parents=("other", "ft"))
    used = replace(finetuned("ts/use", settings={"start": "ts"}), parents=("ts",))
    found = lines([source("here", [ft, other, ts, used])])
    assert [model_of(line) for line in found] == ["org/bert-base", "tiny", *["org/bert-base"] * 2]
    assert column("n_layers", ft, other, ts, used)[-1] == 3


def test_a_circle_of_parents_ends() -> None:
    one = replace(finetuned("a", settings={}), parents=("b",))
    two = replace(finetuned("b", settings={}), parents=("a",))
    assert column("model", one, two) == (None, None)


def test_family_and_depth_come_from_the_kept_model() -> None:
    def shapes(content_hash: str) -> Shape | None:
        return {"m": ("bert", 12)}.get(content_hash)

    ft = replace(finetuned("ft", settings={}), artifacts={"model": "m"})
    lost = replace(finetuned("lost", settings={}), artifacts={"model": "gone"})
    cut = replace(finetuned("cut", settings={"n_layers": 4}), parents=("ft",))
    made = tidy(lines([source("here", [cut, ft, lost], shapes=shapes)]))
    assert made.column("family") == ("bert", "bert", None)
    assert made.column("n_layers") == (4, 12, None)


def test_the_headline_score_is_the_studys_metric_on_the_test_split() -> None:
    loss = Score(metric="loss", value=0.3, split="validation", n_examples=10)
    mcc = Score(metric="mcc", value=-0.1, split="test", n_examples=10)
    run = replace(finetuned("ft", settings={}), scores=(loss, mcc, tiny_score(831)))
    assert column("score", run) == (0.831,)
    low, high = column("score_low", run)[0], column("score_high", run)[0]
    assert (round(float(str(low)), 4), round(float(str(high)), 4)) == (0.8065, 0.853)
    assert column("other_scores", run) == ("loss 0.3 (validation); mcc -0.1 (test)",)
    assert column("score_low", replace(run, scores=(mcc,))) == (None,)
    told = replace(mcc, low=-0.3, high=0.1, how="bootstrap")
    assert column("score_high", replace(run, scores=(told,))) == (0.1,)


@pytest.mark.parametrize(
    ("settings", "facts", "name"),
    [
        ({"task": "files"}, {"id": "sst2"}, "sst2"),
        ({"task": "files", "task_name": "rte"}, {"id": "sst2"}, "rte"),
        ({"task": "datasets"}, {"id": "nyu-mll/glue", "entry": "rte"}, "rte"),
        ({"task": "pydoc"}, {}, "pydoc"),
        ({}, {"task": "invented"}, "invented"),
        ({}, {}, ""),
    ],
)
def test_a_task_is_named_as_nearly_as_records_allow(
    settings: dict[str, Scalar], facts: dict[str, Scalar], name: str
) -> None:
    run = finetuned("ft", settings=settings)
    (line,) = lines([source("here", [run], [study(**facts)])])
    assert task_of(line) == name


def test_stores_are_not_pooled_and_a_merged_run_counts_once() -> None:
    one, two = finetuned("a", settings={}), finetuned("b", settings={})
    found = lines([source("first", [one]), source("second", [one, two])])
    assert [(line.source.name, line.run.run_id) for line in found] == [
        ("first", "a"),
        ("second", "b"),
    ]


def test_one_study_may_be_asked_for() -> None:
    other = replace(finetuned("b", settings={}), study="other")
    found = lines([source("here", [finetuned("a", settings={}), other])], study="other")
    assert [line.run.run_id for line in found] == ["b"]


def test_volumes_that_nobody_counted_are_missing() -> None:
    run = replace(finetuned("a", settings={}), output=Volume(n_examples=3, n_real_tokens=30))
    assert column("n_real_tokens", run) == (30,)
    assert column("n_padded_tokens", run) == (None,)


def test_flops_stay_exact_and_name_their_convention() -> None:
    count = Cost.exact(Resource.FLOPS, 11174215680.0, kind=Kind.COUNTED, sensor="closed form")
    run = replace(finetuned("a", settings={}), counts=(count,))
    assert column("flops", run) == (11174215680,)
    assert column("flops_convention", run) == ("closed form",)


def test_an_unknown_column_names_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="window_energy_j"):
        column("window_energy")


def test_a_line_without_a_study_has_no_facts() -> None:
    assert Line(source=source("here", []), run=finetuned("a", settings={})).study is None
