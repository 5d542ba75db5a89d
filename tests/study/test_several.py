"""Several tasks in one file: a study of each, in one store."""

from collections.abc import Callable
from pathlib import Path

import pytest

from breakeven.errors import StudyFileError
from breakeven.study import load_studies, load_study, run_study
from breakeven.study.schema import json_schema

SEVERAL = """\
study: glue
engine: toy
variables: {size: 5}
tasks:
  sst2: {name: toy, limit: 10}
  stsb:
    name: toy
    limit: "${size}"
    overrides: {defaults.n_layers: 3, inference.blocks: 1}
defaults: {n_layers: 2, burn_s: 0.0, work_s: 0.0}
stages: [{name: ft, stage: finetune}]
pathways: {FT: ft}
inference: {blocks: 2, aa: false}
profiles:
  deep: {defaults.n_layers: 4, tasks.sst2.limit: 20}
"""

Write = Callable[..., Path]


@pytest.fixture
def several(tmp_path: Path) -> Write:
    """Write the file of two tasks with texts replaced, and return its path."""

    def write(*replaced: tuple[str, str]) -> Path:
        text = SEVERAL
        for old, new in replaced:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / "several.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_each_task_makes_a_study_of_its_own(several: Write) -> None:
    first, second = load_studies(several())
    assert (first.name, second.name) == ("glue-sst2", "glue-stsb")
    assert (first.task["limit"], second.task["limit"]) == (10, 5)
    assert "overrides" not in second.task
    depths = [study.row("ft").settings.resolved["n_layers"] for study in (first, second)]
    assert depths == [2, 3]
    assert (first.n_blocks, second.n_blocks) == (2, 1)
    assert (first.entry, second.entry) == ("sst2", "stsb")


def test_the_profile_wins_over_a_task_and_what_was_given_over_both(several: Write) -> None:
    first, second = load_studies(
        several(), {"tasks.stsb.limit": 7, "inference.blocks": 4}, profile="deep"
    )
    assert (first.task["limit"], second.task["limit"]) == (20, 7)
    assert second.row("ft").settings.resolved["n_layers"] == 4
    assert second.n_blocks == 4


def test_some_tasks_are_picked_in_the_order_of_the_file(several: Write) -> None:
    assert [s.name for s in load_studies(several(), tasks=("stsb", "sst2"))] == [
        "glue-sst2",
        "glue-stsb",
    ]
    assert load_study(several(), task="stsb").name == "glue-stsb"


def test_they_share_a_store_and_go_on_where_they_were_ended(several: Write, tmp_path: Path) -> None:
    for study in load_studies(several()):
        run_study(study, tmp_path / "store")
    found = {s.name: run_study(s, tmp_path / "store") for s in load_studies(several())}
    assert {name: len(runs) for name, runs in found.items()} == {"glue-sst2": 4, "glue-stsb": 3}
    assert {run.study for runs in found.values() for run in runs} == set(found)


def test_the_store_tells_of_which_task_a_study_is(several: Write) -> None:
    study = load_study(several(), {"tasks.stsb.limit": 7}, task="stsb")
    assert study.source.endswith("#   tasks.stsb.limit: 7\n#   tasks: stsb\n")
    assert "#   defaults.n_layers: 3\n" in study.source


def test_a_file_of_one_task_is_one_study(write_study: Write) -> None:
    assert [study.name for study in load_studies(write_study())] == ["toy"]


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        (
            ("study: glue\n", "study: glue\ntask: {name: toy}\n"),
            r":2: the file has both `task` and",
        ),
        (("  sst2: {name: toy, limit: 10}", "  sst2: toy"), r":5: tasks.sst2 is a mapping of opt"),
        (("{defaults.n_layers: 3,", "{defaults.n_lairs: 3,"), r"n_lairs.*\(task 'stsb'\)"),
        (
            ("overrides: {defaults.n_layers: 3, inference.blocks: 1}", "overrides: 3"),
            ":9: overrides",
        ),
        (("    name: toy", "    nam: toy"), r"task.name is missing.*\(task 'stsb'\)"),
        (
            ("  sst2: {name: toy, limit: 10}", "  sst2: {name: toy, limit: [1]}"),
            r":5: task.limit: ",
        ),
    ],
)
def test_what_is_wrong_is_said_with_line_and_task(
    several: Write, replaced: tuple[str, str], message: str
) -> None:
    with pytest.raises(StudyFileError, match=message):
        load_studies(several(replaced))


def test_tasks_that_are_no_mapping_are_refused(several: Write) -> None:
    with pytest.raises(StudyFileError, match="tasks is a mapping of names to tasks, got 3"):
        load_studies(several(), {"tasks": 3})


def test_an_unknown_task_is_refused_and_several_need_a_choice(several: Write) -> None:
    with pytest.raises(StudyFileError, match=r"no task named 'sst'. Did you mean 'sst2'"):
        load_studies(several(), tasks=("sst",))
    with pytest.raises(StudyFileError, match=r"holds 2 studies, .* glue-sst2, glue-stsb; name"):
        load_study(several())


def test_the_schema_knows_tasks_and_asks_for_no_single_one() -> None:
    schema = json_schema()
    assert "tasks" in schema["properties"]
    assert "task" not in schema["required"]
    assert "overrides" in schema["$defs"]["TaskBlock"]["properties"]
