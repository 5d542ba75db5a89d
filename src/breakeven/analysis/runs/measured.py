"""Measured only: the runs of a study without any number that a model or a person put there.

A replayed joule was measured on another machine or made up, not here: it goes too.

What is taken away is absent afterwards, never zero, so every total that rested on it is unknown.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from breakeven.analysis.uncertain import once
from breakeven.analysis.words import counted, listed, resource_words
from breakeven.records import Cost, Kind, Measurement, Note, NoteCode, Origin, Run, Score

SEEN = frozenset({Kind.MEASURED, Kind.COUNTED})
"""Kinds that somebody or something saw: a sensor, or whoever counts."""

_OF_OTHER_KINDS = frozenset({NoteCode.ASSUMED_NUMBERS, NoteCode.MODELLED, NoteCode.REPLAYED})
"""Notes on numbers that are no longer there."""


def only_measured(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Take modelled, assumed and replayed costs and scores out of runs; the runs stay.

    Examples:
        >>> from breakeven.records import Resource, Stage, Status
        >>> guess = Cost.exact(Resource.ENERGY_J, 3, kind=Kind.MODELLED, sensor="tdp")
        >>> run = Run(run_id="a", stage=Stage.INFER, status=Status.OK, started_at="",
        ...           counts=(guess,))
        >>> only_measured([run])[0].costs(Resource.ENERGY_J)
        ()
    """
    return tuple(_without(run) for run in runs)


def measured_only_note(runs: Sequence[Run]) -> Note:
    """Say what `only_measured` takes out of runs.

    Args:
        runs: As they were.

    Examples:
        >>> print(measured_only_note([]).message)
        Only measured and counted numbers are shown, as asked; there were no others.
    """
    costs = [cost for run in runs for cost in _costs(run) if not _is_seen(cost)]
    scores = [score for run in runs for score in run.scores if not _is_seen(score)]
    kinds = Counter([*map(_word, costs), *map(_word, scores)])
    if not kinds:
        said = "there were no others"
    else:
        words = [*(resource_words(cost.resource) for cost in costs), *(s.metric for s in scores)]
        numbers = listed([counted(n, f"{kind} number") for kind, n in sorted(kinds.items())])
        said = f"{numbers} ({listed(once(words))}) left out"
    return Note(
        code=NoteCode.MEASURED_ONLY,
        message=f"Only measured and counted numbers are shown, as asked; {said}.",
        advice="Totals that rested on them are not known. Without --measured-only they are shown, "
        "marked as what they are.",
    )


def _without(run: Run) -> Run:
    return replace(
        run,
        phases=tuple(
            replace(phase, measurement=_seen_in(phase.measurement)) for phase in run.phases
        ),
        counts=_seen(run.counts),
        scores=tuple(score for score in run.scores if _is_seen(score)),
        notes=tuple(note for note in run.notes if note.code not in _OF_OTHER_KINDS),
        windows=tuple(
            replace(window, measurement=_seen_in(window.measurement)) for window in run.windows
        ),
    )


def _seen_in(measured: Measurement) -> Measurement:
    notes = tuple(note for note in measured.notes if note.code not in _OF_OTHER_KINDS)
    return replace(measured, costs=_seen(measured.costs), notes=notes)


def _is_seen(number: Cost | Score) -> bool:
    return number.kind in SEEN and number.origin is not Origin.REPLAYED


def _word(number: Cost | Score) -> str:
    return str(number.kind if number.kind not in SEEN else number.origin)


def _seen(costs: Iterable[Cost]) -> tuple[Cost, ...]:
    return tuple(cost for cost in costs if _is_seen(cost))


def _costs(run: Run) -> tuple[Cost, ...]:
    return (*run.counts, *(cost for p in run.phases for cost in p.measurement.costs))
