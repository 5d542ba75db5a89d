"""codecarbon, as its README shows it: `with EmissionsTracker()`."""

import csv

from work import ASK, HAS_GPUS, OUT, tell, work

J_PER_KWH = 3.6e6


def main():
    if ASK == "salvage":
        return salvage()
    from codecarbon import EmissionsTracker

    options = {"output_dir": str(OUT), "log_level": "error", "measure_power_secs": 1}
    if ASK == "nested":
        return nested(EmissionsTracker, options)
    with EmissionsTracker(**options) as tracker:
        work()
    data = tracker.final_emissions_data
    return tell(
        data.energy_consumed * J_PER_KWH,
        cpu_j=data.cpu_energy * J_PER_KWH,
        gpu_j=data.gpu_energy * J_PER_KWH,
        ram_modelled_j=data.ram_energy * J_PER_KWH,
        value_j=(data.gpu_energy if HAS_GPUS else data.cpu_energy) * J_PER_KWH,
    )


def nested(tracker_class, options):
    """A tracker in a tracker that must be alone, and a task in a task."""
    tracker = tracker_class(allow_multiple_runs=False, **options)
    tracker.start()
    inner = tracker_class(allow_multiple_runs=False, **options)
    inner.start()
    work()
    inner_kg = inner.stop()
    tracker.stop()
    tasks = tracker_class(allow_multiple_runs=True, **options)
    tasks.start_task("outer")
    tasks.start_task("inner")
    try:
        tasks_said = f"the inner task gave {tasks.stop_task('inner')}"
    except Exception as error:
        tasks_said = f"the inner task gave {type(error).__name__}: {error}"
    data = tracker.final_emissions_data
    tell(
        (data.cpu_energy + data.gpu_energy) * J_PER_KWH,
        inner=inner_kg,
        inner_j=None if inner_kg is None else inner.final_emissions_data.cpu_energy * J_PER_KWH,
        said=tasks_said,
    )


def salvage():
    files = list(OUT.rglob("emissions*.csv"))
    rows = [row for file in files for row in csv.DictReader(file.open())]
    tell(sum(float(row["cpu_energy"]) for row in rows) * J_PER_KWH if rows else None)


if __name__ == "__main__":
    main()
