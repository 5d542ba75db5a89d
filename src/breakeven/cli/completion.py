"""Completion: what a shell offers after TAB, and the script that makes it ask.

Commands, flags and choices are click's own; here are the names that stand in a store, read from
its study files, which are small, and those of costs. Of runs only the names of pathways that joined
a study by `measure` or `metered` are looked for, in so many bytes that nobody waits.
"""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem
from click.types import StringParamType

from breakeven.cli.cost_names import offered_costs
from breakeven.cli.shells import SCRIPTS

SHELLS = tuple(SCRIPTS)
VARIABLE = "_BREAKEVEN_COMPLETE"
"""Tells the command, when the shell calls it, that it is to complete and nothing else."""

_COSTS = frozenset({("lifecycle", "resource"), ("check", "costs"), ("pareto", "costs")})
"""Options that want the name of a cost."""

_JOINED = re.compile(rb'"joined":("(?:[^"\\]|\\.)+")')
"""Pathway of a run that was measured by hand, as a record holds it."""

MOST_BYTES = 1 << 26
"""Records that are looked through for such names: a tenth of a second."""

_NEW_NAMES = frozenset(
    {("measure", "pathway"), ("import table", "study"), ("import table", "pathway")}
)
"""Options that want a name that there is not yet."""


class StoredName(StringParamType):
    """Text that names something in the store of the command line, or in none."""

    def __init__(self, names: Callable[[Path], Sequence[str]], *, is_of_store: bool = True) -> None:
        self._names, self._is_of_store = names, is_of_store

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the names that begin like what was typed."""
        del param
        stores = _stores(ctx) if self._is_of_store else [Path()]
        names = dict.fromkeys(name for store in stores for name in self._names(store))
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def study_names(store: Path) -> list[str]:
    """Names of the studies of a store; none where it holds none that can be read."""
    return [str(study.get("name", "")) for study in _studies(store)]


def pathway_names(store: Path) -> list[str]:
    """Names of the pathways of every study of a store, those that joined it last."""
    found = [each for study in _studies(store) for each in study.get("pathways", ())]
    named = [str(each["name"]) for each in found if isinstance(each, dict) and "name" in each]
    return [*named, *sorted(_joined(store) - set(named))]


def with_names(command: click.Command, *, called: str) -> click.Command:
    """Let the options of a command offer names; while completing only.

    Args:
        command: Whose options these are.
        called: What is typed to call it.
    """
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            with_names(below, called=f"{called} {name}")
    readers = {"study": study_names, "pathway": pathway_names}
    for option in command.params:
        name = option.name or ""
        if isinstance(option, click.Argument):  # the STUDY of `run` is a file
            continue
        if name in readers and (called, name) not in _NEW_NAMES:
            option.type = StoredName(readers[name])
        elif (called, name) in _COSTS:
            option.type = StoredName(lambda _: offered_costs(), is_of_store=False)
    return command


def script(shell: str, group: click.Command) -> str:
    """The script that a shell reads to complete `breakeven`.

    Args:
        shell: One of `SHELLS`.
        group: The command line.
    """
    return SCRIPTS[shell](group, {}, "breakeven", VARIABLE).source()


def _stores(ctx: click.Context) -> list[Path]:
    """Stores that were typed, or else the one that a command with an option for it takes.

    An option that waits for its value ends click's parsing: arguments before it are words still.
    """
    typed = ctx.params.get("stores") or ctx.params.get("store") or ctx.args
    every = typed if isinstance(typed, list | tuple) else [typed]
    return [Path(str(each)) for each in every]


def _joined(store: Path) -> set[str]:
    """Names of pathways that runs brought into a study, of as many records as are looked at."""
    found: set[str] = set()
    left = MOST_BYTES
    for path in sorted((store / "runs").glob("*.jsonl")):
        try:
            with path.open("rb") as file:
                records = file.read(left)
        except OSError:
            continue
        left -= len(records)
        found |= {str(json.loads(text)) for text in _JOINED.findall(records)}
    return found


def _studies(store: Path) -> list[dict[str, Any]]:
    found = []
    for path in sorted((store / "studies").glob("*.json")):
        try:
            study = json.loads(path.read_bytes())
        except (OSError, ValueError):
            continue
        found += [study] if isinstance(study, dict) else []
    return found
