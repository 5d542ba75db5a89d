"""`breakeven lifecycle`: a store paid once, its equivalents and a fleet."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakeven.cli import group
from breakeven.errors import NoStudyError
from breakeven.records import Trial
from breakeven.store import Store
from breakeven.testing.runs import example_runs


def lifecycle(*arguments: object) -> Result:
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(group, ["lifecycle", *words], catch_exceptions=False)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("example") / "store"
    definition, runs = example_runs()
    with Store(path) as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
        killed = next(run for run in runs if run.row == "pretrain" and run.error)
        store.append(
            replace(
                killed,
                run_id="killed-trial",
                row="ft/trial-1",
                trial=Trial(row="ft", number=1, metric="accuracy"),
            )
        )
    return path


def rows(example: Path, name: str, *asked: object) -> list[dict[str, str]]:
    printed = lifecycle(example, "--table", name, "--format", "csv", *asked).stdout
    return list(csv.DictReader(io.StringIO(printed)))


def test_the_teacher_of_two_students_is_paid_once_with_its_share(example: Path) -> None:
    paid = {(row["row"], row["stage"]): row for row in rows(example, "paid_rows")}
    teacher = paid["ft", "fine-tuning"]
    assert (teacher["users"], teacher["share"], teacher["runs"]) == ("FT, TS", "0.5", "1")
    assert paid["pretrain", "pre-training"]["runs"] == "2 (1 interrupted)"
    assert paid["pretrain", "pre-training"]["unseen"] == "FLOPs of 1 run"


def test_a_killed_trial_is_in_the_cost_of_tuning(example: Path) -> None:
    paid = {row["stage"]: row for row in rows(example, "paid_stages")}
    assert float(paid["tuning"]["cpu_s"]) > 0
    line = next(row for row in rows(example, "paid_rows") if row["stage"] == "tuning")
    assert (line["row"], line["runs"], line["users"]) == ("ft", "1 (1 interrupted)", "FT, TS")


@pytest.mark.parametrize("name", ["paid_stages", "paid_pathways"])
def test_parts_add_up_to_all_runs(example: Path, name: str) -> None:
    *parts, total = rows(example, name)
    for cost in ("cpu_s", "energy_j", "flops"):
        spent = sum(float(part[cost]) for part in parts if part[cost])
        assert spent == pytest.approx(float(total[cost]), rel=1e-4)
        assert total[f"{cost}_kind"].startswith(("replayed", "measured", "counted"))


def test_equivalents_and_a_fleet_come_when_asked(example: Path) -> None:
    plain = lifecycle(example).stdout
    asked = lifecycle(example, "--equivalents", "--fleet", "100,5000").stdout
    assert "fleet" not in plain
    assert "is so many" in asked
    assert "100 runs by each of 5000 actors, both assumed" in asked
    fleet = rows(example, "fleet", "--fleet", "100,5000")
    one = next(row for row in fleet if (row["row"], row["resource"]) == ("ft", "flops"))
    assert float(one["all"]) == pytest.approx(5e5 * float(one["one"]))
    assert one["all_kind"] == "modelled+assumed"


def test_a_pre_training_is_worth_fine_tunings_of_another_study(tmp_path: Path) -> None:
    """One store, two studies; the second only pre-trained, the first only fine-tuned."""
    definition, runs = example_runs()
    pretrain = next(r for r in runs if r.row == "pretrain" and not r.error)
    with Store(tmp_path / "store") as store:
        for name, row in (("tasks", "ft"), ("language", "pretrain")):
            pathway = replace(definition.pathways[0], row=row)
            store.save_study(replace(definition, name=name, pathways=(pathway,)))
        store.append(replace(pretrain, study="language"))
        for run in (r for r in runs if r.row == "ft"):
            store.append(replace(run, study="tasks", parents=()))
    found = rows(tmp_path / "store", "equivalents", "--equivalents", "--resource", "flops")
    (times,) = (row for row in found if row["whole"] == "language: pretrain")
    assert (times["part"], times["resource"]) == ("tasks: ft", "flops")
    assert float(times["times"]) == pytest.approx(3.924, rel=1e-3)
    fleet = rows(tmp_path / "store", "fleet", "--fleet", "10,100", "--resource", "cpu_s")
    assert [(row["row"], row["resource"]) for row in fleet] == [("tasks: ft", "cpu_s")]


def test_the_price_tag_counts_the_killed_trial(example: Path) -> None:
    asked = lifecycle(example, "--table", "price_tag", "--format", "json", "--price-tag").stdout
    tags = json.loads(asked)["rows"]
    ft = next(tag for tag in tags if (tag["result"], tag["resource"]) == ("row ft", "cpu_s"))
    assert (ft["n_experiments"], ft["n_lost"]) == (2, 1)
    assert ft["total"] > 0
    alone = rows(example, "price_tag", "--price-tag", "--resource", "cpu_s")
    assert len(alone) == sum(tag["resource"] == "cpu_s" for tag in tags)


def test_a_cost_that_no_run_has_is_said_with_those_there_are(example: Path) -> None:
    result = lifecycle(example, "--price-tag", "--resource", "memory_byte_s")
    assert "table price_tag is empty in memory_byte_s; the runs have duration_s" in result.stderr
    assert "is empty" not in lifecycle(example, "--price-tag", "--resource", "cpu_s").stderr


def test_tables_are_json_too_and_replayed_numbers_may_be_left_out(example: Path) -> None:
    printed = lifecycle(
        example, "--table", "paid_stages", "--format", "json", "--measured-only"
    ).stdout
    assert all("energy_j" not in row for row in json.loads(printed)["rows"])


def test_a_study_without_pathways_still_has_its_runs(tmp_path: Path) -> None:
    _, runs = example_runs()
    with Store(tmp_path / "store") as store:
        store.append(replace(runs[0], study=""))
    said = lifecycle(tmp_path / "store").stdout
    assert said.startswith("Outside any study: every run paid once")
    assert "used by no pathway" not in said


@pytest.fixture
def two_studies(tmp_path: Path) -> Path:
    definition, runs = example_runs()
    with Store(tmp_path / "store") as store:
        for name in ("one", "two"):
            store.save_study(replace(definition, name=name))
            for run in runs:
                parents = tuple(f"{name}-{parent}" for parent in run.parents)
                store.append(
                    replace(run, run_id=f"{name}-{run.run_id}", study=name, parents=parents)
                )
    return tmp_path / "store"


def test_every_table_of_several_studies_names_its_own(two_studies: Path) -> None:
    said = lifecycle(two_studies, "--price-tag").stdout
    for name in ("one", "two"):
        assert f"{name}: every run paid once" in said
        assert f"{name}: the same by stage" in said
        assert f"{name}: the same by pathway" in said
        assert f"{name}: Price tag of each result" in said


@pytest.mark.parametrize("name", ["paid_stages", "price_tag"])
def test_rows_of_several_studies_bear_their_name(two_studies: Path, name: str) -> None:
    printed = lifecycle(two_studies, "--price-tag", "--table", name, "--format", "csv").stdout
    first = [line.partition(",")[0] for line in printed.splitlines()]
    assert set(first) == {"study", "one", "two"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fleet", "100"], "is no number of runs and of actors"),
        (["--fleet", "0,5"], "both must be above 0"),
        (["--equivalents", "--resource", "cpu_z"], "Did you mean 'cpu_s'?"),
        (["--table", "costs"], "there are paid_rows, paid_stages, paid_pathways"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(
    example: Path, arguments: list[str], words: str
) -> None:
    result = lifecycle(example, *arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_an_empty_store_is_said(tmp_path: Path) -> None:
    Store(tmp_path / "store").close()
    with pytest.raises(NoStudyError, match=r"store holds no runs$"):  # no fault of the line typed
        lifecycle(tmp_path / "store")


@pytest.mark.parametrize("beside", [["--table", "paid_rows"], ["--format", "csv"]])
def test_json_is_of_every_table_and_in_no_other_format(example: Path, beside: list[str]) -> None:
    refused = lifecycle(example, "--json", *beside)

    assert refused.exit_code == 2
    assert "--json prints every table" in refused.stderr
