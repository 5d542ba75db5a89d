"""The plan as text: what is modelled, bounded or unknown says so."""

import pytest

from breakeven.cli.plan import time_text
from breakeven.study.forecast import Forecast, add_up

MODELLED = Forecast(duration_s=20.0, is_modelled=True)
AT_MOST = Forecast(duration_s=20.0, is_modelled=True, is_upper_bound=True)


@pytest.mark.parametrize(
    ("forecast", "text"),
    [
        (Forecast(), "unknown"),
        (Forecast(duration_s=20.0), "20 s"),
        (Forecast(duration_s=20.0, is_lower_bound=True), "at least 20 s"),
        (MODELLED, "about 20 s (modelled)"),
        (AT_MOST, "at most 20 s (modelled)"),
        (add_up([MODELLED, Forecast()]), "at least 20 s (modelled)"),
        (add_up([AT_MOST, Forecast()]), "about 20 s (modelled)"),
        (add_up([AT_MOST, MODELLED]), "at most 40 s (modelled)"),
    ],
)
def test_a_time_says_how_it_is_known(forecast: Forecast, text: str) -> None:
    assert time_text(forecast) == text
