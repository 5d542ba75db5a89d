"""Certificate words: what a verdict says, never more than its bounds do.

An upper bound is rounded up and a lower one down, and a margin is called shown only where the
unrounded bound lies below it.
"""

import math

from breakeven.analysis.certificates.saving import SEEN_HERE, is_certifiable
from breakeven.analysis.scoring.metric_words import FRACTIONS, metric_words
from breakeven.analysis.words import counted, less_of, one_item, resource_words
from breakeven.records import Certificate, Estimate


def reason_words(found: Certificate) -> str:
    """Say in one sentence why a certificate is granted or not.

    Args:
        found: Everything but its reason.

    Examples:
        >>> from breakeven.testing.certificates import example_certificate
        >>> reason_words(example_certificate())
        'Granted: int8 takes at least 1.96 times less CPU time per example than FT and loses at \
most 0.3 points of accuracy, below the 1 point that may be lost (95 % sure of each).'
    """
    if found.granted:
        return (
            f"Granted: {found.candidate} takes at least {factor_down(found.saving.low)} times "
            f"{_less(found)} than {found.reference} and loses at most "
            f"{loss_words(found, found.loss.high, up=True)}, below the "
            f"{margin_words(found, found.max_drop)} that may be lost ({_sure(found)} of each)."
        )
    doubts = (_kinds_doubt(found), _saving_doubt(found), _loss_doubt(found))
    return f"Not shown: {'; and '.join(doubt for doubt in doubts if doubt)}."


def certificate_sentences(found: Certificate) -> tuple[str, ...]:
    """Say everything a reader should know: verdict, quality, cost, what more data would do, doubts.

    Examples:
        >>> from breakeven.testing.certificates import example_certificate
        >>> for sentence in certificate_sentences(example_certificate()):
        ...     print(sentence)
        Granted: int8 takes at least 1.96 times less CPU time per example than FT and loses at \
most 0.3 points of accuracy, below the 1 point that may be lost (95 % sure of each).
        On 1,000 test examples that its choice did not see, FT and int8 are right on the same \
ones: a loss of 0 points of accuracy, at most 0.3 points.
        In 3 blocks FT took 2.05 times as much CPU time per example, at least 1.96 (measured).
        These answers rule out a loss of 0.3 points or more. Answers to as many other examples \
would rule out 0.3 points in 80 % of cases, if as many differ and nothing is lost (modelled).
        Note: the saving rests on 3 blocks only, so its lower bound lies far below it wherever \
costs scatter. Measure 5 or more blocks for the certificate.
    """
    sentences = (
        found.reason,
        _quality_sentence(found),
        _cost_sentence(found),
        _margin_sentence(found),
        more_words(found),
        f"The reference ran with {found.against}." if found.against else "",
        *(f"Note: {note.message} {note.advice}" for note in found.notes),
    )
    return tuple(sentence for sentence in sentences if sentence)


def more_words(found: Certificate) -> str:
    """Say about how many more examples would show the loss to be small enough; "" where it is.

    Examples:
        >>> from breakeven.testing.certificates import example_certificate
        >>> more_words(example_certificate())
        ''
    """
    if found.n_more == 0:
        return ""
    if_equal = f"if {found.candidate} loses nothing in truth, about {_about(found.n_more_if_equal)}"
    if found.n_more is None:
        return (
            "No number of examples would show the margin if the loss is what was seen; "
            f"{if_equal} more would."
        )
    return (
        f"About {_about(found.n_more)} more examples would show the margin in 80 % of cases if the "
        f"loss is what was seen; {if_equal}."
    )


def margin_words(found: Certificate, margin: float) -> str:
    """Write a loss or margin in the unit people read it in, as it is.

    Examples:
        >>> from breakeven.testing.certificates import example_certificate
        >>> margin_words(example_certificate(), 0.005)
        '0.5 points'
    """
    scale, unit = _unit(found)
    number = f"{margin * scale:.6g}"
    return f"{number}{unit if number != '1' else unit.rstrip('s')}"


def loss_words(found: Certificate, loss: float | None, *, up: bool = False) -> str:
    """Write a loss of the metric with its name, rounded up where it is an upper bound.

    Examples:
        >>> from breakeven.testing.certificates import example_certificate
        >>> loss_words(example_certificate(), 0.012301, up=True)
        '1.24 points of accuracy'
    """
    return f"{loss_number(found, loss, up=up)} of {metric_words(found.metric)}"


def loss_number(found: Certificate, loss: float | None, *, up: bool = False) -> str:
    """Write a loss of the metric in its unit, rounded to hundredths of a point, a bound upwards.

    Examples:
        >>> from breakeven.testing.certificates import example_certificate
        >>> loss_number(example_certificate(), 0.012301, up=True)
        '1.24 points'
    """
    assert loss is not None
    scale, unit = _unit(found)
    rounded = _rounded_up(loss, below=found.max_drop) if up else round(loss, _DIGITS)
    return f"{rounded * scale:.6g}{unit}"


_DIGITS = 4


def _rounded_up(loss: float, *, below: float) -> float:
    """With as few digits as keep it below the margin where it is."""
    for digits in range(_DIGITS, _DIGITS + 5):
        scale = 10.0**digits
        rounded = math.ceil(loss * scale - 1e-6) / scale
        if rounded < below or loss >= below:
            break
    return rounded


