"""Linear: TF-IDF features and a linear classifier, kept without pickle."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from breakeven.errors import MissingExtraError, ModelFolderError
from breakeven.records import Scalar

FORMAT = "breakeven-linear-1"
_SETTINGS_FILE = "linear.json"
_WEIGHTS_FILE = "linear.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearModel:
    """A fitted TF-IDF classifier.

    Attributes:
        vectorizer: scikit-learn's TfidfVectorizer, fitted.
        coefficients: shape (n_labels, n_features).
        intercepts: shape (n_labels,).
        labels: Names of the classes.
        settings: What it was fitted with (`ngram_max`, `min_df`, `max_features`, ...).
    """

    vectorizer: Any
    coefficients: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    labels: tuple[str, ...]
    settings: Mapping[str, Scalar]

    @property
    def n_parameters(self) -> int:
        """Fitted numbers: one IDF per feature, weights and intercepts."""
        return int(self.coefficients.size + self.intercepts.size + self.coefficients.shape[1])

    def features(self, texts: Sequence[str]) -> Any:  # noqa: ANN401 - a scipy sparse matrix
        """TF-IDF rows, sparse, shape (n_texts, n_features)."""
        return self.vectorizer.transform(texts)

    def decide(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Decision values, shape (n_texts, n_labels); the largest names the class."""
        scores = self.features(texts) @ self.coefficients.T
        return np.asarray(scores + self.intercepts)

    def predict(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Index of the class of each text, shape (n_texts,)."""
        return np.asarray(self.decide(texts).argmax(axis=1), dtype=np.int64)


def fit_linear(
    texts: Sequence[str],
    targets: Sequence[int],
    labels: Sequence[str],
    *,
    settings: Mapping[str, Scalar],
) -> LinearModel:
    """Fit TF-IDF and logistic regression, or a linear support-vector machine.

    Args:
        texts: Training texts.
        targets: Index of the class of each.
        labels: Names of the classes; classes without a training text are never predicted.
        settings: `ngram_max`, `min_df`, `max_features` (0: all), `estimator`, `c`, `seed`.

    Raises:
        MissingExtraError: If scikit-learn is not installed.
    """
    vectorizer = _new_vectorizer(settings)
    rows = vectorizer.fit_transform(texts)
    coefficients, intercepts = fit_rows(rows, targets, len(labels), settings=settings)
    return LinearModel(
        vectorizer=vectorizer,
        coefficients=coefficients,
        intercepts=intercepts,
        labels=tuple(labels),
        settings=dict(settings),
    )


def fit_rows(
    rows: Any,  # noqa: ANN401 - a scipy sparse matrix or an array
    targets: Sequence[int],
    n_labels: int,
    *,
    settings: Mapping[str, Scalar],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit a linear classifier to features.

    Args:
        rows: shape (n_examples, n_features).
        targets: Index of the class of each.
        n_labels: Classes there are; one without an example is never answered.
        settings: `estimator`, `c` and `seed`.

    Returns:
        Coefficients, shape (n_labels, n_features), and intercepts, shape (n_labels,). The softmax
        of what they decide is the probability of logistic regression.
    """
    return _one_row_per_label(_new_estimator(settings).fit(rows, np.asarray(targets)), n_labels)


def save_linear(folder: Path, model: LinearModel) -> None:
    """Write weights as npz and the rest as JSON; nothing is pickled."""
    folder.mkdir(parents=True, exist_ok=True)
    terms = sorted(model.vectorizer.vocabulary_, key=model.vectorizer.vocabulary_.__getitem__)
    content = {
        "format": FORMAT,
        "labels": list(model.labels),
        "settings": dict(model.settings),
        "terms": terms,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    (folder / _SETTINGS_FILE).write_text(text, encoding="utf-8")
    np.savez(
        folder / _WEIGHTS_FILE,
        coefficients=model.coefficients,
        intercepts=model.intercepts,
        idf=model.vectorizer.idf_,
    )


def is_linear(folder: Path) -> bool:
    """Whether `save_linear` wrote this folder."""
    return (folder / _SETTINGS_FILE).is_file()


def linear_labels(folder: Path) -> tuple[str, ...]:
    """Names of the classes of a model that `save_linear` wrote.

    Raises:
        ModelFolderError: If the folder is damaged.
    """
    return tuple(_read_settings(folder)["labels"])


def load_linear(folder: Path) -> LinearModel:
    """Read what `save_linear` wrote; predictions are identical to those before saving.

    Raises:
        ModelFolderError: If the folder is incomplete or damaged.
        MissingExtraError: If scikit-learn is not installed.
    """
    content = _read_settings(folder)
    try:
        with np.load(folder / _WEIGHTS_FILE, allow_pickle=False) as arrays:
            return _restore(content, arrays)
    except (OSError, ValueError, KeyError, EOFError, IndexError) as error:
        raise _unreadable(folder, error) from error


def _read_settings(folder: Path) -> Mapping[str, Any]:
    try:
        content: Mapping[str, Any] = json.loads(
            (folder / _SETTINGS_FILE).read_text(encoding="utf-8")
        )
    except (OSError, ValueError) as error:
        raise _unreadable(folder, error) from error
    return content


def _unreadable(folder: Path, error: Exception) -> ModelFolderError:
    return ModelFolderError(
        f"linear model folder {folder} cannot be read ({error}); fit the model again"
    )


def _restore(content: Mapping[str, Any], arrays: Mapping[str, NDArray[np.float64]]) -> LinearModel:
    shape = (len(content["labels"]), len(content["terms"]))
    if content["format"] != FORMAT or arrays["coefficients"].shape != shape:
        raise ValueError("its parts do not fit together")
    vectorizer = _new_vectorizer(content["settings"], terms=content["terms"])
    vectorizer.idf_ = arrays["idf"]
    return LinearModel(
        vectorizer=vectorizer,
        coefficients=arrays["coefficients"],
        intercepts=arrays["intercepts"],
        labels=tuple(content["labels"]),
        settings=content["settings"],
    )


def _new_vectorizer(settings: Mapping[str, Scalar], terms: Sequence[str] | None = None) -> Any:  # noqa: ANN401 - scikit-learn is untyped
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - nlp extra
    except ImportError as error:
        raise MissingExtraError("the TF-IDF model", "nlp") from error
    return TfidfVectorizer(
        ngram_range=(1, int(settings["ngram_max"])),
        min_df=1 if terms is not None else int(settings["min_df"]),
        max_features=int(settings["max_features"]) or None,
        sublinear_tf=True,
        vocabulary=None if terms is None else {term: i for i, term in enumerate(terms)},
    )


def _new_estimator(settings: Mapping[str, Scalar]) -> Any:  # noqa: ANN401 - the same
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - nlp extra
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - nlp extra

    c, seed = float(settings["c"]), int(settings["seed"])
    if settings["estimator"] == "svm":
        return LinearSVC(C=c, random_state=seed)
    return LogisticRegression(C=c, max_iter=1000, random_state=seed)


def _one_row_per_label(
    estimator: Any,  # noqa: ANN401 - the same
    n_labels: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Spread two-class weights over two rows, and leave classes never seen at minus infinity."""
    weights, intercept = np.asarray(estimator.coef_), np.asarray(estimator.intercept_)
    if len(estimator.classes_) == 2:
        weights, intercept = np.vstack([-weights, weights]) / 2, np.hstack([-intercept, intercept])
        intercept = intercept / 2
    coefficients = np.zeros((n_labels, weights.shape[1]))
    intercepts = np.full(n_labels, -np.inf)
    coefficients[estimator.classes_] = weights
    intercepts[estimator.classes_] = intercept
    return coefficients, intercepts
