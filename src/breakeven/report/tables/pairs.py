"""Tables of use by pathway: each sample in numbers, and an original against what may replace it."""

from collections.abc import Sequence

from breakeven.analysis.samples.pairs import Cell as Measured
from breakeven.analysis.samples.pairs import Pair
from breakeven.analysis.samples.stats import Interval
from breakeven.report.kinds import signs
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.curves import between, plain
from breakeven.report.tables.table import Cell, Column, Table, words

_WHERE = (
    Column(name="store", title="Store"),
    Column(name="study", title="Study"),
    Column(name="task", title="Task"),
    Column(name="metric", title="Metric"),
    Column(name="modality", title="Modality"),
)


def spread_table(found: Sequence[Measured]) -> Table:
    """Mean, median, range, spread and normality of each sample, with what a box plot draws."""
    names = {
        "median": "Median",
        "low": "Smallest",
        "high": "Largest",
        "range": "Range",
        "sd": "Standard deviation",
        "cv": "Coefficient of variation",
        "quartile_1": "First quartile",
        "quartile_3": "Third quartile",
        "whisker_low": "Lower whisker",
        "whisker_high": "Upper whisker",
        "n_outliers": "Outliers",
        "shapiro_w": "Shapiro-Wilk W",
        "shapiro_p": "Shapiro-Wilk p",
    }
    return Table(
        name="spread",
        caption="Use at the reference configuration, a run one value: what was measured of each "
        "pathway, with its 95 % interval of the mean.",
        columns=(
            *_WHERE,
            Column(name="pathway", title="Pathway"),
            Column(name="n", title="Runs", is_number=True, is_plain=True),
            Column(name="mean", title="Mean", is_number=True),
            *(
                Column(name=name, title=title, is_number=True, is_plain=True)
                for name, title in names.items()
            ),
        ),
        rows=tuple(_spread_row(cell) for cell in found),
    )


def _spread_row(cell: Measured) -> tuple[Cell, ...]:
    told = cell.described
    mean = between(told.mean)
    return (
        *_where(cell),
        words(cell.pathway),
        plain(told.n),
        Cell(
            text=mean.text,
            value=mean.value,
            low=mean.low,
            high=mean.high,
            badges=signs(cell.kinds, cell.origins),
        ),
        plain(told.median),
        plain(told.low),
        plain(told.high),
        plain(told.value_range),
        plain(told.sd),
        plain(told.cv),
        plain(told.quartiles[0]),
        plain(told.quartiles[1]),
        plain(told.whiskers[0]),
        plain(told.whiskers[1]),
        plain(len(told.outliers)),
        plain(told.normality.w if told.normality is not None else None),
        plain(told.normality.p if told.normality is not None else None),
    )


def pairs_table(found: Sequence[Pair]) -> Table:
    """An original against another: the ratio first, then the test that the samples allow."""
    return Table(
        name="pairs",
        caption="The second pathway over the first, with 95 % intervals: below 1 it takes less. "
        "The test was chosen by the samples; it and the effect are of logarithms where all values "
        "are above 0, as the ratio is. p is adjusted for the pairs of a metric (Holm).",
        columns=(
            *_WHERE,
            Column(name="original", title="Original"),
            Column(name="other", title="Other"),
            Column(name="n", title="Runs", is_number=True, is_plain=True),
            Column(name="ratio", title="Other over original", is_number=True),
            Column(name="change_percent", title="Change, %", is_number=True),
            Column(name="test", title="Test"),
            Column(name="p", title="p", is_number=True, is_plain=True),
            Column(name="p_holm", title="p, Holm", is_number=True, is_plain=True),
            Column(name="effect", title="Effect"),
            Column(name="size", title="Its size", is_number=True),
            Column(name="why", title="Why this test"),
        ),
        rows=tuple(_pair_row(pair) for pair in found),
    )


def _pair_row(pair: Pair) -> tuple[Cell, ...]:
    found = pair.found
    return (
        *_where(pair.left),
        words(pair.left.pathway),
        words(pair.right.pathway),
        plain(len(pair.left.sample) + len(pair.right.sample)),
        between(found.ratio, why="a value is not above 0"),
        between(_change(found.ratio), why="a value is not above 0"),
        words(("paired: " if found.is_paired and found.p is None else "") + found.test),
        plain(found.p),
        plain(pair.p_holm),
        words(found.effect.name if found.effect is not None else EM_DASH),
        between(found.effect.size if found.effect is not None else None, why=found.why),
        words(found.why),
    )


def _change(ratio: Interval | None) -> Interval | None:
    if ratio is None:
        return None
    value, low, high = (100 * (x - 1) for x in (ratio.value, ratio.low, ratio.high))
    return Interval(value=value, low=low, high=high, n=ratio.n)


def _where(cell: Measured) -> tuple[Cell, ...]:
    texts = (cell.store, cell.study, cell.task, cell.metric.title, cell.modality)
    return tuple(words(text or EM_DASH) for text in texts)
