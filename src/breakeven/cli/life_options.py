"""Options of `breakeven report` that ask about the whole life-cycle, and what they ask."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from breakeven.analysis.asked import Questions, Traffic
from breakeven.cli.counts import Count, read_count

_TRAFFIC_ONLY = ("days", "max_latency_ms", "restarts_per_day")

LIFE_OPTIONS = (
    click.option(
        "--measured-only",
        is_flag=True,
        help="Leave out every modelled, assumed and replayed number.",
    ),
    click.option(
        "--min-score",
        type=float,
        help="Lowest score that is good enough, in its own unit, e.g. 0.85.",
    ),
    click.option(
        "--weight-by-score", is_flag=True, help="Count output by its score: per correct answer."
    ),
    click.option(
        "--share",
        multiple=True,
        metavar="ROW=N",
        help="Divide a development row by N downstream tasks (assumed); may be repeated.",
    ),
    click.option(
        "--at-lifetime",
        default="",
        metavar="N,N",
        help="Pareto fronts after so many items, such as 100k,2M.",
    ),
    click.option(
        "--research-passes",
        type=click.FloatRange(min=0, min_open=True),
        default=1.0,
        show_default=True,
        help="Passes over the test split that research makes.",
    ),
    click.option(
        "--requests-per-day",
        type=Count(),
        help="Decide for so many requests, such as 20k, that come one at a time.",
    ),
    click.option(
        "--days",
        type=click.FloatRange(min=0, min_open=True),
        help="Horizon of that decision; 365 by default.",
    ),
    click.option(
        "--max-latency-ms",
        type=click.FloatRange(min=0, min_open=True),
        help="Longest acceptable wait for a request.",
    ),
    click.option(
        "--restarts-per-day",
        type=click.FloatRange(min=0),
        help="Starts of each worker beside its first; 0 by default.",
    ),
)


def life_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, in the order of the table above."""
    for option in reversed(LIFE_OPTIONS):
        command = option(command)
    return command


def asked_of(options: dict[str, Any]) -> Questions:
    """Turn the options' values into questions.

    Raises:
        click.UsageError: If a value cannot be read, or qualifies traffic that nobody asked about.
    """
    shares = _shares(options["share"])
    if options["measured_only"] and shares:
        raise click.UsageError(
            "--share assumes a number of tasks, which --measured-only leaves out; drop one of them"
        )
    return Questions(
        is_measured_only=options["measured_only"],
        min_score=options["min_score"],
        is_weighted=options["weight_by_score"],
        shares=shares,
        lifetimes=_volumes(options["at_lifetime"]),
        n_passes=options["research_passes"],
        traffic=_traffic(options),
    )


def _shares(texts: Sequence[str]) -> dict[str, int]:
    shares = {}
    for text in texts:
        row, _, number = text.rpartition("=")
        if not row or not number.isdecimal() or int(number) < 1:
            raise click.UsageError(
                f"--share {text} was not understood; write ROW=N with N of 1 or more, "
                "e.g. --share ta-distil=48"
            )
        shares[row] = int(number)
    return shares


def _volumes(text: str) -> tuple[float, ...]:
    try:
        volumes = tuple(read_count(part) for part in text.split(",") if part.strip())
        return Questions(lifetimes=volumes).lifetimes
    except ValueError as error:
        raise click.UsageError(
            f"--at-lifetime {text} was not understood; write volumes above 0 with commas, "
            "e.g. --at-lifetime 1e4,1e6,1e8"
        ) from error


def _traffic(options: dict[str, Any]) -> Traffic | None:
    if options["requests_per_day"] is not None:
        limit_ms = options["max_latency_ms"]
        return Traffic(
            requests_per_day=options["requests_per_day"],
            days=options["days"] or 365.0,
            max_latency_s=None if limit_ms is None else limit_ms / 1000,
            restarts_per_day=options["restarts_per_day"] or 0.0,
        )
    for name in _TRAFFIC_ONLY:
        if options[name] is not None:
            flag = f"--{name.replace('_', '-')}"
            raise click.UsageError(f"{flag} says something of traffic; add --requests-per-day N")
    return None
