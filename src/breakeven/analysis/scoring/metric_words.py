"""Metric words: how scores are called and read."""

from collections.abc import Mapping

FRACTIONS = frozenset(
    {
        *("accuracy", "f1", "f1_macro", "f1_micro", "macro_f1", "micro_f1", "precision", "recall"),
        *("entity_f1", "answer_f1", "exact_match"),
    }
)
"""Metrics stored as fractions, whose differences people read in points."""

_NAMES: Mapping[str, str] = {
    "f1": "F1",
    "macro_f1": "macro F1",
    "micro_f1": "micro F1",
    "entity_f1": "entity F1",
    "answer_f1": "answer F1",
    "mcc": "MCC",
    "pearson": "Pearson's r",
    "spearman": "Spearman's rho",
}


def metric_words(metric: str) -> str:
    """Name a score in running text.

    >>> metric_words("entity_f1"), metric_words("exact_match"), metric_words("accuracy")
    ('entity F1', 'exact match', 'accuracy')
    """
    return _NAMES.get(metric, metric.replace("_", " "))


def constant_words(metric: str) -> str:
    """Name the class whose constant answer a score is held against.

    >>> constant_words("accuracy"), constant_words("f1")
    ('commonest', 'positive')
    """
    return "positive" if metric == "f1" else "commonest"


def metric_title(metric: str) -> str:
    """Name a score at the head of a column.

    >>> metric_title("entity_f1"), metric_title("MCC"), metric_title("accuracy")
    ('Entity F1', 'MCC', 'Accuracy')
    """
    words = metric_words(metric)
    return words[:1].upper() + words[1:]
