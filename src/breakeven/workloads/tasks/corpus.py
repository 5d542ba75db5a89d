"""Corpora: unlabelled texts for pre-training and task-agnostic distillation, beside a task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breakeven.records import Scalar
from breakeven.workloads.options import Option
from breakeven.workloads.tasks.task import Splits

CORPUS_OPTIONS: Mapping[str, Option] = {
    "corpus": Option(
        default="", doc="unlabelled texts for pre-training and distillation; empty: those of train"
    ),
    "corpus_column": Option(default="text", doc="column of the corpus that holds the text"),
    "corpus_limit": Option(default=0, low=0, doc="texts to keep, from the first; 0 keeps all"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Texts of a corpus, and how many were left out because models are judged on them."""

    texts: tuple[str, ...]
    facts: Mapping[str, Scalar]


def choose_corpus(texts: Sequence[str], splits: Splits[int], *, limit: int) -> Corpus:
    """Take the first `limit` texts that stand in neither validation nor test.

    Args:
        texts: Of the whole corpus.
        splits: Train, validation, test.
        limit: 0 takes all.
    """
    _, validation, test = splits
    judged = {*validation.texts, *test.texts}
    free = [text for text in texts if text.strip() and text not in judged]
    n_judged = sum(text in judged for text in texts)
    return Corpus(
        texts=tuple(free[:limit] if limit else free), facts={"n_corpus_left_out": n_judged}
    )
