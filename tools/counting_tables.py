"""Blocks of docs/counting.md: what `breakeven flops` prints, and the operators it knows."""

from collections.abc import Mapping

import click
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.formulas.families import FAMILIES
from breakeven.formulas.operators import OPERATORS

COMMANDS = {
    "bert": "breakeven flops bert --length 128",
    "matmul": "breakeven flops --op matmul 2 3 4",
}


def counting_tables() -> Mapping[str, str]:
    """Blocks by the name of their marker."""
    printed = {name: _printed(command) for name, command in COMMANDS.items()}
    return {**printed, "operators": _operators(), "families": _families()}


def _printed(command: str) -> str:
    done = CliRunner().invoke(group, command.split()[1:])
    if done.exit_code:
        raise click.ClickException(f"{command}: {done.output}")
    return f"```text\n$ {command}\n{done.output}```\n"


def _operators() -> str:
    """Operators on rows first, then those that treat every element alike."""
    rows = [
        f"| `{name}` | {' '.join(operator.sizes)} | {operator.made_of} |"
        for name, operator in OPERATORS.items()
    ]
    return "\n".join(["| operator | sizes | made of |", "|---|---|---|", *rows, ""])


def _families() -> str:
    return ", ".join(f"`{family}`" for family in FAMILIES) + "\n"
