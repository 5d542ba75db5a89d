"""A delivered certificate is of exactly what is delivered, and both can be shown again."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

import breakeven
from breakeven.analysis.certificates.certify import Claim, certify
from breakeven.analysis.certificates.certify_runs import Measured, evidence_of
from breakeven.cli import group
from breakeven.errors import CertificateError, DataFileError
from breakeven.records import Certificate, Resource, Run
from breakeven.store import Store, StoredAnswers
from breakeven.store.codec import encode_indented
from breakeven.study import check_again, load_study, measure_again, run_study
from breakeven.study.again import CostAgain, MeasuredAgain
from breakeven.study.delivery import find_measured
from breakeven.study.proof import certified_by
from breakeven.testing.certificates import example_optimum
from breakeven.workloads.manifest import (
    MANIFEST_FILE,
    PAIRS_FILE,
    Manifest,
    Pairs,
    hash_files,
    read_manifest,
    read_pairs,
    write_manifest,
    write_pairs,
)

pytest.importorskip("sklearn")
pytestmark = pytest.mark.nlp

STUDY = """\
study: first
task: {name: files, labels: "bad,good", train: train.tsv, validation: held.tsv, test: held.tsv,
       text_column: sentence}
stages: [{name: m, stage: finetune, model: tfidf}]
pathways: {M: m}
inference:
  blocks: 3
  aa: false
  reference: {batch_size: 1, min_window_s: 0, warmup: "0"}
  sweep: [{batch_size: 16}]
