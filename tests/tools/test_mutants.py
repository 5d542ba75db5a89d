"""`make mutate` must be able to apply every mutant of its list."""

from pathlib import Path

import pytest

from tools.mutants import MUTANTS, Mutant
from tools.mutate import chosen

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_its_text_stands_once_and_its_tests_exist(mutant: Mutant) -> None:
    text = (ROOT / "src" / "breakeven" / mutant.path).read_text(encoding="utf-8")
    assert text.count(mutant.before) == 1
    assert mutant.before != mutant.after
    assert all((ROOT / test).is_file() for test in mutant.tests)


def test_names_differ() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 20


def test_words_choose_by_name_or_path_and_none_chooses_all() -> None:
    assert {mutant.path for mutant in chosen(["LEASE"])} == {"store/lease.py"}
    assert len(chosen(["a lease is shared", "study/key"])) == 4
    assert chosen(["no such thing"]) == []
    assert chosen([]) == list(MUTANTS)
