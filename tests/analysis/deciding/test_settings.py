import math
from typing import Any

import pytest
from tests.analysis.deciding.cases import study

from breakeven.analysis.deciding import Settings, own_settings, settings_from
from breakeven.errors import UnknownNameError

GOOD: dict[str, Any] = {"measure": "cpu_s", "volume": 1e6}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"volume": 0.0}, "volume must be above 0 and finite, got 0.0; give items over the life"),
        ({"volume": -1.0}, "volume must be above 0"),
        ({"volume": math.inf}, "volume must be above 0 and finite, got inf"),
        ({"volume": math.nan}, "volume must be above 0 and finite, got nan"),
        ({"min_score": math.nan}, "min_score must be a finite score, got nan; leave it out"),
        ({"tasks": {"ts": 0}}, "tasks that share ts must be a whole number from 1 .* got 0"),
        ({"tasks": {"ts": 1001}}, "tasks that share ts must be a whole number .* 1000, got 1001"),
        ({"tasks": {"ts": 2.5}}, "tasks that share ts must be a whole number .* got 2.5"),
        ({"tasks": {"ts": True}}, "tasks that share ts must be a whole number .* got True"),
        ({"price_per_kwh": -0.1}, "price_per_kwh must be at least 0 and finite, got -0.1"),
        ({"price_per_hour": math.inf}, "price_per_hour must be at least 0 and finite, got inf"),
        ({"grid_g_per_kwh": math.nan}, "grid_g_per_kwh must be at least 0 and finite, got nan"),
        ({"pue": 0.9}, "pue must be from 1 .no overhead. to 10, got 0.9"),
        ({"pue": 11.0}, "pue must be from 1 .no overhead. to 10, got 11"),
        ({"currency": "CHF"}, "currency must be EUR or USD, got 'CHF'; convert first"),
    ],
)
def test_a_bad_setting_is_refused_in_one_sentence(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        Settings(**{**GOOD, **wrong})

    assert "\n" not in str(caught.value)


def test_settings_survive_their_plain_values() -> None:
    asked = Settings(
        measure="carbon", volume=1e5, min_score=0.8, tasks={"ts": 3}, pue=1.2, grid_g_per_kwh=380.0
    )

    assert settings_from(asked.to_data()) == asked


def test_absent_and_null_settings_are_the_defaults() -> None:
    assert settings_from({**GOOD, "pue": None}) == Settings(measure="cpu_s", volume=1e6)


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        ({**GOOD, "colour": 1}, UnknownNameError, "no setting named 'colour'"),
        ({"measure": "cpu_s"}, ValueError, "need a measure and a volume"),
        ({**GOOD, "volume": "many"}, TypeError, "volume must be a number, got 'many'"),
        ({**GOOD, "volume": True}, TypeError, "volume must be a number, got True"),
        ({**GOOD, "measure": 1}, TypeError, "measure must be text, got 1"),
        ({**GOOD, "tasks": [1]}, TypeError, "tasks must be numbers by row"),
    ],
)
def test_plain_values_of_another_sort_are_refused(
    data: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        settings_from(data)


def test_a_report_opens_where_its_study_stands() -> None:
    definition, _, ground = study("controls-sst2.json")
    own = own_settings(ground)

    assert (own.measure, own.volume) == (definition.headline.value, definition.planned_volume)
    assert (own.min_score, own.tasks, own.pue, own.price_per_kwh) == (None, {}, 1.0, None)


def test_only_rows_of_several_tasks_are_shared() -> None:
    assert Settings(**GOOD, tasks={"ts": 1, "ft": 2}).shared == {"ft": 2}


def test_the_ends_of_every_range_are_within_it() -> None:
    most = Settings(**GOOD, tasks={"ts": 1000}, pue=10.0, price_per_kwh=0.0, grid_g_per_kwh=0.0)

    assert (most.tasks, most.pue, most.price_per_kwh) == ({"ts": 1000}, 10.0, 0.0)
    assert Settings(**GOOD, tasks={"ts": 1}, pue=1.0).shared == {}


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"tasks": {"ts": 0}}, "leave a row out that no other task shares"),
        ({"tasks": [1]}, "write {'ROW': 2}"),
        ({"measure": 1}, "quote it"),
        ({"volume": "many"}, "write it without quotes"),
    ],
)
def test_a_refusal_ends_with_what_to_do(wrong: dict[str, Any], advice: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        settings_from({**GOOD, **wrong})

    assert str(caught.value).endswith(advice)
