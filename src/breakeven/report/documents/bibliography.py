"""Bibliography: BibTeX of the methods that a study's numbers rest on, and of nothing else."""

from breakeven.analysis.uncertain import once
from breakeven.report.documents.basis import Basis
from breakeven.report.documents.works import WORKS, Work
from breakeven.report.tables.tex import in_tex

_NO_DATE = "1970"
"""Year of a record that was imported without a date."""
BRACES = {r"\{": r"\textbraceleft{}", r"\}": r"\textbraceright{}"}
"""BibTeX counts braces even behind a backslash."""


def in_bib(text: str) -> str:
    r"""Text of a record as the value of a BibTeX field.

    Examples:
        >>> print(in_bib("50 % of {x"))
        50 \% of \textbraceleft{}x
    """
    escaped = in_tex(text)
    for sign, safe in BRACES.items():
        escaped = escaped.replace(sign, safe)
    return escaped


def bibliography(found: Basis) -> str:
    """BibTeX of breakeven, of the study's records and of every method they rest on.

    Args:
        found: What the numbers rest on.
    """
    works = (_breakeven(found), _records(found), *(work for work in WORKS if work.is_used(found)))
    return "\n".join(_entry(work) for work in works)


def bibitems(found: Basis) -> str:
    """The same as BibTeX's plain style would print it, so that one run of LaTeX has references."""
    works = (_breakeven(found), _records(found), *(work for work in WORKS if work.is_used(found)))
    items = (_item(work) for work in works)
    return "\n".join((r"\begin{thebibliography}{99}", *items, r"\end{thebibliography}", ""))


def _item(work: Work) -> str:
    fields = work.fields
    where = fields.get("journal") or fields.get("booktitle") or ""
    volume = fields.get("volume", "") + (f"({fields['number']})" if "number" in fields else "")
    pages = fields.get("pages", "")
    place = ", ".join(part for part in (volume, pages) if part)
    told = (
        fields["author"].replace(" and ", "; "),
        fields["title"],
        ", ".join(part for part in (rf"\emph{{{where}}}" if where else "", place) if part),
        fields.get("note", ""),
        fields.get("year", ""),
    )
    return rf"\bibitem{{{work.key}}} " + " ".join(f"{part}." for part in told if part)


def _entry(work: Work) -> str:
    lines = [f"  {name} = {{{value}}}," for name, value in work.fields.items()]
    return "\n".join((f"@{work.kind}{{{work.key},", *lines, "}", ""))


def _breakeven(found: Basis) -> Work:
    """The program, in the versions that the records name."""
    versions = once(m.libraries["breakeven"] for m in found.machines if "breakeven" in m.libraries)
    told = f"Version {in_bib(' and '.join(versions))}. " if versions else ""
    return Work(
        key="breakeven",
        kind="misc",
        fields={
            "title": "{breakeven}: what an {NLP} model costs over its whole life, and from which "
            "volume it pays",
            "author": "{breakeven maintainers}",
            "note": f"{told}Python package, Apache License 2.0",
        },
        is_used=lambda _: True,
    )


def _records(found: Basis) -> Work:
    definition = found.analysis.definition
    told = {run.started_at[:4] for run in found.runs} - {_NO_DATE}
    years = sorted(year for year in told if year.isdigit())
    n = sum(found.statuses.values())
    return Work(
        key="breakeven-records",
        kind="misc",
        fields={
            "title": f"Records of the study {{{in_bib(definition.name)}}}",
            "author": "{The authors of the study}",
            **({"year": years[-1]} if years else {}),
            "note": f"{n} runs, kept by {{breakeven}}",
        },
        is_used=lambda _: True,
    )
