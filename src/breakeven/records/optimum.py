"""Optimum: what a search for the cheapest inference found, and what finding it cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from breakeven.records.certificate import Certificate
from breakeven.records.cost import Item, Resource
from breakeven.records.estimate import Estimate
from breakeven.records.run import SCHEMA_VERSION
from breakeven.records.settings import Scalar

OPTIMIZE = "breakeven optimize"
"""The command; the study that it makes up of a model begins with a comment of this name."""

LEFT_OUT, NO_CERTIFICATE = "left out: ", "no certificate: "
"""How doubts begin that a reason in `Optimum.failed`, or an absent certificate, is told by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPoint:
    """One configuration that stayed to the end of a search.

    Attributes:
        name: Pathway and what its settings have unlike the reference.
        cost: Per item.
        factor: How many times the reference costs as much.
        quality: Mean over the examples of the search; counted, it flatters what was chosen.
        loss: Quality of the reference minus that.
        front: P(on the front) among those that stayed, drawn over blocks and examples: that nothing
            cheaper is as good, give or take a quarter of what may be lost; modelled.
        power: Probability that its loss would be certified; modelled.
    """

    name: str
    cost: Estimate
    factor: Estimate
    quality: float
    loss: Estimate
    front: float
    power: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How a search foretold costs, so as not to measure what is hopeless, and how well.

    Attributes:
        terms: What it went by.
        n: Configurations it was tested on.
        error_frac: Root mean square of relative errors, each foretold by all others: a modelled
            cost against a measured one.
        n_checked: Configurations measured after they had been foretold.
        checked_frac: The same of these; None without any.
        is_length_plain: Whether cost follows a line in the length.
    """

    terms: tuple[str, ...]
    n: int
    error_frac: float
    n_checked: int = 0
    checked_frac: float | None = None
    is_length_plain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """What `breakeven optimize` found; kept beside the runs that it rests on.

    Numbers of the front chose the configuration, so they flatter it; claims rest on the
    certificate.

    Attributes:
        study: Equal to `Run.study` of its runs.
        metric: Quality.
        resource: What was searched.
        item: What a cost is taken over.
        max_drop: Most quality that may be lost, as a share.
        pathway: Of the configuration that was chosen.
        settings: Of inference, as far as they differ from the reference.
        reference: What everything is compared with.
        chosen: Equal to `reference` where nothing cheaper loses little enough.
        is_expected: Whether the certificate of the choice was likely before it was measured.
        front: Configurations that stayed to the end, cheapest first.
        certificate: The verdict on the choice; None where there was nothing to certify.
        spent: What searching cost, its certificate not included.
        repaid: Items from which on that is repaid; without a value where it never is, without an
            upper end where there is none; None where nothing is cheaper than the reference.
        repaid_sentence: The same in words.
        n_cells: Configurations there were.
        n_measured: Of these, how many were measured.
        n_rounds: On growing subsets.
        n_skipped: Configurations foretold to be too dear.
        failed: Why configurations could not be run, by name.
        forecast: How costs were foretold; None where too few were measured to say.
        doubts: Sentences on what could not be done.
        dearer_shorter: Where a shorter length was measured to be dearer than a longer one, a clause
            each, the largest factor first.
        schema_version: Layout of this record; see `SCHEMA_VERSION`.
    """

    study: str
    metric: str
    resource: Resource
    item: Item
    max_drop: float
    pathway: str
    settings: Mapping[str, Scalar]
    reference: FrontPoint
    chosen: FrontPoint
    is_expected: bool
    front: tuple[FrontPoint, ...]
    certificate: Certificate | None
    spent: Estimate
    repaid: Estimate | None
    repaid_sentence: str
    n_cells: int
    n_measured: int
    n_rounds: int
    n_skipped: int
    failed: Mapping[str, str] = field(default_factory=dict)
    forecast: Forecast | None = None
    doubts: tuple[str, ...] = ()
    dearer_shorter: tuple[str, ...] = ()
    schema_version: int = SCHEMA_VERSION

    @property
    def is_cheaper(self) -> bool:
        """Whether anything was found that is cheaper than the reference."""
        return self.chosen.name != self.reference.name
