from dataclasses import replace
from pathlib import Path

import click.testing
import pytest

from breakeven import session
from breakeven.cli import group
from breakeven.cli.store import _amount
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Origin,
    Phase,
    PhaseName,
    Rank,
    Resource,
    Run,
    Score,
    Settings,
    Stage,
    Status,
)
from breakeven.store import Store


def ran(run_id: str, *, status: Status = Status.OK) -> Run:
    spent = [
        Cost.exact(Resource.CPU_S, 2.5, kind=Kind.MEASURED, sensor="proc"),
        Cost.exact(Resource.ENERGY_J, 40.0, kind=Kind.MODELLED, sensor="tdp"),
    ]
    work = Measurement(started_at="2026-01-02T03:04:05Z", duration_s=1.0, costs=tuple(spent))
    return Run(
        run_id=run_id,
        study="demo",
        row="ft",
        stage=Stage.FINETUNE,
        status=status,
        started_at="2026-01-02T03:04:05Z",
        phases=(Phase(name=PhaseName.WORK, measurement=work),),
        scores=(Score(metric="accuracy", value=0.875, split="test", n_examples=8),),
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "store")
    made.append(ran("0123456789abcdef"))
    made.close()
    return made


def call(*arguments: object) -> click.testing.Result:
    words = [str(argument) for argument in arguments]
    return click.testing.CliRunner().invoke(group, ["store", *words], catch_exceptions=False)


def test_show_lists_one_run_per_line_with_kinds_and_gaps(store: Store) -> None:
    header, line = call("show", store.path).stdout.splitlines()
    assert header.split() == [
        *("started", "run", "study", "row", "block", "stage", "status"),
        *("duration", "CPU", "energy", "score"),
    ]
    assert line == (
        "2026-01-02T03:04:05  01234567  demo   ft #0  -      finetune  ok      "
        "-         2.5 s  40 J modelled  accuracy 0.875 (test)"
    )


def test_ranks_are_one_line_or_one_each(store: Store) -> None:
    for number in range(2):
        rank = Rank(group="g", rank=number, n_ranks=2, local_rank=number, node="n")
        store.append(replace(ran(f"rank{number}"), row="big", rank=rank))
    inner = Settings(passed={}, resolved={"inside": "rank0-and-more"})
    store.append(replace(ran("inner"), row="step", settings=inner))
    shown = call("show", store.path).stdout
    assert "  5 s    80 J modelled" in next(r for r in shown.splitlines() if "big #0  " in r)
    assert "step #0 inside rank0-an" in shown
    listed = call("show", store.path, "--ranks").stdout
    assert "big #0 rank 0 of 2" in listed
    assert "big #0 rank 1 of 2" in listed


def test_show_can_be_limited_to_one_study(store: Store) -> None:
    (run,) = store.runs()
    store.append(replace(run, run_id="other-id", study="other"))

    shown = call("show", store.path, "--study", "other").stdout.splitlines()[1:]
    assert [line.split()[1] for line in shown] == ["other-id"]


def test_show_points_at_runs_that_were_never_recorded(store: Store) -> None:
    store.journal_path("dead").touch()
    assert f"Run: breakeven store recover {store.path}" in call("show", store.path).stderr


def test_merge_says_what_it_added_and_what_is_missing(store: Store, tmp_path: Path) -> None:
    into = tmp_path / "all"
    first, second = (call("merge", store.path, "--into", into) for _ in range(2))
    assert first.stdout == (f"{store.path}: 1 run, 0 definitions and 0 artefacts added to {into}\n")
    assert ": 0 runs, 0 definitions" in second.stdout
    assert first.stderr == ""
    assert len(Store(into).runs()) == 1


def test_merge_warns_of_missing_artefacts_and_journals(tmp_path: Path) -> None:
    source = Store(tmp_path / "source")
    source.append(
        Run(
            run_id="a",
            stage=Stage.TUNE,
            status=Status.OK,
            artifacts={"m": "ab" * 32},
            started_at="2026-01-02T03:04:05Z",
        )
    )
    source.journal_path("dead").touch()
    said = call("merge", source.path, "--into", tmp_path / "all").stderr
    assert "1 artefact missing" in said
    assert "1 journal" in said


def test_gc_lists_what_it_removes(store: Store) -> None:
    store.scratch("left")
    store.journal_path("dead").touch()
    store.close()
    dry = call("gc", store.path, "--dry-run")
    assert dry.stdout == "scratch/left\n1 leftover, 0.0 KiB, would be removed\n"
    assert (store.path / "scratch" / "left").exists()
    assert "1 journal" in dry.stderr
    assert call("gc", store.path).stdout == "scratch/left\n1 leftover, 0.0 KiB, removed\n"
    assert not (store.path / "scratch" / "left").exists()


def test_redact_writes_a_copy_without_the_words_named(store: Store, tmp_path: Path) -> None:
    said = call("redact", store.path, tmp_path / "copy", "--word", "demo").stdout
    assert said.startswith(f"1 run written to {tmp_path / 'copy'}; read them before")
    assert [run.study for run in Store(tmp_path / "copy").runs()] == ["name-1"]


def test_nothing_to_warn_of_is_nothing_said(store: Store) -> None:
    assert call("show", store.path).stderr == ""
    assert call("gc", store.path).stderr == ""


def test_recover_lists_the_runs_it_made(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(opened: Store) -> tuple[Run, ...]:
        assert opened.path == store.path
        return (ran("dead", status=Status.INTERRUPTED),)

    monkeypatch.setattr(session, "recover", found, raising=False)
    said = call("recover", store.path).stdout.splitlines()
    assert "interrupted" in said[0]
    assert said[1] == "1 run recovered"


@pytest.mark.parametrize("verb", ["show", "gc", "recover"])
def test_a_folder_that_is_no_store_is_not_made_one(verb: str, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="no store in"):
        call(verb, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_show_says_what_was_replayed_and_the_range_of_a_model() -> None:
    joules = Cost(
        resource=Resource.ENERGY_J,
        value=4.0,
        low=3.0,
        high=5.0,
        kind=Kind.MODELLED,
        sensor="m",
        channel="c",
    )
    played = replace(joules, kind=Kind.MEASURED, origin=Origin.REPLAYED)
    assert _amount(joules, "J") == "4 J (3 J to 5 J) modelled"
    assert _amount(played, "J") == "4 J replayed"


def test_show_says_what_the_joules_of_a_meter_that_did_not_move_are_below() -> None:
    still = Cost(
        resource=Resource.ENERGY_J,
        value=0.0,
        low=0.0,
        high=36e3,
        kind=Kind.MEASURED,
        channel="p",
        sensor="m",
    )
    assert _amount(still, "J") == "below 36 kJ"


def test_show_leaves_modelled_numbers_out_when_asked_and_says_so(store: Store) -> None:
    assert "40 J modelled" in call("show", store.path).stdout
    result = call("show", store.path, "--measured-only")
    assert "modelled" not in result.stdout
    assert "2.5 s" in result.stdout
    assert "1 modelled number (energy) left out" in result.stderr
