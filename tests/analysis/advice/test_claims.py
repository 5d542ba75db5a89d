"""What advice may claim: no more than the records bear, and nothing that was tried already."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.analysis.advice import Advice, Basis, Topic, advise
from breakeven.analysis.asked import Questions
from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.runs.rollup import N_REPEATS
from breakeven.records import Item, Kind, Note, NoteCode, Resource, Run, Stage, Status
from breakeven.store import Store, StoredAnswers
from breakeven.testing.runs import example_runs

RESULTS = Path(__file__).resolve().parents[3] / "studies" / "results"
WHOLE = "the whole study's development"


@pytest.fixture(scope="module")
def baselines() -> StudyAnalysis:
    with Store(RESULTS / "sst2-baselines", create=False) as store:
        definition = store.study()
        answers = StoredAnswers(store, study=definition.name)
        return analyse(definition, store.runs(study=definition.name), answers=answers)


def about(found: Sequence[Advice], topic: Topic, subject: str) -> Advice | None:
    return next((p for p in found if (p.topic, p.subject) == (topic, subject)), None)


def idle(runs: Sequence[Run]) -> Advice | None:
    return about(advise(analyse(example_runs()[0], runs)), Topic.IDLE, WHOLE)


def disturbed(run: Run, code: NoteCode) -> Run:
    note = Note(code=code, message="", advice="")
    phases = tuple(
        replace(p, measurement=replace(p.measurement, notes=(note,))) for p in run.phases
    )
    return replace(run, phases=phases)


def slowed(run: Run, *, times: float) -> Run:
    """The same work with its wall-clock time grown."""
    phases = tuple(
        replace(
            p,
            measurement=replace(
                p.measurement,
                costs=tuple(
                    replace(c, value=times * c.value, low=times * c.low, high=times * c.high)
                    if c.resource is Resource.DURATION_S
                    else c
                    for c in p.measurement.costs
                ),
            ),
        )
        for p in run.phases
    )
    return replace(run, phases=phases)


@pytest.mark.parametrize("code", [NoteCode.BUSY_MACHINE, NoteCode.CPU_STOLEN, NoteCode.LIMITED])
def test_processors_that_others_had_are_not_told_as_waiting(code: NoteCode) -> None:
    runs = example_runs()[1]

    assert idle(runs) is not None
    assert idle([disturbed(run, code) for run in runs]) is None


def test_a_training_that_had_to_wait_itself_says_nothing_of_free_processors() -> None:
    _, runs = example_runs()
    before, after = (
        idle(own) for own in (runs, [slowed(r, times=9.0) if r.row == "ft" else r for r in runs])
    )

    assert before is not None
    assert after is not None
    assert "ft" in before.figure.run_ids
    assert "ft" not in after.figure.run_ids
    assert after.evidence.startswith(f"{before.figure.n - 1} trainings used ")


def test_what_trains_nothing_is_no_training() -> None:
    runs = [
        replace(run, stage=Stage.EXPORT) if run.stage is not Stage.INFER else run
        for run in example_runs()[1]
    ]

    assert idle(runs) is None


def test_the_published_studies_ran_beside_other_load(baselines: StudyAnalysis) -> None:
    """Each training of this one has a note that others used up to 94 % of the processors."""
    assert about(advise(baselines), Topic.IDLE, WHOLE) is None


def test_the_least_ratio_is_not_claimed_where_a_lower_one_is_not_shown(
    baselines: StudyAnalysis,
) -> None:
    ratios = [
        ratio.value
        for cut in baselines.sweep
        if cut.pathway == "TWO" and (ratio := cut.ratio.get(Resource.CPU_S)) is not None
    ]
    piece = about(advise(baselines), Topic.SETTINGS, "TWO")

    assert piece is not None
    assert min(value for value in ratios if value is not None) < (piece.figure.value or 0.0)
    assert "of 7 configurations the least that is shown to take less" in piece.evidence


@pytest.mark.parametrize(
    ("pathway", "setting"), [("OV8", "batch_tokens=1024"), ("TWO", "batch_size=32")]
)
def test_a_configuration_with_a_name_is_told_by_its_settings(
    baselines: StudyAnalysis, pathway: str, setting: str
) -> None:
    piece = about(advise(baselines), Topic.SETTINGS, pathway)

    assert piece is not None
    assert piece.action == f"Run {pathway} with the settings of `chosen` ({setting})."


def test_padding_is_not_told_where_the_sweep_holds_all_against_it(
    baselines: StudyAnalysis,
) -> None:
    found = {p.subject for p in advise(baselines) if p.topic is Topic.PADDING}

    assert {"FT", "ORT8"} <= found
    assert not {"OV8", "TS8"} & found


def test_generation_is_not_told_to_count_batches_in_tokens() -> None:
    definition, runs = example_runs()
    generating = [
        replace(run, output=replace(run.output, n_new_tokens=32))
        if run.stage is Stage.INFER
        else run
        for run in runs
    ]

    plain, other = (
        about(advise(analyse(definition, own)), Topic.PADDING, "TS") for own in (runs, generating)
    )

    assert plain is not None
    assert "batch_tokens" in plain.action
    assert other is None or "batch_tokens" not in other.action


def test_a_record_of_several_runs_counts_as_often_as_it_was_paid() -> None:
    definition, runs = example_runs()
    printed = [
        replace(
            run,
            settings=replace(run.settings, resolved={**run.settings.resolved, N_REPEATS: 100}),
        )
        if run.row == "ft"
        else run
        for run in runs
    ]

    assert any(p.topic is Topic.LOST_RUNS for p in advise(analyse(definition, runs)))
    assert all(p.topic is not Topic.LOST_RUNS for p in advise(analyse(definition, printed)))
    assert any(run.status is not Status.OK for run in printed)


@pytest.mark.parametrize(
    "headline",
    [
        Resource.PEAK_MEMORY_BYTES,
        Resource.LATENCY_P50_S,
        Resource.N_PARAMETERS,
        Resource.N_LABELLED_EXAMPLES,
    ],
)
def test_what_is_not_paid_again_for_each_item_is_not_saved_over_a_life(headline: Resource) -> None:
    """A gibibyte of peak memory a million times is no million gibibytes."""
    definition, runs = example_runs()
    found = advise(analyse(replace(definition, headline=headline), runs))

    assert all(piece.saves is None and piece.share is None for piece in found)
    assert {piece.topic for piece in found} <= {
        Topic.SETTINGS,
        Topic.PRECISION,
        Topic.LENGTH,
        Topic.DEPTH,
        Topic.IDLE,
    }


def test_a_setting_that_lowers_peak_memory_is_told_by_its_ratio(
    baselines: StudyAnalysis,
) -> None:
    definition = replace(baselines.definition, headline=Resource.PEAK_MEMORY_BYTES)
    ratios = [p for p in advise(analyse(definition, baselines.runs)) if p.basis is Basis.RATIO]

    assert ratios
    assert all(p.saves is None and (p.figure.high or 1.0) < 1 for p in ratios)


def test_of_measured_numbers_alone_no_advice_is_modelled_or_assumed() -> None:
    definition, runs = example_runs()
    found = advise(analyse(definition, runs, asked=Questions(is_measured_only=True)))
    kinds = {k for p in found for e in (p.figure, p.saves) if e is not None for k in e.kinds}

    assert kinds == {Kind.MEASURED}


def test_a_row_that_tasks_share_already_needs_no_second_one() -> None:
    definition, runs = example_runs()
    alone, shared = (
        [p.subject for p in advise(analyse(definition, runs, asked=Questions(shares=shares)))]
        for shares in ({}, {"pretrain": 4})
    )

    assert "pretrain" in alone
    assert "pretrain" not in shared


def test_tokenizing_is_held_against_the_use_of_as_many_tokens() -> None:
    """A fifth of the use of an example, whatever use is averaged over."""
    definition, runs = example_runs()
    by_token = replace(definition, item=Item.REAL_TOKEN)
    analysis, other = analyse(definition, runs), analyse(by_token, runs)
    own = {
        c.pathway: replace(use, value=0.2 * use.value)
        for c in analysis.sweep
        if c.label == "reference"
        and (use := c.marginal.get(Resource.CPU_S)) is not None
        and use.value is not None
    }
    told = [
        replace(c, tokenizing={Resource.CPU_S: own[c.pathway]}) if c.pathway in own else c
        for c in other.sweep
    ]

    piece = about(advise(replace(other, sweep=tuple(told))), Topic.TOKENIZING, "TS")

    assert piece is not None
    assert piece.evidence == "Tokenizing takes 20\N{NO-BREAK SPACE}% of its CPU time in use."


@pytest.mark.parametrize(("is_bucketed", "is_told"), [(False, True), (True, False)])
def test_batches_of_like_length_are_not_advised_where_they_are_made(
    *, is_bucketed: bool, is_told: bool
) -> None:
    definition, runs = example_runs()
    resolved = {"bucketed": is_bucketed}
    padded = [
        replace(
            run,
            output=replace(run.output, n_real_tokens=60, n_padded_tokens=100),
            settings=replace(run.settings, resolved={**run.settings.resolved, **resolved}),
        )
        if run.row == "ft"
        else run
        for run in runs
    ]

    found = about(advise(analyse(definition, padded)), Topic.PADDING, "ft")

    assert (found is not None) is is_told
