"""Why a row of a search gave no cost, in words of people."""

from dataclasses import replace

from breakeven.records import Resource, Run, Stage, Status
from breakeven.study.define import define_study
from breakeven.study.events import Outcome
from breakeven.study.optimize.live import reason_of


def test_what_an_export_refused_is_told_without_the_path_of_a_class() -> None:
    study = define_study(
        "s",
        task={"name": "pydoc"},
        stages=[
            {"name": "ft", "stage": "finetune", "model": "random"},
            {"name": "ov", "stage": "export", "from": "ft", "backend": "openvino"},
        ],
        pathways={"OV": "ov"},
    )
    refused = Run(
        run_id="run-1",
        study="s",
        row="ov",
        stage=Stage.EXPORT,
        status=Status.FAILED,
        started_at="2026-01-01T00:00:00+00:00",
        error="Traceback ...\nbreakeven.errors.PrecisionRefusedError: fp16 refused; use fp32",
    )
    (row, _) = study.configurations
    outcome = Outcome(runs=(refused,))

    assert reason_of(outcome, row, study, Resource.CPU_S) == "ov: fp16 refused; use fp32"

    unknown = replace(outcome, runs=(replace(refused, error="Traceback ...\nValueError: no"),))
    assert reason_of(unknown, row, study, Resource.CPU_S) == "ov: ValueError: no"
