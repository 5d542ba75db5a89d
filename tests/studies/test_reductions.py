"""studies/reductions.yaml: planned in full, run in miniature; its page tells the raw data."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.cli import group
from breakeven.formulas.trace import PowerTrace
from breakeven.records import Scalar, Stage, Status
from breakeven.store import Store
from breakeven.study.load import load_studies
from breakeven.study.presets import presets
from breakeven.study.spec import Study

ROOT = Path(__file__).resolve().parents[2]
STUDY, PAGE = ROOT / "studies" / "reductions.yaml", ROOT / "docs" / "studies" / "reductions.md"
LENGTHS = (16, 24, 32, 40, 48, 64, 96, 128)
BASELINE, PHASE = "phase_1_baseline", "phase_2_sequence_length/max_sequence_length_{}"
BOTH = "phase_2_combination/precision_{}/max_sequence_length_{}"


def full() -> Iterator[Study]:
    return iter(load_studies(STUDY, profile="full"))


@pytest.mark.parametrize("profile", [None, "full"])
def test_every_task_is_a_study_of_the_same_row(profile: str | None) -> None:
    studies = load_studies(STUDY, profile=profile)
    assert [s.name for s in studies] == ["reductions-sst2", "reductions-qqp", "reductions-squad"]
    assert {tuple(row.name for row in study.rows) for study in studies} == {("ft",)}
    assert {study.n_blocks for study in studies} == {3 if profile is None else 5}


def test_in_full_every_task_is_fine_tuned_by_the_milestones_recipe_with_five_seeds() -> None:
    recipe = presets()["sst2-milestone"].settings
    for study in full():
        (row,) = study.rows
        assert {name: row.settings.resolved[name] for name in recipe} == dict(recipe)
        assert (row.repeats, row.settings.resolved["train_examples"]) == (5, 0)
        assert row.settings.resolved["model"] == "google-bert/bert-base-uncased"


def test_in_full_data_are_whole_and_come_by_id() -> None:
    tasks = [study.task for study in full()]
    assert [task["id"] for task in tasks] == ["stanfordnlp/sst2", "nyu-mll/glue", "rajpurkar/squad"]
    assert not any("limit" in option for task in tasks for option in task)


def test_in_full_evaluation_is_the_preset_with_10_and_200_batches() -> None:
    """R004-06."""
    evaluation = presets()["sst2-milestone-eval"].settings
    sst2, qqp, squad = full()
    for study in (sst2, qqp):
        assert evaluation.items() <= study.reference.items()
    assert squad.reference["max_length"] == 384
    for study in (sst2, qqp, squad):
        assert (study.reference["warmup"], study.reference["n_batches"]) == ("10", 200)
        assert study.reference["batch_size"] == 64


def test_in_full_lengths_cross_precisions_and_depths_are_even() -> None:
    """R004-02, R004-03; inputs padded to the limit as the milestone's were."""
    for study in list(full())[:2]:
        padded = [s for s in swept(study) if s["padding"] == "max_length"]
        crossed = {(s["max_length"], s["precision"]) for s in padded if s["n_layers"] == 0}
        assert crossed == {(n, p) for n in LENGTHS for p in ("fp32", "fp16")}
        assert {s["n_layers"] for s in padded} == {0, 2, 4, 6, 8, 10}


def swept(study: Study) -> list[dict[str, Scalar]]:
    return [dict(c.settings.resolved) for c in study.configurations]


@pytest.mark.nlp
@pytest.mark.slow
@pytest.mark.parametrize("task", ["sst2", "qqp", "squad"])
def test_a_slice_of_the_real_data_runs_with_a_tiny_model(
    task: str, shared_dir: Path, tmp_path: Path
) -> None:
    analysis = analysis_of_slice(task, shared_dir / "data", tmp_path / "store")
    (length, *_) = (axis for axis in analysis.findings[0].axes if axis.axis == "length")
    assert [point.value for point in length.points] == [64, 32]
    assert all(point.loss is not None for point in length.points[1:])
    tokens = [point.n_tokens or 0.0 for point in length.points]
    assert (tokens[1] > tokens[0]) == (task == "squad")


