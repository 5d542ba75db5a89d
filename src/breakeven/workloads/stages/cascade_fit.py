"""Making and opening a cascade: both members answer the validation split, a threshold is chosen."""

from dataclasses import replace

import numpy as np

from breakeven.records import PhaseName, Resource
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.adaptive.adaptive import ReadTask
from breakeven.workloads.adaptive.manifest import Manifest, read_manifest, take_member
from breakeven.workloads.adaptive.thresholds import Answered, choose_threshold
from breakeven.workloads.stages.calibrating import (
    answer_all,
    check_task,
    member_request,
    report_choice,
    row_settings,
    validation_facts,
)
from breakeven.workloads.stages.cascade_service import CascadeRow, CascadeServer
from breakeven.workloads.stages.data import open_task
from breakeven.workloads.stages.infer import open_server
from breakeven.workloads.stages.ledger import Ledger
from breakeven.workloads.stages.serving import confident

SMALL, LARGE = "small", "large"
"""Folders of the members."""


def adapt_cascade(context: StageContext, request: StageRequest) -> None:
    """Choose the threshold of a cascade of the parents "start" and "fallback", and keep it.

    Raises:
        SettingsError: If the task is no classification, has no validation examples, or the small
            model says no confidence.
        ModelFolderError: If a member cannot be loaded safely.
    """
    settings, max_drop = row_settings(request), float(request.settings["max_drop"])
    small_server = open_server(context, member_request(request, "start"), read_task=open_task)
    task = small_server.task
    check_task(task)
    large_server = open_server(
        context, member_request(request, "fallback"), read_task=lambda *_: task
    )
    held = task.validation
    with (
        small_server.configured(context, settings, split=held) as small,
        large_server.configured(context, settings, split=held) as large,
    ):
        asked = confident(small)
        row = CascadeRow(small=asked, large=large, threshold=0.0)
        with context.phase(PhaseName.WORK, synchronize=row.synchronize):
            first, second = (answer_all(each, held, settings) for each in (asked, large))
            labels = np.asarray(held.labels)
            choice = choose_threshold(
                Answered(
                    confidences=np.asarray(first.confidences)[:, None],
                    is_right=(np.asarray(first.predicted) == labels)[:, None],
                    is_right_last=np.asarray(second.predicted) == labels,
                ),
                max_drop=max_drop,
            )
            folder = context.artifact_dir("model")
            take_member(request.parents["start"], folder / SMALL)
            take_member(request.parents["fallback"], folder / LARGE)
            Manifest(
                method="cascade",
                threshold=choice.threshold,
                validation=validation_facts(choice),
            ).write(folder)
        context.add_output(first.volume + second.volume)
        for cost in row.costs():
            if cost.resource is Resource.N_PARAMETERS:
                context.count(cost)
    if first.flops is not None and second.flops is not None:
        ledger = Ledger(context)
        ledger.spent(first.flops + second.flops)
        ledger.close()
    answers = [
        cheap if sure >= choice.threshold else dear
        for cheap, sure, dear in zip(
            first.predicted, first.confidences, second.predicted, strict=True
        )
    ]
    report_choice(context, task, choice, answers=answers, max_drop=max_drop)


def open_cascade(
    context: StageContext, request: StageRequest, *, read_task: ReadTask
) -> CascadeServer:
    """Load both members of a folder that `adapt_cascade` kept.

    Raises:
        SettingsError: If one of them does not fit the task.
        ModelFolderError: If the folder is damaged.
    """
    folder = request.parents["start"]
    found = read_manifest(folder)
    asked_small, asked_large = (
        replace(request, parents={"start": folder / name}) for name in (SMALL, LARGE)
    )
    small = open_server(context, asked_small, read_task=read_task)
    large = open_server(context, asked_large, read_task=lambda *_: small.task)
    return CascadeServer(small=small, large=large, threshold=found.threshold)
