"""How-to pages, followed to the letter in an empty folder: their commands run, their plug-ins work.

What stands for the reader's own is put there first: a study with its store, a training script, a
log of Slurm. Container engine, srun and sacct are stand-ins that start what they were given.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from breakeven import Store

pytestmark = [pytest.mark.nlp, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
HOWTO = ROOT / "docs" / "howto"
PAGES = sorted(HOWTO.glob("*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)

STUDY = """
study: small
task: {name: files, train: train.tsv, test: test.tsv}
stages:
  - {name: ft, stage: finetune, model: random, hidden_size: 16, n_heads: 2, n_layers: 1,
     intermediate_size: 32, vocab_size: 100, max_length: 12, batch_size: 8, epochs: 1, repeats: 2}
pathways: {FT: ft}
inference: {blocks: 2, min_window_s: 0.05}
"""
SACCT = """JobID|JobName|State|Start|Elapsed|TotalCPU|MaxRSS|NTasks|ConsumedEnergyRaw|NNodes|NCPUS
101|train|COMPLETED|2025-03-01T10:00:00|01:00:00|07:30:00|||3600000|1|8
102|train|FAILED|2025-03-02T10:00:00|00:10:00|01:00:00|||500000|1|8
"""
PROGRAMS = {
    "breakeven": f'exec "{sys.executable}" -m breakeven "$@"',
    "python": f'exec "{sys.executable}" "$@"',
    "docker": 'while [ "$1" != IMAGE ]; do shift; done; shift; exec "$@"',
    "srun": 'SLURM_JOB_ID=7 SLURM_STEP_ID=0 SLURM_PROCID=0 SLURM_NTASKS=1 exec "$@"',
    "sacct": f"cat <<'END'\n{SACCT}END",
}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that the pages take for granted."""
    folder = tmp_path_factory.mktemp("howto")
    (folder / "bin").mkdir()
    for name, script in PROGRAMS.items():
        (folder / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / "bin" / name).chmod(0o755)
    for part, n in (("train", 40), ("test", 30)):
        rows = [f"{word} tea {part} {i}\t{word}" for i in range(n) for word in ("good", "bad")]
        (folder / f"{part}.tsv").write_text("\n".join(["sentence\tlabel", *rows]) + "\n")
    (folder / "study.yaml").write_text(STUDY)
    (folder / "train.py").write_text("sum(range(10**5))\n")
    (budget,) = [code for kind, code in blocks(HOWTO / "ci.md") if kind == "yaml"]
    (folder / "budget.yaml").write_text(budget)
    done = shell("breakeven run study.yaml --store store", folder)
    assert done.returncode == 0, done.stderr
    copies = ("released", "nightly", "laptop", "server", "node1/store", "node2/store")
    for copy in copies:
        shutil.copytree(folder / "store", folder / copy)
    return folder


def blocks(page: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(folder / "bin"), os.environ["PATH"]])
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=folder,
        env=os.environ | {"PATH": path, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_page_does_what_it_is_there_for(
    page: Path, ready: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(ready, folder)
    lines = [line for kind, code in blocks(page) if kind == "sh" for line in code.splitlines()]
    assert lines
    if "node1/store" in page.read_text(encoding="utf-8"):
        assert "breakeven store merge node1/store node2/store --into all" in lines
    for line in lines:
        done = shell(line, folder)
        assert "Traceback" not in done.stderr, f"{line}\n{done.stderr}"
        answers = line.startswith(("breakeven check", "breakeven doctor"))
        allowed = {0, 1} if answers else {0}  # 1: a limit is broken, a sensor failed a test
        assert done.returncode in allowed, f"{line}\n{done.stdout}{done.stderr}"


def test_the_strict_check_of_the_page_can_pass(ready: Path) -> None:
    page = (HOWTO / "ci.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^breakeven check .* --strict$", page, flags=re.MULTILINE)
    done = shell(line, ready)
    assert "equal is never shown" not in done.stdout


def test_accounting_of_slurm_alone_joins_no_study(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "jobs.txt").write_text(SACCT)
    words = [f'"{ready}/bin/breakeven"', "import sacct jobs.txt --zone Europe/Stockholm"]
    joined = "--study mine --pathway FT --stage finetune"
    for more, study in (("--store alone", ""), (f"--store both {joined}", "mine")):
        done = shell(" ".join([*words, more]), tmp_path)
        assert done.returncode == 0, done.stderr
        runs = Store(tmp_path / more.split()[1]).runs()
        assert [run.status for run in runs] == ["ok", "failed"]
        assert {run.study for run in runs} == {study}


def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the plug-ins of docs/adding.md a package, as the page says; return where it is."""
    found = blocks(ROOT / "docs" / "adding.md")
    (toml,) = [tomllib.loads(code) for kind, code in found if kind == "toml"]
    declared = {group: dict(names) for group, names in toml["project"]["entry-points"].items()}
    text = (ROOT / "docs" / "adding.md").read_text(encoding="utf-8")
    for kind in ("tasks", "reductions"):
        named = rf'`(\w+) = "([\w:]+)"` under `\[project\.entry-points\."breakeven\.{kind}"\]`'
        declared[f"breakeven.{kind}"] = dict(re.findall(named, text))
    site = tmp_path / "site"
    info = site / "plugins-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugins\nVersion: 1.0\n")
    lines = [
        line
        for group, names in declared.items()
        for line in (f"[{group}]", *(f"{name} = {target}" for name, target in names.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    for code in (code for kind, code in found if kind == "python"):
        if module := re.match(r"# (breakeven_\w+)\.py\n", code):
            (site / f"{module[1]}.py").write_text(code.partition("\n# test_")[0])
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)
    return site


USED = """
study: tea
task: {name: tea, n: 12}
defaults: {max_length: 16, hidden_size: 32, n_heads: 2, intermediate_size: 64, vocab_size: 300}
stages:
  - {name: ft, stage: finetune, model: random, n_layers: 1, max_epochs: 1}
pathways: {FT: ft}
inference: {reference: {threads: 2}, blocks: 1, sweep: [{reduction: threads}]}
"""


def test_a_sensor_a_task_and_a_reduction_are_installed_and_used(
    ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = install(tmp_path, monkeypatch)
    names = {path.stem for path in site.glob("*.py")}
    assert names == {"breakeven_kettle", "breakeven_tea", "breakeven_threads"}
    assert "pytest" not in "".join(path.read_text() for path in site.glob("*.py"))

    folder = tmp_path / "reader"
    shutil.copytree(ready / "bin", folder / "bin")
    (folder / "wh.txt").write_text("12")
    (folder / "boil.py").write_text("open('wh.txt', 'w').write('13')\n")
    page = (ROOT / "docs" / "adding.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^breakeven measure .*$", page, flags=re.MULTILINE)
    measured = shell(line, folder)
    assert measured.returncode == 0, measured.stderr
    assert "3.6 kJ (kettle, plug)" in measured.stderr

    (folder / "tea.yaml").write_text(USED)
    planned = shell("breakeven plan tea.yaml --store tea", folder)
    assert planned.returncode == 0, planned.stderr
    assert "task tea: 12 train" in planned.stdout
    assert "FT/threads=1" in planned.stdout

    (folder / "tea.yaml").write_text(USED.replace("threads: 2", "threads: 1"))
    refused = shell("breakeven plan tea.yaml --store tea", folder)
    assert refused.returncode == 1
    assert "tea.yaml:8: inference.sweep: threads=1 reduces nothing" in refused.stderr
