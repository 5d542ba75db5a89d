"""A state that transformers' own Trainer wrote: what it means, checked against what was run."""

from pathlib import Path
from typing import Any

import pytest

from breakeven.records import Resource, Status
from breakeven.store.importers.ledgers.imported import Asked
from breakeven.store.importers.ledgers.trainer_state import Scoring, read_trainer_state

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("accelerate")

pytestmark = pytest.mark.nlp

N_TRAIN, N_HELD_OUT, N_TOKENS, N_EPOCHS = 43, 21, 16, 2


class Examples:
    def __init__(self, n: int) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, i: int) -> dict[str, Any]:
        return {
            "input_ids": torch.arange(N_TOKENS),
            "attention_mask": torch.ones(N_TOKENS, dtype=torch.long),
            "labels": torch.tensor(i % 2),
        }


@pytest.mark.filterwarnings("ignore")
def test_time_flops_and_examples_are_those_of_the_training(tmp_path: Path) -> None:
    config = transformers.BertConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        vocab_size=N_TOKENS,
    )
    model = transformers.BertForSequenceClassification(config)
    arguments = transformers.TrainingArguments(
        str(tmp_path / "ft"),
        num_train_epochs=N_EPOCHS,
        per_device_train_batch_size=8,
        eval_strategy="epoch",
        logging_steps=2,
        save_strategy="no",
        report_to=[],
        include_num_input_tokens_seen=True,
        disable_tqdm=True,
        use_cpu=True,
    )
    trainer = transformers.Trainer(
        model=model,
        args=arguments,
        train_dataset=Examples(N_TRAIN),
        eval_dataset=Examples(N_HELD_OUT),
    )
    ended = trainer.train()
    trainer.save_state()

    path = tmp_path / "ft" / "trainer_state.json"
    (run,) = read_trainer_state(path, Asked(), scoring=Scoring(tokens="padded")).runs
    n_parameters = model.num_parameters(exclude_embeddings=True)
    assert run.status is Status.OK
    assert run.costs(Resource.DURATION_S)[0].value == ended.metrics["train_runtime"]
    assert run.costs(Resource.FLOPS)[0].value == 6 * N_EPOCHS * N_TRAIN * N_TOKENS * n_parameters
    assert run.output.n_padded_tokens == N_EPOCHS * N_TRAIN * N_TOKENS
    assert run.output.n_examples in (0, N_EPOCHS * N_TRAIN)
    assert {score.metric: score.n_examples for score in run.scores}["loss"] in (0, N_HELD_OUT)
