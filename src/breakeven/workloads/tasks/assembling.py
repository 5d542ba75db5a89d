"""Assembling: from the rows of each split to a task, whatever they were read from."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from breakeven.errors import SettingsError
from breakeven.records import Note, NoteCode, Scalar
from breakeven.workloads.metrics.entities import OUTSIDE
from breakeven.workloads.tasks.block import headline
from breakeven.workloads.tasks.columns import Row
from breakeven.workloads.tasks.corpus import choose_corpus
from breakeven.workloads.tasks.form import RUNNING, Form
from breakeven.workloads.tasks.labelling import (
    form_of_rows,
    hold_out,
    label_set,
    names_in,
    to_split,
)
from breakeven.workloads.tasks.likeness import normalised, whole_texts
from breakeven.workloads.tasks.lines import REPLACEMENT
from breakeven.workloads.tasks.task import Splits, Task, make_task


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What was read, before it is a task.

    Attributes:
        name: Of the task, as registered.
        rows: By split: train, and where they are given validation and test.
        places: Where each split was read, for messages.
        classes: Names of the classes or tags, where the source tells them.
        skipped: What was said about each row that was left out.
        facts: Origins.
        corpus: Unlabelled texts; None where those of train are to be taken.
    """

    name: str
    rows: Mapping[str, Sequence[Row]]
    places: Mapping[str, str]
    classes: Sequence[str] = ()
    skipped: Sequence[str] = ()
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    corpus: Sequence[str] | None = None


def assemble(source: Source, chosen: Mapping[str, Scalar], form: Form | None) -> Task[Any]:
    """Label, divide and describe what was read.

    Args:
        source: What was read.
        chosen: Options of the task, those of `block` among them.
        form: As stated; None where labels are to tell.

    Raises:
        DataFileError: If a row or a label cannot be used.
        SettingsError: If the metric does not fit the form, or there is no test split.
    """
    limited = _limited(source.rows, chosen)
    form = form or form_of_rows(limited["train"], has_classes=bool(chosen["labels"]))
    if form is Form.TOKEN_CLASSIFICATION:
        limited = _with_outside(limited, str(chosen["outside"]))
    labels = _labels(source, limited, chosen, form)
    splits = _divide(limited, source.places, form, labels, chosen)
    notes, facts = _doubts(source)
    if chosen["drop_shared"]:
        splits, n_dropped = drop_shared(splits)
        facts["n_dropped_shared"] = n_dropped
    texts: Sequence[str] = splits[0].texts
    if source.corpus is not None or splits[0].pairs:
        unlabelled = dict.fromkeys((*splits[0].pairs, *texts))
        corpus = choose_corpus(
            list(unlabelled) if source.corpus is None else source.corpus,
            splits,
            limit=int(chosen["corpus_limit"]),
            deduplicate=bool(chosen["deduplicate"]),
            unit=str(chosen["corpus_unit"]),
        )
        texts = corpus.texts
        facts |= corpus.facts
    return make_task(
        source.name,
        labels,
        splits,
        form=form,
        metric=headline(chosen, form, n_labels=len(labels)),
        corpus=texts,
        facts={**source.facts, **facts},
        notes=notes,
    )


def drop_shared(splits: Splits[Any]) -> tuple[Splits[Any], int]:
    """Leave out of train what stands in validation or test, and say how many that were."""
    train, validation, test = splits
    judged = {normalised(text) for split in (validation, test) for text in whole_texts(split)}
    kept = [i for i, text in enumerate(whole_texts(train)) if normalised(text) not in judged]
    return (train.take(kept), validation, test), len(train) - len(kept)


def _limited(
    rows: Mapping[str, Sequence[Row]], chosen: Mapping[str, Scalar]
) -> dict[str, Sequence[Row]]:
    keys = {"train": "limit", "validation": "validation_limit", "test": "test_limit"}
    limits = {name: int(chosen[key]) for name, key in keys.items()}
    is_random, seed = chosen["limit_by"] == "random", chosen["seed"]
    return {
        name: _drawn(own, limit, seed=f"limit-{name}-{seed}")
        if is_random and 0 < (limit := limits.get(name, 0)) < len(own)
        else own[: limits.get(name) or None]
        for name, own in rows.items()
    }


