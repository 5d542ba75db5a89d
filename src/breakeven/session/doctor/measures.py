"""Measures: what each number depends on and what it leaves out, so that nobody compares too much.

After the section "Measures of efficiency" of Schwartz, Dodge, Smith & Etzioni 2020 ("Green AI",
CACM 63:12), which weighs carbon, electricity, elapsed time, parameters and FPO; the other rows
apply the same questions to what else is measured or counted here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from breakeven.records import Kind, Resource

Extent = Literal["yes", "some", "-"]

FACTORS = {
    "hardware": "another machine",
    "place": "another grid or market",
    "time": "another hour or year",
    "load": "other work on the machine",
    "cores": "more or fewer cores or threads",
    "program": "another implementation of the same model",
}
"""What a number may depend on, and what a change of it means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure of cost.

    Attributes:
        name: For people.
        kind: How its numbers come about.
        resources: Which resources of a record hold it.
        hardware: Whether another machine gives another number.
        place: Whether another place does, by its grid or its market.
        time: Whether another hour or year does.
        other_load: Whether other work on the machine does.
        cores: Whether the number of cores or threads does.
        implementation: Whether another program of the same model does.
        leaves_out: What a small number here may still hide.
    """

    name: str
    kind: Kind
    resources: tuple[Resource, ...]
    hardware: Extent
    place: Extent
    time: Extent
    other_load: Extent
    cores: Extent
    implementation: Extent
    leaves_out: str

    @property
    def extents(self) -> tuple[Extent, ...]:
        """In the order of `FACTORS`."""
        return (
            self.hardware,
            self.place,
            self.time,
            self.other_load,
            self.cores,
            self.implementation,
        )


def _on_machine(  # noqa: PLR0913 - one argument per column
    name: str,
    *resources: Resource,
    leaves_out: str,
    other_load: Extent = "yes",
    cores: Extent = "yes",
    hardware: Extent = "yes",
    kind: Kind = Kind.MEASURED,
) -> Measure:
    """A measure that any program on any machine has, wherever and whenever."""
    return Measure(
        name=name,
        kind=kind,
        resources=resources,
        hardware=hardware,
        place="-",
        time="-",
        other_load=other_load,
        cores=cores,
        implementation="yes",
        leaves_out=leaves_out,
    )


def _outside(name: str, *resources: Resource, leaves_out: str) -> Measure:
    """A measure that somebody's dated figure makes of energy or time."""
    return Measure(
        name=name,
        kind=Kind.ASSUMED,
        resources=resources,
        hardware="yes",
        place="yes",
        time="yes",
        other_load="yes",
        cores="yes",
        implementation="yes",
        leaves_out=leaves_out,
    )


def _of_model(
    name: str, *resources: Resource, leaves_out: str, implementation: Extent = "-"
) -> Measure:
    """A measure of model or data, the same on every machine."""
    return Measure(
        name=name,
        kind=Kind.COUNTED,
        resources=resources,
        hardware="-",
        place="-",
        time="-",
        other_load="-",
        cores="-",
        implementation=implementation,
        leaves_out=leaves_out,
    )


MEASURES: tuple[Measure, ...] = (
    _on_machine(
        "duration (elapsed real time)",
        Resource.DURATION_S,
        leaves_out="how much of the machine was used; waiting counts like work",
    ),
    _on_machine(
        "latency (median, 99th percentile)",
        Resource.LATENCY_P50_S,
        Resource.LATENCY_P99_S,
        leaves_out="waiting in a queue before the request is taken; requests beside it",
    ),
    _on_machine(
        "CPU seconds",
        Resource.CPU_S,
        other_load="some",
        cores="some",
        leaves_out="GPUs and other devices; memory and disks; how much power a second took",
    ),
    _on_machine(
        "memory over time (resident)",
        Resource.MEMORY_BYTE_S,
        hardware="some",
        cores="some",
        leaves_out="memory of devices; pages shared by several processes count in each",
    ),
    _on_machine(
        "peak memory",
        Resource.PEAK_MEMORY_BYTES,
        hardware="some",
        other_load="-",
        cores="some",
        leaves_out="how long it was held; short peaks of descendants between two looks; caches of "
        "the kernel",
    ),
    _on_machine(
        "peak device memory",
        Resource.PEAK_DEVICE_MEMORY_BYTES,
        other_load="some",
        cores="-",
        leaves_out="how long it was held; memory of the host",
    ),
    _on_machine(
        "device busy time",
        Resource.DEVICE_BUSY_S,
        cores="-",
        leaves_out="how much of the device was busy: one kernel on one core counts as busy",
    ),
    _on_machine(
        "energy of CPU and DRAM (RAPL)",
        Resource.ENERGY_J,
        leaves_out="fans, disks, GPUs, power supply loss; everything on the socket counts, whoever "
        "ran it",
    ),
    _on_machine(
        "energy of a GPU, by its counter",
        Resource.ENERGY_J,
        cores="-",
        leaves_out="CPU, DRAM, fans, power supply loss; everybody on that GPU counts",
    ),
    _on_machine(
        "energy of a GPU or board, by sampled power",
        Resource.ENERGY_J,
        cores="-",
        leaves_out="the same, and what happens between two updates; some sensors look a quarter of "
        "the time only",
    ),
    _on_machine(
        "energy at the plug or power supply",
        Resource.ENERGY_J,
        leaves_out="cooling and losses of the building; everything that is plugged in counts",
    ),
    _on_machine(
        "energy by a model (only if asked for)",
        Resource.ENERGY_J,
        kind=Kind.MODELLED,
        leaves_out="what the hardware really drew: it is time or CPU seconds times a constant, so "
        "a saving in it is a saving in time",
    ),
    _of_model(
        "FLOPs (FPO)",
        Resource.FLOPS,
        implementation="some",
        leaves_out="memory traffic and communication, so neither running time nor energy follows "
        "from it; a closed form counts the architecture, whatever the program computes besides",
    ),
    _of_model(
        "parameters (learnable or total)",
        Resource.N_PARAMETERS,
        leaves_out="how often each is used: models of one size do different amounts of work; "
        "activations",
    ),
    _of_model(
        "data (labelled and unlabelled examples)",
        Resource.N_LABELLED_EXAMPLES,
        Resource.N_UNLABELLED_EXAMPLES,
        leaves_out="what it cost to collect and label them; their length and quality",
    ),
    _outside(
        "carbon",
        Resource.CARBON_KGCO2E,
        leaves_out="the making of the hardware; not comparable between places, nor between hours "
        "of one place",
    ),
    _outside(
        "price",
        Resource.PRICE_EUR,
        Resource.PRICE_USD,
        leaves_out="what is paid for beside energy or hours; discounts and taxes",
    ),
)


def explained(measures: Sequence[Measure] = MEASURES) -> list[tuple[str, ...]]:
    """Return the table's rows, header first: measure, kind, one column per factor, what it hides.

    Args:
        measures: Which.
    """
    header = ("measure", "kind", *FACTORS, "leaves out")
    return [header, *((m.name, str(m.kind), *m.extents, m.leaves_out) for m in measures)]


def legend() -> str:
    """Say what the columns and their entries mean."""
    told = "; ".join(f"{name}: {change}" for name, change in FACTORS.items())
    return (
        f"Whether a number changes with what stands above the column: yes, some, - for no. {told}."
    )
