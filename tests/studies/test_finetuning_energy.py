"""studies/finetuning_energy.yaml: tasks, sizes and meters as said; in miniature over two stores."""

import csv
import io
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.analysis.runs.select import observe
from breakeven.cli import group
from breakeven.records import PhaseName, Resource, Run, Stage, Status
from breakeven.store import Store
from breakeven.study import load_studies
from breakeven.study.spec import Study

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "studies" / "finetuning_energy.yaml"
PAGE = ROOT / "docs" / "studies" / "finetuning_energy.md"
KEPT = ROOT / "studies" / "results" / "finetuning-energy"

TUNED = {"base", "base-few", "base-short", "small", "small-few"}
BERT_TOKENS = 1_000_000 * 256 * (0.9 * 128 + 0.1 * 512)
"""Padded tokens of BERT's pre-training (Devlin et al. 2019, appendix A.2)."""


def studies(profile: str | None = None) -> dict[str, Study]:
    found = load_studies(STUDY, profile=profile)
    return {study.name.removeprefix("finetuning-energy-"): study for study in found}


def resolved(study: Study, setting: str) -> dict[str, object]:
    return {row.name: row.settings.resolved[setting] for row in study.rows}


def test_tasks_of_every_form_are_tuned_alike_and_one_pre_trains() -> None:
    found = studies()
    assert set(found) == {"cola", "rte", "pretraining", "wnut17", "stsb", "squad"}
    assert {row.stage for row in found.pop("pretraining").rows} == {Stage.PRETRAIN}
    for study in found.values():
        assert {row.name for row in study.rows} == TUNED
        assert resolved(study, "n_layers")["base"] == 0
        assert resolved(study, "n_layers")["small"] == 3
        lengths = resolved(study, "max_length")
        assert lengths["base-short"] < lengths["base-few"]  # type: ignore[operator]


def test_the_full_profile_is_bert_and_distilbert_on_whole_data_sets() -> None:
    found = studies("full")
    assert {"rte", "mnli"} < set(found)  # the two whose equivalents are known
    language = found.pop("pretraining")
    assert resolved(language, "weights") == {"pretrain": "random"}
    assert resolved(language, "epochs") == {"pretrain": 40}
    for study in found.values():
        models = resolved(study, "model")
        assert (models["base"], models["small"]) == (
            "google-bert/bert-base-uncased",
            "distilbert/distilbert-base-uncased",
        )
        assert resolved(study, "n_layers")["small"] == 0
        assert set(resolved(study, "epochs").values()) == {3.0}
        assert "limit" not in study.task
        assert study.question.headline == "energy_j"


def test_the_other_store_is_the_same_study_with_another_meter() -> None:
    one, two = studies()["rte"], studies("modelled")["rte"]
    assert one.meters == ()
    assert [meter.partition(":")[0] for meter in two.meters] == ["host", "modelled"]
    assert [row.settings for row in one.rows] == [row.settings for row in two.rows]


