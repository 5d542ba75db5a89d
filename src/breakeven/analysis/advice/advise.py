"""Advise: every piece of advice the records support, what saves most of the chosen model first."""

from breakeven.analysis.advice.cuts import cut_advice
from breakeven.analysis.advice.development import development_advice
from breakeven.analysis.advice.overhead import overhead_advice
from breakeven.analysis.advice.padding import padding_advice
from breakeven.analysis.advice.result import Advice, Ground
from breakeven.analysis.advice.trials import search_advice
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.runs.measured import SEEN
from breakeven.analysis.runs.select import study_runs


def advise(analysis: StudyAnalysis) -> tuple[Advice, ...]:
    r"""Say what would cut the headline cost most, with the evidence (Wang et al. 2023, abstract).

    What concerns the recommended pathway comes first, within it what saves most over the planned
    life and last what saves an amount nobody can tell; then what is of the whole study.
    Savings do not add up: a model in half precision has less padding to save. Of a headline that is
    no cost of work, such as a waiting time, settings that lower it are told without a saving.

    Args:
        analysis: Conclusions on a study.

    Examples:
        >>> from breakeven.analysis.overview import analyse
        >>> from breakeven.testing.runs import example_runs
        >>> found = advise(analyse(*example_runs()))
        >>> found[0].subject, found[0].evidence
        ('TS', '20\xa0% of the tokens it computes at the reference are padding.')
    """
    ground = Ground(analysis=analysis, found=study_runs(analysis.definition, analysis.runs))
    pieces = (*cut_advice(ground), *overhead_advice(ground))
    if ground.is_of_work:
        pieces += (
            *padding_advice(ground),
            *search_advice(ground),
            *development_advice(ground),
        )
    if analysis.is_measured_only:
        pieces = tuple(filter(_is_measured, pieces))
    chosen = analysis.recommendation.pathway
    return tuple(sorted(pieces, key=lambda piece: _rank(piece, chosen)))


def _is_measured(piece: Advice) -> bool:
    told = (piece.figure, *([] if piece.saves is None else [piece.saves]))
    return all(set(estimate.kinds) <= SEEN for estimate in told)


def _rank(piece: Advice, chosen: str | None) -> tuple[bool, bool, bool, float]:
    saves = None if piece.saves is None else piece.saves.value
    return not piece.concerns(chosen), not piece.is_of_study, saves is None, -(saves or 0.0)
