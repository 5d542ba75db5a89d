"""A setting at its default counts as one that is not there: in keys, changes and forecasts."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven import define_study
from breakeven.errors import IncomparableRunsError
from breakeven.records import Note, NoteCode, Run, Scalar, Settings, Stage, Status
from breakeven.study.forecast import Forecast, forecast_run
from breakeven.study.key import resume_key
from breakeven.study.ledger import Ledger
from breakeven.study.table import PlannedRun

STUDY = define_study(
    "s",
    engine="toy",
    task={"name": "toy"},
    stages=[{"name": "base", "stage": "pretrain"}],
    pathways={"FT": "base"},
)
DEFAULTS: Mapping[str, Scalar] = {"lr": 0.5, "seed": 0, "layers": "lower", "bucketed": True}
PASSED = st.fixed_dictionaries(
    {},
    optional={
        "lr": st.sampled_from([0.5, 1.0]),
        "seed": st.integers(0, 2),
        "layers": st.sampled_from(["lower", "0,2"]),
        "bucketed": st.booleans(),
    },
)
LATER = st.sets(st.sampled_from(sorted(DEFAULTS)))
"""Settings that came with a later release."""


def planned(
    passed: Mapping[str, Scalar], *, defaults: Mapping[str, Scalar] = DEFAULTS
) -> PlannedRun:
    settings = {**defaults, **passed}
    return PlannedRun(
        row="base",
        stage=Stage.PRETRAIN,
        settings=Settings(resolved={**settings, "stage_version": 1}),
        engine_settings=settings,
        defaults=defaults,
        version=1,
        position=0,
    )


def ledger(*runs: Run) -> Ledger:
    made = Ledger(study=STUDY, data_hash="data")
    made.update(runs)
    return made


def key_of(run: PlannedRun) -> str:
    return ledger().key(run) or ""


def older(later: AbstractSet[str], passed: Mapping[str, Scalar]) -> PlannedRun:
    """The same row as planned by a release without some of the settings."""
    known = {name: value for name, value in DEFAULTS.items() if name not in later}
    return planned({k: v for k, v in passed.items() if k in known}, defaults=known)


def stored(run: PlannedRun, key: str, *, status: Status = Status.OK) -> Run:
    return Run(
        run_id="run-1",
        stage=run.stage,
        status=status,
        started_at="2026-01-01T00:00:00+00:00",
        study="s",
        row=run.row,
        key=key,
        settings=run.settings,
    )


def key_with_defaults(run: PlannedRun) -> str:
    """As every key was made before defaults were left out."""
    return resume_key(
        run.stage,
        run.engine_settings,
        version=1,
        data_hash="data",
        parents={},
        identity=("s", "base", 0),
    )


@given(PASSED, LATER)
def test_a_setting_given_at_its_default_is_as_one_that_is_absent(
    passed: Mapping[str, Scalar], later: set[str]
) -> None:
    given_too = {**{name: DEFAULTS[name] for name in later}, **passed}
    assert key_of(planned(given_too)) == key_of(planned(passed))
    assert key_of(older(later - passed.keys(), passed)) == key_of(planned(passed))


@given(PASSED, PASSED)
def test_keys_are_equal_where_all_settings_are(
    one: Mapping[str, Scalar], other: Mapping[str, Scalar]
) -> None:
    is_equal = {**DEFAULTS, **one} == {**DEFAULTS, **other}
    assert (key_of(planned(one)) == key_of(planned(other))) == is_equal


@given(PASSED, LATER)
def test_a_run_made_without_a_later_setting_is_done_at_its_default_alone(
    passed: Mapping[str, Scalar], later: set[str]
) -> None:
    then = older(later, passed)
    is_done = all(passed.get(name, DEFAULTS[name]) == DEFAULTS[name] for name in later)
    for key in (key_of(then), key_with_defaults(then)):
        run = stored(then, key)
        assert ledger(run).done(planned(passed)) == (run if is_done else None)


@given(PASSED, LATER)
def test_only_a_later_setting_that_is_not_at_its_default_is_a_change(
    passed: Mapping[str, Scalar], later: set[str]
) -> None:
    run = stored(older(later, {}), "any")
    asked = {name: value for name, value in passed.items() if name in later}
    changed = sorted(name for name, value in asked.items() if value != DEFAULTS[name])
    if not changed:
        ledger(run).refuse_changes([planned(asked)], fingerprint="f")
        return
    sentence = rf"with {changed[0]}={DEFAULTS[changed[0]]!r}; the study file now says"
    with pytest.raises(IncomparableRunsError, match=sentence):
        ledger(run).refuse_changes([planned(asked)], fingerprint="f")


def test_what_a_release_takes_away_is_a_change() -> None:
    run = stored(planned({}), "any")
    with pytest.raises(IncomparableRunsError, match=r"with lr=0\.5; .* now says nothing"):
        ledger(run).refuse_changes([older({"lr"}, {})], fingerprint="f")


def test_a_refusal_by_measurement_holds_without_a_later_setting() -> None:
    refusal = Note(code=NoteCode.PRECISION_REFUSED, message="no gain", advice="use fp32")
    failed = stored(older({"layers"}, {}), "any", status=Status.FAILED)
    found = ledger(replace(failed, notes=(refusal,)))
    assert found.done(planned({})) is not None
    assert found.done(planned({"layers": "0,2"})) is None


def test_runs_without_a_later_setting_are_experience() -> None:
    run = stored(older({"layers"}, {}), "any")
    equal = forecast_run(planned({}), [run], size_bytes=lambda _: 0.0)
    other = forecast_run(planned({"layers": "0,2"}), [run], size_bytes=lambda _: 0.0)
    assert equal.basis == "mean of 1 earlier run"
    assert other == Forecast()