def _drawn(rows: Sequence[Row], n: int, *, seed: str) -> Sequence[Row]:
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    return [rows[i] for i in sorted(rng.sample(range(len(rows)), n))]


def _labels(
    source: Source, rows: Mapping[str, Sequence[Row]], chosen: Mapping[str, Scalar], form: Form
) -> tuple[str, ...]:
    """Name the classes of train; tags of all splits, for a rare one may miss in train."""
    if form not in (Form.CLASSIFICATION, Form.TOKEN_CLASSIFICATION):
        return ()
    if source.classes:
        return tuple(source.classes)
    is_tagged = form is Form.TOKEN_CLASSIFICATION
    known = chain.from_iterable(rows.values()) if is_tagged else rows["train"]
    return label_set(str(chosen["labels"]), names_in(known), where=source.places["train"])


def require_test(chosen: Mapping[str, Scalar], *, named: str) -> None:
    """Refuse a task that has nothing to take scores on, before anything is read.

    Args:
        chosen: Options of the task.
        named: Where its test rows are; empty for nowhere.

    Raises:
        SettingsError: If there is neither a test split nor a share of train for one.
    """
    if not (named or float(chosen["test_share"])):
        raise SettingsError(
            "the task has no test split to take scores on; name one, or set test_share for a share "
            "of train"
        )


def _with_outside(rows: Mapping[str, Sequence[Row]], stated: str) -> dict[str, Sequence[Row]]:
    """Call the tag of words in no entity `OUTSIDE` where the data call it something else."""
    tags = set(names_in(chain.from_iterable(rows.values())))
    theirs = stated or (OUTSIDE if OUTSIDE in tags else "0")
    if theirs == OUTSIDE or theirs not in tags:
        return dict(rows)
    return {name: [_renamed(row, theirs) for row in own] for name, own in rows.items()}


def _renamed(row: Row, outside: str) -> Row:
    if not isinstance(row.label, tuple):
        return row
    return replace(row, label=tuple(OUTSIDE if tag == outside else tag for tag in row.label))


def _divide(
    rows: Mapping[str, Sequence[Row]],
    places: Mapping[str, str],
    form: Form,
    labels: Sequence[str],
    chosen: Mapping[str, Scalar],
) -> Splits[Any]:
    found = {name: to_split(own, form, labels, where=places[name]) for name, own in rows.items()}
    rest, is_running = found["train"], form in RUNNING
    for name in ("test", "validation"):
        if name in found:
            continue
        share, limit = float(chosen[f"{name}_share"]), int(chosen[f"{name}_limit"])
        if share == 0.0:
            found[name] = rest.take(())
        else:
            rest, found[name] = hold_out(
                rest,
                share=share,
                seed=int(chosen["seed"]),
                limit=limit,
                is_running_text=is_running,
            )
    return rest, found["validation"], found["test"]


def _doubts(source: Source) -> tuple[list[Note], dict[str, Scalar]]:
    """Say which rows were left out, and in which bytes were replaced."""
    notes: list[Note] = []
    facts: dict[str, Scalar] = {}
    if source.skipped:
        n = facts["n_skipped_rows"] = len(source.skipped)
        notes.append(
            Note(
                code=NoteCode.ROWS_SKIPPED,
                message=f"{n} malformed row{'s were' if n > 1 else ' was'} left out; the first: "
                f"{source.skipped[0]}",
                advice="Repair them, or compare only with runs on the same content hash.",
            )
        )
    mangled = [
        row for own in source.rows.values() for row in own if REPLACEMENT in row.text + row.pair
    ]
    if mangled:
        n = facts["n_mangled_rows"] = len(mangled)
        notes.append(
            Note(
                code=NoteCode.BYTES_REPLACED,
                message=f"{n} row{'s hold' if n > 1 else ' holds'} U+FFFD where bytes were no "
                f"UTF-8, the first at line {mangled[0].line}",
                advice="Say so beside scores, or find the data in their own encoding.",
            )
        )
    return notes, facts
