"""Options of `breakeven lifecycle` that ask about volumes, and what they ask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.counts import Count
from breakeven.cli.lifecycle_values import (
    UNITS,
    read_error,
    read_map,
    read_profiles,
    read_rule,
    read_update,
    read_volumes,
    refuse_twice,
)

if TYPE_CHECKING:
    from breakeven.analysis.lifetime import ErrorCost, ShareRule, Terms, Update
    from breakeven.records import Resource

_VOLUME = click.FloatRange(min=0, min_open=True)

OPTIONS = (
    click.option("--break-even", is_flag=True, help="Break-even of every pair, in every cost."),
    click.option("--cheapest", is_flag=True, help="Who is cheapest at which volume."),
    click.option(
        "--map",
        "maps",
        multiple=True,
        metavar="ROW=1..64",
        help="Who is cheapest by volume and number of tasks that share ROW (assumed).",
    ),
    click.option(
        "--at-lifetime",
        default="",
        metavar="N,N",
        help="Cost in all and per item after N items, such as 100k,2M.",
    ),
    click.option(
        "--profile",
        "profiles",
        multiple=True,
        metavar="NAME=N|FILE",
        help="Cost in research, in production and in one's own use: N items, such as 2M, or a CSV "
        "of profile, items.",
    ),
    click.option(
        "--research-passes",
        type=_VOLUME,
        help="Passes over the test split that research makes.  [default: 1]",
    ),
    click.option("--ratio", is_flag=True, help="Product over cost, and its two readings."),
    click.option("--equations", is_flag=True, help="E_T, D_T and H, and cost by equations 3 to 6."),
    click.option(
        "--volume",
        type=Count(),
        help="Planned items, such as 100k, 2.5M or 1e6, instead of the study's own.",
    ),
    click.option(
        "--share-rule",
        "rules",
        multiple=True,
        metavar="ROW=RULE",
        help="Charge a development row whole, equal (or equal:K), use:F (from 0 to 1) or sunk "
        "(assumed); may be repeated.",
    ),
    click.option(
        "--min-score",
        type=float,
        help="Lowest score that is good enough, in its own unit, e.g. 0.85.",
    ),
    click.option(
        "--weight-by-score", is_flag=True, help="Divide every cost by the score of its output."
    ),
    click.option(
        "--error-cost", metavar="AMOUNT", help="Of each wrong answer (assumed), e.g. '0.05 EUR'."
    ),
    click.option(
        "--update-every",
        "updates",
        multiple=True,
        metavar="N[:ROW]",
        help="Pay ROW, else the deployed row, again after every N items, such as 100k (assumed).",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeAsked:
    """What somebody wants to know about volumes.

    Attributes:
        is_break_even: Whether the table of pairs is wanted.
        is_cheapest: Whether the envelope is.
        maps: Numbers of tasks by shared row.
        lifetimes: Volumes at which costs are wanted.
        profiles: Items by name of one's own profile; None when no profile is wanted.
        n_passes: Passes over the test split in research.
        is_ratio: Whether product over cost is wanted.
        is_equations: Whether equations 3 to 6 are.
        volume: Planned items; None for the study's own.
        min_score: Lowest acceptable score; None for the study's own.
        rules: Sharing rule by row.
        error_cost: Amount and unit, empty for that of the headline; None for nothing.
        updates: Repeated development.
        is_weighted: Whether output is weighted by score.
    """

    is_break_even: bool = False
    is_cheapest: bool = False
    maps: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    lifetimes: tuple[float, ...] = ()
    profiles: Mapping[str, float] | None = None
    n_passes: float = 1.0
    is_ratio: bool = False
    is_equations: bool = False
    volume: float | None = None
    min_score: float | None = None
    rules: "Mapping[str, ShareRule]" = field(default_factory=dict)
    error_cost: tuple[float, str] | None = None
    updates: "tuple[Update, ...]" = ()
    is_weighted: bool = False

    @property
    def is_any(self) -> bool:
        """Whether a table about volumes is wanted, so that what was paid is not."""
        wanted = (self.is_break_even, self.is_cheapest, self.is_ratio, self.is_equations)
        return any(wanted) or bool(self.maps or self.lifetimes) or self.profiles is not None

    @property
    def assumption(self) -> str:
        """First option whose value nobody measured; empty where there is none."""
        stated = {
            "--share-rule": self.rules,
            "--map": self.maps,
            "--error-cost": self.error_cost,
            "--update-every": self.updates,
        }
        return next((flag for flag, value in stated.items() if value), "")

    def terms(self, headline: "Resource") -> "Terms":
        """How lives are counted; an error without a unit costs the headline's."""
        from breakeven.analysis.lifetime import Terms  # noqa: PLC0415 - `--help` stays light

        return Terms(
            rules=self.rules,
            error_cost=self._error_cost(headline),
            updates=self.updates,
            is_weighted=self.is_weighted,
        )

    def _error_cost(self, headline: "Resource") -> "ErrorCost | None":
        from breakeven.analysis.lifetime import ErrorCost  # noqa: PLC0415 - as above
        from breakeven.records import Resource  # noqa: PLC0415 - as above

        if self.error_cost is None:
            return None
        amount, unit = self.error_cost
        name, factor = UNITS[unit] if unit else (headline.value, 1.0)
        return ErrorCost(resource=Resource(name), per_error=amount * factor)


def lifetime_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, in the order of the table above."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def life_asked(options: dict[str, Any]) -> LifeAsked:
    """Turn the options' values into what is asked.

    Raises:
        click.UsageError: If a value cannot be read, or a row is named twice.
    """
    if options["weight_by_score"] and options["error_cost"] is not None:
        raise click.UsageError(
            "--weight-by-score and --error-cost count wrong answers twice; drop one of them"
        )
    rules = [read_rule(text) for text in options["rules"]]
    updates = tuple(read_update(text) for text in options["updates"])
    maps = [read_map(text) for text in options["maps"]]
    refuse_twice("--share-rule", [row for row, _ in rules])
    refuse_twice("--update-every", [update.row or "the deployed row" for update in updates])
    refuse_twice("--map", [row for row, _ in maps])
    return LifeAsked(
        is_break_even=options["break_even"],
        is_cheapest=options["cheapest"],
        maps=dict(maps),
        lifetimes=read_volumes(options["at_lifetime"]),
        profiles=read_profiles(options["profiles"]) if options["profiles"] else None,
        n_passes=options["research_passes"] or 1.0,
        is_ratio=options["ratio"],
        is_equations=options["equations"],
        volume=options["volume"],
        min_score=options["min_score"],
        rules=dict(rules),
        error_cost=read_error(options["error_cost"]),
        updates=updates,
        is_weighted=options["weight_by_score"],
    )
