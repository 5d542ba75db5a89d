"""Memory: give back what the row before left behind, so that a row's peak is its own."""

import ctypes
import gc
import sys


def release_memory() -> None:
    """Collect garbage and hand freed pages back to the system.

    glibc keeps freed pages for reuse; without `malloc_trim` a small row after a big one would
    report the big one's resident memory. Elsewhere only garbage is collected.
    """
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # absent in musl
        if trim is not None:
            trim(0)
