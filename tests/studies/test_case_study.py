"""studies/case_study.yaml: Table 2 in full, the same but smaller here; its page tells no lies."""

import csv
import json
import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from statistics import correlation, linear_regression

import pytest
from click.testing import CliRunner

from breakeven.analysis.overview import analyse
from breakeven.cli import group
from breakeven.formulas import flops
from breakeven.records import Scalar, Stage, Status
from breakeven.store import Store
from breakeven.study import load_study
from breakeven.study.presets import presets
from breakeven.study.spec import Study
from tools.case_study import claims_here

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "studies" / "case_study.yaml"
PAGE = ROOT / "docs" / "studies" / "case-study.md"

TABLE_2 = {
    "ft": {"batch_size": 32, "max_epochs": 10, "max_length": 256, "lr": 3e-5, "warmup_steps": 404},
    "ts-distil": {
        "batch_size": 32,
        "epochs": 2.0,
        "max_length": 256,
        "lr": 5e-5,
        "warmup_steps": 260,
    },
    "ta-distil": {
        "batch_size": 8,
        "epochs": 0.75,
        "max_length": 256,
        "lr": 1e-4,
        "warmup_steps": 3750,
        "n_processes": 2,
        "gradient_accumulation": 2,
    },
}
TABLE_2["ta"] = TABLE_2["ft"]
"""Table 2 and appendix A of the paper, by row; TA is fine-tuned "with the method used in FT"."""

SIZES = frozenset(
    {
        "model",
        "n_layers",
        "batch_size",
        "max_epochs",
        "warmup_steps",
        "lr",
        "n_processes",
    }
)
"""What may differ between the profiles: sizes, ids, and the rate that goes with so few steps."""

WORDS = ("ada", "gick", "till", "lund", "med", "alan", "och", "såg", "kiel", "snö")
TAGS = {"ada": "B-PER", "alan": "B-PER", "lund": "B-LOC", "kiel": "B-LOC"}

