import pytest
from tests.analysis.lifetime_cases import COST, amount, pathway

from breakeven.analysis.lifetime import Rule, ShareRule, charge, charging_words, users_of
from breakeven.errors import UnknownNameError

FT = pathway("FT", {"base": amount(80.0), "ft": amount(20.0)}, 3.0)
TS = pathway("TS", {"base": amount(80.0), "ft": amount(20.0), "ts": amount(10.0)}, 1.0)


@pytest.mark.parametrize(
    ("rule", "charged"),
    [
        pytest.param(ShareRule(rule=Rule.WHOLE), 100.0, id="whole"),
        pytest.param(ShareRule(rule=Rule.EQUAL), 60.0, id="equally between the two that use it"),
        pytest.param(ShareRule(rule=Rule.EQUAL, amount=4), 40.0, id="equally over four tasks"),
        pytest.param(ShareRule(rule=Rule.USE, amount=0.75), 80.0, id="by use"),
        pytest.param(ShareRule(rule=Rule.SUNK), 20.0, id="sunk"),
    ],
)
def test_each_rule_charges_its_part_of_the_row(rule: ShareRule, charged: float) -> None:
    found = charge([FT, TS], {"base": rule})[0].development(COST)

    assert found is not None
    assert found.value == pytest.approx(charged)


def test_a_part_is_assumed_and_a_whole_is_not() -> None:
    part = charge([FT], {"base": ShareRule(rule=Rule.SUNK)})[0].development(COST)
    whole = charge([FT], {"base": ShareRule(rule=Rule.WHOLE)})[0].development(COST)

    assert part is not None
    assert whole is not None
    assert "assumed" in part.kinds
    assert "assumed" not in whole.kinds


def test_every_row_that_several_rest_on_is_stated_even_without_a_rule() -> None:
    said = charging_words([FT, TS], {"ft": ShareRule(rule=Rule.EQUAL)})

    assert said == (
        "base is charged whole to FT and TS each (no rule was asked for).",
        "ft is shared equally; FT and TS pay 0.5 of it each.",
    )


def test_every_rule_has_its_words() -> None:
    rules = {
        "ts": ShareRule(rule=Rule.USE, amount=0.5),
        "ft": ShareRule(rule=Rule.USE, amount=0.25),
        "base": ShareRule(rule=Rule.SUNK),
    }
    assert charging_words([FT, TS], rules) == (
        "base is sunk: FT and TS pay nothing of it.",
        "FT and TS each make 0.25 of the use of ft, and pay so much of it.",
        "TS makes 0.5 of the use of ts, and pays so much of it.",
    )
    alone = {"ft": ShareRule(rule=Rule.EQUAL, amount=4), "base": ShareRule(rule=Rule.SUNK)}
    assert charging_words([FT], alone) == (
        "base is sunk: FT pays nothing of it.",
        "ft is shared equally; FT pays 0.25 of it.",
    )


def test_users_are_the_pathways_that_rest_on_a_row() -> None:
    assert users_of([FT, TS]) == {"base": ("FT", "TS"), "ft": ("FT", "TS"), "ts": ("TS",)}


def test_a_row_that_nobody_rests_on_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="no row of development named 'bass'"):
        charge([FT], {"bass": ShareRule(rule=Rule.SUNK)})


@pytest.mark.parametrize(
    ("rule", "number"),
    [
        (Rule.WHOLE, 2.0),
        (Rule.SUNK, 0.5),
        (Rule.EQUAL, 0.0),
        (Rule.EQUAL, float("inf")),
        (Rule.USE, None),
        (Rule.USE, 1.5),
    ],
)
def test_a_number_out_of_range_is_refused(rule: Rule, number: float | None) -> None:
    with pytest.raises(ValueError, match="got"):
        ShareRule(rule=rule, amount=number)
