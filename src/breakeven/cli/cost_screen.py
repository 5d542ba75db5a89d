"""What a measured command cost, on one screen: amounts, utilisation, what was not measured and why.

Shares are made here, for people; records keep what adds up.
"""

import math
import textwrap
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from breakeven.cli.screen import narrowed
from breakeven.records import (
    Cost,
    Kind,
    Measurement,
    Note,
    NoteCode,
    Origin,
    PhaseName,
    Resource,
    Run,
    Score,
    above_idle,
)
from breakeven.units import format_bytes, format_resolved, format_si

WIDTH = 100
"""Columns; text that is longer is wrapped under its label."""

WIDE_FRAC = 0.2
"""A mean whose interval is wider than this share of it is shown as the interval."""

_INDENT = 15
_NO_SENSOR = "not measured: no sensor saw it"
_NOT_ASKED = "not measured: not asked for, no named meter counts it"
_NO_JOULES = "not measured: no sensor here counts joules"
_NOT_HERE = "not counted here: another run owns what counts joules"
_OWNED = frozenset({NoteCode.COUNTED_ELSEWHERE, NoteCode.COUNTED_BY_RANK})


def cost_screen(
    run: Run, *, exit_code: int, store: Path, asked: Collection[Resource] = frozenset(Resource)
) -> str:
    """Tell what a command cost.

    Args:
        run: As stored.
        exit_code: The command's own.
        store: Folder of the store.
        asked: What the chosen meters count; everything where none was chosen.
    """
    work = next(iter(run.measurements(PhaseName.WORK)), None)
    lines = [f"{run.row}: {run.status}, exit code {exit_code}"]
    if work is not None:
        lines += _labelled("duration", [format_si(work.duration_s, "s")])
        lines += _labelled("CPU time", [_cpu(run, work, asked)])
        lines += _labelled("memory", [_memory(run, work, asked)])
        lines += _devices(work)
        lines += _labelled("energy", [*_energy(run, work, asked)])
    lines += [line for score in run.scores for line in _labelled("score", [_score(score)])]
    if run.output.n_examples:
        lines += _labelled("volume", [f"{run.output.n_examples:,} examples"])
    lines += _notes(run, work)
    joined = f", row {run.row} of study {run.study}" if run.joined else ""
    return "\n".join([*lines, f"  stored as {run.run_id} in {store}{joined}"])


def _labelled(label: str, texts: Sequence[str]) -> list[str]:
    first, hanging = f"  {label:<{_INDENT - 3}} ", " " * _INDENT
    lines: list[str] = []
    for text in texts:
        indent = hanging if lines else first
        lines += textwrap.wrap(
            text,
            narrowed(WIDTH),
            initial_indent=indent,
            subsequent_indent=hanging,
            break_long_words=False,
        )
    return lines


def _cpu(run: Run, work: Measurement, asked: Collection[Resource]) -> str:
    used = work.total(Resource.CPU_S)
    if used is None:
        return _NO_SENSOR if Resource.CPU_S in asked else _NOT_ASKED
    n_cpus = 0 if run.machine is None else run.machine.n_cpus
    share = _share(used.value, work.duration_s * n_cpus)
    return format_si(used.value, "s") + (f", {share} of {n_cpus} CPUs" if share else "")


def _memory(run: Run, work: Measurement, asked: Collection[Resource]) -> str:
    peak, held = work.total(Resource.PEAK_MEMORY_BYTES), work.total(Resource.MEMORY_BYTE_S)
    texts = [] if peak is None else [f"{format_bytes(peak.value)} at its peak"]
    if held is not None and work.duration_s > 0:
        most = math.inf if peak is None else peak.high
        mean = (min(v / work.duration_s, most) for v in _interval(held))
        texts.append(_mean_memory(run, *mean))
    is_asked = Resource.PEAK_MEMORY_BYTES in asked or Resource.MEMORY_BYTE_S in asked
    return ", ".join(texts) or (_NO_SENSOR if is_asked else _NOT_ASKED)


def _mean_memory(run: Run, mean: float, low: float, high: float) -> str:
    """Mean memory with its share of the machine's; its interval where few samples leave it wide.

    Where they leave it open down to 0, which no process holds, the mean is not known.
    """
    if low <= 0:
        return "no mean: too short a time for its samples"
    if high - low > WIDE_FRAC * mean:
        return f"between {format_bytes(low)} and {format_bytes(high)} on average"
    size_bytes = 0 if run.machine is None else run.machine.memory_bytes
    share = _share(mean, size_bytes)
    of_all = f", {share} of {format_bytes(size_bytes)}" if share else ""
    return f"{format_bytes(mean)} on average{of_all}"


def _interval(cost: Cost) -> tuple[float, float, float]:
    return cost.value, cost.low, cost.high


def _devices(work: Measurement) -> list[str]:
    """Busy time and peak memory of accelerators, where any was seen."""
    texts = []
    for cost in work.costs:
        if cost.resource is Resource.DEVICE_BUSY_S:
            share = _share(cost.value, work.duration_s)
            texts.append(f"{cost.channel} busy for {format_si(cost.value, 's')}, {share}")
        if cost.resource is Resource.PEAK_DEVICE_MEMORY_BYTES:
            texts.append(f"{cost.channel} held {format_bytes(cost.value)} at its peak")
    return _labelled("device", texts)


