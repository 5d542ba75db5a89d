"""What methods say of quality: no more than the scores and the runs behind them."""

from dataclasses import replace

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Kind, Settings
from breakeven.report.scored import quality, selection


def test_a_reference_without_settings_is_named_where_runs_were_of_it(
    analysis: StudyAnalysis,
) -> None:
    bare = replace(analysis, definition=replace(analysis.definition, reference={}))
    assert quality(bare).startswith("Quality is accuracy on the test split, as the runs recorded ")
    run = replace(analysis.runs[0], settings=Settings(resolved={"role": "reference"}))

    assert "at the reference configuration." in quality(replace(bare, runs=(run,)))
    by_hand = replace(run, joined="THEIRS")
    assert "reference configuration" not in quality(replace(bare, runs=(by_hand,)))


def test_without_any_score_none_is_claimed_and_no_luck_of_the_choice(
    analysis: StudyAnalysis,
) -> None:
    unscored = replace(analysis, pathways=tuple(replace(p, score=None) for p in analysis.pathways))

    assert "no pathway has a score there" in quality(unscored)
    assert list(selection(unscored)) == []
    assert len(list(selection(analysis))) == 1


def test_stated_scores_are_named_as_such(analysis: StudyAnalysis) -> None:
    ft, *others = analysis.pathways
    assert ft.score is not None
    told = replace(ft, score=replace(ft.score, kinds=(Kind.ASSUMED,)))

    text = quality(replace(analysis, pathways=(told, *others)))

    assert "That of FT is stated, not measured." in text
    assert "stated" not in quality(analysis)
