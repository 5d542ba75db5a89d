"""Overhead: what is paid beside the work itself: tokenizing, starting, and machines that wait."""

from collections.abc import Iterator

from breakeven.analysis.advice.amounts import amount_range, at_most, percent, summed
from breakeven.analysis.advice.result import TRAINING, Advice, Basis, Ground, Topic
from breakeven.analysis.energy.above_idle import AboveIdle, energy_above_idle
from breakeven.analysis.energy.load import BUSY_FRAC as COMPUTING_FRAC
from breakeven.analysis.energy.load import EXPLAINED
from breakeven.analysis.runs.select import observe, with_role
from breakeven.analysis.uncertain import Observation, once
from breakeven.analysis.words import counted, resource_words
from breakeven.records import Estimate, PhaseName, Resource, Run, Stage, Status

LEAST_FRAC = 0.05
BUSY_FRAC = 0.7
"""A machine whose processors are busy for more of the time has little to give."""
_START = frozenset({PhaseName.IMPORT, PhaseName.LOAD})
_NO_WORK = frozenset({Stage.INFER, Stage.SERVE, Stage.STATED, Stage.COMMAND})


def overhead_advice(ground: Ground) -> Iterator[Advice]:
    """Tokenizing within use, start-up within development, idle draw, and idle processors.

    Args:
        ground: What advice is reckoned from.

    Examples:
        >>> from breakeven.analysis.overview import analyse
        >>> from breakeven.analysis.runs.select import study_runs
        >>> from breakeven.testing.runs import example_runs
        >>> analysis, found = analyse(*example_runs()), study_runs(*example_runs())
        >>> [each.topic.value for each in overhead_advice(Ground(analysis=analysis, found=found))]
        ['start-up', 'idle time']
    """
    if ground.is_of_work:
        yield from _tokenizing(ground)
        yield from _starting(ground)
    yield from _idle_draw(ground)
    yield from _idle_processors(ground)


def _tokenizing(ground: Ground) -> Iterator[Advice]:
    for each in ground.analysis.sweep:
        own, use = each.tokenizing.get(ground.resource), ground.use_of(each.pathway)
        n_items = _items_per_example(ground, each.pathway)
        if each.label != "reference" or own is None or use is None or not n_items:
            continue
        share = (own.value or 0.0) / ((use.value or 1.0) * n_items)
        if share < LEAST_FRAC:
            continue
        saves = at_most(_exactly(share, own), use, times=ground.volume, why="were it all cached")
        yield Advice(
            topic=Topic.TOKENIZING,
            subject=each.pathway,
            pathways=(each.pathway,),
            action=f"Keep the tokens of texts that {each.pathway} reads more than once.",
            evidence=(
                f"Tokenizing takes {percent(share)} of its {resource_words(ground.resource)} "
                "in use."
            ),
            figure=own,
            basis=Basis.AMOUNT,
            saves=saves,
            share=ground.share_of(each.pathway, saves),
            caution="Only texts that come again save anything.",
            table="sweep",
        )


def _items_per_example(ground: Ground, pathway: str) -> float:
    """Items that an example makes at the reference: 1, or the tokens that costs are averaged over.

    Tokenizing is told per example, use per item.
    """
    runs = with_role(ground.found.inference(pathway), "reference")
    done = [run.output for run in runs if run.status is Status.OK]
    n_examples = sum(output.n_examples for output in done)
    n_items = sum(output.count(ground.analysis.definition.item) for output in done)
    return n_items / n_examples if n_examples else 0.0


def _exactly(share: float, of: Estimate) -> Estimate:
    return Estimate(
        name=f"share of {of.name}",
        value=share,
        method=of.method,
        n=of.n,
        kinds=of.kinds,
        origins=of.origins,
        run_ids=of.run_ids,
    )


def _development(ground: Ground) -> list[Run]:
    return [run for run in ground.runs_of_development() if run.stage not in _NO_WORK]


