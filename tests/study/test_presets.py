"""Presets: what a paper printed, and who wins."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.errors import SettingsError, StudyFileError, UnknownNameError
from breakeven.records import Scalar, Stage
from breakeven.records.engine import TaskFacts
from breakeven.study import load_study, run_study
from breakeven.study.engine import NLP
from breakeven.study.presets import Preset, find_preset, presets
from breakeven.study.table import drawn_run, run_table

Write = Callable[..., Path]

TABLE_2: Mapping[str, Mapping[str, Scalar]] = {
    "durlich2023-ft": {"batch_size": 32, "max_epochs": 10, "max_length": 256, "lr": 3e-5}
    | {"warmup_steps": 404},
    "durlich2023-ts": {"batch_size": 32, "epochs": 2, "max_length": 256, "lr": 5e-5}
    | {"warmup_steps": 260},
    "durlich2023-ta": {"batch_size": 8, "epochs": 0.75, "max_length": 256, "lr": 1e-4}
    | {"warmup_steps": 3750, "n_processes": 2, "gradient_accumulation": 2},
    "durlich2023-eval": {"batch_size": 32, "max_length": 256},
}
"""Table 2 and appendix A.2 of the paper, cell by cell."""


@pytest.mark.parametrize("name", TABLE_2)
def test_the_values_of_table_2_are_the_presets(name: str) -> None:
    settings = presets()[name].settings
    assert {key: settings[key] for key in TABLE_2[name]} == TABLE_2[name]


def test_60000_steps_of_the_task_agnostic_preset_are_three_quarters_of_the_corpus() -> None:
    settings = presets()["durlich2023-ta"].settings
    per_step = int(settings["batch_size"]) * int(settings["n_processes"])
    n_steps = float(settings["epochs"]) * 2_552_479 / (per_step * 2)  # accumulated over 2
    assert n_steps == pytest.approx(60_000, rel=0.01)


@pytest.mark.parametrize("preset", presets().values(), ids=lambda preset: preset.name)
def test_the_engine_understands_every_preset(preset: Preset) -> None:
    if preset.stage is Stage.INFER:
        resolved = NLP.resolve_inference(preset.settings)
    else:
        resolved = NLP.resolve_stage(preset.stage, {"model": "a/b", **preset.settings})
    assert {key: resolved[key] for key in preset.settings} == preset.settings


CASE_STUDY = """\
study: case
task: {name: pydoc}
defaults: {lr: 1.0, weight_decay: 0.5}
stages:
  - {name: ft, stage: finetune, model: random, preset: sst2-milestone, epochs: 1}
pathways: {FT: ft}
inference: {reference: {preset: durlich2023-eval, batch_size: 16}}
"""


@pytest.fixture
def case_study(tmp_path: Path) -> Path:
    """A row and a reference that name presets and change one setting each."""
    (tmp_path / "case.yaml").write_text(CASE_STUDY, encoding="utf-8")
    return tmp_path / "case.yaml"


def test_the_row_goes_before_the_preset_and_the_preset_before_defaults(case_study: Path) -> None:
    study = load_study(case_study)
    resolved = study.row("ft").settings.resolved
    expected = {"epochs": 1, "lr": 3e-5, "weight_decay": 0.01, "warmup_ratio": 0.06}
    assert {key: resolved[key] for key in expected} == expected
    assert (study.reference["batch_size"], study.reference["max_length"]) == (16, 256)


def test_records_tell_the_preset_and_its_source(
    write_study: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toys = {
        "quick": {"stage": Stage.FINETUNE, "settings": {"burn_s": 0.01}},
        "short": {"stage": Stage.INFER, "settings": {"max_length": 8}},
    }
    made = {
        name: Preset(name=name, source="a paper", about="", **toy)  # type: ignore[arg-type]  # toys
        for name, toy in toys.items()
    }
    monkeypatch.setattr("breakeven.study.presets.presets", lambda: made)
    changes = {
        "stages": [{"name": "ft", "stage": "finetune", "preset": "quick"}],
        "pathways": {"FT": "ft"},
        "inference": {"blocks": 1, "aa": False, "reference": {"preset": "short"}},
    }
    runs = run_study(load_study(write_study(), changes), tmp_path / "store")
    ft, use = (next(r for r in runs if r.row == row) for row in ("ft", "FT/reference"))
    assert ft.settings.passed["preset"] == "quick (a paper)"
    assert ft.settings.resolved["burn_s"] == 0.01
    assert use.settings.passed["preset"] == "short (a paper)"
    assert "preset" not in {**ft.settings.resolved, **use.settings.resolved}


def test_a_trial_tells_the_preset_of_its_row(case_study: Path) -> None:
    tune = "epochs: 1, tune: {trials: 1, space: {lr: [1e-4, 1e-5]}}}"
    case_study.write_text(CASE_STUDY.replace("epochs: 1}", tune), encoding="utf-8")
    study = load_study(case_study)
    facts = TaskFacts(content_hash="", facts={})
    drawn = drawn_run(run_table(study, facts, NLP)[0], {"lr": 1e-4}, study, NLP)
    assert str(drawn.settings.passed["preset"]).startswith("sst2-milestone (SST-2")


def test_a_preset_is_of_one_stage_and_names_are_suggested() -> None:
    with pytest.raises(SettingsError, match="is for stage distil, this is finetune"):
        find_preset("durlich2023-ts", Stage.FINETUNE)
    with pytest.raises(UnknownNameError, match="durlich2023-ft"):
        find_preset("durlich2023-fit", Stage.FINETUNE)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("preset: sst2-milestone,", "preset: sst2-milestine,", r"yaml:5: row 'ft': .*milestone"),
        ("preset: durlich2023-eval", "preset: durlich2023-ft", r"yaml:7: inference.reference: "),
    ],
)
def test_an_unfit_preset_is_an_error_with_its_line(
    case_study: Path, old: str, new: str, message: str
) -> None:
    case_study.write_text(CASE_STUDY.replace(old, new), encoding="utf-8")
    with pytest.raises(StudyFileError, match=message):
        load_study(case_study)


def test_the_command_line_lists_presets() -> None:
    listed = CliRunner().invoke(group, ["plan", "--presets"])
    assert listed.exit_code == 0
    for preset in presets().values():
        assert preset.name in listed.output
    assert "Dürlich et al. 2023" in listed.output
