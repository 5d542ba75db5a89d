"""Overview: from the runs of one study to everything its report shows."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np

from breakeven.analysis import caveats, checks, score_notes
from breakeven.analysis.answers import Answers, no_answers
from breakeven.analysis.asked import NOTHING, Questions
from breakeven.analysis.comparison import compare
from breakeven.analysis.differences import score_differences, seeded
from breakeven.analysis.disagreements import disagreement_notes, disagreements
from breakeven.analysis.doubts import Pairs, with_doubts
from breakeven.analysis.estimates import pathway_result
from breakeven.analysis.fronts import study_fronts
from breakeven.analysis.joining import shadowed_notes
from breakeven.analysis.life import life_answers
from breakeven.analysis.lifecycle import amortized_curve, volumes_around
from breakeven.analysis.load import busy_machine
from breakeven.analysis.loss import paired_by
from breakeven.analysis.measured import measured_only_note, only_measured
from breakeven.analysis.orders import cost_orders
from breakeven.analysis.pathways import PathwayCost, pathway_cost
from breakeven.analysis.payback import break_even
from breakeven.analysis.pricetag import price_tags
from breakeven.analysis.product import reaches
from breakeven.analysis.recommend import baseline_notes, recommend
from breakeven.analysis.results import AmortizedCurve, BreakEven, StudyAnalysis
from breakeven.analysis.searches import search_notes, searches
from breakeven.analysis.select import StudyRuns, study_runs
from breakeven.analysis.sharing import share_rows, sharing_notes
from breakeven.analysis.sweep import sweep_of
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
    found = study_runs(definition, runs)
    without = (measured_only_note(found.runs),) if asked.is_measured_only else ()
    if asked.is_measured_only:
        found = replace(found, runs=only_measured(found.runs), is_measured_only=True)
    if asked.min_score is not None:
        found = replace(found, definition=replace(found.definition, min_score=asked.min_score))
    definition = found.definition
    whole = [pathway_cost(found, p, answers=answers) for p in definition.pathways]
    pathways = share_rows(whole, asked.shares)
    valid = [pathway for pathway in pathways if reaches(definition, pathway)]
    recommendation = recommend(definition, pathways)
    sweeps = [sweep_of(found, pathway.name, paired=paired_by(answers)) for pathway in pathways]
    configurations = tuple(c for sweep in sweeps for c in sweep.configurations)
    contradictions = disagreements(pathways, found.resources)
    tuned = searches(found)
    pairs = Pairs(
        differences=score_differences(pathways), orders=cost_orders(pathways, found.resources)
    )
    fronts = study_fronts(found, valid, np.random.default_rng(seed), lifetimes=asked.lifetimes)
    return StudyAnalysis(
        definition=definition,
        runs=found.runs,
        pathways=tuple(
            seeded(pathway_result(p, found), p, item=definition.item)
            for p in pathways
            if p.rows or p.blocks
        ),
        recommendation=recommendation,
        break_evens=_break_evens(found, valid),
        fronts=with_doubts(
            fronts,
            pathways,
            pairs,
            item=definition.item,
            volumes=(definition.planned_volume, *asked.lifetimes),
        ),
        curves=_curves(found, valid),
        sweep=configurations,
        findings=tuple(sweep.findings for sweep in sweeps if sweep.findings is not None),
        disagreements=contradictions,
        score_differences=tuple(pairs.differences),
        cost_orders=tuple(pairs.orders),
        notes=once(
            (
                *without,
                *baseline_notes(recommendation, pathways),
                *(note for sweep in sweeps for note in sweep.notes),
                *_study_notes(found, pathways),
                *score_notes.unpaired(pathways),
                *score_notes.different_examples(pathways, configurations, definition.facts),
                *sharing_notes(asked.shares),
                *search_notes(tuned),
                *disagreement_notes(contradictions),
                *caveats.run_notes(found.runs),
            )
        ),
        life=life_answers(
            found,
            whole,
            pathways,
            asked,
            sweep=configurations,
        ),
        searches=tuned,
        price_tags=price_tags(whole, found.resources, item=definition.item),
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
            for note in caveats.above_majority(p.name, p.scored, definition.majority_score)
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
