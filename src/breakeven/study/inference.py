"""Inference rows: a reference, an A/A twin of it, and what differs from it, for every pathway.

Where a pathway's own row has repeats, each further one is deployed as well, with the settings of
the reference: what fine-tuning seeds change is then seen on the test split and in the cost of use.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.records import Scalar, Settings, Stage
from breakeven.records.engine import Engine
from breakeven.study.lines import Document, Place
from breakeven.study.presets import PRESET, Preset, find_preset
from breakeven.study.schema import InferenceBlock, StudyBlock
from breakeven.study.spec import AA, REFERENCE, REPEAT, SWEEP, Configuration, Pathway, StageRow

_REDUCTION, _VALUES = "reduction", "values"
_NOT_SETTINGS = ("pathways", "label", _REDUCTION)
_Entry = Mapping[str, Scalar | list[Scalar]]
_MEASURING = ("min_window_s", "n_batches", "warmup", "idle_s")


def reference_settings(document: Document, block: StudyBlock, engine: Engine) -> Settings:
    """Settings of the reference configuration.

    Raises:
        StudyFileError: If the engine refuses them.
    """
    passed = _reference_passed(document, block)
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
    sweep = _Sweep(document=document, block=block, engine=engine, reference=reference)
    sweep.check_names([p.name for p in run])
    found = []
    for pathway in run:
        roles = [REFERENCE] + ([AA] if block.inference.aa and pathway is run[0] else [])
        found += [
            Configuration(pathway=pathway.name, label=role, role=role, settings=reference)
            for role in roles
        ]
        found += _further_repeats(pathway, rows, reference)
        found += [
            Configuration(pathway=pathway.name, label=label, role=SWEEP, settings=settings)
            for label, settings in sweep.of(pathway, known_depth(pathway.row, rows))
        ]
    _refuse_equal_rows(document, found)
    return tuple(found)


def _further_repeats(
    pathway: Pathway, rows: Sequence[StageRow], reference: Settings
) -> Iterator[Configuration]:
    row = next(row for row in rows if row.name == pathway.row)
    for repeat in range(1, row.n_runs):
        yield Configuration(
            pathway=pathway.name,
            label=f"{REPEAT}-{repeat}",
            role=REPEAT,
            settings=reference,
            start_repeat=repeat,
        )


def known_depth(row: str, rows: Sequence[StageRow]) -> int | None:
    """Layers of a row's model, from the study file or a model that lies here; None if unknown."""
    by_name = {r.name: r for r in rows}
    here = by_name[row]
    while True:
        n_layers = here.settings.resolved.get("n_layers", 0)
        if isinstance(n_layers, int) and n_layers > 0:
            return n_layers
        if here.stage is Stage.DISTIL:  # a student's own default
            return None
        if here.model_layers is not None or "start" not in here.parents:
            return here.model_layers
        here = by_name[here.parents["start"]]


def reference_preset(document: Document, block: StudyBlock) -> str:
    """Name and source of the preset of the reference; empty without.

    Raises:
        StudyFileError: If it is unknown or for another stage.
    """
    preset = _preset(document, block.inference)
    return preset.told if preset else ""


def _preset(document: Document, block: InferenceBlock) -> Preset | None:
    if PRESET not in block.reference:
        return None
    try:
        return find_preset(str(block.reference[PRESET]), Stage.INFER)
    except (SettingsError, UnknownNameError) as error:
        place = ("inference", REFERENCE, PRESET)
        raise document.error(place, f"inference.reference: {error}") from error


def _reference_passed(document: Document, block: StudyBlock) -> dict[str, Scalar]:
    inference = block.inference
    preset = _preset(document, inference)
    measuring = {k: v for k in _MEASURING if (v := getattr(inference, k)) is not None}
    given = {k: v for k, v in inference.reference.items() if k != PRESET}
    return {"seed": block.seed, **(preset.settings if preset else {}), **measuring, **given}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sweep:
    """What differs from the reference, entry by entry."""

    document: Document
    block: StudyBlock
    engine: Engine
    reference: Settings

    def check_names(self, runnable: Sequence[str]) -> None:
        """Refuse an entry for a pathway that is not run."""
        for index, entry in enumerate(self.block.inference.sweep):
            for name in _names(entry, runnable):
                if name not in runnable:
                    error = UnknownNameError("pathway that is run", name, runnable)
                    place = ("inference", "sweep", index, "pathways")
                    raise self.document.error(place, f"inference.sweep: {error}")

    def of(self, pathway: Pathway, depth: int | None) -> Iterator[tuple[str, Settings]]:
        """Labels and settings of one pathway's rows; `depth` as far as the file says it."""
        for index, entry in enumerate(self.block.inference.sweep):
            if pathway.name in _names(entry, [pathway.name]):
                yield from self._rows(("inference", "sweep", index), entry, pathway, depth)

    def _rows(
        self, place: tuple[str, str, int], entry: _Entry, pathway: Pathway, depth: int | None
    ) -> Iterator[tuple[str, Settings]]:
        cells = list(_cells(self._changes(place, entry, depth)))
        n_found = 0
        for cell in cells:
            passed = {**self.reference.passed, **cell}
            settings = _resolve(self.document, place, self.engine, passed)
            differing = {
                k: v for k, v in cell.items() if _differs(k, settings, self.reference, depth)
            }
            if not differing:
                continue
            n_found += 1
            _refuse_depth(self.document, place, pathway, settings, depth)
            label = ",".join(f"{k}={_shown(v)}" for k, v in differing.items())
            yield _label(entry, label, len(cells)), settings
        if not n_found:
            raise self.document.error(
                place,
                f"inference.sweep entry {place[2] + 1} equals the reference; change a setting",
            )

    def _changes(self, place: Place, entry: _Entry, depth: int | None) -> _Entry:
        """Settings of an entry; a reduction stands for its setting and the values to try."""
        given = {k: v for k, v in entry.items() if k not in _NOT_SETTINGS}
        if _REDUCTION not in entry:
            return given
        values = given.pop(_VALUES, [])
        reference = dict(self.reference.resolved)
        if depth is not None and reference.get("n_layers") == 0:
            reference["n_layers"] = depth
        try:
            reduced = self.engine.reduce(
                str(entry[_REDUCTION]), reference, values if isinstance(values, list) else [values]
            )
        except (SettingsError, UnknownNameError) as error:
            raise self.document.error((*place, _REDUCTION), f"inference.sweep: {error}") from error
        return {**reduced, **given}


def _differs(key: str, settings: Settings, reference: Settings, depth: int | None) -> bool:
    """Whether a setting changes anything; 0 layers are all of them, as many as `depth`."""
    mine, theirs = settings.resolved[key], reference.resolved[key]
    if key == "n_layers" and depth is not None:
        mine, theirs = mine or depth, theirs or depth
    return mine != theirs


def _label(entry: Mapping[str, object], label: str, n_cells: int) -> str:
    given = entry.get("label")
    if given is None:
        return label
    return str(given) if n_cells == 1 else f"{given},{label}"


def _names(entry: _Entry, runnable: Sequence[str]) -> Sequence[str]:
    given = entry.get("pathways", list(runnable))
    return [str(name) for name in given] if isinstance(given, list) else [str(given)]


def _cells(changes: _Entry) -> Iterator[dict[str, Scalar]]:
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
