"""Sessions: a window that ends in a stored run, for studies, blocks, functions and commands."""

from breakeven.session.command import Outcome, run_command
from breakeven.session.machine import find_machine
from breakeven.session.measure import measure
from breakeven.session.recorder import Recorder
from breakeven.session.recover import recover
from breakeven.session.signals import Terminated, leave_on
from breakeven.session.start import process_start_measurement

__all__ = [
    "Outcome",
    "Recorder",
    "Terminated",
    "find_machine",
    "leave_on",
    "measure",
    "process_start_measurement",
    "recover",
    "run_command",
]
