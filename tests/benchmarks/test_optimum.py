"""The comparison with optimum-benchmark: what both are asked, and what is seen of them."""

import json
import os
import sys
from pathlib import Path

import pytest

from benchmarks.optimum.__main__ import Seen, is_right, table, throughput
from benchmarks.optimum.asked import Asked
from benchmarks.optimum.scene import Pass, Scene, own_cpu_s, play, read_passes
from breakeven.study.lines import read_document
from breakeven.testing.runs import example_runs

PASSES = [
    Pass(
        start_s=float(i), end_s=i + 0.5, cpu_before_s=i * 0.5, cpu_after_s=i * 0.5 + 0.5, n_texts=4
    )
    for i in range(5)
]


def scene() -> Scene:
    """A parent that spins half as much as its child works."""
    samples = [(i / 10, i / 40) for i in range(60)]
    return Scene(said="", duration_s=9.0, cpu_s=5.0, passes=PASSES, parent_cpu_s=samples)


def seen(**changed: float) -> Seen:
    numbers = {"reported": 2.0, "true": 2.0, "duration_s": 9.0, "cpu_s": 5.0, "parent_share": 0.0}
    return Seen(n_reported=8, n_true=8, **{**numbers, **changed})


def test_the_truth_is_what_was_computed_in_the_measured_passes() -> None:
    """The last 3 of 5 passes: 12 texts in 2.5 s."""
    assert scene().true_throughput(3) == pytest.approx(12 / 2.5)


def test_a_parents_work_is_held_against_its_childs() -> None:
    """From 2.0 s to 4.5 s it used 0.625 s, and the child 1.5 s."""
    assert scene().parent_share(3) == pytest.approx(0.625 / 1.5, rel=0.05)


def test_a_window_that_nobody_looked_into_is_refused() -> None:
    with pytest.raises(ValueError, match="too short to watch"):
        Scene(said="", duration_s=9.0, cpu_s=5.0, passes=PASSES, parent_cpu_s=[]).parent_share(3)


def test_the_witness_of_every_process_is_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "12").write_text("3.0 4.0 1.0 2.0 8\n", encoding="ascii")
    (tmp_path / "7").write_text("1.0 2.0 0.0 1.0 8\n", encoding="ascii")
    assert [own.start_s for own in read_passes(tmp_path)] == [1.0, 3.0]


@pytest.mark.nlp
def test_both_are_asked_the_same_tokens(shared_dir: Path, tmp_path: Path) -> None:
    pytest.importorskip("tokenizers")
    model = tmp_path / "a model: of {one}, #1"
    model.mkdir()
    for path in (shared_dir / "models/all-MiniLM-L6-v2").glob("*.json"):
        (model / path.name).write_bytes(path.read_bytes())
    config = json.loads((model / "config.json").read_bytes())
    named = {**config, "id2label": {"0": "no", "1": "yes"}}
    (model / "config.json").write_text(json.dumps(named), encoding="utf-8")
    Asked(model=model, n_texts=4, length=12).write(tmp_path)
    rival = json.loads((tmp_path / "asked.json").read_bytes())
    assert [len(own) for own in rival["ids"]] == [12] * 4
    study = read_document(tmp_path / "ahead-study.yaml").data
    assert study["inference"]["reference"]["tokenize"] == "ahead"
    assert study["stages"][0]["model"] == str(model)
    assert study["task"]["labels"] == "no,yes"
    assert len((tmp_path / "texts.tsv").read_text(encoding="utf-8").splitlines()) == 5


def test_what_a_command_complains_of_is_no_part_of_what_it_says(tmp_path: Path) -> None:
    folder = tmp_path / "place"
    folder.mkdir()
    code = "import sys; print('{}', flush=True); print('a warning', file=sys.stderr)"
    assert play([sys.executable, "-c", code], folder, {}).said == "{}\n"
    with pytest.raises(RuntimeError, match=r"ended with 1:\nit is broken"):
        play([sys.executable, "-c", "raise SystemExit('it is broken')"], folder, {})


def test_a_run_says_its_throughput_from_totals() -> None:
    run = next(run for run in example_runs()[1] if run.output.n_examples and run.phases)
    assert throughput(run) > 0


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [({}, True), ({"reported": 3.0}, False), ({"parent_share": 0.5}, False)],
)
def test_what_is_reported_must_be_so(changed: dict[str, float], verdict: bool) -> None:  # noqa: FBT001 - a parameter
    assert is_right(seen(**changed)) == verdict


def test_the_table_shows_medians_of_rounds() -> None:
    found = table({"a tool": [seen(), seen(reported=4.0), seen(reported=3.0)]})
    assert "| a tool | 3.00 | 2.00 | 8 / 8 | 9.0 s | 5.0 s | 0.00 s |" in found


def test_a_process_is_read_from_the_kernels_accounts() -> None:
    assert own_cpu_s(os.getpid()) > 0
