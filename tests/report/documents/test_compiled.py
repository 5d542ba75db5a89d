"""What is exported compiles: with Debian's texlive, once, under ordinary and under hostile names.

`BREAKEVEN_TEX=required` turns a missing pdflatex from a skip into a failure.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from breakeven.analysis.overview import analyse
from breakeven.report.documents.alone import NEEDS, alone
from breakeven.report.documents.basis import Basis, basis
from breakeven.report.documents.bibliography import bibliography
from breakeven.report.documents.booktabs import is_printable
from breakeven.report.documents.paper import paper_files, paper_tables
from breakeven.report.documents.print_figures import PrintedFigure, print_figures
from breakeven.store import Store, StoredAnswers

pytestmark = pytest.mark.slow

CASE_STUDY = Path(__file__).resolve().parents[3] / "studies" / "results" / "case-study"
PACKAGES = (
    "texlive-latex-base texlive-latex-recommended texlive-fonts-recommended (Debian), as .ci/run "
    "installs them"
)


@pytest.fixture(scope="module", autouse=True)
def pdflatex() -> None:
    """Skip, or fail where it is required, without pdflatex."""
    if shutil.which("pdflatex") is None:
        why = f"no pdflatex here; install {PACKAGES}"
        if os.environ.get("BREAKEVEN_TEX") == "required":
            pytest.fail(why)
        pytest.skip(why)


def written(found: Basis, folder: Path, figures: Sequence[PrintedFigure] = ()) -> Path:
    for file in paper_files(found, figures, has_parquet=False):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    return folder


def compiled(folder: Path, name: str = "main") -> str:
    """Log of one run of pdflatex, which may run no program."""
    done = subprocess.run(
        ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", name],
        cwd=folder,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    return (folder / f"{name}.log").read_text(encoding="latin-1")


def test_the_case_study_compiles_and_nothing_sticks_out(tmp_path: Path) -> None:
    with Store(CASE_STUDY, create=False) as store:
        (definition,) = store.studies()
        runs = store.runs(study=definition.name)
        analysis = analyse(definition, runs, answers=StoredAnswers(store, study=definition.name))
    log = compiled(written(basis(analysis, runs), tmp_path))

    assert "Overfull \\hbox" not in log
    assert "Float too large" not in log
    assert "Rerun" not in log
    assert "undefined" not in log.lower().replace("undefined references", "")
    assert b"/Type3" not in (tmp_path / "main.pdf").read_bytes(), "letters of dots"
    assert (tmp_path / "main.pdf").stat().st_size > 10_000


def test_every_table_by_itself_stays_inside_a_plain_article(tmp_path: Path, stated: Basis) -> None:
    read = {n: t for n, t in paper_tables(stated).items() if is_printable(t)}
    assert {"break_even", "pathways"} <= read.keys()
    for name, table in read.items():
        text = alone(table)
        assert text.startswith(NEEDS)
        (tmp_path / f"{name}.tex").write_text(
            r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{textcomp,array,booktabs}"
            rf"\begin{{document}}{text}\end{{document}}",
            encoding="utf-8",
        )

        assert "Overfull \\hbox" not in compiled(tmp_path, name), name


def test_hostile_names_are_printed_and_never_run(attacked: Basis, tmp_path: Path) -> None:
    log = compiled(written(attacked, tmp_path))

    assert not list(tmp_path.rglob("pwned"))
    assert "/etc/passwd" not in log
    if shutil.which("pdftotext"):
        text = subprocess.run(
            ["pdftotext", "main.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout
        assert "root:" not in text
        assert r"\input{/etc/passwd}" in text.replace("\n", "")


@pytest.mark.report
def test_figures_stand_in_their_columns(stated: Basis, tmp_path: Path) -> None:
    pytest.importorskip("altair")
    figures = list(print_figures(stated.analysis))
    log = compiled(written(stated, tmp_path, figures))

    assert "Overfull \\hbox" not in log
    meant = {f"figures/{figure.name}.pdf" for figure in figures if figure.is_meant}
    assert len(meant) == len(figures) / 2
    assert all(name in log.replace("\n", "") for name in meant)


def test_bibtex_reads_every_entry_without_a_warning(attacked: Basis, tmp_path: Path) -> None:
    (tmp_path / "references.bib").write_text(bibliography(attacked), encoding="utf-8")
    (tmp_path / "cited.tex").write_text(
        "\\documentclass{article}\\usepackage[T1]{fontenc}\\begin{document}\\nocite{*}"
        "\\bibliographystyle{plain}\\bibliography{references}\\end{document}",
        encoding="utf-8",
    )
    compiled(tmp_path, "cited")
    done = subprocess.run(
        ["bibtex", "cited"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout
    assert "Warning" not in done.stdout.replace("Warning--empty year in breakeven", "")
    compiled(tmp_path, "cited")
