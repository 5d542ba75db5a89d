"""Texts of a decision are those of the first screen."""

import re

from breakeven.analysis.deciding import Settings, decide, decision_plain, ground_of
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
        "measured_once": "",
        "probability": "",
        "break_even": "",
    }


def test_an_average_that_is_mostly_development_measured_once_says_so_in_three_digits() -> None:
    ground = ground_of(*example_runs())
    few = decide(ground, Settings(measure="cpu_s", volume=500))
    many = decide(ground, Settings(measure="cpu_s", volume=1e7))

    shown, said = decision_texts(few)["cost"], decision_texts(few)["measured_once"]

    assert few.mostly_once == (few.recommendation.pathway, few.recommendation.runner_up)
    assert all(sum(map(str.isdigit, number)) <= 3 for number in re.findall(r"[\d.]+", shown))
    assert said.startswith("More than half of the averages of ")
    assert said.endswith(" is development measured once: its own scatter is not in the interval.")
    assert (many.mostly_once, decision_texts(many)["measured_once"]) == ((), "")


def test_the_exact_numbers_stay_where_few_digits_are_shown() -> None:
    found = decide(ground_of(*example_runs()), Settings(measure="cpu_s", volume=500))
    average = decision_plain(found)["average"]

    assert isinstance(average, dict)
    assert found.recommendation.average is not None
    assert average["value"] == found.recommendation.average.value
