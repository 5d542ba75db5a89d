"""`breakeven export --paper`: every table, figure and text of a study in one folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.export_documents import gathered

if TYPE_CHECKING:
    from breakeven.analysis.results import StudyAnalysis
    from breakeven.report.documents.print_figures import PrintedFigure


def export_paper(stores: Sequence[Path], folder: Path, options: Mapping[str, Any]) -> None:
    """Write the folder and say how to compile it.

    Args:
        stores: Exactly one.
        folder: To write into; files of the same names are replaced.
        options: Of the command, by parameter.

    Raises:
        click.UsageError: If there are several stores.
        StoreWriteError: If a file cannot be written.
    """
    from breakeven.report.documents.paper import paper_files  # noqa: PLC0415 - `--help` stays light
    from breakeven.report.documents.parquet import has_parquet  # noqa: PLC0415 - the same

    found = gathered(stores, options)
    _make(folder)
    figures = _figures(found.analysis)
    n_files = 0
    for file in paper_files(found, figures, has_parquet=has_parquet()):
        write_bytes(folder / file.path, file.content, flag="--paper")
        n_files += 1
    if not has_parquet():
        click.echo(_left_out("tables/*.parquet", "paper"), err=True)
    if not figures:
        click.echo(_left_out("figures/*.pdf and *.svg", "report"), err=True)
    click.echo(f"{n_files} files of {found.pathway.name} ({found.why_pathway}) written", err=True)
    click.echo(f"cd {folder} && pdflatex main.tex")


def _make(folder: Path) -> None:
    """Make the folder before the figures are drawn, which takes seconds.

    Raises:
        StoreWriteError: If it cannot be made.
    """
    from breakeven.errors import StoreWriteError  # noqa: PLC0415 - `--help` stays light

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreWriteError(
            f"{folder} cannot be made ({error.strerror}); choose another place with --paper"
        ) from error


def _figures(analysis: "StudyAnalysis") -> "list[PrintedFigure]":
    """Drawings at both widths; none where the extra is missing."""
    from importlib.util import find_spec  # noqa: PLC0415 - as above

    if any(find_spec(name) is None for name in ("altair", "vl_convert")):
        return []
    from breakeven.report.documents.print_figures import print_figures  # noqa: PLC0415 - the extra

    return list(print_figures(analysis))


def _left_out(what: str, extra: str) -> str:
    return (
        f"{what} are left out: they need the extra {extra!r}, which is not installed. "
        f"Run: pip install 'breakeven[{extra}]'."
    )


def write_bytes(path: Path, content: bytes, *, flag: str) -> None:
    """Write a file and the folders above it.

    Args:
        path: The file.
        content: Of it.
        flag: That named its place, for the message.

    Raises:
        StoreWriteError: If it cannot be written.
    """
    from breakeven.errors import StoreWriteError  # noqa: PLC0415 - `--help` stays light

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise StoreWriteError(
            f"{path} cannot be written ({error.strerror}); choose another place with {flag}"
        ) from error
