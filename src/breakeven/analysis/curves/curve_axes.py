"""Curve axes: what may be drawn along an axis, as a column of runs and inside a run."""

from dataclasses import dataclass

from breakeven.analysis.tables.tidy import setting_field
from breakeven.analysis.tables.tidy_fields import FIELDS, Field
from breakeven.errors import UnknownNameError
from breakeven.records import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Something that may be drawn along an axis.

    Attributes:
        name: On the command line.
        title: For people, with unit.
        column: Of the tidy table; its value is one run's.
        within: Columns of the progress inside a run; the first one present counts. Empty for what
            does not grow there.
        resource: What it is an amount of; None for counts of the volume, settings and scores.
    """

    name: str
    title: str
    column: str
    within: tuple[str, ...] = ()
    resource: Resource | None = None


LOSSES = frozenset({"loss", "training_loss"})
"""Scores that are axes under their own name: on the validation split, and while training."""

_ENERGY = ("energy_j", "energy_j_modelled")

AXES = {
    axis.name: axis
    for axis in (
        Axis(
            name="tokens",
            title="Tokens seen, padding included",
            column="n_padded_tokens",
            within=("n_padded_tokens",),
        ),
        Axis(
            name="real-tokens",
            title="Tokens seen, padding left out",
            column="n_real_tokens",
            within=("n_real_tokens",),
        ),
        Axis(name="examples", title="Examples seen", column="n_examples", within=("n_examples",)),
        Axis(
            name="data",
            title="Labelled examples",
            column="n_labelled_examples",
            resource=Resource.N_LABELLED_EXAMPLES,
        ),
        Axis(
            name="time",
            title="Time, s",
            column="window_duration_s",
            within=("elapsed_s",),
            resource=Resource.DURATION_S,
        ),
        Axis(
            name="parameters",
            title="Parameters",
            column="n_parameters",
            resource=Resource.N_PARAMETERS,
        ),
        Axis(name="steps", title="Steps", column="n_steps", within=("n_steps",)),
        Axis(name="trials", title="Trials", column="n_trials"),
        Axis(
            name="energy",
            title="Energy, J",
            column="window_energy_j",
            within=_ENERGY,
            resource=Resource.ENERGY_J,
        ),
        Axis(
            name="cpu",
            title="CPU time, s",
            column="window_cpu_s",
            within=("cpu_s",),
            resource=Resource.CPU_S,
        ),
        Axis(name="flops", title="FLOPs", column="flops", resource=Resource.FLOPS),
        Axis(name="usd", title="Price, USD", column="price_usd", resource=Resource.PRICE_USD),
        Axis(name="eur", title="Price, EUR", column="price_eur", resource=Resource.PRICE_EUR),
        Axis(name="score", title="Score", column="score"),
        Axis(
            name="loss",
            title="Loss",
            column="loss",
            within=("validation_loss", "train_loss"),
        ),
        Axis(
            name="training-loss",
            title="Training loss",
            column="training_loss",
            within=("train_loss",),
        ),
    )
}


CURRENCIES = ("usd", "eur")
"""Axes that are money; sums of one are never turned into the other."""


def axis(name: str) -> Axis:
    """Axis by its name, or any column of numbers of the tidy table.

    Raises:
        UnknownNameError: If there is neither.

    Examples:
        >>> axis("tokens").column, axis("peak_memory_bytes").title
        ('n_padded_tokens', 'Peak memory, B')
    """
    if name in AXES:
        return AXES[name]
    field = field_named(name)
    return Axis(name=name, title=field.title, column=name, resource=field.resource)


def field_named(name: str) -> Field:
    """Column of the tidy table, or of a setting: "stage", "set_lr".

    Raises:
        UnknownNameError: If there is none of that name.

    Examples:
        >>> field_named("set_lr").title
        'Setting lr'
    """
    known = {field.name: field for field in FIELDS}
    if name.startswith("set_"):
        return setting_field(name.removeprefix("set_"))
    if name not in known:
        raise UnknownNameError("axis or column", name, (*AXES, *known))
    return known[name]
