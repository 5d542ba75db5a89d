"""What builds upon what in a table, which rows are one run, and what one file leaves in a store."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.analysis.costs.pathways import pathway_cost
from breakeven.analysis.runs.select import study_runs
from breakeven.errors import DataFileError
from breakeven.records import Item, Origin, Resource, Run
from breakeven.store import Store
from breakeven.store.importers.tables.columns import Said
from breakeven.store.importers.tables.grid import read_grid
from breakeven.store.importers.tables.keeping import keep
from breakeven.store.importers.tables.study import Asked
from breakeven.store.importers.tables.tabled import Reading, Tabled, as_records


def tabled(folder: Path, text: str, **asked: object) -> Tabled:
    file = folder / "costs.csv"
    file.write_text(text)
    return as_records(read_grid(file), Reading(asked=Asked(**asked)))  # type: ignore[arg-type]  # a test names fields


def by_row(runs: Sequence[Run]) -> dict[str, Run]:
    return {run.row: run for run in runs}


THREE = """\
model,stage,duration_s,energy_wh,energy_kind
A,pretrain,90,9.0,inferred
A,finetune,10,1.0,derived
B,pretrain,90,9.0,published
B,finetune,10,1.0,published
B,distil,5,0.5,published
C,pretrain,90,9.0,published
C,distil,7,0.7,published
"""


def test_pathways_share_as_much_of_their_beginning_as_is_equal(tmp_path: Path) -> None:
    found = tabled(tmp_path, THREE)
    runs = by_row(found.runs)
    assert set(runs) == {"A/pretrain", "A/finetune", "B/distil", "C/distil"}
    assert runs["B/distil"].parents == (runs["A/finetune"].run_id,)
    assert runs["C/distil"].parents == (runs["A/pretrain"].run_id,)
    assert [s.again.place.rpartition(":")[2] for s in found.life.shared] == ["4", "5", "7"]


def test_of_two_equal_cells_the_one_that_was_printed_counts(tmp_path: Path) -> None:
    (duration, energy) = (
        by_row(tabled(tmp_path, THREE).runs)["A/finetune"].phases[0].measurement.costs
    )
    assert (duration.origin, energy.origin) == (Origin.PUBLISHED, Origin.PUBLISHED)


def test_one_equal_cost_is_no_proof_of_one_run(tmp_path: Path) -> None:
    text = "model,stage,energy_wh\nA,finetune,1\nB,finetune,1\nB,distil,2\n"
    assert len(tabled(tmp_path, text).runs) == 3


def test_a_shared_teacher_is_paid_once_by_each_pathway(tmp_path: Path) -> None:
    found = tabled(tmp_path, THREE)
    study = study_runs(found.definition, found.runs)
    totals = {
        p.name: pathway_cost(study, p).development(Resource.DURATION_S)
        for p in study.definition.pathways
    }
    assert {name: t.value for name, t in totals.items() if t} == {"A": 100, "B": 105, "C": 97}


def test_repeats_build_on_the_repeat_of_their_number(tmp_path: Path) -> None:
    text = (
        "model,stage,repeat,energy_j\nA,pretrain,0,5\nA,pretrain,1,6\nA,finetune,0,1\n"
        "A,finetune,1,2\nA,infer,,1\n"
    )
    runs = tabled(tmp_path, text).runs
    ids = {(run.row, run.repeat): run.run_id for run in runs}
    tuned = {run.repeat: run.parents for run in runs if run.row == "A/finetune"}
    assert tuned == {i: (ids["A/pretrain", i],) for i in (0, 1)}
    assert set(runs[-1].parents) == {ids["A/finetune", 0], ids["A/finetune", 1]}


def test_a_pathway_of_uses_alone_deploys_no_row(tmp_path: Path) -> None:
    found = tabled(tmp_path, "model,stage,energy_j\nA,infer,5\n")
    assert [p.row for p in found.definition.pathways] == ["A"]
    assert found.runs[0].parents == ()


def test_evaluation_beside_inference_is_no_use(tmp_path: Path) -> None:
    text = "model,stage,energy_j\nA,finetune,5\nA,evaluate,1\nA,infer,2\n"
    runs = by_row(tabled(tmp_path, text).runs)
    assert [runs[row].stage.value for row in ("A/evaluate", "A/infer")] == ["evaluate", "infer"]


def test_of_several_configurations_the_first_or_the_named_one_is_the_reference(
    tmp_path: Path,
) -> None:
    text = "model,stage,config,energy_j\nA,infer,long,5\nA,infer,short,2\n"
    roles = {r.row: r.settings.resolved["role"] for r in tabled(tmp_path, text).runs}
    assert roles == {"A/long": "reference", "A/short": "sweep"}
    named = tabled(tmp_path, text, reference="short").runs
    assert [r.settings.resolved["role"] for r in named] == ["sweep", "reference"]


def test_the_item_is_what_every_use_counts(tmp_path: Path) -> None:
    text = (
        "model,stage,energy_j,n_examples,n_real_tokens\nA,infer,5,10,100\nB,infer,5,,100\n"
        "C,infer,5,,\n"
    )
    found = tabled(tmp_path, text, n_items=7, item=Item.REAL_TOKEN)
    assert found.definition.item is Item.REAL_TOKEN
    assert [run.output.n_real_tokens for run in found.runs] == [100, 100, 7]


def test_an_item_that_rows_do_not_count_is_refused(tmp_path: Path) -> None:
    text = "model,stage,energy_j,n_examples\nA,infer,5,10\n"
    with pytest.raises(DataFileError, match="counts examples where --item asks for real tokens"):
        tabled(tmp_path, text, item=Item.REAL_TOKEN)


@settings(max_examples=30)
@given(st.integers(1, 6), st.integers(0, 3))
def test_a_ring_of_parents_is_refused_whatever_leads_to_it(
    tmp_path_factory: pytest.TempPathFactory, n_ring: int, n_tail: int
) -> None:
    rows = [f"r{i},A,finetune,r{(i + 1) % n_ring},1" for i in range(n_ring)]
    rows += [f"t{i},A,finetune,{f't{i - 1}' if i else 'r0'},1" for i in range(n_tail)]
    text = "\n".join(["id,model,stage,parents,energy_j", *reversed(rows)]) + "\n"
    with pytest.raises(DataFileError, match="cannot be its own ancestor"):
        tabled(tmp_path_factory.mktemp("ring"), text)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 7), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_parents_come_before_children_in_any_order_of_rows(
    tmp_path_factory: pytest.TempPathFactory, picks: list[int], random: Random
) -> None:
    rows = [
        f"r{i},A,finetune,{f'r{pick % i}' if i else ''},{i + 1}" for i, pick in enumerate(picks)
    ]
    random.shuffle(rows)
    text = "\n".join(["id,model,stage,parents,energy_j", *rows]) + "\n"
    runs = tabled(tmp_path_factory.mktemp("tree"), text).runs
    seen: set[str] = set()
    for run in runs:
        assert set(run.parents) <= seen
        seen.add(run.run_id)
    assert len(seen) == len(picks)


def test_what_a_killed_import_left_is_finished_by_the_next(tmp_path: Path) -> None:
    found = tabled(tmp_path, THREE)
    with Store(tmp_path / "store") as store:
        store.append(found.runs[0])
        kept = keep(store, found)
        assert (kept.n_added, kept.n_known) == (3, 1)
        assert len(store.runs()) == 4
        again = keep(store, found)
        assert (again.n_added, again.n_known) == (0, 4)
        assert store.study() == found.definition


def test_ids_do_not_hang_on_the_name_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(THREE)
    (tmp_path / "b.csv").write_text(THREE)
    reading = Reading(asked=Asked(study="s"))
    one, other = (
        as_records(read_grid(tmp_path / name), reading).runs for name in ("a.csv", "b.csv")
    )
    assert one == other


def test_rows_keep_the_order_of_the_table_in_a_store(tmp_path: Path) -> None:
    rows = [f"M{i},finetune,{i + 1}" for i in range(30)]
    found = tabled(tmp_path, "\n".join(["model,stage,energy_j", *rows]) + "\n")
    with Store(tmp_path / "store") as store:
        keep(store, found)
        assert [run.position for run in store.runs()] == list(range(30))


@pytest.mark.parametrize(
    ("header", "expected_j"),
    [
        pytest.param("gpu_energy_j,cpu_energy_j", 100, id="parts add up"),
        pytest.param("gpu_energy_j,energy_j", 30, id="the total holds its part"),
        pytest.param("gpu_energy_j,server_energy_j", 30, id="the server holds the GPU"),
        pytest.param("energy_j,wall_energy_j", 30, id="the plug holds all"),
    ],
)
@pytest.mark.parametrize("duration", ["", "5"], ids=["without a duration", "with one"])
def test_energy_is_never_counted_twice(
    header: str, expected_j: float, duration: str, tmp_path: Path
) -> None:
    text = f"model,stage,{header},duration_s\nA,finetune,70,30,{duration}\n"
    (run,) = tabled(tmp_path, text).runs
    (total,) = run.costs(Resource.ENERGY_J)
    assert total.value == expected_j


def test_the_share_of_the_gpu_in_the_server_is_kept(tmp_path: Path) -> None:
    """R000-H8: 71.7 % of the server's energy was the GPU's, both told in one table."""
    text = "model,stage,duration_s,gpu_energy_wh,server_energy_wh\nFT,finetune,9,71.7,100.0\n"
    (run,) = tabled(tmp_path, text).runs
    parts = {c.channel: c.value for c in run.phases[0].measurement.costs}
    assert parts["gpu"] / parts["server"] == pytest.approx(0.717)
    assert run.costs(Resource.ENERGY_J)[0].value == 100 * 3600


def test_a_column_of_negative_cells_left_out_keeps_the_run(tmp_path: Path) -> None:
    (tmp_path / "costs.csv").write_text("model,stage,energy_j,duration_s\nA,infer,-5.0,2\n")
    reading = Reading(said=Said(negative_unknown=("energy_j",)))
    (run,) = as_records(read_grid(tmp_path / "costs.csv"), reading).runs
    assert run.costs(Resource.ENERGY_J) == ()
    assert run.notes[0].message.startswith("energy_j is printed as -5.0")


def test_a_role_that_the_table_says_stays(tmp_path: Path) -> None:
    text = (
        "pathway,stage,configuration,role,energy_j\n"
        "A,infer,fp16,sweep,5\nA,infer,fp32,reference,6\nA,infer,again,aa,6\n"
    )
    (tmp_path / "costs.csv").write_text(text)
    runs = as_records(read_grid(tmp_path / "costs.csv"), Reading()).runs
    assert [run.settings.resolved["role"] for run in runs] == ["sweep", "reference", "aa"]


@pytest.mark.parametrize(
    ("header", "cell", "tolerance"), [("top1", "78.4", 2.0), ("f1", "87.3", 0.02)]
)
def test_good_enough_is_two_points_on_the_scale_that_is_kept(
    tmp_path: Path, header: str, cell: str, tolerance: float
) -> None:
    text = f"pathway,stage,energy_j,{header}\nA,infer,5,{cell}\n"
    assert tabled(tmp_path, text).definition.tolerance == tolerance


def test_a_study_that_a_killed_import_left_out_is_made_up_for(tmp_path: Path) -> None:
    read = tabled(tmp_path, "pathway,stage,energy_j\nA,infer,5\n")
    store = Store(tmp_path / "store")
    store.append_all(read.runs)
    keep(store, read)
    assert store.studies() == (read.definition,)
    assert len(store.runs()) == 1
