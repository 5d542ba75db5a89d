import pytest

from breakeven.records import Estimate, Kind, Origin
from breakeven.report.kinds import BADGES, badges, signs, used


def estimate(
    *kinds: Kind, origins: tuple[Origin, ...] = (Origin.LIVE,), value: float | None = 1.0
) -> Estimate:
    return Estimate(name="x", value=value, method="", n=1, kinds=kinds, origins=origins)


@pytest.mark.parametrize(
    ("kinds", "origins", "expected"),
    [
        ([Kind.MEASURED], [Origin.LIVE], ["measured"]),
        ([Kind.MEASURED], [Origin.REPLAYED], ["replayed"]),
        ([Kind.MEASURED], [Origin.REPLAYED, Origin.LIVE], ["measured", "replayed"]),
        ([Kind.COUNTED], [Origin.REPLAYED], ["counted"]),
        ([Kind.ASSUMED, Kind.MEASURED], [Origin.LIVE], ["measured", "assumed"]),
        ([Kind.MODELLED], [Origin.DERIVED], ["modelled", "derived"]),
        ([Kind.ASSUMED], [Origin.PUBLISHED], ["assumed"]),
        ([Kind.MEASURED], [Origin.PUBLISHED], ["measured", "published"]),
        ([Kind.COUNTED], [Origin.INFERRED, Origin.LIVE], ["counted", "inferred"]),
        ([Kind.COUNTED], [Origin.STATED], ["stated"]),
        ([Kind.COUNTED], [Origin.STATED, Origin.LIVE], ["counted", "stated"]),
        ([Kind.ASSUMED], [Origin.STATED], ["assumed"]),
        ([Kind.COUNTED, Kind.ASSUMED], [Origin.STATED, Origin.LIVE], ["counted", "assumed"]),
    ],
)
def test_signs_of(kinds: list[Kind], origins: list[Origin], expected: list[str]) -> None:
    assert [badge.name for badge in signs(kinds, origins)] == expected


def test_a_missing_number_bears_no_sign() -> None:
    assert badges(None) == ()
    assert badges(estimate(Kind.MEASURED, value=None)) == ()


def test_signs_are_told_apart_by_letter_as_well_as_by_word() -> None:
    assert len({badge.letter for badge in BADGES}) == len({badge.name for badge in BADGES}) == 9


def test_the_legend_holds_only_what_occurs_in_fixed_order() -> None:
    found = used([estimate(Kind.ASSUMED), estimate(Kind.MEASURED), estimate(Kind.ASSUMED)])

    assert [badge.name for badge in found] == ["measured", "assumed"]
