"""Card rows: the questions of the climate performance model card, each answered or left unknown.

The rows are those that Hershcovich et al. 2022 ask for at least (availability, time of the final
model, time of all experiments, energy, place) and those they encourage (energy mix, CO2 of the
phases), as Dürlich et al. 2023, section 2, tell them. The card as published asks for power where
Dürlich et al. name energy, and for the benefit of the work; both have a row. An unknown row says
what would fill it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from breakeven.analysis.impacts.dated import Dated
from breakeven.analysis.impacts.footprint import Footprint
from breakeven.analysis.impacts.sentences import NOT_COVERED
from breakeven.analysis.impacts.strubell import draw_words
from breakeven.analysis.words import listed, one_item, stage_words
from breakeven.records import Estimate, Kind, Origin, Resource
from breakeven.report.documents.basis import ALL, FINAL, NOT_TRAINING, USE, Basis
from breakeven.report.documents.hardware import hardware_words, statuses_words
from breakeven.report.kinds import Badge, badges, signs
from breakeven.report.tables.impact import amount_text

MORE = "more"
STATED = signs([Kind.ASSUMED], [Origin.STATED])
_BY_AUTHOR = "stated by the author"
_SENSOR = (
    "run with an energy sensor (`breakeven doctor` names those of this machine), or model energy "
    "from time by --watts"
)
_GRID = "give --grid CODE (`breakeven impact --list-grids`), or --factor with year and source"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """One question of the card.

    Attributes:
        letter: Place in the minimum card, `a` to `e`; `more` for what is encouraged beside.
        name: For machines, with its unit.
        question: For people.
        answer: Text with unit and interval; empty where nobody knows.
        estimate: The number, in SI; None for words.
        badges: How it came about.
        rests_on: What the answer rests on, or what it leaves out.
        to_know: What would fill it; empty where it is filled.
    """

    letter: str
    name: str
    question: str
    answer: str = ""
    estimate: Estimate | None = None
    badges: tuple[Badge, ...] = ()
    rests_on: str = ""
    to_know: str = ""

    @property
    def is_known(self) -> bool:
        """Whether anything can be said."""
        return bool(self.answer)


def card_rows(found: Basis) -> tuple[CardRow, ...]:
    """Every row of the card, in its order.

    Args:
        found: What it rests on.
    """
    return (
        _public(found),
        _time_of_final_model(found),
        _time_of_all(found),
        _energy_of_all(found),
        _location(found),
        _power(found),
        *_further_energy(found),
        *_mix(found),
        *_carbon(found),
        _hardware(found),
        CardRow(
            letter=MORE,
            name="not_covered",
            question="What do these numbers leave out?",
            answer=listed(NOT_COVERED),
            rests_on="see the methods for what each sensor leaves out",
        ),
        CardRow(
            letter=MORE,
            name="benefit",
            question="Which benefit to the environment is expected of this work?",
            to_know="no record knows it: write it here by hand, or that none is expected",
        ),
    )


def _told(row: CardRow, answer: str, *, rests_on: str) -> CardRow:
    """The row with what somebody stated; unknown where nobody did."""
    if not answer:
        return row
    return replace(row, answer=answer, badges=STATED, rests_on=rests_on, to_know="")


def _counted(
    row: CardRow,
    estimate: Estimate | None,
    resource: Resource,
    *,
    lead: str = "",
    rests_on: str = "",
) -> CardRow:
    """The row with a number; unknown without one."""
    if estimate is None or estimate.value is None:
        return row
    return replace(
        row,
        answer=f"{lead}{amount_text(estimate, resource)}",
        estimate=estimate,
        badges=badges(estimate),
        rests_on=rests_on or estimate.method,
        to_know="",
    )


def _public(found: Basis) -> CardRow:
    row = CardRow(
        letter="a",
        name="public",
        question="Is the model publicly available?",
        to_know='say --public "yes, ADDRESS" or --public no',
    )
    return _told(row, found.stated.public, rests_on=_BY_AUTHOR)


def _time_of_final_model(found: Basis) -> CardRow:
    stage = found.deployed
    row = CardRow(
        letter="b",
        name="final_model_duration_s",
        question="How long did the training of the final model take?",
        to_know="the deployed row trains nothing; what other rows trained is in row c"
        if stage in NOT_TRAINING
        else "nothing here timed the training of the deployed row; measure it, or import its "
        "log (`breakeven import`)",
    )
    phase = found.phases.get(FINAL)
    did = f" ({stage_words(stage)})" if stage is not None else ""
    return _counted(
        row,
        None if phase is None else phase.subject.duration,
        Resource.DURATION_S,
        rests_on=f"one run of the deployed row{did}; what it was made from is in row c",
    )


def _time_of_all(found: Basis) -> CardRow:
    row = CardRow(
        letter="c",
        name="all_experiments_duration_s",
        question="How long did all experiments take, search and failures included?",
        to_know="no run of this study was timed",
    )
    return _counted(
        row,
        found.phases[ALL].subject.duration,
        Resource.DURATION_S,
        lead="at least " if found.n_unseen(Resource.DURATION_S) else "",
        rests_on=f"{statuses_words(found.statuses)}, each paid once; what was run outside this "
        "store is not in it",
    )


def _energy_of_all(found: Basis) -> CardRow:
    row = CardRow(
        letter="d",
        name="all_experiments_energy_j",
        question="How much energy did all experiments take?",
        to_know=_SENSOR,
    )
    whole = found.phases[ALL]
    beside = "; no PUE was given" if whole.at_building is None else ""
    how = "" if whole.energy is None else f"{whole.energy.method}; at the computers{beside}"
    lead = _at_least(found)
    return _counted(row, whole.energy, Resource.ENERGY_J, lead=lead, rests_on=how)


def _at_least(found: Basis) -> str:
    """What stands before sums over all runs where some of them had no joules."""
    whole = found.phases[ALL]
    is_part = whole.energy is not None and found.n_unseen(
        Resource.DURATION_S if whole.is_modelled else Resource.ENERGY_J
    )
    return "at least " if is_part else ""


def _location(found: Basis) -> CardRow:
    grids = [by.place for by in found.stated.assumed.grids if by.place]
    beside = f" (the grid was given as that of {listed(grids)})" if grids else ""
    row = CardRow(
        letter="e",
        name="location",
        question="Where were the computations performed?",
        to_know=f'say --location "TOWN, COUNTRY"; nothing guesses where a machine stands{beside}',
    )
    return _told(row, found.stated.location, rests_on=_BY_AUTHOR)


def _power(found: Basis) -> CardRow:
    """Mean power of all experiments: of the sensors where every run had one, else as stated."""
    row = CardRow(
        letter=MORE, name="power_w", question="What power did the computers draw?", to_know=_SENSOR
    )
    whole, draws = found.phases[ALL], found.stated.assumed.draws
    if whole.is_modelled:
        return _told(row, draw_words(draws), rests_on="--watts; energy is modelled from it")
    energy, duration = whole.energy, whole.subject.duration
    is_part = found.n_unseen(Resource.ENERGY_J) or found.n_unseen(Resource.DURATION_S)
    if energy is None or duration is None or not duration.value or is_part:
        lack = "some runs had no joules or no time, and a mean would mix them: as row d"
        return replace(row, to_know=lack) if is_part and energy is not None else row
    mean_w = (energy.value or 0.0) / duration.value
    return replace(
        row,
        answer=f"{mean_w:.3g} W on average over all runs",
        badges=badges(energy),
        rests_on="energy of row d / time of row c; what the sensors leave out is not in it",
        to_know="",
    )


def _further_energy(found: Basis) -> Iterator[CardRow]:
    whole = found.phases[ALL]
    if whole.at_building is not None:
        row = CardRow(
            letter=MORE,
            name="all_experiments_with_overhead_energy_j",
            question="How much energy with cooling and power supply of the building?",
        )
        yield _counted(row, whole.at_building, Resource.ENERGY_J, lead=_at_least(found))
    item = one_item(found.analysis.definition.item)
    for phase, name, question in (
        (FINAL, "final_model_energy_j", "How much energy did training the final model take?"),
        (USE, "use_energy_j_per_item", f"How much energy does one {item} take in use?"),
    ):
        one = found.phases.get(phase)
        lack = "as row b" if one is None else "as row d"
        row = CardRow(letter=MORE, name=name, question=question, to_know=lack)
        yield _counted(row, None if one is None else one.energy, Resource.ENERGY_J)


def _mix(found: Basis) -> Iterator[CardRow]:
    assumed = found.stated.assumed
    row = CardRow(
        letter=MORE, name="energy_mix", question="What was the energy mix there?", to_know=_GRID
    )
    for by in assumed.grids:
        yield _told(row, by.words, rests_on=f"location-based; {by.covers or 'as stated'}")
    if assumed.market is not None:
        yield _told(row, assumed.market.words, rests_on="by contract, market-based")
    if not assumed.grids and assumed.market is None:
        yield row
    if assumed.renewable is not None:
        share = replace(row, name="renewable_share", question="Which part was renewable or offset?")
        beside = "stated beside the gross amounts, never taken off them"
        yield _told(share, assumed.renewable.words, rests_on=beside)


def _carbon(found: Basis) -> Iterator[CardRow]:
    item = one_item(found.analysis.definition.item)
    for phase, name, question in (
        (FINAL, "final_model_carbon_kgco2e", "CO2e of the training of the final model?"),
        (ALL, "all_experiments_carbon_kgco2e", "CO2e of all experiments?"),
        (USE, "use_carbon_kgco2e_per_item", f"CO2e of use, per {item}?"),
    ):
        row = CardRow(letter=MORE, name=name, question=question, to_know=_GRID)
        lead = _at_least(found) if phase == ALL else ""
        yield from _of_factors(row, found.phases.get(phase), lead=lead)


def _of_factors(row: CardRow, one: Footprint | None, *, lead: str) -> Iterator[CardRow]:
    """A row for each factor; one unknown row where there is no energy or no factor."""
    if one is None or one.energy is None:
        lack = "as row b" if one is None else "energy first, as row d; then a grid factor"
        yield replace(row, to_know=lack)
        return
    gross: list[tuple[Dated | None, Estimate]] = list(one.location)
    if one.market is not None:
        gross.append((None, one.market))
    if not gross:
        yield row
    how = "energy x the factor above; no PUE was given"
    if one.at_building is not None:
        how = "energy x PUE x the factor above"
    for by, amount in gross:
        place = "by contract" if by is None else f"{by.place or 'own factor'}, {by.year}"
        asked = replace(row, question=f"{row.question.removesuffix('?')} ({place})?")
        yield _counted(asked, amount, Resource.CARBON_KGCO2E, lead=lead, rests_on=how)


def _hardware(found: Basis) -> CardRow:
    row = CardRow(
        letter=MORE,
        name="hardware",
        question="On which hardware?",
        to_know="the records name no machine, as they were imported or stated",
    )
    told = hardware_words(found.machines)
    if not told:
        return row
    how = "found by the program on each machine that it ran on"
    return replace(row, answer=told, rests_on=how, to_know="")