"""
REFERENCE, CHOICE = "M/reference", "M/batch_size=16"


def write_rows(path: Path, n_rows: int) -> None:
    rng = random.Random(n_rows)
    words = {"good": ("fine", "lovely"), "bad": ("awful", "grim")}
    rows = ["sentence\tlabel"]
    for i in range(n_rows):
        label = ("good", "bad")[i % 2]
        rows.append(f"a film {' '.join(rng.choices(words[label], k=2))} {i}\t{label}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("study")
    write_rows(folder / "train.tsv", 41)
    write_rows(folder / "held.tsv", 21)
    (folder / "first.yaml").write_text(STUDY, encoding="utf-8")
    run_study(load_study(folder / "first.yaml"), folder / "first")
    return Store(folder / "first")


def rows(store: Store, name: str) -> Sequence[Run]:
    return [run for run in store.runs() if run.row == name]


@pytest.fixture(scope="module")
def certificate(store: Store) -> Certificate:
    measured = Measured(reference=rows(store, REFERENCE), candidate=rows(store, CHOICE))
    evidence = evidence_of(
        measured, StoredAnswers(store).kept, metric="accuracy", resource=Resource.CPU_S
    )
    return certify(Claim(reference=REFERENCE, candidate=CHOICE, max_drop=0.2), evidence)


def export(store: Store, out: Path, row: str, certificate: Certificate | None = None) -> Result:
    words = ["export", str(store.path), "--pathway", "M", "--row", row, "--out", str(out)]
    if certificate is not None:
        out.parent.mkdir(exist_ok=True)
        proof = out.parent / "proof.json"
        proof.write_bytes(encode_indented(certificate))
        words += ["--certificate", str(proof)]
    return CliRunner().invoke(group, words, catch_exceptions=False)


@pytest.fixture(scope="module")
def folder(
    store: Store, certificate: Certificate, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    out = tmp_path_factory.mktemp("delivered") / "model"
    done = export(store, out, "batch_size=16", certificate)
    assert done.exit_code == 0, done.output
    return out


def test_a_loaded_folder_shows_the_certificate_of_its_row(
    folder: Path, certificate: Certificate
) -> None:
    with breakeven.load(folder) as model:
        assert model.certificate == certificate
        assert model.manifest.certified is not None


def test_the_manifest_names_what_the_certificate_rests_on(store: Store, folder: Path) -> None:
    told = read_manifest(folder).certified
    assert told is not None
    assert (told.reference, told.reference_settings["batch_size"]) == (REFERENCE, 1)
    assert (told.max_drop, told.level, told.n_examples) == (0.2, 0.95, 21)
    assert (told.n_lost, told.n_gained) == (0, 0)
    assert told.methods["loss"].startswith("difference paired")
    assert told.split_hash == store.study("first").facts["content_hash"]
    assert told.models["reference"] == told.models["candidate"]
    assert set(told.reference_costs) == set(told.candidate_costs) == {"0", "1", "2"}


def test_the_folder_alone_shows_its_certificate_again(
    folder: Path, certificate: Certificate
) -> None:
    assert check_again(folder) == certificate


def test_answers_that_were_changed_show_another_verdict(folder: Path, tmp_path: Path) -> None:
    changed = tmp_path / "model"
    changed.mkdir()
    for path in folder.iterdir():
        (changed / path.name).write_bytes(path.read_bytes())
    pairs = read_pairs(changed)
    wrong = ((0.0, *pairs.candidate[0][1:]), *pairs.candidate[1:])
    write_pairs(changed, Pairs(groups=pairs.groups, reference=pairs.reference, candidate=wrong))
    text = (changed / MANIFEST_FILE).read_bytes()
    manifest = msgspec.json.decode(text, type=Manifest)
    write_manifest(changed, replace(manifest, files=hash_files(changed)))
    with pytest.raises(CertificateError, match="the runs show another verdict"):
        check_again(changed)


def test_the_certificate_of_another_row_is_not_delivered(
    store: Store, certificate: Certificate, tmp_path: Path
) -> None:
    message = r"is of M/batch_size=16, and M/reference is delivered"
    with pytest.raises(CertificateError, match=message):
        export(store, tmp_path / "model", "reference", certificate)
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("settings", {"settings": {"batch_size": 8}}),
        ("model", {"parents": ()}),
        ("machine", {"machine": None}),
    ],
)
def test_one_of_the_same_name_but_other_making_is_not_delivered(
    store: Store, certificate: Certificate, part: str, changed: dict[str, object]
) -> None:
    run = find_measured(store, CHOICE).inference
    if "settings" in changed:
        settings = replace(run.settings, resolved={**run.settings.resolved, "batch_size": 8})
        changed = {"settings": settings}
    delivered = replace(run, **changed)  # type: ignore[arg-type]  # fields of a run
    with pytest.raises(CertificateError, match=rf"whose {part} is not that of what is delivered"):
        certified_by(store, certificate, delivered)


def test_a_certificate_that_says_more_than_the_runs_is_not_delivered(
    store: Store, certificate: Certificate, tmp_path: Path
) -> None:
    better = replace(certificate, saving=replace(certificate.saving, low=9.0))
    with pytest.raises(CertificateError, match="the runs show another verdict"):
        export(store, tmp_path / "model", "batch_size=16", better)
    assert not (tmp_path / "model").exists()


def test_a_certificate_from_another_store_is_not_delivered(
    store: Store, certificate: Certificate, tmp_path: Path
) -> None:
    foreign = replace(certificate, run_ids=("run-elsewhere",))
    with pytest.raises(CertificateError, match="rests on run-elsewhere, which this store does not"):
        export(store, tmp_path / "model", "batch_size=16", foreign)


def test_what_a_search_certified_is_delivered_unasked_and_only_with_its_row(
    store: Store, certificate: Certificate, tmp_path: Path
) -> None:
    store.save_optimum(replace(example_optimum(certificate), study="first"))
    done = export(store, tmp_path / "chosen", "batch_size=16")
    assert "with the certificate of this row" in done.stderr
    assert (tmp_path / "chosen" / PAIRS_FILE).is_file()

    export(store, tmp_path / "other", "reference")
    assert read_manifest(tmp_path / "other").certified is None
    with pytest.raises(CertificateError, match="was delivered without a certificate"):
        check_again(tmp_path / "other")


def task_of(store: Store, **changed: str) -> dict[str, str]:
    data = store.path.parent
    files = {name: str(data / f"{name}.tsv") for name in ("train",)}
    held = {name: str(data / "held.tsv") for name in ("validation", "test")}
    told = {"name": "files", "labels": "bad,good", "text_column": "sentence"}
    return {**told, **files, **held, **changed}


def test_measured_again_it_gives_the_same_numbers(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    """R004-16: on the same test split the scores are identical and costs compared by block."""
    found = measure_again(folder, task_of(store), tmp_path / "again", n_blocks=3)

    assert found.is_same_score
    assert found.scores_now["accuracy"] == rows(store, CHOICE)[0].scores[0].value
    assert found.is_same_machine
    (cpu,) = (cost for cost in found.costs if cost.resource is Resource.CPU_S)
    assert cpu.is_within is not None
    assert found.sentences[0].startswith("Scores are identical: accuracy is ")


def test_other_data_are_refused(store: Store, folder: Path, tmp_path: Path) -> None:
    other = str(store.path.parent / "train.tsv")
    with pytest.raises(DataFileError, match="name the task of its study, with the same files"):
        measure_again(folder, task_of(store, test=other), tmp_path / "again", n_blocks=1)


def test_what_changed_is_said_in_words() -> None:
    costs = (
        CostAgain(resource=Resource.CPU_S, then=0.002, now=0.003, is_within=False),
        CostAgain(resource=Resource.DURATION_S, then=0.002, now=0.002, is_within=None),
    )
    found = MeasuredAgain(
        scores_then={"accuracy": 0.9},
        scores_now={"accuracy": 0.8},
        costs=costs,
        is_same_machine=False,
    )
    assert not found.is_same_score
    scores, cpu, time = found.sentences
    assert scores == "Scores differ: accuracy was 0.9, is 0.8."
    assert cpu.startswith("CPU time per example was 2 CPU ms, is 3 CPU ms: more than blocks")
    assert time == (
        "Wall-clock time per example was 2 ms, is 2 ms: another machine cannot tell whether that "
        "is the same."
    )
