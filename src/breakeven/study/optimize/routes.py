"""Routes: the pathways of a search: those of the study, cut ones, and both as exported graphs."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from breakeven.records import Scalar, Stage
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
    for name, row in _cut(block):
        stages.append(row)
        pathways[name] = PathwayBlock(row=row.name)
    for name, row in list(_exported(block.optimize.exports, stages, pathways)):
        stages.append(row)
        pathways[name] = PathwayBlock(row=row.name)
    return block.model_copy(update={"stages": stages, "pathways": pathways})


def baseline_of(block: StudyBlock) -> str:
    """Pathway that a search compares with: the one named, else the first that is run."""
    named = block.optimize.baseline if block.optimize else ""
    return named or next(name for name, pathway in block.pathways.items() if pathway.row)


def _cut(block: StudyBlock) -> Iterator[tuple[str, StageBlock]]:
    assert block.optimize is not None
    base = baseline_of(block)
    pathway = block.pathways.get(base)
    if pathway is None or pathway.row is None:
        return
    for depth in block.optimize.depths:
        yield (
            f"{base} {depth} layers",
            _row(
                f"{pathway.row}-{depth}",
                Stage.FINETUNE,
                pathway.row,
                {**block.optimize.refit, "n_layers": depth, "trained": "head"},
            ),
        )


def _exported(
    exports: Sequence[Mapping[str, Scalar | list[Scalar]]],
    stages: Sequence[StageBlock],
    pathways: Mapping[str, PathwayBlock],
) -> Iterator[tuple[str, StageBlock]]:
    made = {row.name for row in stages if row.stage in _MADE}
    for (name, pathway), export in product(pathways.items(), exports):
        if pathway.row is None or pathway.row in made:
            continue
        for settings in _each(export):
            told = "-".join(str(value) for value in settings.values()).replace("=", "-")
            yield (
                f"{name} {told}"[:60],
                _row(f"{pathway.row}-{told}"[:60], Stage.EXPORT, pathway.row, settings),
            )


def _each(settings: Mapping[str, Scalar | list[Scalar]]) -> Iterator[dict[str, Scalar]]:
    values = [value if isinstance(value, list) else [value] for value in settings.values()]
    for chosen in product(*values):
        yield dict(zip(settings, chosen, strict=True))


def _row(name: str, stage: Stage, start: str, settings: Mapping[str, Scalar]) -> StageBlock:
    told = {"name": name, "stage": str(stage), "from": start, **settings}
    return StageBlock.model_validate(told)
