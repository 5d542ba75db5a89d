"""The lines that are broken on purpose, room by room."""

from tools.mutants import (
    analysis,
    asked,
    cpu_sensors,
    doctor,
    faults,
    gpus,
    logs,
    meters,
    processes,
    records,
    report,
    session,
    store,
    study,
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
    *processes.MUTANTS,
    *session.MUTANTS,
    *doctor.MUTANTS,
    *store.MUTANTS,
    *workloads.MUTANTS,
    *study.MUTANTS,
    *analysis.MUTANTS,
    *report.MUTANTS,
)

__all__ = ["MUTANTS", "Mutant"]
