"""What searches found stays in the store: read back, through merging and redacting, strict."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.errors import RecordFormatError
from breakeven.records import SCHEMA_VERSION
from breakeven.store import Store, merge, redact
from breakeven.store.codec import decode_optimum, encode_indented
from breakeven.testing.certificates import example_optimum

SPECIMEN = Path(__file__).resolve().parents[1] / "golden" / "optimum-v1.json"
FOUND = example_optimum()


def store_at(path: Path) -> Store:
    return Store(path, reserve_bytes=0)


def test_what_a_search_found_is_read_back(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    store.save_optimum(FOUND)
    assert store.optimum(FOUND.study) == FOUND
    assert store.optimum("another study") is None
    assert store.optima() == (FOUND,)


def test_the_latest_search_of_a_study_counts_and_none_is_replaced(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    for n_rounds in (*range(1, 12), 1):
        store.save_optimum(replace(FOUND, n_rounds=n_rounds))
    store.save_optimum(replace(FOUND, study="toy+2"))
    assert [found.n_rounds for found in store.optima()] == [*range(1, 12), 1, FOUND.n_rounds]
    latest = store.optimum(FOUND.study)
    assert latest is not None
    assert latest.n_rounds == 1


def test_what_was_found_again_just_so_is_kept_once(tmp_path: Path) -> None:
    store = store_at(tmp_path)
    store.save_optimum(FOUND)
    store.save_optimum(FOUND)
    assert store.optima() == (FOUND,)


def test_merging_brings_every_verdict_along_once(tmp_path: Path) -> None:
    source, target = store_at(tmp_path / "a"), store_at(tmp_path / "b")
    source.save_optimum(FOUND)
    merge(source, target)
    assert target.optima() == (FOUND,)

    source.save_optimum(replace(FOUND, n_rounds=9))
    merge(source, target)
    merge(source, target)
    assert target.optima() == (FOUND, replace(FOUND, n_rounds=9))


def test_redacting_keeps_the_numbers_and_no_name_of_a_folder(tmp_path: Path) -> None:
    source = store_at(tmp_path / "a")
    source.save_optimum(replace(FOUND, failed={"FT x": "cannot read /home/someone/model"}))
    redact(source, tmp_path / "b")
    (found,) = Store(tmp_path / "b", create=False).optima()
    assert "someone" not in found.failed["FT x"]
    assert replace(found, failed={}) == replace(FOUND, failed={})


def test_the_first_version_still_means_what_it_meant() -> None:
    found = decode_optimum(SPECIMEN.read_bytes())
    assert (found.pathway, dict(found.settings)) == ("int8", {"batch_size": 64})
    assert found.certificate is not None
    assert found.certificate.granted
    assert found.is_cheaper


def test_what_the_current_version_has_is_still_written() -> None:
    old, new = (json.loads(text) for text in (SPECIMEN.read_bytes(), encode_indented(FOUND)))
    assert old.keys() <= new.keys()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"schema_version": SCHEMA_VERSION + 1}, "newer breakeven"),
        ({"schema_version": 0}, "never existed"),
        ({"n_cells": "many"}, "not a Optimum"),
    ],
)
def test_what_is_no_such_record_is_refused_with_its_file(
    tmp_path: Path, change: dict[str, object], why: str
) -> None:
    text = json.dumps(json.loads(encode_indented(FOUND)) | change)
    store = store_at(tmp_path)
    store.save_optimum(FOUND)
    (tmp_path / "optima" / "toy.json").write_text(text, encoding="utf-8")
    with pytest.raises(RecordFormatError, match=rf"toy\.json: .*{why}"):
        store.optima()
