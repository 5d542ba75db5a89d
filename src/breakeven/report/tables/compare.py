"""Tables of a comparison: ratios first, then samples, tests, analysis of variance and checks."""

from breakeven.analysis.samples.describe import Description
from breakeven.analysis.samples.stats import Interval
from breakeven.analysis.statistics.compared import DUNNETT, Compared
from breakeven.analysis.statistics.contrast import Contrast
from breakeven.analysis.statistics.quantiles import normal_quantiles
from breakeven.analysis.statistics.variance import Effect
from breakeven.report.kinds import signs
from breakeven.report.signs import EM_DASH
from breakeven.report.tables.compare_cells import (
    SHOWN_DIGITS,
    digits,
    effect_size,
    interval,
    p_value,
    percent,
    short,
    under_sign,
)
from breakeven.report.tables.curves import plain
from breakeven.report.tables.table import Cell, Column, Table, words


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
    level = f"{100 * found.asked.level:g} %"
    has_together = any(pair.together is not None for pair in found.contrasts)
    what = "Ratio" if found.readings.is_positive else "Difference"
    together = (
        Column(name="together", title="All at once", is_number=True),
        Column(name="p_adjusted", title=f"p, {found.adjustment}", is_number=True, is_plain=True),
    )
    return Table(
        name="ratios",
        caption=f"{_of(found)}: {what.lower()}{_over(found)}, {_method(found)} ({level}); "
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
        p_value(pair.p),
        *((_known(found, pair.together),) if together else ()),
        p_value(pair.p_adjusted),
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
        _known(found, told.mean, n_digits=SHOWN_DIGITS),
        digits(told.median),
        digits(told.low),
        digits(told.high),
        plain(told.sd),
        plain(told.cv),
        plain(shape.w if shape is not None else None),
        p_value(shape.p if shape is not None else None),
    )


def tests_table(found: Compared) -> Table:
    """The test that each pair allows, its effect, and the same by ranks."""
    return Table(
        name="tests",
        caption=f"{_of(found)}: the test that each pair of samples{_over(found)} allows"
        + (
            ", on logarithms as the ratio is"
            if found.readings.is_positive
            else ", on logarithms where both lie above 0"
        )
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
            Column(name="why", title="Why this test"),
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
        p_value(own.p),
        words(effect.name if effect is not None else EM_DASH),
        effect_size(effect, why=own.why),
        words(_SHORT[pair.ranked.test]),
        p_value(pair.ranked.p),
        short(pair.ranked.delta),
        words(own.why),
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
        digits(effect.f),
        p_value(effect.p),
        digits(effect.eta_squared),
        digits(seen.w if seen is not None else None),
        p_value(seen.p if seen is not None else None),
        digits(seen.greenhouse_geisser if seen is not None else None),
        p_value(effect.p_greenhouse_geisser),
        digits(seen.huynh_feldt if seen is not None else None),
        p_value(effect.p_huynh_feldt),
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
        p_value(same.p if same is not None else None),
        words(EM_DASH if same is None else "yes" if same.is_shown else "no"),
    )
    return (
        words(pair.left),
        words(pair.right),
        words(found.readings.subjects[moved.block] if moved is not None else EM_DASH),
        _known(found, moved.without if moved is not None else None),
        percent(advice.half_width if advice is not None else None),
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
                p_value(seen.trend_p),
                plain(seen.lag_1),
                p_value(seen.lag_1_p),
                plain(seen.n_runs),
                p_value(seen.runs_p),
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
            (words(name), plain(point.quantile), plain(point.standardised), digits(point.value))
            for name, own in samples.items()
            for point in normal_quantiles(list(own.values()))
        ),
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


def _known(found: Compared, value: Interval | None, *, n_digits: int = 4) -> Cell:
    """A number with its interval under the sign of how it came about."""
    cell = interval(value, n_digits=n_digits)
    return under_sign(cell, signs(found.readings.kinds, found.readings.origins))
