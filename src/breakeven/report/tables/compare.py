"""Tables of a comparison: ratios first, then samples, tests, analysis of variance and checks."""

import math

from breakeven.analysis.describe import Description
from breakeven.analysis.effects import Effect as Size
from breakeven.analysis.statistics.compared import DUNNETT, Compared, Contrast
from breakeven.analysis.statistics.over_time import Change, OverTime
from breakeven.analysis.statistics.quantiles import normal_quantiles
from breakeven.analysis.statistics.survey import Share, Survey
from breakeven.analysis.statistics.variance import Effect
from breakeven.analysis.stats import Interval
from breakeven.report.kinds import Badge, signs
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.curves import between, plain
from breakeven.report.tables.table import Cell, Column, Table, missing, words

SHOWN_DIGITS = 7
"""Of F and what goes with it: what packages print, so that a reader can hold the two together."""


SMALLEST_P = 1e-12
"""Below it nothing is known of a p but that it is small: no model holds so far out."""

SPARED = (
    *("effect", "huynh_feldt", "p_huynh_feldt", "cv", "shapiro_w", "over", "rank_test"),
    *("left_out", "low", "high", "median", "df_error", "n_then", "n_now"),
)
"""Columns that a narrow terminal does without, the first first; other formats hold all."""


def narrow(table: Table, *, width: int, spare_over: bool) -> Table:
    """The same without some columns, so that its lines fit a terminal as far as they can.

    Args:
        table: As made here.
        width: Characters.
        spare_over: Whether the caption says what is compared with.
    """
    for name in SPARED:
        is_there = any(column.name == name for column in table.columns)
        if max(map(len, table.to_text().splitlines())) <= width:
            return table
        if is_there and (name != "over" or spare_over):
            table = table.without([name])
    return table


def compare_tables(found: Compared) -> tuple[Table, ...]:
    """Every table of one number; those without rows are left out.

    Args:
        found: As `compare` gives it.
    """
    made = (
        ratios_table(found),
        samples_table(found),
        tests_table(found),
        variance_table(found),
        checks_table(found),
        order_table(found),
        qq_table(found),
    )
    return tuple(table for table in made if table.rows)


def ratios_table(found: Compared) -> Table:
    """One configuration over another, with the interval of each and, against a baseline, of all."""
    percent = f"{100 * found.asked.level:g} %"
    has_together = any(pair.together is not None for pair in found.contrasts)
    what = "Ratio" if found.readings.is_positive else "Difference"
    together = (
        Column(name="together", title="All at once", is_number=True),
        Column(name="p_adjusted", title=f"p, {found.adjustment}", is_number=True, is_plain=True),
    )
    return Table(
        name="ratios",
        caption=f"{_of(found)}: {what.lower()}{_over(found)}, {_method(found)} ({percent}); "
        f"{_adjusted_words(found)}.",
        columns=(
            Column(name="configuration", title="Configuration"),
            *(() if found.asked.baseline else (Column(name="over", title="Over"),)),
            Column(name="n", title="n", is_number=True, is_plain=True),
            Column(name=what.lower(), title=what, is_number=True),
            Column(name="p", title="p", is_number=True, is_plain=True),
            *(together if has_together else together[1:]),
        ),
        rows=tuple(_ratio_row(found, pair, together=has_together) for pair in found.contrasts),
    )


def _ratio_row(found: Compared, pair: Contrast, *, together: bool) -> tuple[Cell, ...]:
    first = pair.found.ratio if found.readings.is_positive else pair.difference
    return (
        words(pair.left),
        *(() if found.asked.baseline else (words(pair.right),)),
        plain(first.n if first is not None else None),
        _known(found, first),
        _p(pair.p),
        *((_known(found, pair.together),) if together else ()),
        _p(pair.p_adjusted),
    )


