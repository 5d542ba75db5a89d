"""Notes: what a reader should know before believing a number.

Checks return notes instead of printing, so the same text reaches the terminal, the report and
the stored record, and a test can assert on `code`.
"""

from dataclasses import dataclass
from enum import StrEnum


class NoteCode(StrEnum):
    """Stable names; reports link each to its page in the docs."""

    METER_UNAVAILABLE = "meter-unavailable"
    COUNTER_RESET = "counter-reset"
    PARTIAL_COVERAGE = "partial-coverage"
    SHORT_WINDOW = "short-window"
    REPLAYED = "replayed"
    DATA_ENDED = "data-ended-first"
    NO_PLATEAU = "no-plateau"
    FEW_REPEATS = "few-repeats"
    SINGLE_DEVELOPMENT = "development-measured-once"
    AA_DIFFERS = "aa-pair-differs"
    DRIFT = "drift"
    BUSY_MACHINE = "busy-machine"
    CPU_STOLEN = "cpu-stolen"
    THROTTLED = "throttled"
    SWAPPED = "swapped"
    LIMITED = "limited"
    IDLE_UNTOLD = "idle-untold"
    NOT_COOLED = "not-cooled"
    DEVICE_SHARED = "device-shared"
    SENSORS_DISAGREE = "sensors-disagree"
    COSTS_DISAGREE = "costs-disagree"
    ABOVE_MAJORITY = "above-majority"
    SCORES_UNPAIRED = "scores-unpaired"
    SCORE_UNDEFINED = "score-undefined"
    DIFFERENT_EXAMPLES = "different-examples"
    ASSUMED_NUMBERS = "assumed-numbers"
    MEASURED_ONLY = "measured-only"
    MIXED_KINDS = "mixed-kinds"
    PRECISION_REFUSED = "precision-refused"
    RELOADED = "model-reloaded"
    FLOPS_CONVENTION = "flops-convention"
    ABSENT_MODULES = "absent-modules"
    SPLITS_ALIKE = "splits-alike"
    ROWS_SKIPPED = "rows-skipped"
    BYTES_REPLACED = "bytes-replaced"
    BASELINE_WINS = "baseline-wins"
    PARENT_MISSING = "parent-missing"
    NOT_FINISHED = "not-finished"
    ROW_FAILED = "row-failed"
    SHARED_DEVELOPMENT = "shared-development"
    JOINED_DIFFERS = "joined-differs"
    OTHER_MACHINE = "other-machine"
    JOINED_INCOMPLETE = "joined-incomplete"
    STATED_BY_COMMAND = "stated-by-command"
    COUNTED_ELSEWHERE = "counted-elsewhere"
    COUNTED_BY_RANK = "counted-by-rank"
    RUNS_OVERLAPPED = "runs-overlapped"
    LOCKS_UNAVAILABLE = "locks-unavailable"
    RANKS_SUMMED = "ranks-summed"
    RANKS_MISSING = "ranks-missing"
    LEFT_EARLY = "left-early"
    TRIALS_COUNTED = "trials-counted"
    FEW_TRIALS = "few-trials"
    VOLUME_UNKNOWN = "volume-unknown"
    NEW_PATHWAY = "new-pathway"
    STARTUP_INSIDE = "start-up-inside"
    STARTUP_UNTOLD = "start-up-untold"
    LOG_JOINED = "log-joined"
    SPOILED_SAMPLE = "spoiled-sample"
    SENSOR_RAMP = "sensor-ramp"
    CALIBRATED = "calibrated"
    MODELLED = "modelled"
    LR_NEVER_FALLS = "lr-never-falls"
    THRESHOLD_ESTIMATED = "threshold-estimated"
    ALL_HANDED_ON = "all-handed-on"
    THRESHOLD_ON_SEEN = "threshold-on-seen"
    NOT_NORMAL = "not-normal"
    RUNS_CORRELATED = "runs-correlated"
    SPREADS_DIFFER = "spreads-differ"
    ONE_BLOCK_DECIDES = "one-block-decides"
    ONE_VALUE_CARRIES = "one-value-carries"
    NOT_SPHERICAL = "not-spherical"
    FEW_SOURCES = "few-sources"
    SOURCES_UNKNOWN = "sources-unknown"
    EXAMPLES_LEFT_OUT = "examples-left-out"
    BLOCKS_LEFT_OUT = "blocks-left-out"
    ANSWERS_CHANGE = "answers-change"
    ANSWERS_BY_BATCH = "answers-by-batch"
    LONGER_THAN_COMPARED = "longer-than-compared"
    COMPUTED_WIDER = "computed-wider"
    ASKED_BEFORE = "asked-before"
    IMPORTED = "imported"
    CELL_LEFT_OUT = "cell-left-out"


DISTURBANCES = frozenset(
    {
        NoteCode.BUSY_MACHINE,
        NoteCode.CPU_STOLEN,
        NoteCode.THROTTLED,
        NoteCode.SWAPPED,
        NoteCode.LIMITED,
        NoteCode.NOT_COOLED,
    }
)
"""Notes of one window, or of the rest before it, which name no row by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One caveat and what to do about it."""

    code: NoteCode
    message: str
    advice: str
