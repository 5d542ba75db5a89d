"""Optimum tables: what a search found and claims, its front, and what could not be run."""

from collections.abc import Iterator

from breakeven.analysis.certificates.certificate_words import (
    factor_down,
    loss_number,
    margin_words,
)
from breakeven.analysis.results import StudyAnalysis
from breakeven.analysis.words import item_words, resource_words
from breakeven.records import Certificate, Estimate, FrontPoint, Kind, Optimum
from breakeven.report.kinds import badges, signs
from breakeven.report.optimum_words import flattered, front_words, optimum_sentences, verdict_of
from breakeven.report.quantity import (
    WORDS,
    common_scale,
    format_estimate,
    format_loss,
    format_probability,
    format_ratio,
    format_score,
    format_volume,
)
from breakeven.report.signs import EM_DASH, TIMES
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words

_Row = tuple[Cell, ...]


def optimum_tables(analysis: StudyAnalysis) -> Iterator[Table]:
    """Tables of the search for the cheapest inference; none without one."""
    if analysis.optimum is not None:
        yield _answer_table(analysis.optimum)
        yield front_table(analysis.optimum)
        yield _failed_table(analysis.optimum)


def front_table(found: Optimum) -> Table:
    """Every configuration that stayed to the end, cheapest first.

    Args:
        found: By the search.
    """
    costs = [p.cost.value for p in found.front if p.cost.value is not None]
    scale = common_scale(costs, found.resource)
    return Table(
        name="optimum_front",
        caption=f"Configurations that stayed to the end of the search, {flattered(found)}. "
        f"{front_words(found)}",
        columns=(
            Column(name="configuration", title="Configuration"),
            Column(name="role", title="Role"),
            Column(name="times_cheaper", title="Times cheaper", is_number=True),
            Column(name="loss", title="Loss", is_number=True),
            Column(name="front", title="P(on the front)", is_number=True, is_plain=True),
            Column(name="power", title="P(certified)", is_number=True, is_plain=True),
            Column(
                name=f"per_{found.item}_{found.resource}",
                title=f"{WORDS[found.resource].title} each",
                is_number=True,
            ),
            Column(name=found.metric, title="Quality", is_number=True, is_plain=True),
        ),
        rows=tuple(
            (
                words(p.name),
                words(_role(found, p)),
                *_against(found, p),
                Cell(text=format_probability(p.front), value=p.front),
                _power_cell(found, p),
                number(p.cost, format_estimate(p.cost, found.resource, scale=scale)),
                _quality_cell(found, p),
            )
            for p in found.front
        ),
    )


def _against(found: Optimum, point: FrontPoint) -> tuple[Cell, Cell]:
    if point.name == found.reference.name:
        itself = missing(EM_DASH, hint="everything else is compared with it")
        return itself, itself
    return (
        number(point.factor, format_ratio(point.factor)),
        number(point.loss, format_loss(point.loss, found.metric)),
    )


def _power_cell(found: Optimum, point: FrontPoint) -> Cell:
    if point.name == found.reference.name:
        return missing(EM_DASH, hint="it is what others are certified against")
    return Cell(text=format_probability(point.power), value=point.power)


def _quality_cell(found: Optimum, point: FrontPoint) -> Cell:
    """Its interval is that of the loss: all answered the same examples."""
    seen = Estimate(
        name=found.metric,
        value=point.quality,
        method="mean over the examples of the search",
        n=point.loss.n,
        kinds=point.loss.kinds,
        origins=point.loss.origins,
    )
    return number(seen, format_score(seen, found.metric))


def _role(found: Optimum, point: FrontPoint) -> str:
    if point.name == found.reference.name:
        return "reference"
    return "chosen" if point.name == found.chosen.name else EM_DASH


def _answer_table(found: Optimum) -> Table:
    return Table(
        name="optimum",
        caption="What the search for the cheapest inference found, and what is certified of it.",
        columns=(
            Column(name="what", title="What"),
            Column(name="value", title="Value", is_number=True),
            Column(name="rests_on", title="Rests on"),
        ),
        rows=tuple(_answer_rows(found)),
    )


def _answer_rows(found: Optimum) -> Iterator[_Row]:
    yield words("configuration"), words(found.chosen.name), words(found.study)
    yield words("certificate"), words(verdict_of(found)), words(_why(found))
    if found.certificate is not None:
        yield from _certificate_rows(found.certificate)
    spent = number(found.spent, format_estimate(found.spent, found.resource))
    yield (
        words(f"{resource_words(found.resource)} of the search ({found.resource})"),
        spent,
        words(found.spent.method),
    )
    yield words(f"repaid from ({item_words(found.item)})"), _repaid(found), words(_repaid_by(found))


def _why(found: Optimum) -> str:
    return " ".join(optimum_sentences(found))


def _repaid_by(found: Optimum) -> str:
    return found.repaid_sentence or EM_DASH


def _repaid(found: Optimum) -> Cell:
    if found.repaid is None:
        return missing(EM_DASH, hint="nothing cheaper was found")
    return number(found.repaid, format_volume(found.repaid), hint=found.repaid_sentence)


SUPPOSED = "in 80 % of cases if as much differs and nothing is lost"


def _certificate_rows(proof: Certificate) -> Iterator[_Row]:
    saving, loss = proof.saving, proof.loss
    counted, modelled = badges(loss), signs([Kind.MODELLED], [])
    at_least = f"{saving.value:.3g}{TIMES} (at least {factor_down(saving.low)}{TIMES})"
    at_most = f"{loss_number(proof, loss.value)} (at most {loss_number(proof, loss.high, up=True)})"
    yield words("times cheaper"), number(saving, at_least), words(saving.method)
    yield words(f"loss of {proof.metric}"), number(loss, at_most), words(loss.method)
    for name, value, text, how in (
        ("may be lost", proof.max_drop, margin_words(proof, proof.max_drop), "asked for"),
        (
            "smallest margin shown",
            proof.smallest_margin,
            loss_number(proof, proof.smallest_margin, up=True),
            "the bound of the loss",
        ),
        (
            "margin that so many examples show",
            proof.resolution,
            loss_number(proof, proof.resolution, up=True),
            SUPPOSED,
        ),
        ("examples", proof.n_examples, f"{proof.n_examples:,}", f"{proof.split} split"),
        ("sources of examples", proof.n_groups, f"{proof.n_groups:,}", f"{proof.split} split"),
    ):
        badge = {"asked for": (), SUPPOSED: modelled}.get(how, counted)
        yield words(name), Cell(text=text, value=value, badges=badge), words(how)
    yield words("about so many more examples"), _more(proof), words("if the loss is what was seen")


def _more(proof: Certificate) -> Cell:
    if proof.n_more is None:
        return missing("no number would do", hint="the loss that was seen may not be lost")
    modelled = signs([Kind.MODELLED], [])
    return Cell(text=f"{proof.n_more:,}", value=proof.n_more, badges=modelled)


def _failed_table(found: Optimum) -> Table:
    return Table(
        name="optimum_failed",
        caption="Configurations that could not be run, and why.",
        columns=(
            Column(name="configuration", title="Configuration"),
            Column(name="why", title="Why"),
        ),
        rows=tuple((words(name), words(why)) for name, why in found.failed.items()),
    )
