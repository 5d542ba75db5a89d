from dataclasses import replace

from breakeven.analysis.overview import analyse
from breakeven.records import Resource
from breakeven.report import tables
from breakeven.report.lineage_words import study_lineage
from breakeven.testing.runs import example_runs


def test_a_headline_that_does_not_add_up_leaves_the_tree_in_time() -> None:
    definition, runs = example_runs()
    analysis = analyse(replace(definition, headline=Resource.PEAK_MEMORY_BYTES), runs)

    assert study_lineage(analysis).resource is Resource.DURATION_S
    assert "lineage" in tables(analysis)
