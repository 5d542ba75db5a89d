from pathlib import Path

from click.testing import CliRunner

from breakeven.cli import group
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


def test_a_data_set_of_ones_own_is_described_by_its_block(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("CC BY 4.0\n")
    tagged = "Astrid\tPER\nbodde\t0\ndär\t0\n\nmalformed\n"
    (tmp_path / "train.txt").write_text(tagged)
    (tmp_path / "test.txt").write_text(tagged)
    (tmp_path / "study.yaml").write_text(
        "study: ner\n"
        "task: {name: files, train: train.txt, test: test.txt, text_column: 1, tag_column: 2,\n"
        "  malformed: skip, validation_share: 0}\n"
        "stages: [{name: ft, stage: finetune, model: random}]\n"
        "pathways: {FT: {row: ft}}\n"
    )
    done = CliRunner().invoke(
        group, ["plan", str(tmp_path / "study.yaml"), "--store", str(tmp_path / "store")]
    )
    assert done.exit_code == 0, done.output
    assert "task files: 1 train, 0 validation, 1 test, 1 corpus" in done.output
    assert (
        "data: token-classification judged by entity_f1, licence LICENSE: CC BY 4.0" in done.output
    )
    assert "noted: malformed rows skipped 2" in done.output
    assert "alike: 1 test texts stand in train (test and train by index: 0 = 0)" in done.output
