"""What the made-up study says that its runs cost: seeded noise around round values."""

from breakeven.records import (
    Cost,
    Kind,
    Machine,
    Measurement,
    Note,
    NoteCode,
    Origin,
    Phase,
    PhaseName,
    Resource,
)

STUDY = "example"
TOKENS_PER_EXAMPLE = 24
POWER_W = 21.0
STARTED_AT = "2026-01-01T00:00:00Z"

MACHINE = Machine(
    host="example-host",
    host_id="0" * 16,
    system="Linux 6.1 (example)",
    cpu_model="Example CPU",
    n_cpus=2,
    memory_bytes=8 * 2**30,
    python="3.11.9",
    libraries={"numpy": "2.0.0"},
)

KAPLAN_NOTE = Note(
    code=NoteCode.FLOPS_CONVENTION,
    message="FLOPs are 6N per token trained and 2N per token inferred, embeddings left out.",
    advice="Compare them only with FLOPs of the same convention.",
)


def phase(name: PhaseName, cpu_s: float, peak_bytes: float) -> Phase:
    """A phase with all that was measured of it."""
    duration_s = cpu_s * 1.02 + 1e-4
    readings = (
        (Resource.DURATION_S, duration_s, 1e-6, "wall", "monotonic", Origin.LIVE),
        (Resource.CPU_S, cpu_s, 1e-3, "process_tree", "proc", Origin.LIVE),
        (Resource.ENERGY_J, POWER_W * duration_s, 0.02, "package-0", "replay", Origin.REPLAYED),
        (Resource.PEAK_MEMORY_BYTES, peak_bytes, 4096, "process_tree", "proc", Origin.LIVE),
    )
    return Phase(
        name=name,
        measurement=Measurement(
            started_at=STARTED_AT,
            duration_s=duration_s,
            costs=tuple(
                Cost(
                    resource=resource,
                    value=value,
                    low=max(0.0, value - step),
                    high=value + step,
                    kind=Kind.MEASURED,
                    channel=channel,
                    sensor=sensor,
                    origin=origin,
                    resolution=step,
                )
                for resource, value, step, channel, sensor, origin in readings
            ),
        ),
    )


def kaplan(flops: float) -> Cost:
    """FLOPs as counted by the convention that `KAPLAN_NOTE` tells."""
    return Cost.exact(Resource.FLOPS, flops, kind=Kind.COUNTED, sensor="kaplan-2020")


def latency(batch_s: float, n_batches: int) -> tuple[Cost, ...]:
    """Median of a batch, and a 99th percentile where there are enough to have one."""
    quantiles = [(Resource.LATENCY_P50_S, 0.98), (Resource.LATENCY_P99_S, 1.6)]
    return tuple(
        Cost.exact(
            resource,
            batch_s * factor,
            kind=Kind.MEASURED,
            sensor="monotonic clock",
            channel="batch",
        )
        for resource, factor in quantiles[: 2 if n_batches >= 100 else 1]
    )
