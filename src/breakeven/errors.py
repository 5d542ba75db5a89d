"""Every error this package raises on purpose.

BreakevenError
├── UnitMismatchError       two numbers that must not be added or compared
├── UnknownNameError        no task, model, meter, row ... of that name
├── MissingExtraError       a part that was not installed is needed
├── BackendMissingError     what would run a graph is not installed
├── ExportError             a model could not be turned into a graph that answers as it does
├── MeterUnavailableError   the machine cannot measure what was asked
├── CounterResetError       a counter went backwards during a window
├── NoStudyError            a store holds no study, or several, where one is needed
├── StudyFileError          a study file says something impossible
├── SettingsError           settings that no model or stage can run
├── DataFileError           task data that cannot be read
├── ResultFileError         a measured command's result file that cannot be used
├── ModelFolderError        a model folder that cannot be used
├── UnknownOperatorError    a count of work would not be whole
├── UnknownEmissionsError   emissions are asked for as one number, and there is none
├── TrialPrunedError        a trial that is not worth its end
├── PrecisionRefusedError   a precision this device was measured not to support
├── IncomparableRunsError   runs differ in something that must match
├── NothingMeasuredError    the baseline of a search could not be run
├── SearchStoppedError      a search ended before it could answer
├── CertificateError        evidence on which no claim can be judged
├── CalibrationError        windows that cannot tell how two meters relate
├── RecordFormatError       a stored record cannot be read
├── StoreWriteError         a record could not be written
├── StoreBusyError          another process holds what is needed
├── RankFailedError         one of several processes of a stage failed
└── WorkerDiedError         a worker process ended before it answered

A message says what was wrong with its value, what was expected and what to do.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

_MOST_LISTED = 50
"""Choices that one message names."""


class BreakevenError(Exception):
    """Base class: catch this to catch everything we raise on purpose."""


class UnitMismatchError(BreakevenError, TypeError):
    """Two numbers differ in resource, kind or meaning and must not be combined."""


class UnknownNameError(BreakevenError, KeyError):
    """Nothing of that kind exists under that name."""

    def __init__(
        self, kind: str, name: str, known: Iterable[str], *, most: int = _MOST_LISTED
    ) -> None:
        """Build the sentence: what was asked for, the likely fix, the choices if few.

        Args:
            kind: What was asked for.
            name: Under which name.
            known: Names there are.
            most: Choices that are all named; of more the three nearest are.
        """
        choices = sorted(known)
        close = get_close_matches(name, choices, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        self.message = f"no {kind} named {name!r}.{hint} {_known_words(name, choices, most)}."
        super().__init__(kind, name, choices)  # so that a copy can be made of the arguments

    def __str__(self) -> str:
        return self.message  # KeyError would print the repr


def _known_words(name: str, choices: Sequence[str], most: int) -> str:
    """All choices, or of more than a reader looks through the three nearest."""
    if len(choices) <= most:
        return f"Known: {', '.join(choices) or 'none'}"
    nearest = get_close_matches(name, choices, n=3, cutoff=0)
    return f"Nearest of {len(choices)} known: {', '.join(nearest)}"


class MissingExtraError(BreakevenError, ImportError):
    """A dependency of an optional part is not installed."""

    def __init__(self, needed_for: str, extra: str) -> None:
        """Name the part and the command that installs it."""
        super().__init__(needed_for, extra)
        self.msg = (
            f"{needed_for} needs the extra {extra!r}, which is not installed. "
            f"Run: pip install 'breakeven[{extra}]'."
        )


class BackendMissingError(BreakevenError):
    """A backend is asked for that is not installed here."""


class ExportError(BreakevenError):
    """A model could not be exported, or its graph does not answer as the model does."""


class MeterUnavailableError(BreakevenError):
    """The machine cannot measure what was asked.

    Attributes:
        message: What stands in the way.
        advice: What would change that.
        is_worth_a_note: Whether a run that goes on without it says so; not for a kind of sensor
            that most machines lack and nobody misses.
    """

    def __init__(self, message: str, *, advice: str = "", is_worth_a_note: bool = True) -> None:
        """Keep the reason and the fix apart, so that a note can show both."""
        self.message, self.advice = message, advice
        self.is_worth_a_note = is_worth_a_note
        super().__init__(f"{message} {advice}".strip())


class CounterResetError(BreakevenError):
    """A cumulative counter fell although it can only rise."""


class NoStudyError(BreakevenError):
    """A report needs one study with something in it, and the store holds none, or several."""


class StudyFileError(BreakevenError, ValueError):
    """A study file cannot be carried out as written."""


class SettingsError(BreakevenError, ValueError):
    """A setting has a value that nothing here can run."""


class DataFileError(BreakevenError, ValueError):
    """A data file is missing, malformed or contradicts the task."""


class ResultFileError(BreakevenError, ValueError):
    """What a measured command wrote of its scores and volume cannot be used."""


class ModelFolderError(BreakevenError, ValueError):
    """A model folder lacks something or holds something we refuse to load."""


class UnknownOperatorError(BreakevenError):
    """Operators have no rule, so that their work is unknown, which is not zero."""

    def __init__(self, unknown: Mapping[str, int]) -> None:
        """Name each operator and how often it was called."""
        super().__init__(unknown)
        self.unknown = unknown

    def __str__(self) -> str:
        named = ", ".join(f"{name} x{n}" for name, n in sorted(self.unknown.items()))
        return (
            f"no rule counts {named}; leave out --strict to see the rest, or add a rule in "
            "workloads/counting/rules"
        )


class UnknownEmissionsError(BreakevenError):
    """Emissions are asked for as one number, and there is none."""


class TrialPrunedError(BreakevenError):
    """A trial was judged not worth its end; it ends a stage in order."""


class RankFailedError(BreakevenError):
    """One of the processes that execute a stage together failed, so all were ended."""


class PrecisionRefusedError(BreakevenError):
    """A precision was tried on this device and found unsupported or slower than fp32."""


class IncomparableRunsError(BreakevenError, ValueError):
    """Runs differ in something that must match before they may be compared or reused."""


class NothingMeasuredError(BreakevenError):
    """What everything else is compared with could not be run: a baseline, a delivered folder."""


class CertificateError(BreakevenError, ValueError):
    """What was measured cannot tell whether a claim holds, whatever it shows."""


class SearchStoppedError(BreakevenError):
    """A search ended before it could answer, because its budget was spent."""


class CalibrationError(BreakevenError, ValueError):
    """Windows cannot tell how a meter relates to software channels."""


class RecordFormatError(BreakevenError, ValueError):
    """A stored record cannot be read."""


class StoreWriteError(BreakevenError, OSError):
    """A record could not be written to disk.

    Attributes:
        is_disk_full: Whether space, quota or file size ran out.
        is_record_kept: Whether the record in hand was still written, thanks to the reserve.
    """

    def __init__(
        self, message: str, *, is_disk_full: bool = False, is_record_kept: bool = False
    ) -> None:
        """Keep the sentence and what the caller may rely on."""
        super().__init__(message)
        self.is_disk_full = is_disk_full
        self.is_record_kept = is_record_kept


class StoreBusyError(BreakevenError):
    """Another process holds the lease or lock that is needed."""


class WorkerDiedError(BreakevenError):
    """A worker process ended before it answered."""
