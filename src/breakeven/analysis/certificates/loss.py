"""Loss: what a cut configuration loses in quality, on the same examples where answers are kept."""

from collections.abc import Callable
from functools import cache

from breakeven.analysis.runs.select import ScoredRun
from breakeven.analysis.samples.stats import Interval, newcombe
from breakeven.analysis.scoring.answers import Answers, answer_sheet
from breakeven.analysis.scoring.paired import discordance, mcnemar_p, tango
from breakeven.analysis.sweeps.cells import Cell
from breakeven.analysis.uncertain import LEVEL
from breakeven.records import Estimate

PairedLoss = Callable[[ScoredRun, ScoredRun], tuple[Interval, str] | None]
"""Score of the first run minus that of the second on the same examples, and by which method."""


def paired_by(answers: Answers) -> PairedLoss:
    """Compare runs example by example, as far as their answers are known.

    Args:
        answers: Where per-example answers come from.

    Examples:
        >>> from breakeven.records import Score
        >>> def scored(run_id: str, n_correct: int) -> ScoredRun:
        ...     return ScoredRun(run_id=run_id, score=Score(
        ...         metric="accuracy", value=n_correct / 4, split="test", n_examples=4,
        ...         n_correct=n_correct))
        >>> told = {"a": dict.fromkeys(range(4), True), "b": {0: False, 1: True, 2: True, 3: True}}
        >>> interval, method = paired_by(told.get)(scored("a", 4), scored("b", 3))
        >>> interval.value, method.split(";")[1]
        (0.25, ' exact McNemar p = 1')
    """

    @cache
    def paired(base: ScoredRun, cut: ScoredRun) -> tuple[Interval, str] | None:
        sheet = answer_sheet([base, cut], answers)
        if sheet is None:
            return None
        found = discordance(*sheet.correct)
        p = mcnemar_p(found)
        method = "difference paired on the same examples, Tango's score interval; exact McNemar"
        return tango(found), f"{method} p = {p:.2g}"

    return paired


def loss_of(base: Cell, cut: Cell, *, paired: PairedLoss | None = None) -> Estimate | None:
    """Score of one cell minus that of another, positive when the other is worse.

    On the same examples where their answers are known, else as independent proportions, which
    gives a wider interval than the pairs would.

    Args:
        base: The uncut configuration.
        cut: The other.
        paired: Compares two runs example by example.

    Returns:
        None when one of the two has no score; without low and high when neither way applies.

    Examples:
        >>> from breakeven.analysis.sweeps.cells import cells_of
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.factorial import factorial_runs
        >>> found = study_runs(*factorial_runs(n_blocks=1))
        >>> by_label = {cell.label: cell for cell in cells_of(found, "FT", order=str)}
        >>> loss = loss_of(by_label["reference"], by_label["max_length=16"])
        >>> round(loss.value, 4), round(loss.low, 4), round(loss.high, 4)
        (0.0711, 0.0378, 0.1044)
    """
    if base.scored is None or cut.scored is None:
        return None
    one, two = base.scored.score, cut.scored.score
    told = None if paired is None else paired(base.scored, cut.scored)
    interval, method = told or _apart(base.scored, cut.scored)
    return Estimate(
        name=f"loss of {one.metric}",
        value=one.product - two.product,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        level=None if interval is None else LEVEL,
        method=f"{method}{_batched_otherwise(base.scored, cut.scored)}",
        n=min(one.n_examples, two.n_examples),
        kinds=tuple(dict.fromkeys((one.kind, two.kind))),
        run_ids=(base.scored.run_id, cut.scored.run_id),
    )


def is_shown(loss: Estimate | None) -> bool | None:
    """Whether a loss lies above 0 with its whole interval; None without an interval.

    Examples:
        >>> is_shown(None) is None
        True
    """
    return None if loss is None or loss.low is None else loss.low > 0


def _batched_otherwise(base: ScoredRun, cut: ScoredRun) -> str:
    """Words for a loss that is one of other batches as well."""
    if base.batching == cut.batching:
        return ""
    ways = " against ".join(own.batching or "any batches" for own in (base, cut))
    return f"; answers depend on their batch, and these are of {ways}"


def _apart(base: ScoredRun, cut: ScoredRun) -> tuple[Interval | None, str]:
    one, two = base.score, cut.score
    if not (one.is_share and two.is_share):
        return None, "difference of scores; no interval"
    counts = (one.n_correct or 0, one.n_examples), (two.n_correct or 0, two.n_examples)
    return newcombe(*counts), "difference of independent proportions, Newcombe's method 10"
