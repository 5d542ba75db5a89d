"""What others use of the processors, from made-up kernel files."""

from pathlib import Path

import pytest

from breakeven.session.doctor.load import LoadLook, look_at_load, others_frac

STAT = """\
cpu  10 1 5 900 50 2 3 4 7 0
cpu0 5 0 2 450 25 1 1 2 3 0
cpu1 5 1 3 450 25 1 2 2 4 0
intr 1
"""


def test_busy_time_leaves_idling_and_guests_out(tmp_path: Path) -> None:
    (tmp_path / "stat").write_text(STAT)
    found = look_at_load(proc=tmp_path, own_s=lambda: 0.5, tick_s=0.01)
    assert found is not None
    assert found.busy_s == pytest.approx((10 + 1 + 5 + 2 + 3 + 4) * 0.01)
    assert (found.own_s, found.n_cpus) == (0.5, 2)


@pytest.mark.parametrize("text", [None, "", "cpu  1 2 3\n"], ids=["no file", "empty", "old kernel"])
def test_a_kernel_that_does_not_say_is_not_guessed_at(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "stat").write_text(text)
    assert look_at_load(proc=tmp_path) is None


def test_a_total_without_processors_is_shared_by_those_python_knows(tmp_path: Path) -> None:
    (tmp_path / "stat").write_text(STAT.splitlines()[0])
    found = look_at_load(proc=tmp_path)
    assert found is not None
    assert found.n_cpus >= 1


def test_our_own_work_is_no_load_of_others() -> None:
    before = LoadLook(busy_s=100, own_s=10, n_cpus=2)
    after = LoadLook(busy_s=103, own_s=14, n_cpus=2)
    assert others_frac(before, after, duration_s=10) == 0.0


def test_others_never_seem_to_use_more_than_there_is() -> None:
    before = LoadLook(busy_s=100.0, own_s=10.0, n_cpus=2)
    after = LoadLook(busy_s=120.5, own_s=10.0, n_cpus=2)
    assert others_frac(before, after, duration_s=10) == 1.0
