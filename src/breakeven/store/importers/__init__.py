"""Importers: files that others wrote become what a store holds."""

from breakeven.store.importers.log import PowerLog
from breakeven.store.importers.power_log import LogFormat, read_power_log

__all__ = ["LogFormat", "PowerLog", "read_power_log"]
