"""What starting costs: CPU seconds of `import breakeven` and `breakeven --help`.

Each is the CPU time of a whole process, the interpreter's own start included.
"""

import resource
import subprocess
import sys
from collections.abc import Sequence
from statistics import median

from benchmarks.result import Result

N_STARTS = 9
IMPORT_LIMIT_S = 0.1
HELP_LIMIT_S = 0.2
HEAVY = ("torch", "pydantic", "pandas", "altair")

_HEAVY_CHECK = f"import sys; bad = [m for m in {HEAVY!r} if m in sys.modules]; assert not bad, bad"
_IMPORT = f"import breakeven; {_HEAVY_CHECK}"
_HELP = (
    "import sys; from breakeven.cli import main\n"
    "try: main(['--help'])\n"
    f"except SystemExit: pass\n{_HEAVY_CHECK}"
)


def run() -> list[Result]:
    """Time both, each several times."""
    return [
        _result("import breakeven", [sys.executable, "-c", _IMPORT], IMPORT_LIMIT_S),
        _result("breakeven --help", [sys.executable, "-c", _HELP], HELP_LIMIT_S),
    ]


def _result(name: str, command: Sequence[str], limit_s: float) -> Result:
    _cpu_s(command)  # the first start compiles bytecode
    cpu_s = [_cpu_s(command) for _ in range(N_STARTS)]
    return Result(
        name=name,
        value=median(cpu_s),
        unit="CPU s",
        limit=limit_s,
        detail=f"median of {N_STARTS} processes, {min(cpu_s):.3f} to {max(cpu_s):.3f}; "
        f"none of {', '.join(HEAVY)} imported",
    )


def _cpu_s(command: Sequence[str]) -> float:
    before_s = _children_s()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return _children_s() - before_s


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
