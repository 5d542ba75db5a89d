"""A study whose every name tries to be a command somewhere: for tests of exported documents."""

from collections.abc import Sequence
from dataclasses import replace

from breakeven.records import Machine, Run, Scalar, Settings, StudyDefinition
from breakeven.testing.runs import example_runs

PATHWAYS = {
    "FT": r"\input{/etc/passwd}",
    "TS": '=HYPERLINK("http://example.org","x")',
    "TA": r"[1in]{\write18{touch pwned}}%",
    "TF-IDF": "*50 % of $x_1$ & #2 ~^ }} ![x](http://example.org/t.png)",
    "API": "模型 😀 Ünï\u202e\x07\x00<script>alert(1)</script>\n---\nco2_eq_emissions: 0",
}
STUDY = "\\end{document}}\n---\nx: y @article{k,"
LABEL = r"\csname end\endcsname%@{"
"""Of hardware, licence, model and note."""


def hostile_runs() -> tuple[StudyDefinition, tuple[Run, ...]]:
    """The made-up study under names that no document may obey."""
    definition, runs = example_runs()
    pathways = tuple(
        replace(p, name=PATHWAYS[p.name], description=LABEL) for p in definition.pathways
    )
    facts: dict[str, Scalar] = {
        "task": LABEL,
        "n_test": 1048,
        "licence": STUDY,
        "content_hash": "=1+1",
    }
    renamed = replace(
        definition, name=STUDY, pathways=pathways, facts=facts, reference={LABEL: STUDY}
    )
    return renamed, tuple(_run(run) for run in runs)


def _run(run: Run) -> Run:
    settings = {**run.settings.resolved, "model": LABEL}
    return replace(
        run,
        study=STUDY,
        row=_row(run.row),
        settings=Settings(passed=settings, resolved=settings),
        machine=None if run.machine is None else _machine(run.machine),
        notes=tuple(replace(note, message=LABEL, advice=STUDY) for note in run.notes),
        error=LABEL if run.error else None,
    )


def _row(row: str) -> str:
    name, slash, label = row.partition("/")
    return f"{PATHWAYS[name]}{slash}{label}" if slash and name in PATHWAYS else row


def _machine(machine: Machine) -> Machine:
    return replace(
        machine,
        cpu_model=LABEL,
        system="\n---\n",
        accelerators=(r"\GPU{$ (uuid)",),
        libraries={**machine.libraries, "breakeven": "1}%"},
    )


def names() -> Sequence[str]:
    """Every text that was put in."""
    return (*PATHWAYS.values(), STUDY, LABEL)
