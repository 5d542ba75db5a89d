import json
import sys
from pathlib import Path

import numpy as np
import pytest

from breakeven.errors import MissingExtraError, ModelFolderError
from breakeven.records import Scalar, Stage
from breakeven.workloads.catalogue import resolve_stage
from breakeven.workloads.models.linear import (
    LinearModel,
    fit_linear,
    is_linear,
    load_linear,
    save_linear,
)

pytest.importorskip("sklearn")
pytestmark = pytest.mark.nlp

TEXTS = ["open the socket", "close the socket", "parse a number", "add a number", "write a file"]
UNSEEN = ["a socket", "one number", "the file", "nothing known here", ""]


def fit(targets: list[int], labels: tuple[str, ...], **passed: Scalar) -> LinearModel:
    settings = resolve_stage(Stage.FINETUNE, {"model": "tfidf", **passed})
    return fit_linear(TEXTS, targets, labels, settings=settings)


@pytest.mark.parametrize("estimator", ["logistic", "svm"])
def test_separable_texts_are_told_apart(estimator: str) -> None:
    model = fit([0, 0, 1, 1, 2], ("net", "numbers", "files"), estimator=estimator)
    assert model.predict(TEXTS).tolist() == [0, 0, 1, 1, 2]


@pytest.mark.parametrize("estimator", ["logistic", "svm"])
def test_two_classes_give_one_column_each(estimator: str) -> None:
    model = fit([0, 0, 1, 1, 1], ("net", "rest"), estimator=estimator)
    assert model.decide(TEXTS).shape == (5, 2)
    assert model.predict(TEXTS).tolist() == [0, 0, 1, 1, 1]


def test_a_class_without_training_texts_is_never_predicted() -> None:
    model = fit([0, 0, 2, 2, 2], ("net", "absent", "rest"))
    assert 1 not in model.predict([*TEXTS, *UNSEEN])
    assert model.predict(TEXTS).tolist() == [0, 0, 2, 2, 2]


@pytest.mark.parametrize("max_features", [0, 4])
def test_reloaded_model_decides_identically_without_pickle(
    tmp_path: Path, max_features: int
) -> None:
    model = fit([0, 0, 1, 1, 2], ("net", "numbers", "files"), max_features=max_features, min_df=1)
    save_linear(tmp_path, model)
    loaded = load_linear(tmp_path)
    assert np.array_equal(loaded.decide(TEXTS + UNSEEN), model.decide(TEXTS + UNSEEN))
    assert loaded.labels == model.labels
    assert sorted(path.name for path in tmp_path.iterdir()) == ["linear.json", "linear.npz"]


def test_saving_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    model = fit([0, 0, 1, 1, 2], ("net", "numbers", "files"))
    for name in ("one", "two"):
        save_linear(tmp_path / name, model)
    one, two = ((tmp_path / name / "linear.json").read_bytes() for name in ("one", "two"))
    assert one == two


def test_parameters_are_weights_intercepts_and_idf() -> None:
    model = fit([0, 0, 1, 1, 2], ("net", "numbers", "files"), ngram_max=1)
    # open the socket close parse number add write file; one letter is no word
    assert model.n_parameters == 9 * 3 + 3 + 9


def test_a_linear_folder_is_recognised(tmp_path: Path) -> None:
    assert not is_linear(tmp_path)
    save_linear(tmp_path, fit([0, 0, 1, 1, 2], ("net", "numbers", "files")))
    assert is_linear(tmp_path)


@pytest.mark.parametrize("damage", ["missing", "format", "terms", "weights"])
def test_damaged_folders_are_refused(tmp_path: Path, damage: str) -> None:
    save_linear(tmp_path, fit([0, 0, 1, 1, 2], ("net", "numbers", "files")))
    path = tmp_path / "linear.json"
    content = json.loads(path.read_text())
    changes = {"format": {"format": "other-1"}, "terms": {"terms": content["terms"][1:]}}
    path.write_text(json.dumps({**content, **changes.get(damage, {})}))
    if damage == "missing":
        path.unlink()
    if damage == "weights":
        (tmp_path / "linear.npz").write_bytes(b"")
    with pytest.raises(ModelFolderError, match=r"cannot be read .* fit the model again"):
        load_linear(tmp_path)


def test_a_missing_scikit_learn_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.feature_extraction.text", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'breakeven\[nlp\]'"):
        fit([0, 0, 1, 1, 2], ("net", "numbers", "files"))
