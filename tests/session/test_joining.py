"""Joining a study: which row a run becomes, whose child it is, and what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.analysis.costs.pathways import pathway_cost
from breakeven.analysis.runs.select import study_runs
from breakeven.errors import BreakevenError, SettingsError, UnknownNameError
from breakeven.records import (
    NoteCode,
    PathwayDefinition,
    Rank,
    Resource,
    Run,
    Scalar,
    Score,
    Settings,
    Stage,
    Status,
    StudyDefinition,
    Volume,
)
from breakeven.session import measure
from breakeven.session.decorating import Measuring
from breakeven.session.joining import Joining, joined, joining_of, new_pathway
from breakeven.store import Store
from breakeven.testing.tiny import tiny_cost

THEIRS = Joining(study="s", pathway="THEIRS")


@pytest.fixture
def study(store: Store, skeleton: Run) -> Store:
    """A store with a study of one pathway and its finished run."""
    store.save_study(StudyDefinition(name="s", pathways=(PathwayDefinition(name="FT", row="ft"),)))
    store.append(replace(skeleton, study="s", status=Status.OK, key="k"))
    return store


def begun(stage: Stage = Stage.FINETUNE, row: str = "") -> Run:
    return Run(
        run_id="run-new",
        stage=stage,
        status=Status.INTERRUPTED,
        row=row,
        started_at="2024-05-02T12:00:00.000+00:00",
    )


def test_development_gets_a_row_of_its_pathway_and_no_resume_key(study: Store) -> None:
    run = joined(begun(), THEIRS, study)
    assert (run.study, run.joined, run.row, run.key) == ("s", "THEIRS", "THEIRS/finetune", "")
    assert (run.parents, run.repeat) == ((), 0)
    assert run.settings.resolved == {"pathway": "THEIRS"}


def test_a_name_tells_several_rows_of_a_stage_apart(study: Store) -> None:
    assert joined(begun(row="second"), THEIRS, study).row == "THEIRS/second"


def test_measuring_a_row_again_is_a_repeat_of_it(study: Store) -> None:
    study.append(replace(joined(begun(), THEIRS, study), status=Status.FAILED))
    assert joined(begun(), THEIRS, study).repeat == 1


def commanded(command: str, stage: Stage = Stage.FINETUNE, row: str = "") -> Run:
    return replace(begun(stage, row), settings=Settings(passed={"command": command}))


@pytest.fixture
def trained(study: Store) -> Store:
    """The same with a finished training that joined it."""
    for stage in (Stage.FINETUNE, Stage.TUNE, Stage.INFER):
        run = joined(commanded("python first.py", stage), THEIRS, study)
        study.append(replace(run, run_id=f"run-{stage}", status=Status.OK))
    return study


def test_the_same_command_is_a_repeat_of_the_training(trained: Store) -> None:
    again = joined(commanded("python first.py"), THEIRS, trained)
    assert (again.row, again.repeat) == ("THEIRS/finetune", 1)


def test_another_command_is_no_repeat_and_must_be_named(trained: Store) -> None:
    with pytest.raises(SettingsError) as refused:
        joined(commanded("python second.py"), THEIRS, trained)
    assert str(refused.value) == (
        "row 'THEIRS/finetune' holds another training already (command=python first.py; this one: "
        "command=python second.py); give this one a name (--name, and --from what it builds upon), "
        "so that both count, or name it 'finetune' to average the two as repeats"
    )


def test_other_settings_are_no_repeat_either(study: Store) -> None:
    study.append(replace(joined(begun(), THEIRS, study), status=Status.OK))
    other = replace(begun(), settings=Settings(passed={"lr": 0.1}))
    with pytest.raises(SettingsError, match=r"\(no settings; this one: lr=0.1\)"):
        joined(other, THEIRS, study)


def test_two_steps_of_a_training_are_both_development(trained: Store) -> None:
    """2 and 3 FLOPs: 5 together, where taken for repeats of one row they would be 2.5."""
    two = replace(THEIRS, pathway="TWO")
    first = costing(2.0, joined(commanded("a", row="step-1"), two, trained))
    trained.append(first)
    building = replace(two, parents=("step-1",))
    second = costing(3.0, joined(commanded("b", row="step-2"), building, trained))

    found = study_runs(trained.study("s"), [first, second])
    cost = pathway_cost(found, found.definition.pathways[-1]).development(Resource.FLOPS)

    assert cost is not None
    assert cost.value == 5.0


def costing(flops: float, run: Run) -> Run:
    counts = (tiny_cost(Resource.FLOPS, flops),)
    return replace(run, run_id=f"run-{run.row}", status=Status.OK, counts=counts)


@pytest.mark.parametrize(
    ("run", "repeat"),
    [
        pytest.param(commanded("python second.py", row="finetune"), 1, id="a name was given"),
        pytest.param(commanded("python second.py", Stage.TUNE), 1, id="trials are added up"),
        pytest.param(commanded("python second.py", Stage.INFER), 1, id="volumes differ"),
    ],
)
def test_another_command_may_be_a_repeat_where_that_is_meant(
    trained: Store, run: Run, repeat: int
) -> None:
    assert joined(run, THEIRS, trained).repeat == repeat


def test_another_command_after_one_that_failed_is_the_same_row(study: Store) -> None:
    study.append(replace(joined(commanded("pyton a.py"), THEIRS, study), status=Status.FAILED))
    assert joined(commanded("python a.py"), THEIRS, study).row == "THEIRS/finetune"


def test_use_is_the_reference_and_the_child_of_the_latest_finished_development(
    study: Store,
) -> None:
    first = joined(begun(), THEIRS, study)
    study.append(replace(first, status=Status.OK))
    study.append(replace(first, run_id="run-later", status=Status.FAILED))
    use = joined(begun(Stage.INFER), THEIRS, study)
    assert (use.row, use.parents) == ("THEIRS/reference", ("run-new",))
    assert use.settings.resolved == {"pathway": "THEIRS", "role": "reference"}


@pytest.mark.parametrize("text", ["run-1", "ft", "run-"], ids=["id", "row", "beginning"])
def test_a_parent_is_named_by_id_row_or_how_its_id_begins(study: Store, text: str) -> None:
    joining = replace(THEIRS, parents=(text, text))
    assert joined(begun(), joining, study).parents == ("run-1",)


def test_a_row_of_its_own_needs_no_pathway_before_it(study: Store) -> None:
    study.append(replace(joined(begun(row="base"), THEIRS, study), status=Status.OK))
    assert joined(begun(), replace(THEIRS, parents=("base",)), study).parents == ("run-new",)


def test_a_beginning_that_several_ids_have_lists_them(study: Store) -> None:
    study.append(replace(begun(), run_id="run-2", study="s"))
    with pytest.raises(UnknownNameError, match="Known: run-1, run-2"):
        joined(begun(), replace(THEIRS, parents=("run-",)), study)


@pytest.mark.parametrize(
    ("run", "joining", "words"),
    [
        pytest.param(begun(), replace(THEIRS, study="z"), "no study named 'z'", id="study"),
        pytest.param(
            begun(),
            replace(THEIRS, pathway="FT"),
            "name of its own, such as FT-measured",
            id="taken",
        ),
        pytest.param(begun(), replace(THEIRS, pathway="a/b"), "cannot be shown", id="slash"),
        pytest.param(begun(Stage.COMMAND), THEIRS, "stage 'command' is no part", id="stage"),
        pytest.param(begun(Stage.INFER, "x"), THEIRS, "leave the name out", id="named use"),
        pytest.param(begun(row="a/b"), THEIRS, "cannot be a row", id="name"),
        pytest.param(
            begun(), replace(THEIRS, parents=("fit",)), "Did you mean 'ft'", id="unknown parent"
        ),
        pytest.param(begun(), replace(THEIRS, parents=("",)), "no run or", id="empty parent"),
    ],
)
def test_what_cannot_join_is_refused(study: Store, run: Run, joining: Joining, words: str) -> None:
    with pytest.raises(BreakevenError) as refused:
        joined(run, joining, study)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("study_name", "pathway", "parents", "missing"),
    [("s", "", [], "pathway"), ("", "P", [], "study"), ("", "", ["ft"], "study")],
)
def test_half_of_what_joining_needs_is_refused(
    study_name: str, pathway: str, parents: list[str], missing: str
) -> None:
    with pytest.raises(SettingsError, match=f"no {missing} was named"):
        joining_of(study_name, pathway, parents)


def test_nothing_said_joins_nothing() -> None:
    assert joining_of("", "", ()) is None


def test_a_block_joins_with_its_score_and_volume(study: Store) -> None:
    with measure(
        study="s", pathway="MINE", stage=Stage.FINETUNE, parents=["ft"], store=study, lr=0.1
    ) as run:
        run.add_output(Volume(n_examples=5))
        run.add_score(Score(metric="accuracy", value=0.5, split="test", n_examples=2))
    stored = study.runs(study="s")[-1]
    assert (stored.row, stored.joined, stored.parents) == ("MINE/finetune", "MINE", ("run-1",))
    assert stored.settings.resolved == {"lr": 0.1, "pathway": "MINE"}
    assert (stored.output.n_examples, stored.scores[0].value) == (5, 0.5)


def test_a_block_outside_any_study_needs_a_name(store: Store) -> None:
    with pytest.raises(SettingsError, match="needs a name"), measure(store=store):
        pass


def test_a_block_that_cannot_join_is_not_begun(study: Store) -> None:
    began = False
    with pytest.raises(UnknownNameError), measure(study="z", pathway="P", store=study):
        began = True
    assert not began
    assert len(study.runs()) == 1


def rank_of(number: int, group: str = "launch") -> Rank:
    return Rank(group=group, rank=number, n_ranks=2, local_rank=number, node="n")


def test_the_ranks_of_one_training_are_one_repeat(study: Store) -> None:
    for number in range(2):
        run = replace(joined(begun(), THEIRS, study), status=Status.OK)
        study.append(replace(run, run_id=f"r{number}", rank=rank_of(number)))
    assert joined(begun(), THEIRS, study).repeat == 1


def test_ranks_may_have_settings_of_their_own(study: Store) -> None:
    first = with_settings(joined(replace(begun(), rank=rank_of(0)), THEIRS, study), shard=0)
    study.append(replace(first, status=Status.OK))
    second = with_settings(replace(begun(), rank=rank_of(1)), shard=1)
    assert joined(second, THEIRS, study).row == "THEIRS/finetune"
    with pytest.raises(SettingsError, match="holds another training"):
        joined(replace(second, rank=rank_of(1, "another launch")), THEIRS, study)


def with_settings(run: Run, **chosen: Scalar) -> Run:
    return replace(run, settings=Settings(passed=chosen, resolved=chosen))


@pytest.mark.parametrize(
    ("pathway", "told", "is_noted"),
    [
        ("THEIRS", "", False),
        ("THIERS", "new pathway 'THIERS' in study 's'; did you mean 'THEIRS'?", True),
        ("THEIRS-large", "new pathway 'THEIRS-large' in study 's'", False),
        ("THEIRS2", "new pathway 'THEIRS2' in study 's'", False),
        ("OURS", "new pathway 'OURS' in study 's'", False),
    ],
)
def test_a_pathway_made_by_a_slip_is_told(
    study: Store, pathway: str, told: str, *, is_noted: bool
) -> None:
    study.append(replace(joined(begun(), THEIRS, study), status=Status.OK))
    joining = Joining(study="s", pathway=pathway)
    assert new_pathway(joining, study) == told
    notes = joined(begun(row="second"), joining, study).notes
    assert [note.code for note in notes] == [NoteCode.NEW_PATHWAY] * is_noted


def test_development_inside_development_of_the_same_pathway_is_refused(study: Store) -> None:
    def train(stage: Stage, **said: str) -> Measuring:
        return measure(stage=stage, store=study, meters=["host"], **said)  # type: ignore[arg-type]

    theirs = {"study": "s", "pathway": "THEIRS"}
    with train(Stage.FINETUNE, **theirs), measure("step", store=study, meters=["host"]):
        with pytest.raises(SettingsError, match="measured around this already, by run run-"):
            train(Stage.TUNE, **theirs).__enter__()
        with train(Stage.INFER, **theirs), train(Stage.PRETRAIN, study="s", pathway="OURS"):
            pass
    rows = [run.row for run in study.runs() if run.joined]
    assert sorted(rows) == ["OURS/pretrain", "THEIRS/finetune", "THEIRS/reference"]


def test_a_run_around_it_that_another_store_keeps_is_no_matter(
    study: Store, tmp_path: Path
) -> None:
    with (
        measure("outer", store=tmp_path / "other", meters=["host"]),
        measure(stage=Stage.TUNE, study="s", pathway="THEIRS", store=study, meters=["host"]),
    ):
        pass
    assert [run.row for run in study.runs() if run.joined] == ["THEIRS/tune"]
