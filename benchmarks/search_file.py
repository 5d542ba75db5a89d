"""A grid as one small file: a search can be held against it without the store it came from."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from breakeven.analysis.search.cell import Cell, Features
from breakeven.analysis.search.replay import Grid, Recording
from breakeven.records import Resource

VERSION = 2
"""Layout of the file."""


def write_grid(grid: Grid, path: Path) -> None:
    """Write costs by block and which examples were right, one configuration a line."""
    head = {"version": VERSION, "n_examples": grid.n_examples, "openings": dict(grid.openings)}
    lines = [head, *map(_told, grid.recordings)]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def read_grid(path: Path) -> Grid:
    """Read what `write_grid` wrote.

    Raises:
        SystemExit: If the file has another layout.
    """
    head, *lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    if head.get("version") != VERSION:
        raise SystemExit(f"{path} is no grid of version {VERSION}; write it again from its store")
    recordings = [_recording(line, n_examples=head["n_examples"]) for line in lines]
    return Grid(recordings=recordings, openings=head["openings"])


def _told(recording: Recording) -> dict[str, Any]:
    cell, features = recording.cell, recording.cell.features
    return {
        "route": cell.route,
        "settings": dict(cell.settings),
        "alike": cell.alike,
        "length": features.length,
        "depth": features.depth,
        "batch": features.batch,
        "levels": dict(features.levels),
        "needs": list(recording.needs),
        "warmup": recording.warmup,
        "blocks": {str(block): cost for block, cost in recording.blocks.items()},
        "correct": np.packbits(recording.correct > 0).tobytes().hex(),
        "seen": {
            str(resource): {str(block): value for block, value in seen.items()}
            for resource, seen in recording.seen.items()
        },
    }


def _recording(told: dict[str, Any], *, n_examples: int) -> Recording:
    bits = np.frombuffer(bytes.fromhex(told["correct"]), dtype=np.uint8)
    return Recording(
        cell=Cell(
            route=told["route"],
            settings=told["settings"],
            alike=told["alike"],
            features=Features(
                length=told["length"],
                depth=told["depth"],
                batch=told["batch"],
                levels=told["levels"],
            ),
        ),
        blocks={int(block): cost for block, cost in told["blocks"].items()},
        correct=np.unpackbits(bits, count=n_examples).astype(float),
        warmup=told["warmup"],
        needs=tuple(told["needs"]),
        seen={
            Resource(name): {int(block): value for block, value in seen.items()}
            for name, seen in told["seen"].items()
        },
    )
