"""Tasks by `datasets` id: one on the hub, or a local folder, through the same call."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from breakeven.errors import DataFileError, MissingExtraError
from breakeven.records import Scalar
from breakeven.workloads.models.frameworks import quiet_environment
from breakeven.workloads.options import Option, resolve
from breakeven.workloads.tasks.assembling import Source, assemble, require_test
from breakeven.workloads.tasks.block import (
    COLUMN_OPTIONS,
    COMMON_OPTIONS,
    columns_of,
    refusal,
    stated_form,
)
from breakeven.workloads.tasks.columns import Columns, Row
from breakeven.workloads.tasks.fields import row_of
from breakeven.workloads.tasks.form import RUNNING
from breakeven.workloads.tasks.licence import licence_beside
from breakeven.workloads.tasks.lines import Refuse
from breakeven.workloads.tasks.rows import read_texts
from breakeven.workloads.tasks.task import UNKNOWN, Task

OPTIONS = {
    "id": Option(default="", is_required=True, doc="id on the hub, or a local folder"),
    "config": Option(default="", doc="configuration of the data set (sst2 of glue)"),
    "data_dir": Option(
        default="", doc="folder inside the data set, where that is what a configuration is"
    ),
    "revision": Option(default="", doc="commit or tag on the hub; pin it to repeat a study"),
    "cache_dir": Option(default="", doc="where `datasets` keeps its files; empty: its own place"),
    "text_column": Option(default="text", doc="column of the text, or of the list of words"),
    **COLUMN_OPTIONS,
    "train_split": Option(default="train", doc="name of the training split"),
    "validation_split": Option(default="", doc="name of the validation split; empty: from train"),
    "test_split": Option(
        default="test", doc="name of the split scores are taken on; empty: from train"
    ),
    **COMMON_OPTIONS,
    "corpus_config": Option(default="", doc="configuration of the corpus, where it has any"),
    "corpus_split": Option(default="train", doc="split of the corpus, where it is not one file"),
}


def load(options: Mapping[str, Scalar]) -> Task[Any]:
    """Load a task with `datasets.load_dataset`.

    The network is used only for an id that is not a local folder, never when HF_HUB_OFFLINE=1.

    Args:
        options: See `OPTIONS`.

    Raises:
        DataFileError: If the data set cannot be had, or lacks a split or a column.
        MissingExtraError: If `datasets` is not installed.
    """
    chosen = resolve("task datasets", OPTIONS, options)
    require_test(chosen, named=str(chosen["test_split"]))
    places = {
        name: str(chosen[f"{name}_split"])
        for name in ("train", "validation", "test")
        if chosen[f"{name}_split"]
    }
    found = _fetch(chosen)
    form, columns, where = stated_form(chosen), columns_of(chosen), str(chosen["id"])
    if form in RUNNING:
        columns = Columns(text=columns.text)
    train = _split(found, places["train"])
    classes = _class_names(train, columns.label)
    skipped: list[str] = []
    refuse = refusal(chosen, skipped)
    facts: dict[str, Scalar] = {
        "id": _named(where),
        "config": chosen["config"] or chosen["data_dir"],
        "revision": chosen["revision"],
        "licence": str(chosen["licence"]) or _licence(train, Path(where)),
    }
    if chosen["corpus"]:
        facts["corpus"] = _named(str(chosen["corpus"]))
    source = Source(
        name="datasets",
        rows={
            name: list(_rows(found, split, columns, classes, refuse))
            for name, split in places.items()
        },
        places={name: f"{where}[{split}]" for name, split in places.items()},
        classes=classes,
        skipped=skipped,
        facts=facts,
        corpus=_corpus_texts(chosen) if chosen["corpus"] else None,
    )
    return assemble(source, chosen, form)


def _licence(train: Any, folder: Path) -> str:  # noqa: ANN401 - datasets is untyped
    told = str(train.info.license or "")
    return told or (licence_beside(folder) if folder.is_dir() else UNKNOWN)


def _named(where: str) -> str:
    """Tell a folder or file by its name alone: records do not depend on where it lies."""
    return Path(where).name if Path(where).exists() else where


def _corpus_texts(chosen: Mapping[str, Scalar]) -> Sequence[str]:
    """Read the corpus from one local file, or with `datasets` from an id or a folder."""
    source, column = str(chosen["corpus"]), str(chosen["corpus_column"])
    if Path(source).is_file():
        return list(read_texts(Path(source), column))
    asked = {"id": source, "config": chosen["corpus_config"], "cache_dir": chosen["cache_dir"]}
    data = _split(_fetch(asked), str(chosen["corpus_split"]))
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
    optional = {"name": "config"} | {k: k for k in ("data_dir", "revision", "cache_dir")}
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


def _class_names(train: Any, column: str) -> Sequence[str]:  # noqa: ANN401 - datasets is untyped
    """Names of a column of classes, or of lists of classes; none where it has no names."""
    feature = train.features.get(column)
    names: Sequence[str] = getattr(getattr(feature, "feature", feature), "names", ())
    return names


def _split(found: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - datasets is untyped
    if name not in found:
        raise DataFileError(
            f"the data set has no split {name!r} (it has {', '.join(found)}); set train_split, "
            "validation_split, test_split and corpus_split"
        )
    return found[name]


def _rows(
    found: Mapping[str, Any], split: str, columns: Columns, names: Sequence[str], refuse: Refuse
) -> Iterator[Row]:
    data = _split(found, split)
    for column in columns.named:
        if column not in data.column_names:
            raise DataFileError(
                f"split {split!r} has no column {column!r} (it has "
                f"{', '.join(data.column_names)}); set text_column and label_column"
            )
    for number, fields in enumerate(data.select_columns(list(columns.named)).to_list(), start=1):
        if not columns.label and not str(fields[columns.text]).strip():
            continue  # running text has blank lines
        own = fields | {columns.label: _called(fields.get(columns.label), names)}
        try:
            row = row_of(own, columns, where=f"{split}:{number}", line=number)
        except DataFileError as error:
            refuse(error)
            continue
        yield row


def _called(label: object, names: Sequence[str]) -> object:
    """Put the names of classes in the place of their numbers."""
    if isinstance(label, list):
        return [_called(tag, names) for tag in label]
    return names[label] if isinstance(label, int) and 0 <= label < len(names) else label
