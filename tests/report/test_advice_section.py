"""Advice on the page: few sentences, the recommended pathway's, each with its number."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.analysis.advice import Topic, advise
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Resource
from breakeven.report.advice_section import advice_section
from breakeven.report.advice_words import (
    MOST,
    advice_lines,
    advice_sentence,
    cut_lines,
    telling,
)
from breakeven.report.summary import summary
from breakeven.report.tables.advice import advice_table
from breakeven.store import Store, StoredAnswers
from breakeven.testing.runs import example_runs

RESULTS = Path(__file__).resolve().parents[2] / "studies" / "results"


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


@pytest.fixture(scope="module")
def sst2() -> StudyAnalysis:
    with Store(RESULTS / "sst2-minilm", create=False) as store:
        definition = store.study()
        answers = StoredAnswers(store, study=definition.name)
        return analyse(definition, store.runs(study=definition.name), answers=answers)


def test_of_settings_that_may_change_alone_only_one_is_told(sst2: StudyAnalysis) -> None:
    lines = advice_lines(sst2, advise(sst2))

    assert sum("If only one setting may change" in line for line in lines) == 1
    assert any("Saves 90" in line and "of CPU time" in line for line in lines)


def test_a_model_that_others_begin_from_is_no_advice_for_itself(sst2: StudyAnalysis) -> None:
    chosen = sst2.recommendation.pathway

    assert chosen == "FT"
    assert not any("begin from ft" in line for line in advice_lines(sst2, advise(sst2)))


def test_what_takes_a_second_task_would_save_were_there_one(sst2: StudyAnalysis) -> None:
    found = [piece for piece in advise(sst2) if piece.topic is Topic.SHARING]
    other = replace(sst2, recommendation=replace(sst2.recommendation, pathway="TA"))

    told = [advice_sentence(piece, Resource.CPU_S) for piece in found]
    terminal = list(cut_lines(other, found[:1]))

    assert told
    assert all(" Would, were there one, save " in line for line in told)
    assert not any("Saves" in line for line in told)
    assert "(would, were there one, save " in terminal[0]


def test_alike_advice_for_several_models_is_told_once() -> None:
    analysis = analyse(*example_runs())
    nobody = replace(analysis, recommendation=replace(analysis.recommendation, pathway=None))

    padding = [s for s in advice_lines(nobody, advise(nobody)) if "like length together" in s]

    assert len(padding) == 1
    assert " Likewise " in padding[0]


def test_next_to_nothing_is_left_to_the_table() -> None:
    analysis = analyse(*example_runs())
    found = advise(analysis)
    told = analysis.recommendation
    assert any("in one process" in line for line in advice_lines(analysis, found))

    longer = replace(analysis, recommendation=replace(told, volume=1000 * told.volume))

    assert not any("in one process" in line for line in advice_lines(longer, found))


def test_what_saves_nothing_more_is_left_to_the_table() -> None:
    analysis = analyse(*example_runs())
    done = replace(advise(analysis)[0], topic=Topic.SEARCH, saves=None, share=None)

    (line,) = advice_lines(analysis, [done])

    assert line.startswith("Nothing in these records would cut the CPU time of TS")


def test_start_up_saves_no_more_than_all_but_one_start() -> None:
    piece = next(p for p in advise(analyse(*example_runs())) if p.topic is Topic.START_UP)

    assert piece.is_upper_bound
    assert piece.saves is not None
    assert (piece.saves.value or 0.0) < (piece.figure.value or 0.0)


def test_a_terminal_is_told_the_two_largest_cuts(sst2: StudyAnalysis) -> None:
    text = " ".join(summary(sst2, width=100).split())

    assert (
        "Would cut most: Run FT with precision=bf16, max_length=32 (saves 99 min (87-112) of CPU "
        "time, 67 % of the planned life of FT)." in text
    )
    assert text.count("Then: ") == 1


@pytest.fixture
def idle_choice() -> StudyAnalysis:
    """The example where nothing but a tenth of a percent is left to save of the chosen pathway."""
    analysis = analyse(*example_runs())
    return replace(analysis, recommendation=replace(analysis.recommendation, pathway="API"))


def test_what_is_of_others_is_told_as_theirs(idle_choice: StudyAnalysis) -> None:
    first = advice_lines(idle_choice, advise(idle_choice))[0]
    (cut, besides) = cut_lines(idle_choice, advise(idle_choice))

    assert first == cut
    assert cut.startswith("Nothing in these records would cut the CPU time of API over the ")
    assert "1\N{NO-BREAK SPACE}% or more; of the other pathways: Run TA with length=16" in cut
    assert "of the planned life of TA" in cut
    assert besides.startswith("Besides: ")
    assert "of CPU time of the whole study's development" in besides


def test_what_is_of_the_whole_study_is_never_told_first(sst2: StudyAnalysis) -> None:
    for analysis in (analyse(*example_runs()), sst2):
        own, study = telling(analysis, advise(analysis))
        chosen = analysis.recommendation.pathway

        assert all(piece.concerns(chosen) for group in own for piece in group)
        assert all(piece.is_of_study for group in study for piece in group)


def test_advice_writes_percent_one_way() -> None:
    table = advice_table(analyse(*example_runs()))

    texts = [cell.text for row in table.rows for cell in row if "%" in cell.text]

    assert len(texts) > 5
    assert not [text for text in texts if re.search(r"[\d ]%", text)]


def test_without_runs_a_terminal_is_told_of_no_cut() -> None:
    definition, _ = example_runs()

    assert "Would cut most" not in summary(analyse(definition, []))
