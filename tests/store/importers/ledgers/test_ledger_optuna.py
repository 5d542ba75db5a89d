"""Optuna studies: every trial counts, nothing is written back, no server is asked."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.store.importers.ledgers.optuna_file import optuna_study

from breakeven.errors import DataFileError, MissingExtraError, UnknownNameError
from breakeven.records import Kind, Resource, Run, Status, best_trial
from breakeven.store.importers.ledgers.imported import Asked, Imported
from breakeven.store.importers.ledgers.optuna_study import Chosen, read_optuna
from breakeven.store.importers.times import parse_zone

optuna = pytest.importorskip("optuna")

BEGAN = datetime(2026, 3, 2, 10, 0, 0)  # noqa: DTZ001 - optuna keeps times without a zone


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    yield
    optuna.logging.set_verbosity(level)


def trial(number: int, state: str, *, value: float | None = None, seconds: float = 60.0) -> Any:
    began = BEGAN + timedelta(hours=number)
    return optuna.trial.FrozenTrial(
        number=number,
        trial_id=number,
        state=optuna.trial.TrialState[state],
        value=None,
        values=None if value is None else [value],
        datetime_start=began,
        datetime_complete=began + timedelta(seconds=seconds),
        params={"lr": 10.0**-number, "batch": 16},
        distributions={
            "lr": optuna.distributions.FloatDistribution(1e-9, 1),
            "batch": optuna.distributions.CategoricalDistribution([16, 32]),
        },
        user_attrs={"host": "n1", "curve": [1, 2]},
        system_attrs={},
        intermediate_values={0: 0.5, 1: 0.6},
    )


def made(path: Path, *, name: str = "lr", directions: int = 1) -> AbstractContextManager[Any]:
    return optuna_study(path, name, directions=["maximize"] * directions)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with made(tmp_path / "study.db") as study:
        with pytest.warns(optuna.exceptions.ExperimentalWarning):
            study.set_metric_names(["accuracy"])
        study.add_trials(
            [
                trial(0, "COMPLETE", value=0.7),
                trial(1, "COMPLETE", value=0.9, seconds=90.5),
                trial(2, "PRUNED", seconds=10),
                trial(3, "FAIL", seconds=5),
            ]
        )
        study.enqueue_trial({"lr": 0.1})
    return tmp_path / "study.db"


def read(path: Path, **chosen: Any) -> Imported:
    return read_optuna(str(path), Asked(), chosen=Chosen(**chosen))


def seconds(run: Run) -> float:
    return run.costs(Resource.DURATION_S)[0].value


def test_every_trial_that_ended_is_a_run_and_costs_its_time(path: Path) -> None:
    runs = read(path).runs
    assert [run.status for run in runs] == [
        Status.OK,
        Status.OK,
        Status.PRUNED,
        Status.FAILED,
    ]
    assert [seconds(run) for run in runs] == [60.0, 90.5, 10.0, 5.0]
    assert runs[0].costs(Resource.DURATION_S)[0].kind is Kind.MEASURED


def test_trials_are_of_one_row_with_what_was_drawn(path: Path) -> None:
    first, second, *_ = runs = read(path).runs
    assert {run.result_of for run in runs} == {"lr"}
    assert second.trial is not None
    assert second.trial.drawn == {"lr": 0.1, "batch": 16}
    assert (second.trial.number, second.trial.metric) == (1, "accuracy")
    assert first.row == "lr/trial-0"


def test_the_best_trial_is_found_and_judgements_are_kept(path: Path) -> None:
    runs = read(path).runs
    best = best_trial(runs)
    assert best is not None
    assert best.row == "lr/trial-1"
    assert [(j.step, j.n_steps, j.scores[0].value) for j in runs[2].judged] == [
        (1, 2, 0.5),
        (2, 2, 0.6),
    ]
    assert runs[2].scores == ()


def test_what_is_waiting_and_what_is_no_cost_is_named(path: Path) -> None:
    said = {out.what: out.why for out in read(path).left_out}
    assert "import again" in said["trial 4"]
    assert said["user attributes as costs (host)"] == "no unit and no kind; kept as settings"
    assert said["curve"] == "neither text nor number"


def test_the_original_stays_as_it_was(path: Path) -> None:
    before = sha256(path.read_bytes()).hexdigest()
    read(path)
    assert sha256(path.read_bytes()).hexdigest() == before
    assert [file.name for file in path.parent.iterdir()] == ["study.db"]


def test_a_journal_gives_the_same_runs(path: Path, tmp_path: Path) -> None:
    log = tmp_path / "journal.log"
    backend = optuna.storages.journal.JournalFileBackend(str(log))
    storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
    optuna.copy_study(
        from_study_name="lr",
        from_storage=storage,
        to_storage=optuna.storages.JournalStorage(backend),
    )
    storage.remove_session()
    storage.engine.dispose()
    assert [run.run_id for run in read(log).runs] == [run.run_id for run in read(path).runs]


def test_an_address_of_a_file_is_read(path: Path) -> None:
    assert len(read_optuna(f"sqlite:///{path}", Asked()).runs) == 4


@pytest.mark.parametrize("address", ["mysql://u:p@h/db", "postgresql+psycopg2://h/db", "redis://h"])
def test_a_server_is_not_asked_and_its_password_not_shown(address: str) -> None:
    with pytest.raises(DataFileError, match="a server is not asked here") as caught:
        read_optuna(address, Asked())
    assert "u:p" not in str(caught.value)


def test_one_of_several_studies_must_be_named(path: Path) -> None:
    with made(path, name="other") as study:
        study.add_trial(trial(0, "COMPLETE", value=0.1))
    with pytest.raises(UnknownNameError, match="lr, other"):
        read(path)
    assert len(read(path, study="other").runs) == 1


def test_one_of_several_objectives_must_be_named(tmp_path: Path) -> None:
    frozen = trial(0, "COMPLETE")
    frozen.values = [0.7, 3.0]
    frozen.intermediate_values = {}
    with made(tmp_path / "two.db", directions=2) as study:
        study.add_trial(frozen)
    with pytest.raises(DataFileError, match=r"2 objectives, .* say --objective 0 to 1"):
        read(tmp_path / "two.db")
    (run,) = read(tmp_path / "two.db", objective=1, metric="speed").runs
    assert [(score.metric, score.value) for score in run.scores] == [("speed", 3.0)]
    with pytest.raises(DataFileError, match="no objective 2"):
        read(tmp_path / "two.db", objective=2)


def test_less_is_better_where_the_study_minimizes(tmp_path: Path) -> None:
    with optuna_study(tmp_path / "s.db") as study:
        study.add_trials(
            [trial(0, "COMPLETE", value=0.7), trial(1, "COMPLETE", value=float("inf"))]
        )
    found = read(tmp_path / "s.db")
    assert not found.runs[0].scores[0].higher_is_better
    assert found.runs[1].scores == ()
    assert any(out.what == "score of trial 1" for out in found.left_out)


def test_a_trial_without_times_has_no_duration(tmp_path: Path) -> None:
    with made(tmp_path / "s.db") as study:
        study.add_trial(trial(0, "FAIL"))
    with sqlite3.connect(tmp_path / "s.db") as database:
        database.execute("UPDATE trials SET datetime_complete = NULL")
    database.close()
    found = read(tmp_path / "s.db")
    assert found.runs[0].costs(Resource.DURATION_S) == ()
    assert any("duration of trial 0" in out.what for out in found.left_out)


def test_a_trial_that_ended_before_it_began_is_refused(tmp_path: Path) -> None:
    with made(tmp_path / "s.db") as study:
        study.add_trial(trial(0, "COMPLETE", value=0.5, seconds=-3600))
    with pytest.raises(DataFileError, match="trial 0 ended 3600 s before it began"):
        read(tmp_path / "s.db")


def test_times_are_read_in_the_zone_that_is_said(path: Path) -> None:
    found = read_optuna(str(path), Asked(), zone=parse_zone("+02:00"))
    assert found.runs[0].started_at.startswith("2026-03-02T08:00:00")


def test_a_study_without_a_trial_that_ended_is_refused(tmp_path: Path) -> None:
    with made(tmp_path / "s.db") as study:
        study.enqueue_trial({"lr": 0.1})
    with pytest.raises(DataFileError, match="no trial that has ended"):
        read(tmp_path / "s.db")


def test_another_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "s.db") as database:
        database.execute("CREATE TABLE mine (a)")
    database.close()
    with pytest.raises(DataFileError, match="without optuna's tables"):
        read(tmp_path / "s.db")


def test_a_database_that_was_cut_off_is_refused(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])
    with pytest.raises(DataFileError, match="SQLite cannot read it"):
        read(path)


def test_a_storage_of_another_version_names_the_command(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = 'v2.6.0.a'")
    database.close()
    with pytest.raises(DataFileError, match="optuna storage upgrade"):
        read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b'{"op_code": 0}\n{"op_co', r":2: the line was cut off"),
        (b"hello\n", ":1: the line is no JSON"),
        (b'{"a": 1}\n', ":1: no op_code"),
    ],
)
def test_another_file_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, message: str
) -> None:
    (tmp_path / "journal.log").write_bytes(content)
    with pytest.raises(DataFileError, match=message):
        read(tmp_path / "journal.log")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="cannot be read"):
        read(tmp_path / "none.db")


def test_without_optuna_the_extra_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtraError, match="breakeven\\[tune\\]"):
        read(path)


def test_steps_that_do_not_begin_with_0_stay_as_they_are(tmp_path: Path) -> None:
    pruned = trial(0, "PRUNED")
    pruned.intermediate_values = {100: 0.5, 200: 0.6}
    with made(tmp_path / "s.db") as study:
        study.add_trial(pruned)
    assert [(j.step, j.n_steps) for j in read(tmp_path / "s.db").runs[0].judged] == [
        (100, 200),
        (200, 200),
    ]
