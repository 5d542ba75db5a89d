"""The table of research and production: every pathway with its own volume."""

from dataclasses import replace

from breakeven.analysis.overview import analyse
from breakeven.report.tables.usage import usage_table
from breakeven.testing.runs import example_runs


def test_each_pathway_stands_with_the_volume_of_its_own_research() -> None:
    """FT was tested on 1,310 examples; here TS on half of them."""
    analysis = analyse(*example_runs())
    assert analysis.life is not None
    usage = tuple(
        replace(u, volume=655.0) if (u.pathway, u.profile) == ("TS", "research") else u
        for u in analysis.life.usage
    )

    table = usage_table(analysis, replace(analysis.life, usage=usage))

    research = {row[0].text: (row[2].text, row[2].value) for row in table.rows}
    assert research["FT"] == ("1,310 examples", 1310.0)
    assert research["TS"] == ("655 examples", 655.0)
    assert {row[5].value for row in table.rows} == {100_000.0}
    assert table.groups[1:] == (("Research", 3), ("Production", 3))
