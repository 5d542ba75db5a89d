"""Tasks from files of one's own: TSV, JSON lines, CoNLL columns, SQuAD's JSON, running text."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from breakeven.records import Scalar
from breakeven.workloads.options import Option, resolve
from breakeven.workloads.tasks.assembling import Source, assemble, require_test
from breakeven.workloads.tasks.block import (
    COLUMN_OPTIONS,
    COMMON_OPTIONS,
    columns_of,
    refusal,
    stated_form,
)
from breakeven.workloads.tasks.licence import licence_beside
from breakeven.workloads.tasks.rows import Manner, form_of_file, read_rows, read_texts
from breakeven.workloads.tasks.task import Task

OPTIONS = {
    "train": Option(default="", is_required=True, doc="path of the training rows"),
    "validation": Option(default="", doc="path of the validation rows; empty: a share of train"),
    "test": Option(
        default="", doc="path of the rows scores are taken on; empty: test_share of train"
    ),
    "text_column": Option(
        default="sentence", doc="column of the text or words: name, or number from 1"
    ),
    **COLUMN_OPTIONS,
    "encoding_errors": Option(
        default="strict",
        choices=("strict", "replace"),
        doc="what is done about bytes that are no UTF-8; replaced ones are counted and said",
    ),
    **COMMON_OPTIONS,
}


def load(options: Mapping[str, Scalar]) -> Task[Any]:
    """Read a task from files.

    Args:
        options: See `OPTIONS`.

    Raises:
        DataFileError: If a file or a row cannot be used.
        SettingsError: If there is no test split, or the metric does not fit.
    """
    chosen = resolve("task files", OPTIONS, options)
    require_test(chosen, named=str(chosen["test"]))
    paths = {
        name: Path(str(chosen[name])) for name in ("train", "validation", "test") if chosen[name]
    }
    skipped: list[str] = []
    form = stated_form(chosen) or form_of_file(paths["train"])
    manner = Manner(
        form=form,
        errors=str(chosen["encoding_errors"]),
        unit=str(chosen["unit"]),
        refuse=refusal(chosen, skipped),
    )
    columns = columns_of(chosen)
    facts: dict[str, Scalar] = {f"{name}_file": path.name for name, path in paths.items()}
    facts["licence"] = str(chosen["licence"]) or licence_beside(paths["train"])
    corpus = _corpus(chosen, manner)
    if corpus is not None:
        facts["corpus_file"] = Path(str(chosen["corpus"])).name
    source = Source(
        name="files",
        rows={name: list(read_rows(path, columns, manner)) for name, path in paths.items()},
        places={name: str(path) for name, path in paths.items()},
        skipped=skipped,
        facts=facts,
        corpus=corpus,
    )
    return assemble(source, chosen, form)


def _corpus(chosen: Mapping[str, Scalar], manner: Manner) -> Sequence[str] | None:
    if not chosen["corpus"]:
        return None
    return list(read_texts(Path(str(chosen["corpus"])), str(chosen["corpus_column"]), manner))
