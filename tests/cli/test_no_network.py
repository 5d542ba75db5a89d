"""Nothing is connected, looked up or sent by import, start, doctor, measure or a study."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from breakeven.store import Store
from breakeven.testing.runs import example_runs

WATCHER = """\
import os, socket, sys

LOCAL = {getattr(socket, "AF_UNIX", None), getattr(socket, "AF_NETLINK", None)}
QUIET = {"socket.__new__", "socket.gethostname", "socket.sethostname"}

def watch(event, args):
    if not event.startswith("socket.") or event in QUIET:
        return
    if args and getattr(args[0], "family", None) in LOCAL:
        return
    with open(os.environ["WATCHED"], "a") as file:
        file.write(f"{event} {args[1:]!r}\\n")

sys.addaudithook(watch)
"""
STUDY = """\
study: small
engine: toy
task: {name: toy}
stages:
  - {name: ft, stage: finetune}
pathways: {FT: ft}
inference: {blocks: 1}
"""
BREAKEVEN = "import sys; from breakeven.cli import main; main(sys.argv[1:])"
COMMANDS = {
    "import": ["-c", "import breakeven; breakeven.measure, breakeven.Store"],
    "help": ["-c", BREAKEVEN, "--help"],
    "demo --help": ["-c", BREAKEVEN, "demo", "--help"],
    "doctor": ["-c", BREAKEVEN, "doctor"],
    "doctor --explain": ["-c", BREAKEVEN, "doctor", "--explain"],
    "measure": ["-c", BREAKEVEN, "measure", "--", sys.executable, "-c", "pass"],
    "run": ["-c", BREAKEVEN, "run", "study.yaml", "--store", "ran"],
}

EXPORTING = """\
import os, sys
import numpy as np
from breakeven.workloads.backends import openvino_int8, telemetry
if "SENDING" in os.environ:
    openvino_int8.forbid_telemetry = lambda: None
else:
    telemetry.forbid_telemetry()
import openvino
from openvino import opset13

table = opset13.constant(np.eye(8, dtype=np.float32))
given = opset13.parameter([-1, 8], np.float32)
given.output(0).get_tensor().set_names({"given"})
model = openvino.Model([opset13.matmul(given, table, False, False)], [given])
rows = [{"given": np.ones((2, 8), np.float32)}]
for precision in ("int8-dynamic", "int8-static"):
    settings = {"precision": precision, "per_channel": True}
    made = openvino_int8.in_int8(model.clone(), settings=settings, calibration=rows)
    openvino.save_model(made, "small.xml")
openvino.compile_model("small.xml", "CPU")
"""
"""Both ways into int8, of a graph of one product; with SENDING as NNCF would have it."""

CHILD = "import socket; socket.getfqdn()"

Watched = Callable[[list[str]], str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder with a study, and one whose `sitecustomize` watches every interpreter."""
    made = tmp_path_factory.mktemp("watched")
    (made / "study.yaml").write_text(STUDY)
    (made / "watcher").mkdir()
    (made / "watcher" / "sitecustomize.py").write_text(WATCHER)
    return made


@pytest.fixture
def watched(folder: Path) -> Watched:
    """Run an interpreter and return what it, or any interpreter it started, did to a network."""

    def run(arguments: list[str]) -> str:
        log = folder / "watched.log"
        log.write_text("")
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env=_watching(folder, log),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return log.read_text()

    return run


def _watching(folder: Path, log: Path) -> Mapping[str, str]:
    path = os.pathsep.join(filter(None, [str(folder / "watcher"), os.environ.get("PYTHONPATH")]))
    return {**os.environ, "PYTHONPATH": path, "WATCHED": str(log)}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_no_socket_is_touched(watched: Watched, arguments: list[str]) -> None:
    assert watched(arguments) == ""


