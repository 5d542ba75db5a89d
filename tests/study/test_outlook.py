"""The time left of a running study, learned from what has finished."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from breakeven.records import Resource, Run, Status
from breakeven.study import load_study, run_study
from breakeven.study.events import Event, EventKind, Known
from breakeven.study.ledger import Ledger
from breakeven.study.outlook import Outlook
from breakeven.study.runner import execute
from breakeven.study.services import Services
from breakeven.study.spec import Study
from breakeven.study.table import run_table
from breakeven.testing.toy import TOY

Write = Callable[..., Path]


def outlook(study: Study, earlier: tuple[Run, ...] = ()) -> Outlook:
    facts = TOY.describe_task(study.task)
    return Outlook(
        engine=TOY,
        facts=facts.facts,
        table=run_table(study, facts, TOY),
        ledger=Ledger(study=study, data_hash=facts.content_hash),
        earlier=earlier,
        facts_of=lambda _: {},
    )


def test_nothing_is_known_before_anything_finished(toy_study: Study) -> None:
    assert outlook(toy_study).left() == Known()


def test_finished_repeats_tell_of_those_to_come(write_study: Write, tmp_path: Path) -> None:
    study = load_study(write_study())
    earlier = run_study(study, tmp_path / "store")
    more = replace(load_study(write_study(), {"inference.blocks": 5}), name="another")
    known = outlook(more, earlier).left()
    assert (known.n_runs, known.n_in_blocks) == (3 + 5 * 6, 5 * 6)
    assert known.duration_s > 0
    without = outlook(more, earlier).left(lost=frozenset({("base", 0), ("FT/aa", 4)}))
    assert (without.n_runs, without.n_in_blocks) == (2 + 5 * 6 - 1, 5 * 6 - 1)


def test_a_run_that_ended_is_learned_from_at_once(write_study: Write, tmp_path: Path) -> None:
    study = load_study(write_study(), {"stages.ft.repeats": 3})
    first = next(run for run in run_study(study, tmp_path / "store") if run.row == "ft")
    expected = outlook(replace(study, name="another"))
    expected.learn(replace(first, status=Status.FAILED))
    assert expected.left() == Known()
    expected.learn(first)
    assert expected.left().n_runs == 3


def test_events_tell_what_is_known_of_the_runs_left(write_study: Write, tmp_path: Path) -> None:
    events: list[Event] = []
    study = load_study(write_study(), {"inference.sweep": []})
    run_study(study, tmp_path / "store", on_event=events.append)
    planned = next(e for e in events if e.kind is EventKind.PLANNED)
    assert (planned.known, planned.n_left_in_blocks) == (Known(), 6)
    ended = [e.known for e in events if e.kind is EventKind.ENDED and e.block is not None]
    assert [known.n_runs for known in ended][-3:] == [2, 1, 0]
    assert ended[-1] == Known()
    assert ended[-2].duration_s == pytest.approx(ended[-3].duration_s / 2, rel=0.9)


def test_checkpoints_that_stay_loaded_are_not_to_load_again(
    write_study: Write, tmp_path: Path
) -> None:
    study = load_study(write_study(), {"inference.sweep": []})
    events: list[Event] = []
    services = Services()
    for n_blocks in (1, 2):
        more = replace(study, n_blocks=n_blocks)
        execute(more, tmp_path / "store", on_event=events.append, services=services)
    services.close()

    assert [e.n_loads for e in events if e.kind is EventKind.PLANNED] == [2, 0]


def test_what_left_runs_cost_is_told_where_equal_ones_ran(toy_study: Study, tmp_path: Path) -> None:
    told: list[Event] = []
    run_study(toy_study, tmp_path / "store", on_event=told.append)
    ended = [e for e in told if e.kind is EventKind.ENDED and e.n_left]
    half = ended[-1].known  # one run of the second block is left, and all were made in the first

    assert half.n_told[Resource.CPU_S] == ended[-1].n_left == 1
    assert half.amounts[Resource.CPU_S] > 0
    assert Resource.ENERGY_J not in half.amounts
    assert ended[0].known.amounts == {}


def test_a_study_that_goes_on_tells_what_it_had_cost(toy_study: Study, tmp_path: Path) -> None:
    told: list[Event] = []
    runs = run_study(toy_study, tmp_path / "store")
    run_study(toy_study, tmp_path / "store", on_event=told.append)
    begun = told[0].begun

    assert begun is not None
    assert (begun.study, begun.headline) == ("toy", Resource.CPU_S)
    spent = {cost.resource: cost.value for cost in begun.spent}
    cpu_s = [cost.value for run in runs for cost in run.costs(Resource.CPU_S)]
    assert spent[Resource.CPU_S] == pytest.approx(sum(cpu_s))
    assert Resource.ENERGY_J not in spent
