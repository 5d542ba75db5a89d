"""The resume key changes with everything a result depends on, and with nothing else."""

from collections.abc import Mapping
from typing import Any

import pytest

from breakeven.records import Stage
from breakeven.study.key import resume_key

BASE: Mapping[str, Any] = {
    "stage": Stage.FINETUNE,
    "settings": {"lr": 0.1, "seed": 1},
    "version": 1,
    "data_hash": "data",
    "parents": {"start": "aa"},
    "identity": ("study", "ft", 0),
}


def key(**changes: Any) -> str:
    parts = {**BASE, **changes}
    stage, settings = parts.pop("stage"), parts.pop("settings")
    return resume_key(stage, settings, **parts)


def test_equal_parts_give_equal_keys_in_any_order() -> None:
    assert key() == key(settings={"seed": 1, "lr": 0.1})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"stage": Stage.DISTIL}, id="stage"),
        pytest.param({"settings": {"lr": 0.2, "seed": 1}}, id="a setting"),
        pytest.param({"settings": {"lr": 0.1}}, id="a setting less"),
        pytest.param({"settings": {"lr": 0.1, "seed": True}}, id="the type of a setting"),
        pytest.param({"version": 2}, id="version of the stage's code"),
        pytest.param({"data_hash": "other"}, id="the data"),
        pytest.param({"parents": {"start": "bb"}}, id="what a parent made"),
        pytest.param({"parents": {"teacher": "aa"}}, id="the role of a parent"),
        pytest.param({"identity": ("study", "ft", 1)}, id="repeat"),
        pytest.param({"identity": ("study", "ft2", 0)}, id="row"),
        pytest.param({"identity": ("other", "ft", 0)}, id="study"),
    ],
)
def test_any_change_gives_another_key(change: Mapping[str, Any]) -> None:
    assert key(**change) != key()
