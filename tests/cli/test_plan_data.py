from breakeven.cli.plan_data import data_lines
from breakeven.records import Scalar

ALIKE = (
    "alike: 9 test texts stand in train, 146 test texts nearly stand in train "
    "(test and train by index: 3 = 14)"
)


def test_a_task_without_counts_has_nothing_to_say() -> None:
    assert data_lines("toy", {"seed": 1}) == []


def test_everything_known_of_the_data_is_said_line_by_line() -> None:
    facts: dict[str, Scalar] = {
        "n_train": 10_001,
        "n_validation": 5,
        "n_test": 7_600,
        "n_corpus": 9,
        "form": "classification",
        "metric": "accuracy",
        "licence": "CC BY 4.0",
        "content_hash": "c0ffee",
        "n_skipped_rows": 1,
        "n_corpus_duplicates": 2,
        "n_mangled_rows": 0,
        "n_test_in_train": 9,
        "n_test_near_train": 146,
        "n_validation_in_train": 0,
        "test_in_train": "3 = 14",
    }
    assert data_lines("files", facts) == [
        "task files: 10,001 train, 5 validation, 7,600 test, 9 corpus",
        "data: classification judged by accuracy, licence CC BY 4.0, content hash c0ffee",
        "noted: malformed rows skipped 1; duplicates left out of the corpus 2",
        ALIKE,
    ]


def test_counts_alone_are_enough() -> None:
    assert data_lines("files", {"n_test": 1}) == ["task files: 1 test"]
