"""The task: examples of one form in three splits, with the facts that identify them."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from breakeven.records import Note, Scalar
from breakeven.workloads.metrics import constant_scores
from breakeven.workloads.tasks.form import METRICS, Answers, Form

UNKNOWN = "unknown"
"""Licence of data that say nothing of it."""

L = TypeVar("L")
L_co = TypeVar("L_co", covariant=True)
"""Label: int (a class), float (a number), tuple of int (a tag per word), `Answers`, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Generic[L_co]):
    """Examples with their labels.

    Attributes:
        texts: One per example: the only text, the first of two, the question, or words joined by
            one space.
        pairs: Second text of each example, the context of a question; empty where there is none.
        labels: One per example: index into the task's labels, a number, the index of the tag of
            each word, `Answers`, or None.
        sources: Group each example comes from (its file); groups never span two honest splits.
    """

    texts: tuple[str, ...]
    labels: tuple[L_co, ...]
    sources: tuple[str, ...]
    pairs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n_pairs = len(self.pairs) if self.pairs else len(self.texts)
        if not len(self.texts) == len(self.labels) == len(self.sources) == n_pairs:
            raise ValueError(
                f"texts, labels and sources must be equally many, got {len(self.texts)}, "
                f"{len(self.labels)} and {len(self.sources)}, and pairs as many or none, got "
                f"{len(self.pairs)}"
            )

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, indices: Sequence[int]) -> "Split[L_co]":
        """Return the examples at `indices`, in that order."""
        return Split(
            texts=tuple(self.texts[i] for i in indices),
            labels=tuple(self.labels[i] for i in indices),
            sources=tuple(self.sources[i] for i in indices),
            pairs=tuple(self.pairs[i] for i in indices) if self.pairs else (),
        )


Splits = tuple[Split[L], Split[L], Split[L]]
"""Train, validation, test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Generic[L_co]):
    """One task with its data.

    Attributes:
        name: As registered.
        form: What is asked.
        metric: The headline metric: what a study compares by unless it says otherwise.
        labels: Names of the classes or tags, in the order of their indices; empty for others.
        train: What models are fitted on.
        validation: What stopping is decided on.
        test: What scores are taken on; never used before.
        corpus: Unlabelled texts for pre-training and task-agnostic distillation; none of
            them is in validation or test. Empty when the task has none of its own.
        content_hash: Hash of every text, label and split, and of what is asked.
        facts: Counts, versions and origins, flat.
        notes: Doubts about the data.
    """

    name: str
    form: Form = Form.CLASSIFICATION
    metric: str = "accuracy"
    labels: tuple[str, ...]
    train: Split[L_co]
    validation: Split[L_co]
    test: Split[L_co]
    corpus: tuple[str, ...] = ()
    content_hash: str
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric that judges answers to it, the headline first."""
        found = dict.fromkeys((self.metric, *METRICS[self.form]))
        if self.form is Form.CLASSIFICATION and len(self.labels) != 2:
            found.pop("f1", None)  # it is about the second of two classes
        return tuple(found)

    @property
    def majority_scores(self) -> dict[str, float]:
        """Test scores, by metric, of always answering the commonest training label.

        Of F1 that of its better constant answer. Empty for other forms than classification: what
        a constant answer scores is then no bar (entity F1 of no entity, a correlation of
        constants).
        """
        if self.form is not Form.CLASSIFICATION:
            return {}
        train, test = (cast("tuple[int, ...]", side.labels) for side in (self.train, self.test))
        counts = Counter(train)
        commonest = min(counts, key=lambda label: (-counts[label], label))
        return constant_scores(commonest, test, n_classes=len(self.labels))


def make_task(  # noqa: PLR0913 - one argument per part of a task
    name: str,
    labels: Sequence[str],
    splits: Splits[L],
    *,
    form: Form = Form.CLASSIFICATION,
    metric: str = "",
    corpus: Sequence[str] = (),
    facts: Mapping[str, Scalar] | None = None,
    notes: Sequence[Note] = (),
) -> Task[L]:
    """Assemble a task; counts of each split are added to its facts.

    Args:
        name: As registered.
        labels: Names of the classes or tags; none for other forms.
        splits: Train, validation, test.
        form: What is asked.
        metric: The headline; empty for the first of its form.
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
        "mean_words_train": mean_words(train.texts, train.pairs),
        "mean_words_test": mean_words(test.texts, test.pairs),
        "mean_words_corpus": mean_words(corpus),
    }
    digest = content_hash(labels, splits, corpus, form=form)
    chosen = metric or METRICS[form][0]
    told: dict[str, Scalar] = {"form": form.value, "metric": chosen, "licence": UNKNOWN}
    return Task(
        name=name,
        form=form,
        metric=chosen,
        labels=tuple(labels),
        train=train,
        validation=validation,
        test=test,
        corpus=tuple(corpus),
        content_hash=digest,
        facts={"task": name, **told, **counts, "content_hash": digest, **(facts or {})},
        notes=tuple(notes),
    )


def mean_words(texts: Sequence[str], pairs: Sequence[str] = ()) -> float:
    """Words per example to one decimal, for forecasts; 0 without examples.

    >>> mean_words(["a fine film", "dull"])
    2.0
    >>> mean_words(["who came"], ["Ada came late"])
    5.0
    """
    n_words = sum(len(text.split()) for part in (texts, pairs) for text in part)
    return round(n_words / max(1, len(texts)), 1)


def content_hash(
    labels: Sequence[str],
    splits: Sequence[Split[object]],
    corpus: Sequence[str],
    *,
    form: Form,
) -> str:
    """Hash labels, texts, their division and what is asked of them.

    Labels tell the form of all data but running text, where generation is hashed by its name.
    """
    digest = hashlib.sha256(json.dumps(list(labels)).encode())
    for split in splits:
        parts = [split.texts, split.labels, *([split.pairs] if split.pairs else [])]
        digest.update(json.dumps(parts, default=_plain).encode())
    digest.update(json.dumps(list(corpus)).encode())
    if form is Form.GENERATION:
        digest.update(form.encode())
    return digest.hexdigest()[:32]


def _plain(answers: Answers) -> list[tuple[str, ...] | tuple[int, ...]]:
    return [answers.texts, answers.starts]
