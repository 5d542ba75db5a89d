"""studies/sst2_minilm.yaml: every profile can be planned, and the whole runs on folders offline."""

import random
import runpy
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

import breakeven
from breakeven.analysis.overview import analyse
from breakeven.cli import group
from breakeven.records import Stage, Status
from breakeven.store import Store
from breakeven.study import load_study
from breakeven.study.spec import Study

STUDY = Path(__file__).resolve().parents[2] / "studies" / "sst2_minilm.yaml"
WORDS = {"0": ("dull", "grim", "awful", "flat"), "1": ("warm", "bright", "lovely", "fine")}
NEUTRAL = ("the", "film", "is", "a", "story", "of", "two", "people", "and", "time")


def sentence(label: str, rng: random.Random) -> str:
    words = rng.choices(NEUTRAL, k=rng.randint(2, 12)) + rng.choices(WORDS[label], k=2)
    rng.shuffle(words)
    return " ".join(words)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Stand-ins in the layout of the real folders: sentences, reviews, an encoder without head."""
    pytest.importorskip("torch")
    from breakeven.workloads.catalogue import resolve_stage  # noqa: PLC0415 - needs torch
    from breakeven.workloads.models.encoder import AutoClass, Encoder, load_encoder  # noqa: PLC0415

    root, rng = tmp_path_factory.mktemp("shared"), random.Random(0)
    (root / "sst2").mkdir()
    for name, n_rows in (("train", 96), ("dev", 40)):
        rows = [f"{sentence(str(i % 2), rng)} {i}\t{i % 2}" for i in range(n_rows)]
        (root / "sst2" / f"{name}.tsv").write_text("\n".join(["sentence\tlabel", *rows]) + "\n")
    reviews = [" ".join(sentence(str(i % 2), rng) for _ in range(3)) for i in range(60)]
    (root / "reviews.txt").write_text("\n".join(reviews) + "\n")
    shape = {"hidden_size": 16, "n_heads": 2, "intermediate_size": 32, "n_layers": 6}
    settings = resolve_stage(
        Stage.PRETRAIN, {"model": "random", "vocab_size": 120, "max_length": 128, **shape}
    )
    made: Encoder = load_encoder(settings, head=AutoClass.MASKED_LM, corpus=reviews)
    made.model.base_model.save_pretrained(root / "encoder")
    made.tokenizer.save_pretrained(root / "encoder")
    return {
        "sst2": str(root / "sst2"),
        "imdb": str(root / "reviews.txt"),
        "encoder": str(root / "encoder"),
    }


@pytest.mark.parametrize("profile", [None, "reduced", "full", "bert-base-gpu"])
def test_no_model_is_swept_over_more_than_40_configurations(profile: str | None) -> None:
    study = load_study(STUDY, profile=profile)
    per_pathway = Counter(c.pathway for c in study.configurations)
    assert max(per_pathway.values()) <= 40
    assert study.n_blocks >= 3


def test_length_depth_precision_and_padding_are_swept() -> None:
    study = load_study(STUDY)
    swept = [c.settings.resolved for c in study.configurations if c.pathway == "FT"]
    assert {s["max_length"] for s in swept} == {16, 24, 32, 48, 64, 128}
    assert {s["n_layers"] for s in swept} == {0, 2, 3, 4, 5}
    assert {s["precision"] for s in swept} == {"fp32", "bf16"}
    assert {s["padding"] for s in swept} == {"longest", "max_length"}


@pytest.mark.nlp
def test_the_python_script_defines_the_same_study_in_under_40_lines(
    folders: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same rows, configurations, task and question: either goes on where the other stopped."""
    defined: list[Study] = []
    monkeypatch.setattr(
        breakeven, "run_study", lambda study, store: defined.append(study), raising=False
    )
    monkeypatch.setattr(
        breakeven, "write_report", lambda store: SimpleNamespace(text=""), raising=False
    )
    monkeypatch.setattr(sys, "argv", ["study.py", *folders.values(), "store"])
    script = STUDY.with_suffix(".py")
    runpy.run_path(str(script))
    written = load_study(STUDY, variables=folders)
    assert len(script.read_text().splitlines()) < 40
    assert asked(defined[0]) == asked(written)


def asked(study: Study) -> object:
    """All that decides what is run and what it is compared by; descriptions aside."""
    return (
        study.name,
        study.seed,
        dict(study.task),
        [(r.name, r.stage, r.settings.resolved, r.parents, r.repeats) for r in study.rows],
        [(p.name, p.row) for p in study.pathways],
        [(c.row, c.role, c.settings.resolved) for c in study.configurations],
        (study.n_blocks, study.question, study.budget),
    )


@pytest.mark.nlp
@pytest.mark.slow
def test_the_study_runs_offline_on_local_folders(folders: dict[str, str], tmp_path: Path) -> None:
    """A block and a few configurations on tiny stand-ins; every stage is the real one."""
    given = [part for name, value in folders.items() for part in ("--var", f"{name}={value}")]
    smaller = [
        "stages.ft.repeats=2",
        "inference.blocks=1",
        "inference.min_window_s=0",
        "inference.warmup=1",
        "inference.sweep=[{max_length: 16, pathways: [FT, TS]}, {batch_size: 1, idle_s: 0.1}]",
    ]
    changed = [part for text in smaller for part in ("--set", text)]
    store = tmp_path / "store"
    result = CliRunner().invoke(group, ["run", str(STUDY), *given, *changed, "--store", str(store)])
    assert result.exit_code == 0, result.output
    opened = Store(store, create=False)
    runs = opened.runs()
    assert {run.status for run in runs} == {Status.OK}
    assert Counter(run.row for run in runs if run.stage is Stage.FINETUNE) == {
        "ft": 2,
        "ta": 1,
        "tfidf": 1,
    }
    head = next(run for run in runs if run.row == "mlm-head")
    student = next(run for run in runs if run.row == "ta-distil")
    assert set(student.parents) == {head.run_id}
    analysis = analyse(opened.study(), runs)
    assert {p.name for p in analysis.pathways} == {"FT", "TS", "TA", "TF-IDF"}
    assert all(p.score is not None for p in analysis.pathways)
    assert all(folder not in run_text for folder in folders.values() for run_text in map(str, runs))
