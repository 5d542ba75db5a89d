"""Model cards: `co2_eq_emissions` in the front matter of a README.md.

The hub defines it as grams of CO2e, a number or a mapping (its page on carbon emissions);
sentence-transformers writes kWh and hours beside it. It is what somebody stated: no card says which
grid factor of which year is in it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from breakeven.errors import DataFileError
from breakeven.records import (
    Cost,
    Kind,
    Note,
    NoteCode,
    Origin,
    Resource,
    Run,
    Settings,
    Stage,
    Status,
)
from breakeven.store.importers.content import Content, read_content
from breakeven.store.importers.ledgers.imported import (
    Asked,
    Imported,
    LeftOut,
    amount,
    imported_note,
    run_id_of,
    work_phase,
)
from breakeven.store.importers.ledgers.lines import Line
from breakeven.store.importers.ledgers.moments import NO_TIME, written_at
from breakeven.units import J_PER_KWH, S_PER_H

WHAT = "a model card (README.md that begins with --- and names co2_eq_emissions)"
FIELD = "co2_eq_emissions"
_KG_PER_G = 1e-3
_AMOUNTS = ("emissions", "energy_consumed", "hours_used")
_KEPT = (
    *("source", "training_type", "geographical_location", "hardware_used", "on_cloud"),
    *("cpu_model", "ram_total_size"),
)
_RELEASE = ("license", "base_model", "library_name", "pipeline_tag")
"""Keys of the card that say what was released, and from what it was made."""

_UNIT = "the hub defines grams; cards that state kilograms exist, so see whether {} g can be right"
_STAGES = {
    "pre-training": Stage.PRETRAIN,
    "pretraining": Stage.PRETRAIN,
    "fine-tuning": Stage.FINETUNE,
    "finetuning": Stage.FINETUNE,
}


def read_model_card(path: Path, asked: Asked) -> Imported:
    """Read what a card says of the training of its model.

    Args:
        path: The README.md.
        asked: What the user says of the training.

    Raises:
        DataFileError: If it is no card, says nothing of emissions, or a value is no amount.
    """
    content = read_content(path, what=WHAT)
    front = _front_matter(content)
    if FIELD not in front:
        raise DataFileError(
            f"{path}: the card has no {FIELD}; it names {', '.join(map(str, front))[:120]}. Ask "
            "whoever made the model, or use another source of its cost."
        )
    said = _said(content, front[FIELD])
    name = _name(path, front)
    stage = asked.stage or _STAGES.get(said.text("training_type").lower(), Stage.STATED)
    started_at = written_at(path)
    costs = list(_costs(said))
    carbon = [cost for cost in costs if cost.resource is Resource.CARBON_KGCO2E]
    seen = [cost for cost in costs if cost.resource is not Resource.CARBON_KGCO2E]
    phases = work_phase(started_at, seen)
    run = Run(
        run_id=run_id_of("model card", name, content.content_hash),
        study=asked.study,
        row=asked.row or name,
        stage=stage,
        status=Status.OK,
        started_at=started_at,
        settings=Settings(resolved={**_kept(said), **_release(front)}),
        phases=phases,
        counts=tuple(carbon if phases else costs),
        notes=tuple(_notes(path, said)),
    )
    return Imported(
        tool="a model card",
        runs=(run,),
        left_out=tuple(_left_out(front, asked, said, stage)),
        remarks=(_UNIT.format(said.cells["emissions"]), NO_TIME),
    )


def _front_matter(content: Content) -> Mapping[object, object]:
    lines = content.text.splitlines()
    if lines[0].strip() != "---":
        raise DataFileError(f"{content.path}:1: {lines[0][:40]!r} is no `---`; expected {WHAT}.")
    ends = [i for i, line in enumerate(lines) if i and line.strip() == "---"]
    if not ends:
        raise DataFileError(
            f"{content.path}: no second `---` ends the front matter; the file was cut off, or it "
            "is no card."
        )
    text = "\n".join(lines[1 : ends[0]])
    if sum(line.startswith(f"{FIELD}:") for line in lines[1 : ends[0]]) > 1:
        raise DataFileError(f"{content.path}: {FIELD} stands twice; keep one of the two.")
    try:
        # Scalars as text: their digits say how far they are known.
        found = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - makes text only
    except RecursionError as error:
        raise DataFileError(
            f"{content.path}: the front matter is nested too deep to be read; expected {WHAT}."
        ) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 + (mark.line if mark is not None else 0)
        raise DataFileError(
            f"{content.path}:{line}: the front matter is no YAML "
            f"({getattr(error, 'problem', 'cannot be read')}); expected {WHAT}."
        ) from error
    if not isinstance(found, dict):
        raise DataFileError(f"{content.path}: the front matter holds no keys; expected {WHAT}.")
    return found


def _said(content: Content, found: object) -> Line:
    """What stands under the field, as cells."""
    place = f"{content.path}: {FIELD}"
    known = (*_AMOUNTS, *_KEPT)
    cells: dict[str, str] = {}
    for name, value in (found if isinstance(found, dict) else {"emissions": found}).items():
        if name not in known:
            raise DataFileError(
                f"{place}: {name!r} is none of its keys, and its unit would be a guess; expected "
                f"{', '.join(known)}. Delete it, or take it with `breakeven import table`."
            )
        if not isinstance(value, str):
            raise DataFileError(
                f"{place}.{name} holds {value!r}; expected one number or text. Sum up or choose."
            )
        cells[name] = value.strip()
    if not cells.get("emissions"):
        raise DataFileError(
            f"{place} names no emissions; expected grams of CO2e, a number or emissions: NUMBER."
        )
    return Line(place=place, cells=cells)


def _costs(said: Line) -> Iterator[Cost]:
    source = said.text("source") or "source not named"
    for name, resource, factor, kind in (
        ("hours_used", Resource.DURATION_S, S_PER_H, Kind.MEASURED),
        ("energy_consumed", Resource.ENERGY_J, J_PER_KWH, Kind.MODELLED),
        ("emissions", Resource.CARBON_KGCO2E, _KG_PER_G, Kind.ASSUMED),
    ):
        if (found := said.amount(name)) is not None:
            yield amount(
                resource,
                found,
                kind=kind,
                sensor=f"model card ({source[:60]})",
                channel="wall" if resource is Resource.DURATION_S else "all",
                factor=factor,
                origin=Origin.PUBLISHED,
            )


def _notes(path: Path, said: Line) -> Iterator[Note]:
    yield imported_note("the author of the card", path.name, f"Its source: {_source(said)}.")
    yield Note(
        code=NoteCode.ASSUMED_NUMBERS,
        message=f"{said.text('emissions')} g of CO2e are stated, without grid factor, its year or "
        f"PUE (place: {said.text('geographical_location') or 'not named'}).",
        advice="Treat them as an order of magnitude; compute carbon from joules where there are "
        "any.",
    )
    if said.amount("energy_consumed") is not None:
        yield Note(
            code=NoteCode.MODELLED,
            message="kWh of a card are modelled as far as it tells: no sensor is named.",
            advice="Compare seconds, or ask for emissions.csv and import that.",
        )


def _source(said: Line) -> str:
    return said.text("source") or "not named"


def _name(path: Path, front: Mapping[object, object]) -> str:
    """Name of the model: the card's own, else of the folder that holds it."""
    index = front.get("model-index")
    first = index[0] if isinstance(index, list) and index else {}
    named = first.get("name") if isinstance(first, dict) else None
    return str(named or front.get("model_name") or path.resolve().parent.name or path.stem)


def _kept(said: Line) -> dict[str, str | int | float | bool]:
    return {f"card.{name}": said.text(name) for name in _KEPT if said.text(name)}


def _release(front: Mapping[object, object]) -> dict[str, str | int | float | bool]:
    return {
        f"card.{name}": ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name in _RELEASE
        if (value := front.get(name))
    }


def _left_out(
    front: Mapping[object, object], asked: Asked, said: Line, stage: Stage
) -> Iterator[LeftOut]:
    if "model-index" in front:
        yield LeftOut(
            what="model-index", why="scores without their scale, or the number of examples behind"
        )
    kept = {FIELD, "model-index", *_RELEASE}
    others = [str(name) for name in front if name not in kept]
    if others:
        yield LeftOut(what=", ".join(others), why="says nothing of cost")
    if asked.stage is None and stage is Stage.STATED:
        told = said.text("training_type") or "not named"
        yield LeftOut(
            what=f"stage (training_type {told})",
            why="is neither pre-training nor fine-tuning; say --stage",
        )
