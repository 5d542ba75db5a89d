import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.records import Scalar, Stage
from breakeven.workloads.catalogue import (
    STAGE_VERSIONS,
    resolve_inference,
    resolve_stage,
    stage_defaults,
    stage_options,
)
from breakeven.workloads.inference_options import INFERENCE

TRAINED = (Stage.PRETRAIN, Stage.FINETUNE, Stage.DISTIL)
CHANGED = (Stage.EXPORT, Stage.ADAPT)
DEFAULTS = json.loads(Path(__file__).with_name("defaults.json").read_text(encoding="utf-8"))
"""Of each version of each stage; a released line never changes."""


@pytest.mark.parametrize("stage", [*TRAINED, *CHANGED, Stage.SERVE, Stage.INFER])
def test_every_stage_with_settings_has_a_version_and_stable_defaults(stage: Stage) -> None:
    resolved = resolve_stage(stage, {})
    assert STAGE_VERSIONS[stage] >= 1
    assert resolve_stage(stage, resolved) == resolved


@pytest.mark.parametrize(
    ("stage", "passed"),
    [(stage, {}) for stage in (Stage.FETCH, *TRAINED, *CHANGED, Stage.SERVE, Stage.INFER)]
    + [(Stage.FINETUNE, {"model": "tfidf"})],
)
def test_another_default_is_another_version_of_its_stage(
    stage: Stage, passed: Mapping[str, Scalar]
) -> None:
    known = DEFAULTS[" ".join([stage, *map(str, passed.values())])]
    assert stage_defaults(stage, passed) == known.get(str(STAGE_VERSIONS[stage])), (
        "Stores are resumed by these. A new setting: add it to defaults.json, if its default does "
        "what the stage did without it. Anything else: raise STAGE_VERSIONS, then add that version."
    )


@pytest.mark.parametrize(
    ("stage", "passed"),
    [
        *((stage, {}) for stage in (*TRAINED, *CHANGED, Stage.SERVE, Stage.INFER)),
        (Stage.FETCH, {"model": "some/encoder"}),
        (Stage.DISTIL, {"method": "task-agnostic"}),
        (Stage.FINETUNE, {"trained": "head"}),
        (Stage.FINETUNE, {"model": "tfidf"}),
    ],
)
def test_what_is_not_passed_is_at_its_default(stage: Stage, passed: Mapping[str, Scalar]) -> None:
    assert resolve_stage(stage, passed) == {**stage_defaults(stage, passed), **passed}


def test_defaults_tell_a_linear_model_from_the_others() -> None:
    assert stage_defaults(Stage.FINETUNE, {"model": "tfidf"})["model"] == "parent"


@pytest.mark.parametrize("stage", [*TRAINED, *CHANGED, Stage.SERVE, Stage.INFER])
def test_workers_compute_on_one_thread_unless_told_otherwise(stage: Stage) -> None:
    assert resolve_stage(stage, {})["threads"] == 1


@pytest.mark.parametrize("stage", TRAINED)
def test_batches_are_bucketed_by_default(stage: Stage) -> None:
    assert resolve_stage(stage, {})["bucketed"] is True


def test_random_models_have_two_layers_unless_told_otherwise() -> None:
    assert resolve_stage(Stage.PRETRAIN, {"model": "random"})["n_layers"] == 2
    assert resolve_stage(Stage.PRETRAIN, {"model": "random", "n_layers": 3})["n_layers"] == 3
    assert resolve_stage(Stage.FINETUNE, {})["n_layers"] == 0


def test_pretraining_has_a_learning_rate_of_its_own() -> None:
    assert resolve_stage(Stage.PRETRAIN, {})["lr"] > resolve_stage(Stage.FINETUNE, {})["lr"]  # type: ignore[operator]
    assert resolve_stage(Stage.PRETRAIN, {"lr": 1e-4})["lr"] == 1e-4


