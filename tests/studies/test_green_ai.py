"""studies/green_ai.yaml: one row for each term of equation 1, and what its page claims."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.analysis.curves.trend import growth
from breakeven.analysis.overview import analyse
from breakeven.cli import group
from breakeven.records import Resource, Scalar, Stage, Status
from breakeven.store import Store
from breakeven.study import load_study
from breakeven.study.spec import Study

ROOT = Path(__file__).resolve().parents[2]
STUDY, TREND = ROOT / "studies" / "green_ai.yaml", ROOT / "studies" / "green_ai_trend.csv"

SIZES = frozenset({"model", "train_examples", "max_epochs", "patience", "batch_size", "lr"})
"""What may differ between the profiles: sizes, ids, and the rate and batch that fit the encoder."""


@pytest.fixture(params=[None, "full"], ids=["here", "full"])
def study(request: pytest.FixtureRequest) -> Study:
    return load_study(STUDY, profile=request.param)


def settings(study: Study, row: str) -> dict[str, Scalar]:
    (found,) = (r for r in study.rows if r.name == row)
    return dict(found.settings.passed)


def test_each_pathway_changes_one_term_of_the_base(study: Study) -> None:
    """E by fewer layers, D by more examples, H by trials; everything else is the base's."""
    base = settings(study, "base")
    assert settings(study, "two-layers") == base | {"n_layers": 2}
    assert settings(study, "fourfold") == base | {"train_examples": 4 * int(base["train_examples"])}
    (search,) = (r for r in study.rows if r.tuning is not None)
    assert search.settings.passed["train_examples"] == base["train_examples"]
    assert search.tuning is not None
    assert set(search.tuning.space) == {"lr", "batch_size"}
    assert search.tuning.n_rungs == base["max_epochs"]
    assert [p.row for p in study.pathways] == [
        "base",
        "two-layers",
        "fourfold",
        "search",
        "words-all",
    ]


def test_data_double_from_row_to_row(study: Study) -> None:
    sizes = [settings(study, row)["train_examples"] for row in ("half", "base", "double")]
    assert [2 * int(size) for size in sizes[:-1]] == sizes[1:]


def test_profiles_differ_in_sizes_and_ids_alone() -> None:
    here, full = load_study(STUDY), load_study(STUDY, profile="full")
    assert [r.name for r in here.rows] == [r.name for r in full.rows]
    for ours, theirs in zip(here.rows, full.rows, strict=True):
        one, other = dict(ours.settings.passed), dict(theirs.settings.passed)
        assert {k for k in one | other if one.get(k) != other.get(k)} <= SIZES


def test_the_full_study_is_all_of_sst2_with_bert_base() -> None:
    full = load_study(STUDY, profile="full")
    assert settings(full, "base")["model"] == "google-bert/bert-base-uncased"
    assert dict(full.task)["id"] == "stanfordnlp/sst2"
    assert dict(full.task)["limit"] == dict(full.task)["test_limit"] == 0
    assert settings(full, "fourfold")["train_examples"] == 60_000
    assert {r.repeats for r in full.rows if r.tuning is None and "words" not in r.name} == {5}


def test_compute_grew_300000_times_and_doubled_every_3_4_months() -> None:
    """R003-11: the article's figure 1, from the points in its source."""
    printed = CliRunner().invoke(group, ["curves", "--trend", str(TREND)]).stdout
    found = growth(300_000, 62)
    assert (round(found.doublings, 1), round(found.doubling_months or 0, 1)) == (18.2, 3.4)
    assert "3e+05" in printed
    assert "18.19" in printed
    assert "3.406" in printed


@pytest.mark.parametrize(
    ("usd", "chips", "days", "usd_per_chip_hour"),
    [(7_000, 64, 4, 1.14), (25_000, 256, 14, 0.29), (60_000, 512, 2.5, 1.95)],
    ids=["BERT-large", "Grover", "XLNet"],
)
def test_dollars_of_the_article_imply_three_prices_of_one_chip(
    usd: float, chips: int, days: float, usd_per_chip_hour: float
) -> None:
    assert round(usd / (chips * days * 24), 2) == usd_per_chip_hour


