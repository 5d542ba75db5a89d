"""Searches from beginning to end, on the toy engine whose clock only pretends to run."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from breakeven.errors import StudyFileError
from breakeven.records import Resource, Stage, Status
from breakeven.store import Store
from breakeven.study.optimize.load import define_optimization
from breakeven.study.optimize.optimize import Optimized, Optimizer

STUDY: Mapping[str, Any] = {
    "study": "toy",
    "engine": "toy-virtual",
    "task": {"name": "toy"},
    "stages": [{"name": "ft", "stage": "finetune", "accuracy": 0.9, "work_s": 0.2}],
    "pathways": {"FT": "ft"},
    "inference": {"reference": {"batch_size": 32}},
    "analysis": {"headline": "duration_s"},
    "optimize": {
        "max_drop": 1.0,
        "exports": [{"precision": ["int8-dynamic", "int8-static"]}],
        "settings": {"batch_size": [32, 64]},
        "blocks": 5,
    },
}


def optimized(
    store: Path, said: Callable[[str], None] = lambda _: None, **changed: Any
) -> Optimized:
    """Search the toy study with some keys of its block changed."""
    data = {**STUDY, "optimize": {**STUDY["optimize"], **changed}}
    return Optimizer(
        optimization=define_optimization(data, folder=store), store=store, say=said
    ).run()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Optimized, Path]:
    """What the search finds, and its store."""
    store = tmp_path_factory.mktemp("optimized")
    return optimized(store), store


@pytest.mark.slow
def test_the_cheapest_that_loses_nothing_is_certified(found: tuple[Optimized, Path]) -> None:
    """Static int8 takes 0.3 of the work, batches of 64 half of what batches of 32 take."""
    certificate = found[0].certificate

    assert found[0].chosen.name == "FT int8-static/batch_size=64"
    assert certificate is not None
    assert certificate.granted
    assert certificate.saving.value == pytest.approx(2 / 0.3, rel=0.1)
    assert certificate.loss.value == 0.0
    assert certificate.n_examples == 1000


@pytest.mark.slow
def test_selection_and_certificate_rest_on_different_splits(found: tuple[Optimized, Path]) -> None:
    with Store(found[1]) as store:
        runs = [run for run in store.runs(study="toy") if run.stage is Stage.INFER]
    seen = {(run.settings.resolved["role"], run.settings.resolved["split"]) for run in runs}

    assert seen == {
        ("search", "validation"),
        ("reference", "test"),
        ("aa", "test"),
        ("sweep", "test"),
    }


@pytest.mark.slow
def test_every_export_is_made_once_however_many_rounds_there_are(
    found: tuple[Optimized, Path],
) -> None:
    with Store(found[1]) as store:
        exports = [run.row for run in store.runs(study="toy") if run.stage is Stage.EXPORT]

    assert exports == ["ft-int8-dynamic", "ft-int8-static"]
    assert len(found[0].searched.rounds) == 3


@pytest.mark.slow
def test_what_searching_cost_is_everything_but_the_baselines_own_making(
    found: tuple[Optimized, Path],
) -> None:
    with Store(found[1]) as store:
        rows = [r for r in store.runs(study="toy") if r.row != "ft"]
    total = sum(c.value for run in rows for c in run.costs(Resource.DURATION_S))
    repaid = found[0].repaid

    assert repaid is not None
    assert repaid.estimate.value is not None
    certified = found[0].certificate
    assert certified is not None
    saved = 0.2 / 32 - 0.3 * 0.2 / 64
    assert repaid.estimate.value == pytest.approx(total / saved, rel=0.1)
    assert found[0].answer.spent.value is not None
    assert found[0].answer.spent.value < total


@pytest.mark.slow
def test_running_again_repeats_nothing_and_says_the_same(found: tuple[Optimized, Path]) -> None:
    with Store(found[1]) as store:
        before = len(store.runs(study="toy"))

    again = optimized(found[1])

    with Store(found[1]) as store:
        runs = store.runs(study="toy")
        kept = store.optima()
    assert [run.stage for run in runs[before:]] == []
    assert again.certificate == found[0].certificate
    assert again.answer == found[0].answer
    assert again.searched.rounds == found[0].searched.rounds
    assert len(kept) == 1


@pytest.mark.slow
def test_what_rounds_spent_adds_up_and_each_route_is_loaded_once_for_all_of_them(
    found: tuple[Optimized, Path],
) -> None:
    searched = found[0].searched
    with Store(found[1]) as store:
        runs = store.runs(study="toy")
    certifying = {p for r in runs if r.settings.resolved.get("split") == "test" for p in r.parents}
    loaded = [r.row for r in runs if r.stage is Stage.SERVE and r.run_id not in certifying]

    assert sum(done.spent for done in searched.rounds) == pytest.approx(searched.spent)
    assert min(done.spent for done in searched.rounds) > 0
    assert sorted(loaded) == ["FT int8-dynamic/serve", "FT int8-static/serve", "FT/serve"]


@pytest.mark.slow
def test_another_choice_is_certified_in_blocks_of_its_own_and_more_strictly(tmp_path: Path) -> None:
    """Two searches of one store, then the second with another number of blocks."""
    asked = [("int8-static", 5), ("int8-dynamic", 5), ("int8-dynamic", 4)]

    found = [
        optimized(
            tmp_path,
            exports=[{"precision": precision}],
            settings={"batch_size": [32]},
            blocks=n_blocks,
            max_latency_ms=1e6,
            percentile=50,
        ).certificate
        for precision, n_blocks in asked
    ]

    with Store(tmp_path) as store:
        runs, kept = store.runs(study="toy"), store.optima()
    blocks = {
        row: {run.block for run in runs if run.row == row and run.block is not None}
        for row in {run.row for run in runs if run.settings.resolved.get("split") == "test"}
    }
    later = {*range(6, 11), *range(12, 16)}
    assert blocks == {
        "FT/reference": {*range(5), *later},
        "FT/aa": {*range(5), *later},
        "FT int8-static/as the reference": {*range(5)},
        "FT int8-dynamic/as the reference": later,
    }
    assert [one and (one.attempt, one.saving.n, round(one.level, 4)) for one in found] == [
        (1, 5, 0.96),
        (2, 5, 0.992),
        (3, 4, 0.9984),
    ]
    assert [one.certificate for one in kept] == found


@pytest.mark.slow
def test_a_limit_that_nobody_could_judge_refuses_the_certificate(tmp_path: Path) -> None:
    found = optimized(
        tmp_path,
        max_latency_ms=20000,
        exports=[{"precision": "int8-static"}],
        settings={"batch_size": [32]},
    ).certificate

    assert found is not None
    assert not found.granted
    assert found.reason.startswith("Refused: latency_p99_s has a limit and was not seen")


@pytest.mark.slow
def test_an_export_that_fails_drops_its_cells_and_the_search_goes_on(tmp_path: Path) -> None:
    said: list[str] = []

    exports = [{"precision": "fp32"}, {"precision": "int8-static", "fail": True}]
    found = optimized(tmp_path, said.append, exports=exports, settings={"batch_size": [32]})

    assert found.chosen.route == "FT fp32"
    assert said == ["left out: ft-int8-static-True: RuntimeError: the toy was told to fail"]
    with Store(tmp_path) as store:
        failed = [run.row for run in store.runs() if run.status is Status.FAILED]
    assert failed == ["ft-int8-static-True"]


@pytest.mark.slow
def test_where_nothing_is_cheaper_nothing_is_certified(tmp_path: Path) -> None:
    found = optimized(tmp_path, exports=[], settings={"batch_size": [8, 16]})

    assert found.answer.chosen.name == "FT"
    assert found.certificate is None
    assert found.repaid is None


@pytest.mark.slow
def test_what_breaks_a_limit_is_not_chosen(tmp_path: Path) -> None:
    """A batch of the full length takes 200 ms, one of half of it 100 ms."""
    found = optimized(
        tmp_path,
        max_latency_ms=150,
        percentile=50,
        exports=[],
        settings={"max_length": [32, 16], "batch_size": [32, 64]},
    )

    left = {s.cell.name: s.left for s in found.searched.standing}
    assert left["FT/batch_size=64"].endswith("above the limit of 0.15 for latency_p50_s")
    assert "FT/batch_size=64,max_length=16" in {s.cell.name for s in found.searched.stayed}


def test_an_unknown_setting_or_baseline_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyFileError, match=r"optimize\.settings: .*batch_sise"):
        optimized(tmp_path, settings={"batch_sise": [8]})
    with pytest.raises(StudyFileError, match=r"optimize\.baseline: .*TS"):
        optimized(tmp_path, baseline="TS")
