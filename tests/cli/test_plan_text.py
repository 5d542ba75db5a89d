"""The plan as text: what is modelled, bounded or unknown says so."""

from dataclasses import replace

import pytest

from breakeven.cli.plan import amounts_text, time_text
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
        (add_up([MODELLED, Forecast()]), "20 s as far as known (modelled)"),
        (add_up([AT_MOST, Forecast()]), "20 s as far as known (modelled)"),
        (
            add_up([replace(MODELLED, interval_s=(9.0, 50.0)), Forecast()]),
            "20 s as far as known (modelled and learned, 9 s to 50 s)",
        ),
        (add_up([AT_MOST, MODELLED]), "at most 40 s (modelled)"),
    ],
)
def test_a_time_says_how_it_is_known(forecast: Forecast, text: str) -> None:
    assert time_text(forecast) == text


@pytest.mark.parametrize(
    ("parts", "amounts"),
    [
        ([Forecast(energy_j=2.0, disk_bytes=1024.0)] * 2, ("unknown", "4 J", "2.0 KiB")),
        (
            [Forecast(energy_j=2.0, disk_bytes=1024.0), Forecast()],
            ("unknown", "at least 2 J", "at least 1.0 KiB"),
        ),
        (
            [replace(MODELLED, energy_j=2.0, energy_interval_j=(1.0, 4.0)), Forecast()],
            ("20 s as far as known (modelled)", "2 J as far as known (1 J to 4 J)", "unknown"),
        ),
        ([Forecast()], ("unknown", "no sensor", "unknown")),
        (
            [Forecast(duration_s=1.0, energy_j=0.0, disk_bytes=0.0), Forecast()],
            ("at least 1 s", "no sensor", "unknown"),
        ),
    ],
)
def test_a_sum_without_its_unknown_parts_is_a_bound(
    parts: list[Forecast], amounts: tuple[str, str, str]
) -> None:
    assert amounts_text(add_up(parts), measures_energy=False) == amounts
