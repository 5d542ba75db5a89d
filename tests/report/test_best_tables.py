"""Tables of the best score: what is said of two searches, in every case."""

import pytest

from breakeven.analysis.best_of import Places
from breakeven.records import Resource
from breakeven.report.tables.curves_best import places_table, places_words


def pair(**told: object) -> Places:
    known: dict[str, object] = {
        "left": "bert",
        "right": "distil",
        "by": "expectation",
        "resource": None,
        "first": "bert",
        "last": "distil",
        "changes": (3.4,),
        "shown": None,
        "shown_ahead": (),
        "most": 40.0,
        "level": 0.95,
    }
    return Places(**{**known, **told})  # type: ignore[arg-type]  # keys are checked by the class


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({}, "nothing: the bands overlap"),
        ({"changes": ()}, "nothing: the bands overlap"),
        ({"shown_ahead": ("bert",)}, "no change: only bert is ever shown ahead"),
        ({"changes": (), "shown_ahead": ("bert",)}, "only bert is ever shown ahead"),
        ({"shown": (2.0, 7.0)}, "they change places between n = 2 and n = 7"),
        ({"first": "", "last": "", "most": 0.0}, "no budget that both have"),
        ({"first": "", "last": ""}, "the same at every budget"),
    ],
)
def test_a_change_of_places_is_told_as_far_as_it_is_shown(
    told: dict[str, object], says: str
) -> None:
    assert places_words(pair(**told)) == says


def test_the_interval_of_a_shown_change_stands_beside_it_in_one_unit() -> None:
    shown = {"shown": (3600.0, 7200.0), "changes": (5400.0,)}
    in_time = places_table([pair(resource=Resource.DURATION_S, **shown)])
    assert in_time.rows[0][5].text == "90 min (60\N{EN DASH}120)"
    assert (in_time.rows[0][5].low, in_time.rows[0][5].high) == (3600.0, 7200.0)
    in_trials = places_table([pair(shown=(2.0, 7.0))])
    assert in_trials.rows[0][5].text == "n = 3.4 (2\N{EN DASH}7)"
    assert places_table([pair(changes=())]).rows[0][5].is_missing