def _energy(run: Run, work: Measurement, asked: Collection[Resource]) -> Iterator[str]:
    costs = [c for c in work.costs if c.resource is Resource.ENERGY_J]
    total = work.total(Resource.ENERGY_J)
    others = "; ".join(_amount(c) + _bounds(c) for c in costs if c.kind != "measured")
    if Resource.ENERGY_J not in asked:
        yield _NOT_ASKED
        return
    if total is None:
        is_owned = any(note.code in _OWNED for note in run.notes)
        why = _NOT_HERE if is_owned else _NO_JOULES
        yield f"{why} ({others})" if others else why
        yield from () if is_owned else _reasons(run, work)
        return
    measured = [c for c in costs if c.kind == "measured"]
    if len(measured) > 1:
        yield f"{_joules(total)} in all, idle draw included{_bounds(total)}"
        yield from (f"{_amount(cost)}{_bounds(cost)}" for cost in measured)
    else:
        yield f"{_amount(total)}, idle draw included{_bounds(total)}"
    yield from _above_idle(run, work, measured)
    if others:
        yield f"beside that, not measured: {others}"
    if total.not_covered:
        yield f"leaves out: {total.not_covered}"


def _above_idle(run: Run, work: Measurement, costs: Sequence[Cost]) -> Iterator[str]:
    """What each channel counted above its known idle draw, beside the reading itself."""
    known = {(reading.channel, reading.sensor): reading for reading in run.idle}
    for cost in costs:
        if (idle := known.get((cost.channel, cost.sensor))) is None:
            continue
        net = above_idle(cost, idle, duration_s=work.duration_s)
        yield (
            f"{_joules(net)} of {cost.channel} above idle{_bounds(net)}: idle is "
            f"{format_si(idle.power_w, 'W')}, seen for {idle.duration_s:.0f} s on "
            f"{idle.measured_at[:10]}"
        )


def _reasons(run: Run, work: Measurement) -> Iterator[str]:
    """Why no sensor counted joules, and what was measured all the same."""
    yield from (note.message for note in run.notes if note.code is NoteCode.METER_UNAVAILABLE)
    if any(note.code is NoteCode.METER_UNAVAILABLE for note in run.notes):
        yield "`breakeven doctor` tells what would change that."
    names = {
        Resource.DURATION_S: "time",
        Resource.CPU_S: "CPU time",
        Resource.PEAK_MEMORY_BYTES: "memory",
    }
    seen = {cost.resource for cost in work.costs}
    told = [name for resource, name in names.items() if resource in seen]
    yield f"Measured instead, of the whole process tree: {', '.join(told)}."


def _amount(cost: Cost) -> str:
    """One channel, parts and checks named as such."""
    words = [cost.channel]
    if cost.part_of:
        words.append(f"in {cost.part_of}")
    if cost.check_of:
        words.append(f"a check of {cost.check_of}")
    if cost.kind != "measured":
        words.append(str(cost.kind))
    if cost.origin is Origin.REPLAYED:
        words.append("replayed")
    elif cost.kind is not Kind.MODELLED:  # the formula stands in its note
        words.append(cost.sensor)
    if cost.coverage_frac < 1:
        words.append(f"seen {cost.coverage_frac:.0%} of the time")
    return f"{_joules(cost)} ({', '.join(words)})"


def _joules(cost: Cost) -> str:
    return format_resolved(cost.value, "J", high=cost.high)


def _bounds(cost: Cost) -> str:
    low, high = format_si(cost.low, "J"), format_si(cost.high, "J")
    return "" if low == high or cost.value == 0 else f", {low} to {high}"


def _notes(run: Run, work: Measurement | None) -> list[str]:
    """Every doubt once; advice that several share is given after the last of them."""
    own = () if work is None else work.notes
    is_blind = work is None or work.total(Resource.ENERGY_J) is None
    absent = [note for note in run.notes if note.code is NoteCode.METER_UNAVAILABLE]
    by_advice: dict[str, dict[str, None]] = {}
    for note in (*(note for note in run.notes if note not in absent), *own):
        by_advice.setdefault(note.advice, {})[note.message] = None
    texts = [" ".join([*messages, advice]) for advice, messages in by_advice.items()]
    if absent and not is_blind:
        texts.append(_others_absent(absent))
    return [
        line
        for text in texts
        for line in textwrap.wrap(
            text,
            narrowed(WIDTH),
            initial_indent="  note: ",
            subsequent_indent=" " * 8,
            break_long_words=False,
        )
    ]


def _others_absent(absent: Sequence[Note]) -> str:
    names = ", ".join(note.message.partition(":")[0] for note in absent)
    return f"sensors that are not here: {names}; `breakeven doctor` tells why."


def _share(part: float, whole: float) -> str:
    """One amount of another in per cent; nothing where that is not known."""
    if whole <= 0:
        return ""
    share = part / whole
    return f"{share:.0%}" if share >= 0.1 else f"{share * 100:.2g}%"


def _score(score: Score) -> str:
    counts = "" if score.n_correct is None else f"{score.n_correct:,} of "
    return (
        f"{score.metric} {score.value:.4g} ({score.split}, {counts}{score.n_examples:,} examples)"
    )