def samples_table(found: Compared) -> Table:
    """Each configuration in the numbers that a measurement study prints."""
    return Table(
        name="samples",
        caption=f"{_of(found)}: samples, mean with its {100 * found.asked.level:g} % t interval.",
        columns=(
            Column(name="configuration", title="Configuration"),
            Column(name="n", title="n", is_number=True, is_plain=True),
            Column(name="mean", title="Mean", is_number=True),
            *(
                Column(name=name, title=title, is_number=True, is_plain=True)
                for name, title in (
                    ("median", "Median"),
                    ("low", "Smallest"),
                    ("high", "Largest"),
                    ("sd", "SD"),
                    ("cv", "CV"),
                    ("shapiro_w", "Shapiro W"),
                    ("shapiro_p", "its p"),
                )
            ),
        ),
        rows=tuple(_sample_row(found, name, told) for name, told in found.described.items()),
    )


def _sample_row(found: Compared, name: str, told: Description) -> tuple[Cell, ...]:
    shape = told.normality
    return (
        words(name),
        plain(told.n),
        _known(found, told.mean, digits=SHOWN_DIGITS),
        _digits(told.median),
        _digits(told.low),
        _digits(told.high),
        plain(told.sd),
        plain(told.cv),
        plain(shape.w if shape is not None else None),
        _p(shape.p if shape is not None else None),
    )


def tests_table(found: Compared) -> Table:
    """The test that each pair allows, its effect, and the same by ranks."""
    return Table(
        name="tests",
        caption=f"{_of(found)}: the test that each pair of samples{_over(found)} allows"
        + (", on logarithms as the ratio is" if found.readings.is_positive else "")
        + ", and ranks beside it.",
        columns=(
            Column(name="configuration", title="Configuration"),
            Column(name="over", title="Over"),
            Column(name="test", title="Test"),
            Column(name="p", title="p", is_number=True, is_plain=True),
            Column(name="effect", title="Effect"),
            Column(name="size", title="Size", is_number=True),
            Column(name="rank_test", title="By ranks"),
            Column(name="rank_p", title="p", is_number=True, is_plain=True),
            Column(name="cliffs_delta", title="Cliff's delta", is_number=True),
        ),
        rows=tuple(_test_row(pair) for pair in found.contrasts),
    )


_SHORT = {"Wilcoxon signed rank": "Wilcoxon", "Mann-Whitney U": "Mann-Whitney"}


def _test_row(pair: Contrast) -> tuple[Cell, ...]:
    own = pair.found
    # Cliff's delta stands in its own column
    effect = own.effect if own.effect is not None and own.effect.name != "Cliff's delta" else None
    return (
        words(pair.left),
        words(pair.right),
        words(_SHORT.get(own.test, own.test), hint=own.why),
        _p(own.p),
        words(effect.name if effect is not None else EM_DASH),
        _effect_size(effect, why=own.why),
        words(_SHORT[pair.ranked.test]),
        _p(pair.ranked.p),
        _short(pair.ranked.delta),
    )


def variance_table(found: Compared) -> Table:
    """Repeated-measures analysis of variance with what its p depends on."""
    told = found.variance
    names = (
        ("df", "df"),
        ("df_error", "error"),
        ("f", "F"),
        ("p", "p"),
        ("eta_squared", "gen. eta2"),
        ("mauchly_w", "Mauchly W"),
        ("mauchly_p", "its p"),
        ("greenhouse_geisser", "GG eps"),
        ("p_greenhouse_geisser", "p, GG"),
        ("huynh_feldt", "HF eps"),
        ("p_huynh_feldt", "p, HF"),
    )
    n = told.n_subjects if told is not None else 0
    rest = told.residuals if told is not None else None
    shape = f"; residuals: Shapiro-Wilk W = {rest.w:.4g}, p = {rest.p:.2g}" if rest else ""
    return Table(
        name="variance",
        caption=f"{_of(found)}: repeated-measures analysis of variance of the plain values, "
        f"{n} {_subjects(found)}{shape}.",
        columns=(
            Column(name="effect", title="Effect"),
            *(
                Column(name=name, title=title, is_number=True, is_plain=True)
                for name, title in names
            ),
        ),
        rows=tuple(_effect_row(effect) for effect in told.effects) if told is not None else (),
    )


