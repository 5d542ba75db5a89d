"""Tiny runs in one line each, for tests whose answers are worked out by hand.

A number stands for an exact cost; a pair stands for a cost and the half-width of what its sensor
vouches for.
"""

from collections.abc import Mapping, Sequence

from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Origin,
    Phase,
    PhaseName,
    Resource,
    Run,
    Score,
    Settings,
    Stage,
    Status,
    Volume,
)

Amount = float | tuple[float, float]
Amounts = Mapping[Resource, Amount | Cost]

STUDY = "tiny"


def tiny_cost(
    resource: Resource,
    amount: Amount,
    *,
    kind: Kind = Kind.MEASURED,
    origin: Origin = Origin.LIVE,
) -> Cost:
    """Make one cost.

    Examples:
        >>> cost = tiny_cost(Resource.DURATION_S, (69.0, 0.5))
        >>> cost.low, cost.value, cost.high
        (68.5, 69.0, 69.5)
    """
    value, half_width = amount if isinstance(amount, tuple) else (amount, 0.0)
    return Cost(
        resource=resource,
        value=value,
        low=max(0.0, value - half_width),
        high=value + half_width,
        kind=kind,
        channel="all",
        sensor="tiny",
        origin=origin,
    )


def tiny_phase(name: PhaseName, costs: Sequence[Cost]) -> Phase:
    """Make one phase that consumed these costs."""
    return Phase(
        name=name, measurement=Measurement(started_at="", duration_s=1.0, costs=tuple(costs))
    )


def tiny_run(
    row: str,
    amounts: Amounts,
    *,
    stage: Stage = Stage.FINETUNE,
    status: Status = Status.OK,
    parents: Sequence[str] = (),
) -> Run:
    """Make one run of development that did everything in its work phase.

    Its id is the name of its row; use `dataclasses.replace` for anything else.

    Examples:
        >>> tiny_run("ft", {Resource.CPU_S: 3.0}).run_id
        'ft'
    """
    return Run(
        run_id=row,
        stage=stage,
        status=status,
        started_at="",
        study=STUDY,
        row=row,
        phases=(_work(amounts),),
        parents=tuple(parents),
        error=None if status is Status.OK else f"{status.value} on purpose",
    )


def tiny_inference(
    pathway: str,
    amounts: Amounts,
    *,
    label: str = "reference",
    block: int | None = 0,
    n_items: int = 1,
) -> Run:
    """Make one inference run whose work phase consumed `amounts` for `n_items` of every item.

    Examples:
        >>> run = tiny_inference("FT", {Resource.CPU_S: 3.0}, block=2, n_items=10)
        >>> run.row, run.block, run.settings.resolved["role"]
        ('FT/reference', 2, 'reference')
    """
    role = label if label in {"reference", "aa"} else "sweep"
    return Run(
        run_id=f"{pathway}/{label}/{block}",
        stage=Stage.INFER,
        status=Status.OK,
        started_at="",
        study=STUDY,
        row=f"{pathway}/{label}",
        settings=Settings(resolved={"role": role}),
        phases=(_work(amounts),),
        output=Volume(n_examples=n_items, n_real_tokens=n_items, n_padded_tokens=n_items),
        block=block,
    )


def tiny_score(n_correct: int, n_examples: int = 1000, *, metric: str = "accuracy") -> Score:
    """Make an accuracy on the test split.

    Examples:
        >>> tiny_score(831).value
        0.831
    """
    return Score(
        metric=metric,
        value=n_correct / n_examples,
        split="test",
        n_examples=n_examples,
        n_correct=n_correct,
    )


def _work(amounts: Amounts) -> Phase:
    return tiny_phase(
        PhaseName.WORK,
        [a if isinstance(a, Cost) else tiny_cost(r, a) for r, a in amounts.items()],
    )
