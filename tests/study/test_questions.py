"""Questions of a study that changed between two launches."""

from dataclasses import replace

import pytest

from breakeven.records import PathwayDefinition, Resource, StudyDefinition
from breakeven.study.questions import changed_questions

FT = PathwayDefinition(name="FT", row="ft")
ASKED = StudyDefinition(name="s", pathways=(FT,), metric="f1", reference={"batch_size": 32})


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (replace(ASKED, metric="accuracy"), "metric was f1, is accuracy;"),
        (replace(ASKED, headline=Resource.ENERGY_J), "headline was cpu_s, is energy_j;"),
        (replace(ASKED, planned_volume=2e6), "planned_volume was 1,000,000, is 2,000,000;"),
        (replace(ASKED, min_score=0.8), "min_score was none, is 0.8;"),
        (
            replace(ASKED, pathways=(FT, PathwayDefinition(name="TS", row="ts"))),
            "pathways were FT=ft, are FT=ft TS=ts;",
        ),
        (replace(ASKED, reference={"batch_size": 8}), "reference batch_size was 32, is 8;"),
    ],
)
def test_what_is_asked_now_stands_beside_what_was(now: StudyDefinition, words: str) -> None:
    assert changed_questions(ASKED, now).startswith(f"the study's questions changed: {words}")


def test_another_text_or_description_asks_nothing_else() -> None:
    told = replace(FT, description="fine-tuned")
    now = replace(ASKED, source="# a comment", pathways=(told,), majority_scores={"f1": 0.4})
    assert changed_questions(ASKED, now) == ""