def test_a_head_alone_has_a_learning_rate_of_its_own() -> None:
    assert stage_defaults(Stage.FINETUNE, {"trained": "head"})["lr"] == 3e-3
    assert resolve_stage(Stage.FINETUNE, {"trained": "head", "lr": 0.1})["lr"] == 0.1
    with pytest.raises(UnknownNameError, match="stage finetune named 'trained'"):
        resolve_stage(Stage.FINETUNE, {"model": "tfidf", "trained": "head"})


def test_pretraining_has_nothing_to_stop_it_early() -> None:
    with pytest.raises(SettingsError, match=r"epochs=0\.0 is out of range; .* at least 0\.01"):
        resolve_stage(Stage.PRETRAIN, {"epochs": 0})


def test_fine_tuning_stops_early_and_after_ten_epochs_at_most() -> None:
    # Dürlich et al. 2023, section 4.1 and appendix A.2.
    resolved = resolve_stage(Stage.FINETUNE, {})
    assert (resolved["epochs"], resolved["max_epochs"]) == (0.0, 10)


def test_tfidf_makes_fine_tuning_linear() -> None:
    resolved = resolve_stage(Stage.FINETUNE, {"model": "tfidf", "c": 3})
    assert resolved["c"] == 3.0
    assert "lr" not in resolved


def test_a_served_tfidf_model_takes_the_settings_of_any_served_model() -> None:
    assert stage_options(Stage.SERVE, {"model": "tfidf"}) == stage_options(Stage.SERVE, {})


def test_tfidf_cannot_be_pretrained() -> None:
    with pytest.raises(SettingsError, match="stage pretrain cannot use model=tfidf"):
        resolve_stage(Stage.PRETRAIN, {"model": "tfidf"})


def test_unknown_key_of_a_stage_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"stage finetune named 'epoch'.*'epochs'"):
        resolve_stage(Stage.FINETUNE, {"epoch": 3})


def test_stage_without_settings_is_refused() -> None:
    with pytest.raises(SettingsError, match="stage stated takes no settings"):
        resolve_stage(Stage.STATED, {})


def test_options_of_a_stage_tell_which_defaults_apply_to_it() -> None:
    defaults: dict[str, Scalar] = {"batch_size": 16, "threads": 1, "c": 2.0}
    neural = [key for key in defaults if key in stage_options(Stage.FINETUNE, {})]
    linear = [key for key in defaults if key in stage_options(Stage.FINETUNE, {"model": "tfidf"})]
    assert neural == ["batch_size", "threads"]
    assert linear == ["threads", "c"]


def test_inference_settings_are_resolved_alike_by_either_door() -> None:
    assert resolve_stage(Stage.INFER, {"batch_size": 8}) == resolve_inference({"batch_size": 8})
    assert set(stage_options(Stage.INFER, {})) == set(INFERENCE)


@pytest.mark.parametrize("warmup", ["plateau", "5", 5])
def test_warmup_is_a_plateau_or_a_count(warmup: Scalar) -> None:
    assert resolve_inference({"warmup": warmup})["warmup"] == str(warmup)


def test_other_warmups_are_refused() -> None:
    with pytest.raises(SettingsError, match="warmup='some' is neither 'plateau' nor a count"):
        resolve_inference({"warmup": "some"})


def test_every_option_says_what_it_does() -> None:
    options = [o for stage in (*TRAINED, *CHANGED) for o in stage_options(stage, {}).values()]
    assert all(option.doc for option in [*options, *INFERENCE.values()])


def test_checking_settings_needs_no_torch() -> None:
    code = (
        "import sys, breakeven.workloads.catalogue, breakeven.workloads.tasks; "
        "print([m for m in ('torch', 'transformers', 'sklearn', 'datasets') if m in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]"


def test_a_distillation_told_how_to_stop_early_does_so() -> None:
    assert resolve_stage(Stage.DISTIL, {})["epochs"] == 2.0
    assert resolve_stage(Stage.DISTIL, {"max_epochs": 3})["epochs"] == 0.0
    assert resolve_stage(Stage.DISTIL, {"patience": 1, "epochs": 1.5})["epochs"] == 1.5
