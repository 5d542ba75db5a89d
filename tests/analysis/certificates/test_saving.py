"""The saving: ratios within blocks, one-sided, no better than the sensors vouch for."""

import numpy as np
import pytest
from scipy import stats

from breakeven.analysis.certificates.saving import saving_of
from breakeven.records import Kind, NoteCode, Resource
from breakeven.testing.certificates import paired_costs

REFERENCE, CANDIDATE = (4.0, 4.4, 4.2, 4.1, 4.3, 4.0), (2.0, 2.1, 2.05, 2.1, 2.1, 2.0)


def test_the_bound_is_the_one_sided_t_of_log_ratios() -> None:
    found = saving_of(paired_costs(REFERENCE, CANDIDATE), level=0.95)
    logs = np.log(REFERENCE) - np.log(CANDIDATE)
    low = logs.mean() - stats.t.ppf(0.95, 5) * logs.std(ddof=1) / np.sqrt(6)
    assert found.low == pytest.approx(np.exp(low))
    assert found.value == pytest.approx(np.exp(logs.mean()))
    assert found.high is None


def test_only_blocks_with_both_count() -> None:
    found = saving_of(paired_costs(REFERENCE, CANDIDATE[:4]), level=0.95)
    assert found.n == 4
    assert found.run_ids[-1] == "candidate-3"


def test_sensors_that_may_err_all_one_way_lower_the_bound() -> None:
    found = saving_of(paired_costs((4.0, 4.0, 4.0), (2.0, 2.0, 2.0), error=0.1), level=0.95)
    assert found.low == pytest.approx(3.9 / 2.1)


def test_one_block_tells_nothing() -> None:
    found = saving_of(paired_costs((4.0,), (2.0,)), level=0.95)
    assert found.low == 0
    assert [note.code for note in found.notes] == [NoteCode.FEW_REPEATS]


def test_a_count_needs_no_repeat() -> None:
    costs = paired_costs((4e9,), (2e9,), kind=Kind.COUNTED, resource=Resource.FLOPS)
    found = saving_of(costs, level=0.95)
    assert (found.low, found.method, found.notes) == (2.0, "ratio of counts", ())


def test_a_saving_that_drifts_is_told() -> None:
    reference = tuple(4.0 + 0.2 * block for block in range(8))
    found = saving_of(paired_costs(reference, (2.0, 2.01) * 4), level=0.95)
    assert NoteCode.DRIFT in [note.code for note in found.notes]
    assert "rose by 3" in found.notes[0].message


def test_one_disturbed_block_is_told() -> None:
    reference = (4.0, 4.01, 4.02, 3.99, 12.0, 4.0, 3.98, 4.01)
    found = saving_of(paired_costs(reference, (2.0,) * 8), level=0.95)
    assert [note.code for note in found.notes] == [NoteCode.NOT_NORMAL]
