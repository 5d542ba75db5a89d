"""The example of somebody else's training script, measured and joined on a tiny model."""

import csv
import random
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from breakeven.records import Resource
from breakeven.store import Store

pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

pytestmark = [pytest.mark.nlp, pytest.mark.slow]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
WORDS = {0: ("awful", "grim", "dull"), 1: ("fine", "warm", "bright")}
STUDY = """\
study: sst2-minilm
task: {name: files, train: sst2/train.tsv, test: sst2/dev.tsv}
stages: [{name: tfidf, stage: finetune, model: tfidf}]
pathways: {TF-IDF: tfidf}
inference: {blocks: 1, min_window_s: 0}
"""


def write_rows(path: Path, n_rows: int, *, seed: int) -> None:
    rng = random.Random(seed)
    texts = [
        f"the film was {rng.choice(WORDS[i % 2])} {rng.choice('abcdefg')}" for i in range(n_rows)
    ]
    lines = [f"{text}\t{i % 2}" for i, text in enumerate(texts)]
    path.write_text("\n".join(["sentence\tlabel", *lines]) + "\n", encoding="utf-8")


def write_model(folder: Path) -> None:
    from breakeven.workloads.models.tokenizer import train_tokenizer  # noqa: PLC0415 - torch

    words = [word for group in WORDS.values() for word in group]
    tokenizer = train_tokenizer([" ".join(["the film was a b c d e f g", *words])] * 5, 200)
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.model_max_length = 32
    tokenizer.save_pretrained(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("foreign")
    (path / "sst2").mkdir()
    write_rows(path / "sst2/train.tsv", 80, seed=1)
    write_rows(path / "sst2/dev.tsv", 30, seed=2)
    write_model(path / "encoder")
    (path / "study.yaml").write_text(STUDY)
    (path / "examples").symlink_to(EXAMPLES)
    return path


def shown_commands() -> list[list[str]]:
    """The commands of examples/README.md, on fewer rows."""
    (block,) = (EXAMPLES / "README.md").read_text().split("```sh\n")[1:]
    lines = block.split("```")[0].replace(" 2000 theirs", " 64 theirs").splitlines()
    return [shlex.split(line) for line in lines]


def run(words: list[str], folder: Path) -> "subprocess.CompletedProcess[str]":
    at = {"breakeven": [sys.executable, "-m", "breakeven"], "python": [sys.executable]}
    argv = [part for word in words for part in at.get(word, [word])]
    return subprocess.run(
        argv, capture_output=True, text=True, cwd=folder, timeout=300, check=False
    )


def test_the_commands_shown_join_the_report(folder: Path) -> None:
    study = run(["breakeven", "run", "study.yaml"], folder)
    assert study.returncode == 0, study.stderr
    for words in shown_commands():
        done = run([*words, "--tables-only"] if words[1] == "report" else words, folder)
        assert done.returncode == 0, done.stderr

    joined = [r for r in Store(folder / "store").runs(study="sst2-minilm") if r.joined]
    assert [r.row for r in joined] == ["THEIRS/finetune", "THEIRS/reference", "THEIRS/reference"]
    assert [r.output.n_examples for r in joined] == [64, 100, 1000]
    assert joined[0].costs(Resource.N_LABELLED_EXAMPLES)[0].value == 64
    assert joined[2].output.n_padded_tokens >= joined[2].output.n_real_tokens > 1000
    (score,) = joined[0].scores
    assert (score.metric, score.n_examples) == ("accuracy", 30)
    with (folder / "store/tables/pathways.csv").open() as file:
        assert [row["pathway"] for row in csv.DictReader(file)] == ["TF-IDF", "THEIRS"]


@pytest.mark.parametrize("name", ["foreign_training.py", "foreign_use.py"])
def test_the_scripts_know_nothing_of_us_and_are_short(name: str) -> None:
    code = (EXAMPLES / name).read_text().partition('"""\n')[2]
    assert "breakeven" not in code
    assert len([line for line in code.splitlines() if line.strip()]) <= 36
