"""Toy tasks of every form, and stages run on them with models of width 16."""

import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from breakeven.records import Scalar, Stage
from breakeven.records.protocols import StageRequest
from breakeven.testing.context import FakeContext
from breakeven.workloads.catalogue import resolve_stage
from breakeven.workloads.stages import run_stage

RunStage = Callable[..., FakeContext]
Task = Mapping[str, Scalar]

TINY: Mapping[str, Scalar] = {
    "model": "random",
    "hidden_size": 16,
    "n_heads": 2,
    "intermediate_size": 32,
    "n_layers": 4,
    "vocab_size": 100,
    "max_length": 12,
    "batch_size": 8,
    "lr": 5e-3,
}
WORDS = {
    "good": ("fine", "lovely", "bright", "warm", "kind", "sweet"),
    "bad": ("cold", "awful", "grim", "bitter", "dull", "harsh"),
}
PEOPLE, PLACES = ("ada", "alan", "grace"), ("york", "kiel", "rome")
OTHERS = ("went", "to", "from", "the", "saw", "in")
THINGS = ("tea", "cup", "sun", "hat", "sea", "fog", "oak", "bee")
N_QUESTIONS = {"train": 60, "validation": 10, "test": 20}
NEUTRAL = ("the", "film", "was", "a", "story", "and", "scene")


def write_rows(path: Path, n_rows: int, seed: int) -> str:
    rng = random.Random(seed)
    lines = ["sentence\tlabel"]
    for i in range(n_rows):
        label = ("good", "bad")[i % 2]
        words = rng.choices(NEUTRAL, k=rng.randint(1, 6)) + rng.choices(WORDS[label], k=2)
        rng.shuffle(words)
        lines.append(f"{' '.join(words)} {i}\t{label}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture(scope="session")
def toy_task(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scalar]:
    folder = tmp_path_factory.mktemp("task")
    sizes = {"train": 40, "validation": 16, "test": 30}
    paths = {
        name: write_rows(folder / f"{name}.tsv", n, seed)
        for seed, (name, n) in enumerate(sizes.items())
    }
    return {"name": "files", "labels": "bad,good", **paths}


@pytest.fixture(scope="session")
def unjudged_task(toy_task: dict[str, Scalar]) -> dict[str, Scalar]:
    """The same without validation rows."""
    kept = {key: value for key, value in toy_task.items() if key != "validation"}
    return {**kept, "validation_share": 0.0}


@pytest.fixture
def context(tmp_path: Path) -> FakeContext:
    return FakeContext(folder=tmp_path / "artifacts")


@pytest.fixture(scope="session")
def run_row(toy_task: dict[str, Scalar], tmp_path_factory: pytest.TempPathFactory) -> RunStage:
    """Resolve settings and run a stage in a context of its own; `parents` are folders by role."""

    def run(
        stage: Stage,
        passed: Mapping[str, Scalar],
        parents: Mapping[str, Path] | None = None,
        *,
        task: Mapping[str, Scalar] = toy_task,
    ) -> FakeContext:
        context = FakeContext(folder=tmp_path_factory.mktemp("run"))
        request = StageRequest(
            stage=stage,
            settings=resolve_stage(stage, passed),
            task=task,
            parents=parents or {},
        )
        run_stage(context, request)
        return context

    return run


@pytest.fixture(scope="session")
def tiny() -> Mapping[str, Scalar]:
    return TINY


@pytest.fixture(scope="session")
def pretrained(run_row: RunStage) -> FakeContext:
    pytest.importorskip("torch")
    return run_row(Stage.PRETRAIN, {**TINY, "epochs": 2})


@pytest.fixture(scope="session")
def fine_tuned(run_row: RunStage) -> FakeContext:
    pytest.importorskip("torch")
    return run_row(Stage.FINETUNE, {**TINY, "max_epochs": 6})


def tagged(rng: random.Random) -> str:
    """One sentence, a word and its tag a line; some people have two names."""
    rows = []
    for _ in range(rng.randint(2, 5)):
        rows.append(f"{rng.choice(OTHERS)}\tO")
        if rng.random() < 0.5:
            rows.append(f"{rng.choice(PEOPLE)}\tB-PER")
            rows += [f"{rng.choice(PEOPLE)}\tI-PER"] * (rng.random() < 0.3)
        else:
            rows.append(f"{rng.choice(PLACES)}\tB-LOC")
    return "\n".join(rows)


def pair(rng: random.Random) -> str:
    """Two texts, whether they name the same place, and how many words they share."""
    first, second = (rng.choices((*PLACES, *OTHERS), k=rng.randint(2, 5)) for _ in range(2))
    n_shared = len(set(first) & set(second))
    answer = "yes" if n_shared else "no"
    return f"{' '.join(first)}\t{' '.join(second)}\t{answer}\t{n_shared}.5"


@pytest.fixture(scope="session")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Task]:
    folder, rng = tmp_path_factory.mktemp("forms"), random.Random(0)
    sizes = {"train": 24, "validation": 8, "test": 10}
    for name, n in sizes.items():
        rows = ["one\ttwo\tanswer\tnumber", *(pair(rng) for _ in range(n))]
        (folder / f"{name}.tsv").write_text("\n".join(rows) + "\n")
        (folder / f"{name}.conll").write_text("\n\n".join(tagged(rng) for _ in range(n)) + "\n")
    tsv, conll = (
        {name: str(folder / f"{name}.{kind}") for name in sizes} for kind in ("tsv", "conll")
    )
    texts: Task = {"name": "files", **tsv, "text_column": "one", "pair_column": "two"}
    return {
        "pairs": {**texts, "label_column": "answer", "labels": "no,yes"},
        "numbers": {**texts, "label_column": "number", "form": "regression"},
        "tags": {"name": "files", **conll, "text_column": "1", "tag_column": "2"},
    }


@pytest.fixture(scope="session")
def fit_form(run_row: RunStage, tasks: dict[str, Task], tiny: Mapping[str, Scalar]) -> RunStage:
    """Fine-tune one tiny model for each form and kind, once."""
    made: dict[tuple[str, str], FakeContext] = {}

    def fit(form: str, kind: str = "bert") -> FakeContext:
        if (form, kind) not in made:
            passed = {
                **tiny,
                "architecture": kind,
                "max_length": 20,
                "n_layers": 2,
                "max_epochs": 2,
            }
            made[form, kind] = run_row(Stage.FINETUNE, passed, task=tasks[form])
        return made[form, kind]

    return fit


def write_articles(path: Path, n: int, seed: int) -> str:
    """Contexts of more words than a window holds; the answer is the one word that is gold."""
    rng = random.Random(seed)
    paragraphs = []
    for i in range(n):
        words = rng.choices(THINGS, k=20)
        at = rng.randrange(20)
        words[at] = "gold"
        start = len(" ".join([*words[:at], ""]))
        answers = [{"text": "gold", "answer_start": start}]
        question = {"id": str(i), "question": "who wins", "answers": answers}
        paragraphs.append({"context": " ".join(words), "qas": [question]})
    path.write_text(json.dumps({"data": [{"title": "toy", "paragraphs": paragraphs}]}))
    return str(path)


@pytest.fixture(scope="session")
def questions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scalar]:
    folder = tmp_path_factory.mktemp("questions")
    paths = {
        name: write_articles(folder / f"{name}.json", n, seed)
        for seed, (name, n) in enumerate(N_QUESTIONS.items())
    }
    return {"name": "files", "form": "question-answering", **paths}