def analysis_of_slice(task: str, data: Path, store: Path) -> StudyAnalysis:
    variables = {
        "encoder": "random",
        "sst2": data / "sst2",
        "qqp": data / "qqp_balanced",
        "squad": data / "squad_v1_dev",
    }
    changes = {
        f"tasks.{task}.limit": 40,
        f"tasks.{task}.test_limit": 12,
        "stages.ft.n_layers": 2,
        "stages.ft.hidden_size": 16,
        "stages.ft.intermediate_size": 32,
        "stages.ft.vocab_size": 300,
        "stages.ft.repeats": 1,
        "stages.ft.train_examples": 40,
        "inference.reference.max_length": 64,
        "inference.blocks": 1,
        "inference.aa": "false",
        "inference.sweep": "[{max_length: 32}]",
    }
    given = [part for name, value in variables.items() for part in ("--var", f"{name}={value}")]
    changed = [part for item in changes.items() for part in ("--set", "{}={}".format(*item))]
    result = CliRunner().invoke(
        group, ["run", str(STUDY), "--task", task, *given, *changed, "--store", str(store)]
    )
    assert result.exit_code == 0, result.output
    with Store(store, create=False) as opened:
        runs = opened.runs()
        assert {run.status for run in runs} == {Status.OK}
        assert {run.stage for run in runs} >= {Stage.FINETUNE, Stage.INFER}
        return analyse(opened.study(), runs)


@pytest.fixture(scope="module")
def j_per_example(shared_dir: Path) -> dict[str, float]:
    """Joules per example of each configuration, from the milestone's raw power traces."""
    folder = shared_dir / "published" / "sst2_milestone"
    samples: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in csv.DictReader((folder / "power_traces.csv").read_text().splitlines()):
        samples[row["config"]].append((float(row["timestamp_s"]), float(row["power_w"])))
    rows = csv.DictReader((folder / "counts.csv").read_text().splitlines())
    return {
        row["config"]: PowerTrace(*zip(*samples[row["config"]], strict=True)).energy().energy_j
        / int(row["n_examples"])
        for row in rows
    }


def test_the_page_says_what_the_raw_data_give(j_per_example: dict[str, float]) -> None:
    """R004-10 to R004-13: the text's factors beside those of the study's own traces."""
    whole = j_per_example[BOTH.format("fp32", 128)]
    fp32, fp16 = (j_per_example[f"phase_2_precision/precision_{p}"] for p in ("fp32", "fp16"))
    ratios = {
        "128 to 48 tokens": j_per_example[PHASE.format(128)] / j_per_example[PHASE.format(48)],
        "128 to 16 tokens": j_per_example[PHASE.format(128)] / j_per_example[PHASE.format(16)],
        "fp32 to fp16": fp32 / fp16,
        "fp16 and 48 tokens": whole / j_per_example[BOTH.format("fp16", 48)],
        "fp16 and 16 tokens": whole / j_per_example[BOTH.format("fp16", 16)],
    }
    told = {cells[1]: cells[3] for cells in table_rows("| reduction |")}
    assert {name: told[name].split(" x")[0] for name in ratios} == {
        name: f"{ratio:.3g}" for name, ratio in ratios.items()
    }
    assert f"{j_per_example[BASELINE]:.4f} J" in PAGE.read_text()


def test_the_page_says_what_depth_costs(shared_dir: Path) -> None:
    """R004-14: accuracy falls at every two layers left out, down to a coin toss."""
    counts = shared_dir / "published" / "sst2_milestone" / "counts.csv"
    shares = {
        int(row["config"].removeprefix("phase_2_layers/num_layers_")): (
            int(row["n_correct"]) / int(row["n_examples"])
        )
        for row in csv.DictReader(counts.read_text().splitlines())
        if "num_layers_" in row["config"]
    }
    depths = sorted(shares, reverse=True)
    assert depths == [12, 10, 8, 6, 4, 2]
    assert [shares[depth] for depth in depths] == sorted(shares.values(), reverse=True)
    told = ", ".join(f"{shares[depth]:.3f}" for depth in depths)
    assert f"{told} with 12, 10, 8, 6, 4 and 2 layers" in PAGE.read_text()


def table_rows(head: str) -> list[list[str]]:
    """Cells of the rows of the page's table that begins like this."""
    _, _, rest = PAGE.read_text().partition(head)
    body = rest.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.split("|")] for line in body]
