"""What is known of a machine beforehand: the doctor's examination, and the idle draw it found."""

from dataclasses import replace

from breakeven.records import Run
from breakeven.store import Store


def examined(skeleton: Run, store: Store) -> Run:
    """Let a run name the newest examination of its machine in the store, and carry its idle draw.

    Costs stay gross; the idle draw is there for whoever wants to see what is above it. An
    examination without idle draw (`breakeven doctor` without --full) does not hide an older one's.

    Args:
        skeleton: What is known of the run before it starts.
        store: That the run goes into.
    """
    if skeleton.machine is None:
        return skeleton
    found = store.examinations_of(skeleton.machine)
    if not found:
        return skeleton
    idle = next((e.idle for e in reversed(found) if e.idle), ())
    return replace(skeleton, examination=found[-1].name, idle=skeleton.idle or idle)