def _effect_row(effect: Effect) -> tuple[Cell, ...]:
    seen = effect.sphericity
    return (
        words(effect.name),
        plain(effect.df[0]),
        plain(effect.df[1]),
        _digits(effect.f),
        _p(effect.p),
        _digits(effect.eta_squared),
        _digits(seen.w if seen is not None else None),
        _p(seen.p if seen is not None else None),
        _digits(seen.greenhouse_geisser if seen is not None else None),
        _p(effect.p_greenhouse_geisser),
        _digits(seen.huynh_feldt if seen is not None else None),
        _p(effect.p_huynh_feldt),
    )


def checks_table(found: Compared) -> Table:
    """Per pair: the ratio without its most influential block, and how many blocks would do."""
    target, margin = found.asked.target, found.asked.margin
    what = found.readings.subject or "subject"
    same = (
        Column(
            name="same_p", title=f"Same within {margin or 0:.1%}, p", is_number=True, is_plain=True
        ),
        Column(name="is_same", title="Shown"),
    )
    return Table(
        name="checks",
        caption=f"{_of(found)}: the ratio{_over(found)} without the {what} that moves it most, its "
        f"half-width now, and how many {what}s bring that to {100 * target:g} % (by the scatter "
        "seen; with 80 % assurance).",
        columns=(
            Column(name="configuration", title="Configuration"),
            Column(name="over", title="Over"),
            Column(name="left_out", title=f"Without {what}"),
            Column(name="ratio_without", title="Ratio", is_number=True),
            Column(name="half_width", title="Half-width", is_number=True, is_plain=True),
            Column(name="n_needed", title="Needed", is_number=True, is_plain=True),
            Column(name="n_assured", title="Assured", is_number=True, is_plain=True),
            *(same if margin is not None else ()),
        ),
        rows=tuple(
            _check_row(found, pair)
            for pair in found.contrasts
            if pair.advice is not None or pair.influence is not None
        ),
    )


def _check_row(found: Compared, pair: Contrast) -> tuple[Cell, ...]:
    moved, advice, same = pair.influence, pair.advice, pair.same
    equal = (
        _p(same.p if same is not None else None),
        words(EM_DASH if same is None else "yes" if same.is_shown else "no"),
    )
    return (
        words(pair.left),
        words(pair.right),
        words(found.readings.subjects[moved.block] if moved is not None else EM_DASH),
        _known(found, moved.without if moved is not None else None),
        _percent(advice.half_width if advice is not None else None),
        plain(advice.n_needed if advice is not None else None),
        plain(advice.n_assured if advice is not None else None),
        *(equal if found.asked.margin is not None else ()),
    )


def order_table(found: Compared) -> Table:
    """What the executed order shows, all configurations together."""
    seen = found.order
    names = (
        ("n", "Places"),
        ("trend", "Trend, first to last"),
        ("trend_p", "its p"),
        ("lag_1", "Lag-1 correlation"),
        ("lag_1_p", "its p"),
        ("n_runs", "Stretches"),
        ("runs_p", "their p"),
    )
    scale = "of logarithms" if found.readings.is_positive else "in the unit of the values"
    return Table(
        name="order",
        caption=f"{_of(found)}: values against the mean of their own configuration in the order "
        f"executed; trend {scale}.",
        columns=tuple(
            Column(name=name, title=title, is_number=True, is_plain=True) for name, title in names
        ),
        rows=()
        if seen is None
        else (
            (
                plain(seen.n),
                plain(seen.trend),
                _p(seen.trend_p),
                plain(seen.lag_1),
                _p(seen.lag_1_p),
                plain(seen.n_runs),
                _p(seen.runs_p),
            ),
        ),
    )


