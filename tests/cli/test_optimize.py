"""`breakeven optimize`: from a study file to a choice with its verdict, on the toy engine."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakeven.analysis.search.rules import Step
from breakeven.analysis.search.standing import Round
from breakeven.cli import group
from breakeven.cli.optimize_text import round_text
from breakeven.errors import BreakevenError, SettingsError, StudyFileError, UnknownNameError
from breakeven.records import Resource, Run, Stage, Status
from breakeven.store import Store
from breakeven.store.codec import decode_certificate
from breakeven.study.optimize.asked import (
    BASELINES,
    Asked,
    baseline_settings,
    model_of,
    study_data,
    task_of,
    tried_of,
)
from breakeven.study.optimize.load import define_optimization

STUDY = """\
study: toy
engine: toy-virtual
task: {name: toy}
stages:
  - {name: ft, stage: finetune, accuracy: 0.9, work_s: 0.2}
pathways: {FT: ft}
analysis: {headline: duration_s}
optimize:
  exports:
    - {precision: int8-static}
  settings: {batch_size: [32, 64]}
  blocks: 5
"""


def optimize(*arguments: str | Path) -> Result:
    return CliRunner().invoke(group, ["optimize", *map(str, arguments)])


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("study") / "toy.yaml"
    path.write_text(STUDY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def told(study: Path) -> Result:
    """The first run of it; its certificate lies beside the study."""
    return optimize(
        study, "--store", study.parent / "store", "--certificate", study.parent / "proof.json"
    )


@pytest.mark.slow
def test_choice_verdict_front_and_the_price_of_searching_are_told(told: Result) -> None:
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith("Cheapest inference found: FT int8-static/batch_size=64\n")
    assert "Granted: " in told.stdout
    assert re.search(r"These answers rule out a loss of 0\.[23][0-9] points or more", told.stdout)
    assert re.search("FT int8-static/batch_size=64  chosen +6.[67][0-9]* x", told.stdout)
    assert re.search("\nFT +reference +- +- +[<0-9 ]+ % +-\n", told.stdout)
    assert "The search took" in told.stdout
    assert "(measured): 4 of 4 configurations measured in 3 rounds" in told.stdout
    assert "certificate included, FT int8-static/batch_size=64 has cost less" in told.stdout
    assert "round on 64 examples: 4 measured, " in told.stderr


@pytest.mark.slow
def test_the_certificate_is_written_for_the_export(told: Result, study: Path) -> None:
    assert told.exit_code == 0

    proof = decode_certificate((study.parent / "proof.json").read_bytes())

    assert proof.granted
    assert proof.candidate == "FT int8-static/batch_size=64"


@pytest.mark.slow
def test_the_model_of_a_row_is_found_in_its_store(told: Result, study: Path) -> None:
    assert told.exit_code == 0
    store = study.parent / "store"

    place, name = model_of(f"{store}:ft")

    assert (Path(place) / "toy.json").is_file()
    assert name == "ft"
    with pytest.raises(UnknownNameError, match="row with a model"):
        model_of(f"{store}:tf")


@pytest.mark.slow
def test_on_a_task_too_small_the_answer_says_how_many_more_examples_it_takes(study: Path) -> None:
    """A tenth of a point takes 2,703 examples that agree at 95 %, and there are 1,000."""
    told = optimize(study, "--store", study.parent / "small", "--max-drop", "0.1")

    assert told.exit_code == 1, told.output
    assert "Not shown: " in told.stdout
    assert re.search("about [0-9],[0-9]{3} more (examples )?would show it", told.stdout)
    assert re.search(r"These answers rule out a loss of 0\.[23][0-9] points or more", told.stdout)
    assert "the test split has 1000 examples, and a drop of 0.1 points can be ruled" in told.stderr


@pytest.mark.slow
def test_the_same_as_json_from_what_the_store_holds(told: Result, study: Path) -> None:
    assert told.exit_code == 0

    found = json.loads(optimize(study, "--store", study.parent / "store", "--json").stdout)

    assert found["chosen"]["pathway"] == "FT int8-static"
    assert found["chosen"]["settings"] == {"batch_size": 64}
    assert found["chosen"]["factor"]["low"] < found["chosen"]["factor"]["value"]
    assert found["chosen"]["cost"]["kinds"] == ["measured"]
    assert found["certificate"]["granted"] is True
    assert found["search"]["spent"]["value"] > 0
    assert found["search"]["repaid"]["verdict"] == "finite"


def test_a_model_needs_its_task_named() -> None:
    told = optimize("some/model")

    assert told.exit_code == 2
    assert "name the task of the model by --task" in told.stderr


@pytest.mark.parametrize(
    ("flag", "value"), [("--set", "inference.blocks=3"), ("--var", "n=3"), ("--profile", "quick")]
)
def test_what_changes_a_study_file_is_refused_for_a_model(flag: str, value: str) -> None:
    told = optimize("some/model", "--task", "toy", flag, value)

    assert told.exit_code == 2
    assert f"{flag} changes a study file, and a model is named; use --reference" in told.stderr


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--baseline", "weak"),
        ("--reference", "max_length=8"),
        ("--backends", "none"),
        ("--precisions", "fp32"),
    ],
)
def test_what_is_of_a_model_is_refused_for_a_study_file(study: Path, flag: str, value: str) -> None:
    told = optimize(study, flag, value)

    assert told.exit_code == 2
    assert f"{flag} is of a MODEL, and a study file is named; say it in the file" in told.stderr


def test_what_is_wrong_with_a_model_or_its_task_is_told_under_the_name_of_the_command() -> None:
    with pytest.raises(StudyFileError, match=r"^breakeven optimize: .*toi"):
        CliRunner().invoke(
            group,
            ["optimize", "some/model", "--task", "toi", "--backends", "none"],
            catch_exceptions=False,
        )


def test_a_round_says_what_became_of_its_configurations_and_what_is_in_its_cost() -> None:
    done = Round(step=Step(n_examples=64, n_blocks=2), n_measured=9, n_left=3, spent=12.5)

    assert round_text(done, Resource.CPU_S) == (
        "round on 64 examples: 9 measured, 3 dropped, 6 kept; 12.5 CPU s, with what was made and "
        "loaded for it"
    )


def test_a_store_without_a_row_is_answered_with_rows_that_could_be_meant(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with Store(path) as store:
        for number, row in enumerate("abcdefg"):
            stage = Stage.EXPORT if row == "g" else Stage.FINETUNE
            run = Run(
                run_id=f"run-{number}",
                study="s",
                row=row,
                stage=stage,
                status=Status.OK,
                started_at="2026-01-01T00:00:00+00:00",
                artifacts={"model": "0" * 64},
            )
            store.append(run)

    with pytest.raises(SettingsError) as caught:
        model_of(str(path))

    assert str(caught.value) == (
        f"{path} is a store, and one model is wanted; name a row that made one: {path}:f, "
        f"{path}:e, {path}:d, {path}:c, {path}:b and 1 more"
    )
    with Store(tmp_path / "empty"):
        pass
    with pytest.raises(SettingsError, match="it holds none that could be searched"):
        model_of(str(tmp_path / "empty"))


def test_a_file_without_the_block_says_so(tmp_path: Path) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(STUDY[: STUDY.index("optimize:")], encoding="utf-8")

    with pytest.raises(BreakevenError, match="optimize is missing, so there is nothing to search"):
        CliRunner().invoke(group, ["optimize", str(path)], catch_exceptions=False)


def test_a_model_and_a_task_become_a_study(tmp_path: Path) -> None:
    data = study_data(
        Asked(
            model="org/some_model",
            task={"name": "toy"},
            cost=Resource.ENERGY_J,
            exports={},
            baseline={"batch_size": 16},
            block={"settings": {"batch_size": [16, 64]}, "max_drop": 0.5},
        )
    )
    data["engine"] = "toy"
    data["stages"][0].pop("model")  # the toy fetches nothing

    found = define_optimization(data, folder=tmp_path)

    assert found.study.name == "optimize some_model"
    assert found.wanted.baseline == "model"
    assert found.wanted.max_drop == 0.005
    assert found.wanted.cost is Resource.ENERGY_J
    assert found.study.reference["batch_size"] == 16


def test_a_second_model_becomes_a_pathway_and_the_student(tmp_path: Path) -> None:
    data = study_data(
        Asked(
            model="org/large",
            task={"name": "pydoc"},
            cost=Resource.CPU_S,
            exports={},
            baseline={"batch_size": 16},
            student="org/small",
        )
    )

    found = define_optimization(data, folder=tmp_path)

    assert [pathway.name for pathway in found.study.pathways] == [
        "model",
        "student",
        "student first",
    ]
    assert found.wanted.baseline == "model"
    assert found.study.row("student").settings.resolved["model"] == "org/small"


def test_baselines_differ_in_what_scripts_forget() -> None:
    assert BASELINES["weak"]["padding"] == "max_length"
    assert BASELINES["strong"]["sorted"] is True
    weak, strong = (baseline_settings(name, "org/elsewhere") for name in ("weak", "strong"))
    assert weak.keys() == strong.keys()


@pytest.mark.parametrize(
    ("config", "tokenizer", "own"),
    [
        ({"max_position_embeddings": 512}, {}, 512),
        ({"max_position_embeddings": 512}, {"model_max_length": 256}, 256),
        ({"max_position_embeddings": 512}, {"model_max_length": 10**30}, 512),
        ({"max_position_embeddings": 514, "model_type": "roberta", "pad_token_id": 1}, {}, 512),
        ({"max_position_embeddings": 64}, {}, 64),
        ({}, {}, 128),
    ],
)
def test_the_strong_baseline_cuts_no_text_that_its_model_can_read(
    tmp_path: Path, config: dict[str, object], tokenizer: dict[str, object], own: int
) -> None:
    for name, told in (("config", config), ("tokenizer_config", tokenizer)):
        (tmp_path / f"{name}.json").write_text(json.dumps(told), encoding="utf-8")

    assert baseline_settings("strong", str(tmp_path))["max_length"] == own
    assert baseline_settings("weak", str(tmp_path))["max_length"] == min(own, 128)


def test_words_of_the_command_line_are_refused_where_they_say_nothing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--task limit: no value given"):
        task_of("files,limit")
    with pytest.raises(SettingsError, match="--try batch_size: no value given"):
        tried_of(["batch_size"])
    assert model_of(str(tmp_path)) == (str(tmp_path.resolve()), tmp_path.name)
    assert model_of("org/name") == ("org/name", "name")
