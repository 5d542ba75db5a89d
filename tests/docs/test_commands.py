"""Every command and flag is documented: in docs/cli.md, by an example on a page, in its help."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from breakeven.cli import group

ROOT = Path(__file__).resolve().parents[2]
CLI_PAGE = ROOT / "docs" / "cli.md"
GENERATED = {CLI_PAGE, ROOT / "docs" / "requirements.md"}
BLOCK = re.compile(r"^```(?:sh|text)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
UNITS = re.compile(
    r"-(s|ms|mb|w|j)\b|seconds|tokens|examples|items|requests|steps|points|pixels|passes|blocks"
    r"|parameters|layers|devices|batch|starts|days|share|factor|level|per cent|from 0|unit",
    flags=re.IGNORECASE,
)
"""What says in which unit a number is given, in the flag's name, its metavar or its help."""


def commands(
    found: click.Group = group, prefix: tuple[str, ...] = ()
) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words that call it."""
    context = click.Context(found)
    for name in found.list_commands(context):
        command = found.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*prefix, name))
        else:
            yield " ".join((*prefix, name)), command


def options(command: click.Command) -> list[click.Option]:
    return [parameter for parameter in command.params if isinstance(parameter, click.Option)]


COMMANDS = dict(commands())


def sections(page: str) -> dict[str, str]:
    parts = re.split(r"^## breakeven ?", page, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: part for part in parts}


def examples() -> list[str]:
    """Lines that call the program, on pages that people wrote."""
    pages = [ROOT / "README.md", ROOT / "examples" / "README.md", *(ROOT / "docs").rglob("*.md")]
    texts = [page.read_text() for page in pages if page not in GENERATED]
    return [line for text in texts for code in BLOCK.findall(text) for line in code.splitlines()]


def missing_from(section: str, command: click.Command) -> list[str]:
    named = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")
    flags = {flag for option in options(command) for flag in option.opts}
    return sorted(flags - set(named.findall(section)))


def has_example(name: str, lines: list[str]) -> bool:
    return any(re.search(rf"(^|\s)breakeven {name}(\s|$)", line) for line in lines)


def untold(command: click.Command) -> list[str]:
    """Flags whose help leaves out a default that acts, or the unit of a number."""
    context = click.Context(command)
    found = []
    for option in options(command):
        words = " ".join(option.get_help_record(context) or ())
        default = option.get_default(context)
        acts = isinstance(default, float | int | str) and default != "" and not option.is_flag
        numeric = isinstance(option.type, click.types.IntParamType | click.types.FloatParamType)
        if acts and "default" not in words:
            found.append(f"{option.opts[0]}: its default, {default!r}")
        if numeric and not UNITS.search(words):
            found.append(f"{option.opts[0]}: its unit")
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_every_flag_stands_in_the_generated_page(name: str) -> None:
    assert missing_from(sections(CLI_PAGE.read_text())[name], COMMANDS[name]) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_shown_by_an_example_on_a_page(name: str) -> None:
    assert has_example(name, examples())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_flag_tells_its_default_and_its_unit(name: str) -> None:
    assert untold(COMMANDS[name]) == []


@click.command()
@click.option("--wait", type=float, default=3.0, help="Wait.")
def undocumented(wait: float) -> None:
    """Wait."""
    assert wait


def test_what_nobody_documented_is_noticed() -> None:
    assert missing_from("## breakeven wait\n--waiting\n", undocumented) == ["--wait"]
    assert not has_example("wait", ["breakeven waiting", "we wait for breakeven"])
    assert untold(undocumented) == ["--wait: its default, 3.0", "--wait: its unit"]