def qq_table(found: Compared) -> Table:
    """Every value beside the quantile that a normal sample would have there, as in a Q-Q plot."""
    names = (("quantile", "Normal quantile"), ("standardised", "Standardised"), ("value", "Value"))
    samples = found.readings.samples()
    return Table(
        name="qq",
        caption=f"{_of(found)}: values in order against normal quantiles (Blom's places), on one "
        "line where a sample is normal.",
        columns=(
            Column(name="configuration", title="Configuration"),
            *(
                Column(name=name, title=title, is_number=True, is_plain=True)
                for name, title in names
            ),
        ),
        rows=tuple(
            (words(name), plain(point.quantile), plain(point.standardised), _digits(point.value))
            for name, own in samples.items()
            for point in normal_quantiles(list(own.values()))
        ),
    )


def over_time_table(found: OverTime) -> Table:
    """The same configurations now over then."""
    return Table(
        name="over_time",
        caption="Now over then, with 95 % intervals of unpaired samples; p adjusted for everything "
        "compared (Holm). What differs between the days besides the configuration is in the ratio.",
        columns=(
            Column(name="number", title="Number"),
            Column(name="configuration", title="Configuration"),
            Column(name="n_then", title="Then", is_number=True, is_plain=True),
            Column(name="n_now", title="Now", is_number=True, is_plain=True),
            Column(name="ratio", title="Now over then", is_number=True),
            Column(name="p", title="p", is_number=True, is_plain=True),
            Column(name="p_holm", title="p, Holm", is_number=True, is_plain=True),
            Column(name="verdict", title="In words"),
        ),
        rows=tuple(_change_row(change) for change in found.changes),
    )


def _change_row(change: Change) -> tuple[Cell, ...]:
    number = change.number
    return (
        words(number.title),
        words(change.configuration),
        plain(change.n_then),
        plain(change.n_now),
        _signed(
            between(change.found.ratio, why="a value is not above 0"),
            signs(number.kinds, number.origins),
        ),
        _p(change.found.p),
        _p(change.p_holm),
        words(change.verdict),
    )


def shares_table(found: Survey) -> Table:
    """Share of each label in each group."""
    return Table(
        name="shares",
        caption=f"Share of each label, {found.n} in all, Wilson's {100 * found.level:g} % "
        "interval; 'at once' holds for every share of the table together (each at "
        f"{100 * found.level_together:.3g} %, Bonferroni).",
        columns=(
            Column(name="group", title="Group"),
            Column(name="label", title="Label"),
            Column(name="n", title="n", is_number=True, is_plain=True),
            Column(name="count", title="Count", is_number=True, is_plain=True),
            Column(name="share", title="Share", is_number=True),
            Column(name="together", title="At once", is_number=True),
        ),
        rows=tuple(_share_row(share) for share in found.shares),
    )


_COUNTED = (Badge(name="counted", letter="C", meaning=""),)


def _share_row(share: Share) -> tuple[Cell, ...]:
    return (
        words(share.group),
        words(share.label),
        plain(share.share.n),
        plain(share.count),
        _share_cell(share.share),
        _share_cell(share.together),
    )


def differences_table(found: Survey) -> Table:
    """Every two groups in every label."""
    return Table(
        name="differences",
        caption=f"Share in the first group less that in the second: Newcombe's "
        f"{100 * found.level:g} % interval, Fisher's exact p, adjusted for the table (Holm).",
        columns=(
            Column(name="label", title="Label"),
            Column(name="left", title="Group"),
            Column(name="right", title="Less"),
            Column(name="difference", title="Difference", is_number=True),
            Column(name="p", title="p", is_number=True, is_plain=True),
            Column(name="p_holm", title="p, Holm", is_number=True, is_plain=True),
        ),
        rows=tuple(
            (
                words(one.label),
                words(one.left),
                words(one.right),
                _share_cell(one.difference),
                _p(one.p),
                _p(one.p_holm),
            )
            for one in found.differences
        ),
    )


