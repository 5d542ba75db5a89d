"""Corpora: unlabelled texts for pre-training and task-agnostic distillation, beside a task."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from breakeven.records import Scalar
from breakeven.workloads.options import Option
from breakeven.workloads.tasks.likeness import normalised
from breakeven.workloads.tasks.task import Splits

CORPUS_OPTIONS: Mapping[str, Option] = {
    "corpus": Option(
        default="", doc="unlabelled texts for pre-training and distillation; empty: those of train"
    ),
    "corpus_column": Option(default="text", doc="column of the corpus that holds the text"),
    "corpus_limit": Option(default=0, low=0, doc="texts to keep, from the first; 0 keeps all"),
    "deduplicate": Option(
        default=False, doc="keep each text of the corpus once, whatever its case and signs"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Texts of a corpus, and how many were left out and why."""

    texts: tuple[str, ...]
    facts: Mapping[str, Scalar]


def choose_corpus(
    texts: Sequence[str], splits: Splits[object], *, limit: int, deduplicate: bool = False
) -> Corpus:
    """Take the first `limit` texts that stand in neither validation nor test.

    Args:
        texts: Of the whole corpus.
        splits: Train, validation, test.
        limit: 0 takes all.
        deduplicate: Whether texts that are equal once normalised are kept once, the first of them;
            and whether those judged on are left out by the same rule.
    """
    _, validation, test = splits
    judged = {text for split in (validation, test) for text in (*split.texts, *split.pairs)}
    if deduplicate:
        judged = set(map(normalised, judged))
    same = normalised if deduplicate else str
    free = [text for text in texts if text.strip() and same(text) not in judged]
    n_judged = sum(same(text) in judged for text in texts)
    facts: dict[str, Scalar] = {"n_corpus_left_out": n_judged}
    if deduplicate:
        kept = _first_of_each(free)
        facts["n_corpus_duplicates"] = len(free) - len(kept)
        free = kept
    return Corpus(texts=tuple(free[:limit] if limit else free), facts=facts)


def _first_of_each(texts: Iterable[str]) -> list[str]:
    first: dict[str, str] = {}
    for text in texts:
        first.setdefault(normalised(text), text)
    return list(first.values())
