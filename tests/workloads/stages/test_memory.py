import gc
import weakref

from breakeven.workloads.stages.memory import release_memory, settle_memory


class Knot:
    """Refers to itself, so that only the collector frees it."""

    def __init__(self) -> None:
        self.me = self


def test_releasing_collects_what_only_the_collector_finds() -> None:
    gc.disable()
    try:
        gone = weakref.ref(Knot())
        assert gone() is not None
        release_memory()
        assert gone() is None
    finally:
        gc.enable()


def test_settling_takes_what_remains_out_of_later_collections() -> None:
    try:
        settle_memory()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