def _unit(found: Certificate) -> tuple[float, str]:
    """Factor to what people read, and what stands behind the number."""
    if found.metric in FRACTIONS:
        return 100.0, " points"
    return 1.0, ""


def factor_down(factor: float | None) -> str:
    """Write a factor with three digits, rounded down.

    Examples:
        >>> factor_down(13.489), factor_down(0.0)
        ('13.4', '0')
    """
    if factor is None or factor <= 0:
        return "0"
    scale = 10 ** (2 - math.floor(math.log10(factor)))
    return f"{math.floor(factor * scale + 1e-9) / scale:g}"


def _less(found: Certificate) -> str:
    item = f" per {one_item(found.item)}" if found.resource.is_additive else ""
    return f"{less_of(found.resource)}{item}"


def _sure(found: Certificate) -> str:
    return f"{found.level * 100:g} % sure"


def _kinds_doubt(found: Certificate) -> str:
    kinds = found.saving.kinds
    what, origins = resource_words(found.resource), found.saving.origins
    if is_certifiable(kinds, origins):
        return ""
    if is_certifiable(kinds):
        return (
            f"the {what} is {' and '.join(origins)}, and only what was measured in these blocks "
            "shows a saving; measure both"
        )
    return (
        f"the {what} is {' and '.join(kinds)}, and only a measured or counted cost shows a saving; "
        "certify a saving in time or CPU time"
    )


def _saving_doubt(found: Certificate) -> str:
    saving = found.saving
    if saving.low is not None and saving.low > found.min_saving:
        return ""
    if saving.n < 2:
        return "one block tells nothing of how costs scatter; measure five or more"
    return (
        f"{found.reference} took {_factor(saving)} times as much {resource_words(found.resource)}, "
        f"at least {factor_down(saving.low)}, where more than {found.min_saving:g} was asked"
    )


def _loss_doubt(found: Certificate) -> str:
    loss, margin = found.loss, margin_words(found, found.max_drop)
    assert loss.value is not None
    assert loss.high is not None
    if loss.high < found.max_drop:
        return ""
    if loss.value >= found.max_drop:
        return (
            f"the loss that was seen, {loss_words(found, loss.value)}, is not below the {margin} "
            "that may be lost, so no number of examples like these would show it"
        )
    at_most = loss_words(found, loss.high, up=True)
    if found.n_lost == found.n_gained == 0:
        return (
            f"{counted(found.n_examples, 'example')} are too few: without one difference they "
            f"bound the loss at {at_most}, and {margin} may be lost; about "
            f"{_about(found.n_more_if_equal)} more would show it"
        )
    return (
        f"{found.candidate} loses {loss_number(found, loss.value)} and at most "
        f"{at_most}, and {margin} may be lost; about {_about(found.n_more or 0)} more examples "
        "would show it if that is the true loss"
    )


def _quality_sentence(found: Certificate) -> str:
    sources = "" if found.n_groups == found.n_examples else f" from {found.n_groups:,} sources"
    where = f"{found.split} " if found.split else ""
    fresh = " that its choice did not see" if found.is_fresh else ""
    of_all = f" of {found.n_examples + found.n_left_out:,}" if found.n_left_out else ""
    start = f"On {found.n_examples:,}{of_all} {where}examples{sources}{fresh},"
    bound = _seen_loss(found)
    if found.n_lost is None:
        return f"{start} {found.candidate} had {bound}."
    if found.n_lost == found.n_gained == 0:
        return (
            f"{start} {found.reference} and {found.candidate} are right on the same ones: {bound}."
        )
    return (
        f"{start} {found.reference} alone is right on {found.n_lost:,} and {found.candidate} alone "
        f"on {found.n_gained:,}: {bound}."
    )


def _seen_loss(found: Certificate) -> str:
    """The loss that was seen, or the gain, with the bound."""
    at_most = loss_number(found, found.loss.high, up=True)
    assert found.loss.value is not None
    if found.loss.value < 0:
        return f"a gain of {loss_words(found, -found.loss.value)}, a loss of at most {at_most}"
    return f"a loss of {loss_words(found, found.loss.value)}, at most {at_most}"


def _cost_sentence(found: Certificate) -> str:
    item = f" per {one_item(found.item)}" if found.resource.is_additive else ""
    return (
        f"In {counted(found.saving.n, 'block')} {found.reference} took {_factor(found.saving)} "
        f"times as much {resource_words(found.resource)}{item}, at least "
        f"{factor_down(found.saving.low)} ({_source(found.saving)})."
    )


def _margin_sentence(found: Certificate) -> str:
    shown = loss_number(found, found.smallest_margin, up=True)
    usual = loss_number(found, found.resolution, up=True)
    return (
        f"These answers rule out a loss of {shown} or more. Answers to as many other examples "
        f"would rule out {usual} in 80 % of cases, if as many differ and nothing is lost "
        "(modelled)."
    )


def _source(saving: Estimate) -> str:
    """Kinds, and origins where these say that it was not seen here."""
    told = [origin for origin in saving.origins if origin not in SEEN_HERE]
    return ", ".join(" and ".join(words) for words in (saving.kinds, told) if words)


def _factor(saving: Estimate) -> str:
    return f"{saving.value:.3g}"


def _about(n: int) -> str:
    """Two digits are enough for what rests on a guess of the disagreement."""
    if n < 100:
        return f"{n}"
    scale = 10 ** (len(str(n)) - 2)
    return f"{math.ceil(n / scale) * scale:,}"
