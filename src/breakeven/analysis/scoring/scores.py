"""Scores: the quality of a pathway over its training seeds.

A row with repeats trains several seeds, and each is deployed beside the reference. The score of
the pathway is the mean over its seeds; seeds and test examples are both draws from what might
have been, so both are in the interval. With one seed the interval covers test examples only.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from breakeven.analysis.runs.families import together
from breakeven.analysis.runs.select import ScoredRun, score_on_test, with_role
from breakeven.analysis.samples.stats import Interval, wilson
from breakeven.analysis.scoring.answers import (
    Answers,
    AnswerSheet,
    answer_sheet,
    no_answers,
)
from breakeven.analysis.scoring.crossed import (
    MeanDoubt,
    crossed_doubt,
    resampled_doubt,
    share_interval,
    unpaired_doubt,
)
from breakeven.analysis.scoring.metric_scale import MetricScale, metric_scale
from breakeven.analysis.uncertain import once, quantile
from breakeven.analysis.words import counted
from breakeven.records import Kind, Run, Score

REPEAT = "repeat"
"""Role of inference runs that deploy a further training seed at the reference."""

START_REPEAT = "start_repeat"
"""Setting that tells which repeat of the deployed row such a run began from."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PathwayScore:
    """Quality of one pathway on the test split.

    Attributes:
        seeds: One scored run per training seed, at least one; the reference first.
        repeats: Which repeat of the deployed row each is.
        sheet: What each seed answered, or each family on average; None when it is not known example
            by example.
        families: Places of the seeds that share a parent which not all share; each seed alone
            where it is empty.
    """

    seeds: tuple[ScoredRun, ...]
    repeats: tuple[int, ...]
    sheet: AnswerSheet | None = None
    families: tuple[tuple[int, ...], ...] = ()

    @property
    def values(self) -> tuple[float, ...]:
        """Scores that are independent of each other: of each seed, or the mean of each family."""
        scores = [seed.score.value for seed in self.seeds]
        groups = self.families or [(place,) for place in range(self.n_seeds)]
        return tuple(math.fsum(scores[i] for i in group) / len(group) for group in groups)

    @property
    def counted_seeds(self) -> str:
        """How many seeds, and of how many parents where those are fewer."""
        n = len(self.values)
        return str(self.n_seeds) if n == self.n_seeds else f"{self.n_seeds} (of {n} parents)"

    @property
    def n_seeds(self) -> int:
        """Training seeds that were scored."""
        return len(self.seeds)

    @property
    def is_stated(self) -> bool:
        """Whether somebody stated the score, so that nothing is known of its seeds."""
        return self.seeds[0].score.kind is Kind.ASSUMED

    @property
    def value(self) -> float:
        """Mean over the seeds, those of one family first."""
        return math.fsum(self.values) / len(self.values)

    @property
    def score(self) -> Score:
        """The mean as a score; counts only where there is one seed."""
        first = self.seeds[0].score
        return (
            first
            if self.n_seeds == 1
            else replace(first, value=self.value, n_correct=None, low=None, high=None, how="")
        )

    @property
    def n_examples(self) -> int:
        """Test examples behind the seed that has fewest."""
        return min(seed.score.n_examples for seed in self.seeds)

    @property
    def is_counted(self) -> bool:
        """Whether the score is the share of right answers, counted for every seed."""
        return all(seed.score.is_share for seed in self.seeds)

    @property
    def ends(self) -> tuple[tuple[float, float], ...]:
        """Resampled interval of each seed's score; empty where one seed has none."""
        scores = [seed.score for seed in self.seeds]
        found = [(s.low, s.high) for s in scores if s.low is not None and s.high is not None]
        return tuple(found) if len(found) == len(scores) else ()

    @property
    def run_id(self) -> str:
        """Run that scored the first seed."""
        return self.seeds[0].run_id

    @property
    def run_ids(self) -> tuple[str, ...]:
        """Runs that were scored."""
        return tuple(seed.run_id for seed in self.seeds)

    @property
    def doubt(self) -> MeanDoubt | None:
        """Doubt of the mean for several seeds; None for one, or where examples tell nothing."""
        if self.n_seeds == 1 or not (self.is_counted or self.ends):
            return None
        if not self.is_counted:
            return resampled_doubt(self.values, self.ends)
        if self.sheet is not None and len(self.sheet.examples) > 1:
            return crossed_doubt(self.sheet.correct)
        return unpaired_doubt(self.values, self.n_examples)

    @property
    def interval(self) -> Interval | None:
        """Of the mean; None where neither counts, resampling nor several seeds say anything."""
        if (doubt := self.doubt) is not None and self.is_counted:
            return share_interval(
                self.value, doubt, n_examples=self.n_examples, n_seeds=len(self.values)
            )
        if self.n_seeds > 1:
            half = _half_over_seeds(self.values) if doubt is None else doubt.half_width()
            low, high = self._scale.around(self.value, half)
            return Interval(value=self.value, low=low, high=high, n=self.n_examples)
        score = self.seeds[0].score
        if self.is_counted:
            return wilson(score.n_correct or 0, score.n_examples)
        if score.low is None or score.high is None:
            return None
        return Interval(value=score.value, low=score.low, high=score.high, n=score.n_examples)

    @property
    def _scale(self) -> MetricScale:
        return metric_scale(self.seeds[0].score.metric, self.value)

    @property
    def method(self) -> str:
        """How value and interval came about, and what the interval covers."""
        if self.n_seeds == 1:
            return self._method_of_one
        what = f"mean of {counted(self.n_seeds, 'training seed')}"
        if self.families:
            what += f", those of one of {len(self.families)} parents taken together"
        on_scale = f" on {self._scale.name}" if self._scale.name else ""
        if not self.is_counted and self.ends:
            return f"{what}; scatter of seeds plus variance over resampled test examples{on_scale}"
        if not self.is_counted:
            return f"{what}; t interval over seeds{on_scale}, test examples not in it"
        if self.sheet is not None:
            return f"{what}; seeds and test examples crossed, both random"
        return f"{what}; scatter of seeds plus binomial variance, answers not paired"

    @property
    def _method_of_one(self) -> str:
        if self.is_counted:
            return "share correct; Wilson score interval, over test examples, one training seed"
        how = self.seeds[0].score.how or "interval as given"
        return f"{how}; one training seed" if self.ends else "as given; no interval"


