"""Advice on every published study: each number as what it is, the recommended pathway first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from breakeven.analysis.advice import Basis, advise
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.report.advice_words import LEAST_FRAC, advice_lines, telling
from breakeven.report.signs import TIMES
from breakeven.report.tables.advice import advice_table
from breakeven.report.tables.provenance import provenance_table
from breakeven.store import Store, StoredAnswers

RESULTS = Path(__file__).resolve().parents[2] / "studies" / "results"


def analysed() -> Iterator[StudyAnalysis]:
    for place in sorted(path.parent for path in RESULTS.rglob("store.json")):
        with Store(place, create=False) as store:
            for definition in store.studies():
                answers = StoredAnswers(store, study=definition.name)
                yield analyse(definition, store.runs(study=definition.name), answers=answers)


@pytest.fixture(scope="module")
def published() -> tuple[StudyAnalysis, ...]:
    return tuple(analysed())


def test_every_ratio_is_printed_as_a_ratio(published: tuple[StudyAnalysis, ...]) -> None:
    ratios = 0
    for analysis in published:
        table = advice_table(analysis)
        rests_on = [column.name for column in table.columns].index("figure")
        for piece, row in zip(advise(analysis), table.rows, strict=True):
            text = row[rests_on].text
            is_ratio = "against" in piece.figure.name
            assert is_ratio == (piece.basis is Basis.RATIO)
            if is_ratio:
                ratios += 1
                assert text.startswith(f"{piece.figure.value:.2g}"[:3])
                assert TIMES in text
            assert ("%" in text) == (piece.basis is Basis.SHARE)

    assert len(published) >= 12
    assert ratios >= 8


def test_provenance_and_markdown_print_the_same_ratio(
    published: tuple[StudyAnalysis, ...],
) -> None:
    sst2 = next(a for a in published if a.definition.name == "sst2-minilm")
    table = advice_table(sst2)
    traced = provenance_table(sst2, [table])
    printed = next(
        row[2].text
        for row in traced.rows
        if row[1].text.startswith("Rests on in table advice: FT / settings")
    )

    assert printed.startswith("0.27")
    assert TIMES in printed
    assert printed in table.to_markdown()


def test_what_is_told_first_saves_the_recommended_pathway_a_hundredth(
    published: tuple[StudyAnalysis, ...],
) -> None:
    helped = 0
    for analysis in published:
        chosen, found = analysis.recommendation.pathway, advise(analysis)
        own, _ = telling(analysis, found)
        if chosen is None or not found:
            continue
        if not own:
            assert advice_lines(analysis, found)[0].startswith("Nothing in these records would")
            continue
        first = own[0][0]
        assert first.concerns(chosen)
        assert first.pathways[0] == chosen
        assert first.share is not None
        assert first.share >= LEAST_FRAC
        helped += 1

    assert helped >= 8


def test_a_little_is_not_told_as_nothing(published: tuple[StudyAnalysis, ...]) -> None:
    tables = map(advice_table, published)
    shares = [row[[c.name for c in t.columns].index("share")] for t in tables for row in t.rows]
    little = [c.text for c in shares if isinstance(c.value, float) and 0 < c.value < 0.005]

    assert len(little) >= 3
    assert {text.replace("\N{NO-BREAK SPACE}", " ") for text in little} == {"under 1 %"}
