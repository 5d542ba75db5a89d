"""Options of `breakeven impact`; stated numbers are read where they are typed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.counts import Count
from breakeven.cli.fleet_option import read_fleet

if TYPE_CHECKING:
    Callback = Callable[[click.Context, click.Parameter, Any], Any]

DATED = "VALUE,YEAR,SOURCE"


def _read(reader: str) -> "Callback":
    """Read an option, or each of a repeated one, by a function of `analysis.impacts.texts`."""

    def callback(context: click.Context, option: click.Parameter, typed: Any) -> Any:  # noqa: ANN401
        if typed is None or typed == ():
            return typed
        from breakeven.analysis.impacts import texts  # noqa: PLC0415 - `--help` stays light
        from breakeven.errors import UnknownNameError  # noqa: PLC0415 - the same

        read: Callable[[str], Any] = getattr(texts, reader)
        try:
            return tuple(read(text) for text in typed) if option.multiple else read(typed)
        except UnknownNameError as error:
            more = "--list-grids shows them, and --factor takes your own"
            raise click.BadParameter(f"{error} {more}.", ctx=context, param=option) from error
        except ValueError as error:
            raise click.BadParameter(str(error), ctx=context, param=option) from error

    return callback


_WATTS = click.option(
    "--watts",
    multiple=True,
    metavar="PART=W[,LOW-HIGH][xN]",
    help="Average draw of a part, such as gpu=250x8, or of all, such as all=20,10-30 with its "
    "range; repeatable. With STORE: for what nobody metered.",
)
_ASKED = (
    click.option("--study", help="Only this study of STORE."),
    click.option("--energy", metavar="AMOUNT", help="Instead of STORE: energy, such as 141.1Wh."),
    click.option("--kwh", metavar="AMOUNT", help="The same in kWh."),
    click.option("--hours", metavar="H", help="Instead: time, for --watts or --chips."),
    click.option("--days", metavar="D", help="The same in days."),
    _WATTS,
    click.option("--chips", type=click.FloatRange(min=0, min_open=True), help="Devices rented."),
    click.option(
        "--usd", metavar="SUM", help="What they cost; 60000+ for more than. Implies a price."
    ),
    click.option(
        "--rounded", is_flag=True, help="Take typed amounts as rounded to their last digit."
    ),
)
_OF_ENERGY = (
    click.option(
        "--utilisation",
        metavar=DATED,
        callback=_read("read_utilisation"),
        help="Share of rated power that is drawn, where --watts are rated.",
    ),
    click.option(
        "--pue",
        metavar=DATED,
        callback=_read("read_overhead"),
        help='Overhead of the building, such as "1.58,2018,Uptime Institute".',
    ),
    click.option(
        "--grid",
        "grids",
        multiple=True,
        metavar="CODE",
        callback=_read("read_grid"),
        help="Grid of the built-in table, such as DE; repeatable, side by side.",
    ),
    click.option(
        "--factor",
        "factors",
        multiple=True,
        metavar=f"[PLACE=]{DATED}",
        callback=_read("read_location"),
        help='Your own grid factor, such as "US=0.954 lb/kWh,2018,US EPA"; repeatable.',
    ),
    click.option(
        "--market-factor",
        "market",
        metavar=DATED,
        callback=_read("read_market"),
        help='Factor of your contract (market-based), such as "0 kg/kWh,2024,supplier".',
    ),
    click.option(
        "--renewable-share",
        "renewable",
        metavar=DATED,
        callback=_read("read_renewable"),
        help="Part that a provider states as renewable or offset; shown beside, never netted.",
    ),
)
_ASSUMED = (
    *_OF_ENERGY,
    click.option("--list-grids", is_flag=True, help="Only print that table."),
    click.option(
        "--price",
        "electricity",
        metavar=DATED,
        callback=_read("read_electricity_price"),
        help='Price of electricity, such as "0.30 EUR/kWh,2024,our bill".',
    ),
    click.option(
        "--usd-per-chip-hour",
        "chip_hour",
        metavar=DATED,
        callback=_read("read_chip_hour_price"),
        help="Price of a device by the hour; needs --chips.",
    ),
)


_STORED = (
    click.option(
        "--volume",
        type=Count(),
        help="Items over a lifetime, such as 100k or 2.5M; the study's plan by default.",
    ),
    click.option(
        "--fleet",
        callback=read_fleet,
        metavar="RUNS,ACTORS",
        help="Development by ACTORS, each RUNS times; both assumed.",
    ),
    click.option("--runs", "by_run", is_flag=True, help="One line for each run of STORE."),
    click.option("--measured-only", is_flag=True, help="Leave out modelled, assumed, replayed."),
)


def impact_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command, in the order of the tables above."""
    for option in reversed((*_ASKED, *_ASSUMED, *_STORED)):
        command = option(command)
    return command


def energy_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add those by which energy is modelled and becomes carbon, for documents that state it."""
    for option in reversed((_WATTS, *_OF_ENERGY)):
        command = option(command)
    return command
