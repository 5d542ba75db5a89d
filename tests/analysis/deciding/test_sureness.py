"""Sureness by hand: of what decided it is said how sure that is."""

from dataclasses import replace

import pytest
from tests.analysis.deciding.cases import study

from breakeven.analysis.deciding import Ground, Settings, SureOf, decide
from breakeven.analysis.scoring.scores import PathwayScore

SST2, EXAMPLE = "controls-sst2.json", "controls-example.json"
ASKED = Settings(measure="cpu_s", volume=1e6)


def test_a_runner_up_that_misses_the_floor_is_told_by_its_score_and_not_by_its_cost() -> None:
    sure = decide(study(SST2)[2], ASKED).sure

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


def test_equals_are_told_apart_by_cost() -> None:
    sure = decide(study(EXAMPLE)[2], replace(ASKED, volume=1e5)).sure

    assert sure is not None
    assert (sure.of, sure.label) == (SureOf.COST, "P(TS is cheaper)")
    assert sure.text == "> 99\u00a0%"


def test_where_nobody_comes_next_nothing_is_said() -> None:
    assert decide(study(SST2)[2], replace(ASKED, min_score=0.88)).sure is None


def among(ground: Ground, *names: str) -> Ground:
    return replace(ground, pathways=tuple(p for p in ground.pathways if p.name in names))
