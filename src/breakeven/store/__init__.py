"""The store: append-only records of runs, their artefacts, and who is working on what."""

from breakeven.store.lease import Lease
from breakeven.store.store import Store

__all__ = ["Lease", "Store"]