def _share_cell(found: Interval) -> Cell:
    value, low, high = (f"{100 * x:.1f}" for x in (found.value, found.low, found.high))
    return Cell(
        text=f"{value} % ({low} to {high})",
        value=found.value,
        low=found.low,
        high=found.high,
        badges=_COUNTED,
    )


def _over(found: Compared) -> str:
    return f" over {found.asked.baseline}" if found.asked.baseline else ""


def _of(found: Compared) -> str:
    where = f" [{found.readings.where}]" if found.readings.where else ""
    return f"{found.readings.title}{where}"


def _subjects(found: Compared) -> str:
    return f"{found.readings.subject or 'subject'}s"


def _method(found: Compared) -> str:
    is_paired = all(pair.found.is_paired for pair in found.contrasts)
    if not found.readings.is_positive:
        return f"t interval of the {'paired ' if is_paired else ''}differences"
    return f"t interval of the {'paired ' if is_paired else ''}log ratios"


def _adjusted_words(found: Compared) -> str:
    model = found.model
    if model is None:
        return "p adjusted by Holm"
    what = f"{found.readings.subject} + configuration" if model.is_blocked else "configuration"
    scale = "log value" if model.is_log else "value"
    spread = f"residual SD {model.sd:.3g}, {model.df} degrees of freedom"
    if found.adjustment == DUNNETT:
        return f"p and 'all at once' by {scale} = {what} ({spread}), Dunnett"
    return f"p by {scale} = {what} ({spread}), adjusted by Holm"


def _known(found: Compared, value: Interval | None, *, digits: int = 4) -> Cell:
    """A number with its interval under the sign of how it came about."""
    cell = _interval(value, digits=digits)
    return _signed(cell, signs(found.readings.kinds, found.readings.origins))


def _signed(cell: Cell, badges: tuple[Badge, ...]) -> Cell:
    if cell.value is None:
        return cell
    return Cell(text=cell.text, value=cell.value, low=cell.low, high=cell.high, badges=badges)


def _interval(value: Interval | None, *, digits: int) -> Cell:
    if value is None or digits == 4:
        return between(value, why="nothing to compare")
    ends = [f"{x:.{digits - 2}g}" for x in (value.low, value.high)]
    interval = f"({ends[0]} to {ends[1]})" if math.isfinite(value.low) else "(one value)"
    return Cell(
        text=f"{value.value:.{digits}g} {interval}",
        value=value.value,
        low=value.low,
        high=value.high,
    )


def _short(value: Interval | None, *, why: str = "") -> Cell:
    """An effect in three digits, which is more than is known of it."""
    if value is None:
        return missing(EM_DASH, hint=why)
    text = f"{value.value:.3g} ({value.low:.3g} to {value.high:.3g})"
    return Cell(text=text, value=value.value, low=value.low, high=value.high)


def _effect_size(effect: Size | None, *, why: str) -> Cell:
    """With the letter by which the effect goes: dz of pairs, g of groups."""
    cell = _short(effect.size if effect is not None else None, why=why)
    if effect is None:
        return cell
    letter = effect.name.rpartition(" ")[2]
    return Cell(text=f"{letter} {cell.text}", value=cell.value, low=cell.low, high=cell.high)


def _digits(value: float | None) -> Cell:
    if value is None:
        return missing(EM_DASH, hint="cannot be computed from these values")
    return Cell(text=f"{value:.{SHOWN_DIGITS}g}", value=value)


def _p(value: float | None) -> Cell:
    if value is None:
        return missing(EM_DASH, hint="nothing varies, or too little to test")
    is_tiny = value < SMALLEST_P
    return Cell(text=f"<{SMALLEST_P:g}" if is_tiny else f"{value:.2g}", value=value)


def _percent(value: float | None) -> Cell:
    if value is None:
        return missing(EM_DASH, hint="an interval takes two common blocks")
    return Cell(text=f"{100 * value:.3g} %", value=value)
