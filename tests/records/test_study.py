from dataclasses import replace

from breakeven.records import StudyDefinition

OF_CLASSES = StudyDefinition(
    name="mrpc",
    pathways=(),
    metric="f1",
    majority_scores={"accuracy": 0.68, "f1": 0.81, "mcc": 0.0},
)


def test_a_constant_answer_is_scored_in_the_metric_that_decides() -> None:
    assert OF_CLASSES.constant_score == 0.81
    assert replace(OF_CLASSES, metric="accuracy").constant_score == 0.68
    assert replace(OF_CLASSES, metric="mcc").constant_score == 0.0
    assert replace(OF_CLASSES, metric="entity_f1").constant_score is None


def test_the_score_of_an_older_store_is_an_accuracy() -> None:
    older = StudyDefinition(name="sst2", pathways=(), majority_score=0.51)
    assert older.constant_score == 0.51
    assert replace(older, metric="mcc").constant_score is None
    assert replace(older, majority_scores={"accuracy": 0.52}).constant_score == 0.52


def test_stores_that_differ_in_the_constant_answers_score_alone_hold_one_study() -> None:
    assert replace(OF_CLASSES, majority_score=0.68, majority_scores={}) == OF_CLASSES
