"""What `breakeven import table --json` says: the runs of a table as one object."""

import json
from pathlib import Path

from breakeven.cli.import_table_text import costs_of, sentences
from breakeven.cli.import_text import cost_as_dict
from breakeven.records import Cost, Note, Resource, Run
from breakeven.store.importers.tables.chains import name_of
from breakeven.store.importers.tables.keeping import Kept
from breakeven.store.importers.tables.tabled import N_REPEATS, Tabled
from breakeven.store.importers.tables.traces import SENSOR


def as_data(tabled: Tabled, kept: Kept | None, store: Path) -> str:
    """Say what was read as one JSON object."""
    definition = tabled.definition
    told = {
        "file": str(tabled.grid.path),
        "content_hash": tabled.grid.content_hash,
        "store": str(store),
        "study": definition.name if kept is None else kept.study,
        "n_rows": len(tabled.grid.rows),
        "n_runs": len(tabled.runs),
        "n_added": None if kept is None else kept.n_added,
        "n_known": None if kept is None else kept.n_known,
        "item": None if tabled.item is None else tabled.item.value,
        "metric": definition.metric if any(run.scores for run in tabled.runs) else None,
        "pathways": {pathway.name: pathway.row for pathway in definition.pathways},
        "shared": [
            {"place": s.again.place, "row": name_of(s.again), "is_run": name_of(s.first)}
            for s in tabled.life.shared
        ],
        "runs": [_run(run) for run in tabled.runs],
        "sentences": list(sentences(tabled)),
    }
    return json.dumps(told, indent=1, allow_nan=False) + "\n"


def _run(run: Run) -> dict[str, object]:
    return {
        "run_id": run.run_id,
        "row": run.row,
        "pathway": run.settings.resolved["pathway"],
        "stage": run.stage.value,
        "status": run.status.value,
        "n_repeats": run.settings.resolved.get(N_REPEATS, 1),
        "parents": list(run.parents),
        "costs": [cost_as_dict(cost, method=_method(cost)) for cost in costs_of(run)],
        "scores": [
            {
                "metric": score.metric,
                "value": score.value,
                "n_examples": score.n_examples or None,
                "n_correct": score.n_correct,
                "kind": score.kind.value,
                "origin": score.origin.value,
            }
            for score in run.scores
        ],
        "notes": [_note(note) for note in run.notes],
    }


def _method(cost: Cost) -> str:
    """What the interval of a cost holds."""
    if cost.sensor == SENSOR and cost.resource is Resource.DURATION_S:
        return "from the first sample of the trace to the last"
    if cost.sensor == SENSOR:
        return "trapezoids of the trace, with the least and the most that its samples allow"
    return "half of the last printed digit" if cost.resolution else "exact"


def _note(note: Note) -> dict[str, str]:
    return {"code": note.code.value, "message": note.message, "advice": note.advice}
