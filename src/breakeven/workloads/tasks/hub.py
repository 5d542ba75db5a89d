"""Tasks by `datasets` id: one on the hub, or a local folder, through the same call."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from breakeven.errors import DataFileError, MissingExtraError
from breakeven.records import Scalar
from breakeven.workloads.models.frameworks import quiet_environment
from breakeven.workloads.options import Option, resolve
from breakeven.workloads.tasks.corpus import CORPUS_OPTIONS, choose_corpus
from breakeven.workloads.tasks.files import make_splits
from breakeven.workloads.tasks.labelling import label_set
from breakeven.workloads.tasks.rows import Row, read_texts
from breakeven.workloads.tasks.task import Task, make_task

OPTIONS = {
    "id": Option(default="", is_required=True, doc="id on the hub, or a local folder"),
    "config": Option(default="", doc="configuration of the data set (sst2 of glue)"),
    "revision": Option(default="", doc="commit or tag on the hub; pin it to repeat a study"),
    "cache_dir": Option(default="", doc="where `datasets` keeps its files; empty: its own place"),
    "text_column": Option(default="text", doc="column of the text"),
    "label_column": Option(default="label", doc="column of the label"),
    "train_split": Option(default="train", doc="name of the training split"),
    "validation_split": Option(default="", doc="name of the validation split; empty: from train"),
    "test_split": Option(default="test", doc="name of the split scores are taken on"),
    "labels": Option(default="", doc="the set of labels, comma-separated; empty: as in the data"),
    "validation_share": Option(
        default=0.1,
        low=0.0,
        high=0.9,
        doc="share of train set aside for validation; 0 sets none aside",
    ),
    "seed": Option(default=0, low=0, doc="seed of that choice"),
    **CORPUS_OPTIONS,
    "corpus_split": Option(default="train", doc="split of the corpus, where it is not one file"),
}


def load(options: Mapping[str, Scalar]) -> Task[int]:
    """Load a task with `datasets.load_dataset`.

    The network is used only for an id that is not a local folder, never when HF_HUB_OFFLINE=1.

    Args:
        options: See `OPTIONS`.

    Raises:
        DataFileError: If the data set cannot be had, or lacks a split or a column.
        MissingExtraError: If `datasets` is not installed.
    """
    chosen = resolve("task datasets", OPTIONS, options)
    places = {
        name: str(chosen[f"{name}_split"])
        for name in ("train", "validation", "test")
        if chosen[f"{name}_split"]
    }
    found = _fetch(chosen)
    names = _class_names(found, places, str(chosen["label_column"]))
    rows = {name: list(_rows(found, split, chosen, names)) for name, split in places.items()}
    where = str(chosen["id"])
    labels = tuple(names) or label_set(str(chosen["labels"]), rows["train"], where=where)
    splits = make_splits(
        rows,
        labels,
        {name: f"{where}[{split}]" for name, split in places.items()},
        validation_share=float(chosen["validation_share"]),
        seed=int(chosen["seed"]),
    )
    facts: dict[str, Scalar] = {
        "id": _named(where),
        "config": chosen["config"],
        "revision": chosen["revision"],
    }
    if not chosen["corpus"]:
        return make_task("datasets", labels, splits, corpus=splits[0].texts, facts=facts)
    corpus = choose_corpus(_corpus_texts(chosen), splits, limit=int(chosen["corpus_limit"]))
    facts |= {"corpus": _named(str(chosen["corpus"])), **corpus.facts}
    return make_task("datasets", labels, splits, corpus=corpus.texts, facts=facts)


def _named(where: str) -> str:
    """Tell a folder or file by its name alone: records do not depend on where it lies."""
    return Path(where).name if Path(where).exists() else where


def _corpus_texts(chosen: Mapping[str, Scalar]) -> Sequence[str]:
    """Read the corpus from one local file, or with `datasets` from an id or a folder."""
    source, column = str(chosen["corpus"]), str(chosen["corpus_column"])
    if Path(source).is_file():
        return list(read_texts(Path(source), column))
    data = _split(
        _fetch({"id": source, "cache_dir": chosen["cache_dir"]}), str(chosen["corpus_split"])
    )
    if column not in data.column_names:
        raise DataFileError(
            f"the corpus {source!r} has no column {column!r} (it has "
            f"{', '.join(data.column_names)}); set corpus_column"
        )
    return [str(text).strip() for text in data[column]]


def _fetch(chosen: Mapping[str, Scalar]) -> Mapping[str, Any]:
    quiet_environment()
    try:
        import datasets  # noqa: PLC0415 - seconds to import, needed by this task only
    except ImportError as error:
        raise MissingExtraError("the task 'datasets'", "nlp") from error
    optional = {"name": "config", "revision": "revision", "cache_dir": "cache_dir"}
    arguments = {theirs: chosen[ours] for theirs, ours in optional.items() if chosen.get(ours)}
    datasets.disable_progress_bars()
    try:
        found: Mapping[str, Any] = datasets.load_dataset(chosen["id"], **arguments)
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataFileError(
            f"cannot load data set {chosen['id']!r} ({reason}); give a local folder of JSON "
            "lines as `id`, or fetch it once with network and set HF_HUB_OFFLINE=1"
        ) from error
    return found


def _class_names(found: Mapping[str, Any], places: Mapping[str, str], column: str) -> Sequence[str]:
    train = _split(found, places["train"])
    names: Sequence[str] = getattr(train.features.get(column), "names", ())
    return names


def _split(found: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - datasets is untyped
    if name not in found:
        raise DataFileError(
            f"the data set has no split {name!r} (it has {', '.join(found)}); set train_split, "
            "validation_split, test_split and corpus_split"
        )
    return found[name]


def _rows(
    found: Mapping[str, Any], split: str, chosen: Mapping[str, Scalar], names: Sequence[str]
) -> Iterator[Row]:
    data = _split(found, split)
    text, label = str(chosen["text_column"]), str(chosen["label_column"])
    for column in (text, label):
        if column not in data.column_names:
            raise DataFileError(
                f"split {split!r} has no column {column!r} (it has "
                f"{', '.join(data.column_names)}); set text_column and label_column"
            )
    for number, (own_text, own) in enumerate(zip(data[text], data[label], strict=True), start=1):
        name = names[own] if names and 0 <= own < len(names) else str(own)
        yield Row(text=str(own_text), label=name, line=number)
