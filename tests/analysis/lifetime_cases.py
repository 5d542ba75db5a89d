"""Made-up lives: pathways of a few rows with plain numbers, so that answers can be had by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from click.testing import CliRunner

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.lifetime import Lives, Terms, lives_of
from breakeven.analysis.lifetime.terms import PLAIN
from breakeven.analysis.runs.rows import RowCost
from breakeven.analysis.runs.select import ScoredRun
from breakeven.analysis.scoring.scores import PathwayScore
from breakeven.analysis.uncertain import Observation, Uncertain
from breakeven.cli import group
from breakeven.records import (
    Item,
    Kind,
    Origin,
    PathwayDefinition,
    Resource,
    Score,
    Stage,
    StudyDefinition,
)

COST = Resource.CPU_S
N_TOKENS = 13_504 * 256


def amount(value: float, *, sd: float = 0.0, df: float = 5.0, half: float = 0.0) -> Uncertain:
    """A cost with scatter, or with a resolution of so much to either side."""
    variance = sd**2 if sd else half**2 / 3
    return Uncertain(
        value=value,
        low=value - half,
        high=value + half,
        variance=variance,
        curvature=sd**4 / df,
        kinds=(Kind.MEASURED,),
        origins=(Origin.LIVE,),
    )


def pathway(
    name: str,
    rows: Mapping[str, Uncertain],
    use: Sequence[float] | float,
    *,
    score: float | None = None,
) -> PathwayCost:
    """A pathway whose last row is deployed; `use` by block, or one exact number."""
    values = [use] if isinstance(use, int | float) else list(use)
    return PathwayCost(
        definition=PathwayDefinition(name=name, row=list(rows)[-1]),
        rows=tuple(
            RowCost(row=row, stage=Stage.FINETUNE, runs=(), amounts={COST: a}, unseen={})
            for row, a in rows.items()
        ),
        blocks={
            COST: {
                block: Observation(
                    value=v,
                    low=v,
                    high=v,
                    kinds=(Kind.MEASURED,),
                    origins=(Origin.LIVE,),
                    run_ids=(),
                )
                for block, v in enumerate(values)
            }
        },
        startup={},
        scored=None if score is None else _scored(score),
        is_finished=True,
        is_baseline=False,
    )


def _scored(value: float) -> PathwayScore:
    score = Score(
        metric="accuracy", value=value, split="test", n_examples=1000, n_correct=round(1000 * value)
    )
    return PathwayScore(seeds=(ScoredRun(score=score, run_id="r"),), repeats=(0,))


def lives(pathways: Sequence[PathwayCost], terms: Terms = PLAIN, *, volume: float = 100.0) -> Lives:
    """Their lives in CPU seconds."""
    definition = StudyDefinition(
        name="made up",
        pathways=tuple(p.definition for p in pathways),
        metric="accuracy",
        headline=COST,
        item=Item.EXAMPLE,
        planned_volume=volume,
    )
    return lives_of(definition, pathways, COST, terms)


def published(shared_dir: Path, store: Path) -> Path:
    """Table 1 of Dürlich et al. 2023, imported by the command into a store."""
    table = shared_dir / "published" / "durlich2023" / "table1.csv"
    options = ("--n-items", str(N_TOKENS), "--item", "padded_token", "--date", "2023")
    planned = ("--planned-volume", "1e9", "--headline", "energy_j")
    words = ["import", "table", str(table), "--store", str(store), *options, *planned]
    done = CliRunner().invoke(group, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return store
