"""Sureness by hand: of what decided it is said how sure that is."""

from dataclasses import replace

import pytest
from tests.analysis.deciding.cases import study

from breakeven.analysis.deciding import Ground, Settings, SureOf, decide
from breakeven.analysis.scoring.scores import PathwayScore

SST2, EXAMPLE = "controls-sst2.json", "controls-example.json"
ASKED = Settings(measure="cpu_s", volume=1e6)


def test_a_runner_up_that_misses_the_floor_is_told_by_its_score_and_not_by_its_cost() -> None:
    sure = decide(among(study(SST2)[2], "FT", "TF-IDF"), ASKED).sure

    assert sure is not None
    assert sure.of is SureOf.FLOOR
    assert sure.label == "Does TF-IDF miss the 0.87 asked for?"
    assert sure.text == "yes, of this training"
    assert sure.detail == "its 95\u00a0% interval, 0.795 to 0.846, lies wholly below"


def test_an_interval_that_reaches_the_floor_makes_that_uncertain() -> None:
    ground = among(study(SST2)[2], "FT", "TA")

    sure = decide(ground, ASKED).sure

    assert sure is not None
    assert (sure.of, sure.text) == (SureOf.FLOOR, "not certain")
    assert sure.detail == "its 95\u00a0% interval, 0.843 to 0.888, reaches it"


def test_a_score_without_an_interval_decides_by_its_point_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PathwayScore, "interval", None)

    sure = decide(study(SST2)[2], ASKED).sure

    assert sure is not None
    assert (sure.text, sure.detail) == ("by its point value", "its score has no interval")


def test_cheaper_pathways_whose_intervals_reach_the_floor_are_named_not_the_easy_rival() -> None:
    found = decide(study(SST2)[2], ASKED)

    assert found.sure is not None
    assert found.recommendation.runner_up == "TF-IDF"
    assert found.sure.label == "Is FT alone good enough?"
    assert found.sure.text == "not certain"
    assert found.sure.detail == "TS and TA may reach the 0.87, as their intervals do"
    assert found.sure.may_reach == ("TS", "TA")
    assert found.recommendation.reason.startswith(
        "FT is the only pathway that is good enough by point values: it scores"
    )


def test_they_are_named_where_a_threshold_leaves_no_runner_up() -> None:
    sure = decide(study(SST2)[2], replace(ASKED, min_score=0.885)).sure

    assert sure is not None
    assert sure.detail == "TS and TA may reach the 0.885, as their intervals do"


def test_they_are_named_beside_a_runner_up_that_is_good_enough() -> None:
    sure = decide(study(SST2)[2], replace(ASKED, min_score=0.846)).sure

    assert sure is not None
    assert (sure.of, sure.label) == (SureOf.COST, "P(TA is cheaper)")
    assert sure.may_reach == ("TF-IDF",)
    assert sure.detail == (
        "than TS at 1 million examples; TF-IDF may reach the 0.846, as its interval does"
    )


def test_nobody_is_named_whose_interval_stays_below() -> None:
    found = decide(among(study(SST2)[2], "FT", "TF-IDF"), ASKED)

    assert found.sure is not None
    assert found.sure.may_reach == ()
    assert "by point values" not in found.recommendation.reason


def test_equals_are_told_apart_by_cost() -> None:
    sure = decide(study(EXAMPLE)[2], replace(ASKED, volume=1e5)).sure

    assert sure is not None
    assert (sure.of, sure.label) == (SureOf.COST, "P(TS is cheaper)")
    assert sure.text == "> 99\u00a0%"


def test_where_nobody_comes_next_nothing_is_said() -> None:
    assert decide(study(SST2)[2], replace(ASKED, min_score=0.889)).sure is None


def among(ground: Ground, *names: str) -> Ground:
    return replace(ground, pathways=tuple(p for p in ground.pathways if p.name in names))
