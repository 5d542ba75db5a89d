"""What `breakeven plan` says of a study's data: sizes, licence, hash, and what splits share."""

from collections.abc import Mapping

from breakeven.records import Scalar

_SPLITS = ("n_train", "n_validation", "n_test", "n_corpus")
_NOTED = {
    "n_skipped_rows": "malformed rows skipped",
    "n_mangled_rows": "rows with bytes that are no UTF-8",
    "n_dropped_shared": "texts of train left out that are judged on",
    "n_corpus_left_out": "texts of the corpus left out that are judged on",
    "n_corpus_duplicates": "duplicates left out of the corpus",
}


def data_lines(name: str, facts: Mapping[str, Scalar]) -> list[str]:
    """Describe the data of a task, a line per matter; nothing without counts.

    Args:
        name: Of the task, as registered.
        facts: Of the task.

    Examples:
        >>> facts = {"n_train": 67349, "n_test": 872, "licence": "unknown", "content_hash": "1f"}
        >>> for line in data_lines("files", {**facts, "n_test_in_train": 2}):
        ...     print(line)
        task files: 67,349 train, 872 test
        data: licence unknown, content hash 1f
        alike: 2 test texts stand in train
    """
    sizes = [f"{facts[split]:,} {split.removeprefix('n_')}" for split in _SPLITS if split in facts]
    if not sizes:
        return []
    lines = [f"task {name}: {', '.join(sizes)}", *_origin(facts)]
    noted = [f"{words} {facts[key]:,}" for key, words in _NOTED.items() if facts.get(key)]
    return [*lines, *([f"noted: {'; '.join(noted)}"] if noted else []), *_alike(facts)]


def _origin(facts: Mapping[str, Scalar]) -> list[str]:
    judged = f"{facts['form']} judged by {facts['metric']}" if "form" in facts else ""
    licence = f"licence {facts['licence']}" if "licence" in facts else ""
    content = f"content hash {facts['content_hash']}" if "content_hash" in facts else ""
    parts = [part for part in (judged, licence, content) if part]
    return [f"data: {', '.join(parts)}"] if parts else []


def _alike(facts: Mapping[str, Scalar]) -> list[str]:
    parts = [
        f"{facts[key]:,} {split} texts {how} train"
        for split in ("test", "validation")
        for key, how in (
            (f"n_{split}_in_train", "stand in"),
            (f"n_{split}_near_train", "nearly stand in"),
        )
        if facts.get(key)
    ]
    shown = (
        f" (test and train by index: {facts['test_in_train']})" if "test_in_train" in facts else ""
    )
    return [f"alike: {', '.join(parts)}{shown}"] if parts else []
