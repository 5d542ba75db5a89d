"""Advice on the page: few sentences, the recommended pathway's, each with its number."""

from dataclasses import replace

from breakeven.analysis.advice import advise
from breakeven.analysis.overview import analyse
from breakeven.report.advice_section import MOST, advice_section
from breakeven.report.tables.advice import advice_table
from breakeven.testing.runs import example_runs


def test_the_section_tells_the_few_that_matter_and_tables_all() -> None:
    analysis = analyse(*example_runs())
    section = advice_section(analysis)

    assert section is not None
    assert 0 < len(section.sentences) <= MOST
    assert len(section.tables[0].rows) == len(advise(analysis)) > MOST


def test_an_upper_bound_is_not_told_as_a_saving() -> None:
    section = advice_section(analyse(*example_runs()))

    assert section is not None
    padding = next(s for s in section.sentences if "padding" in s)
    assert "Saves at most " in padding


def test_without_a_recommendation_advice_is_of_what_there_is() -> None:
    analysis = analyse(*example_runs())
    nobody = replace(analysis, recommendation=replace(analysis.recommendation, pathway=None))
    section = advice_section(nobody)

    assert section is not None
    assert section.sentences


def test_a_study_without_runs_gets_no_advice() -> None:
    definition, _ = example_runs()

    assert advice_section(analyse(definition, [])) is None


def test_the_table_keeps_kinds_and_names_what_is_unknown() -> None:
    table = advice_table(analyse(*example_runs()))
    saves = [row[5] for row in table.rows]

    assert any(cell.is_missing and cell.hint for cell in saves)
    assert all(cell.badges for cell in saves if not cell.is_missing)
