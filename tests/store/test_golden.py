"""One specimen of every schema version; each must load for ever."""

import json
from pathlib import Path

from breakeven.records import SCHEMA_VERSION, Run
from breakeven.store.codec import decode_run, encode_run

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def specimen(version: int) -> bytes:
    return (GOLDEN / f"run-v{version}.jsonl").read_bytes()


def test_the_first_version_still_means_what_it_meant(rich_run: Run) -> None:
    assert decode_run(specimen(1)) == rich_run


def test_every_version_so_far_has_a_specimen_that_loads() -> None:
    for version in range(1, SCHEMA_VERSION + 1):
        assert decode_run(specimen(version)).run_id


def leaves(value: object, path: str = "") -> dict[str, object]:
    """Every plain value of a record under its place."""
    parts = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = {k: v for key, part in parts for k, v in leaves(part, f"{path}/{key}").items()}
    return found or {path: value}


def test_what_the_current_version_has_is_still_written(rich_run: Run) -> None:
    # Optional fields may come without a new version; none may go or change its meaning.
    old, new = (json.loads(line) for line in (specimen(SCHEMA_VERSION), encode_run(rich_run)))
    assert leaves(old).items() <= leaves(new).items()
