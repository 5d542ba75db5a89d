"""Corpora: unlabelled texts for pre-training and task-agnostic distillation, beside a task."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    "corpus_unit": Option(
        default="text",
        choices=("text", "sentence"),
        doc="what one text of the corpus is: as it stands, or each sentence of it, cut at line "
        "breaks and after . ! ? where a capital, a digit or a quotation mark follows",
    ),
    "corpus_limit": Option(default=0, low=0, doc="texts to keep, from the first; 0 keeps all"),
    "deduplicate": Option(
        default=False, doc="keep each text of the corpus once, whatever its case and signs"
    ),
}

_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+(?=[^\W_a-zß-öø-ÿ]|[\"'«“„])|\n+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """Texts of a corpus, and how many were left out and why."""

    texts: tuple[str, ...]
    facts: Mapping[str, Scalar]


def choose_corpus(
    texts: Sequence[str],
    splits: Splits[object],
    *,
    limit: int,
    deduplicate: bool = False,
    unit: str = "text",
) -> Corpus:
    """Take the first `limit` texts that stand in neither validation nor test.

    Args:
        texts: Of the whole corpus.
        splits: Train, validation, test.
        limit: 0 takes all.
        deduplicate: Whether texts that are equal once normalised are kept once, the first of them;
            and whether those judged on are left out by the same rule.
        unit: "text", or "sentence": each of a text's sentences is a text, and those of the texts
            judged on are left out as well.
    """
    cut = sentences if unit == "sentence" else _uncut
    same = normalised if deduplicate else str
    _, validation, test = splits
    held = (text for split in (validation, test) for text in (*split.texts, *split.pairs))
    judged = {same(part) for text in held for part in (text, *cut(text))}
    parts = [(text, part) for text in texts for part in cut(text) if part.strip()]
    free = [part for text, part in parts if judged.isdisjoint((same(text), same(part)))]
    facts: dict[str, Scalar] = {"n_corpus_left_out": len(parts) - len(free)}
    if deduplicate:
        kept = _first_of_each(free)
        facts["n_corpus_duplicates"] = len(free) - len(kept)
        free = kept
    return Corpus(texts=tuple(free[:limit] if limit else free), facts=facts)


def sentences(text: str) -> Iterator[str]:
    """Cut running text into sentences by signs alone; "J. Smith" is cut as well.

    >>> list(sentences("It ended. Was it 3.5 m? The lobster H. gammarus did."))
    ['It ended.', 'Was it 3.5 m?', 'The lobster H. gammarus did.']
    """
    return (part.strip() for part in _SENTENCE_ENDS.split(text) if part.strip())


def _uncut(text: str) -> Iterator[str]:
    yield text


def _first_of_each(texts: Iterable[str]) -> list[str]:
    first: dict[str, str] = {}
    for text in texts:
        first.setdefault(normalised(text), text)
    return list(first.values())