def test_no_report_asks_a_network(watched: Watched, folder: Path) -> None:
    definition, runs = example_runs()
    with Store(folder / "example") as store:
        store.save_study(definition)
        for run in runs:
            store.append(run)
    assert watched(["-c", BREAKEVEN, "report", "example", "--tables-only"]) == ""


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("socket.create_connection(('127.0.0.1', 9), 1)", "socket.connect"),
        ("socket.getaddrinfo('localhost', 80)", "socket.getaddrinfo"),
        ("socket.getfqdn()", "socket.gethostbyaddr"),
        ("socket.socket(type=2).sendto(b'x', ('127.0.0.1', 9))", "socket.sendto"),
        (f"import subprocess; subprocess.run([sys.executable, '-c', {CHILD!r}])", "gethostbyaddr"),
    ],
)
def test_the_watcher_sees_what_it_watches_for(watched: Watched, code: str, event: str) -> None:
    careful = f"import socket, sys\ntry:\n    {code}\nexcept OSError:\n    pass"
    assert event in watched(["-c", careful])


@pytest.fixture(scope="module")
def isolated() -> list[str]:
    """Run in a network of its own in which nothing is connected, not even to itself."""
    command = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare(1) here")
    tried = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"unshare is refused here: {tried.stderr.strip()}")
    return command


def sent(snmp: str) -> dict[str, int]:
    """What left, or tried to leave, a network: counters of /proc/net/snmp (RFC 1213)."""
    wanted = {("Ip", "OutRequests"), ("Ip", "OutNoRoutes"), ("Tcp", "ActiveOpens")}
    wanted |= {("Udp", "OutDatagrams")}
    found = re.findall(r"^(\w+): ([A-Z].*)\n\1: (.*)$", snmp, flags=re.MULTILINE)
    return {
        name: int(value)
        for protocol, names, values in found
        for name, value in zip(names.split(), values.split(), strict=True)
        if (protocol, name) in wanted
    }


@pytest.mark.parametrize("name", ["import", "doctor", "measure", "run"])
def test_it_works_without_a_network_and_nothing_tries_to_leave(
    isolated: list[str], folder: Path, name: str
) -> None:
    script = 'python=$1; shift; "$python" "$@" >&2 && cat /proc/net/snmp'
    done = subprocess.run(
        [*isolated, "sh", "-c", script, "sh", sys.executable, *COMMANDS[name]],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert set(sent(done.stdout).values()) == {0}
    assert len(sent(done.stdout)) == 4


def test_the_counters_see_what_they_count(isolated: list[str]) -> None:
    code = (
        "import socket, pathlib\n"
        "try: socket.create_connection(('192.0.2.1', 80), 1)\n"
        "except OSError: pass\n"
        "print(pathlib.Path('/proc/net/snmp').read_text())"
    )
    done = subprocess.run(
        [*isolated, sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert sum(sent(done.stdout).values()) > 0


@pytest.fixture
def exported(folder: Path, tmp_path: Path) -> Callable[..., tuple[str, list[str]]]:
    """Export in int8, outside CI for all that is told; return what it asked and left at home."""
    for name in ("openvino", "nncf"):
        pytest.importorskip(name)

    def run(before: Sequence[str] = (), **told: str) -> tuple[str, list[str]]:
        log = tmp_path / "watched.log"
        log.write_text("")
        home = tmp_path / "home"
        home.mkdir()
        silent = ("CI", "TF_BUILD", "JENKINS_URL")
        known = {k: v for k, v in _watching(folder, log).items() if k not in silent}
        done = subprocess.run(
            [*before, sys.executable, "-c", EXPORTING],
            cwd=tmp_path,
            env={**known, "HOME": str(home), **told},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        return log.read_text(), sorted(path.name for path in home.rglob("*"))

    return run


def test_an_export_tells_nobody_and_leaves_nothing_at_home(
    exported: Callable[..., tuple[str, list[str]]],
) -> None:
    assert exported() == ("", [])


def test_the_same_export_would_tell_if_it_were_let(
    isolated: list[str], exported: Callable[..., tuple[str, list[str]]]
) -> None:
    asked, left = exported(isolated, SENDING="1")
    assert "socket.getaddrinfo" in asked
    assert "openvino_ga_cid" in left
