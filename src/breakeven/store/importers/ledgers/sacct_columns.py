"""What the columns of sacct hold, and how its cells are written (sacct manual)."""

import re
from collections.abc import Callable, Mapping, Sequence

from breakeven.records import Status
from breakeven.store.importers.printed import Printed, read_printed

TAKEN = frozenset(
    {
        *("JobID", "JobIDRaw", "JobName", "State", "Start", "Elapsed", "ElapsedRaw", "TotalCPU"),
        *("MaxRSS", "NTasks", "ConsumedEnergy", "ConsumedEnergyRaw"),
    }
)
KEPT = (
    *("Cluster", "Partition", "NNodes", "AllocNodes", "NCPUS", "AllocCPUS", "ReqMem"),
    *("AllocTRES", "ReqTRES", "ExitCode", "Restarts", "Timelimit"),
)
ALLOCATED = ("CPUTime", "CPUTimeRAW")
PERSONAL = (
    *("User", "UID", "Group", "GID", "Account", "NodeList", "WorkDir", "SubmitLine", "Comment"),
    *("AdminComment", "SystemComment", "StdErr", "StdIn", "StdOut", "Container", "Extra"),
)
ELSEWHERE = ("SystemCPU", "UserCPU", "AveCPU", "MinCPU", "AveRSS", "DerivedExitCode", "End")
OTHER = (
    *("AssocID", "AveCPUFreq", "AveDiskRead", "AveDiskWrite", "AvePages", "AveVMSize", "BlockID"),
    *("Constraints", "DBIndex", "Eligible", "FailedNode", "Flags"),
    *("Layout", "Licenses", "MaxDiskRead", "MaxDiskReadNode", "MaxDiskReadTask"),
    *("MaxDiskWrite", "MaxDiskWriteNode", "MaxDiskWriteTask", "MaxPages", "MaxPagesNode"),
    *("MaxPagesTask", "MaxRSSNode", "MaxRSSTask", "MaxVMSize", "MaxVMSizeNode", "MaxVMSizeTask"),
    *("MCSLabel", "MinCPUNode", "MinCPUTask", "Planned", "PlannedCPU"),
    *("PlannedCPURAW", "Priority", "QOS", "QOSRAW", "QOSREQ", "Reason", "ReqCPUFreq"),
    *("ReqCPUFreqGov", "ReqCPUFreqMax", "ReqCPUFreqMin", "ReqCPUS", "ReqGRES", "AllocGRES"),
    *("ReqNodes", "ReqReservation", "Reservation", "ReservationId", "Reserved", "ResvCPU"),
    *("ResvCPURAW", "SegmentSize", "SLUID", "Submit", "Suspended", "TimelimitRaw"),
    *("TRESUsageInAve", "TRESUsageInMax", "TRESUsageInMaxNode", "TRESUsageInMaxTask"),
    *("TRESUsageInMin", "TRESUsageInMinNode", "TRESUsageInMinTask", "TRESUsageInTot"),
    *("TRESUsageOutAve", "TRESUsageOutMax", "TRESUsageOutMaxNode", "TRESUsageOutMaxTask"),
    *("TRESUsageOutMin", "TRESUsageOutMinNode", "TRESUsageOutMinTask", "TRESUsageOutTot"),
    *("WCKey", "WCKeyID"),
)
KNOWN = frozenset({*TAKEN, *KEPT, *ALLOCATED, *PERSONAL, *ELSEWHERE, *OTHER})
NEEDED = ("JobID", "State")

REASONS: Mapping[str, Sequence[str]] = {
    "elapsed time x allocated CPUs, no CPU time used": ALLOCATED,
    "says who ran what where": PERSONAL,
    "in a column that is taken": ELSEWHERE,
    "no cost that is kept here": OTHER,
}

STATES = {
    "COMPLETED": Status.OK,
    **dict.fromkeys(
        ("FAILED", "OUT_OF_MEMORY", "NODE_FAIL", "BOOT_FAIL", "LAUNCH_FAILED"), Status.FAILED
    ),
    **dict.fromkeys(
        ("CANCELLED", "TIMEOUT", "PREEMPTED", "DEADLINE", "REVOKED", "REQUEUED"),
        Status.INTERRUPTED,
    ),
}
NOT_ENDED = frozenset(
    {"RUNNING", "SUSPENDED", "COMPLETING", "RESIZING", "CONFIGURING", "STOPPED", "SIGNALING"}
)
PENDING = frozenset({"PENDING", "REQUEUE_HOLD", "RESV_DEL_HOLD", "REQUEUE_FED", "SPECIAL_EXIT"})

_ELAPSED = re.compile(
    r"(?:(?:(?P<days>\d{1,9})-)?(?P<hours>\d{1,9}):)?(?P<minutes>[0-5]?\d):(?P<seconds>[0-5]?\d(?:\.\d+)?)"
)
_PREFIXED = re.compile(r"(?P<number>[0-9.]+)(?P<prefix>[KMGTP]?)")


def read_elapsed(text: str) -> Printed:
    """Read [DD-[HH:]]MM:SS[.mmm] as seconds.

    Raises:
        ValueError: If it is not written so.

    Examples:
        >>> read_elapsed("1-02:03:04").value, read_elapsed("00:01.500").value
        (93784.0, 1.5)
    """
    found = _ELAPSED.fullmatch(text)
    if found is None:
        raise ValueError("expected [DD-[HH:]]MM:SS, such as 1-02:03:04")
    before_s = (
        int(found["days"] or 0) * 86400
        + int(found["hours"] or 0) * 3600
        + int(found["minutes"]) * 60
    )
    seconds = read_printed(found["seconds"])
    return Printed(
        value=before_s + seconds.value,
        low=max(0.0, before_s + seconds.value - seconds.step / 2),
        high=before_s + seconds.high,
        step=seconds.step,
    )


def _prefixed(base: int) -> Callable[[str], Printed]:
    def read(text: str) -> Printed:
        found = _PREFIXED.fullmatch(text)
        if found is None:
            raise ValueError("expected a number, with K, M, G, T or P behind it if it is large")
        return read_printed(
            found["number"], factor=float(base ** " KMGTP".index(found["prefix"] or " "))
        )

    return read


read_thousands, read_bytes = _prefixed(1000), _prefixed(1024)
