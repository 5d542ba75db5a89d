"""Nested repeats: every stage so many times for every model instance, as in Dürlich et al. 2023."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.cli.plan import plan_text
from breakeven.errors import StudyFileError
from breakeven.records import Run, Settings, Stage
from breakeven.study import load_study, plan_study, run_study
from breakeven.study.nesting import lay_out
from breakeven.study.spec import StageRow

Write = Callable[..., Path]

CASE_STUDY = """\
study: nested
engine: toy
task: {name: toy}
defaults: {burn_s: 0.0, work_s: 0.0}
stages:
  - {name: ft, stage: finetune, repeats: 3}
  - {name: ts, stage: distil, from: ft, teacher: ft, repeats: 3, nested: true}
  - {name: ta-distil, stage: distil, repeats: 3}
  - {name: ta-ft, stage: finetune, from: ta-distil, repeats: 3, nested: true}
pathways: {FT: ft, TS: ts, TA: ta-ft}
inference: {blocks: 3, aa: false}
"""


@pytest.fixture
def case_study(tmp_path: Path) -> Path:
    """The nested case study of the paper on the toy engine."""
    path = tmp_path / "nested.yaml"
    path.write_text(CASE_STUDY, encoding="utf-8")
    return path


def row(name: str, *, repeats: int = 1, nested: bool = False, **parents: str) -> StageRow:
    return StageRow(
        name=name,
        stage=Stage.DISTIL,
        settings=Settings(),
        repeats=repeats,
        nested=nested,
        parents=parents,
    )


def laid_out(*rows: StageRow) -> list[Mapping[str, int]]:
    return list(lay_out(rows)[-1].parent_repeats)


def test_the_case_study_makes_87_runs_and_loads_21_models(case_study: Path) -> None:
    plan = plan_study(load_study(case_study))
    runs = Counter(run.row if run.block is None else run.pathway for run in plan.table)
    expected = {"ft": 3, "ts": 9, "ta-distil": 3, "ta-ft": 9, "FT": 9, "TS": 27, "TA": 27}
    assert runs == expected
    assert (len(plan.table), plan.n_loads) == (87, 3 + 9 + 9)
    assert (
        "87 runs in all: to make ft 3, ts 9, ta-distil 3, ta-ft 9; in use FT 9, TS 27, TA 27"
        in plan_text(plan)
    )
    assert "87 runs left:" in plan_text(plan)
    assert "21 checkpoint loads beside them" in plan_text(plan)


def by_row(runs: tuple[Run, ...], name: str) -> dict[int, Run]:
    return {run.repeat: run for run in runs if run.row == name}


def test_every_run_begins_from_its_own_repeat_of_the_parent(
    case_study: Path, tmp_path: Path
) -> None:
    small = {"stages.ft.repeats": 2, "stages.ts.repeats": 2, "inference.blocks": 1}
    study = load_study(case_study, {**small, "pathways": {"TS": "ts"}})
    runs = run_study(study, tmp_path / "store")
    ft, ts = by_row(runs, "ft"), by_row(runs, "ts")
    assert [ts[n].parents for n in range(4)] == [(ft[n // 2].run_id,) for n in range(4)]
    assert [ts[n].settings.resolved["seed"] for n in range(4)] == [0, 1, 2, 3]
    told = ts[3].settings.resolved
    assert (told["start_repeat"], told["teacher_repeat"]) == (1, 1)
    assert "start_repeat" not in ts[0].settings.resolved
    deployed = {run.row: run.parents[0] for run in runs if run.stage is Stage.INFER}
    assert deployed["TS/repeat-3"] == ts[3].run_id
    assert len(deployed) == 4


def test_nesting_later_continues_what_the_first_parent_had(
    case_study: Path, tmp_path: Path
) -> None:
    changes = {"pathways": {"TS": "ts"}, "inference.blocks": 1, "stages.ft.repeats": 2}
    flat = load_study(case_study, {**changes, "stages.ts.nested": False})
    before = run_study(flat, tmp_path / "store")
    runs = run_study(load_study(case_study, changes), tmp_path / "store")
    again = [run for run in runs if run.row == "ts" and run not in before]
    assert [run.repeat for run in again] == [3, 4, 5]


def test_rows_that_are_not_nested_take_the_first_repeat() -> None:
    rows = (row("a", repeats=3), row("b", repeats=2, start="a"))
    assert laid_out(*rows) == [{"start": 0}, {"start": 0}]


def test_parents_of_one_chain_move_together() -> None:
    student = row("b", nested=True, start="a")
    third = row("c", nested=True, start="b", teacher="a")
    assert laid_out(row("a", repeats=2), student, third) == [
        {"start": 0, "teacher": 0},
        {"start": 1, "teacher": 1},
    ]


def test_a_row_that_is_not_nested_still_descends_from_a_repeat() -> None:
    """The student of the first teacher is taught on by that teacher alone."""
    above = (row("ft", repeats=3), row("ta", repeats=2, start="ft"))
    student = row("ts", nested=True, start="ta", teacher="ft")
    assert laid_out(*above, student) == [{"start": 0, "teacher": 0}, {"start": 1, "teacher": 0}]


def test_parents_of_two_chains_are_combined() -> None:
    rows = (row("a", repeats=2), row("b", repeats=2), row("c", nested=True, start="a", teacher="b"))
    found = [(run["start"], run["teacher"]) for run in laid_out(*rows)]
    assert found == [(0, 0), (0, 1), (1, 0), (1, 1)]


@given(repeats=st.lists(st.integers(min_value=1, max_value=4), min_size=2, max_size=4))
def test_a_chain_of_nested_rows_multiplies_and_numbers_in_order(repeats: list[int]) -> None:
    rows = [row("0", repeats=repeats[0])]
    for depth, own in enumerate(repeats[1:], 1):
        rows.append(row(str(depth), repeats=own, nested=True, start=str(depth - 1)))
    above, below = lay_out(rows)[-2:]
    assert below.n_runs == above.n_runs * repeats[-1]
    assert [run["start"] for run in below.parent_repeats] == [
        number // repeats[-1] for number in range(below.n_runs)
    ]


def test_nothing_is_nested_in_nothing(case_study: Path) -> None:
    with pytest.raises(StudyFileError, match=r"yaml:6: row 'ft': nested repeats need rows"):
        load_study(case_study, {"stages.ft.nested": True})
