"""studies/distilled_pairs.yaml: four models on three tasks; what the published runs say of them."""

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import fmean

import pytest
from click.testing import CliRunner

from breakeven.analysis.runs.sources import lines, source
from breakeven.analysis.samples.pairs import cells, pairs
from breakeven.analysis.samples.two_samples import compare_samples
from breakeven.cli import group
from breakeven.records import NoteCode, Stage, Status
from breakeven.store import Store
from breakeven.study import load_studies
from breakeven.study.spec import Study

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "studies" / "distilled_pairs.yaml"
PAGE = ROOT / "docs" / "studies" / "distilled-pairs.md"
RESULTS = ROOT / "studies" / "results" / "distilled-pairs"
PAIRS = (("BERT", "DistilBERT"), ("GPT-2", "DistilGPT-2"))
HUB_IDS = {
    "bert": "google-bert/bert-base-uncased",
    "distilbert": "distilbert/distilbert-base-uncased",
    "gpt2": "openai-community/gpt2",
    "distilgpt2": "distilbert/distilgpt2",
}
NAMES = ("bert", "distilbert")
DEPTHS = {"bert": 12, "distilbert": 6, "gpt2": 12, "distilgpt2": 6}


@pytest.fixture(scope="module")
def studies(shared_dir: Path) -> tuple[Study, ...]:
    return load_studies(STUDY, variables={"data": str(shared_dir / "data")})


def test_each_of_three_tasks_uses_four_models_in_fresh_processes_after_a_rest(
    studies: tuple[Study, ...],
) -> None:
    assert [study.name for study in studies] == [
        "distilled-pairs-sst2",
        "distilled-pairs-stsb",
        "distilled-pairs-nli",
    ]
    for study in studies:
        assert [(c.pathway, c.role) for c in study.configurations] == [
            (name, "reference") for pair in PAIRS for name in pair
        ]
        assert (study.max_workers, study.cooldown.until) == (0, "idle")
        assert {row.stage for row in study.rows} == {Stage.FETCH}


def test_models_have_their_public_shapes(studies: tuple[Study, ...]) -> None:
    for row in studies[0].rows:
        made = row.settings.resolved
        wide = (made["hidden_size"], made["n_heads"], made["intermediate_size"])
        assert (made["model"], made["n_layers"], wide) == (
            "random",
            DEPTHS[row.name],
            (768, 12, 3072),
        )
        rows = 50257 if "gpt2" in row.name else 30522
        assert made["config"] == f"vocab_size={rows}"


def test_in_full_only_sizes_and_ids_differ(studies: tuple[Study, ...]) -> None:
    """Ten runs, rests of up to five minutes, whole development sets: as in the paper's package."""
    for study, whole in zip(studies, load_studies(STUDY, profile="full"), strict=True):
        assert (whole.n_blocks, whole.cooldown.limit_s) == (10, 300.0)
        assert {row.name: row.settings.resolved["model"] for row in whole.rows} == HUB_IDS
        assert not {"limit", "test_limit"} & whole.task.keys()
        assert whole.name == study.name
        assert whole.pathways == study.pathways
        assert whole.question == study.question
        assert [c.settings for c in whole.configurations] == [
            c.settings for c in study.configurations
        ]


@pytest.mark.nlp
@pytest.mark.slow
def test_a_pair_is_measured_from_file_to_table(shared_dir: Path, tmp_path: Path) -> None:
    """The real file on a few real pairs of sentences, with tiny models of the same families."""
    tiny = "stage: fetch, hidden_size: 16, intermediate_size: 32, vocab_size: 200, max_length: 24"
    rows = ", ".join(f"{{name: {name}, architecture: {name}, {tiny}}}" for name in NAMES)
    smaller = [
        f"stages=[{rows}]",
        "pathways={BERT: bert, DistilBERT: distilbert}",
        "tasks.stsb.limit=40",
        "tasks.stsb.test_limit=6",
        "inference.blocks=1",
        "inference.cooldown_s=0.2",
        "inference.reference.max_length=24",
    ]
    changed = [part for text in smaller for part in ("--set", text)]
    given = ["--task", "stsb", "--var", f"data={shared_dir / 'data'}"]
    store = tmp_path / "store"
    runner = CliRunner()
    done = runner.invoke(group, ["run", str(STUDY), *given, *changed, "--store", str(store)])
    assert done.exit_code == 0, done.output
    runs = Store(store, create=False).runs()
    assert {run.status for run in runs} == {Status.OK}
    assert Counter(run.stage for run in runs) == {Stage.FETCH: 2, Stage.SERVE: 2, Stage.INFER: 2}
    assert not any(run.scores for run in runs)
    told = runner.invoke(group, ["report", str(store), "--tables-only"])
    assert "No pathway can be recommended: Nothing was scored" in " ".join(told.output.split())
    asked = ["--table", "pairs", "--pair", "BERT:DistilBERT", "--format", "json"]
    table = runner.invoke(group, ["export", str(store), *asked])
    assert table.exit_code == 0, table.output
    for metric in ("Time per example", "CPU time per example", "CPU util", "Memory util"):
        assert metric in table.output


