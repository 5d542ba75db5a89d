"""Padding: tokens that were computed and meant nothing, in use and in training."""

from collections.abc import Iterator, Sequence

from breakeven.analysis.advice.amounts import at_most, percent
from breakeven.analysis.advice.result import TRAINING, Advice, Basis, Ground, Topic
from breakeven.analysis.runs.rows import TAKEN_FROM_ELSEWHERE
from breakeven.analysis.runs.select import with_role
from breakeven.analysis.uncertain import once
from breakeven.analysis.words import counted, resource_words
from breakeven.records import Estimate, Kind, Origin, Run, Status

LEAST_FRAC = 0.05
"""A twentieth of the tokens is within the scatter of most blocks."""
_WHY = "if cost follows tokens"
_LIKE_LENGTHS = "bucketed"


def padding_advice(ground: Ground) -> Iterator[Advice]:
    """Padding at the reference of each pathway, and in each row of training.

    Args:
        ground: What advice is reckoned from.

    Examples:
        >>> from breakeven.analysis.overview import analyse
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.runs import example_runs
        >>> analysis, found = analyse(*example_runs()), study_runs(*example_runs())
        >>> [each.subject for each in padding_advice(Ground(analysis=analysis, found=found))]
        ['FT', 'TS', 'TA', 'TF-IDF']
    """
    yield from _in_use(ground)
    yield from _in_training(ground)


def waste(runs: Sequence[Run]) -> Estimate | None:
    """Share of the tokens computed that were padding; None where nobody counted.

    Args:
        runs: Whose work is put together.

    Examples:
        >>> from breakeven.records import Stage, Volume
        >>> def run(real: int, computed: int) -> Run:
        ...     return Run(run_id=str(real), stage=Stage.INFER, status=Status.OK, started_at="",
        ...                output=Volume(n_real_tokens=real, n_padded_tokens=computed))
        >>> waste([run(60, 100), run(90, 100)]).value
        0.25
        >>> waste([run(0, 0)]) is None
        True
    """
    seen = [r for r in runs if r.status is Status.OK and r.output.n_padded_tokens]
    computed = sum(run.output.n_padded_tokens for run in seen)
    real = sum(run.output.n_real_tokens for run in seen)
    if not 0 < real <= computed:
        return None
    return Estimate(
        name="share of the tokens computed that is padding",
        value=1 - real / computed,
        method=f"1 - real tokens / computed tokens, over {counted(len(seen), 'run')}",
        n=len(seen),
        kinds=(Kind.COUNTED,),
        origins=once(origin for run in seen for origin in _counted_from(run)),
        run_ids=tuple(run.run_id for run in seen),
    )


def _counted_from(run: Run) -> tuple[Origin, ...]:
    """Tokens come from where all else of a run does: from print, or counted while it ran."""
    costs = (*run.counts, *(cost for phase in run.phases for cost in phase.measurement.costs))
    found = once(cost.origin for cost in costs)
    is_taken = bool(found) and set(found) <= TAKEN_FROM_ELSEWHERE
    return found if is_taken else (Origin.LIVE,)


def _in_use(ground: Ground) -> Iterator[Advice]:
    for pathway in ground.analysis.definition.pathways:
        runs = with_role(ground.found.inference(pathway.name), "reference")
        share, use = waste(runs), ground.use_of(pathway.name)
        if share is None or use is None or (share.value or 0.0) < LEAST_FRAC:
            continue
        left = _left_to_try(ground, pathway.name, runs[0])
        if not left:
            continue
        saves = at_most(share, use, times=ground.volume, why=_WHY)
        yield Advice(
            topic=Topic.PADDING,
            subject=pathway.name,
            pathways=(pathway.name,),
            action=f"Let {pathway.name} read texts of like length together: {' or '.join(left)}.",
            evidence=(
                f"{percent(share.value or 0.0)} of the tokens it computes at the reference are "
                "padding."
            ),
            figure=share,
            basis=Basis.SHARE,
            saves=saves,
            share=ground.share_of(pathway.name, saves),
            caution="At most, if cost follows tokens; add these settings to the sweep to measure.",
            table="sweep",
        )


def _left_to_try(ground: Ground, pathway: str, run: Run) -> list[str]:
    """What neither the reference nor the sweep does already; generation counts no such budget."""
    swept = [c.settings for c in ground.analysis.sweep if c.pathway == pathway]
    used = (run.settings.resolved, *swept)
    is_generation = run.output.n_new_tokens > 0
    ways = {
        "padding to the longest of the batch": any(of.get("padding") == "longest" for of in used),
        "`sorted`": any(of.get("sorted") or of.get("batch_tokens") for of in used),
        "a budget of tokens a batch, which sorts by tokens (`batch_tokens`)": is_generation
        or any(of.get("batch_tokens") for of in used),
    }
    return [way for way, is_done in ways.items() if not is_done]


def _in_training(ground: Ground) -> Iterator[Advice]:
    """Rows that do not already train on batches of texts of like length."""
    rows = {s.row: s for p in ground.analysis.pathways for s in p.stages if s.stage in TRAINING}
    for row, stage in rows.items():
        runs, spent = ground.found.by_row.get(row, ()), stage.totals.get(ground.resource)
        share = waste([run for run in runs if not run.settings.resolved.get(_LIKE_LENGTHS)])
        if share is None or spent is None or (share.value or 0.0) < LEAST_FRAC:
            continue
        users, saves = ground.users_of(row), at_most(share, spent, times=1.0, why=_WHY)
        yield Advice(
            topic=Topic.PADDING,
            subject=row,
            pathways=users,
            action=f"Let {row} train on batches of texts of like length (`{_LIKE_LENGTHS}`).",
            evidence=(
                f"{percent(share.value or 0.0)} of the tokens that {row} computed were padding; it "
                f"takes {_part(ground, users[0], spent)}."
            ),
            figure=share,
            basis=Basis.SHARE,
            saves=saves,
            share=ground.share_of(users[0], saves),
            caution="At most, if cost follows tokens; batches of like length are less mixed.",
            table="stages",
        )


def _part(ground: Ground, pathway: str, spent: Estimate) -> str:
    cost, life = resource_words(ground.resource), ground.life_of(pathway)
    if not life or spent.value is None:
        return f"{cost} of the development of {pathway}"
    return f"{percent(spent.value / life)} of the {cost} of {pathway}'s planned life"
