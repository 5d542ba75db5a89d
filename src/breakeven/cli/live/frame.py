"""Frame: the lines of the live table, made of a scene; as wide as the terminal and no wider.

A table where it fits; on a narrow terminal the same as lines, one thing each.
"""

from dataclasses import dataclass

from breakeven.analysis.words import resource_words
from breakeven.cli.live.amounts import (
    TABLED,
    clock_text,
    cpus_text,
    expected_text,
    power_text,
    remark,
    row_left,
    spent_text,
    spent_words,
    study_left,
    whole_clock,
)
from breakeven.cli.live.cells import GAP, Cell, Style, bar, line_of, painted, width_of
from breakeven.cli.live.scene import Scene, cost_of
from breakeven.records import Resource

LEAST_TABLE = 66
"""Columns from which on the table is drawn."""

INTERVALS_FROM = 100
"""Columns from which on intervals stand beside what was spent."""

_LEAST_BAR, _MOST_BAR = 8, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the terminal can show.

    Attributes:
        width: Its columns.
        has_colour: Whether text may be bold or dim.
        has_blocks: Whether it shows more than ASCII.
    """

    width: int
    has_colour: bool = False
    has_blocks: bool = False


@dataclass(frozen=True, slots=True)
class _Column:
    """One column: its head, its cells of row, study and forecast, and how readily it goes."""

    head: str
    cells: tuple[str, str, str]
    least: int
    goes_first: int = 0

    @property
    def width(self) -> int:
        return max(self.least, *map(width_of, (self.head, *self.cells)))


def frame(scene: Scene, look: Look) -> list[str]:
    """Draw a scene; no line takes more columns than the terminal has."""
    if scene.begun is None:
        cells = [[Cell("getting ready", Style.DIM)]]
    elif look.width >= LEAST_TABLE:
        cells = _table(scene, look)
    else:
        cells = _stack(scene, look)
    return [painted(line, has_colour=look.has_colour) for line in cells]


def shown(scene: Scene) -> list[Resource]:
    """Costs that are shown: that of the first answer if it is tabled, then those that are known."""
    headline = scene.begun.headline if scene.begun else Resource.CPU_S
    known = [resource for resource in TABLED if cost_of(scene.costs, resource) is not None]
    first = headline if headline in known else (*known, Resource.CPU_S)[0]
    return [first, *(resource for resource in known if resource is not first)]


def _table(scene: Scene, look: Look) -> list[list[Cell]]:
    labels = ("", "row", "study", "forecast")
    label_width = max(map(len, labels))
    columns = _fitting(_columns(scene, look), look.width - label_width - GAP - _LEAST_BAR - 7)
    left = look.width - label_width - sum(c.width + GAP for c in columns) - GAP
    widths = [label_width, min(left, _MOST_BAR + 7), *(c.width for c in columns)]
    bars = ("Progress", *_bars(scene, widths[1], look), "")
    lines = []
    for i, label in enumerate(labels):
        style = Style.PLAIN if i in (1, 2) else Style.DIM
        texts = [(c.head, *c.cells)[i] for c in columns]
        cells = [Cell(label, style), Cell(bars[i], style)]
        cells += [Cell(text, style, is_right=True) for text in texts]
        lines.append(line_of(cells, width=look.width, widths=widths))
    said = remark(scene.costs)
    heading = line_of([Cell(_heading(scene), Style.BOLD)], width=look.width)
    below = [line_of([Cell(said, Style.DIM)], width=look.width)] if said else []
    return [heading, *lines, *below]


def _columns(scene: Scene, look: Look) -> list[_Column]:
    """All there are, from the left."""
    row, resources = scene.row, shown(scene)
    has_power = cost_of(scene.costs, Resource.ENERGY_J) is not None
    took = clock_text(None if row is None else row.took_s)
    so_far = cost_of(scene.costs, Resource.DURATION_S)
    spent = clock_text(None if so_far is None else so_far.value)
    cpus = cpus_text(row, scene.begun.n_cpus if scene.begun else 1)
    found = [
        _Column("Time", (took, spent, whole_clock(scene)), 8, 2),
        _Column("Left", (row_left(row), study_left(scene), ""), 9),
        _Column("CPUs now", (cpus, "", ""), 8, 4 if has_power else 0),
    ]
    if has_power:
        found.append(_Column("Power now", (power_text(row), "", ""), 9))
    for place, resource in enumerate(resources):
        costs = {} if row is None else row.costs
        has_interval = look.width >= INTERVALS_FROM and resource is Resource.ENERGY_J
        cells = (
            spent_text(costs, resource),
            spent_text(scene.costs, resource, has_interval=has_interval),
            expected_text(scene, resource),
        )
        name = resource_words(resource)
        found.append(_Column(f"{name[0].upper()}{name[1:]}", cells, 9, 3 * place))
    return found


def _fitting(columns: list[_Column], width: int) -> list[_Column]:
    """As many columns as fit; those that go first are left out first, the last of all stay."""
    kept = list(columns)
    for column in sorted(columns, key=lambda column: -column.goes_first):
        if sum(c.width + GAP for c in kept) <= width or not column.goes_first:
            break
        kept.remove(column)
    return kept


def _bars(scene: Scene, width: int, look: Look) -> tuple[str, str]:
    """How far the row is, and the study."""
    row_frac = None if scene.row is None else scene.row.done_frac
    study_frac = scene.n_done / scene.n_total if scene.n_total else None
    texts = (_percent(row_frac), f"{scene.n_done} of {scene.n_total}")
    taken = max(map(len, texts)) + 1
    bars = (bar(f, width - taken, has_blocks=look.has_blocks) for f in (row_frac, study_frac))
    row, study = (f"{b} {t}".strip() for b, t in zip(bars, texts, strict=True))
    return row, study


def _stack(scene: Scene, look: Look) -> list[list[Cell]]:
    """One thing a line."""
    row = scene.row
    lines = [Cell(_row_text(scene), Style.BOLD)]
    if row is not None:
        drawn = bar(row.done_frac, 10, has_blocks=look.has_blocks)
        lines.append(Cell(f"  {drawn} {_percent(row.done_frac)}, {row_left(row)} left"))
        now = [f"{cpus_text(row, scene.begun.n_cpus if scene.begun else 1)} CPUs"]
        if cost_of(scene.costs, Resource.ENERGY_J) is not None:
            now.append(power_text(row))
        lines.append(Cell(f"  now {', '.join(now)}"))
    made = f"{scene.n_done} of {scene.n_total}"
    lines.append(Cell(f"study: {made} runs, {study_left(scene)} left", Style.BOLD))
    for resource in shown(scene):
        so_far, whole = spent_words(scene.costs, resource), expected_text(scene, resource)
        lines.append(Cell(f"  {so_far} so far, {whole} in all"))
    if said := remark(scene.costs):
        lines.append(Cell(f"  {said}", Style.DIM))
    return [line_of([line], width=look.width) for line in lines]


def _heading(scene: Scene) -> str:
    study = scene.begun.study if scene.begun else ""
    return f"{study}: {_row_text(scene)}"


def _row_text(scene: Scene) -> str:
    row = scene.row
    if row is None:
        return "between two runs" if scene.n_left else "done"
    parts = [str(part) for part in (row.stage, row.phase) if part]
    return f"{row.name} ({', '.join(dict.fromkeys(parts))})" if parts else row.name


def _percent(done_frac: float | None) -> str:
    return "-" if done_frac is None else f"{done_frac * 100:3.0f} %"