def test_the_killed_trial_of_the_kept_records_is_in_h_with_its_cost() -> None:
    with Store(ROOT / "studies" / "results" / "green-ai", create=False) as opened:
        analysis = analyse(opened.study(), opened.runs())
    (search,) = analysis.searches
    (killed,) = (trial for trial in search.trials if trial.status is Status.INTERRUPTED)
    cost = killed.costs[Resource.CPU_S].value
    tags = (tag for tag in analysis.price_tags if tag.resource is Resource.CPU_S)
    (tag,) = (tag for tag in tags if tag.name == "search")
    assert cost is not None
    assert tag.total.value is not None
    assert cost > 10
    assert (tag.n_experiments, tag.n_lost) == (9, 1)
    others = [t.costs[Resource.CPU_S].value or 0.0 for t in search.trials if t is not killed]
    assert tag.total.value == pytest.approx(cost + sum(others))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory, shared_dir: Path) -> Path:
    """A BERT of six layers, 16 wide, with a vocabulary of the first sentences."""
    pytest.importorskip("torch")
    pytest.importorskip("optuna")
    from breakeven.workloads.catalogue import resolve_stage  # noqa: PLC0415 - needs torch
    from breakeven.workloads.models.encoder import AutoClass, load_encoder  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("encoder")
    lines = (shared_dir / "data" / "sst2" / "train.tsv").read_text().splitlines()[1:200]
    shape: dict[str, Scalar] = {"hidden_size": 16, "n_heads": 2, "intermediate_size": 32}
    tiny = {"model": "random", "vocab_size": 200, "max_length": 64, "n_layers": 6, **shape}
    resolved = resolve_stage(Stage.PRETRAIN, tiny)
    texts = [line.partition("\t")[0] for line in lines]
    made = load_encoder(resolved, head=AutoClass.MASKED_LM, corpus=texts)
    made.model.base_model.save_pretrained(folder)
    made.tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.nlp
@pytest.mark.slow
def test_a_slice_of_the_real_data_gives_price_tags_and_curves(
    encoder: Path, shared_dir: Path, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    changed = {
        "variables.base": "32",
        "task.limit": "150",
        "task.test_limit": "20",
        "task.validation_share": "0.1",
        "stages.half.train_examples": "16",
        "stages.double.train_examples": "64",
        "stages.fourfold.train_examples": "128",
        "stages.words-half.train_examples": "16",
        "stages.words-double.train_examples": "32",
        "stages.words-more.train_examples": "64",
        "stages.words-all.train_examples": "128",
        "stages.search.tune.trials": "3",
        "inference.blocks": "1",
        "inference.warmup": "1",
        "pathways": "{BASE: base, TUNED: search}",
    }
    repeated = [row.name for row in load_study(STUDY).rows if row.repeats > 1]
    changed |= {f"stages.{name}.repeats": "1" for name in repeated}
    given = [f"sst2={shared_dir / 'data' / 'sst2'}", f"encoder={encoder}"]
    options = [part for text in given for part in ("--var", text)]
    options += [part for item in changed.items() for part in ("--set", "=".join(item))]
    command = ["run", str(STUDY), *options, "--store", str(store)]
    result = CliRunner().invoke(group, command)
    assert result.exit_code == 0, result.output
    with Store(store, create=False) as opened:
        runs = opened.runs()
    assert {run.status for run in runs} <= {Status.OK, Status.PRUNED}
    assert sum(run.trial is not None for run in runs) == 3

    tags = written("lifecycle", store, "--price-tag", "--table", "price_tag")
    (search,) = (t for t in tags if (t["result"], t["resource"]) == ("row search", "cpu_s"))
    assert search["n_experiments"] == "3"
    for x, n_points in (("data", 8), ("parameters", 4)):
        where = ["--where", "n_labelled_examples=32"] if x == "parameters" else []
        points = written("curves", store, "--x", x, "--y", "score", *where, *POINTS)
        assert len(points) >= n_points
    inside = written("curves", store, "--x", "steps", "--y", "score", "--inside", *POINTS)
    scores = [point["y"] for point in inside if point["row"] == "base"]
    assert scores
    assert all(0 <= float(score) <= 1 for score in scores)


POINTS = ("--table", "points")


def written(name: str, store: Path, *options: str) -> list[dict[str, str]]:
    result = CliRunner().invoke(group, [name, str(store), *options, "--format", "csv"])
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))