Rows = list[dict[str, str]]
READ: Mapping[str, Callable[[dict[str, str]], float]] = {
    "energy": lambda row: float(row["total_energy"]),
    "time": lambda row: float(row["total_inference_time"]),
    "CPU utilisation": lambda row: 100 * float(row["avg_cpu"]),
    "memory utilisation": lambda row: float(row["avg_memory"]),
    "CPU seconds": lambda row: float(row["avg_cpu"]) * float(row["total_inference_time"]),
    "power": lambda row: float(row["total_energy"]) / float(row["total_inference_time"]),
}


@pytest.fixture(scope="module")
def rows(shared_dir: Path) -> Rows:
    """The published runs; those with a wrapped counter are left out for their re-runs."""
    with (shared_dir / "published" / "cain2024" / "runs.csv").open() as file:
        return [row for row in csv.DictReader(file) if row["role"] != "wrapped"]


def sample(rows: Rows, model: str, name: str) -> dict[int, float]:
    """One value per run under keys outside blocks, so that nothing is paired."""
    own = [READ[name](row) for row in rows if row["model"] == model]
    return {-1 - place: value for place, value in enumerate(own)}


@pytest.mark.parametrize("model", ["BERT", "GPT-2"])
@pytest.mark.parametrize("name", READ)
def test_the_page_tells_what_the_published_runs_say(rows: Rows, model: str, name: str) -> None:
    found = compare_samples(sample(rows, f"Distilled-{model}", name), sample(rows, model, name))
    assert found.ratio is not None
    assert found.p is not None
    assert found.p < 0.01
    low, value, high = (
        100 * (ratio - 1) for ratio in (found.ratio.low, found.ratio.value, found.ratio.high)
    )
    line = next(t for t in PAGE.read_text().splitlines() if t.startswith(f"| {name} |"))
    told = line.split("|")[2 if model == "BERT" else 3].strip()
    assert told == f"{value:+.1f} % ({low:+.1f} to {high:+.1f})"


def test_the_saving_in_the_text_leaves_the_second_run_of_bert_out(rows: Rows) -> None:
    """44.0 % with nine runs, 43.8 % with the ten that its table rests on."""
    distilled = fmean(sample(rows, "Distilled-BERT", "energy").values())
    first = [row for row in rows if row["role"] == "original"]
    saved = [1 - distilled / fmean(sample(own, "BERT", "energy").values()) for own in (first, rows)]
    assert [f"{share:.1%}" for share in saved] == ["44.0%", "43.8%"]


@pytest.mark.parametrize(
    ("metric", "row"),
    [
        ("cpu_s_per_example", "distilled versions tend to consume less energy"),
        ("cpu_percent", "distilled GPT-2 uses less CPU"),
        ("cpu_s_per_example", "from its data: BERT saves more than GPT-2"),
        ("duration_s_per_example", "from its data: inference is faster"),
        ("memory_percent", "from its data: less memory"),
    ],
)
def test_the_page_tells_the_range_over_tasks_of_what_ran_here(metric: str, row: str) -> None:
    with Store(RESULTS, create=False) as store:
        found = lines([source("here", store.runs(), store.studies())])
    made = [pair for pair in pairs(cells(found), PAIRS) if pair.left.metric.name == metric]
    line = next(t for t in PAGE.read_text().splitlines() if t.startswith(f"| {row} |"))
    for original, _ in PAIRS:
        ratios = [p.found.ratio for p in made if p.left.pathway == original]
        changes = sorted(100 * (ratio.value - 1) for ratio in ratios if ratio is not None)
        assert len(changes) == 3
        assert f"{changes[-1]:+.1f} to {changes[0]:+.1f} %" in line


def test_the_page_tells_how_the_rests_ended() -> None:
    with Store(RESULTS, create=False) as store:
        runs = store.runs()
    rests = [run.rest for run in runs if run.rest is not None]
    n_limited = sum(rest.is_limited for rest in rests)
    n_doubted = sum(NoteCode.NOT_COOLED in {note.code for note in run.notes} for run in runs)
    page = PAGE.read_text()
    assert f"Of the {len(rests)} rests {len(rests) - n_limited} ended because" in page
    assert f"and {n_limited} by their limit" in page
    assert f"{n_doubted} runs say so (`not-cooled`)" in page
