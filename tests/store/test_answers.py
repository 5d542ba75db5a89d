from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from breakeven.records import Run
from breakeven.store import Store, StoredAnswers, redact

MakeRun = Callable[..., Run]


def kept(store: Store, run_id: str, **arrays: object) -> str:
    folder = store.scratch(run_id) / "predictions"
    folder.mkdir()
    np.savez_compressed(folder / "predictions.npz", **arrays)  # type: ignore[arg-type]  # any array
    return store.keep_artifact(folder)


def test_answers_are_read_from_the_predictions_of_a_run(store: Store, make_run: MakeRun) -> None:
    content = kept(store, "r1", index=[3, 5, 9], predicted=[1, 0, 1], label=[1, 1, 1])
    store.append(make_run("r1", artifacts={"predictions": content}))
    store.append(make_run("r2"))

    answers = StoredAnswers(store)

    assert answers("r1") == {3: True, 5: False, 9: True}
    assert answers("r1") is answers("r1")
    assert answers("r2") is None
    assert answers("unknown") is None


def test_answers_may_say_themselves_whether_they_are_right(store: Store, make_run: MakeRun) -> None:
    content = kept(store, "r1", index=[3, 5], correct=[True, False], answer_f1=[1.0, 0.5])
    store.append(make_run("r1", artifacts={"predictions": content}))
    assert StoredAnswers(store)("r1") == {3: True, 5: False}


def test_answers_that_are_never_right_as_a_whole_are_not_paired(
    store: Store, make_run: MakeRun
) -> None:
    content = kept(store, "r1", index=[3], value=[1.5], wanted=[1.0])
    store.append(make_run("r1", artifacts={"predictions": content}))
    assert StoredAnswers(store)("r1") is None


def test_runs_of_other_studies_are_not_known(store: Store, make_run: MakeRun) -> None:
    content = kept(store, "r1", index=[0], predicted=[1], label=[1])
    store.append(make_run("r1", study="other", artifacts={"predictions": content}))
    assert StoredAnswers(store, study="mine")("r1") is None


def test_answers_come_along_when_a_store_is_redacted(
    store: Store, make_run: MakeRun, tmp_path: Path
) -> None:
    """Truth values only: the label 7 and the prediction 4 stay behind."""
    content = kept(store, "r1", index=[3, 5], predicted=[7, 4], label=[7, 7])
    store.append(make_run("r1", artifacts={"predictions": content, "model": "0" * 64}))
    store.append(make_run("r2"))
    redact(store, tmp_path / "copy", with_answers=True)
    copy = Store(tmp_path / "copy", create=False)
    assert StoredAnswers(copy)("r1") == StoredAnswers(store)("r1") == {3: True, 5: False}
    assert StoredAnswers(copy)("r2") is None
    (file,) = (tmp_path / "copy" / "artifacts").glob("*/predictions.npz")
    with np.load(file) as arrays:
        assert {int(v) for name in ("predicted", "label") for v in arrays[name]} == {0, 1}


def spoil(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


@pytest.mark.parametrize("content", [None, b"", b"not a zip file"], ids=["gone", "empty", "other"])
def test_what_cannot_be_read_costs_the_pairs_only(
    store: Store, make_run: MakeRun, content: bytes | None
) -> None:
    content_hash = kept(store, "r1", index=[0], predicted=[1], label=[1])
    store.append(make_run("r1", artifacts={"predictions": content_hash}))
    spoil(store.artifact(content_hash) / "predictions.npz", content)
    assert StoredAnswers(store)("r1") is None


def test_an_artefact_that_was_removed_or_holds_something_else_is_none(
    store: Store, make_run: MakeRun
) -> None:
    content_hash = kept(store, "r1", something=[0])
    store.append(make_run("r1", artifacts={"predictions": content_hash}))
    store.append(make_run("r2", artifacts={"predictions": "0" * 64}))
    answers = StoredAnswers(store)
    assert (answers("r1"), answers("r2")) == (None, None)


def test_a_redacted_store_still_knows_which_examples_come_from_one_source(
    store: Store, make_run: MakeRun, tmp_path: Path
) -> None:
    content = kept(
        store, "r1", index=[5, 3], group=[3, 3], split="validation", predicted=[7, 4], label=[7, 7]
    )
    store.append(make_run("r1", artifacts={"predictions": content}))
    redact(store, tmp_path / "copy", with_answers=True)
    with Store(tmp_path / "copy", create=False) as copy:
        (run,) = copy.runs()
        arrays = StoredAnswers(copy).kept(run.run_id)
    assert arrays is not None
    assert arrays["index"].tolist() == [3, 5]
    assert arrays["group"].tolist() == [3, 3]
    assert str(arrays["split"]) == "validation"
    assert "7" not in str(arrays["predicted"])


def test_everything_that_was_kept_can_be_read(store: Store, make_run: MakeRun) -> None:
    content = kept(store, "r1", index=[3], value=[1.5], wanted=[1.0])
    store.append(make_run("r1", artifacts={"predictions": content}))
    answers = StoredAnswers(store)
    arrays = answers.kept("r1")
    assert arrays is not None
    assert sorted(arrays) == ["index", "value", "wanted"]
    assert answers.kept("r1") is arrays
    assert answers.kept("unknown") is None
