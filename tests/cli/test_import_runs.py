"""`breakeven import` of other tools' runs, from file to `breakeven lifecycle`."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.store.importers.ledgers.optuna_file import optuna_study

from breakeven.analysis.runs.select import study_runs
from breakeven.analysis.tuning.searches import searches
from breakeven.cli import group, main
from breakeven.records import Stage
from breakeven.store import Store

EMISSIONS = """\
timestamp,project_name,run_id,duration,emissions,cpu_energy,gpu_energy,ram_energy,energy_consumed,\
cpu_model,gpu_model
2026-03-02T11:00:00,ft,1111aaaa,3600.5,0.0861,0.25,0.5,0.125,0.875,Some CPU,1 x NVIDIA A100
"""
JOBS = """\
JobID|JobName|State|Start|Elapsed|CPUTime|ConsumedEnergyRaw
17|train|COMPLETED|2026-03-02T10:00:00|01:00:00|16:00:00|3600000
17.batch|batch|COMPLETED|2026-03-02T10:00:00|01:00:00|16:00:00|3600000
18|train|FAILED|2026-03-03T10:00:00|00:30:00|08:00:00|1800000
19|train|RUNNING|2026-03-04T10:00:00|00:30:00|08:00:00|0
"""
STATE = {
    "global_step": 10,
    "max_steps": 10,
    "total_flos": 1e15,
    "log_history": [{"step": 10, "train_runtime": 20.0, "train_samples_per_second": 4.0}],
}
CARD = "---\nco2_eq_emissions:\n  emissions: 12.5\n  training_type: fine-tuning\n---\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "emissions.csv").write_text(EMISSIONS)
    (tmp_path / "jobs.txt").write_text(JOBS)
    (tmp_path / "trainer_state.json").write_text(json.dumps(STATE))
    (tmp_path / "README.md").write_text(CARD)
    return tmp_path


FILES = {
    "emissions": "emissions.csv",
    "sacct": "jobs.txt",
    "trainer-state": "trainer_state.json",
    "model-card": "README.md",
}


def said(*arguments: str | Path) -> str:
    found = CliRunner().invoke(group, [*map(str, arguments)])
    assert found.exit_code == 0, found.output
    return found.output


def paid_rows(store: Path) -> list[dict[str, str]]:
    shown = said("lifecycle", store, "--format", "csv", "--table", "paid_rows")
    return list(csv.DictReader(shown.splitlines()))


def take(folder: Path, tool: str, *options: str) -> str:
    return said("import", tool, folder / FILES[tool], "--store", folder / "store", *options)


def test_one_store_takes_the_runs_of_every_tool_and_adds_them_up(folder: Path) -> None:
    for tool in FILES:
        take(folder, tool)
    rows = {row["row"]: row for row in paid_rows(folder / "store")}
    assert set(rows) == {"ft", "train-17", "train-18", folder.name}
    assert rows["ft"]["energy_j_kind"] == "measured+modelled"
    assert len(Store(folder / "store", create=False).runs()) == 5


def test_text_of_what_was_paid_names_kinds_and_the_part_that_nothing_read(folder: Path) -> None:
    blind = "2026-03-03T11:00:00,ft,2222bbbb,1800.0,0.0430,0.125,0,0.0625,0.1875,Some CPU,"
    (folder / "emissions.csv").write_text(f"{EMISSIONS}{blind}1 x NVIDIA A100\n")
    take(folder, "emissions")
    text = " ".join(said("lifecycle", folder / "store").split())
    assert "Energy is measured+modelled (ft-2222bbbb: modelled)." in text
    assert "Carbon is assumed." in text
    unseen = {row["row"]: row["unseen"] for row in paid_rows(folder / "store")}
    assert unseen["ft-2222bbbb"] == "GPU of 1 run"


@pytest.mark.parametrize("tool", FILES)
def test_the_same_file_again_adds_nothing_and_says_so(folder: Path, tool: str) -> None:
    assert "added " in take(folder, tool)
    again = take(folder, tool)
    assert again.splitlines()[-1].startswith("nothing added to")
    assert "known already" in again


def test_another_training_of_the_same_folder_name_is_said_to_be_a_repeat(folder: Path) -> None:
    assert "repeats" not in take(folder, "trainer-state")
    (folder / "trainer_state.json").write_text(json.dumps({**STATE, "total_flos": 2e15}))
    again = " ".join(take(folder, "trainer-state").split())
    assert f"row {folder.name!r} held runs before, and those of this file count as its" in again
    assert "held runs before" not in take(folder, "trainer-state")


@pytest.mark.parametrize("tool", FILES)
def test_a_dry_run_writes_nothing(folder: Path, tool: str) -> None:
    assert "would add" in take(folder, tool, "--dry-run")
    assert not (folder / "store").exists()


def test_text_names_kinds_intervals_and_what_was_left_out(folder: Path) -> None:
    text = take(folder, "sacct", "--zone", "Europe/Stockholm")
    assert "2 runs of Slurm (1 ok, 1 failed)" in text
    assert "3,599 s to 3,601 s" in text
    assert "measured, slurm plug-in" in text
    assert "left out: CPUTime: elapsed time x allocated CPUs" in text
    assert "left out: job 19: has not ended" in text
    assert "2026-03-02 09:00:00 UTC" in text
    assert max(len(line) for line in text.splitlines()) <= 100


def test_modelled_joules_show_no_interval_that_they_do_not_have(folder: Path) -> None:
    text = take(folder, "emissions")
    (line,) = [line for line in text.splitlines() if "energy_j cpu" in line]
    assert "error unknown" in line
    assert "modelled" in line
    assert "all runs" not in text


def test_json_holds_the_same_numbers_with_kinds(folder: Path) -> None:
    found = json.loads(take(folder, "emissions", "--json", "--measured", "cpu"))
    costs = {(cost["name"], cost["channel"]): cost for cost in found["runs"][0]["costs"]}
    assert costs["energy_j", "cpu"]["kinds"] == ["measured"]
    assert costs["energy_j", "ram"]["kinds"] == ["modelled"]
    assert costs["duration_s", "wall"]["low"] == 3600.45
    assert costs["carbon_kgco2e", "all"]["kinds"] == ["assumed"]
    assert found["added"] == [found["runs"][0]["run_id"]]
    assert json.loads(take(folder, "emissions", "--json", "--measured", "cpu"))["added"] == []


def test_study_row_and_stage_are_taken_from_the_options(folder: Path) -> None:
    options = ("--study", "mine", "--row", "pretraining", "--stage", "pretrain")
    take(folder, "sacct", *options)
    runs = Store(folder / "store", create=False).runs()
    assert {(run.study, run.row, run.stage) for run in runs} == {
        ("mine", "pretraining", Stage.PRETRAIN)
    }
    assert "mine: every run paid once" in said("lifecycle", folder / "store")


def test_a_failed_job_is_part_of_what_was_paid(folder: Path) -> None:
    take(folder, "sacct", "--row", "train")
    (row,) = paid_rows(folder / "store")
    assert float(row["energy_j"]) == 5.4e6
    assert "1 failed" in row["runs"]


def test_many_runs_are_shown_in_part_and_summed(folder: Path) -> None:
    lines = [f"{i}|j{i}|COMPLETED|2026-03-02T10:00:00|00:10:00|01:00:00|" for i in range(20)]
    (folder / "jobs.txt").write_text("\n".join([JOBS.splitlines()[0], *lines]) + "\n")
    text = take(folder, "sacct")
    assert "... and 12 more runs" in text
    assert "all runs: duration_s 12,000 s (measured)" in text


def test_a_starting_time_is_read_and_a_bad_one_refused(folder: Path) -> None:
    take(folder, "trainer-state", "--starts-at", "2026-03-02T10:00:00+01:00")
    (run,) = Store(folder / "store", create=False).runs()
    assert run.started_at == "2026-03-02T09:00:00.000+00:00"
    path = folder / "trainer_state.json"
    bad = CliRunner().invoke(group, ["import", "trainer-state", str(path), "--starts-at", "noon"])
    assert bad.exit_code == 2
    assert "--starts-at: time 'noon' cannot be read" in bad.output


USE = """\
timestamp,run_id,duration,emissions,cpu_energy,gpu_energy,ram_energy,energy_consumed,gpu_model
2026-03-03T11:00:00,u1,100.5,0.0001,0.001,0.01,0.0005,0.0115,1 x NVIDIA A100
2026-03-03T12:00:00,u2,101.5,0.0001,0.001,0.0101,0.0005,0.0116,1 x NVIDIA A100
"""


def test_development_and_use_become_a_pathway_with_a_life(folder: Path) -> None:
    of_it = ("--study", "mine", "--pathway", "FT")
    (folder / "use.csv").write_text(USE)
    store = folder / "store"
    take(folder, "model-card", *of_it, "--row", "base", "--stage", "pretrain")
    take(folder, "emissions", *of_it, "--row", "ft", "--stage", "finetune", "--parent", "base")
    use = (*of_it, "--stage", "infer", "--n-examples", "1000", "--store", str(store))
    said("import", "emissions", folder / "use.csv", *use)
    assert "2 runs known" in said("import", "emissions", folder / "use.csv", *use)
    base, ft, *uses = sorted(Store(store, create=False).runs(), key=lambda run: run.row)
    assert (base.row, ft.row, ft.parents) == ("FT/base", "FT/ft", (base.run_id,))
    assert [(run.row, run.repeat, run.parents) for run in uses] == [
        ("FT/reference", 0, (ft.run_id,)),
        ("FT/reference", 1, (ft.run_id,)),
    ]
    assert [run.output.n_examples for run in uses] == [1000, 1000]
    assert {row["users"] for row in paid_rows(store)} == {"FT"}


def test_use_that_could_rest_on_several_rows_must_name_one(folder: Path) -> None:
    of_it = ("--study", "mine", "--pathway", "FT")
    take(folder, "sacct", *of_it, "--row", "a", "--stage", "finetune")
    take(folder, "emissions", *of_it, "--row", "b", "--stage", "finetune")
    (folder / "use.csv").write_text(USE)
    arguments = ["import", "emissions", str(folder / "use.csv"), "--store", str(folder / "store")]
    found = CliRunner().invoke(group, [*arguments, *of_it, "--stage", "infer"])
    assert "(FT/a, FT/b); say with --parent which of them was used" in str(found.exception)


def test_a_pathway_needs_a_study_and_a_parent_that_is_there(folder: Path) -> None:
    alone = CliRunner().invoke(
        group,
        [
            "import",
            "sacct",
            str(folder / "jobs.txt"),
            "--store",
            str(folder / "s"),
            "--pathway",
            "FT",
        ],
    )
    assert "no study was named" in str(alone.exception)
    wrong = CliRunner().invoke(
        group,
        [
            *("import", "sacct", str(folder / "jobs.txt"), "--store", str(folder / "store")),
            *("--study", "mine", "--pathway", "FT", "--stage", "finetune", "--parent", "nobody"),
        ],
    )
    assert "'nobody'" in str(wrong.exception)


def test_runs_of_another_pathway_are_not_moved(folder: Path) -> None:
    take(folder, "sacct", "--study", "mine", "--pathway", "FT", "--stage", "finetune")
    moved = CliRunner().invoke(
        group,
        [
            *("import", "sacct", str(folder / "jobs.txt"), "--store", str(folder / "store")),
            *("--study", "mine", "--pathway", "TS", "--stage", "finetune"),
        ],
    )
    assert "already, as row FT/train-17 and not TS/train-17" in str(moved.exception)


@pytest.mark.parametrize(
    ("tool", "content", "message"),
    [
        ("emissions", "a,b\n1,2\n", "no header of CodeCarbon's emissions.csv"),
        ("sacct", "JobID|State\n17|odd\n", "jobs.txt:2: column 'State'"),
        ("trainer-state", '{"global_step"', "no JSON"),
        ("model-card", "hello\n", "is no `---`"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_1(
    folder: Path, tool: str, content: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / FILES[tool]).write_text(content)
    with pytest.raises(SystemExit) as ended:
        main(["import", tool, str(folder / FILES[tool]), "--store", str(folder / "store")])
    shown = capsys.readouterr().err
    assert ended.value.code == 1
    assert message in shown
    assert shown.count("\n") == 1
    assert not (folder / "store").exists()


def test_an_optuna_study_becomes_trials_of_one_row(tmp_path: Path) -> None:
    optuna = pytest.importorskip("optuna")
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with optuna_study(tmp_path / "study.db", direction="maximize") as study:
        study.optimize(lambda trial: trial.suggest_float("lr", 0, 1), n_trials=3)
    text = said("import", "optuna", tmp_path / "study.db", "--store", tmp_path / "store")
    optuna.logging.set_verbosity(level)
    assert "3 runs of optuna" in text
    (row,) = paid_rows(tmp_path / "store")
    again = said(
        *("import", "optuna", tmp_path / "study.db", "--store", tmp_path / "other"),
        *("--study", "mine", "--pathway", "FT"),
    )
    assert "FT/lr/trial-2" in again
    assert (row["row"], row["stage"]) == ("lr", "tuning")


@pytest.fixture
def searched(tmp_path: Path) -> Path:
    """A store with an imported search of 12 trials in which only the learning rate matters."""
    optuna = pytest.importorskip("optuna")
    uniform = optuna.distributions.FloatDistribution(0, 1)
    with optuna_study(tmp_path / "study.db", direction="maximize") as study:
        study.add_trials(
            [
                optuna.trial.create_trial(
                    value=0.5 + i / 100,
                    params={"lr": i / 12, "seed": (5 * i % 12) / 12},
                    distributions={"lr": uniform, "seed": uniform},
                )
                for i in range(12)
            ]
        )
    store = tmp_path / "store"
    said(
        *("import", "optuna", tmp_path / "study.db", "--store", store),
        *("--study", "mine", "--pathway", "FT", "--metric", "accuracy"),
    )
    return store


def test_sensitivity_to_settings_follows_from_imported_trials(searched: Path) -> None:
    with Store(searched, create=False) as store:
        (found,) = searches(study_runs(store.study("mine"), store.runs()))
    first, second = found.sensitivities
    assert first.setting == "lr"
    assert first.share == pytest.approx(1.0)
    assert (second.setting, found.spread.n if found.spread else 0) == ("seed", 12)


def test_the_expected_best_score_follows_from_imported_trials(searched: Path) -> None:
    shown = said("curves", searched, "--y", "best", "--table", "searches", "--format", "csv")
    (row,) = csv.DictReader(shown.splitlines())
    assert "FT/lr" in row.values()
    assert "12" in row.values()
