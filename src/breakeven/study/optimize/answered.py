"""Answered: how good a run's answers are, and to what, read from what it kept."""

import numpy as np

from breakeven.analysis.scoring.kept_answers import Arrays, KeptAnswers
from breakeven.analysis.scoring.paired_sums import Places
from breakeven.analysis.search.bench import Floats
from breakeven.errors import SettingsError
from breakeven.records import Run
from breakeven.store import StoredAnswers

_OVERLAP = "answer_f1"


def scores_of(run: Run, stored: StoredAnswers, metric: str) -> Floats:
    """Read how good the answers of a run are, from 0 to 1, in the order of their examples.

    Args:
        run: An inference run.
        stored: Of its store.
        metric: Judged by `answer_f1` itself where it is that, else by right and wrong.

    Raises:
        SettingsError: If it kept none that are good or bad one by one.
    """
    kept = _kept(run, stored)
    if metric == _OVERLAP and _OVERLAP in kept:
        values = kept[_OVERLAP]
    elif "correct" in kept:
        values = kept["correct"]
    elif {"predicted", "label"} <= kept.keys():
        values = kept["predicted"] == kept["label"]
    else:
        raise SettingsError(
            f"answers to this task are not right or wrong one by one ({', '.join(kept)} are "
            "kept); a search compares classes and answers to questions"
        )
    scores: Floats = np.asarray(values, dtype=float)[np.argsort(kept["index"])]
    return scores


def sources_of(run: Run, stored: StoredAnswers) -> Places:
    """Source of each example that a run answered, in the order of `scores_of`.

    Args:
        run: An inference run.
        stored: Of its store.

    Raises:
        SettingsError: If it kept no answers.
    """
    kept = KeptAnswers(run_id=run.run_id, arrays=_kept(run, stored))
    return kept.group[np.argsort(kept.index)]


def _kept(run: Run, stored: StoredAnswers) -> Arrays:
    kept = stored.kept(run.run_id)
    if kept is None:
        raise SettingsError(
            f"{run.row} kept no answers, so nothing can be compared example by example; measure "
            "it again in a store that keeps artefacts"
        )
    return kept