PATHWAYS = ("FT", "TS", "TA")
N_TEST_TOKENS = 13_504 * 256
N_TEACHER, N_STUDENT = 124_742_805, 82_215_573


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Stand-ins of what the full profile names on a hub, in its layout: tagged sentences, a corpus,
    a BERT of twelve layers with a masked-LM head."""
    pytest.importorskip("torch")
    from breakeven.workloads.catalogue import resolve_stage  # noqa: PLC0415 - needs torch
    from breakeven.workloads.models.encoder import AutoClass, load_encoder  # noqa: PLC0415

    root, rng = tmp_path_factory.mktemp("hub"), random.Random(0)
    data = root / "sucx3_ner" / "simple_lower_mix"
    data.mkdir(parents=True)
    for split, n in (("train", 40), ("validation", 10), ("test", 12)):
        sentences = [rng.choices(WORDS, k=rng.randint(3, 8)) for _ in range(n)]
        rows = [{"tokens": s, "ner_tags": [TAGS.get(w, "O") for w in s]} for s in sentences]
        (data / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    corpus = [" ".join(rng.choices(WORDS, k=12)) + ". Sedan." for _ in range(30)]
    (root / "corpus.txt").write_text("\n".join(corpus) + "\n")
    shape: Mapping[str, Scalar] = {"hidden_size": 16, "n_heads": 2, "intermediate_size": 32}
    settings = resolve_stage(
        Stage.PRETRAIN,
        {"model": "random", "vocab_size": 120, "max_length": 256, "n_layers": 12, **shape},
    )
    made = load_encoder(settings, head=AutoClass.MASKED_LM, corpus=corpus)
    made.model.save_pretrained(root / "bert")
    made.tokenizer.save_pretrained(root / "bert")
    return {
        "data": str(root / "sucx3_ner"),
        "corpus": str(root / "corpus.txt"),
        "encoder": str(root / "bert"),
    }


def given(folders: Mapping[str, str]) -> list[str]:
    return [part for name, value in folders.items() for part in ("--var", f"{name}={value}")]


def full() -> Study:
    return load_study(STUDY, profile="full")


def test_the_full_profile_is_table_2() -> None:
    rows = {row.name: row.settings.resolved for row in full().rows}
    assert {name: {k: rows[name][k] for k in wanted} for name, wanted in TABLE_2.items()} == TABLE_2
    assert rows["ft"]["epochs"] == rows["ta"]["epochs"] == 0  # until the loss no longer falls
    assert full().reference["batch_size"] == 32
    assert full().reference["max_length"] == 256


def test_the_full_profile_passes_nothing_but_presets_ids_and_repeats() -> None:
    rows = full().rows
    assert {row.name: row.preset.partition(" ")[0] for row in rows} == {
        "ft": "durlich2023-ft",
        "ts-distil": "durlich2023-ts",
        "ta-distil": "durlich2023-ta",
        "ta": "durlich2023-ft",
    }
    for row in rows:
        named = {} if row.parents else {"model": "KB/bert-base-swedish-cased"}
        preset = presets()[row.preset.partition(" ")[0]].settings
        assert row.settings.passed == {"seed": 1, **preset, **named}
        assert row.repeats == 3


def test_students_have_six_layers_lower_or_every_other() -> None:
    rows = {row.name: row.settings.resolved for row in full().rows}
    assert (rows["ts-distil"]["n_layers"], rows["ts-distil"]["layers"]) == (6, "lower")
    assert (rows["ta-distil"]["n_layers"], rows["ta-distil"]["layers"]) == (6, "every-other")


def test_the_full_task_is_the_papers() -> None:
    task = full().task
    assert (task["id"], task["data_dir"]) == ("KBLab/sucx3_ner", "simple_lower_mix")
    assert (task["corpus_limit"], task["deduplicate"]) == (2_552_479, True)


def test_here_only_sizes_differ_and_the_head_that_minilm_lacks() -> None:
    here, there = load_study(STUDY), full()
    head, mine = here.row("mlm-head"), {row.name: row for row in here.rows}
    assert mine.keys() - {head.name} == {row.name for row in there.rows}
    for row in there.rows:
        own = mine[row.name]
        assert (own.preset, own.stage, own.repeats, own.nested) == (
            row.preset,
            row.stage,
            row.repeats,
            row.nested,
        )
        assert own.parents in (row.parents, {"start": head.name, "teacher": head.name})
        ours, theirs = own.settings.resolved, row.settings.resolved
        assert {k for k in ours if ours[k] != theirs[k]} <= SIZES
    assert here.reference == there.reference
    assert (here.n_blocks, here.question) == (there.n_blocks, there.question)


@pytest.mark.nlp
def test_the_full_plan_lists_87_runs(folders: dict[str, str], tmp_path: Path) -> None:
    store = ["--store", str(tmp_path / "store")]
    arguments = ["plan", str(STUDY), "--profile", "full", *given(folders), *store]
    done = CliRunner().invoke(group, arguments)
    assert done.exit_code == 0, done.output
    assert (
        "87 runs in all: to make ft 3, ts-distil 9, ta-distil 3, ta 9; in use FT 9, TS 27, TA 27"
        in done.output
    )
    assert "task datasets: 40 train, 10 validation, 12 test" in done.output
    table = done.output.partition("\n\n")[0].splitlines()[2:]
    assert len(table) == 4 + 3 + 3


@pytest.mark.nlp
def test_the_plan_here_lists_the_head_as_well(shared_dir: Path, tmp_path: Path) -> None:
    arguments = ["plan", str(STUDY), *given(real(shared_dir)), "--store", str(tmp_path / "store")]
    done = CliRunner().invoke(group, arguments)
    assert done.exit_code == 0, done.output
    assert "88 runs in all: to make ft 3, ts-distil 9, mlm-head 1" in done.output
    assert "judged by entity_f1" in done.output


def real(shared_dir: Path) -> dict[str, str]:
    return {
        "data": str(shared_dir / "data" / "wnut17"),
        "corpus": str(shared_dir / "data" / "wikitext2" / "valid.txt"),
        "encoder": str(shared_dir / "models" / "all-MiniLM-L6-v2"),
    }


@pytest.mark.nlp
@pytest.mark.slow
def test_slices_of_the_real_data_go_through_every_stage(
    folders: dict[str, str], shared_dir: Path, tmp_path: Path
) -> None:
    """Every row once, two evaluations; the encoder is the stand-in."""
    store, out = tmp_path / "store", tmp_path / "report"
    smaller = {
        "task.limit": 16,
        "task.test_limit": 8,
        "task.corpus_limit": 12,
        "inference.blocks": 2,
        "stages.ft.max_epochs": 1,
        "stages.ta.max_epochs": 1,
        **{f"stages.{row}.repeats": 1 for row in TABLE_2},
    }
    changes = [part for k, v in smaller.items() for part in ("--set", f"{k}={v}")]
    variables = given({**real(shared_dir), "encoder": folders["encoder"]})
    arguments = ["run", str(STUDY), *variables, *changes, "--store", str(store)]
    done = CliRunner().invoke(group, arguments)
    assert done.exit_code == 0, done.output
    with Store(store, create=False) as opened:
        runs = opened.runs()
        claims = claims_here(analyse(opened.study(), runs)).splitlines()
    assert [line.split(" | ")[0] for line in claims[2:]] == [f"| H{n}" for n in range(1, 8)]
    assert {run.status for run in runs} == {Status.OK}
    assert Counter(run.stage for run in runs if run.stage is not Stage.SERVE) == {
        Stage.FINETUNE: 2,
        Stage.DISTIL: 2,
        Stage.PRETRAIN: 1,
        Stage.INFER: 6,
    }
    told = CliRunner().invoke(group, ["report", str(store), "--tables-only", "--out", str(out)])
    assert told.exit_code == 0, told.output
    (head, *rows) = (out / "tables" / "table1.csv").read_text().splitlines()
    assert "score_entity_f1" in head
    assert [row.split(",")[0] for row in rows] == ["FT", "TS", "TA"]


@pytest.fixture(scope="module")
def published(shared_dir: Path) -> Mapping[tuple[str, str], Mapping[str, float]]:
    """Cells of Table 1 by scenario and stage."""
    path = shared_dir / "published" / "durlich2023" / "table1.csv"
    return {
        (line["scenario"], line["stage"]): {
            name: float(line[name])
            for name in ("duration_s", "energy_wh", "flops", "f1", "n_runs")
            if line[name]
        }
        for line in csv.DictReader(path.read_text().splitlines())
    }


Published = Mapping[tuple[str, str], Mapping[str, float]]


def written(value: float, digits: int) -> str:
    """As the page writes large numbers: 4.004e9."""
    mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


@pytest.mark.parametrize(
    ("cell", "n_flops"),
    [
        (("FT", "finetune"), flops.training_flops(N_TEACHER, 256 * 4044 * 32)),
        (("TS", "distil"), flops.distillation_flops(N_STUDENT, N_TEACHER, 256 * 2696 * 32)),
        (("TA", "distil"), flops.distillation_flops(N_STUDENT, N_TEACHER, 256 * 60_000 * 32)),
    ],
    ids=["FT", "TS", "TA"],
)
def test_kaplans_rule_gives_the_published_work_of_training(
    published: Published, cell: tuple[str, str], n_flops: flops.FlopCount
) -> None:
    assert n_flops.flops == pytest.approx(published[cell]["flops"], rel=0.01)
    assert written(n_flops.flops, 4) in PAGE.read_text()


@pytest.mark.parametrize(("name", "n"), [("FT", N_TEACHER), ("TS", N_STUDENT), ("TA", N_STUDENT)])
def test_printed_evaluation_is_three_times_equation_8(
    published: Published, name: str, n: int
) -> None:
    """Both conventions stand on the page: 2 N per token, and the 6 N that was printed."""
    by_8, printed = flops.inference_flops(n, N_TEST_TOKENS).flops, published[name, "evaluate"]
    assert printed["flops"] / by_8 == pytest.approx(3.0, rel=0.01)
    for shown in (by_8, flops.training_flops(n, N_TEST_TOKENS).flops):
        assert written(shown, 4) in PAGE.read_text()


def test_the_page_states_the_published_figures_as_they_follow_from_table_1(
    published: Published,
) -> None:
    ta, ts, ft = published["TA", "distil"], published["TS", "distil"], published["FT", "finetune"]
    tuned, used = published["TA", "finetune"], {n: published[n, "evaluate"] for n in PATHWAYS}
    gap_s = 0.077e-9 * 3600
    gap_j = 0.607e-6 * 3600
    shown = [
        *(f"{used[n]['f1']:.1f}" for n in PATHWAYS),
        *(f"{ta[k] / ts[k]:.1f} x" for k in ("duration_s", "energy_wh", "flops")),
        *(f"{1 - tuned[k] / ft[k]:.1%}" for k in ("duration_s", "energy_wh", "flops")),
        f"{used['FT']['f1'] - used['TS']['f1']:.1f} points",
        f"{gap_s * 1e9:.0f} ns",
        f"{gap_j * 1e3:.2f} mJ",
        f"{written(ts['duration_s'] / gap_s, 3)} tokens",
        f"{written(ts['energy_wh'] * 3600 / gap_j, 3)} tokens",
        f"{written(ts['duration_s'] / 0.077e-9, 2)} tokens",
    ]
    text = PAGE.read_text().replace("\N{MULTIPLICATION SIGN}", "x")
    assert [figure for figure in shown if figure not in text] == []


def test_one_point_carries_the_published_correlation(published: Published) -> None:
    """R000-H4: over the 87 runs at their stages' means, and without TA's distillation."""
    runs = [
        (cell, stage["flops"], stage["energy_wh"])
        for cell, stage in published.items()
        if cell != ("TS", "finetune")  # FT's own run
        for _ in range(int(stage["n_runs"]))
    ]
    assert len(runs) == 87
    rest = [run for run in runs if run[0] != ("TA", "distil")]
    r, without = (
        correlation([work for _, work, _ in some], [energy for _, _, energy in some])
        for some in (runs, rest)
    )
    line = linear_regression([work for _, work, _ in rest], [energy for _, _, energy in rest])
    distil = published["TA", "distil"]
    foreseen = line.slope * distil["flops"] + line.intercept
    per_flop = [energy * 3600 / work for _, work, energy in runs]
    text = PAGE.read_text()
    assert f"{r:.5f}" == "0.99707"
    assert f"{r:.3f}" in text
    assert f"{without:.3f}" in text
    assert f"{foreseen:,.0f} Wh" in text
    assert f"{distil['energy_wh'] / foreseen:.1f} times" in text
    assert f"{max(per_flop) / min(per_flop):.0f}-fold" in text
