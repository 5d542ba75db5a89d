"""The callback for Trainer: every train() is a stored run, however it ends."""

import gc
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from breakeven.analysis.runs.ranks import rolled_up
from breakeven.meters import MeterBank
from breakeven.records import NoteCode, Run, Stage, Status, Volume
from breakeven.store import Store

pytestmark = pytest.mark.nlp
torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from transformers import TrainerCallback  # noqa: E402 - after the skips

from breakeven.integrations.transformers import MeteringCallback  # noqa: E402 - the same


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store") as opened:
        yield opened


def callback(store: Store, **settings: Any) -> MeteringCallback:
    return MeteringCallback("train", store=store, meters=["host"], **settings)


def trainer(folder: Path, *callbacks: object, **arguments: Any) -> Any:
    """A model of two layers on ten texts of four tokens, the last one of each a padding."""
    pytest.importorskip("accelerate", reason="Trainer needs it")
    config = transformers.BertConfig(
        vocab_size=20,
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=8,
        num_labels=2,
    )
    example = {"input_ids": [1, 2, 3, 0], "attention_mask": [1, 1, 1, 0], "labels": 1}
    return transformers.Trainer(
        model=transformers.BertForSequenceClassification(config),
        args=transformers.TrainingArguments(
            output_dir=str(folder / "out"),
            per_device_train_batch_size=4,
            use_cpu=True,
            report_to=[],
            save_strategy="no",
            disable_tqdm=True,
            **arguments,
        ),
        train_dataset=[example] * 10,
        eval_dataset=[example] * 3,
        callbacks=list(callbacks),
    )


class Stop(TrainerCallback):  # type: ignore[misc]  # not typed
    """Stops, or fails, after a number of steps."""

    def __init__(self, after: int, *, error: type[BaseException] | None = None) -> None:
        self.after, self.error = after, error

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.global_step == self.after and self.error is not None:
            raise self.error("stopped by the test")
        control.should_training_stop |= state.global_step == self.after


def only(store: Store) -> Run:
    (run,) = store.runs()
    return run


def test_a_training_is_a_run_with_its_examples_tokens_and_epochs(
    tmp_path: Path, store: Store
) -> None:
    metering = callback(store, lr=0.1)
    trainer(tmp_path, metering, num_train_epochs=2, eval_strategy="epoch").train()
    run = only(store)
    assert (run.row, run.stage, run.status) == ("train", Stage.FINETUNE, Status.OK)
    assert run.output == Volume(n_examples=20, n_real_tokens=60, n_padded_tokens=80, n_batches=6)
    assert [(w.name, w.n_times) for w in run.windows] == [("epoch", 2)]
    assert run.settings.passed == {"lr": 0.1}
    assert metering.run == run


def test_an_early_stop_is_an_end(tmp_path: Path, store: Store) -> None:
    trainer(tmp_path, callback(store), Stop(2), num_train_epochs=2).train()
    assert (only(store).status, only(store).output.n_examples) == (Status.OK, 8)


def test_in_a_block_an_exception_is_a_failure(tmp_path: Path, store: Store) -> None:
    with pytest.raises(ZeroDivisionError), callback(store) as metering:
        trainer(tmp_path, metering, Stop(1, error=ZeroDivisionError)).train()
    assert only(store).status is Status.FAILED
    assert "stopped by the test" in str(only(store).error)


def test_a_training_in_a_block_that_ends_is_stored_once(tmp_path: Path, store: Store) -> None:
    with callback(store) as metering:
        trainer(tmp_path, metering, max_steps=1).train()
    assert only(store).status is Status.OK


def test_every_training_is_a_run_also_after_one_that_broke(tmp_path: Path, store: Store) -> None:
    metering = callback(store)
    with pytest.raises(ZeroDivisionError):
        trainer(tmp_path, metering, Stop(1, error=ZeroDivisionError)).train()
    trainer(tmp_path, metering, max_steps=1).train()
    broken, whole = store.runs()
    assert (broken.status, whole.status) == (Status.INTERRUPTED, Status.OK)
    assert "another training began" in str(broken.error)


def test_a_callback_that_is_dropped_leaves_no_run_open(tmp_path: Path, store: Store) -> None:
    metering = callback(store)
    metering.on_train_begin(SimpleNamespace(device=torch.device("cpu")), None, None)
    metering.on_epoch_begin(None, None, None)
    del metering
    gc.collect()
    assert only(store).status is Status.INTERRUPTED
    assert "left before its end" in str(only(store).error)


def test_events_outside_a_training_do_nothing(store: Store) -> None:
    metering = callback(store)
    metering.on_epoch_begin(None, None, None)
    metering.on_epoch_end(None, None, None)
    metering.on_train_end(None, None, None)
    with metering:
        pass
    assert (store.runs(), metering.run) == ((), None)


def test_a_block_that_is_left_in_the_middle_stores_what_it_cost(store: Store) -> None:
    with callback(store) as metering:
        metering.on_train_begin(SimpleNamespace(device=torch.device("cpu")), None, None)
    assert only(store).status is Status.INTERRUPTED


def test_batches_that_do_not_tell_are_said(store: Store) -> None:
    model = torch.nn.Identity()
    metering = MeteringCallback("train", store=store, meters=MeterBank())
    metering.on_train_begin(SimpleNamespace(device=torch.device("cpu")), None, None, model=model)
    model(torch.zeros(4, 2))
    model.eval()
    model(torch.zeros(5, 2))
    model.train()
    model(torch.tensor(1.0))
    metering.on_train_end(None, None, None)
    assert only(store).output == Volume(n_examples=4, n_batches=2)
    assert [note.code for note in only(store).notes] == [NoteCode.VOLUME_UNKNOWN]


SCRIPT = """
import sys
from types import SimpleNamespace
import torch
from breakeven.integrations.transformers import MeteringCallback
metering = MeteringCallback("train", store=sys.argv[1], meters=["host"])
metering.on_train_begin(SimpleNamespace(device=torch.device("cpu")), None, None)
raise ZeroDivisionError("in the middle")
"""


@pytest.mark.slow
def test_a_process_that_dies_of_an_exception_still_stores_the_run(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "store")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    run = only(Store(tmp_path / "store"))
    assert run.status is Status.FAILED
    assert "in the middle" in str(run.error)


def test_the_block_of_the_docs_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = Path(__file__).resolve().parents[2] / "docs" / "measuring.md"
    (code,) = re.findall(r"```py\n(.*?)```", page.read_text(), flags=re.DOTALL)
    made = trainer(tmp_path, num_train_epochs=1)
    exec(code, {"model": made.model, "args": made.args, "examples": made.train_dataset})
    assert len(Store("store").runs()) == 1


RANK = """
from breakeven import measure
from breakeven.records import Volume
with measure("train", store="store", meters=["host"]) as run:
    run.add_output(Volume(n_examples=10))
"""


@pytest.mark.slow
def test_ranks_of_a_real_torchrun_are_one_stage(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(RANK)
    argv = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "train.py"]
    for _ in range(2):
        subprocess.run(argv, cwd=tmp_path, check=True, capture_output=True)
    runs = Store(tmp_path / "store").runs()
    assert sorted(run.rank.rank for run in runs if run.rank is not None) == [0, 0, 1, 1]
    wholes = rolled_up(runs)
    assert [(run.status, run.output.n_examples) for run in wholes] == [(Status.OK, 20)] * 2
