"""What headers say, and what they leave open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.records import Item, Resource
from breakeven.store.importers.tables.meanings import meaning_of, why_unknown
from breakeven.store.importers.tables.scales import AMBIGUOUS, UNITS, unit_named
from breakeven.store.importers.tables.vocabulary import KNOWN, Use

R = Resource


@pytest.mark.parametrize(
    ("header", "resource", "factor"),
    [
        ("duration_s", R.DURATION_S, 1.0),
        ("duration (h)", R.DURATION_S, 3600.0),
        ("Wall-clock time [min]", R.DURATION_S, 60.0),
        ("runtime ms", R.DURATION_S, 1e-3),
        ("cpu_s", R.CPU_S, 1.0),
        ("energy_wh", R.ENERGY_J, 3600.0),
        ("energy_kwh", R.ENERGY_J, 3.6e6),
        ("Energy consumed (MJ)", R.ENERGY_J, 1e6),
        ("total_energy_J", R.ENERGY_J, 1.0),
        ("j_per_example", R.ENERGY_J, 1.0),
        ("flops", R.FLOPS, 1.0),
        ("TFLOPs", R.FLOPS, 1e12),
        ("compute (PFLOPs)", R.FLOPS, 1e15),
        ("gmacs", R.FLOPS, 2e9),
        ("n_parameters", R.N_PARAMETERS, 1.0),
        ("params_M", R.N_PARAMETERS, 1e6),
        ("parameters (B)", R.N_PARAMETERS, 1e9),
        ("price_usd", R.PRICE_USD, 1.0),
        ("cost (EUR)", R.PRICE_EUR, 1.0),
        ("carbon_kgco2e", R.CARBON_KGCO2E, 1.0),
        ("emissions (lbs)", R.CARBON_KGCO2E, 0.45359237),
        ("peak_memory_mib", R.PEAK_MEMORY_BYTES, 2.0**20),
        ("peak GPU memory (GB)", R.PEAK_DEVICE_MEMORY_BYTES, 1e9),
        ("latency_p50_ms", R.LATENCY_P50_S, 1e-3),
    ],
)
def test_a_cost_is_told_by_its_name_and_unit(
    header: str, resource: Resource, factor: float
) -> None:
    found = meaning_of(header)
    assert found is not None
    assert found.unit is not None
    assert (found.use, found.resource, found.unit.factor) == (Use.COST, resource, factor)


@pytest.mark.parametrize(
    ("header", "item"),
    [
        ("energy_j_per_example", Item.EXAMPLE),
        ("energy (J/sentence)", Item.EXAMPLE),
        ("energy_mj_per_example", None),
        ("duration (ms per query)", Item.EXAMPLE),
        ("flops per real token", Item.REAL_TOKEN),
        ("energy_j_per_padded_token", Item.PADDED_TOKEN),
    ],
)
def test_an_average_says_over_what(header: str, item: Item | None) -> None:
    found = meaning_of(header)
    assert (found.item if found else None) is item


@pytest.mark.parametrize(
    ("header", "name", "is_percent"),
    [
        ("f1", "f1", None),
        ("F1 (%)", "f1", True),
        ("accuracy_percent", "accuracy", True),
        ("acc_frac", "accuracy", False),
        ("top-1", "top1", None),
        ("PPL", "perplexity", None),
    ],
)
def test_a_score_may_say_its_scale(header: str, name: str, is_percent: bool | None) -> None:  # noqa: FBT001 - a table
    found = meaning_of(header)
    assert found is not None
    assert (found.use, found.name, found.is_percent) == (Use.SCORE, name, is_percent)


@pytest.mark.parametrize(
    ("header", "use"),
    [
        ("scenario", Use.PATHWAY),
        ("Model", Use.PATHWAY),
        ("run_id", Use.ID),
        ("stage", Use.STAGE),
        ("parents", Use.PARENTS),
        ("config", Use.CONFIGURATION),
        ("n_runs", Use.N_REPEATS),
        ("block", Use.BLOCK),
        ("n_padded_tokens", Use.COUNT),
        ("energy_kind", Use.KIND),
        ("batch_size", Use.SETTING),
    ],
)
def test_other_columns_are_told_by_their_names(header: str, use: Use) -> None:
    found = meaning_of(header)
    assert found is not None
    assert found.use is use


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("energy", "has no unit"),
        ("training time", "has no unit"),
        ("params", "has no unit"),
        ("price", "has no unit"),
        ("energy_mj", "may be mJ"),
        ("gpu_power_w", "is power"),
        ("power (kW)", "is power"),
        ("tokens", "which tokens"),
        ("energy_j_per_token", "which tokens"),
        ("latency_ms", "which latency"),
        ("saved_kwh", ""),
        ("colour", ""),
    ],
)
def test_what_a_header_leaves_open_has_no_meaning(header: str, why: str) -> None:
    assert meaning_of(header) is None
    assert why in why_unknown(header)


@pytest.mark.parametrize("meaning", KNOWN)
def test_every_meaning_that_is_offered_can_be_said(meaning: str) -> None:
    assert meaning == "score" or meaning_of(meaning) is not None


@given(st.sampled_from(sorted(filter(str.isascii, UNITS))))
def test_no_unit_known_in_small_letters_changes_its_size_in_large_ones(name: str) -> None:
    assert unit_named(name.upper()) == unit_named(name) == UNITS[name]


def test_units_that_case_decides_are_not_known_in_small_letters() -> None:
    assert [unit_named(name) for name in AMBIGUOUS] == [None] * len(AMBIGUOUS)
