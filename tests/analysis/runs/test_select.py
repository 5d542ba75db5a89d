"""Which resources a study compares."""

from breakeven.analysis.runs.select import StudyRuns
from breakeven.records import Resource, StudyDefinition
from breakeven.testing.tiny import tiny_run


def test_what_shows_utilisation_is_kept_and_not_compared() -> None:
    seen = {
        Resource.CPU_S: 3.0,
        Resource.MEMORY_BYTE_S: 1e9,
        Resource.DEVICE_BUSY_S: 2.0,
        Resource.PEAK_MEMORY_BYTES: 1e8,
    }
    definition = StudyDefinition(name="s", pathways=())
    found = StudyRuns(definition=definition, runs=(tiny_run("ft", seen),))
    assert found.resources == (Resource.CPU_S, Resource.PEAK_MEMORY_BYTES)
