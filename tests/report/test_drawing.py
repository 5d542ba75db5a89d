"""Drawing without a browser: names that the converter could not hold."""

import pytest

pytest.importorskip("vl_convert")

from breakeven.report.drawing import svg


def test_a_name_with_control_signs_is_drawn() -> None:
    points = [{"name": "F\x07T\x00", "cost": 1.0}]
    spec = {
        "data": {"values": points},
        "mark": "text",
        "encoding": {"text": {"field": "name"}, "x": {"field": "cost"}},
    }

    assert ">F T<" in svg(spec)
