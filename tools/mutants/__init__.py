"""The lines that are broken on purpose, room by room."""

from tools.mutants import (
    analysis,
    asked,
    certificates,
    counting,
    cpu_sensors,
    doctor,
    faults,
    gpus,
    judging,
    logs,
    meters,
    processes,
    ranks,
    records,
    report,
    session,
    store,
    study,
    tasks,
    windows,
    workloads,
)
from tools.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *records.MUTANTS,
    *meters.MUTANTS,
    *windows.MUTANTS,
    *cpu_sensors.MUTANTS,
    *faults.MUTANTS,
    *gpus.MUTANTS,
    *logs.MUTANTS,
    *asked.MUTANTS,
    *certificates.MUTANTS,
    *processes.MUTANTS,
    *session.MUTANTS,
    *doctor.MUTANTS,
    *store.MUTANTS,
    *workloads.MUTANTS,
    *tasks.MUTANTS,
    *judging.MUTANTS,
    *counting.MUTANTS,
    *ranks.MUTANTS,
    *study.MUTANTS,
    *analysis.MUTANTS,
    *report.MUTANTS,
)

__all__ = ["MUTANTS", "Mutant"]