@pytest.fixture(scope="module")
def folders(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The real data, and a tiny encoder in the place of the real one."""
    pytest.importorskip("torch")
    from breakeven.workloads.catalogue import resolve_stage  # noqa: PLC0415 - needs torch
    from breakeven.workloads.models.encoder import AutoClass, load_encoder  # noqa: PLC0415

    folder, rng = tmp_path_factory.mktemp("encoder"), random.Random(0)
    words = ("the", "cat", "sat", "on", "a", "mat", "and", "said", "no")
    settings = resolve_stage(
        Stage.PRETRAIN,
        {
            "model": "random",
            "vocab_size": 120,
            "n_layers": 4,
            "hidden_size": 16,
            "intermediate_size": 32,
        },
    )
    corpus = [" ".join(rng.choices(words, k=12)) for _ in range(30)]
    made = load_encoder(settings, head=AutoClass.MASKED_LM, corpus=corpus)
    made.model.base_model.save_pretrained(folder)
    made.tokenizer.save_pretrained(folder)
    return {"data": str(shared_dir / "data"), "encoder": str(folder), "small": str(folder)}


def breakeven(*arguments: object) -> str:
    result = CliRunner().invoke(group, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def run(folders: Mapping[str, str], store: Path, task: str, *changed: str) -> None:
    given = [part for name, value in folders.items() for part in ("--var", f"{name}={value}")]
    sets = [
        part
        for change in ("inference.blocks=1", *SMALLER[task], *changed)
        for part in ("--set", change)
    ]
    breakeven("run", STUDY, *given, *sets, "--task", task, "--store", store)


BASE = '{name: base, stage: finetune, model: "${encoder}", epochs: "${epochs}"}'
SMALL = '{name: small, stage: finetune, model: "${small}", n_layers: "${small_layers}", epochs: 1}'
SMALLER = {
    "rte": ("tasks.rte.limit=24", "tasks.rte.test_limit=10", "pathways={BASE: base}"),
    "pretraining": (
        "tasks.pretraining.limit=40",
        "tasks.pretraining.test_limit=5",
        "stages=[{name: pretrain, stage: pretrain, model: '${encoder}', weights: random}]",
        "pathways={PRE: pretrain}",
    ),
}


def table(*arguments: object) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(breakeven(*arguments)))


@pytest.mark.nlp
@pytest.mark.slow
def test_two_stores_make_one_table_with_its_lines_and_equivalents(
    folders: dict[str, str], tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    run(folders, one, "rte", f"stages=[{BASE}, {SMALL}]")
    run(folders, one, "pretraining")
    meters = "meters=[host, 'modelled:cpu_idle_w=10-20,cpu_busy_w=45-65']"
    run(folders, two, "rte", f"stages=[{BASE}]", meters)
    with Store(one, create=False) as opened:
        runs = opened.runs()
    assert {run.status for run in runs} == {Status.OK}
    assert Counter(run.row for run in runs if run.stage is Stage.FINETUNE) == {
        "base": 1,
        "small": 1,
    }

    rows = list(table("export", one, two))
    by_store = {row["store"] for row in rows}
    assert by_store == {str(one), str(two)}
    tuned = [row for row in rows if row["stage"] == "finetune"]
    assert {row["energy_kind"] for row in tuned} == {"", "modelled"}
    for row in tuned:
        assert 0 < int(row["n_real_tokens"]) < int(row["n_padded_tokens"])
        assert float(row["process_duration_s"]) > float(row["window_duration_s"]) > 0
    assert {row["n_layers"] for row in tuned} == {"3", "4"}

    fitted = ("--by", "store", "--where", "stage=finetune", "--y", "cpu")
    points = list(table("curves", one, two, *fitted, "--table", "points", "--format", "csv"))
    assert Counter(point["group"] for point in points) == {str(one): 2, str(two): 1}
    worth = list(
        table("lifecycle", one, "--equivalents", "--table", "equivalents", "--format", "csv")
    )
    pairs = {(row["whole"], row["part"]) for row in worth}
    whole = "finetuning-energy-pretraining: pretrain"
    assert (whole, "finetuning-energy-rte: base") in pairs


def test_the_page_scales_what_was_measured_up_to_bert() -> None:
    """CPU seconds per token of the pre-training here x BERT's tokens / three passes over RTE."""
    with Store(KEPT / "one", create=False) as store:
        runs = store.runs()
    cpu = {run.row: window_cpu_s(run) for run in runs if run.study.endswith(("rte", "training"))}
    n_tokens = next(run.output.n_padded_tokens for run in runs if run.row == "pretrain")
    per_token = cpu["pretrain"] / n_tokens
    times = BERT_TOKENS * per_token / (cpu["base"] * 3 * 2490 / 600)
    assert f"{1000 * per_token:.2f} CPU ms" in PAGE.read_text(encoding="utf-8")
    assert f"{round(times, -3):,.0f} runs" in PAGE.read_text(encoding="utf-8")


def window_cpu_s(run: Run) -> float:
    seen = observe(run, Resource.CPU_S, phases=[PhaseName.WORK])
    return 0.0 if seen is None else seen.value


@pytest.mark.nlp
def test_tokens_alone_give_the_order_of_the_papers_45_000_rte_runs(shared_dir: Path) -> None:
    """BERT's tokens over those of three epochs of RTE, padded in random batches or not at all."""
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(shared_dir / "models/all-MiniLM-L6-v2")
    text = (shared_dir / "data/rte/train.tsv").read_text(encoding="utf-8")
    pairs = [line.split("\t")[1:3] for line in text.splitlines()[1:]]
    lengths = [len(ids) for ids in tokenizer(*map(list, zip(*pairs, strict=True)))["input_ids"]]
    random.Random(0).shuffle(lengths)
    batches = [lengths[i : i + 32] for i in range(0, len(lengths), 32)]
    padded = sum(max(batch) * len(batch) for batch in batches)
    fewest, most = BERT_TOKENS / (3 * padded), BERT_TOKENS / (3 * sum(lengths))
    assert fewest < 45_000 < most
    told = f"{fewest:,.0f}"[:2], f"{most:,.0f}"[:2]
    assert f"{told[0]},000 to {told[1]},000 runs" in PAGE.read_text(encoding="utf-8")
