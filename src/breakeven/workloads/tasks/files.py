"""Tasks from files of one's own: TSV with or without header, JSON lines, plain or gzipped."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from breakeven.records import Scalar
from breakeven.workloads.options import Option, resolve
from breakeven.workloads.tasks.corpus import CORPUS_OPTIONS, choose_corpus
from breakeven.workloads.tasks.labelling import hold_out, label_set, to_split
from breakeven.workloads.tasks.rows import Columns, Row, read_rows, read_texts
from breakeven.workloads.tasks.task import Splits, Task, make_task

OPTIONS = {
    "train": Option(default="", is_required=True, doc="path of the training rows"),
    "validation": Option(default="", doc="path of the validation rows; empty: a share of train"),
    "test": Option(default="", is_required=True, doc="path of the rows scores are taken on"),
    "text_column": Option(default="sentence", doc="column of the text: name, or number from 1"),
    "label_column": Option(default="label", doc="column of the label: name, or number from 1"),
    "labels": Option(default="", doc="the set of labels, comma-separated; empty: as in train"),
    "validation_share": Option(
        default=0.1,
        low=0.0,
        high=0.9,
        doc="share of train set aside when validation is empty; 0 sets none aside",
    ),
    "seed": Option(default=0, low=0, doc="seed of that choice and of the limit"),
    "limit": Option(default=0, low=0, doc="training rows to keep, from the first; 0 keeps all"),
    **CORPUS_OPTIONS,
}


def load(options: Mapping[str, Scalar]) -> Task[int]:
    """Read a task from files.

    Args:
        options: See `OPTIONS`.

    Raises:
        DataFileError: If a file or a row cannot be used.
    """
    chosen = resolve("task files", OPTIONS, options)
    paths = {name: str(chosen[name]) for name in ("train", "validation", "test")}
    columns = Columns(text=str(chosen["text_column"]), label=str(chosen["label_column"]))
    rows = {name: list(read_rows(Path(path), columns)) for name, path in paths.items() if path}
    if limit := int(chosen["limit"]):
        rows["train"] = rows["train"][:limit]
    labels = label_set(str(chosen["labels"]), rows["train"], where=paths["train"])
    splits = make_splits(
        rows,
        labels,
        paths,
        validation_share=float(chosen["validation_share"]),
        seed=int(chosen["seed"]),
    )
    facts: dict[str, Scalar] = {f"{name}_file": Path(p).name for name, p in paths.items() if p}
    if not chosen["corpus"]:
        return make_task("files", labels, splits, corpus=splits[0].texts, facts=facts)
    source = Path(str(chosen["corpus"]))
    corpus = choose_corpus(
        list(read_texts(source, str(chosen["corpus_column"]))),
        splits,
        limit=int(chosen["corpus_limit"]),
    )
    facts |= {"corpus_file": source.name, **corpus.facts}
    return make_task("files", labels, splits, corpus=corpus.texts, facts=facts)


def make_splits(
    rows: Mapping[str, Sequence[Row]],
    labels: Sequence[str],
    places: Mapping[str, str],
    *,
    validation_share: float,
    seed: int,
) -> Splits[int]:
    """Label the rows of each split; without validation rows a share of train becomes them.

    A share of 0 leaves validation empty, for studies that train a fixed number of epochs on all
    of train and have nothing to choose.

    Args:
        rows: By split: train, test and perhaps validation.
        labels: The set of labels.
        places: Where each split was read, for messages.
        validation_share: Fraction of train; 0 for none.
        seed: Of the share.
    """
    found = {name: to_split(own, labels, where=places[name]) for name, own in rows.items()}
    train, validation = found["train"], found.get("validation")
    if validation is None and validation_share == 0.0:
        validation = train.take(())
    elif validation is None:
        train, validation = hold_out(train, share=validation_share, seed=seed)
    return train, validation, found["test"]
