"""Seen: whether thresholds are chosen on examples that a member was perhaps trained on.

A model is surer, and more often right, on what it has learnt, so such a threshold is too low.
"""

from collections.abc import Iterator, Mapping

from breakeven.records import Note, NoteCode, Scalar, Stage
from breakeven.study.spec import Study
from breakeven.study.table import PlannedRun

_ADVICE = "Judge the model on the test split alone, and expect it to lose more than max_drop there"


def seen_notes(study: Study, planned: PlannedRun, facts: Mapping[str, Scalar]) -> tuple[Note, ...]:
    """Doubt thresholds of an adaptive model; nothing is said of other runs.

    Args:
        study: The run's.
        planned: The run.
        facts: Of the task.
    """
    if planned.stage is not Stage.ADAPT:
        return ()
    return (*_fetched(study, planned), *_shared(facts))


def _fetched(study: Study, planned: PlannedRun) -> Iterator[Note]:
    members = [planned.parents[role] for role in ("start", "fallback") if role in planned.parents]
    origins = [found for member in members if (found := _fetched_as(study, member))]
    if origins:
        rows = " and ".join(repr(name) for name in dict.fromkeys(origins))
        yield Note(
            code=NoteCode.THRESHOLD_ON_SEEN,
            message=f"the threshold is chosen on validation examples that the model of {rows} may "
            "have been trained on: it was fetched, and what it has learnt from is not known here",
            advice=f"{_ADVICE}; better, validate on examples that are newer than the model, or "
            "train it here.",
        )


def _fetched_as(study: Study, name: str) -> str:
    """Row that fetched the weights of a model; empty where they were trained here."""
    row = study.row(name)
    settings = row.settings.resolved
    if row.stage is Stage.FETCH:
        is_new = "random" in (settings.get("model"), settings.get("weights"))
        return "" if is_new else name
    is_kept = row.stage in (Stage.EXPORT, Stage.ADAPT) or settings.get("trained") == "head"
    return _fetched_as(study, row.parents["start"]) if is_kept and "start" in row.parents else ""


def _shared(facts: Mapping[str, Scalar]) -> Iterator[Note]:
    n_same = facts.get("n_validation_in_train", 0)
    n_near = facts.get("n_validation_near_train", 0)
    if n_same or n_near:
        yield Note(
            code=NoteCode.THRESHOLD_ON_SEEN,
            message=f"the threshold is chosen on {facts['n_validation']} validation examples, of "
            f"which {n_same} stand in train and {n_near} nearly so",
            advice=f"{_ADVICE}; better, divide the data anew.",
        )
