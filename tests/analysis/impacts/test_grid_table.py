"""The vendored table of grids: whole, dated, licensed, and without a default."""

import csv
from importlib.resources import files

import pytest

from breakeven.analysis.impacts import grid, grids

PUBLISHED = {
    "AU": 552,
    "AT": 103,
    "BE": 118,
    "CA": 175,
    "CZ": 414,
    "DK": 143,
    "EE": 341,
    "FI": 72,
    "FR": 44,
    "DE": 344,
    "NL": 253,
    "NO": 31,
    "PL": 615,
    "SE": 36,
    "CH": 37,
    "GB": 211,
    "US": 384,
    "WORLD": 473,
}
"""Our World in Data, carbon intensity of electricity, 2024, g CO2e/kWh, rounded."""


def test_about_25_countries_or_more_each_with_year_source_licence_and_cover() -> None:
    assert len(grids()) >= 25
    for found in grids():
        assert found.year == 2024
        assert found.source.startswith("Ember")
        assert found.licence == "CC BY 4.0"
        assert "life cycle" in found.covers
        assert found.place


def test_codes_and_places_are_unique_and_sorted() -> None:
    codes = [found.code for found in grids()]
    assert codes == sorted(set(codes))
    assert len({found.place for found in grids()}) == len(codes)


@pytest.mark.parametrize(("code", "g_per_kwh"), PUBLISHED.items())
def test_another_publication_of_the_same_data_agrees(code: str, g_per_kwh: int) -> None:
    assert round(1000 * grid(code).value) == g_per_kwh


def test_every_factor_is_one_of_electricity() -> None:
    assert all(0.01 < found.value < 1.3 for found in grids())


def test_the_file_lies_in_the_package() -> None:
    text = files("breakeven.analysis.impacts").joinpath("grids.csv").read_text(encoding="utf-8")
    assert len(list(csv.DictReader(text.splitlines()))) == len(grids())
