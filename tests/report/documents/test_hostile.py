"""Names that try to be commands are text in every document: LaTeX, BibTeX, YAML, CSV, Markdown."""

import csv
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from tests.report.documents.hostile import PATHWAYS, names

from breakeven.report.documents.basis import Basis
from breakeven.report.documents.emissions import emissions_yaml, model_card
from breakeven.report.documents.paper import ONE_RUN, paper_files
from breakeven.store.importers.ledgers.imported import Asked
from breakeven.store.importers.ledgers.model_card import read_model_card

COMMAND = re.compile(r"\\[a-zA-Z]+|\\[^a-zA-Z]")
COMMANDS = r"""
\addlinespace \addtocounter \allowbreak \arraybackslash \approx \author \begin \belowcaptionskip
\bibitem \bibliography \bibliographystyle \bottomrule \caption \cdot \centering \clearpage
\cmidrule \columnsep \date \dblfloatpagefraction \documentclass \dots \emergencystretch \emph
\end \floatpagefraction \footnotesize \geq \includegraphics \infty \input \item \itemsep \label
\leq \maketitle \medskip \midrule \mu \multicolumn \nocite \par \parindent \parskip \pm
\pdfminorversion
\raggedright \renewcommand \rightarrow \scriptsize \section \setlength \smallskip \subsection
\tabcolsep \textasciicircum \textasciigrave \textasciitilde \textbackslash \textbraceleft
\textbraceright \textsuperscript \texttt \texttwosuperior \times \title \toprule \usepackage \\
\{ \} \# \$ \% \& \_ \, \"
"""
OURS = frozenset(COMMANDS.split())
"""Every command that these documents use; the names bring none."""


@pytest.fixture(scope="module")
def files(attacked: Basis) -> Mapping[str, bytes]:
    return {file.path: file.content for file in paper_files(attacked, [], has_parquet=False)}


def text(files: Mapping[str, bytes], ending: str) -> str:
    return "\n".join(c.decode() for path, c in files.items() if path.endswith(ending))


def test_the_names_are_there(files: Mapping[str, bytes]) -> None:
    assert r"\textbackslash{}input\{/etc/passwd\}" in text(files, "pathways.tex")
    assert r"\input{/etc/passwd}" not in text(files, ".tex")


def test_no_name_is_a_command_of_latex(files: Mapping[str, bytes]) -> None:
    whole = text(files, ".tex").replace(ONE_RUN, "", 1) + text(files, ".bbl")

    assert set(COMMAND.findall(whole)) <= OURS
    assert set(re.findall(r"\\input\{([^}]*)\}", whole)) <= {
        "methods",
        "checklist",
        "card",
        *(path.removesuffix(".tex") for path in files if path.startswith("tables/")),
    }


def test_only_our_own_lines_are_comments_of_latex(files: Mapping[str, bytes]) -> None:
    for line in (text(files, ".tex") + text(files, ".bbl")).splitlines():
        assert line.startswith("% ") or "%" not in line.replace(r"\%", "")


def test_braces_of_bibtex_close_where_they_open(files: Mapping[str, bytes]) -> None:
    whole = text(files, ".bib")
    depth = 0
    for sign in whole:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    assert len(re.findall(r"^@", whole, flags=re.MULTILINE)) == whole.count("\n}\n")
    assert set(COMMAND.findall(whole)) <= OURS


def test_no_field_of_csv_is_a_formula(files: Mapping[str, bytes]) -> None:
    n_fields = 0
    for row in csv.reader(io.StringIO(text(files, ".csv"))):
        for field in row:
            n_fields += 1
            is_number = re.fullmatch(r"-?\d+(\.\d+)?(e[+-]\d+)?", field)
            assert is_number or not field.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert n_fields > 1000
    assert "\n'=HYPERLINK" in text(files, "pathways.csv").replace('"', "")


def test_markdown_has_no_tag_picture_or_link_of_a_name(files: Mapping[str, bytes]) -> None:
    whole = text(files, ".md").split("## Environmental impact")[0]
    assert not re.search(r"(?<!\\)<[A-Za-z/!?]", whole)
    assert "](" not in whole
    for line in text(files, "pathways.md").splitlines()[2:]:
        assert line.startswith("| ")


def test_yaml_holds_our_keys_alone(attacked: Basis) -> None:
    told = yaml.safe_load(emissions_yaml(attacked))

    assert set(told) == {"co2_eq_emissions"}
    assert set(told["co2_eq_emissions"]) == {
        "emissions",
        "source",
        "training_type",
        "geographical_location",
        "hardware_used",
    }
    assert told["co2_eq_emissions"]["geographical_location"] == names()[-2].replace("\n", " ")


def test_the_front_matter_ends_where_we_end_it(attacked: Basis, tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text(model_card(attacked), encoding="utf-8")
    (run,) = read_model_card(card, Asked()).runs
    stated = yaml.safe_load(emissions_yaml(attacked))["co2_eq_emissions"]

    (carbon,) = run.counts
    assert carbon.value == pytest.approx(stated["emissions"] / 1e3)


def test_json_gives_names_back_as_they_are(files: Mapping[str, bytes]) -> None:
    told = json.loads(files["card.json"])
    assert told["model"] in PATHWAYS.values()
