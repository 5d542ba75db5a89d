"""What `breakeven doctor` found, as text for a terminal of any width."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from breakeven.analysis.words import resource_words, surroundings_words
from breakeven.records import (
    ChannelFound,
    Examination,
    Kind,
    Machine,
    MissingSensor,
    Origin,
    Resource,
    SelfTest,
    Verdict,
)
from breakeven.units import format_bytes, format_si

MIN_WIDTH, MAX_WIDTH = 60, 120

_VERDICTS = {
    Verdict.PASSED: "passed",
    Verdict.DOUBTFUL: "DOUBT ",
    Verdict.FAILED: "FAILED",
    Verdict.NOT_DONE: "-     ",
}

_UNITS = {
    Resource.DURATION_S: "s",
    Resource.CPU_S: "s",
    Resource.DEVICE_BUSY_S: "s",
    Resource.MEMORY_BYTE_S: "B s",
    Resource.ENERGY_J: "J",
    Resource.PEAK_MEMORY_BYTES: "B",
    Resource.PEAK_DEVICE_MEMORY_BYTES: "B",
}
"""Units of what sensors count."""


def examination_text(found: Examination, *, width: int) -> str:
    """Tell everything that was found.

    Args:
        found: By `examine`.
        width: Columns of the terminal.
    """
    width = max(MIN_WIDTH, min(MAX_WIDTH, width))
    own = [missing for missing in found.missing if missing.is_own]
    asked = [missing for missing in found.missing if not missing.is_own]
    joules_first = _by_energy(found)
    played = _channels_text((c for c in joules_first if c.origin is Origin.REPLAYED), width)
    lines = [
        *_machine_lines(found.machine, width),
        "",
        *_wrapped(_energy_sentence(found), width),
        "",
        "What is measured here",
        *_wrapped("clock: duration, monotonic, new at every look", width, first="  "),
        *_channels_text((c for c in joules_first if c.origin is not Origin.REPLAYED), width),
        "",
        *(["What is replayed, not measured here", *played, ""] if played else []),
        *_section("What is not, and what would allow it", own, width),
        *_section("On request", asked, width),
        "Self-tests",
        *(line for test in found.self_tests for line in _test_lines(test, width)),
        "",
        *_wrapped(_ending(found), width),
    ]
    return "\n".join(line.rstrip() for line in lines)


def measures_text(rows: Sequence[Sequence[str]], legend: str, *, width: int) -> str:
    """Tell what each measure depends on, and then what it leaves out.

    Args:
        rows: Header first: name, kind, one column per factor, what it leaves out.
        legend: What the columns and their entries mean.
        width: Columns of the terminal.
    """
    width = max(MIN_WIDTH, min(MAX_WIDTH, width))
    columns = [row[:-1] for row in rows]
    widths = [max(len(row[i]) for row in columns) for i in range(len(columns[0]))]
    spare = width - sum(widths[1:]) - len(widths)
    lines = [*_wrapped(legend, width), ""]
    for row in columns:
        name, *cells = row
        parts = wrap(name, spare)
        told = " ".join(cell.ljust(w) for cell, w in zip(cells, widths[1:], strict=True))
        lines += [f"{parts[0].ljust(spare)} {told}", *(f"  {part}" for part in parts[1:])]
    lines += ["", "What each leaves out, however small it is:"]
    for row in rows[1:]:
        lines += _wrapped(f"{row[0]}: {row[-1]}.", width, first="  ", rest="    ")
    return "\n".join(line.rstrip() for line in lines)


def _machine_lines(machine: Machine, width: int) -> Iterator[str]:
    yield from _wrapped(
        f"{machine.cpu_model}, {machine.n_cpus} CPUs, {format_bytes(machine.memory_bytes)}, "
        f"{machine.system}, Python {machine.python}",
        width,
    )
    yield from machine.accelerators
    if machine.surroundings is not None:
        yield from _wrapped(surroundings_words(machine.surroundings), width)


def _energy_sentence(found: Examination) -> str:
    joules = [c for c in found.channels if c.resource is Resource.ENERGY_J]
    measured = [c for c in joules if c.kind is Kind.MEASURED]
    names = {c.channel for c in measured}
    live = [c.channel for c in measured if c.origin is Origin.LIVE and c.check_of not in names]
    if live:
        return f"Energy is measured on {', '.join(live)}."
    replayed = ", ".join(c.channel for c in measured)
    modelled = ", ".join(c.channel for c in joules if c not in measured)
    return (
        "ENERGY IS NOT MEASURED HERE: no sensor counts joules (why is below). No joules of this "
        "machine are reported, nor guessed from a data sheet; CPU seconds are the measure of cost."
        + (f" Replayed, not measured here: {replayed}." if replayed else "")
        + (f" Modelled because asked for, not measured: {modelled}." if modelled else "")
    )


def _by_energy(found: Examination) -> list[ChannelFound]:
    return sorted(found.channels, key=lambda c: c.resource is not Resource.ENERGY_J)


def _channels_text(channels: Iterable[ChannelFound], width: int) -> list[str]:
    return [line for channel in channels for line in _channel_lines(channel, width)]


def _channel_lines(found: ChannelFound, width: int) -> Iterator[str]:
    is_replayed = found.origin is Origin.REPLAYED and found.kind is Kind.MEASURED
    kind = "replayed" if is_replayed else str(found.kind)
    inside = f", inside {found.part_of}" if found.part_of else ""
    inside += f", checks {found.check_of}" if found.check_of else ""
    unit = _UNITS.get(found.resource, "")
    what = resource_words(found.resource)
    told = [
        f"{found.meter} {found.channel}: {what}, {kind} ({found.sensor}){inside}",
        f"step {format_si(found.stated_resolution, unit)}",
        _update_words(found, unit),
        f"a read takes {format_si(found.read_s, 's')}" if found.read_s else "",
        f"idle scatter {format_si(found.idle_noise_w, 'W')}" if found.idle_noise_w else "",
    ]
    yield from _wrapped("; ".join(filter(None, told)), width, first="  ", rest="    ")
    if found.not_covered:
        yield from _wrapped(f"leaves out: {found.not_covered}", width, first="    ", rest="      ")


def _update_words(found: ChannelFound, unit: str) -> str:
    """Say what was seen; what a meter states of itself only where nothing was."""
    if found.seen_period_s is not None:
        spread = (
            f" ({format_si(found.seen_period_low_s or 0.0, 's')} to "
            f"{format_si(found.seen_period_high_s or 0.0, 's')})"
        )
        step = f" in steps of {format_si(found.seen_step, unit)} or more" if found.seen_step else ""
        return f"seen to update every {format_si(found.seen_period_s, 's')}{spread}{step}"
    if found.looked_every_s is not None and found.n_updates == 0:
        return "did not move while it was looked at"
    if found.looked_every_s is not None and found.stated_period_s is None:
        return "new at every look"
    if found.stated_period_s is not None:
        return f"said to update every {format_si(found.stated_period_s, 's')}"
    return ""


def _section(title: str, missing: Sequence[MissingSensor], width: int) -> list[str]:
    if not missing:
        return []
    lines = [title]
    for sensor in missing:
        lines += _wrapped(f"{sensor.meter}: {sensor.reason}", width, first="  ", rest="    ")
        lines += _wrapped(sensor.advice, width, first="    ", rest="    ")
        lines += [f"      {command}" for command in sensor.commands]
    return [*lines, ""]


def _test_lines(test: SelfTest, width: int) -> Iterator[str]:
    head = f"  {_VERDICTS[test.verdict]}  "
    yield from _wrapped(f"{test.name}: {test.message}", width, first=head, rest=" " * 10)
    if test.advice and test.verdict is not Verdict.PASSED:
        yield from _wrapped(test.advice, width, first=" " * 10, rest=" " * 10)


def _ending(found: Examination) -> str:
    took = f"Took {found.took_s:.0f} s."
    if found.failed:
        names = ", ".join(test.name for test in found.failed)
        return f"{took} A SELF-TEST FAILED ({names}): do not trust that meter before it passes."
    if not found.is_full:
        return (
            f"{took} About a minute (breakeven doctor --full) adds the idle draw of each energy "
            "channel and the smallest difference that this machine can show."
        )
    return took


def _wrapped(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    return wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
