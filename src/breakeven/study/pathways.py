"""Pathways: the named ends of a study's development, each a row that is run or stated numbers."""

from collections.abc import Sequence

from breakeven.errors import UnknownNameError
from breakeven.study.lines import Document
from breakeven.study.schema import StatedBlock, StudyBlock
from breakeven.study.spec import Pathway, StageRow, Stated


def build_pathways(
    document: Document, block: StudyBlock, rows: Sequence[StageRow]
) -> tuple[Pathway, ...]:
    """Check what each pathway of a file ends in.

    Args:
        document: The file, to name its lines.
        block: The same, validated.
        rows: That a pathway may end in.

    Raises:
        StudyFileError: If one ends in nothing, in two things or in an unknown row, or there are
            none; names file and line.
    """
    names = [row.name for row in rows]
    found = []
    for name, pathway in block.pathways.items():
        place = ("pathways", name)
        if (pathway.row is None) == (pathway.stated is None):
            raise document.error(
                place, f"pathway {name!r} needs either `row` or `stated`, not both"
            )
        if pathway.row is not None and pathway.row not in names:
            error = UnknownNameError("row", pathway.row, names)
            raise document.error(place, f"pathway {name!r}: {error}")
        found.append(
            Pathway(
                name=name,
                row=pathway.row or f"{name}/stated",
                description=pathway.description,
                stated=_stated(document, name, pathway.stated) if pathway.stated else None,
            )
        )
    if not found:
        raise document.error(("pathways",), "pathways is empty; name at least one")
    return tuple(found)


def _stated(document: Document, name: str, block: StatedBlock) -> Stated:
    if block.per_token and block.tokens_per_example is None:
        raise document.error(
            ("pathways", name, "stated", "per_token"),
            f"pathway {name!r}: per_token needs tokens_per_example; add it",
        )
    per_example = dict(block.per_example)
    for resource, value in block.per_token.items():
        tokens = block.tokens_per_example or 0.0
        per_example[resource] = per_example.get(resource, 0.0) + value * tokens
    return Stated(
        source=block.source if block.year is None else f"{block.source}, {block.year}",
        development=block.development,
        per_example=per_example,
        tokens_per_example=block.tokens_per_example,
        score=block.score,
        score_examples=block.score_examples,
    )
