"""What the page of SST-2 against two baselines says of each row that was chosen beforehand."""

from pathlib import Path

from benchmarks.inference import BASE, STRONG, WEAK, chosen, compare, told
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.runs.select import study_runs
from breakeven.store import Store, StoredAnswers

RECORDS = Path(__file__).resolve().parent.parent / "studies" / "results" / "sst2-baselines"


def against_baselines(_: StudyAnalysis) -> str:
    """Sentences of `python -m benchmarks inference`, as a list."""
    with Store(RECORDS, create=False) as store:
        definition = store.study()
        found = study_runs(definition, store.runs(study=definition.name))
        lines = list(compare(found, StoredAnswers(store)))
    shown = [line for line in lines if line.pathway == BASE and line.label in (WEAK, STRONG)]
    return "".join(f"- {sentence}\n" for sentence in told([*shown, *chosen(lines)]))
