"""Entities: F1 over whole entities, with the starts and ends that conlleval sees.

conlleval is the script of the CoNLL-2000 to 2003 shared tasks (Tjong Kim Sang and De Meulder
2003): an entity is right when its type, first and last word all are. It reads IOB1, IOB2 and
IOBES tags alike, and takes an I- after O or after another type for the start of an entity. BILOU
is IOBES with other letters, L for E and U for S (Ratinov and Roth 2009).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.formulas import quality
from breakeven.workloads.metrics.resampling import Statistic, of_sums

OUTSIDE = "O"
"""Tag of words in no entity."""

_PREFIXES = {"B": "B", "I": "I", "E": "E", "S": "S", "L": "E", "U": "S"}


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity of a sentence: its type, first word, and the word after its last."""

    kind: str
    start: int
    stop: int


def entity_f1(true: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> Statistic:
    """F1 of entities over all sentences together (micro-averaged).

    Args:
        true: Tags of the words of each sentence.
        predicted: As many.
    """
    pairs = [(set(entities(t)), set(entities(p))) for t, p in zip(true, predicted, strict=True)]
    sums = np.array([[len(t & p), len(p), len(t)] for t, p in pairs], dtype=float)
    return of_sums(sums, lambda totals: float(quality.f1(totals)))


def entities(tags: Sequence[str]) -> Iterator[Entity]:
    """Yield the entities of one sentence.

    A tag without prefix counts as I-: neighbours of one type are one entity, for such data do
    not tell where one ends and the next begins.

    >>> [(e.kind, e.start, e.stop) for e in entities(["B-PER", "I-PER", "O", "I-LOC", "B-LOC"])]
    [('PER', 0, 2), ('LOC', 3, 4), ('LOC', 4, 5)]
    """
    prefix, kind, start = OUTSIDE, "", 0
    for place, tag in enumerate([*tags, OUTSIDE]):
        own_prefix, own_kind = _split(tag)
        if prefix != OUTSIDE and _begins_anew(prefix, kind, own_prefix, own_kind):
            yield Entity(kind, start, place)
            prefix = OUTSIDE
        if prefix == OUTSIDE:
            start = place
        prefix, kind = own_prefix, own_kind


def _begins_anew(prefix: str, kind: str, own_prefix: str, own_kind: str) -> bool:
    """Whether a word in an entity is its last, from its tag and the next one."""
    return own_prefix in (OUTSIDE, "B", "S") or prefix in ("E", "S") or kind != own_kind


def _split(tag: str) -> tuple[str, str]:
    """Part a tag into prefix, that of IOBES, and type.

    >>> _split("B-creative-work"), _split("U-LOC"), _split("LOC"), _split("O")
    (('B', 'creative-work'), ('S', 'LOC'), ('I', 'LOC'), ('O', ''))
    """
    if tag == OUTSIDE:
        return OUTSIDE, ""
    prefix, _, kind = tag.partition("-")
    return (_PREFIXES[prefix], kind) if prefix in _PREFIXES else ("I", tag)
