"""The split of SST-2 by sentence: nothing that is trained on stands in a sentence held out."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

STUDIES = Path(__file__).resolve().parents[2] / "studies"


@pytest.fixture(scope="module")
def script() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(STUDIES))
        return import_module("sst2_by_sentence")


def rows(*texts: str) -> list[dict[str, str]]:
    return [{"sentence": text, "label": "1"} for text in texts]


def test_a_sentence_is_what_is_part_of_no_longer_row(script: Any) -> None:
    told = script.sentences(
        rows("a film", "not a film to see", "film to", "films to see", "a film")
    )
    assert [row["sentence"] for row in told] == ["not a film to see", "films to see"]


def test_a_part_is_a_run_of_words_and_not_of_letters(script: Any) -> None:
    assert set(script.parts(("a", "b", "a"))) == {
        ("a",),
        ("b",),
        ("a", "b"),
        ("b", "a"),
        ("a", "b", "a"),
    }


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=5).map(" ".join), min_size=1))
def test_no_row_that_is_trained_on_stands_in_one_held_out(script: Any, texts: list[str]) -> None:
    given_rows = rows(*texts)
    n_sentences = len(script.sentences(given_rows))
    train, held = script.hold_out(given_rows, n_sentences - 1)
    assert len(held) == n_sentences - 1
    for row in train:
        assert not any(f" {row['sentence']} " in f" {own['sentence']} " for own in held)
    kept = {row["sentence"] for row in train} | {row["sentence"] for row in held}
    lost = set(texts) - kept
    assert all(any(f" {text} " in f" {own['sentence']} " for own in held) for text in lost)


def test_more_sentences_than_there_are_is_refused(script: Any) -> None:
    with pytest.raises(SystemExit, match="1 sentences are asked for, and there are 1"):
        script.hold_out(rows("a film", "a"), 1)


def test_the_real_data_are_parted_and_nothing_is_changed(
    script: Any, shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = shared_dir / "data" / "sst2"
    script.main([str(source), str(tmp_path), "500"])
    assert "validation: 500 rows" in capsys.readouterr().out
    whole = (source / "train.tsv").read_text().splitlines()
    parted = [
        (tmp_path / f"{name}.tsv").read_text().splitlines() for name in ("train", "validation")
    ]
    assert set(parted[0]) | set(parted[1]) <= set(whole)
    assert (tmp_path / "test.tsv").read_bytes() == (source / "dev.tsv").read_bytes()
