"""Overview: from the runs of one study to everything its report shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from breakeven.analysis import caveats, checks
from breakeven.analysis.asked import NOTHING, Questions
from breakeven.analysis.certificates.loss import paired_by
from breakeven.analysis.costs.comparison import compare
from breakeven.analysis.costs.life import life_answers
from breakeven.analysis.costs.lifecycle import amortized_curve, volumes_around
from breakeven.analysis.costs.pathways import PathwayCost, pathway_cost
from breakeven.analysis.costs.payback import break_even
from breakeven.analysis.costs.pricetag import price_tags
from breakeven.analysis.costs.product import reaches
from breakeven.analysis.costs.recommend import baseline_notes, recommend
from breakeven.analysis.costs.sharing import share_rows, sharing_notes
from breakeven.analysis.deciding.decide import own_decision
from breakeven.analysis.deciding.ground import Ground
from breakeven.analysis.energy.load import busy_machine
from breakeven.analysis.estimates import pathway_result
from breakeven.analysis.fronts.disagreements import disagreement_notes, disagreements
from breakeven.analysis.fronts.doubts import Pairs, with_doubts
from breakeven.analysis.fronts.fronts import study_fronts
from breakeven.analysis.fronts.orders import cost_orders
from breakeven.analysis.results import (
    AmortizedCurve,
    BreakEven,
    ConfigurationResult,
    ParetoFront,
    PathwayResult,
    StudyAnalysis,
)
from breakeven.analysis.runs.joining import shadowed_notes
from breakeven.analysis.runs.measured import measured_only_note, only_measured
from breakeven.analysis.runs.select import StudyRuns, study_runs
from breakeven.analysis.scoring import score_notes
from breakeven.analysis.scoring.answers import Answers, no_answers
from breakeven.analysis.scoring.differences import score_differences, seeded
from breakeven.analysis.scoring.further_scores import score_rows
from breakeven.analysis.sweeps.sweep import SweepResult, sweep_of
from breakeven.analysis.tuning.searches import search_notes, searches
from breakeven.analysis.uncertain import once
from breakeven.records import Note, Run, StudyDefinition


def analyse(
    definition: StudyDefinition,
    runs: Sequence[Run],
    *,
    seed: int = 0,
    asked: Questions = NOTHING,
    answers: Answers = no_answers,
) -> StudyAnalysis:
    """Conclude all that a study's runs allow.

    Args:
        definition: What the study set out to compare.
        runs: From a store; runs of other studies are ignored.
        seed: Of the resampling behind P(on the front); the same seed gives the same numbers.
        asked: Questions beyond those that every report answers.
        answers: Which test examples a run got right, by run id; `store.StoredAnswers(store)`
            reads them. Without it scores are compared by their counts alone, and a note says so.

    Raises:
        UnknownNameError: If a row to be shared is in no pathway's development.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> analysis = analyse(*example_runs())
        >>> analysis.recommendation.pathway
        'TS'
        >>> print(analysis.break_evens[3].sentence.replace(" (", chr(10) + "("))
        TS has cost less CPU time than FT from 6,700 examples on
        (6,490 to 6,920, 95% interval over inference runs only; development ran once).
    """
    gathered = _gather(study_runs(definition, runs), asked, answers)
    concluded = _concluded(gathered, seed=seed)
    return replace(concluded, notes=_notes(gathered, concluded))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gathered:
    """What conclusions are drawn from.

    Attributes:
        found: The runs that count.
        asked: Questions beyond those that every report answers.
        all_runs: Those that do not count included.
        whole: Every pathway, its development paid in full.
        pathways: The same, shared rows divided.
        sweeps: What was found out about inference, one for each pathway.
    """

    found: StudyRuns
    asked: Questions
    all_runs: tuple[Run, ...]
    whole: Sequence[PathwayCost]
    pathways: Sequence[PathwayCost]
    sweeps: Sequence[SweepResult]

    @property
    def valid(self) -> list[PathwayCost]:
        """Pathways that reach the score asked for."""
        return [p for p in self.pathways if reaches(self.found.definition, p)]

    @property
    def configurations(self) -> tuple[ConfigurationResult, ...]:
        """Of every sweep."""
        return tuple(c for sweep in self.sweeps for c in sweep.configurations)


def _narrowed(found: StudyRuns, asked: Questions) -> StudyRuns:
    """The runs without what the questions leave out, under the score they ask for."""
    if asked.is_measured_only:
        found = replace(found, runs=only_measured(found.runs), is_measured_only=True)
    if asked.min_score is not None:
        found = replace(found, definition=replace(found.definition, min_score=asked.min_score))
    return found


def _gather(of_study: StudyRuns, asked: Questions, answers: Answers) -> _Gathered:
    found = _narrowed(of_study, asked)
    whole = [pathway_cost(found, p, answers=answers) for p in found.definition.pathways]
    pathways = share_rows(whole, asked.shares)
    return _Gathered(
        found=found,
        asked=asked,
        all_runs=of_study.runs,
        whole=whole,
        pathways=pathways,
        sweeps=[sweep_of(found, p.name, paired=paired_by(answers)) for p in pathways],
    )


def _concluded(gathered: _Gathered, *, seed: int) -> StudyAnalysis:
    """All but the notes."""
    found, pathways = gathered.found, gathered.pathways
    pairs = Pairs(
        differences=score_differences(pathways), orders=cost_orders(pathways, found.resources)
    )
    recommendation = recommend(found.definition, pathways)
    break_evens = _break_evens(found, gathered.valid)
    ground = _ground(gathered)
    return StudyAnalysis(
        definition=found.definition,
        runs=found.runs,
        pathways=_results(gathered),
        recommendation=recommendation,
        break_evens=break_evens,
        fronts=_fronts(gathered, pairs, seed=seed),
        curves=_curves(found, gathered.valid),
        sweep=gathered.configurations,
        disagreements=disagreements(pathways, found.resources),
        notes=(),
        findings=tuple(s.findings for s in gathered.sweeps if s.findings is not None),
        score_differences=tuple(pairs.differences),
        cost_orders=tuple(pairs.orders),
        life=life_answers(
            found, gathered.whole, pathways, gathered.asked, sweep=gathered.configurations
        ),
        searches=searches(found),
        price_tags=price_tags(gathered.whole, found.resources, item=found.definition.item),
        score_rows=score_rows(found, pathways, gathered.configurations),
        decision=own_decision(ground, recommendation, break_evens),
        ground=ground,
    )


def _ground(gathered: _Gathered) -> Ground:
    """What a reader's other settings are decided from: nothing shared or priced yet."""
    return Ground(
        definition=gathered.found.definition,
        pathways=tuple(gathered.whole),
        resources=gathered.found.resources,
        tasks=dict(gathered.asked.shares),
        is_measured_only=gathered.asked.is_measured_only,
    )


