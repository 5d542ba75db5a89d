"""Memory: give back what the row before left behind, so that a row's peak is its own."""

import ctypes
import gc
import sys


def settle_memory() -> None:
    """Collect garbage once and take what remains out of later collections.

    A loaded framework holds some million objects; looking at them again before each row would
    cost 0.2 CPU s a row.
    """
    gc.collect()
    gc.freeze()


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
