"""Several training seeds and per-example answers, from a store to the report's tables."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.records import Run, Score
from breakeven.store import Store
from breakeven.study import load_study, run_study
from breakeven.testing.runs import N_TEST, example_runs

Tables = dict[str, list[dict[str, str]]]

SHIFTS = {0: 0, 1: 13, 2: -20}


def scored(run: Run, n_correct: int) -> Run:
    score = Score(
        metric="accuracy",
        value=n_correct / N_TEST,
        split="test",
        n_examples=N_TEST,
        n_correct=n_correct,
    )
    return replace(run, scores=(score,))


def further_seeds(run: Run) -> Iterator[Run]:
    """FT's reference runs once more for two other seeds; everything else as it is."""
    yield run
    if run.row == "FT/reference":
        for seed, shift in list(SHIFTS.items())[1:]:
            resolved = {**run.settings.resolved, "role": "repeat", "start_repeat": seed}
            own = replace(
                run,
                run_id=f"FT/repeat-{seed}/{run.block}",
                row=f"FT/repeat-{seed}",
                settings=replace(run.settings, resolved=resolved),
            )
            yield scored(own, (run.scores[0].n_correct or 0) + shift)


def with_predictions(run: Run, store: Store) -> Run:
    """Keep which examples a run got right: the first ones, so that runs mostly agree."""
    is_deployed = run.settings.resolved.get("role") in {"reference", "repeat"}
    if not is_deployed or not run.scores or run.scores[0].n_correct is None:
        return run
    folder = store.scratch(quote(run.run_id, safe="").replace("%", "")) / "predictions"
    folder.mkdir()
    label = np.ones(N_TEST, dtype=int)
    predicted = (np.arange(N_TEST) < run.scores[0].n_correct).astype(int)
    np.savez_compressed(
        folder / "predictions.npz", index=np.arange(N_TEST), predicted=predicted, label=label
    )
    return replace(run, artifacts={"predictions": store.keep_artifact(folder)})


def kept(path: Path, *, are_answers_kept: bool) -> Path:
    definition, runs = example_runs()
    with Store(path) as store:
        store.save_study(definition)
        for run in (seeded for first in runs for seeded in further_seeds(first)):
            store.append(with_predictions(run, store) if are_answers_kept else run)
    return path


def report(store: Path, out: Path) -> Tables:
    arguments = ["report", str(store), "--out", str(out), "--tables-only"]
    result = CliRunner().invoke(group, arguments)
    assert result.exit_code == 0, result.output
    return {
        path.stem: list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        for path in (out / "tables").glob("*.csv")
    }


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("seeds")
    return report(kept(folder / "store", are_answers_kept=True), folder)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("counts")
    return report(kept(folder / "store", are_answers_kept=False), folder)


def test_seeds_stand_side_by_side_with_their_spread(paired: Tables) -> None:
    rows = paired["seeds"]
    assert [(row["pathway"], row["seed"]) for row in rows] == [
        ("FT", "0 (reference)"),
        ("FT", "1"),
        ("FT", "2"),
        ("FT", "spread (SD)"),
    ]
    expected = np.std(list(SHIFTS.values()), ddof=1) / N_TEST
    assert float(rows[3]["score_accuracy"]) == pytest.approx(expected, rel=1e-4)


def test_the_table_of_pathways_counts_seeds_and_averages_them(paired: Tables) -> None:
    rows = {row["pathway"]: row for row in paired["pathways"]}
    assert (rows["FT"]["n_seeds"], rows["TS"]["n_seeds"]) == ("3", "1")
    mean = np.mean([float(row["score_accuracy"]) for row in paired["seeds"][:3]])
    assert float(rows["FT"]["score_accuracy"]) == pytest.approx(mean, rel=1e-4)


def test_other_seeds_are_no_settings_of_the_sweep(paired: Tables) -> None:
    assert not [row for row in paired["sweep"] if "repeat" in str(row)]


def test_kept_answers_pair_what_counts_alone_cannot(paired: Tables, counted: Tables) -> None:
    assert "scores-unpaired" not in {row["code"] for row in paired["notes"]}
    assert "scores-unpaired" in {row["code"] for row in counted["notes"]}
    first = next(r for r in paired["score_differences"] if r["pathway"] == "TA")
    assert first["method"].startswith("paired by example; crossed with 1 and 3 training seeds")
    same = next(r for r in counted["score_differences"] if r["pathway"] == "TA")
    assert same["method"].startswith("as if on different examples; 1 and 3 training seeds")

    def width(row: dict[str, str]) -> float:
        return float(row["difference_high"]) - float(row["difference_low"])

    assert width(first) < width(same)
    single = next(r for r in paired["score_differences"] if r["against"] == "TS")
    assert "exact McNemar p" in single["method"]


def test_a_study_run_here_with_repeats_reports_each_of_them(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(
        "study: seeds\nengine: toy-virtual\ntask: {name: toy}\n"
        "stages:\n"
        "  - {name: ft, stage: finetune, repeats: 2, burn_s: 0.01, accuracy: 0.8}\n"
        "pathways: {FT: ft}\n"
        "inference: {blocks: 2, aa: false, reference: {max_length: 32}}\n",
        encoding="utf-8",
    )
    run_study(load_study(path), tmp_path / "store")
    found = report(tmp_path / "store", tmp_path / "out")
    assert [row["seed"] for row in found["seeds"]] == ["0 (reference)", "1", "spread (SD)"]
    assert found["pathways"][0]["n_seeds"] == "2"