def _notes(gathered: _Gathered, concluded: StudyAnalysis) -> tuple[Note, ...]:
    asked = gathered.asked
    return once(
        (
            *([measured_only_note(gathered.all_runs)] if asked.is_measured_only else []),
            *baseline_notes(concluded.recommendation, gathered.pathways),
            *(note for sweep in gathered.sweeps for note in sweep.notes),
            *_study_notes(gathered.found, gathered.pathways),
            *_score_notes(gathered),
            *sharing_notes(asked.shares),
            *search_notes(concluded.searches),
            *disagreement_notes(concluded.disagreements),
            *caveats.run_notes(gathered.found.runs),
        )
    )


def _results(gathered: _Gathered) -> tuple[PathwayResult, ...]:
    item = gathered.found.definition.item
    return tuple(
        seeded(pathway_result(p, gathered.found), p, item=item)
        for p in gathered.pathways
        if p.rows or p.blocks
    )


def _fronts(gathered: _Gathered, pairs: Pairs, *, seed: int) -> tuple[ParetoFront, ...]:
    definition, lifetimes = gathered.found.definition, gathered.asked.lifetimes
    rng = np.random.default_rng(seed)
    return with_doubts(
        study_fronts(gathered.found, gathered.valid, rng, lifetimes=lifetimes),
        gathered.pathways,
        pairs,
        item=definition.item,
        volumes=(definition.planned_volume, *lifetimes),
    )


def _score_notes(gathered: _Gathered) -> tuple[Note, ...]:
    facts = gathered.found.definition.facts
    return (
        *score_notes.unpaired(gathered.pathways),
        *score_notes.different_examples(gathered.pathways, gathered.configurations, facts),
    )


def _break_evens(found: StudyRuns, pathways: Sequence[PathwayCost]) -> tuple[BreakEven, ...]:
    """Every ordered pair in every resource both have, headline first."""
    item, planned = found.definition.item, found.definition.planned_volume
    pairs = (
        compare(candidate, incumbent, resource, item=item)
        for resource in found.resources
        for candidate, incumbent in permutations(pathways, 2)
    )
    return tuple(break_even(p, planned_volume=planned) for p in pairs if p is not None)


def _curves(found: StudyRuns, pathways: Sequence[PathwayCost]) -> tuple[AmortizedCurve, ...]:
    volumes = volumes_around(found.definition.planned_volume)
    curves = (
        amortized_curve(pathway, resource, volumes=volumes)
        for resource in found.resources
        for pathway in pathways
    )
    return tuple(curve for curve in curves if curve is not None)


def _study_notes(found: StudyRuns, pathways: Sequence[PathwayCost]) -> tuple[Note, ...]:
    definition = found.definition
    rows = {row.row: row for pathway in pathways for row in pathway.rows}
    return (
        *(note for pathway in pathways for note in pathway.notes),
        *(
            note
            for p in pathways
            for note in caveats.above_majority(p.name, p.scored, definition.constant_score)
        ),
        *(note for p in pathways for note in checks.few_repeats(p, definition.headline)),
        *checks.drift(pathways, definition.headline),
        *busy_machine(found.runs),
        *checks.single_development(list(rows.values())),
        *caveats.splits_alike(definition.facts),
        *caveats.replayed(pathways, found.runs),
        *caveats.borrowed_numbers(pathways, definition.headline),
        *shadowed_notes(found),
    )
