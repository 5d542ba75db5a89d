"""Completion: what a shell offers after TAB."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.cli.completion import SHELLS, VARIABLE, pathway_names, study_names
from breakeven.store import Store
from breakeven.testing.runs import example_runs

ON_TAB = """\
source <(breakeven --completion bash)
COMP_WORDS=({words})
COMP_CWORD=$(({n} - 1))
_breakeven_completion breakeven
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two stores, each with a study of its own: `store` and `other`."""
    definition, _ = example_runs()
    for name in ("store", "other"):
        with Store(tmp_path / name) as store:
            store.save_study(replace(definition, name=f"of-{name}"))
    return tmp_path


def environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    return {**os.environ, "PATH": path, **more}


def offered(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last of these words, its script sourced as a user would."""
    quoted = " ".join(f"'{word}'" for word in ("breakeven", *words))
    script = ON_TAB.format(words=quoted, n=len(words) + 1)
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.split()


def test_bash_completes_commands_and_those_below_them(folder: Path) -> None:
    assert offered(folder, "re") == ["report"]
    assert set(offered(folder, "")) >= {"run", "plan", "report", "measure"}
    assert offered(folder, "store", "sh") == ["show"]


def test_bash_completes_flags_and_choices(folder: Path) -> None:
    assert offered(folder, "pareto", "store", "--form") == ["--format"]
    assert "markdown" in offered(folder, "store", "show", "store", "--modalities", "m")
    assert "--completion" in offered(folder, "--c")


def test_bash_completes_the_names_that_stand_in_the_store(folder: Path) -> None:
    definition, _ = example_runs()
    pathways = [pathway.name for pathway in definition.pathways]

    assert offered(folder, "lifecycle", "other", "--study", "") == ["of-other"]
    assert offered(folder, "export", "other", "--pathway", "") == pathways
    assert offered(folder, "export", "other", "--pathway", pathways[0]) == [pathways[0]]
    assert offered(folder, "measure", "--study", "") == ["of-store"]  # its own default
    assert offered(folder, "measure", "--store", "other", "--study", "") == ["of-other"]
    assert offered(folder, "lifecycle", "nowhere", "--study", "") == []
    assert offered(folder, "store", "show", "other", "--study", "") == ["of-other"]
    assert offered(folder, "import", "emissions", "f", "--study", "") == ["of-store"]
    assert offered(folder, "import", "table", "f", "--study", "") == []  # it names a new one


def test_bash_completes_pathways_that_were_measured_by_hand(folder: Path) -> None:
    """A store made by `measure` or `metered` has no study file that names them."""
    _, runs = example_runs()
    with Store(folder / "by-hand") as store:
        store.append(replace(runs[0], joined='THE"IRS', study="s"))
        store.append(replace(runs[1], joined="", study="s"))

    assert pathway_names(folder / "by-hand") == ['THE"IRS']
    assert offered(folder, "export", "by-hand", "--pathway", "TH") == [r"THE\"IRS"]


def test_bash_completes_the_names_of_costs(folder: Path) -> None:
    assert offered(folder, "lifecycle", "store", "--resource", "cpu") == ["cpu", "cpu_s"]
    assert "flops" in offered(folder, "pareto", "store", "--cost", "")


def asked(shell: str, words: Sequence[str], folder: Path) -> str:
    """What the command answers a shell that has no interpreter here."""
    typed = {"COMP_WORDS": " ".join(("breakeven", *words)), "COMP_CWORD": str(len(words))}
    if shell == "fish":
        typed["COMP_CWORD"] = words[-1]
    done = subprocess.run(
        [sys.executable, "-m", "breakeven"],
        cwd=folder,
        env=environment(**typed, **{VARIABLE: f"{shell}_complete"}),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_are_answered_with_words_and_their_meaning(shell: str, folder: Path) -> None:
    told = asked(shell, ["re"], folder)

    assert "report" in told
    assert "Analyse a store and write report.html and its tables." in told
    assert "compare" not in told


@pytest.mark.parametrize("shell", SHELLS)
def test_each_script_asks_the_command_itself(shell: str) -> None:
    printed = CliRunner().invoke(group, ["--completion", shell])

    assert printed.exit_code == 0
    assert f"{VARIABLE}={shell}_complete" in printed.stdout


@pytest.mark.parametrize(
    ("typed", "hint"), [("reprot", "Did you mean 'report'?"), ("qqqq", "No such command 'qqqq'.\n")]
)
def test_of_an_unknown_command_the_nearest_is_named(typed: str, hint: str) -> None:
    refused = CliRunner().invoke(group, [typed])

    assert refused.exit_code == 2
    assert hint in refused.stderr


def test_an_unknown_shell_is_told_the_known_ones() -> None:
    printed = CliRunner().invoke(group, ["--completion", "tcsh"])

    assert printed.exit_code == 2
    assert "'bash', 'zsh', 'fish'" in printed.stderr


def test_a_study_that_cannot_be_read_offers_nothing(tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "torn.json").write_text('{"name": "to')
    (tmp_path / "studies" / "other.json").write_text("[]")

    assert study_names(tmp_path) == []
    assert pathway_names(tmp_path) == []
