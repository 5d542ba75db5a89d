"""Values of the options of `breakeven lifecycle`: how each is written, and what it means."""

import math
import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

import click

from breakeven.cli.counts import read_count
from breakeven.separated import Rows

if TYPE_CHECKING:
    from breakeven.analysis.lifetime import ShareRule, Update

RESEARCH, PRODUCTION = "research", "production"
MAX_TASKS = 1000
"""More numbers of tasks than this are no map that anybody reads."""

UNITS: Mapping[str, tuple[str, float]] = {
    "EUR": ("price_eur", 1.0),
    "USD": ("price_usd", 1.0),
    "J": ("energy_j", 1.0),
    "kJ": ("energy_j", 1e3),
    "Wh": ("energy_j", 3.6e3),
    "kWh": ("energy_j", 3.6e6),
    "s": ("duration_s", 1.0),
    "CPU s": ("cpu_s", 1.0),
    "FLOP": ("flops", 1.0),
    "kgCO2e": ("carbon_kgco2e", 1.0),
    "gCO2e": ("carbon_kgco2e", 1e-3),
}
"""Resource and factor to SI of the units in which an error may be stated."""


def refuse_twice(flag: str, names: Sequence[str]) -> None:
    """Refuse an option that says two things of one row; which would count is nobody's guess.

    Raises:
        click.UsageError: If a name is there twice.
    """
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise click.UsageError(f"{flag} names {twice} twice; say one thing of each row")


def read_volumes(text: str) -> tuple[float, ...]:
    """Volumes with commas."""
    try:
        return tuple(read_count(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise click.UsageError(
            f"--at-lifetime {text} was not understood; write volumes above 0 with commas, "
            "e.g. --at-lifetime 1e6,1e9"
        ) from error


def read_map(text: str) -> tuple[str, tuple[int, ...]]:
    """A row and numbers of tasks that share it."""
    found = re.fullmatch(r"(.+)=(\d+)\.\.(\d+)", text)
    listed = re.fullmatch(r"(.+)=(\d+(?:,\d+)*)", text)
    if found is not None:
        low, high = int(found[2]), int(found[3])
        if 1 <= low <= high:
            doubled = [k for e in range(high.bit_length()) if low <= (k := 2**e) <= high]
            return found[1], tuple(sorted({low, *doubled, high}))
    elif listed is not None:
        tasks = sorted({int(part) for part in listed[2].split(",")})
        if tasks[0] >= 1 and len(tasks) <= MAX_TASKS:
            return listed[1], tuple(tasks)
    raise click.UsageError(
        f"--map {text} was not understood; write ROW=1..64 for powers of two from 1 to 64 tasks, "
        "or ROW=1,10,48"
    )


def read_rule(text: str) -> "tuple[str, ShareRule]":
    """A row and its sharing rule."""
    from breakeven.analysis.lifetime import Rule, ShareRule  # noqa: PLC0415 - as above

    row, _, told = text.rpartition("=")
    name, _, number = told.partition(":")
    try:
        rule = ShareRule(rule=Rule(name if row else ""), amount=float(number) if number else None)
    except ValueError as error:
        raise click.UsageError(
            f"--share-rule {text} was not understood; write ROW=whole, ROW=equal, ROW=equal:K with "
            "K of 1 or more, ROW=use:F with F from 0 to 1, or ROW=sunk"
        ) from error
    return row, rule


def read_error(text: str | None) -> tuple[float, str] | None:
    """An amount and its unit, empty where none is written."""
    if text is None:
        return None
    read = re.fullmatch(r"\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*(.*?)\s*", text)
    number, unit = read.groups() if read is not None else ("", "")
    try:
        amount = float(number)
    except ValueError:
        amount = math.nan
    if not 0 <= amount < math.inf or (unit and unit not in UNITS):
        raise click.UsageError(
            f"--error-cost {text} was not understood; write an amount of at least 0 and one of "
            f"{', '.join(UNITS)}, e.g. --error-cost '0.05 EUR'"
        )
    return amount, unit


def read_update(text: str) -> "Update":
    """Items between updates, and perhaps a row."""
    from breakeven.analysis.lifetime import Update  # noqa: PLC0415 - as above

    number, _, row = text.partition(":")
    try:
        return Update(every=read_count(number), row=row or None)
    except ValueError as error:
        raise click.UsageError(
            f"--update-every {text} was not understood; write N or N:ROW with N items above 0, "
            "e.g. --update-every 1e6:finetune"
        ) from error


def read_profiles(texts: Sequence[str]) -> dict[str, float]:
    """Items by name of a profile; research and production are there anyway."""
    found: dict[str, float] = {}
    for text in texts:
        name, _, number = text.rpartition("=")
        if text in {RESEARCH, PRODUCTION}:
            continue
        if not name:
            found |= _profile_file(Path(text))
            continue
        try:
            found[name] = read_count(number)
        except ValueError as error:
            raise click.UsageError(
                f"--profile {text} was not understood; write NAME=N with N items above 0, "
                "research, production, or a CSV file with the columns profile and items"
            ) from error
    return found


def _profile_file(path: Path) -> dict[str, float]:
    """Items by profile from a CSV with both columns."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"--profile {path} cannot be read: {error}") from error
    reader = Rows(text.splitlines(), path=path)
    header = next(reader, [])
    if set(header) != {"profile", "items"}:
        raise click.UsageError(
            f"{path}: the first line must name the columns profile and items, "
            f"not {', '.join(header) or 'nothing'}"
        )
    found = {}
    for cells in filter(None, reader):
        line = dict(zip_longest(header, cells[: len(header)], fillvalue=""))
        try:
            found[str(line["profile"]).strip()] = read_count(line["items"] or "")
        except ValueError as error:
            raise click.UsageError(
                f"{path}, line {reader.line_num}, column items: {line['items']} is no number of "
                "items above 0"
            ) from error
    if not found:
        raise click.UsageError(f"{path} names no profile; add a line such as launch,2e6")
    return found
