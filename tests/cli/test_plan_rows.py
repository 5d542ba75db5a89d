"""Models of one pathway that differ in seeds alone share a line of the plan."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import breakeven
from breakeven.cli.plan import plan_text
from breakeven.cli.plan_rows import named
from breakeven.study.plan import plan_study
from breakeven.study.spec import Study


def study(*, repeats: int = 3, **changes: Any) -> Study:
    stages: Sequence[dict[str, object]] = [
        {"name": "ft", "stage": "finetune", "repeats": repeats},
        {
            "name": "ts",
            "stage": "distil",
            "from": "ft",
            "teacher": "ft",
            "repeats": repeats,
            "nested": True,
        },
    ]
    asked: dict[str, Any] = {
        "task": {"name": "toy"},
        "pathways": {"FT": "ft", "TS": "ts"},
        "inference": {"blocks": 3, "aa": False},
    }
    return breakeven.define_study("nested", engine="toy", stages=stages, **{**asked, **changes})


def lines(text: str) -> dict[str, list[str]]:
    """Cells of the table by row."""
    table = text.partition("\n\n")[0].splitlines()[2:]
    split = [[cell.strip() for cell in line.split("  ") if cell] for line in table]
    return {cells[0]: cells for cells in split}


def test_references_and_loadings_of_a_pathway_are_one_line_each(tmp_path: Path) -> None:
    found = lines(plan_text(plan_study(study(), tmp_path / "store")))
    assert list(found) == [
        "ft",
        "ts",
        "FT/reference x 3 models",
        "TS/reference x 9 models",
        "FT/serve x 3 models",
        "TS/serve x 9 models",
    ]
    assert found["TS/reference x 9 models"][1:5] == ["infer", "ts (start), each repeat", "27", "0"]
    assert found["TS/serve x 9 models"][3] == "9"


def test_the_time_of_the_line_is_that_of_its_rows(tmp_path: Path) -> None:
    rests = {"blocks": 3, "aa": False, "cooldown_s": 2}
    found = lines(plan_text(plan_study(study(inference=rests), tmp_path / "store")))
    assert found["TS/reference x 9 models"][5] == "at least 54 s"


def test_what_is_done_is_left_out_of_the_time(tmp_path: Path) -> None:
    small = study(repeats=2, inference={"blocks": 1, "aa": False})
    breakeven.run_study(small, tmp_path / "store")
    plan = plan_study(small, tmp_path / "store")
    assert lines(plan_text(plan))["TS/reference x 4 models"][3:6] == ["4", "4", "0 s"]
    assert not plan.n_left


def test_one_model_and_a_sweep_keep_their_names(tmp_path: Path) -> None:
    swept = {"blocks": 1, "aa": True, "sweep": [{"max_length": [8, 16], "pathways": "FT"}]}
    found = lines(plan_text(plan_study(study(repeats=1, inference=swept), tmp_path / "store")))
    assert {"FT/reference", "FT/aa", "TS/reference", "FT/serve"} <= set(found)
    assert sum(name.startswith("FT/") for name in found) == 5


def test_a_long_block_names_its_first_rows() -> None:
    assert named([f"r{n}" for n in range(15)]).endswith("r10, r11 and 3 more")
