"""studies/agnews.yaml and studies/transfer.yaml: read from the real data, planned in full."""

from pathlib import Path

import pytest

from breakeven.study.load import load_studies
from breakeven.workloads.tasks import load_task

STUDIES = Path(__file__).resolve().parents[2] / "studies"


@pytest.fixture
def variables(shared_dir: Path) -> dict[str, str]:
    data = shared_dir / "data"
    return {
        "encoder": str(shared_dir / "models" / "all-MiniLM-L6-v2"),
        "agnews": str(data / "agnews"),
        "qqp": str(data / "qqp_balanced"),
        "squad": str(data / "squad_v1_dev"),
    }


def test_news_leave_out_what_is_tested_and_keep_the_whole_test_split(
    variables: dict[str, str],
) -> None:
    given = {name: variables[name] for name in ("encoder", "agnews")}
    (study,) = load_studies(STUDIES / "agnews.yaml", variables=given)
    task = load_task(study.task)
    assert len(task.test) == 7600
    assert task.facts["n_dropped_shared"] == 10  # rows of the texts that stand in both
    assert not set(task.train.texts) & set(task.test.texts)
    assert task.labels == ("World", "Sports", "Business", "Sci/Tech")
    assert [p.name for p in study.pathways] == ["FT", "TS", "TS8", "FT8", "TWO"]


def test_questions_are_learned_from_test_and_scored_on_dev(variables: dict[str, str]) -> None:
    given = {name: variables[name] for name in ("encoder", "qqp", "squad")}
    qqp, squad = load_studies(STUDIES / "transfer.yaml", variables=given)
    assert (len(load_task(qqp.task).test), len(load_task(squad.task).test)) == (10_000, 2_125)
    (row,) = squad.rows
    assert (row.settings.resolved["max_length"], row.settings.resolved["stride"]) == (256, 64)
    assert squad.reference["max_length"] == 384
