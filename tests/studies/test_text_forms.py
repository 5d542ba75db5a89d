"""Question answering, language modelling and generation from a study file alone, on real texts."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from breakeven.cli import group
from breakeven.records import PhaseName, Run, Stage, Status
from breakeven.report.tables.generation import generation_tables
from breakeven.store import Store

pytestmark = [pytest.mark.nlp, pytest.mark.slow]

TINY = {
    "model": "random",
    "hidden_size": 16,
    "n_heads": 2,
    "intermediate_size": 32,
    "n_layers": 2,
    "vocab_size": 300,
}
SQUAD = {"name": "files", "form": "question-answering", "limit": 40, "test_limit": 12}
INFERENCE = {"blocks": 1, "aa": False, "min_window_s": 0, "warmup": 1}


def run_study(tmp_path: Path, study: Mapping[str, object]) -> dict[str, Run]:
    """Run a study through the command line; its runs by row."""
    file, store = tmp_path / "study.yaml", tmp_path / "store"
    file.write_text(yaml.safe_dump({"study": "forms", **study}), encoding="utf-8")
    result = CliRunner().invoke(group, ["run", str(file), "--store", str(store)])
    assert result.exit_code == 0, result.output
    found: dict[str, list[Run]] = defaultdict(list)
    for run in Store(store).runs():
        assert run.status is Status.OK, run.error
        found[run.row].append(run)
    return {row: runs[0] for row, runs in found.items()}


def metrics(run: Run, split: str) -> set[str]:
    return {score.metric for score in run.scores if score.split == split}


def test_squad_is_fitted_and_answered(shared_dir: Path, tmp_path: Path) -> None:
    data = shared_dir / "data/squad_v1_dev"
    runs = run_study(
        tmp_path,
        {
            "task": {
                **SQUAD,
                "train": str(data / "train_split.json"),
                "test": str(data / "eval_split.json"),
            },
            "defaults": {"max_length": 64, "stride": 20, "batch_size": 8},
            "stages": [
                {"name": "ft", "stage": "finetune", **TINY, "epochs": 1},
            ],
            "pathways": {"FT": "ft"},
            "inference": {**INFERENCE, "sweep": [{"max_length": 32}]},
        },
    )
    short, reference = runs["FT/max_length=32"], runs["FT/reference"]
    assert metrics(reference, "test") == {"exact_match", "answer_f1"}
    assert reference.scores[0].metric == "exact_match"
    assert [run.output.n_examples for run in (short, reference)] == [12, 12]
    assert short.output.n_padded_tokens != reference.output.n_padded_tokens


def test_a_masked_model_has_a_perplexity_on_wikitext(shared_dir: Path, tmp_path: Path) -> None:
    data = shared_dir / "data/wikitext2"
    runs = run_study(
        tmp_path,
        {
            "task": {
                "name": "files",
                "train": str(data / "valid.txt"),
                "test": str(data / "test.txt"),
                "limit": 60,
                "test_limit": 12,
            },
            "defaults": {"max_length": 64, "batch_size": 8},
            "stages": [{"name": "mlm", "stage": "pretrain", **TINY, "epochs": 1}],
            "pathways": {"MLM": "mlm"},
            "inference": INFERENCE,
        },
    )
    (perplexity,) = runs["MLM/reference"].scores
    assert (perplexity.metric, perplexity.higher_is_better) == ("perplexity", False)
    assert "predicted tokens" in perplexity.how


def test_a_decoder_is_trained_distilled_and_tells_on(shared_dir: Path, tmp_path: Path) -> None:
    runs = run_study(
        tmp_path,
        {
            "task": {
                "name": "files",
                "form": "generation",
                "train": str(shared_dir / "data/tinyshakespeare/input.txt"),
                "unit": "paragraph",
                "test_share": 0.1,
                "limit": 120,
                "test_limit": 6,
            },
            "defaults": {"max_length": 32, "batch_size": 8},
            "stages": [
                {"name": "base", "stage": "pretrain", **TINY, "architecture": "gpt2", "epochs": 1},
                {
                    "name": "ta",
                    "stage": "distil",
                    "teacher": "base",
                    "method": "task-agnostic",
                    "epochs": 1,
                },
            ],
            "pathways": {"GPT": "base", "Distil": "ta"},
            "inference": {
                **INFERENCE,
                "reference": {"prompt_tokens": 8, "new_tokens": 6},
                "sweep": [{"new_tokens": 2}],
            },
        },
    )
    row = runs["Distil/reference"]
    assert row.stage is Stage.INFER
    assert [phase.name for phase in row.phases][-2:] == [PhaseName.WORK, PhaseName.PREFILL]
    assert row.output.n_new_tokens == 6 * row.output.n_examples
    assert row.scores == ()
    speeds, costs = generation_tables(list(runs.values()))
    assert {cells[0].text for cells in speeds.rows} == {
        f"{pathway}/{label}"
        for pathway in ("GPT", "Distil")
        for label in ("reference", "new_tokens=2")
    }
    assert len(costs.rows) > len(speeds.rows)
