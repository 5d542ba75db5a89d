"""A `tune` block: what it may say, and how a file that cannot be searched is refused."""

from pathlib import Path

import pytest

from breakeven.errors import StudyFileError
from breakeven.study import define_study, load_study
from breakeven.study.search import Range
from breakeven.study.tuner import Tuner

STUDY = """\
study: tuned
engine: toy
task: {name: toy}
defaults: {burn_s: 0.01}
stages:
  - name: ft
    stage: finetune
    epochs: 3
    tune:
      trials: 9
      pruner: hyperband
      space:
        accuracy: {low: 0.5, high: 0.9}
        size_bytes: [100, 200]
pathways: {FT: ft}
"""


def load(tmp_path: Path, old: str = "", new: str = "") -> None:
    assert old in STUDY
    path = tmp_path / "t.yaml"
    path.write_text(STUDY.replace(old, new, 1), encoding="utf-8")
    load_study(path)


def test_the_settings_of_a_tuned_row_hold_the_largest_that_may_be_drawn() -> None:
    study = define_study(
        "s",
        engine="toy",
        task={"name": "toy"},
        stages=[
            {
                "name": "ft",
                "stage": "finetune",
                "tune": {
                    "trials": 2,
                    "seed": 7,
                    "space": {"burn_s": {"low": 1, "high": 3}, "size_bytes": {"choices": [9, 5]}},
                },
            }
        ],
        pathways={"FT": "ft"},
    )
    (row,) = study.rows
    assert row.tuning is not None
    assert row.tuning.space == {"burn_s": Range(low=1, high=3), "size_bytes": (9, 5)}
    assert (row.settings.resolved["burn_s"], row.settings.resolved["size_bytes"]) == (3, 9)
    assert (row.tuning.n_rungs, row.tuning.seed, row.tuning.metric) == (0, 7, "loss")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("low: 0.5", "low: 0.95", 13, "`low` must lie below `high`"),
        ("low: 0.5", "low: 0, log: true", 13, "`log` needs `low` above 0 and no `step`"),
        ("low: 0.5, ", "", 13, "give `low` and `high`, or a list of choices"),
        ("low: 0.5", "lwo: 0.5", 13, "did you mean 'low'"),
        ("low: 0.5", "choices: [1, 2]", 13, "give `choices` or a range, not both"),
        ("[100, 200]", "{low: 1, high: 2.5}", 14, "size_bytes takes whole numbers, and `high` is"),
        ("[100, 200]", "{low: 1, high: 3, step: 1.5}", 14, "`step` is 1.5; give a whole one"),
        ("size_bytes: [100, 200]", "log: {low: 1, high: 2}", 14, "log takes no numbers; give the"),
        ("[100, 200]", "[100]", 14, "give at least two different choices"),
        ("[100, 200]", "[100, many]", 14, "size_bytes='many' has the wrong type"),
        ("[100, 200]", "3", 14, "should be a valid list"),
        ("accuracy:", "acuracy:", 13, "Did you mean 'accuracy'"),
        ("trials: 9", "trails: 9", 10, "did you mean 'trials'"),
        ("size_bytes:", "epochs:", 8, "epochs is set here and searched in tune.space"),
        ("epochs: 3", "epochs: 1", 11, "hyperband ends trials between epochs, and these have 1"),
        ("epochs: 3", "repeats: 2", 8, "it is tuned, so it has trials and no `repeats`"),
    ],
)
def test_what_cannot_be_searched_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    with pytest.raises(StudyFileError) as caught:
        load(tmp_path, old, new)
    assert f"t.yaml:{line}: " in str(caught.value)
    assert message in str(caught.value)


def test_a_range_takes_the_type_of_its_setting(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    space = "accuracy: {low: 0, high: 1, step: 0.25}"
    path.write_text(STUDY.replace("accuracy: {low: 0.5, high: 0.9}", space), encoding="utf-8")
    tuning = load_study(path).row("ft").tuning
    assert tuning is not None
    drawn = Tuner(tuning, name="t/ft").propose()
    assert drawn["accuracy"] in (0.0, 0.25, 0.5, 0.75, 1.0)
    assert isinstance(drawn["accuracy"], float)
