from pathlib import Path

import pytest

from breakeven.errors import DataFileError, SettingsError
from breakeven.records import NoteCode
from breakeven.workloads.tasks import Task, load_task
from breakeven.workloads.tasks.pydoc import FAMILIES, read_docstrings

SOURCE = '''"""The module {name} does things."""
class Thing:
    """A thing of {name} to hold."""
    def act(self):
        """Act on {name} once more."""
        if self:
            def inner():
                """An inner helper of {name}."""
    def short(self):
        """Too short"""
async def wait():
    """Wait for {name} to finish."""
'''


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A standard library in miniature: four modules of each family, and what is not the task's."""
    names = [module for modules in FAMILIES.values() for module in modules[:4]]
    for name in [*names, "tkinter"]:
        (tmp_path / f"{name}.py").write_text(SOURCE.format(name=name))
    for folder in ("test", "idlelib/idle_test", "site-packages/foreign"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "no.py").write_text('"""This must never be read."""')
    (tmp_path / "torn.py").write_text("def broken(:\n")
    return tmp_path


@pytest.fixture(scope="module")
def real() -> Task[int]:
    return load_task({"name": "pydoc"})


def test_docstrings_are_read_wherever_they_stand_and_kept_once(library: Path) -> None:
    (library / "zz_copy.py").write_text(SOURCE.format(name="ftplib"))
    texts = [d.text for d in read_docstrings(library)]
    assert len(texts) == len(set(texts)) == 5 * 25
    assert "An inner helper of ftplib." in texts
    assert not any("never be read" in text or text == "Too short" for text in texts)


def test_packages_and_moved_modules_belong_to_their_top_level_name(tmp_path: Path) -> None:
    (tmp_path / "http").mkdir()
    (tmp_path / "http" / "client.py").write_text('"""HTTP client side code."""')
    (tmp_path / "_pydatetime.py").write_text('"""Concrete date and time."""')
    found = {d.source: d.module for d in read_docstrings(tmp_path)}
    assert found == {"_pydatetime.py": "datetime", "http/client.py": "http"}


def test_white_space_does_not_make_two_docstrings_different(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""One two\n\n    three."""')
    (tmp_path / "b.py").write_text('"""One two three."""')
    assert [d.source for d in read_docstrings(tmp_path)] == ["a.py"]


def test_escapes_that_newer_parsers_doubt_are_read_in_silence(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('"""Matches \\d and more."""')
    assert len(read_docstrings(tmp_path)) == 1


def test_labels_are_the_families_and_the_rest_is_corpus(library: Path) -> None:
    task = load_task({"name": "pydoc", "root": str(library)})
    assert task.labels == tuple(FAMILIES)
    labelled = len(task.train) + len(task.validation) + len(task.test)
    assert labelled == 5 * 24
    assert len(task.corpus) == len(task.train) + 5
    assert "Wait for tkinter to finish." in task.corpus
    assert set(task.corpus).isdisjoint(task.test.texts + task.validation.texts)


def test_cap_limits_each_family_and_is_seeded(library: Path) -> None:
    capped = [
        load_task({"name": "pydoc", "root": str(library), "max_per_family": 8, "seed": seed})
        for seed in (0, 0, 1)
    ]
    assert capped[0].facts["n_net"] == 8
    assert capped[0] == capped[1]
    assert capped[0].content_hash != capped[2].content_hash


def test_modules_that_are_absent_are_noted(library: Path) -> None:
    (note,) = load_task({"name": "pydoc", "root": str(library)}).notes
    assert note.code is NoteCode.ABSENT_MODULES
    assert "wsgiref" in note.message
    assert "content hash" in note.advice


def test_random_split_may_divide_a_file(library: Path) -> None:
    task = load_task({"name": "pydoc", "root": str(library), "split": "random"})
    assert set(task.train.sources) & set(task.test.sources)


def test_a_folder_without_sources_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"no Python sources with docstrings under .*`root`"):
        load_task({"name": "pydoc", "root": str(tmp_path)})


def test_an_unknown_way_to_split_is_refused() -> None:
    with pytest.raises(SettingsError, match="choose one of by-file, random"):
        load_task({"name": "pydoc", "split": "by-class"})


def test_this_interpreters_library_gives_a_full_task(real: Task[int]) -> None:
    splits = (real.train, real.validation, real.test)
    assert all(set(split.labels) == set(range(6)) for split in splits)
    sources = [set(split.sources) for split in splits]
    assert sum(map(len, sources)) == len(set.union(*sources))
    assert all(300 <= int(real.facts[f"n_{f.replace(' ', '_')}"]) <= 900 for f in FAMILIES)


def test_this_interpreters_library_records_its_facts(real: Task[int]) -> None:
    assert {"python", "content_hash", "n_unique_docstrings", "split", "seed"} <= set(real.facts)
    assert real.facts["n_corpus"] == len(real.corpus)
    assert 0 < real.majority_scores["accuracy"] < 0.4


def test_test_suites_of_the_library_are_left_out(real: Task[int]) -> None:
    sources = {*real.train.sources, *real.validation.sources, *real.test.sources}
    assert not any("test" in source.split("/")[:-1] for source in sources)
