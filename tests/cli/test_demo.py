"""`breakeven demo`: the built-in study, and the whole chain from study file to report.html."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from breakeven.analysis.overview import analyse
from breakeven.cli.demo import PROFILES, command, run_demo
from breakeven.cli.report import say_replayed
from breakeven.meters.claims import Claims, this_claimant
from breakeven.records import Origin, Resource, Stage
from breakeven.session import recover
from breakeven.store import Store
from breakeven.study import load_study, plan_study, run_study

ROOT = Path(__file__).resolve().parents[2]
REPLAY = ROOT / "tests" / "golden" / "replay"
BUILTIN = Path(str(files("breakeven.study"))) / "builtin" / "pydoc.yaml"

FEW = {
    "task.max_per_family": 60,
    "stages": [
        {"name": "base", "stage": "pretrain", "model": "random", "epochs": 0.05, "hidden_size": 32},
        {"name": "ft", "stage": "finetune", "from": "base", "epochs": 0.2},
        {"name": "tfidf", "stage": "finetune", "model": "tfidf"},
    ],
    "pathways": {"FT": "ft", "TF-IDF": "tfidf"},
    "inference.sweep": [{"n_layers": 1, "pathways": "FT"}],
    "inference.blocks": 1,
    "inference.min_window_s": 0.0,
}


@pytest.fixture(scope="module")
def golden() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_tool", ROOT / "tools" / "golden.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.report
def test_a_replayed_study_gives_the_kept_report_whatever_else_is_measured_here(
    golden: ModuleType,
) -> None:
    another = Claims((), this_claimant(("another",), name="another"))
    made: Mapping[str, str] = golden.golden_replay()
    another.release()
    assert made == {name: (REPLAY / name).read_text(encoding="utf-8") for name in made}


def test_the_kept_report_marks_its_joules_as_replayed() -> None:
    assert "not measured on this machine" in (REPLAY / "notes.csv").read_text(encoding="utf-8")
    assert "replayed" in (REPLAY / "costs.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_of_the_built_in_study_holds_the_whole_life_cycle(profile: str) -> None:
    study = load_study(BUILTIN, profile=profile)
    rows = {row.name: row for row in study.rows}
    assert {str(row.stage) for row in study.rows} == {"pretrain", "finetune", "distil"}
    assert rows["ft"].parents == {"start": "base"}
    assert rows["ts"].parents == {"start": "ft", "teacher": "ft"}
    assert rows["ta-distil"].parents == {"start": "base", "teacher": "base"}
    assert [pathway.name for pathway in study.pathways] == ["FT", "TS", "TA", "TF-IDF"]
    assert any("max_length=16" in c.label for c in study.configurations)


def test_the_built_in_study_can_be_planned_on_this_machine() -> None:
    assert plan_study(load_study(BUILTIN)).n_left == 6 + 4 * 16 + 4


@pytest.mark.report
def test_a_demo_prints_pathways_and_paths_and_a_second_one_only_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = load_study(REPLAY / "study.yaml", {"replay": str(REPLAY / "trace.csv")})
    run_demo(study, tmp_path)
    first = capsys.readouterr()
    assert first.out.startswith("Pathway")
    assert f"Report: {tmp_path / 'report.html'}" in first.out
    assert (tmp_path / "report.html").stat().st_size > 10_000
    assert (tmp_path / "tables" / "pathways.csv").is_file()
    run_demo(study, tmp_path)
    again = capsys.readouterr()
    assert again.err == "0 runs to make\n"
    assert again.out == first.out


def test_a_demo_that_fails_says_so_and_writes_no_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overrides = {"replay": str(REPLAY / "trace.csv"), "stages.small.fail": True}
    with pytest.raises(SystemExit) as left:
        run_demo(load_study(REPLAY / "study.yaml", overrides), tmp_path)
    assert left.value.code == 1
    assert "failed: small" in capsys.readouterr().out
    assert not (tmp_path / "report.html").exists()


def test_an_unknown_profile_is_a_usage_error() -> None:
    assert CliRunner().invoke(command, ["--profile", "fast"]).exit_code == 2


def test_recorded_power_of_a_real_machine_drives_the_same_pipeline(
    shared_dir: Path, tmp_path: Path
) -> None:
    source = shared_dir / "published" / "cain2024" / "power_trace_with_counter_wrap.csv"
    powers = [line.split(",")[3] for line in source.read_text().splitlines()[1:400]]
    trace = tmp_path / "real.csv"
    samples = [f"{i},package-0,{w}" for i, w in enumerate(powers) if float(w) > 0]
    trace.write_text("\n".join(["t_s,channel,power_w", *samples]))
    runs = run_study(load_study(REPLAY / "study.yaml", {"replay": str(trace)}), tmp_path / "store")
    base = next(run for run in runs if run.row == "base")
    (energy,) = base.costs(Resource.ENERGY_J)
    assert energy.origin is Origin.REPLAYED
    assert 15 * 40 < energy.value < 50 * 40


@pytest.mark.nlp
@pytest.mark.slow
def test_real_models_go_through_the_same_chain(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    runs = run_study(load_study(BUILTIN, FEW), tmp_path)
    by_row = {run.row: run for run in runs}
    assert {run.status for run in runs} == {"ok"}
    assert by_row["ft"].parents == (by_row["base"].run_id,)
    assert by_row["FT/reference"].parents == (by_row["ft"].run_id, by_row["FT/serve"].run_id)
    assert by_row["FT/n_layers=1"].stage is Stage.INFER
    assert by_row["FT/reference"].scores[0].split == "test"
    assert by_row["TF-IDF/reference"].costs(Resource.CPU_S)[0].value > 0
    with Store(tmp_path, create=False) as store:
        assert recover(store) == ()


def test_help_loads_neither_torch_nor_pydantic_nor_the_meters() -> None:
    code = (
        "import sys, json, click; from breakeven.cli import group\n"
        "context = click.Context(group)\n"
        "for name in ('run', 'plan', 'demo'): group.get_command(context, name)\n"
        "print(json.dumps([m for m in ('torch', 'pydantic', 'pandas', 'altair', 'yaml', 'rich')"
        " if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_importing_and_asking_for_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, json, breakeven; from breakeven.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(json.dumps([m for m in ('torch', 'pydantic', 'pandas', 'altair', 'numpy')"
        " if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_the_built_in_trace_is_nowhere_taken_for_a_recording(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = BUILTIN.parent / "trace.csv"
    overrides = {"replay": str(trace), "inference.blocks": 1}
    study = load_study(REPLAY / "study.yaml", overrides)
    assert "made-up example trace" in plan_study(study).replayed
    run_study(study, tmp_path / "store")
    with Store(tmp_path / "store", create=False) as store:
        analysis = analyse(store.study(), store.runs())
    say_replayed(analysis)
    assert "energy was replayed from a made-up example trace, not" in capsys.readouterr().out
