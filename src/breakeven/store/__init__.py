"""The store: append-only records of runs, their artefacts, and who is working on what."""

from breakeven.store.answers import StoredAnswers
from breakeven.store.gc import GcReport, gc
from breakeven.store.lease import Lease
from breakeven.store.merge import MergeReport, merge
from breakeven.store.redact import redact
from breakeven.store.store import Store

__all__ = ["GcReport", "Lease", "MergeReport", "Store", "StoredAnswers", "gc", "merge", "redact"]
