"""What toy tasks are made of, and what rows of tiny models are asked and kept."""

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from breakeven.records import Scalar
from breakeven.testing.context import FakeContext

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


ROW: Mapping[str, Scalar] = {
    "max_length": 20,
    "stride": 6,
    "batch_size": 4,
    "min_window_s": 0.0,
    "warmup": "0",
}


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


def answers(context: FakeContext) -> dict[str, Any]:
    """What a row kept of its answers, by name."""
    with np.load(context.folder / "predictions" / "predictions.npz", allow_pickle=False) as kept:
        return dict(kept)
