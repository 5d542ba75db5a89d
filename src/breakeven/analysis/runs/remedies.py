"""Remedies: why a row did not finish, and what helps."""

import re
from collections.abc import Sequence

from breakeven.records import Run, Status

_OUR_ERROR = re.compile(r"^breakeven\.errors\.(\w+): ")
"""Errors raised on purpose are sentences for people; the class adds nothing to them."""
_BY_THE_STUDY = ("SettingsError", "ModelFolderError", "DataFileError", "UnknownNameError")
"""Errors that the same study meets again."""
_AGAIN = "Run the study again: finished rows are kept."


def reason(run: Run) -> str:
    """Say in one line what ended a run.

    Examples:
        >>> from breakeven.records import Run, Stage, Status
        >>> reason(Run(run_id="a", stage=Stage.INFER, status=Status.FAILED, started_at="",
        ...            error="breakeven.errors.SettingsError: n_layers=9 is too many"))
        'n_layers=9 is too many'
    """
    return _OUR_ERROR.sub("", _last_line(run)) or "no reason recorded"


def remedy(runs: Sequence[Run]) -> str:
    """Say what to do about rows that did not finish, from what ended their runs.

    Args:
        runs: In the order they started.

    Examples:
        >>> remedy([])
        'Run the study again: finished rows are kept.'
    """
    failed = [run for run in runs if run.status is Status.FAILED]
    if not failed or runs[-1].status is Status.INTERRUPTED:
        return _AGAIN
    row, ours = failed[-1].row, _OUR_ERROR.match(_last_line(failed[-1]))
    if ours is not None and ours[1] in _BY_THE_STUDY:
        return (
            f"Correct {row!r} in the study as its error says; run as it is, it fails again. "
            "Finished rows are kept."
        )
    return (
        f"Find the cause in the traceback kept with the run of {row!r}, then run the study again: "
        "finished rows are kept."
    )


def _last_line(run: Run) -> str:
    return "".join((run.error or "").strip().splitlines()[-1:])
