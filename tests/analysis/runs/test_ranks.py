"""Ranks: several processes of one stage are one run, and no device is in it twice."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.analysis.costs.pathways import pathway_cost
from breakeven.analysis.runs.ranks import rolled_up
from breakeven.analysis.runs.select import study_runs
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    NamedWindow,
    Note,
    NoteCode,
    Phase,
    PhaseName,
    Rank,
    Resource,
    Run,
    Scope,
    Score,
    Stage,
    Status,
    StudyDefinition,
    Volume,
)

START = "2024-05-01T12:00:00+00:00"
LATER = "2024-05-01T13:00:00+00:00"


def joules(channel: str, value: float, device: str = "", **more: object) -> Cost:
    cost = Cost.exact(Resource.ENERGY_J, value, kind=Kind.MEASURED, sensor="rapl", channel=channel)
    return replace(cost, device=device, **more)  # type: ignore[arg-type]  # fields of a cost


def seconds(resource: Resource, value: float, channel: str) -> Cost:
    return Cost.exact(resource, value, kind=Kind.MEASURED, sensor="proc", channel=channel)


def memory(value: float) -> Cost:
    return Cost.exact(
        Resource.PEAK_MEMORY_BYTES,
        value,
        kind=Kind.MEASURED,
        sensor="proc",
        channel="process_tree",
    )


def window(*costs: Cost, duration_s: float = 10.0, at: str = START) -> Phase:
    wall = seconds(Resource.DURATION_S, duration_s, "wall")
    seen = Measurement(started_at=at, duration_s=duration_s, costs=(wall, *costs))
    return Phase(name=PhaseName.WORK, measurement=seen)


def rank_run(number: int, *phases: Phase, n_ranks: int = 2, per_node: int = 8) -> Run:
    return Run(
        run_id=f"r{number}",
        row="ft",
        study="s",
        stage=Stage.FINETUNE,
        status=Status.OK,
        started_at=phases[0].measurement.started_at if phases else START,
        phases=phases,
        rank=Rank(
            group="launch",
            rank=number,
            n_ranks=n_ranks,
            local_rank=number % per_node,
            node=f"node{number // per_node}",
        ),
    )


def whole_of(runs: Sequence[Run]) -> Run:
    (whole,) = rolled_up(runs)
    return whole


def value(run: Run, resource: Resource) -> float:
    (cost,) = run.costs(resource)
    return cost.value


def codes(run: Run) -> list[NoteCode]:
    return [note.code for note in run.notes]


def test_what_adds_up_is_summed_and_the_longest_rank_gives_the_duration() -> None:
    run = whole_of(
        [
            rank_run(0, window(seconds(Resource.CPU_S, 8.0, "process_tree"), duration_s=10.0)),
            rank_run(1, window(seconds(Resource.CPU_S, 9.0, "process_tree"), duration_s=12.0)),
        ]
    )
    assert value(run, Resource.CPU_S) == 17.0
    assert value(run, Resource.DURATION_S) == run.phases[0].measurement.duration_s == 12.0
    assert [c.channel for c in run.phases[0].measurement.costs] == [
        "wall",
        "rank 0/process_tree",
        "rank 1/process_tree",
    ]
    assert (run.run_id, run.status, run.rank, codes(run)) == (
        "r0",
        Status.OK,
        None,
        [NoteCode.RANKS_SUMMED],
    )


def test_a_device_keeps_its_name_whichever_rank_owns_it() -> None:
    run = whole_of(
        [
            rank_run(0, window(joules("psys", 100.0, "rapl:psys"))),
            rank_run(1, window(joules("package-0", 70.0, "rapl:package-0", part_of="psys"))),
        ]
    )
    assert value(run, Resource.ENERGY_J) == 100.0
    assert [c.channel for c in run.phases[0].measurement.costs] == ["wall", "psys", "package-0"]


def test_gpus_of_one_name_and_several_devices_are_kept_apart() -> None:
    run = whole_of(
        [
            rank_run(0, window(joules("gpu0", 5.0, "gpu:a"), joules("s", 1.0, check_of="gpu0"))),
            rank_run(1, window(joules("gpu0", 7.0, "gpu:b"), joules("s", 9.0, check_of="gpu0"))),
        ]
    )
    assert value(run, Resource.ENERGY_J) == 12.0
    assert [c.check_of for c in run.phases[0].measurement.costs if c.check_of] == [
        "rank 0/gpu0",
        "rank 1/gpu0",
    ]


def test_a_device_that_two_ranks_of_a_node_read_counts_once() -> None:
    run = whole_of(
        [
            rank_run(0, window(joules("package-0", 70.0, "rapl:package-0"), duration_s=10.0)),
            rank_run(1, window(joules("package-0", 75.0, "rapl:package-0"), duration_s=11.0)),
        ]
    )
    assert value(run, Resource.ENERGY_J) == 75.0
    (note,) = run.phases[0].measurement.notes
    assert note.code is NoteCode.LOCKS_UNAVAILABLE
    assert note.message.startswith("several ranks of a node read package-0 at the same time")


def test_ranks_that_took_turns_both_count() -> None:
    late = "2024-05-01T12:00:10+00:00"
    run = whole_of(
        [
            rank_run(0, window(joules("package-0", 70.0, "rapl:package-0"))),
            rank_run(1, window(joules("package-0", 75.0, "rapl:package-0"), at=late)),
        ]
    )
    assert value(run, Resource.ENERGY_J) == 145.0


def test_the_same_device_of_two_nodes_counts_twice() -> None:
    run = whole_of(
        [
            rank_run(n, window(joules("package-0", 70.0, "rapl:package-0")), per_node=1)
            for n in range(2)
        ]
    )
    assert value(run, Resource.ENERGY_J) == 140.0
    assert [c.channel for c in run.phases[0].measurement.costs if c.device] == [
        "node node0/package-0",
        "node node1/package-0",
    ]
    assert "2 ranks on 2 nodes" in run.notes[0].message


def test_a_device_whose_rank_was_done_early_covers_that_share() -> None:
    package = joules("package-0", 100.0, device="rapl:package-0")
    ranks = (window(package, duration_s=10.0), window(duration_s=20.0))
    (whole,) = rolled_up(rank_run(n, w) for n, w in enumerate(ranks))
    seen = whole.phases[0].measurement
    total = seen.total(Resource.ENERGY_J)
    assert total is not None
    assert (total.value, total.high, total.coverage_frac) == (100.0, 200.0, 0.5)
    (note,) = seen.notes
    assert note.code is NoteCode.PARTIAL_COVERAGE
    assert "package-0: the rank that counted was done" in note.message
    assert "after 10 of 20 s" in note.message


def test_a_node_without_any_sensor_is_named_beside_the_joules_of_the_others() -> None:
    package = joules("package-0", 100.0, device="rapl:package-0", not_covered="fans")
    ranks = (window(package), window(seconds(Resource.CPU_S, 5.0, "process_tree")))
    (whole,) = rolled_up(rank_run(n, w, per_node=1) for n, w in enumerate(ranks))
    seen = whole.phases[0].measurement
    total, cpu = seen.total(Resource.ENERGY_J), seen.total(Resource.CPU_S)
    assert total is not None
    assert cpu is not None
    blind = rank_run(1, per_node=1).rank
    assert blind is not None
    assert (total.not_covered, cpu.not_covered) == (f"fans; node {blind.node[:8]}", "")
    (note,) = seen.notes
    assert (note.code, f"node {blind.node[:8]} of 2 nodes" in note.message) == (
        NoteCode.PARTIAL_COVERAGE,
        True,
    )


def test_peak_memory_is_the_sum_of_the_fullest_node() -> None:
    run = whole_of(
        [
            rank_run(n, window(memory(peak)), n_ranks=3, per_node=2)
            for n, peak in enumerate([3.0, 4.0, 6.0])
        ]
    )
    (peak,) = run.costs(Resource.PEAK_MEMORY_BYTES)
    assert peak.value == 7.0
    node_0, node_1 = run.phases[0].measurement.costs[-2:]
    assert (node_0.low, node_0.value, node_0.high) == (4.0, 7.0, 7.0)
    assert (node_1.channel, node_1.value) == ("node node1/process_tree", 6.0)


def test_a_plug_on_one_node_does_not_hide_the_others() -> None:
    plug = joules("plug", 90.0, "shelly:a", scope=Scope.WALL)
    package = [joules("package-0", 50.0 + n, "rapl:package-0") for n in range(2)]
    both = [
        rank_run(0, window(plug, package[0]), per_node=1),
        rank_run(1, window(package[1]), per_node=1),
    ]
    assert value(whole_of(both), Resource.ENERGY_J) == 101.0
    either = [rank_run(0, window(plug), per_node=1), rank_run(1, window(package[1]), per_node=1)]
    assert value(whole_of(either), Resource.ENERGY_J) == 141.0


def test_volumes_are_summed_and_scores_are_those_of_the_first_who_has_any() -> None:
    scores = [Score(metric="accuracy", value=v, split="test", n_examples=9) for v in (0.5, 0.7)]
    runs = [
        replace(
            rank_run(n, n_ranks=3),
            output=Volume(n_examples=10, n_real_tokens=3, n_padded_tokens=4, n_batches=1),
            scores=() if n == 0 else (scores[n - 1],),
        )
        for n in range(3)
    ]
    run = whole_of(runs)
    assert run.output == Volume(n_examples=30, n_real_tokens=9, n_padded_tokens=12, n_batches=3)
    assert run.scores == (scores[0],)


def test_computing_is_summed_and_sizes_count_once() -> None:
    counts = (
        Cost.exact(Resource.FLOPS, 100.0, kind=Kind.COUNTED, sensor="closed form"),
        Cost.exact(Resource.N_PARAMETERS, 7.0, kind=Kind.COUNTED, sensor="model"),
        Cost.exact(Resource.N_LABELLED_EXAMPLES, 500.0, kind=Kind.COUNTED, sensor="data"),
    )
    run = whole_of([replace(rank_run(n), counts=counts) for n in range(2)])
    assert [cost.value for cost in run.counts] == [200.0, 7.0, 500.0]


def test_phases_are_matched_by_name_in_the_order_they_ran() -> None:
    load = Phase(name=PhaseName.LOAD, measurement=window(duration_s=2.0).measurement)
    run = whole_of([rank_run(0, load, window(), window()), rank_run(1, window(), load, window())])
    assert [(p.name, p.measurement.duration_s) for p in run.phases] == [
        (PhaseName.LOAD, 2.0),
        (PhaseName.WORK, 10.0),
        (PhaseName.WORK, 10.0),
    ]


def test_named_windows_are_put_together_by_name() -> None:
    def step(cpu_s: float, n_times: int) -> NamedWindow:
        seen = window(seconds(Resource.CPU_S, cpu_s, "process_tree"), duration_s=cpu_s)
        return NamedWindow(name="step", n_times=n_times, measurement=seen.measurement)

    runs = [replace(rank_run(n), windows=(step(2.0 + n, 5 - n),)) for n in range(2)]
    (found,) = whole_of(runs).windows
    total = found.measurement.total(Resource.CPU_S)
    assert total is not None
    assert (found.n_times, total.value, found.measurement.duration_s) == (5, 5.0, 3.0)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((Status.OK, Status.OK), Status.OK),
        ((Status.OK, Status.INTERRUPTED), Status.INTERRUPTED),
        ((Status.INTERRUPTED, Status.FAILED), Status.FAILED),
    ],
)
def test_the_worst_end_is_the_end(statuses: tuple[Status, Status], expected: Status) -> None:
    runs = [
        replace(rank_run(n), status=status, error=None if status is Status.OK else f"e{n}")
        for n, status in enumerate(statuses)
    ]
    run = whole_of(runs)
    assert run.status is expected
    assert run.error == (None if expected is Status.OK else "e1")


def test_a_rank_without_any_record_makes_the_stage_interrupted() -> None:
    run = whole_of([rank_run(n, n_ranks=12) for n in (0, 2)])
    assert run.status is Status.INTERRUPTED
    assert codes(run) == [NoteCode.RANKS_MISSING, NoteCode.RANKS_SUMMED]
    assert run.error is not None
    assert run.error.startswith("rank 1, 3, 4, 5, 6, 7, 8, 9 ... of 12 has no record here")


def test_a_step_that_only_one_rank_takes_is_whole() -> None:
    scored = replace(rank_run(0), run_id="score", row="evaluate", stage=Stage.EVALUATE)
    by_row = {run.row: run for run in rolled_up([rank_run(0), rank_run(1), scored])}
    assert by_row["evaluate"].status is Status.OK
    assert codes(by_row["evaluate"]) == []


def test_the_next_launch_under_the_same_name_is_another_stage() -> None:
    again = [replace(rank_run(n, window(at=LATER)), run_id=f"again{n}") for n in range(2)]
    runs = rolled_up([*again, rank_run(0, window()), rank_run(1, window())])
    assert [run.run_id for run in runs] == ["r0", "again0"]
    lost_one = rolled_up([rank_run(0, window()), again[0], again[1]])
    assert [codes(run) for run in lost_one] == [[], [NoteCode.RANKS_SUMMED]]


def test_one_call_after_the_other_is_another_stage() -> None:
    second = [replace(rank_run(n, window()), run_id=f"second{n}") for n in range(2)]
    runs = rolled_up([rank_run(0, window()), rank_run(1, window()), *second])
    assert [run.run_id for run in runs] == ["r0", "second0"]


def test_what_another_rank_counted_is_no_doubt_about_the_whole() -> None:
    doubt = Note(code=NoteCode.COUNTED_BY_RANK, message="m", advice="a")
    busy = Note(code=NoteCode.BUSY_MACHINE, message="m", advice="a")
    run = whole_of([rank_run(0), replace(rank_run(1), notes=(doubt, busy))])
    assert codes(run) == [NoteCode.BUSY_MACHINE, NoteCode.RANKS_SUMMED]


@pytest.mark.parametrize(
    ("per_node", "messages"),
    [
        pytest.param(1, ["busy"], id="each on a node of its own"),
        pytest.param(
            2,
            ["rank 0, for whom the other ranks of its node are others, saw: busy"],
            id="together on one",
        ),
    ],
)
def test_load_that_may_be_the_other_ranks_is_told_as_that(
    per_node: int, messages: list[str]
) -> None:
    phase = window()
    busy = Note(code=NoteCode.BUSY_MACHINE, message="busy", advice="a")
    loaded = replace(phase, measurement=replace(phase.measurement, notes=(busy,)))
    run = whole_of([rank_run(n, loaded, per_node=per_node) for n in range(2)])
    assert [note.message for note in run.phases[0].measurement.notes] == messages


def test_children_of_any_rank_are_children_of_the_whole() -> None:
    child = replace(rank_run(0), run_id="child", row="use", rank=None, parents=("r1", "r0", "x"))
    *_, found = sorted(rolled_up([rank_run(0), rank_run(1), child]), key=lambda run: run.row)
    assert found.parents == ("r0", "x")


def test_runs_of_one_process_pass_as_they_are() -> None:
    alone = [replace(rank_run(n), rank=None) for n in (1, 0)]
    assert rolled_up(alone) == tuple(alone)


def test_the_whole_is_rolled_up_once() -> None:
    whole = rolled_up([rank_run(0, window()), rank_run(1, window())])
    assert rolled_up(whole) == whole


def test_a_study_sees_the_whole() -> None:
    found = study_runs(StudyDefinition(name="s", pathways=()), [rank_run(0), rank_run(1)])
    assert [run.run_id for run in found.runs] == ["r0"]


def test_the_development_of_a_pathway_is_the_sum_of_its_ranks_not_their_mean() -> None:
    ranks = [
        replace(
            rank_run(n, window(seconds(Resource.CPU_S, 8.0 + n, "process_tree"))),
            row="MINE/finetune",
            joined="MINE",
        )
        for n in range(2)
    ]
    found = study_runs(StudyDefinition(name="s", pathways=()), ranks)
    (pathway,) = found.definition.pathways
    development = pathway_cost(found, pathway).development(Resource.CPU_S)
    assert development is not None
    assert development.value == 17.0


@given(
    shares=st.lists(
        st.tuples(st.floats(0, 1e6), st.floats(0, 1e6), st.integers(0, 2)), min_size=1, max_size=6
    )
)
def test_the_whole_costs_what_its_ranks_and_devices_cost(
    shares: list[tuple[float, float, int]],
) -> None:
    """Each rank burns CPU time of its own; a node's package is read by whoever owns it, once."""
    owner = {node: n for n, (_, _, node) in reversed(list(enumerate(shares)))}
    runs = [
        replace(
            rank_run(
                n, window(seconds(Resource.CPU_S, cpu_s, "process_tree"), *package), n_ranks=9
            ),
            rank=Rank(group="g", rank=n, n_ranks=len(shares), local_rank=0, node=f"{node:08d}"),
        )
        for n, (cpu_s, energy_j, node) in enumerate(shares)
        for package in [[joules("package-0", energy_j, "rapl:0")] if owner[node] == n else []]
    ]
    run = whole_of(runs)
    assert value(run, Resource.CPU_S) == pytest.approx(sum(cpu_s for cpu_s, _, _ in shares))
    assert value(run, Resource.ENERGY_J) == pytest.approx(sum(shares[n][1] for n in owner.values()))
