"""`breakeven curves`: which options go together."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from breakeven.cli.curves_lines import is_quality

BEST = "best"
"""Value of --y that asks for the expected best score."""


def refuse_mixed(stores: Sequence[Path], asked: dict[str, Any]) -> None:
    """Refuse options that say nothing of what is asked.

    Raises:
        click.UsageError: If one was given, or there is nothing to read.
    """
    is_best = asked["y"] == BEST
    for name, flag in (("trials", "--trials"), ("range_", "--range")):
        if asked[name] and not is_best:
            raise click.UsageError(f"{flag} is of the best score of a search; add --y best")
    if is_best:
        for name, flag in (("target", "--target"), ("log", "--log")):
            if asked[name] is not None:
                raise click.UsageError(f"{flag} is of lines, and --y best draws none; drop one")
    is_saturating = asked["is_saturating"] or asked["gain"]
    if is_saturating and (not is_quality(asked["y"]) or asked["log"] not in {None, "x"}):
        raise click.UsageError(
            "--saturation is of quality over log x; ask for --y score, loss or a metric, without "
            "--log"
        )
    if asked["is_compact"] and (is_best or is_saturating or asked["out"] or asked["trend"]):
        raise click.UsageError(
            "--compact is a formula by itself; drop --y best, --saturation, --out and --trend"
        )
    if not (stores or asked["trend"] or asked["trials"]):
        raise click.UsageError("name at least one store, or a file with --trend or --trials")
