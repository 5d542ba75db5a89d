"""What metering costs, beside codecarbon and zeus: `python -m benchmarks.metering`.

Words may be given to run only the rows that hold one. `--out FILE` keeps what the probes told.
Tools take turns, row by row. Returns 1 when a target is missed.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.metering.probe import IMPORTS
from benchmarks.metering.rows import ROWS, Line, Row, Told, table
from benchmarks.rivals.environments import HERE as SCENES
from benchmarks.rivals.environments import RIVALS, Tool, prepare
from benchmarks.rivals.machine import FakeMachine, Gpu, Hardware, Spell
from benchmarks.rivals.scene import end_session
from breakeven.testing.powercap import FakeZone

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
INSTALLED = Tool(name="breakeven", pins=(str(ROOT), "nvidia-ml-py"))
"""breakeven as a user has it: base package and extra `nvml`, in an environment of its own."""

TOOLS = (INSTALLED, *(tool for tool in RIVALS if tool.name in ("codecarbon", "zeus")))
_HARDWARE = {
    "rapl": Hardware(
        spells=(Spell(duration_s=3600.0, energy_j={}),),
        zones=(FakeZone(folder="intel-rapl:0", name="package-0", energy_uj=10**9),),
    ),
    "gpu": Hardware(
        spells=(Spell(duration_s=3600.0, energy_j={}),),
        gpus=(Gpu(uuid="GPU-1", power_w=100.0, name="Tesla P100-PCIE-16GB", has_counter=False),),
    ),
}


def main(arguments: Sequence[str]) -> int:
    """Return 0 when every target was kept."""
    chosen = _parse(arguments)
    reasons = {tool.name: prepare(tool) for tool in TOOLS}
    for name, reason in reasons.items():
        if reason:
            print(f"{name} is left out: {reason}", file=sys.stderr)
    tools = [tool for tool in TOOLS if not reasons[tool.name]]
    rows = [r for r in ROWS if not chosen.words or any(word in r.name for word in chosen.words)]
    lines = _measure(rows, tools)
    names = [tool.name for tool in tools]
    print(table(lines, names))
    print("installed, packages and all: " + ", ".join(_size(tool) for tool in tools))
    print("floors: " + _floors(tools[0]))
    if chosen.out:
        chosen.out.write_text(json.dumps({line.row.name: line.told for line in lines}, indent=1))
    return 1 if any(line.verdict in ("MISS", "NOT MEASURED") for line in lines) else 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.metering", description=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--out", type=Path, default=None)
    return parser.parse_args(arguments)


def _measure(rows: Sequence[Row], tools: Sequence[Tool]) -> list[Line]:
    """Probe row by row, tools taking turns; rows that share a probe share its answers."""
    known: dict[tuple[str, str], Mapping[str, list[Told]]] = {}
    for row in rows:
        key = (row.probe, row.sensor)
        if key not in known:
            print(f"probing {row.probe} ({row.sensor}) ...", file=sys.stderr, flush=True)
            known[key] = _take_turns(row, tools)
    return [Line(row=row, told=known[row.probe, row.sensor]) for row in rows]


def _take_turns(row: Row, tools: Sequence[Tool]) -> dict[str, list[Told]]:
    told: dict[str, list[Told]] = {tool.name: [] for tool in tools}
    if row.probe == "import":
        for tool in tools:
            _import_cpu_s(tool)  # the first compiles bytecode
    for turn in range(row.n_times):
        for tool in tools[:: 1 if turn % 2 else -1]:
            answer = _import_cpu_s(tool) if row.probe == "import" else _probe(tool, row)
            if answer is not None:
                told[tool.name].append(answer)
    return told


def _import_cpu_s(tool: Tool) -> Told:
    """CPU seconds of a whole process that imports the tool, the interpreter's start included."""
    before_s = _children_s()
    subprocess.run([str(tool.python), "-c", IMPORTS[tool.name]], check=True, capture_output=True)
    return {"cpu_s": _children_s() - before_s}


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _probe(tool: Tool, row: Row) -> Told | None:
    """Run a probe among fake sensors and without a network."""
    return _play(tool, row.probe, _HARDWARE[row.sensor])


def _play(tool: Tool, what: str, hardware: Hardware) -> Told | None:
    with tempfile.TemporaryDirectory(prefix="mt") as made:
        folder = Path(made)
        (folder / "out").mkdir()
        machine = FakeMachine(folder, hardware)
        machine.start()
        scene = {
            "folder": made,
            "powercap": None if machine.powercap is None else str(machine.powercap),
            "is_unprivileged": False,
            "argv": [str(tool.python), str(HERE / "probe.py"), tool.name, what],
            "environ": _environment(folder, has_gpus=bool(hardware.gpus)),
        }
        (folder / "scene.json").write_text(json.dumps(scene))
        apart = ["unshare", "--mount", "--net", *([] if os.geteuid() == 0 else ["-r"])]
        with (folder / "errors").open("wb") as errors:
            process = subprocess.Popen(
                [*apart, sys.executable, str(SCENES / "enter.py"), str(folder / "scene.json")],
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
            process.wait()
        end_session(process.pid)  # helpers that outlive the probe
        machine.stop()
        if not (folder / "told.json").exists():
            said = (folder / "errors").read_text(errors="replace").strip()
            print(f"{tool.name}, {what}: {said[-500:]}", file=sys.stderr)
            return None
        told: Told = json.loads((folder / "told.json").read_text())
    return told


def _environment(folder: Path, *, has_gpus: bool) -> dict[str, str]:
    shim = SCENES / "shim"
    path = os.environ["PATH"]
    return {
        "PYTHONPATH": str(shim),
        "PATH": f"{shim / 'bin'}:{path}" if has_gpus else path,
        "RIVALS_FOLDER": str(folder),
        "RIVALS_UPDATE_S": "0.1",  # as A100 and H100 update
        "METERING_TORCH": ":".join(p for p in sys.path if p.endswith("-packages")),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "OMP_NUM_THREADS": "1",
    }


def _size(tool: Tool) -> str:
    """Size on disk of an environment without pip and setuptools."""
    (packages,) = tool.folder.glob("lib/python*/site-packages")
    left_out = ("pip", "setuptools", "_distutils_hack", "pkg_resources")
    n_bytes = sum(
        path.stat().st_size
        for path in packages.rglob("*")
        if path.is_file() and not path.relative_to(packages).parts[0].startswith(left_out)
    )
    return f"{tool.name} {n_bytes / 1e6:.0f} MB"


def _floors(tool: Tool) -> str:
    told = _play(tool, "floors", _HARDWARE["rapl"])
    if told is None:
        return "not measured"
    return (
        f"a RAPL read through an open file {told['read_s'] * 1e6:.1f} us, "
        f"importing pynvml {told['pynvml_s'] * 1e3:.0f} ms CPU"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
