"""The two training loops that the benchmark `training` compares: our `Fit` and Trainer.

Both get the same tokenized examples, model, schedule and seed, and both are interrupted at the
same place, after each step.
"""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.training_job import Chunks, Job
from breakeven.records import Scalar
from breakeven.testing.context import FakeContext
from breakeven.workloads.heads import Lesson, head_for
from breakeven.workloads.models.encoder import AutoClass, Encoder, load_encoder
from breakeven.workloads.models.frameworks import import_transformers
from breakeven.workloads.stages.descent import MAX_GRADIENT_NORM
from breakeven.workloads.stages.feed import Feed
from breakeven.workloads.stages.fit import Fit
from breakeven.workloads.stages.held import Held
from breakeven.workloads.stages.learner import Learner
from breakeven.workloads.stages.ledger import Ledger
from breakeven.workloads.tasks import Task, load_task


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a loop trains, loaded and tokenized."""

    encoder: Encoder
    settings: Mapping[str, Scalar]
    learner: Learner
    feed: Feed
    lesson: Lesson
    labels: tuple[int, ...]
    held: Held
    tokenize_cpu_s: float

    @property
    def n_steps(self) -> int:
        """Steps of the whole training."""
        return self.feed.n_steps(float(self.settings["epochs"]))


class Paced(FakeContext):
    """A context that lets `chunks` interrupt the training where progress is told."""

    chunks: Chunks

    def progress(self, done: float, total: float) -> None:  # noqa: ARG002 - of the protocol
        """Hand on the number of steps done."""
        self.chunks.after(int(done))


def prepare(job: Job) -> Prepared:
    """Load data and model, draw the examples and tokenize them."""
    settings = job.resolved()
    torch.set_num_threads(int(settings["threads"]))
    task = draw(load_task(job.task), job.n_examples)
    train = task.train
    encoder = load_encoder(
        settings, head=AutoClass.CLASSIFICATION, labels=task.labels, corpus=train.texts
    )
    head = head_for(task)
    head.encode(encoder.tokenizer, train.take([0]), settings)
    start_s = time.process_time()
    encoded = head.encode(encoder.tokenizer, train, settings)
    tokenize_cpu_s = time.process_time() - start_s
    learner = Learner.of(encoder, head, torch.device("cpu"))
    held = Held.of(learner, encoder.tokenizer, task, settings)
    if held is None:
        raise ValueError("the task has no validation split; set validation_share above 0")
    return Prepared(
        encoder=encoder,
        settings=settings,
        learner=learner,
        feed=Feed.of(encoder.tokenizer, encoded, settings),
        lesson=head.lesson(train, encoded, learner.device),
        labels=train.labels,
        tokenize_cpu_s=tokenize_cpu_s,
        held=held,
    )


def draw(task: Task[int], n_examples: int) -> Task[int]:
    """Keep at most `n_examples` training examples, the same at every seed of the training."""
    n_kept = min(n_examples, len(task.train))
    kept = random.Random(0).sample(range(len(task.train)), n_kept)
    return replace(task, train=task.train.take(kept))


def train_ours(prepared: Prepared, chunks: Chunks, folder: Path) -> None:
    """Train with `Fit`, as the stage finetune does; setting up its optimizer is timed."""
    context = Paced(folder=folder)
    context.chunks = chunks
    fit = Fit(
        learner=prepared.learner,
        feed=prepared.feed,
        lesson=prepared.lesson,
        held=prepared.held,
        settings=prepared.settings,
        ledger=Ledger(context),
        context=context,
    )
    chunks.begin()
    fit.run()


def train_trainer(prepared: Prepared, chunks: Chunks, folder: Path, *, is_grouped: bool) -> None:
    """Train with transformers' Trainer; what it sets up before its first step is not timed."""
    transformers: Any = import_transformers()

    def on_train_begin(*_: object, **__: object) -> None:
        chunks.begin()

    def on_step_end(_: object, state: Any, *__: object, **___: object) -> None:  # noqa: ANN401
        chunks.after(state.global_step)

    hook = type("Hook", (transformers.TrainerCallback,), {})()
    hook.on_train_begin, hook.on_step_end = on_train_begin, on_step_end
    arguments = trainer_arguments(
        prepared.settings, n_steps=prepared.n_steps, is_grouped=is_grouped
    )
    trainer = transformers.Trainer(
        model=prepared.encoder.model,
        args=transformers.TrainingArguments(output_dir=str(folder), **arguments),
        data_collator=transformers.DataCollatorWithPadding(prepared.encoder.tokenizer),
        train_dataset=examples_of(prepared),
        callbacks=[hook],
    )
    trainer.remove_callback(transformers.PrinterCallback)
    trainer.train()


def examples_of(prepared: Prepared) -> list[dict[str, Any]]:
    """Examples as Trainer takes them; a list is the cheapest data set there is."""
    return [
        {"input_ids": ids, "labels": label}
        for ids, label in zip(prepared.feed.encoded.ids, prepared.labels, strict=True)
    ]


def trainer_arguments(
    settings: Mapping[str, Scalar], *, n_steps: int, is_grouped: bool
) -> dict[str, Any]:
    """Say our settings in Trainer's words, and switch off all that is not training.

    One thing differs: in warm-up its rate lags ours by one step. What is named in neither (AdamW's
    betas and epsilon, fp32, one process) is the same by default.

    Args:
        settings: Resolved, of the stage finetune.
        n_steps: Steps of the whole training.
        is_grouped: Whether its sampler puts similar lengths together.
    """
    return {
        "per_device_train_batch_size": settings["batch_size"],
        "num_train_epochs": settings["epochs"],
        "learning_rate": settings["lr"],
        "lr_scheduler_type": "linear",
        "warmup_steps": round(float(settings["warmup_ratio"]) * n_steps),
        "weight_decay": settings["weight_decay"],
        "max_grad_norm": MAX_GRADIENT_NORM,
        "optim": "adamw_torch_fused",
        "seed": settings["seed"],
        "train_sampling_strategy": "group_by_length" if is_grouped else "random",
        "use_cpu": True,
        "dataloader_pin_memory": False,
        "remove_unused_columns": False,
        "eval_strategy": "no",
        "save_strategy": "no",
        "logging_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
    }