def pathway_score(
    reference: Sequence[Run],
    inference: Sequence[Run],
    metric: str,
    *,
    answers: Answers = no_answers,
    family_of: Mapping[int, int] = MappingProxyType({}),
) -> PathwayScore | None:
    """Gather the scores of all seeds of one pathway.

    Args:
        reference: Runs at the reference of the first seed, then those of the deployed row itself.
        inference: All inference runs of the pathway; those of role "repeat" are its other seeds.
        metric: Name of the score.
        answers: Per-example answers by run id.
        family_of: Family of each seed, by repeat; one that is absent is its own.

    Returns:
        None when no seed has that score on the test split.

    Examples:
        >>> pathway_score([], [], "accuracy") is None
        True
    """
    further = with_role(inference, REPEAT)
    by_repeat = {0: tuple(reference)} | {
        n: tuple(run for run in further if start_repeat(run) == n)
        for n in sorted(once(start_repeat(run) for run in further))
    }
    found = {n: score_on_test(runs, metric) for n, runs in by_repeat.items()}
    seeds = {n: scored for n, scored in found.items() if scored is not None}
    if not seeds:
        return None
    runs = tuple(seeds.values())
    sheet, groups = answer_sheet(runs, answers), together(tuple(seeds), family_of)
    if len(groups) == len(runs):
        return PathwayScore(seeds=runs, repeats=tuple(seeds), sheet=sheet)
    return PathwayScore(
        seeds=runs,
        repeats=tuple(seeds),
        sheet=None if sheet is None else sheet.together(groups),
        families=groups,
    )


def is_above(scored: PathwayScore | None, bar: float | None) -> bool | None:
    """Whether the interval of a score lies above a bar, such as the commonest answer's score.

    Args:
        scored: Of a pathway.
        bar: In the metric's scale; None where it is not known.

    Returns:
        None when one of them is missing, or smaller is better, or a higher score has no interval.

    Examples:
        >>> is_above(None, 0.5) is None
        True
    """
    if scored is None or bar is None or not scored.score.higher_is_better:
        return None
    interval = scored.interval
    if interval is None:  # resampling one and the same answer gives none
        return False if scored.value <= bar else None
    return interval.low > bar


def start_repeat(run: Run) -> int:
    """Repeat of the deployed row that an inference run began from; 0 for the reference.

    Examples:
        >>> from breakeven.testing.tiny import tiny_inference
        >>> start_repeat(tiny_inference("FT", {}))
        0
    """
    return int(run.settings.resolved.get(START_REPEAT, 0))


def _half_over_seeds(values: Sequence[float]) -> float:
    """Half-width of the t interval of their mean."""
    n = len(values)
    return quantile(n - 1) * float(np.std(values, ddof=1)) / math.sqrt(n)
