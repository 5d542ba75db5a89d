"""`breakeven optimize`: the cheapest inference that loses nothing, searched and certified."""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from breakeven.cli.exits import Exit
from breakeven.cli.optimize_asked import optimization_of
from breakeven.cli.overrides import (
    override_option,
    profile_option,
    store_option,
    variable_option,
)

if TYPE_CHECKING:
    from breakeven.study.optimize.load import Optimization
    from breakeven.study.optimize.optimize import Optimized


@click.command("optimize")
@click.argument("model")
@click.option(
    "--task",
    metavar="SPEC",
    help="Of a MODEL: the task's name and options, NAME,key=value,...; of a study file: one of its "
    "`tasks`.",
)
@click.option(
    "--max-drop",
    type=click.FloatRange(0, 100, min_open=True),
    default=None,
    help="Points of the metric that may be lost.  [default: 1.0]",
)
@click.option(
    "--min-saving",
    type=click.FloatRange(1),
    default=None,
    help="Factor by which the choice must be shown to be cheaper.  [default: 1.05]",
)
@click.option(
    "--cost",
    type=click.Choice(("cpu", "energy", "latency")),
    default=None,
    help="What is saved: CPU seconds, joules, or seconds per example.  [default: cpu]",
)
@click.option(
    "--baseline",
    type=click.Choice(("weak", "strong")),
    default="strong",
    show_default=True,
    help="Of a MODEL: what it is compared with. weak: eager attention, padded to 128; strong: "
    "fused attention, sorted by length, cut at the model's own length.",
)
@click.option(
    "--reference",
    "references",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a setting of that baseline, e.g. max_length=256; may be repeated.",
)
@click.option(
    "--backends",
    metavar="A,B",
    help="Of a MODEL: backends to export to; none: torch alone.  [default: those installed]",
)
@click.option(
    "--precisions",
    metavar="A,B",
    help="Of a MODEL: precisions to export to, e.g. int8-static,fp32.  [default: those that the "
    "backends build and this device computes in]",
)
@click.option(
    "--try",
    "tried",
    multiple=True,
    metavar="KEY=V,V",
    help="Setting of inference to try at these values, e.g. batch_size=8,32; may be repeated.",
)
@click.option(
    "--depths", metavar="N,N", help="Layers to cut the model to, its head re-fitted, e.g. 5,4."
)
@click.option(
    "--exits",
    multiple=True,
    metavar="N,N",
    help="Layers after which the model may stop where it is sure, e.g. 2,4; may be repeated.",
)
@click.option(
    "--student",
    metavar="MODEL2",
    help="Of a MODEL: a smaller one of the same task, tried alone and before MODEL in a cascade; "
    "of a study file: a pathway.",
)
@click.option("--max-latency-ms", type=float, help="Longest time that a batch may take.")
@click.option(
    "--percentile",
    type=click.Choice(("50", "99")),
    default=None,
    help="Per cent of batches that must be as fast.  [default: 99]",
)
@click.option("--max-memory-mb", type=float, help="Largest peak of resident memory, in 10^6 bytes.")
@click.option("--blocks", type=int, help="Fresh blocks of the certificate.  [default: 6]")
@store_option
@override_option
@variable_option
@profile_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--certificate",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the certificate into this file, for `breakeven export --certificate`.",
)
def command(model: str, *, store: Path, as_json: bool, **asked: Any) -> None:  # noqa: ANN401 - one per option
    """Find the cheapest inference of MODEL on this machine and certify what it saves and keeps.

    MODEL is a folder, a hub id, STORE:ROW for the model that a row of a store made, or a study file
    (.yaml) with a block `optimize`. Configurations are measured on validation examples, the choice
    is certified on the test split in fresh blocks. The result goes to stdout, progress to stderr.
    Exit code 1 when no certificate is granted or the search could not be done, 130 after Ctrl-C;
    the same command goes on from there.
    """
    from breakeven.cli.optimize_text import data_text, found_text  # noqa: PLC0415 - lazy

    found = _run(optimization_of(model, asked), store)
    click.echo(data_text(found) if as_json else found_text(found))
    if asked["certificate"] is not None and found.certificate is not None:
        from breakeven.store.codec import encode_indented  # noqa: PLC0415 - lazy

        asked["certificate"].write_bytes(encode_indented(found.certificate))
    if found.certificate is None or not found.certificate.granted:
        sys.exit(Exit.FAILED)


def _run(optimization: "Optimization", store: Path) -> "Optimized":
    """Search with progress on stderr; leave in order on SIGINT and SIGTERM."""
    from breakeven.cli.optimize_text import round_text  # noqa: PLC0415 - lazy
    from breakeven.cli.progress import watcher  # noqa: PLC0415 - lazy
    from breakeven.session import leave_on  # noqa: PLC0415 - lazy
    from breakeven.study.optimize.optimize import Optimizer  # noqa: PLC0415 - lazy

    cost = optimization.wanted.cost
    try:
        with leave_on(signal.SIGINT, signal.SIGTERM), watcher(store) as watch:
            return Optimizer(
                optimization=optimization,
                store=store,
                on_event=watch,
                on_round=lambda done: watch.write(round_text(done, cost)),
                say=watch.write,
            ).run()
    except KeyboardInterrupt:
        click.echo(
            "interrupted; what was running is stored as such. Run the same command to go on.",
            err=True,
        )
        sys.exit(Exit.INTERRUPTED)
