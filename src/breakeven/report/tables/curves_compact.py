"""Tables of the compact model: its parameters, and each configuration foretold by the others."""

from collections.abc import Iterator, Sequence

from breakeven.analysis.sweeps.compact_configurations import Sweep
from breakeven.analysis.sweeps.compact_depth import DepthFit, Told, error_words
from breakeven.analysis.words import amount_words, counted, resource_words
from breakeven.records import Estimate
from breakeven.report.signs import EM_DASH, EN_DASH
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words

Fitted = Sequence[tuple[Sweep, DepthFit]]


def compact_tables(fits: Fitted) -> tuple[Table, Table]:
    """Parameters and foretold configurations of every sweep."""
    return parameters_table(fits), foretold_table(fits)


def parameters_table(fits: Fitted) -> Table:
    """The formula, parameter by parameter, in SI units."""
    return Table(
        name="compact",
        caption="Cost of an item = (cost at no tokens + cost per token x tokens) x factor of the "
        "precision x (1 - share x part of the layers left out); least squares of relative errors, "
        "95 % by leaving out one configuration after the other.",
        columns=(
            Column(name="sweep", title="Sweep"),
            Column(name="cost", title="Cost"),
            Column(name="parameter", title="Parameter"),
            Column(name="value", title="Value (SI)", is_number=True),
        ),
        rows=tuple(
            (words(sweep.name), words(sweep.resource.value), words(one.name), _cell(one))
            for sweep, fit in fits
            for one in fit.parameters
        ),
    )


def _cell(one: Estimate) -> Cell:
    dash = " to " if one.low is not None and one.low < 0 else EN_DASH
    return number(one, f"{one.value:.4g} ({one.low:.4g}{dash}{one.high:.4g})")


def foretold_table(fits: Fitted) -> Table:
    """Every measurement beside what the other configurations foretell of it."""
    return Table(
        name="foretold",
        caption="Each configuration foretold by a fit without any measurement of it.",
        columns=(
            Column(name="sweep", title="Sweep"),
            Column(name="tokens", title="Tokens", is_number=True, is_plain=True),
            Column(name="precision", title="Precision"),
            Column(name="n_layers", title="Layers", is_number=True, is_plain=True),
            Column(name="measured", title="Measured", is_number=True, is_plain=True),
            Column(name="foretold", title="Foretold", is_number=True, is_plain=True),
            Column(name="error_percent", title="Error, %", is_number=True, is_plain=True),
            Column(name="loses", title="Loss shown"),
        ),
        rows=tuple(_foretold_row(sweep, told) for sweep, fit in fits for told in fit.points),
    )


def _foretold_row(sweep: Sweep, told: Told) -> tuple[Cell, ...]:
    seen = told.seen
    unknown = missing(EM_DASH, hint="no other configuration has its precision or depth")
    layers = missing(EM_DASH, hint="nobody says")
    loses = "" if seen.loses is None else ("yes" if seen.loses else "no")
    error = told.error_frac
    return (
        words(sweep.name),
        Cell(text=f"{seen.tokens:.4g}", value=seen.tokens),
        words(seen.precision),
        layers if seen.n_layers is None else Cell(text=f"{seen.n_layers:g}", value=seen.n_layers),
        Cell(text=amount_words(sweep.resource, seen.cost), value=seen.cost),
        unknown
        if told.foretold is None
        else Cell(text=amount_words(sweep.resource, told.foretold), value=told.foretold),
        unknown if error is None else Cell(text=f"{100 * error:+.1f}", value=100 * error),
        words(loses),
    )


def compact_sentences(fits: Fitted) -> Iterator[str]:
    """How far the formula is off, of all and apart by loss of quality."""
    for sweep, fit in fits:
        cost = f"{resource_words(sweep.resource)} per {sweep.item.replace('_', ' ')}"
        errors = fit.errors_frac()
        told = [f"{counted(len(errors), 'held-out measurement')} off by {error_words(errors)}"]
        for loses, name in ((False, "without"), (True, "with")):
            part = fit.errors_frac(loses=loses)
            if part:
                told.append(f"{len(part)} {name} a shown loss by {error_words(part)}")
        yield f"{sweep.name}: {cost}: {'; '.join(told)}."
        if sweep.n_left_out:
            yield (
                f"{sweep.name}: {counted(sweep.n_left_out, 'configuration')} with layers left out "
                "not in the fit: no record says how many layers the whole model has."
            )
