"""Options of `breakeven export` for documents and papers, and what does not go together."""

from collections.abc import Callable, Mapping
from typing import Any

import click
from click.core import ParameterSource

from breakeven.cli.impact_options import energy_options

DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    "card": ("md", "tex", "csv", "json"),
    "emissions": ("yaml", "md", "json"),
    "checklist": ("md", "tex", "json"),
    "leaderboard": ("md", "tex", "csv", "json", "parquet"),
    "measures": ("md", "tex", "csv", "json", "parquet"),
    "methods": ("md", "tex", "json"),
    "references": ("bib",),
}
"""Formats of each document; the first is what it is written in unless something else is asked."""

OF_TABLES = {
    "wheres": "--where",
    "columns": "--columns",
    "name": "--table",
    "asked": "--pair",
}
OF_MODELS = {"row": "--row", "certificate": "--certificate"}
OF_STATED = {
    "public": "--public",
    "location": "--location",
    "watts": "--watts",
    "utilisation": "--utilisation",
    "pue": "--pue",
    "grids": "--grid",
    "factors": "--factor",
    "market": "--market-factor",
    "renewable": "--renewable-share",
}
OF_DOCUMENTS = {**OF_STATED, "target": "--target"}
"""Options that one output alone has a use for, by parameter."""

_NOTHING_STATED = frozenset({"leaderboard", "measures"})
_OWN = (
    click.option(
        "--document",
        type=click.Choice(tuple(DOCUMENTS)),
        help="Write this instead: climate performance model card; co2_eq_emissions of a model "
        "card (--format md: with its section); responsible-NLP checklist; leaderboard; what each "
        "measure depends on; methods; BibTeX.",
    ),
    click.option(
        "--paper",
        type=click.Path(file_okay=False),
        metavar="FOLDER",
        help="Write all of a study for a paper: tables (tex, md, csv, parquet), figures (pdf, "
        "svg), texts, and main.tex that joins them.",
    ),
    click.option(
        "--target",
        metavar="METRIC=SCORE",
        help="With --document leaderboard: what it cost to reach this, as accuracy=0.93.",
    ),
    click.option(
        "--public",
        metavar="TEXT",
        help='Whether the model is public, as "yes, https://..." or no; unknown by default.',
    ),
    click.option(
        "--location",
        metavar="TEXT",
        help="Where it was computed, as you state it; unknown by default.",
    ),
)


def document_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command."""
    command = energy_options(command)
    for option in reversed(_OWN):
        command = option(command)
    return command


def refuse_mixed(options: Mapping[str, Any]) -> None:
    """Refuse options that say nothing of what is written.

    Args:
        options: All of the command, by parameter.

    Raises:
        click.UsageError: If one was given.
    """
    document, paper, pathway = (options[name] for name in ("document", "paper", "pathway"))
    if paper == "":
        raise click.UsageError("--paper names no folder; give one, which is made if need be")
    if document and paper:
        raise click.UsageError("--paper holds every document; drop --document")
    if paper:
        _refuse(
            {**OF_TABLES, **OF_MODELS, "form": "--format", "out": "--out"},
            "a table or file",
            "--paper writes a folder",
        )
        _refuse(
            {"target": "--target"},
            "the leaderboard",
            "--paper writes all documents; ask for it by --document",
        )
    elif document:
        _refuse({**OF_TABLES, **OF_MODELS}, "a table or model", "--document writes a document")
        _refuse_idle(document)
    elif pathway is not None:
        _refuse({"form": "--format", **OF_TABLES}, "a table", "--pathway writes a model")
        _refuse(OF_DOCUMENTS, "a document", "--pathway writes a model")
    else:
        _refuse(OF_DOCUMENTS, "a document", "a table of runs is written; add --document")
        if given := _given(OF_MODELS):
            raise click.UsageError(f"{given} is of the model of a pathway; name it by --pathway")


def _refuse_idle(document: str) -> None:
    """Refuse what the document has no line for."""
    if document in _NOTHING_STATED:
        _refuse({**OF_STATED, "pathway": "--pathway"}, "one model", f"{document} is of all")
    if document == "measures":
        _refuse({"study": "--study"}, "a study", "measures are the same for all")
    if document != "leaderboard":
        _refuse({"target": "--target"}, "the leaderboard", f"{document} is written")
    if document == "references":
        _refuse(
            {"public": "--public", "location": "--location"}, "a card", "references are written"
        )


def _refuse(flags: Mapping[str, str], of: str, instead: str) -> None:
    if given := _given(flags):
        advice = "" if ";" in instead else "; drop one"
        raise click.UsageError(f"{given} is of {of}, and {instead}{advice}")


def _given(flags: Mapping[str, str]) -> str:
    """The first of the flags that was typed; empty for none."""
    source = click.get_current_context().get_parameter_source
    typed = (flag for name, flag in flags.items() if source(name) is not ParameterSource.DEFAULT)
    return next(typed, "")
