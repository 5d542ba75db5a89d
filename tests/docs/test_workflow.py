"""The ready workflow of the page on CI: a file that parses, with commands that exist."""

import re
import shlex
from pathlib import Path

import click
import yaml

from breakeven.cli import group

PAGE = Path(__file__).resolve().parents[2] / "docs" / "howto" / "ci.md"
WORKFLOW = re.compile(r"^```text\n(name: .*?)^```$", flags=re.MULTILINE | re.DOTALL)


def test_every_job_runs_a_study_and_then_checks_the_same_store() -> None:
    (text,) = WORKFLOW.findall(PAGE.read_text())
    jobs = yaml.safe_load(text)["jobs"]

    assert sorted(jobs) == ["counted", "measured"]
    for job in jobs.values():
        run, check = (shlex.split(s["run"])[1:] for s in job["steps"] if _is_ours(s))
        assert (run[0], check[0]) == ("run", "check")
        assert run[run.index("--store") + 1] == check[1]


def _is_ours(step: dict[str, str]) -> bool:
    return step.get("run", "").startswith("env/bin/breakeven ")


def test_its_commands_and_flags_exist() -> None:
    (text,) = WORKFLOW.findall(PAGE.read_text())
    lines = re.findall(r"run: env/bin/breakeven (.*)", text)

    assert len(lines) == 4
    for line in lines:
        name, *words = shlex.split(line)
        context = click.Context(group, info_name="breakeven")
        command = group.get_command(context, name)
        assert command is not None
        parsed = command.make_context(name, words, parent=context, resilient_parsing=True)
        assert not parsed.args
