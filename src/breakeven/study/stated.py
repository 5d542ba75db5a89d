"""Stated pathways: somebody's numbers as runs of kind `assumed`, so that they join the analysis."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from breakeven.records import (
    Cost,
    Kind,
    Note,
    NoteCode,
    Origin,
    Resource,
    Run,
    Scalar,
    Score,
    Settings,
    Stage,
    Status,
    Volume,
)
from breakeven.study.spec import REFERENCE, Pathway, Stated, Study


def stated_runs(study: Study, pathway: Pathway) -> tuple[Run, Run]:
    """Return a development run and an inference run that carry what was stated.

    The ids follow from the content, so that the same statement is the same pair of runs.

    Raises:
        ValueError: If the pathway is not a stated one.
    """
    stated = pathway.stated
    if stated is None:
        raise ValueError(f"pathway {pathway.name!r} is run, not stated")
    digest = sha256(repr((study.name, pathway.name, stated)).encode()).hexdigest()
    started_at = datetime.now(UTC).isoformat(timespec="milliseconds")
    settings = {"pathway": pathway.name, "task": study.task["name"], **_flat(stated)}
    development = Run(
        run_id=f"stated-{digest[:24]}",
        study=study.name,
        row=pathway.row,
        stage=Stage.STATED,
        status=Status.OK,
        key=digest,
        started_at=started_at,
        settings=Settings(passed=settings, resolved=settings),
        counts=_assumed(stated.development, stated.source),
        notes=(_note(stated),),
    )
    inference = Run(
        run_id=f"stated-{digest[24:48]}",
        study=study.name,
        row=f"{pathway.name}/{REFERENCE}",
        stage=Stage.INFER,
        status=Status.OK,
        key=digest[::-1],
        started_at=started_at,
        settings=Settings(passed=settings, resolved={**settings, "role": REFERENCE}),
        counts=_assumed(stated.per_example, stated.source),
        output=Volume(n_examples=1, n_real_tokens=round(stated.tokens_per_example or 0)),
        scores=_scores(study, stated),
        parents=(development.run_id,),
        notes=(_note(stated),),
    )
    return development, inference


def _flat(stated: Stated) -> dict[str, Scalar]:
    """Everything that was stated, so that a changed statement is noticed."""
    single: dict[str, Scalar | None] = {
        "source": stated.source,
        "tokens_per_example": stated.tokens_per_example,
        "score": stated.score,
        "score_examples": stated.score_examples,
    }
    development = {f"development.{name}": v for name, v in stated.development.items()}
    per_example = {f"per_example.{name}": v for name, v in stated.per_example.items()}
    known = {name: value for name, value in single.items() if value is not None}
    return {**known, **development, **per_example}


def _assumed(amounts: Mapping[Resource, float], source: str) -> tuple[Cost, ...]:
    return tuple(
        Cost(
            resource=resource,
            value=value,
            low=value,
            high=value,
            kind=Kind.ASSUMED,
            channel="stated",
            sensor=source,
            origin=Origin.STATED,
        )
        for resource, value in amounts.items()
    )


def _scores(study: Study, stated: Stated) -> tuple[Score, ...]:
    if stated.score is None:
        return ()
    return (
        Score(
            metric=study.question.metric,
            value=stated.score,
            split="test",
            n_examples=stated.score_examples,
            kind=Kind.ASSUMED,
        ),
    )


def _note(stated: Stated) -> Note:
    return Note(
        code=NoteCode.ASSUMED_NUMBERS,
        message=f"nothing was measured here; the numbers are stated by {stated.source}.",
        advice="Measure the pathway, or weigh its numbers as you weigh their source.",
    )
