"""The tutorial does what it says: here with the packages at hand, by `make tutorial` afresh."""

import sys
from functools import partial
from pathlib import Path

import pytest

from breakeven import Store, measure
from breakeven.records import Stage, StudyDefinition, Volume
from tools.tutorial import (
    BEGIN,
    END,
    PAGE,
    TutorialError,
    clean_environment,
    play,
    steps,
    unused_files,
)

FILE = "```python\n# one.py\nassert True\nprint('27 of 30 are right')\n```\n"


def played(tmp_path: Path, blocks: str) -> None:
    environment = clean_environment(Path(sys.executable).parent)
    play(steps(f"{BEGIN}\n{blocks}{END}\n"), tmp_path, environment)


@pytest.mark.nlp
@pytest.mark.report
@pytest.mark.slow
def test_the_blocks_do_what_the_page_says(tmp_path: Path) -> None:
    found = steps(PAGE.read_text(encoding="utf-8"))
    assert unused_files(found) == []
    play(found, tmp_path, clean_environment(Path(sys.executable).parent))
    assert (tmp_path / "report" / "report.html").is_file()


def test_files_are_written_commands_run_and_prints_compared(tmp_path: Path) -> None:
    played(
        tmp_path, f"{FILE}```sh\npython one.py | tee said\n```\n```text\n11 of 40 are right\n```\n"
    )

    assert (tmp_path / "one.py").is_file()
    assert (tmp_path / "said").read_text(encoding="utf-8") == "27 of 30 are right\n"


def test_a_command_that_fails_ends_the_tutorial(tmp_path: Path) -> None:
    with pytest.raises(TutorialError, match="ended with 3"):
        played(tmp_path, "```sh\nexit 3\ntrue\n```\n")


def test_the_first_failure_of_a_block_counts(tmp_path: Path) -> None:
    with pytest.raises(TutorialError, match="ended with 1"):
        played(tmp_path, "```sh\nfalse\ntrue\n```\n")


def test_other_words_than_the_page_prints_are_noticed(tmp_path: Path) -> None:
    with pytest.raises(TutorialError, match="nothing like it"):
        played(tmp_path, f"{FILE}```sh\npython one.py\n```\n```text\n27 were false\n```\n")


@pytest.mark.parametrize(
    ("block", "what"),
    [
        ("```python\nassert True\n```\n", "names its file"),
        ("```python\n# one.py\nprint(1)\n```\n", "asserts something"),
        ("```yaml\na: 1\n```\n", "'yaml'"),
    ],
)
def test_blocks_that_could_not_fail_are_refused(block: str, what: str) -> None:
    with pytest.raises(TutorialError, match=what):
        steps(f"{BEGIN}\n{block}{END}")


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(TutorialError, match="once each"):
        steps(FILE)


def test_a_file_that_nothing_runs_is_named() -> None:
    assert unused_files(steps(f"{BEGIN}\n{FILE}{END}")) == ["one.py"]


def test_the_checkout_is_not_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/checkout/src")
    environment = clean_environment(Path("/env/bin"))
    assert "PYTHONPATH" not in environment
    assert environment["PATH"].startswith("/env/bin:")


def test_a_training_that_failed_before_does_not_stop_the_reader(tmp_path: Path) -> None:
    (use,) = [s.text for s in steps(PAGE.read_text(encoding="utf-8")) if s.name == "use.py"]
    checked = use[use.index("\n\n", use.index("use.add_output")) :]
    assert "assert " in checked
    with Store(tmp_path / "store") as store:
        store.save_study(StudyDefinition(name="reviews", pathways=()))
    into = partial(measure, study="reviews", pathway="LARGE", store=tmp_path / "store")
    with pytest.raises(ValueError, match="a slip"), into(stage=Stage.FINETUNE):
        raise ValueError("a slip")
    with into(stage=Stage.FINETUNE):
        pass
    for _ in range(12):
        with into(stage=Stage.INFER) as run:
            run.add_output(Volume(n_examples=1))
    names = {"Store": lambda _: Store(tmp_path / "store"), "Stage": Stage}
    exec(checked, names)
