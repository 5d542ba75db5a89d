"""Models side by side: each with what is its own, not with what its teacher was."""

from pathlib import Path

from breakeven.analysis.overview import analyse
from breakeven.records import Stage
from breakeven.report.models_words import SIZE, known, value_of
from breakeven.store import Store

RESULTS = Path(__file__).resolve().parents[2] / "studies" / "results"


def test_a_student_that_nobody_used_yet_has_its_own_parameters() -> None:
    """Development takes the largest of its rows, which is the teacher's 22.7 million."""
    with Store(RESULTS / "sst2-minilm", create=False) as store:
        definition = store.study()
        runs = store.runs(study=definition.name)
    used, unused = (
        {
            pathway.name: value_of(known(pathway, SIZE))
            for pathway in analyse(definition, own).pathways
        }
        for own in (runs, [run for run in runs if run.stage is not Stage.INFER])
    )

    assert unused["TS"] == 17_390_594
    assert unused == used
