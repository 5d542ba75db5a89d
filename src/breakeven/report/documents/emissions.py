"""Emissions: `co2_eq_emissions` for the front matter of a model card, and the section below it.

The hub defines the field as grams of CO2e of training, with source, training_type,
geographical_location and hardware_used. It has no room for an interval or for "unknown", so it is
left out wherever energy or a grid factor is: nothing is guessed.
"""

import json
from collections.abc import Iterator, Mapping

import yaml

from breakeven.analysis.words import counted, stage_words
from breakeven.errors import UnknownEmissionsError
from breakeven.records import Estimate, Origin, Resource
from breakeven.report.documents.basis import DEVELOPMENT, TRAINING, Basis
from breakeven.report.documents.brackets import with_brackets
from breakeven.report.documents.card import card_for_people
from breakeven.report.documents.hardware import hardware_words
from breakeven.report.kinds import badges
from breakeven.report.tables.impact import amount_text, kinds_words
from breakeven.report.tables.markdown import in_markdown

FIELD = "co2_eq_emissions"
G_PER_KG = 1e3
_DIGITS = 3
"""Digits of a number that has no interval beside it."""


def why_unknown(found: Basis) -> str:
    """Why no emissions of the training can be stated; empty where they can.

    Args:
        found: What they would rest on.
    """
    one, grids = found.phases.get(DEVELOPMENT), found.stated.assumed.grids
    name = found.pathway.name
    if not found.has_training:
        return (
            f"emissions of {name} are unknown: its rows here ({_stages(found)}) train nothing, and "
            "its training is not in these records"
        )
    if one is None or one.energy is None:
        return (
            f"emissions of {name} are unknown: nobody measured the energy of all of its "
            "development. Run it with a sensor (`breakeven doctor`), or model its energy from time "
            "by --watts"
        )
    if not grids:
        return (
            f"emissions of {name} are unknown: no grid factor was given. Give --grid CODE "
            "(`breakeven impact --list-grids`), or --factor with year and source"
        )
    if len(grids) > 1:
        return (
            f"emissions of {name} are {counted(len(grids), 'number')}, one for each grid, and "
            f"{FIELD} holds one. Give the grid of the place alone"
        )
    return ""


def emissions(found: Basis) -> Mapping[str, object]:
    """What the field holds.

    Args:
        found: What it rests on.

    Raises:
        UnknownEmissionsError: If energy or the grid factor is not known, or there are several.
    """
    if why := why_unknown(found):
        raise UnknownEmissionsError(f"{why}.")
    ((_, gross),) = found.phases[DEVELOPMENT].location
    told = {
        "emissions": float(f"{G_PER_KG * (gross.value or 0.0):.{_DIGITS}g}"),
        "source": one_line(_source(gross)),
        "training_type": _training_type(found),
        "geographical_location": one_line(found.stated.location),
        "hardware_used": one_line(hardware_words(found.machines)),
    }
    return {name: value for name, value in told.items() if value not in {"", None}}


def emissions_yaml(found: Basis) -> str:
    """The field as YAML, for the front matter of a model card.

    Raises:
        UnknownEmissionsError: As `emissions`.
    """
    return _yaml({FIELD: dict(emissions(found))})


def emissions_json(found: Basis) -> str:
    """The same as JSON; null, with the reason, where it is unknown."""
    why = why_unknown(found)
    told = None if why else emissions(found)
    return json.dumps({FIELD: told, "why_unknown": why or None}, indent=1) + "\n"


def model_card(found: Basis) -> str:
    """Front matter and a section of Markdown for the README.md of a model."""
    why = why_unknown(found)
    front = "" if why else f"---\n{emissions_yaml(found)}---\n\n"
    return front + "\n".join(_section(found, why))


def one_line(text: str) -> str:
    """Text on one line, so that none of it ends a front matter or begins a key.

    Examples:
        >>> one_line("GPU" + chr(10) + "---" + chr(10) + "x: y")
        'GPU --- x: y'
    """
    readable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(readable.split())


def _yaml(value: Mapping[str, object]) -> str:
    return str(yaml.safe_dump(dict(value), allow_unicode=True, sort_keys=False, width=10**6))


def _section(found: Basis, why: str) -> Iterator[str]:
    yield "## Environmental impact"
    yield ""
    if why:
        yield f"CO2e of training: unknown ({in_markdown(why)})."
    else:
        ((_, gross),) = found.phases[DEVELOPMENT].location
        yield (
            f"CO2e of training: {amount_text(gross, Resource.CARBON_KGCO2E)} "
            f"({kinds_words(gross)}; {in_markdown(gross.method)}). It counts the development of "
            "one model with all that it rests on: failed and interrupted runs in full, repeats by "
            "their mean. Rows below on the final model count the deployed row alone."
        )
    yield ""
    yield with_brackets(card_for_people(found)).to_markdown()


def _source(gross: Estimate) -> str:
    kinds = "+".join(badge.name for badge in badges(gross))
    replayed = " (replayed, not measured here)" if Origin.REPLAYED in gross.origins else ""
    low, high = (
        None if end is None else f"{G_PER_KG * end:.3g}" for end in (gross.low, gross.high)
    )
    ends = f", {low} to {high} g" if low is not None and high is not None and low != high else ""
    return (
        f"breakeven, {kinds}{replayed}{ends}: {gross.method}; development of one model, failed "
        "runs in full"
    )


def _training_type(found: Basis) -> str:
    """What was trained, ancestors first."""
    return ", ".join(stage_words(stage) for stage in found.stages if stage in TRAINING)


def _stages(found: Basis) -> str:
    return ", ".join(stage_words(stage) for stage in found.stages)
