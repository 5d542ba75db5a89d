"""Joining a study: which row a run becomes, whose child it is, and what is refused."""

from dataclasses import replace

import pytest

from breakeven.errors import BreakevenError, SettingsError, UnknownNameError
from breakeven.records import PathwayDefinition, Run, Score, Stage, Status, StudyDefinition, Volume
from breakeven.session import measure
from breakeven.session.joining import Joining, joined, joining_of
from breakeven.store import Store

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
