"""The columnar index: what analysis asks of every run, as arrays beside the lines they came from.

    index/manifest.json   which bytes of which files the segments hold
    index/<name>.npz      one segment: up to `SEGMENT_RUNS` runs, one array per column

It is derived and never needed: deleting the folder loses nothing but the time to build it again.
"""

from breakeven.store.index.building import IndexReport, update_index
from breakeven.store.index.columns import NO_BLOCK, Flag
from breakeven.store.index.reading import RunIndex, open_index

__all__ = ["NO_BLOCK", "Flag", "IndexReport", "RunIndex", "open_index", "update_index"]
