"""Routes: the pathways of a search: those of the study, cut ones, both as graphs, adaptive ones."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from breakeven.records import Scalar, Stage
from breakeven.study.optimize.schema import OptimizeBlock
from breakeven.study.schema import PathwayBlock, StageBlock, StudyBlock

_MADE = (Stage.EXPORT, Stage.ADAPT)
"""What these stages make is not exported once more."""


def with_routes(block: StudyBlock) -> StudyBlock:
    """Add the rows and pathways that the block `optimize` asks for.

    Args:
        block: Of the study; without `optimize` it stays as it is.
    """
    if block.optimize is None:
        return block
    stages, pathways = list(block.stages), dict(block.pathways)
    for further in (_cut, _exported, _exiting, _cascades):
        for name, row in list(further(block, stages, pathways)):
            stages.append(row)
            pathways[name] = PathwayBlock(row=row.name)
    return block.model_copy(update={"stages": stages, "pathways": pathways})


def baseline_of(block: StudyBlock) -> str:
    """Pathway that a search compares with: the one named, else the first that is run."""
    named = block.optimize.baseline if block.optimize else ""
    return named or next(name for name, pathway in block.pathways.items() if pathway.row)


_Found = Iterator[tuple[str, StageBlock]]
_Pathways = Mapping[str, PathwayBlock]


def _cut(block: StudyBlock, _: Sequence[StageBlock], pathways: _Pathways) -> _Found:
    assert block.optimize is not None
    base = baseline_of(block)
    if (start := _row_of(pathways, base)) is None:
        return
    for depth in block.optimize.depths:
        yield (
            f"{base} {depth} layers",
            _row(
                f"{start}-{depth}",
                Stage.FINETUNE,
                start,
                {**block.optimize.refit, "n_layers": depth, "trained": "head"},
            ),
        )


def _exported(block: StudyBlock, stages: Sequence[StageBlock], pathways: _Pathways) -> _Found:
    assert block.optimize is not None
    made = {row.name for row in stages if row.stage in _MADE}
    for (name, pathway), export in product(pathways.items(), block.optimize.exports):
        if pathway.row is None or pathway.row in made:
            continue
        for settings in _each(export):
            told = _told(settings)
            made_of = _row(f"{pathway.row}-{told}"[:60], Stage.EXPORT, pathway.row, settings)
            yield _exported_as(name, told), made_of


def _exiting(block: StudyBlock, _: Sequence[StageBlock], pathways: _Pathways) -> _Found:
    """The baseline's model with exits."""
    assert block.optimize is not None
    base = baseline_of(block)
    if (start := _row_of(pathways, base)) is None:
        return
    for exits in block.optimize.exits:
        settings = {**_adapted(block.optimize, "early-exit"), "exits": exits}
        told = exits.replace(" ", "").replace(",", "-")
        row = _row(f"{start}-exits-{told}"[:60], Stage.ADAPT, start, settings)
        yield f"{base} exits {told}"[:60], row


def _cascades(block: StudyBlock, _: Sequence[StageBlock], pathways: _Pathways) -> _Found:
    """The student before the baseline, both as models and both as each graph, likewise."""
    assert block.optimize is not None
    student, base = block.optimize.student, baseline_of(block)
    tolds = (_told(each) for export in block.optimize.exports for each in _each(export))
    for told in ("", *tolds) if student else ():
        small, large = (_exported_as(name, told) for name in (student, base))
        start, fallback = (_row_of(pathways, name) for name in (small, large))
        if start is None or fallback is None:
            continue
        settings = {**_adapted(block.optimize, "cascade"), "fallback": fallback}
        row = _row(f"{start}-first"[:60], Stage.ADAPT, start, settings)
        yield f"{small} first"[:60], row


def _adapted(block: OptimizeBlock, method: str) -> dict[str, Scalar]:
    """Settings of an adaptive model, whose threshold may lose half of what may be lost in all."""
    return {"method": method, "max_drop": block.max_drop / 2}


def _row_of(pathways: _Pathways, name: str) -> str | None:
    pathway = pathways.get(name)
    return None if pathway is None else pathway.row


def _told(settings: Mapping[str, Scalar]) -> str:
    return "-".join(str(value) for value in settings.values()).replace("=", "-")


def _exported_as(name: str, told: str) -> str:
    return f"{name} {told}".strip()[:60]


def _each(settings: Mapping[str, Scalar | list[Scalar]]) -> Iterator[dict[str, Scalar]]:
    values = [value if isinstance(value, list) else [value] for value in settings.values()]
    for chosen in product(*values):
        yield dict(zip(settings, chosen, strict=True))


def _row(name: str, stage: Stage, start: str, settings: Mapping[str, Scalar]) -> StageBlock:
    told = {"name": name, "stage": str(stage), "from": start, **settings}
    return StageBlock.model_validate(told)
