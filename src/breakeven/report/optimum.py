"""Optimum: what the first screen says of a search for the cheapest inference."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from breakeven.analysis.certificates.certificate_words import (
    factor_down,
    loss_number,
    margin_words,
    more_words,
)
from breakeven.analysis.scoring.metric_words import metric_words
from breakeven.analysis.words import counted, item_words, one_item, resource_words
from breakeven.records import Certificate, Optimum
from breakeven.report.answer_facts import Fact
from breakeven.report.kinds import badges
from breakeven.report.optimum_words import (
    doubts_of,
    flattered,
    label_of,
    optimum_sentences,
    reasons_of,
    search_sentences,
    title_of,
    verdict_of,
)
from breakeven.report.quantity import (
    format_estimate,
    format_loss,
    format_probability,
    format_ratio,
    format_volume,
)
from breakeven.report.signs import TIMES


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimumAnswer:
    """What the first screen says of a search.

    Attributes:
        label: What the title is.
        title: The choice, or that nothing cheaper was found.
        chosen: Name of the choice; the reference where nothing is cheaper.
        verdict: Whether it was certified, in two words.
        lead: Why, in a sentence.
        doubts: What to know before believing it.
        facts: Saving, loss, margin, what searching cost.
        sentences: What else is to be known.
        failed: Each reason why configurations could not be run, and how many those were.
    """

    label: str
    title: str
    chosen: str
    verdict: str
    lead: str
    doubts: tuple[str, ...]
    facts: tuple[Fact, ...]
    sentences: tuple[str, ...]
    failed: Mapping[str, int]


def optimum_answer(found: Optimum) -> OptimumAnswer:
    """Put what a search found on one screen.

    Args:
        found: From the store.
    """
    lead, *others = optimum_sentences(found)
    verdict, doubts = verdict_of(found), doubts_of(found)
    return OptimumAnswer(
        label=label_of(found),
        title=title_of(found),
        chosen=found.chosen.name,
        verdict=verdict,
        lead=lead.removeprefix(f"{verdict.capitalize()}: "),
        doubts=doubts,
        facts=(*_certified_facts(found), *_search_facts(found)),
        sentences=(*(told for told in others if told not in doubts), *search_sentences(found)),
        failed=reasons_of(found),
    )


def _certified_facts(found: Optimum) -> Iterator[Fact]:
    if found.certificate is not None:
        yield from _facts_of(found.certificate)
    elif found.is_cheaper:
        yield from _seen_facts(found)


def _facts_of(proof: Certificate) -> Iterator[Fact]:
    per = f" per {one_item(proof.item)}" if proof.resource.is_additive else ""
    loss = loss_number(proof, proof.loss.value)
    yield Fact(
        name="saving",
        label=f"{resource_words(proof.resource)}{per}, saved",
        text=f"{proof.saving.value:.3g}{TIMES} (at least {factor_down(proof.saving.low)}{TIMES})",
        detail=f"{proof.reference} over the choice, in {counted(proof.saving.n, 'fresh block')}",
        badges=badges(proof.saving),
    )
    yield Fact(
        name="loss",
        label=f"{metric_words(proof.metric)}, lost",
        text=f"{loss} (at most {loss_number(proof, proof.loss.high, up=True)})",
        detail=f"on {proof.n_examples:,} {proof.split} examples; "
        f"{margin_words(proof, proof.max_drop)} may be lost",
        badges=badges(proof.loss),
    )
    yield Fact(
        name="margin",
        label="Loss ruled out",
        text=f"{loss_number(proof, proof.smallest_margin, up=True)} (and above)",
        detail=more_words(proof)
        or f"as many other examples would rule out "
        f"{loss_number(proof, proof.resolution, up=True)} in 80 % of cases if nothing is lost",
        badges=badges(proof.loss),
    )


def _seen_facts(found: Optimum) -> Iterator[Fact]:
    yield Fact(
        name="saving",
        label=f"{resource_words(found.resource)} saved, {flattered(found)}",
        text=format_ratio(found.chosen.factor),
        detail=f"{found.reference.name} over the choice",
        badges=badges(found.chosen.factor),
    )
    yield Fact(
        name="loss",
        label=f"{metric_words(found.metric)} lost, on the same",
        text=format_loss(found.chosen.loss, found.metric),
        detail=f"P(its certificate would be granted) {format_probability(found.chosen.power)}",
        badges=badges(found.chosen.loss),
    )


def _search_facts(found: Optimum) -> Iterator[Fact]:
    yield Fact(
        name="spent",
        label="The search took",
        text=format_estimate(found.spent, found.resource),
        detail=f"{resource_words(found.resource)}; {found.n_measured} of "
        f"{counted(found.n_cells, 'configuration')} measured",
        badges=badges(found.spent),
    )
    if found.repaid is not None and found.repaid.value is not None:
        with_it = ", certificate included" if found.certificate else ""
        yield Fact(
            name="repaid",
            label=f"Repaid after{with_it}",
            text=format_volume(found.repaid),
            detail=item_words(found.item),
            badges=badges(found.repaid),
        )
