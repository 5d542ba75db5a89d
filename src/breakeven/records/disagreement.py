"""Two sensors on one thing: what they say must meet, or the reader is told.

A GPU's counter was seen to count 187 J where its power came to 327 J (zeus issue 181).
"""

from collections.abc import Sequence

from breakeven.records.cost import Cost
from breakeven.records.note import Note, NoteCode

CHECK_UPDATES = 10
"""A window must hold this many updates of both sensors; in shorter ones their clocks decide."""


def disagreements(costs: Sequence[Cost], *, duration_s: float) -> list[Note]:
    """Name each pair of a value and its check whose intervals do not meet.

    Args:
        costs: Of one window.
        duration_s: Its length.
    """
    by_channel = {(cost.resource, cost.channel): cost for cost in costs}
    notes: list[Note] = []
    for check in costs:
        main = by_channel.get((check.resource, check.check_of or ""))
        if main is None or _is_short(duration_s, main, check):
            continue
        if main.low > check.high or check.low > main.high:
            notes.append(_disagree(main, check))
    return notes


def _is_short(duration_s: float, main: Cost, check: Cost) -> bool:
    return duration_s < CHECK_UPDATES * max(main.period_s or 0.0, check.period_s or 0.0)


def _disagree(main: Cost, check: Cost) -> Note:
    return Note(
        code=NoteCode.SENSORS_DISAGREE,
        message=(
            f"{main.channel}: {main.sensor} counted {_told(main)}, but {check.sensor} "
            f"{_told(check)}; the first is the value."
        ),
        advice="Measure again for longer; update the driver; compare with a wall meter.",
    )


def _told(cost: Cost) -> str:
    return f"{cost.value:.4g} ({cost.low:.4g} to {cost.high:.4g})"
