"""Inference rows: a reference, an A/A twin of it, and what differs from it, for every pathway."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.records import Scalar, Settings
from breakeven.records.engine import Engine
from breakeven.study.lines import Document, Place
from breakeven.study.schema import InferenceBlock, StudyBlock
from breakeven.study.spec import AA, REFERENCE, SWEEP, Configuration, Pathway, StageRow

_NOT_SETTINGS = ("pathways", "label")
_MEASURING = ("min_window_s", "n_batches", "warmup", "idle_s")


def reference_settings(document: Document, block: StudyBlock, engine: Engine) -> Settings:
    """Settings of the reference configuration.

    Raises:
        StudyFileError: If the engine refuses them.
    """
    passed = _reference_passed(block.inference, block.seed)
    return _resolve(document, ("inference", REFERENCE), engine, passed)


def configurations(
    document: Document,
    block: StudyBlock,
    engine: Engine,
    rows: Sequence[StageRow],
    pathways: Sequence[Pathway],
) -> tuple[Configuration, ...]:
    """List the inference rows of one block, pathway by pathway.

    The A/A twin belongs to the first pathway that is run (STATISTICS: one pair in each plan).

    Raises:
        StudyFileError: If an entry of the sweep cannot be run or changes nothing.
    """
    reference = reference_settings(document, block, engine)
    run = [pathway for pathway in pathways if pathway.stated is None]
    sweep = list(_sweep(document, block, engine, reference, [p.name for p in run]))
    found = []
    for pathway in run:
        roles = [REFERENCE] + ([AA] if block.inference.aa and pathway is run[0] else [])
        found += [
            Configuration(pathway=pathway.name, label=role, role=role, settings=reference)
            for role in roles
        ]
        depth = known_depth(pathway.row, rows)
        for place, names, label, settings in sweep:
            if pathway.name in names:
                _refuse_depth(document, place, pathway, settings, depth)
                found.append(
                    Configuration(pathway=pathway.name, label=label, role=SWEEP, settings=settings)
                )
    _refuse_equal_rows(document, found)
    return tuple(found)


def known_depth(row: str, rows: Sequence[StageRow]) -> int | None:
    """Layers of a row's model as far as the study file says; None when only the model knows."""
    by_name = {r.name: r for r in rows}
    here = by_name[row]
    while True:
        n_layers = here.settings.resolved.get("n_layers", 0)
        if isinstance(n_layers, int) and n_layers > 0:
            return n_layers
        if "start" not in here.parents:
            return None
        here = by_name[here.parents["start"]]


def _reference_passed(block: InferenceBlock, seed: int) -> dict[str, Scalar]:
    measuring = {k: v for k in _MEASURING if (v := getattr(block, k)) is not None}
    return {"seed": seed, **measuring, **block.reference}


def _sweep(
    document: Document,
    block: StudyBlock,
    engine: Engine,
    reference: Settings,
    runnable: Sequence[str],
) -> Iterator[tuple[Place, Sequence[str], str, Settings]]:
    for index, entry in enumerate(block.inference.sweep):
        place = ("inference", "sweep", index)
        names = _names(document, place, entry, runnable)
        changes = {k: v for k, v in entry.items() if k not in _NOT_SETTINGS}
        cells = list(_cells(changes))
        n_found = 0
        for cell in cells:
            settings = _resolve(document, place, engine, {**reference.passed, **cell})
            differing = {k: v for k, v in cell.items() if _differs(k, settings, reference)}
            if not differing:
                continue
            n_found += 1
            label = ",".join(f"{k}={_shown(v)}" for k, v in differing.items())
            yield place, names, _label(entry, label, len(cells)), settings
        if not n_found:
            raise document.error(
                place, f"inference.sweep entry {index + 1} equals the reference; change a setting"
            )


def _differs(key: str, settings: Settings, reference: Settings) -> bool:
    return settings.resolved[key] != reference.resolved[key]


def _label(entry: Mapping[str, object], label: str, n_cells: int) -> str:
    given = entry.get("label")
    if given is None:
        return label
    return str(given) if n_cells == 1 else f"{given},{label}"


def _names(
    document: Document, place: Place, entry: Mapping[str, object], runnable: Sequence[str]
) -> Sequence[str]:
    given = entry.get("pathways", list(runnable))
    names = [str(name) for name in given] if isinstance(given, list) else [str(given)]
    for name in names:
        if name not in runnable:
            error = UnknownNameError("pathway that is run", name, runnable)
            raise document.error((*place, "pathways"), f"inference.sweep: {error}")
    return names


def _cells(changes: Mapping[str, Scalar | list[Scalar]]) -> Iterator[dict[str, Scalar]]:
    values = [v if isinstance(v, list) else [v] for v in changes.values()]
    for cell in product(*values):
        yield dict(zip(changes, cell, strict=True))


def _shown(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _resolve(
    document: Document, place: Place, engine: Engine, passed: Mapping[str, Scalar]
) -> Settings:
    try:
        return Settings(passed=passed, resolved=engine.resolve_inference(passed))
    except (SettingsError, UnknownNameError) as error:
        raise document.error(place, f"{'.'.join(map(str, place[:2]))}: {error}") from error


def _refuse_depth(
    document: Document, place: Place, pathway: Pathway, settings: Settings, depth: int | None
) -> None:
    asked = settings.resolved.get("n_layers", 0)
    if depth is not None and isinstance(asked, int) and asked > depth:
        raise document.error(
            (*place, "n_layers"),
            f"pathway {pathway.name!r}: model has {depth} layers, n_layers={asked} asked; choose "
            f"1..{depth}, or limit the entry with `pathways: [...]`",
        )


def _refuse_equal_rows(document: Document, found: Sequence[Configuration]) -> None:
    names = [configuration.row for configuration in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise document.error(
            ("inference", "sweep"), f"inference.sweep gives {twice[0]!r} twice; remove one"
        )
