"""The task: labelled texts in three splits, with the facts that identify them."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from breakeven.records import Note, Scalar


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Texts with their labels.

    Attributes:
        texts: One per example.
        labels: Index into the task's labels, one per example.
        sources: Group each example comes from (its file); groups never span two honest splits.
    """

    texts: tuple[str, ...]
    labels: tuple[int, ...]
    sources: tuple[str, ...]

    def __post_init__(self) -> None:
        if not len(self.texts) == len(self.labels) == len(self.sources):
            raise ValueError(
                f"texts, labels and sources must be equally many, got {len(self.texts)}, "
                f"{len(self.labels)} and {len(self.sources)}"
            )

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, indices: Sequence[int]) -> "Split":
        """Return the examples at `indices`, in that order."""
        return Split(
            texts=tuple(self.texts[i] for i in indices),
            labels=tuple(self.labels[i] for i in indices),
            sources=tuple(self.sources[i] for i in indices),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationTask:
    """One text-classification task.

    Attributes:
        name: As registered.
        labels: Names of the classes, in the order of their indices.
        train: What models are fitted on.
        validation: What stopping is decided on.
        test: What scores are taken on; never used before.
        corpus: Unlabelled texts for pre-training and task-agnostic distillation; none of
            them is in validation or test. Empty when the task has none of its own.
        content_hash: Hash of every text, label and split.
        facts: Counts, versions and origins, flat.
        notes: Doubts about the data.
    """

    name: str
    labels: tuple[str, ...]
    train: Split
    validation: Split
    test: Split
    corpus: tuple[str, ...] = ()
    content_hash: str
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def majority_score(self) -> float:
        """Test accuracy, as a fraction, of always answering the commonest training label."""
        counts = Counter(self.train.labels)
        commonest = min(counts, key=lambda label: (-counts[label], label))
        return self.test.labels.count(commonest) / len(self.test)


def make_task(  # noqa: PLR0913 - one argument per part of a task
    name: str,
    labels: Sequence[str],
    splits: tuple[Split, Split, Split],
    *,
    corpus: Sequence[str] = (),
    facts: Mapping[str, Scalar] | None = None,
    notes: Sequence[Note] = (),
) -> ClassificationTask:
    """Assemble a task; counts of each split are added to its facts.

    Args:
        name: As registered.
        labels: Names of the classes.
        splits: Train, validation, test.
        corpus: Unlabelled texts.
        facts: What else is worth recording.
        notes: Doubts about the data.
    """
    train, validation, test = splits
    counts: dict[str, Scalar] = {
        "n_train": len(train),
        "n_validation": len(validation),
        "n_test": len(test),
        "n_labels": len(labels),
        "n_corpus": len(corpus),
        "mean_words_train": mean_words(train.texts),
        "mean_words_test": mean_words(test.texts),
        "mean_words_corpus": mean_words(corpus),
    }
    digest = content_hash(labels, splits, corpus)
    return ClassificationTask(
        name=name,
        labels=tuple(labels),
        train=train,
        validation=validation,
        test=test,
        corpus=tuple(corpus),
        content_hash=digest,
        facts={"task": name, **counts, "content_hash": digest, **(facts or {})},
        notes=tuple(notes),
    )


def mean_words(texts: Sequence[str]) -> float:
    """Words per text to one decimal, for forecasts; 0 without texts.

    >>> mean_words(["a fine film", "dull"])
    2.0
    """
    return round(sum(len(text.split()) for text in texts) / max(1, len(texts)), 1)


def content_hash(labels: Sequence[str], splits: Sequence[Split], corpus: Sequence[str]) -> str:
    """Hash labels, texts and their division, so that equal hashes mean equal data."""
    digest = hashlib.sha256(json.dumps(list(labels)).encode())
    for split in splits:
        digest.update(json.dumps([split.texts, split.labels]).encode())
    digest.update(json.dumps(list(corpus)).encode())
    return digest.hexdigest()[:32]
