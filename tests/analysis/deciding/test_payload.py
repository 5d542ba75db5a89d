"""The page's JSON holds all that decides, exactly, and nothing that no key explains."""

import json
from typing import Any

import pytest
from tests.analysis.deciding.cases import study

from breakeven.analysis.costs.comparison import compare
from breakeven.analysis.deciding import decision_data, payload
from breakeven.records import Item, Resource
from tools.vector_corners import CORNERS, corner

SST2, EXAMPLE = "controls-sst2.json", "controls-example.json"


def data(name: str) -> Any:
    return decision_data(study(name)[2])


@pytest.mark.parametrize("name", [SST2, EXAMPLE])
def test_the_payload_crosses_json_without_losing_a_bit(name: str) -> None:
    text = json.dumps(data(name), allow_nan=False)

    assert json.loads(text) == data(name)
    assert len(text) < 40_000


@pytest.mark.parametrize("name", CORNERS)
def test_every_corner_has_a_payload_that_json_can_hold(name: str) -> None:
    assert json.loads(json.dumps(decision_data(corner(name)), allow_nan=False))


def test_every_key_is_explained_where_the_payload_is_made() -> None:
    told = payload.__doc__ or ""
    known = data(EXAMPLE)
    nested = (known["metric"], known["pathways"][0], known["measures"][0], known["rows"][0])
    amounts = known["amounts"]["cpu_s"]

    assert [key for part in (known, *nested, amounts) for key in part if key not in told] == []


def test_pairs_are_those_of_the_comparison() -> None:
    ground = study(SST2)[2]
    saved = data(SST2)["amounts"]["cpu_s"]["saved"]
    by_name = {p.name: p for p in ground.pathways}
    names = [p.name for p in ground.pathways]

    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            pair = compare(by_name[one], by_name[other], Resource.CPU_S, item=Item.EXAMPLE)
            assert pair is not None
            assert saved[one][other][0] == pair.saved.value
            assert saved[one][other][3] == pair.saved.variance


def test_amounts_of_rows_add_up_to_the_development() -> None:
    ground = study(SST2)[2]
    rows = data(SST2)["amounts"]["cpu_s"]["rows"]

    for pathway in ground.pathways:
        whole = pathway.development(Resource.CPU_S)
        assert whole is not None
        assert sum(row[0] for row in rows[pathway.name].values()) == pytest.approx(whole.value)


def test_words_for_scores_that_cannot_be_told_apart_are_of_the_pair_in_order() -> None:
    unclear = data(SST2)["unclear"]

    assert "TS" in unclear["FT"]
    assert all(
        text.startswith((", a difference that", " ("))
        for others in unclear.values()
        for text in others.values()
    )


def test_a_currency_is_left_to_the_settings() -> None:
    measures = {measure["key"]: measure for measure in data(EXAMPLE)["measures"]}

    assert measures["rent"]["words"]["name"] == "price ({currency})"
    assert measures["rent"]["scale"]["unit"] == "{currency}"
    assert measures["price_usd"]["words"]["name"] == "price (USD)"
    assert "API" not in measures["rent"]["pathways"]


def test_rows_say_whether_they_ran_once() -> None:
    rows = {row["row"]: row["is_once"] for p in data(SST2)["pathways"] for row in p["rows"]}

    assert rows["ts"] is True
    assert rows["ft"] is False
