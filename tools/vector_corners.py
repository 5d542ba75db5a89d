"""Corners: tiny studies for what the two studies of `tools.vectors` do not have in them.

Printed numbers without scatter, nothing scored, a metric of which less is better, scores that may
be the commonest answer's, one pathway, a threshold of the study's own, equal pathways, models that
were fetched alone, and names that a script could take for its own.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from breakeven.analysis.deciding import Ground, ground_of
from breakeven.records import PathwayDefinition, Resource, Run, Score, Stage, StudyDefinition
from breakeven.testing.tiny import STUDY, Amount, tiny_inference, tiny_run, tiny_score

BASE = "base"
BLOCKS = (0.97, 1.0, 1.04)
"""Factors of the cost per item in three blocks."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One pathway of a corner.

    Attributes:
        name: Of the pathway.
        development: CPU seconds of its own row.
        use: CPU seconds per example; with the half-width of its resolution where it is printed.
        score: None where nothing was scored.
        stage: Of its own row.
        is_based: Whether it rests on a row that others may rest on too.
    """

    name: str
    development: Amount
    use: Amount
    score: Score | None = None
    stage: Stage = Stage.FINETUNE
    is_based: bool = False


def _perplexity(value: float) -> Score:
    return Score(
        metric="perplexity", value=value, split="test", n_examples=500, higher_is_better=False
    )


FT = Line(name="FT", development=100.0, use=6.0, score=tiny_score(842), is_based=True)
TS = Line(name="TS", development=150.0, use=3.0, score=tiny_score(831), is_based=True)
POOR = Line(name="POOR", development=1.0, use=0.1, score=tiny_score(700))
PRINTED = (
    replace(FT, development=(100.0, 5.0), use=(6.0, 0.05)),
    replace(TS, development=(150.0, 5.0), use=(3.0, 0.05)),
)


def _changed(**known: object) -> Callable[[StudyDefinition], StudyDefinition]:
    return lambda definition: replace(definition, **known)  # type: ignore[arg-type]


CORNERS: dict[str, tuple[tuple[Line, ...], Callable[[StudyDefinition], StudyDefinition]]] = {
    "by resolution": ((*PRINTED, POOR), _changed(planned_volume=30.0)),
    "by resolution, not told apart": (PRINTED, _changed(planned_volume=17.0)),
    "unscored": ((replace(FT, score=None), replace(TS, score=None)), _changed()),
    "unscored, one fetched": (
        (replace(FT, score=None), replace(TS, score=None, stage=Stage.FETCH, is_based=False)),
        _changed(planned_volume=17.0),
    ),
    "unscored, alone": ((replace(FT, score=None, stage=Stage.FETCH, is_based=False),), _changed()),
    "less is better": (
        (
            replace(FT, score=_perplexity(20.0)),
            replace(TS, score=_perplexity(20.3)),
            replace(POOR, score=_perplexity(31.25)),
        ),
        _changed(),
    ),
    "not above the commonest": ((FT, TS, POOR), _changed(majority_scores={"accuracy": 0.815})),
    "none above the commonest": ((FT, TS, POOR), _changed(majority_scores={"accuracy": 0.86})),
    "alone": ((FT,), _changed()),
    "alone under a threshold": ((FT,), _changed(min_score=0.8)),
    "threshold of the study": ((FT, TS, POOR), _changed(min_score=0.835)),
    "equal": ((FT, replace(FT, name="TWIN"), POOR), _changed(tolerance=1.0)),
    "two alike": (
        (replace(POOR, score=tiny_score(850)), replace(FT, score=tiny_score(850))),
        _changed(),
    ),
    "one ranked": ((FT, replace(TS, score=None)), _changed()),
    "odd names": (
        (replace(FT, name="__proto__"), replace(TS, name="constructor"), replace(POOR, name="<b>")),
        _changed(),
    ),
}
"""Lines of a study, and what its definition has of its own."""


def corner(name: str) -> Ground:
    """One of the corners.

    Args:
        name: Of `CORNERS`.
    """
    lines, change = CORNERS[name]
    definition = StudyDefinition(
        name=STUDY,
        pathways=tuple(PathwayDefinition(name=line.name, row=_row(line)) for line in lines),
        metric=next((line.score.metric for line in lines if line.score), "accuracy"),
        planned_volume=1000.0,
    )
    runs = [run for line in lines for run in _runs(line)]
    base = tiny_run(BASE, {Resource.CPU_S: 400.0}, stage=Stage.PRETRAIN)
    return ground_of(change(definition), [base, *runs])


def _row(line: Line) -> str:
    return f"{line.name}/own"


def _runs(line: Line) -> Iterator[Run]:
    parents: Sequence[str] = (BASE,) if line.is_based else ()
    amounts = {Resource.CPU_S: line.development}
    yield tiny_run(_row(line), amounts, stage=line.stage, parents=parents)
    scores = () if line.score is None else (line.score,)
    for block, amount in enumerate(_in_blocks(line.use)):
        run = tiny_inference(line.name, {Resource.CPU_S: amount}, block=block)
        yield replace(run, scores=scores)


def _in_blocks(use: Amount) -> tuple[Amount, ...]:
    """A cost per item in each block; what is printed stands once."""
    return (use,) if isinstance(use, tuple) else tuple(use * factor for factor in BLOCKS)