def _starting(ground: Ground) -> Iterator[Advice]:
    runs, resource = _development(ground), ground.resource
    starts = [o for run in runs if (o := observe(run, resource, phases=_START)) is not None]
    whole = [o for run in runs if (o := observe(run, resource)) is not None]
    total = sum(o.value for o in whole)
    started = sum(o.value for o in starts)
    if not total or started < LEAST_FRAC * total:
        return
    figure = summed(starts, resource, what=f"import and load of {counted(len(starts), 'run')}")
    left = _exactly(1 - 1 / len(starts), figure)
    saves = at_most(left, figure, times=1.0, why="all runs in one process")
    if not saves.value:
        return
    users = tuple(p.name for p in ground.analysis.pathways if p.stages)
    yield Advice(
        topic=Topic.START_UP,
        subject="the whole study's development",
        pathways=users,
        action="Make several short runs of development in one process, or longer ones.",
        evidence=(
            f"Importing and loading took {amount_range(figure, resource)}, "
            f"{percent(started / total)} of the {resource_words(resource)} of "
            f"{counted(len(runs), 'run')} of development."
        ),
        figure=figure,
        basis=Basis.AMOUNT,
        saves=saves,
        share=None,
        caution="Each run paid once; one start remains.",
        is_of_study=True,
        table="stages",
    )


def _idle_draw(ground: Ground) -> Iterator[Advice]:
    for channel in energy_above_idle(ground.found.runs):
        share = 1 - channel.net.value / channel.gross.value if channel.gross.value else 0.0
        if share >= LEAST_FRAC:
            yield _drawn(ground, channel, share)


def _drawn(ground: Ground, channel: AboveIdle, share: float) -> Advice:
    figure = Estimate(
        name=f"share of idle draw in {channel.channel}",
        value=share,
        low=max(0.0, 1 - channel.net.high / channel.gross.value),
        high=1 - channel.net.low / channel.gross.value,
        method=f"1 - energy above idle / energy, over {counted(channel.n_windows, 'window')}",
        n=channel.n_windows,
        kinds=once((channel.gross.kind, channel.net.kind)),
        origins=once((channel.gross.origin, channel.net.origin)),
    )
    return Advice(
        topic=Topic.IDLE,
        subject=channel.channel,
        pathways=tuple(p.name for p in ground.analysis.pathways),
        action=f"Let {channel.channel} do the same work in less time, or share it.",
        evidence=(
            f"{percent(share)} of the energy of {channel.channel} over {channel.n_windows} windows "
            "of work is what it draws when nobody works."
        ),
        figure=figure,
        basis=Basis.SHARE,
        saves=None,
        share=None,
        caution="Energy above idle stays; what a shorter time saves is idle draw alone.",
        is_of_study=True,
        table="runs",
    )


def _is_training_alone(run: Run) -> bool:
    """Whether a run trained a model and no note says that something else had its processors."""
    seen = {note.code for part in run.measurements(PhaseName.WORK) for note in part.notes}
    return run.stage in TRAINING and not seen & EXPLAINED


def _idle_processors(ground: Ground) -> Iterator[Advice]:
    """What trainings left unused; under other load nobody can tell, for others had the rest."""
    used = held = 0.0
    runs: list[Run] = []
    seen: list[Observation] = []
    for run in filter(_is_training_alone, ground.runs_of_development()):
        cpu = observe(run, Resource.CPU_S, phases={PhaseName.WORK})
        time = observe(run, Resource.DURATION_S, phases={PhaseName.WORK})
        if run.status is not Status.OK or run.machine is None or cpu is None or time is None:
            continue
        if cpu.value >= COMPUTING_FRAC * time.value:  # else its one thread had to wait itself
            used, held = used + cpu.value, held + time.value * run.machine.n_cpus
            runs.append(run)
            seen += [cpu, time]
    if (
        not held
        or used >= BUSY_FRAC * held
        or any(run.machine and run.machine.accelerators for run in runs)
    ):
        return
    figure = Estimate(
        name="share of processor time that was used",
        value=used / held,
        method="CPU time / (wall-clock time x processors), work of training",
        n=len(runs),
        kinds=once(kind for each in seen for kind in each.kinds),
        origins=once(origin for each in seen for origin in each.origins),
        run_ids=tuple(run.run_id for run in runs),
    )
    yield Advice(
        topic=Topic.IDLE,
        subject="the whole study's development",
        pathways=tuple(p.name for p in ground.analysis.pathways),
        action="Use the processors that wait: more threads, or two trainings side by side.",
        evidence=(
            f"{counted(len(runs), 'training')} used {percent(used / held)} of the time of the "
            "processors; no other load was seen."
        ),
        figure=figure,
        basis=Basis.SHARE,
        saves=None,
        share=None,
        caution=(
            "Saves wall-clock time and idle energy, not CPU time; runs side by side slow each "
            "other, so do not measure inference like that."
        ),
        is_of_study=True,
        table="runs",
    )
