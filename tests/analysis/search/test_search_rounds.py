"""What a search finds on benches whose truth is known, and what it spends."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.analysis.search.made_up import REFERENCE, MadeUpBench, grid

from breakeven.analysis.search.answer import answer
from breakeven.analysis.search.bench import Floats
from breakeven.analysis.search.cell import Cell, cell_of
from breakeven.analysis.search.front import Aim
from breakeven.analysis.search.rounds import search_cells
from breakeven.analysis.search.rules import Rules, Step, usual_steps
from breakeven.analysis.search.standing import Round, Searched
from breakeven.errors import NothingMeasuredError
from breakeven.records import Resource


class LateBench(MadeUpBench):
    """Sees that one cell breaks a limit only once it answers everything."""

    broken_by = ""

    def answers(self, cells: Sequence[Cell], *, n_examples: int) -> list[Floats]:
        if n_examples == self.n_selection:
            self.reached = {self.broken_by: {Resource.PEAK_MEMORY_BYTES: 2.0}}
        return super().answers(cells, n_examples=n_examples)


class FailingBench(MadeUpBench):
    """Loses one cell on more than a few examples."""

    failing = ""

    def cost(self, cells: Sequence[Cell], *, n_examples: int, n_blocks: int) -> list[Floats]:
        if n_examples > 64:
            self.broken = {self.failing: "out of memory"}
        return super().cost(cells, n_examples=n_examples, n_blocks=n_blocks)


class SourceBench(MadeUpBench):
    """Every cell but the reference gets the first quarter of the examples wrong."""

    def answers(self, cells: Sequence[Cell], *, n_examples: int) -> list[Floats]:
        lost = (np.arange(n_examples) >= n_examples // 4).astype(float)
        return [np.ones(n_examples) if cell == REFERENCE else lost for cell in cells]


CELLS, COSTS, QUALITY = grid()
RULES = Rules(max_drop=0.01)


def made_up(seed: int = 0) -> MadeUpBench:
    return MadeUpBench(costs=COSTS, quality=QUALITY, seed=seed)


def searched(seed: int = 0) -> tuple[Searched, MadeUpBench]:
    bench = made_up(seed)
    rules = replace(RULES, seed=seed)
    return search_cells(CELLS, bench, reference=REFERENCE, rules=rules), bench


@pytest.fixture(scope="module")
def many() -> list[tuple[Searched, MadeUpBench]]:
    """Searches with other noise and other choices."""
    return [searched(seed) for seed in range(20)]


def test_a_tenth_of_the_full_grid_is_spent_at_most(
    many: list[tuple[Searched, MadeUpBench]],
) -> None:
    shares = [found.spent / bench.full_cost(CELLS, n_blocks=2) for found, bench in many]

    assert len(CELLS) == 300
    assert np.median(shares) <= 0.1
    assert max(shares) <= 0.2


def test_the_cheapest_that_keeps_quality_is_chosen_in_most_seeds(
    many: list[tuple[Searched, MadeUpBench]],
) -> None:
    """The true one takes 1.08 ms and loses 0.2 or 0.3 points; all cheaper ones lose 2 or more."""
    aim = Aim(max_drop=0.01, n_examples=7600)
    names = [answer(f, aim, np.random.default_rng(i)).chosen.name for i, (f, _) in enumerate(many)]
    groups = {cell.name: cell.alike for cell in CELLS}

    assert sum(COSTS[name] <= 1.1 * 1.08e-3 for name in names) >= 17
    assert sum(QUALITY[groups[name]] < 0.88 for name in names) <= 1


def test_what_is_far_better_than_all_cheaper_ones_is_hardly_ever_lost(
    many: list[tuple[Searched, MadeUpBench]],
) -> None:
    """Something within 10 % of the least cost of each level of quality stays."""
    lost = [
        (cost, quality)
        for found, _ in many
        for cost, quality in ((0.504e-3, 0.80), (0.756e-3, 0.869), (1.08e-3, 0.887))
        if not any(
            COSTS[s.cell.name] <= 1.1 * cost and QUALITY[s.cell.alike] >= quality
            for s in found.stayed
        )
    ]

    assert len(lost) <= 1


def test_the_same_seed_searches_the_same() -> None:
    one, two = searched(3)[0], searched(3)[0]

    assert [s.cell.name for s in one.standing] == [s.cell.name for s in two.standing]
    assert [s.left for s in one.standing] == [s.left for s in two.standing]
    assert one.rounds == two.rounds
    assert one.spent == two.spent


def test_what_rounds_spent_adds_up_to_all_that_was_spent() -> None:
    found, bench = searched()

    assert sum(done.spent for done in found.rounds) == pytest.approx(bench.spent)
    assert found.spent == bench.spent


def test_every_cell_is_standing_skipped_or_failed_and_the_reference_always_stays() -> None:
    found, _ = searched()
    names = {s.cell.name for s in found.standing}

    assert len(names) + len(found.skipped) == len(CELLS) == found.n_cells
    assert not names & found.skipped.keys()
    assert found.reference.left == ""
    assert all(done.n_measured >= done.n_left + 1 for done in found.rounds)


def test_skipped_cells_say_what_they_are_dearer_than_and_are_dearer_in_truth() -> None:
    found, _ = searched()
    wrong = 0
    for name, reason in found.skipped.items():
        rival = reason.partition(" as dear as ")[2]
        wrong += bool(rival) and COSTS[name] <= COSTS[rival]

    assert found.foretold is not None
    assert found.foretold.n_skipped == len(found.skipped) > 50
    assert wrong / len(found.skipped) <= 0.05


def test_predictions_are_held_against_what_was_measured_afterwards() -> None:
    told = searched()[0].foretold

    assert told is not None
    assert told.checked_frac is not None
    assert 0.05 < told.checked_frac < 0.6
    assert told.n_checked > 50


def test_a_cell_that_breaks_a_limit_leaves_and_brings_back_those_it_had_replaced() -> None:
    small, large = (
        cell_of("ov8", {"max_length": 128, "batch_size": n, "padding": "longest"}) for n in (8, 32)
    )
    bench = MadeUpBench(
        costs=COSTS,
        quality=QUALITY,
        noise=0.01,
        reached={large.name: {Resource.LATENCY_P50_S: 0.3}},
    )
    rules = replace(RULES, limits={Resource.LATENCY_P99_S: 0.2})

    found = search_cells([small, large], bench, reference=REFERENCE, rules=rules)

    left = {s.cell.name: s.left for s in found.standing}
    assert left[large.name] == ("latency_p50_s is 0.3, above the limit of 0.2 for latency_p99_s")
    assert left[small.name] == ""


def test_what_made_way_early_comes_back_when_a_limit_is_seen_to_be_broken_late() -> None:
    small, large = (
        cell_of("ov8", {"max_length": 128, "batch_size": n, "padding": "longest"}) for n in (4, 32)
    )
    bench = LateBench(costs=COSTS, quality=QUALITY, noise=0.01)
    bench.broken_by = large.name
    rules = replace(RULES, limits={Resource.PEAK_MEMORY_BYTES: 1.0})

    found = search_cells([small, large], bench, reference=REFERENCE, rules=rules)

    assert [s.cell.name for s in found.stayed] == [REFERENCE.name, small.name]
    assert [done.step.n_examples for done in found.rounds] == [64, 256, 872, 872]


def test_that_one_source_is_answered_better_does_not_tell_as_much_as_many_examples() -> None:
    """A source of four is missed in 32 % of draws, and then the cheaper cell is as good."""
    cheap = cell_of("ov8", {"max_length": 128, "batch_size": 32, "padding": "longest"})
    rules = replace(RULES, steps=(Step(n_examples=64, n_blocks=2),))
    shares = [
        search_cells(
            [cheap],
            SourceBench(costs=COSTS, quality=QUALITY, noise=0.01, together=together),
            reference=REFERENCE,
            rules=rules,
        ).reference.front
        for together in (1, 16)
    ]

    assert shares[0] > 0.99
    assert shares[1] == pytest.approx(1 - 0.75**4, abs=0.12)


def test_a_cell_that_cannot_be_run_is_left_out_with_its_reason() -> None:
    gone = cell_of("ort8", {"max_length": 128, "batch_size": 8, "padding": "longest"})
    bench = MadeUpBench(costs=COSTS, quality=QUALITY, broken={gone.name: "no such backend"})

    found = search_cells([gone], bench, reference=REFERENCE, rules=RULES)

    assert found.failed == {gone.name: "no such backend"}
    assert [s.cell.name for s in found.standing] == [REFERENCE.name]


def test_a_cell_that_fails_in_a_later_round_is_let_go() -> None:
    fine, late = (
        cell_of("ov8", {"max_length": 128, "batch_size": n, "padding": "longest"}) for n in (16, 32)
    )
    bench = FailingBench(costs=COSTS, quality=QUALITY)
    bench.failing = late.name

    found = search_cells([fine, late], bench, reference=REFERENCE, rules=RULES)

    left = {s.cell.name: s.left for s in found.standing}
    assert left[late.name] == "could not be run: out of memory"
    assert left[fine.name] == ""


def test_without_a_reference_there_is_no_search() -> None:
    bench = MadeUpBench(costs=COSTS, quality=QUALITY, broken={REFERENCE.name: "out of memory"})

    with pytest.raises(NothingMeasuredError, match=r"could not be run \(out of memory\)"):
        search_cells(CELLS[:2], bench, reference=REFERENCE, rules=RULES)


def test_rounds_are_told_as_they_end() -> None:
    told: list[Round] = []

    search_cells(CELLS[:3], made_up(), reference=REFERENCE, rules=RULES, on_round=told.append)

    assert [done.step for done in told] == list(usual_steps(872))


def test_the_usual_rounds_end_on_all_examples() -> None:
    assert usual_steps(20) == (Step(n_examples=20, n_blocks=2),)
    assert usual_steps(64) == (Step(n_examples=64, n_blocks=2),)


def test_a_cell_is_named_by_what_differs() -> None:
    assert Cell(route="FT", settings={"sorted": True}).name == "FT/sorted=true"
    assert Cell(route="FT", settings={"sorted": True}).alike == "FT"


def test_a_small_chance_is_enough_to_leave_between_the_first_round_and_the_last_alone() -> None:
    kept, found = (
        search_cells(
            CELLS, made_up(), reference=REFERENCE, rules=replace(RULES, leave_between=share)
        )
        for share in (RULES.leave_below, RULES.leave_between)
    )

    first = slice(0, 2)  # what is measured to foretell, and what that left
    assert found.rounds[first] == kept.rounds[first]
    assert found.rounds[2].n_left > kept.rounds[2].n_left
    last = {s.front for s in found.stayed if s.cell != REFERENCE}
    assert RULES.leave_below <= min(last) < RULES.leave_between
