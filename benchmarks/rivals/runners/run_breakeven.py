"""breakeven, by `with measure(...)`; what a dead process left is what the next command finds."""

import sys
from contextlib import nullcontext

from work import ASK, OUT, tell, work

from breakeven.records import Resource
from breakeven.session import measure, recover
from breakeven.store import Store


def main():
    if ASK == "salvage":
        return salvage()
    inner = measure("inner", store=OUT / "inner") if ASK == "nested" else nullcontext()
    with measure("work", store=OUT / "store") as run, inner as inside:
        work()
    told = {} if inside is None else {"inner_j": energy_j(inside.run)["energy_j"]}
    tell(**energy_j(run.run), **told, notes=notes(run.run))
    return None


def salvage():
    """Sum of what the store holds after recovery, every rank included."""
    with Store(OUT / "store") as store:
        recover(store)
        runs = [run for run in store.runs() if run.row == "work"]
    told = [energy_j(run) for run in runs]
    known = [one for one in told if one["energy_j"] is not None]
    if not known:
        return tell(None)
    parts = {key: sum(one[key] for one in known) for key in ("energy_j", "low_j", "high_j")}
    return tell(**parts, statuses=sorted(run.status for run in runs))


def energy_j(run):
    """Energy of a stored run with its interval; None where no sensor saw any."""
    totals = [phase.measurement.total(Resource.ENERGY_J) for phase in run.phases]
    seen = [total for total in totals if total is not None]
    if not seen:
        return {"energy_j": None}
    return {
        "energy_j": sum(cost.value for cost in seen),
        "low_j": sum(cost.low for cost in seen),
        "high_j": sum(cost.high for cost in seen),
    }


def notes(run):
    """The doubts about sensors."""
    everything = [*run.notes, *(n for p in run.phases for n in p.measurement.notes)]
    return [f"{note.message} {note.advice}" for note in everything]


if __name__ == "__main__":
    sys.exit(main())
