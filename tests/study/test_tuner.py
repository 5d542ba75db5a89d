"""The tuner: what it proposes follows from seed, number and the trials before it alone."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakeven.errors import IncomparableRunsError, MissingExtraError
from breakeven.records import Judged, Run, Scalar, Score, Stage, Status, Trial
from breakeven.study import tuner as module
from breakeven.study.search import Choices, Range, Tuning, extremes, n_rungs
from breakeven.study.trials import Trials
from breakeven.study.tuner import Tuner, check_installed

SPACE: Mapping[str, Choices] = {
    "lr": Range(low=1e-5, high=1e-2, log=True),
    "share": Range(low=0.0, high=1.0, step=0.25),
    "epochs": Range(low=1, high=9, step=2),
    "model": ("/models/a", "/models/b", "hub/c"),
}
TUNING = Tuning(n_trials=9, sampler="tpe", n_rungs=9, metric="loss", space=SPACE, seed=4)


def loss(value: float) -> Score:
    return Score(
        metric="loss", value=value, split="validation", n_examples=9, higher_is_better=False
    )


def judged(step: int, value: float, n_steps: int = 9) -> Judged:
    return Judged(step=step, n_steps=n_steps, scores=(loss(value),))


def ended(
    number: int, drawn: Mapping[str, Scalar], status: Status = Status.OK, value: float = 1.0
) -> Run:
    return Run(
        run_id=f"t{number}",
        stage=Stage.FINETUNE,
        status=status,
        started_at=str(number),
        trial=Trial(row="ft", number=number, metric="loss", drawn=drawn),
        scores=(loss(value),) if status is Status.OK else (),
        judged=(judged(1, value),),
    )


def fresh(tuning: Tuning = TUNING) -> Tuner:
    return Tuner(tuning, name="tune/ft")


def test_draws_lie_in_the_space_and_whole_ends_give_whole_numbers() -> None:
    drawn = fresh().propose()
    assert 1e-5 <= float(drawn["lr"]) <= 1e-2
    assert drawn["share"] in (0.0, 0.25, 0.5, 0.75, 1.0)
    assert drawn["epochs"] in (1, 3, 5, 7, 9)
    assert isinstance(drawn["epochs"], int)
    assert drawn["model"] in ("/models/a", "/models/b", "hub/c")


@settings(max_examples=10)
@given(
    st.lists(
        st.tuples(st.sampled_from([Status.OK, Status.PRUNED, Status.FAILED]), st.floats(0.1, 9.0)),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(["tpe", "random"]),
)
def test_a_replayed_search_proposes_what_the_live_one_does(
    outcomes: list[tuple[Status, float]], sampler: str
) -> None:
    tuning = replace(TUNING, sampler=sampler)
    live, runs = fresh(tuning), []
    for number, (status, value) in enumerate(outcomes):
        drawn = live.propose()
        live.goes_on(judged(1, value))
        runs.append(ended(number, drawn, status, value))
        live.tell(runs[-1])
    replayed = fresh(tuning)
    for run in runs:
        replayed.replay(run)
    assert replayed.n_told == live.n_told
    assert replayed.propose() == live.propose()


def test_records_name_a_path_by_its_last_part_and_are_replayed_all_the_same() -> None:
    live, replayed = fresh(), fresh()
    drawn = live.propose()
    live.tell(ended(0, drawn))
    told = {k: str(v).rpartition("/")[2] if k == "model" else v for k, v in drawn.items()}
    replayed.replay(ended(0, told if drawn["model"] != "hub/c" else drawn))
    assert replayed.propose() == live.propose()


def test_other_seeds_draw_otherwise() -> None:
    assert fresh().propose() != fresh(replace(TUNING, seed=5)).propose()


def test_the_worse_of_a_bracket_are_pruned_but_not_at_their_end() -> None:
    tuner = fresh(replace(TUNING, n_rungs=3))  # optuna deals these trials into one bracket
    for number, (value, goes_on) in enumerate(((1.0, True), (2.0, False), (0.5, True))):
        tuner.propose()
        assert tuner.goes_on(judged(1, value, n_steps=3)) is goes_on
        tuner.tell(ended(number, {}, value=value))
    tuner.propose()
    assert tuner.goes_on(judged(1, 7.0, n_steps=1))


def test_without_pruner_or_without_the_metric_a_trial_goes_on() -> None:
    for tuning, score in (
        (replace(TUNING, n_rungs=0), loss(9.0)),
        (TUNING, replace(loss(9.0), metric="f1")),
    ):
        tuner = fresh(tuning)
        for number in range(3):
            tuner.propose()
            assert tuner.goes_on(Judged(step=1, n_steps=9, scores=(score,)))
            tuner.tell(ended(number, {}))


def test_without_optuna_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    check_installed()
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"breakeven\[tune\]"):
        check_installed()


def test_everything_a_draw_depends_on_is_in_the_text_but_the_number_of_trials() -> None:
    assert TUNING.text == (
        "tpe, hyperband over 9, loss, seed 4: lr 1e-05..0.01 log; share 0..1 step 0.25; "
        "epochs 1..9 step 2; model /models/a|/models/b|hub/c"
    )
    assert replace(TUNING, n_trials=99).text == TUNING.text
    assert "no pruning" in replace(TUNING, n_rungs=0).text


def test_the_largest_stands_for_all_and_truth_values_are_no_numbers() -> None:
    assert TUNING.largest == {"lr": 1e-2, "share": 1.0, "epochs": 9, "model": "hub/c"}
    assert extremes((True, 3, 2)) == (True, 2, 3)
    assert n_rungs({"epochs": 0, "max_epochs": 4}) == 4


def book(*runs: Run, n_wanted: int = 3) -> Trials:
    trials = Trials(row="ft", n_wanted=n_wanted)
    for run in runs:
        trials.update(run)
    return trials


def test_an_interrupted_trial_is_made_again_until_something_rests_on_what_followed() -> None:
    cut = ended(0, {}, Status.INTERRUPTED)
    heir = Run(run_id="ts", stage=Stage.DISTIL, status=Status.OK, started_at="9", parents=("t0",))
    assert book(cut).outcome(0) is None
    assert book(cut, ended(1, {})).outcome(0) is cut
    assert book(cut, heir).outcome(0) is cut
    given_up = book(cut)
    given_up.give_up(0)
    assert given_up.outcome(0) is cut
    again = replace(ended(0, {}), run_id="again")
    assert book(cut, again).outcome(0) is again
    assert book(cut, again).attempts(0) == (cut, again)


def test_the_best_is_known_when_all_are_over_and_of_equals_it_is_the_first() -> None:
    runs = [ended(0, {}, value=2.0), ended(1, {}, value=1.0), ended(2, {}, value=1.0)]
    assert book(*runs[:2]).best is None
    assert book(*runs).best is runs[1]
    assert book(*runs).beaten == (runs[0], runs[2])
    assert book(*(replace(r, status=Status.FAILED) for r in runs)).best is None


def test_what_is_left_out_stays_out() -> None:
    failed = ended(0, {}, Status.FAILED)
    trials = book(failed)
    trials.leave_out(failed)
    trials.update(failed)
    assert trials.attempts(0) == ()
    assert trials.outcomes == (None, None, None)


def test_more_trials_are_refused_after_an_heir() -> None:
    heir = Run(run_id="x", stage=Stage.INFER, status=Status.OK, started_at="9", parents=("t0",))
    book(ended(0, {}), n_wanted=2).refuse_more()
    book(ended(0, {}), heir, n_wanted=1).refuse_more()
    with pytest.raises(IncomparableRunsError, match="2 trials of 'ft' are wanted"):
        book(ended(0, {}), heir, n_wanted=2).refuse_more()
