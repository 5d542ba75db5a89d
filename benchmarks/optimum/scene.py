"""One tool at work: its command, watched from outside by a clock and by the kernel's accounts."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAMPLE_S = 0.05
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One forward pass as the witness saw it; CPU seconds are those of its process so far."""

    start_s: float
    end_s: float
    cpu_before_s: float
    cpu_after_s: float
    n_texts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What was seen of one command.

    Attributes:
        said: Its standard output.
        duration_s: From its start to its end.
        cpu_s: Of all its processes.
        passes: Forward passes, in order.
        parent_cpu_s: CPU time of the process that was started, without its children, at moments.
    """

    said: str
    duration_s: float
    cpu_s: float
    passes: Sequence[Pass]
    parent_cpu_s: Sequence[tuple[float, float]]

    def measured(self, n_batches: int) -> Sequence[Pass]:
        """The last passes: those that came after warm-up."""
        return self.passes[-n_batches:]

    def true_throughput(self, n_batches: int) -> float:
        """Texts really computed per second of the measured passes, whatever was between them."""
        seen = self.measured(n_batches)
        return sum(own.n_texts for own in seen) / (seen[-1].end_s - seen[0].start_s)

    def parent_share(self, n_batches: int) -> float:
        """CPU seconds of the parent for each of its child's while that was measured.

        On a busy machine both get less of a core, and this stays what it is.
        """
        seen = self.measured(n_batches)
        start_s, end_s = seen[0].start_s, seen[-1].end_s
        inside = [own for own in self.parent_cpu_s if start_s <= own[0] <= end_s]
        if len(inside) < 2:
            raise ValueError(
                f"{end_s - start_s:.2f} s are too short to watch; ask for more batches"
            )
        return (inside[-1][1] - inside[0][1]) / (seen[-1].cpu_after_s - seen[0].cpu_before_s)


def play(command: Sequence[str], folder: Path, more: Mapping[str, str]) -> Scene:
    """Run a command to its end.

    Args:
        command: What is typed.
        folder: Empty; the witness writes here.
        more: Further environment.

    Raises:
        RuntimeError: If it fails.
    """
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
        "PYTHONPATH": str(HERE / "shim"),
        "WITNESS": str(folder),
        **more,
    }
    out_path, err_path = (folder.parent / f"{folder.name}.{end}" for end in ("out", "err"))
    with out_path.open("w", encoding="utf-8") as out, err_path.open("w", encoding="utf-8") as err:
        start_s = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=environment)
        samples = []
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            samples.append((time.monotonic(), own_cpu_s(process.pid)))
            time.sleep(SAMPLE_S)
        duration_s = time.monotonic() - start_s
        process.returncode = os.waitstatus_to_exitcode(status)
    said, complained = (path.read_text(encoding="utf-8") for path in (out_path, err_path))
    if process.returncode:
        told = f"{said}{complained}"[-2000:]
        raise RuntimeError(f"{command[:3]} ended with {process.returncode}:\n{told}")
    return Scene(
        said=said,
        duration_s=duration_s,
        cpu_s=usage.ru_utime + usage.ru_stime,
        passes=read_passes(folder),
        parent_cpu_s=samples,
    )


def own_cpu_s(pid: int) -> float:
    """CPU seconds of a process without its children, threads that ended included."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_S


def read_passes(folder: Path) -> list[Pass]:
    """What the witness wrote in every process."""
    lines = [
        line.split()
        for path in folder.iterdir()
        if path.name.isdigit()
        for line in path.read_text(encoding="ascii").splitlines()
    ]
    passes = [
        Pass(
            start_s=float(start),
            end_s=float(end),
            cpu_before_s=float(before),
            cpu_after_s=float(after),
            n_texts=int(n),
        )
        for start, end, before, after, n in lines
    ]
    return sorted(passes, key=lambda own: own.start_s)
