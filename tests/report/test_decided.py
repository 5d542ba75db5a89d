"""Texts of a decision are those of the first screen."""

from breakeven.analysis.deciding import Settings, decide, ground_of
from breakeven.analysis.overview import analyse
from breakeven.report.answer import answer
from breakeven.report.decided import decision_texts
from breakeven.testing.runs import example_runs


def test_texts_at_the_studys_own_settings_are_those_of_the_first_screen() -> None:
    analysis = analyse(*example_runs())
    assert analysis.decision is not None
    shown, found = answer(analysis), decision_texts(analysis.decision)
    facts = {fact.name: fact.text for fact in shown.facts}

    assert [found["cost"], found["runner_up_cost"]] == [bar.text for bar in shown.bars]
    assert found["volume"] == shown.volume
    assert (found["probability"], found["break_even"]) == (
        facts["probability"],
        facts["break-even"],
    )


def test_where_nobody_is_chosen_there_are_no_numbers() -> None:
    ground = ground_of(*example_runs())
    found = decision_texts(decide(ground, Settings(measure="cpu_s", volume=1.0, min_score=0.99)))

    assert found == {
        "volume": "1 example",
        "cost": "",
        "runner_up_cost": "",
        "probability": "",
        "break_even": "",
    }
