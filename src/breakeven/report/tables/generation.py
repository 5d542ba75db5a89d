"""Generation tables: how fast prompts are read and continued, and what both cost."""

from collections.abc import Iterator, Sequence

from breakeven.analysis.sweeps.generation import GenerationCost, generation_costs, per_second
from breakeven.records import Estimate, Resource, Run
from breakeven.report.quantity import WORDS, format_estimate, format_volume
from breakeven.report.tables.table import Cell, Column, Table, missing, number, words

NOT_TOLD = "the whole generation was not measurably more than prefill alone"


def generation_tables(runs: Sequence[Run]) -> Iterator[Table]:
    """Speeds, then costs, of every row that generates; nothing where none does.

    Args:
        runs: Of a study.
    """
    found = generation_costs(runs)
    if not found:
        return
    yield _speeds([cost for cost in found if cost.resource is Resource.DURATION_S])
    yield _costs(found)


def _speeds(costs: Sequence[GenerationCost]) -> Table:
    titles = {
        "first_token_s": "Time to first token",
        "further_token_s": "Time per further token",
        "prompt_tokens_per_s": "Prompt tokens per second",
        "new_tokens_per_s": "New tokens per second",
    }
    return Table(
        name="generation",
        caption="How fast prompts are read (prefill) and continued (decode). The first two columns "
        "are a batch's mean wait, the others tokens of all its prompts.",
        columns=(
            Column(name="row", title="Row"),
            *(Column(name=name, title=title, is_number=True) for name, title in titles.items()),
        ),
        rows=tuple(
            (
                words(cost.row),
                _amount(cost.prefill, Resource.DURATION_S),
                _amount(cost.step, Resource.DURATION_S),
                _speed(cost.per_prompt_token, "prompt tokens per second"),
                _speed(cost.per_new_token, "new tokens per second"),
            )
            for cost in costs
        ),
    )


def _costs(costs: Sequence[GenerationCost]) -> Table:
    return Table(
        name="generation_costs",
        caption="What a token of a prompt costs to read and a further one to say. Prefill includes "
        "tokenizing and the first new token; decode is the whole less prefill.",
        columns=(
            Column(name="row", title="Row"),
            Column(name="resource", title="Cost"),
            Column(name="per_prompt_token", title="Per prompt token", is_number=True),
            Column(name="per_new_token", title="Per new token", is_number=True),
        ),
        rows=tuple(
            (
                words(cost.row),
                Cell(text=WORDS[cost.resource].title, value=cost.resource.value),
                _amount(cost.per_prompt_token, cost.resource),
                _amount(cost.per_new_token, cost.resource),
            )
            for cost in costs
        ),
    )


def _amount(estimate: Estimate | None, resource: Resource) -> Cell:
    if estimate is None:
        return missing("not told apart", hint=NOT_TOLD)
    return number(estimate, format_estimate(estimate, resource))


def _speed(time: Estimate | None, name: str) -> Cell:
    if time is None:
        return missing("not told apart", hint=NOT_TOLD)
    speed = per_second(time, name)
    if speed is None:
        return missing("no bound", hint="the interval of the time it takes reaches, or nearly, 0")
    return number(speed, format_volume(speed))
