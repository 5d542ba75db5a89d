"""`breakeven export --document`: one document of a study, in the format asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.export_options import DOCUMENTS

if TYPE_CHECKING:
    from breakeven.analysis.results import StudyAnalysis
    from breakeven.records import Run
    from breakeven.report.documents.basis import Basis, Stated
    from breakeven.report.documents.leaderboard import Entered
    from breakeven.report.tables import Table
    from breakeven.store import Store


def document(stores: Sequence[Path], options: Mapping[str, Any]) -> "str | bytes":
    """Write a document.

    Args:
        stores: One; for a leaderboard any number.
        options: Of the command, by parameter.

    Raises:
        click.UsageError: If the format is none of the document's, or there are several stores.
        BreakevenError: If a store has no such study, or the document cannot be filled.
    """
    name, form = options["document"], format_of(options)
    if name == "measures":
        from breakeven.report.documents.measures import measures_table  # noqa: PLC0415 - lazy

        return as_form(measures_table(), form)
    if name == "leaderboard":
        return as_form(_board(stores, options), form)
    found = gathered(stores, options)
    if name == "card":
        return _card(found, form)
    if name == "emissions":
        return _emissions(found, form)
    if name == "references":
        from breakeven.report.documents.bibliography import bibliography  # noqa: PLC0415 - lazy

        return bibliography(found)
    return _prose(found, name, form)


def format_of(options: Mapping[str, Any]) -> str:
    """The format asked for, by --format, else by the ending of --out, else the first.

    Raises:
        click.UsageError: If the document has no such format, or the file another ending.
    """
    name, out = options["document"], options["out"]
    known = DOCUMENTS[name]
    ending = "" if out is None else out.suffix.removeprefix(".").lower()
    ending = {"yml": "yaml"}.get(ending, ending)
    form = options["form"] or (ending if ending in known else known[0])
    if options["form"] is None and ending not in {"", "txt", form}:
        raise click.UsageError(
            f"--out {out} ends in no format of the {name}; end it in {' or '.join(known)}, or "
            "say one by --format"
        )
    if form not in known:
        raise click.UsageError(f"--document {name} is written as {' or '.join(known)}, not {form}")
    if form == "parquet" and out is None:
        raise click.UsageError("Parquet is no text; name its file by --out")
    return str(form)


def as_form(table: "Table", form: str) -> "str | bytes":
    """A table in a format; LaTeX for the packages `booktabs` and `array`.

    Raises:
        MissingExtraError: If it is Parquet and pyarrow is not installed.
    """
    from breakeven.report.documents.booktabs import booktabs  # noqa: PLC0415 - lazy
    from breakeven.report.documents.brackets import with_brackets  # noqa: PLC0415 - lazy
    from breakeven.report.documents.parquet import to_parquet  # noqa: PLC0415 - the same

    if form == "parquet":
        return to_parquet(table)
    writers: Mapping[str, Callable[[], str]] = {
        "md": with_brackets(table).to_markdown,
        "tex": lambda: booktabs(table).text,
        "csv": lambda: table.to_csv(is_exact=True),
        "json": table.to_json,
    }
    return writers[form]()


def gathered(stores: Sequence[Path], options: Mapping[str, Any]) -> "Basis":
    """What a document of one model rests on.

    Raises:
        click.UsageError: If there are several stores.
        NoStudyError: If the store holds no study, or several and none is named.
        UnknownNameError: If there is no such study or pathway.
    """
    from breakeven.report.documents.basis import basis  # noqa: PLC0415 - `--help` stays light
    from breakeven.store import Store  # noqa: PLC0415 - the same

    if len(stores) != 1:
        raise click.UsageError("such a document is of one study; name one store")
    with Store(stores[0], create=False) as opened:
        analysis, runs = analysed(opened, _one(opened, options["study"]))
    return basis(analysis, runs, pathway=options["pathway"], stated=stated_of(options))


def stated_of(options: Mapping[str, Any]) -> "Stated":
    """What the author states.

    Raises:
        click.UsageError: If an answer or a draw cannot be read.
    """
    from breakeven.cli.impact_asked import assumptions_of  # noqa: PLC0415 - `--help` stays light
    from breakeven.report.documents.basis import Stated  # noqa: PLC0415 - the same

    public = (options["public"] or "").strip()
    if public and public.casefold().split(",")[0].split()[0] not in {"yes", "no"}:
        raise click.UsageError(
            f'--public {public} is neither yes nor no; write "yes, ADDRESS" or no'
        )
    if options["utilisation"] is not None and not options["watts"]:
        raise click.UsageError("--utilisation is a share of --watts; give the rated power there")
    unasked = dict.fromkeys(("electricity", "chip_hour", "chips"))
    assumed = assumptions_of({**options, **unasked, "rounded": False})
    return Stated(public=public, location=(options["location"] or "").strip(), assumed=assumed)


def analysed(store: "Store", name: str) -> "tuple[StudyAnalysis, tuple[Run, ...]]":
    """All that a study's runs allow to conclude, and the runs.

    Args:
        store: Open.
        name: Of the study.
    """
    from breakeven.analysis.overview import analyse  # noqa: PLC0415 - `--help` stays light
    from breakeven.store import StoredAnswers  # noqa: PLC0415 - the same

    runs = tuple(store.runs(study=name))
    found = analyse(store.study(name), runs, answers=StoredAnswers(store, study=name))
    return replace(found, optimum=store.optimum(name)), runs


def _one(store: "Store", name: str | None) -> str:
    """Name of the one study of a store."""
    from breakeven.errors import NoStudyError  # noqa: PLC0415 - `--help` stays light

    if name is not None:
        return store.study(name).name
    names = [definition.name for definition in store.studies()]
    if len(names) == 1:
        return names[0]
    if names:
        told = ", ".join(names)
        raise NoStudyError(f"{store.path} holds several studies ({told}); choose one with --study")
    raise NoStudyError(f"{store.path} holds no study, and a document is of one; run one first")


def _board(stores: Sequence[Path], options: Mapping[str, Any]) -> "Table":
    from breakeven.report.documents.leaderboard import (  # noqa: PLC0415 - `--help` stays light
        leaderboard,
        read_target,
    )

    try:
        target = None if options["target"] is None else read_target(options["target"])
    except ValueError as error:
        raise click.UsageError(f"--target: {error}") from error
    entered = [one for path in stores for one in _entered(path, options["study"])]
    return leaderboard(entered, target=target)


def _entered(path: Path, study: str | None) -> "list[Entered]":
    """Every study of a store, or the one that was named."""
    from breakeven.analysis.runs.rollup import roll_ups  # noqa: PLC0415 - `--help` stays light
    from breakeven.errors import NoStudyError  # noqa: PLC0415 - the same
    from breakeven.report.documents.leaderboard import Entered  # noqa: PLC0415 - the same
    from breakeven.store import Store  # noqa: PLC0415 - the same

    with Store(path, create=False) as opened:
        named = opened.studies() if study is None else (opened.study(study),)
        found = []
        for definition in named:
            analysis, runs = analysed(opened, definition.name)
            (paid,) = roll_ups([analysis.definition], runs)
            found.append(Entered(store=str(path), analysis=analysis, paid=paid))
    if not found:
        raise NoStudyError(f"{path} holds no study, and a leaderboard is of studies; run one first")
    return found


def _card(found: "Basis", form: str) -> "str | bytes":
    from breakeven.report.documents.card import (  # noqa: PLC0415 - `--help` stays light
        card_for_people,
        card_json,
        card_table,
    )

    if form == "json":
        return card_json(found)
    return as_form(card_table(found) if form == "csv" else card_for_people(found), form)


def _emissions(found: "Basis", form: str) -> str:
    from breakeven.report.documents import emissions  # noqa: PLC0415 - `--help` stays light

    writers = {
        "yaml": emissions.emissions_yaml,
        "md": emissions.model_card,
        "json": emissions.emissions_json,
    }
    return writers[form](found)


def _prose(found: "Basis", name: str, form: str) -> str:
    from breakeven.report.documents.checklist import checklist  # noqa: PLC0415 - as above
    from breakeven.report.documents.methods_text import methods_text  # noqa: PLC0415 - as above

    told = checklist(found) if name == "checklist" else methods_text(found)
    writers = {"md": told.to_markdown, "tex": told.to_tex, "json": told.to_json}
    return writers[form]()
