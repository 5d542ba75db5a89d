"""Tidy fields: what can be said of one run by one modality, a column each, unit in the name.

Missing is None, never 0. Columns of the process cover every phase from its start; columns of the
window cover the work alone.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from breakeven.analysis.runs.select import observe
from breakeven.analysis.runs.sources import MODEL, PARENT, Line, Seen, Shape
from breakeven.analysis.samples.stats import wilson
from breakeven.records import Cost, PhaseName, Resource, Score

Value = str | int | float | bool | None

LARGEST_EXACT = 2**53
"""Doubles hold every whole number below it."""

WHOLE: frozenset[PhaseName] = frozenset(PhaseName)
WINDOW = frozenset({PhaseName.WORK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column.

    Attributes:
        name: Key, with unit suffix.
        title: For people, with unit.
        read: Value of one line.
        resource: What it is an amount of, as a sum, a mean or a share; None for words, counts of
            the volume and scores.
    """

    name: str
    title: str
    read: Callable[[Line], Value]
    resource: Resource | None = None


def task_of(line: Line) -> str:
    """Task or data set, as near to a name as the records come; empty if they do not say.

    Examples:
        >>> from breakeven.analysis.runs.sources import lines, source
        >>> from breakeven.testing.runs import example_runs
        >>> definition, runs = example_runs()
        >>> task_of(lines([source("s", runs, [definition])])[0])
        'invented'
    """
    facts = line.study.facts if line.study is not None else {}
    told = (line.setting("task_name"), facts.get("entry"), facts.get("id"), facts.get("name"))
    for name in told:
        if name:
            return str(name)
    return str(line.setting("task") or facts.get("task") or "")


def model_of(line: Line) -> str:
    """Name of the model that the run's own goes back to; empty for a run without one.

    Of a folder of this machine only the last part.
    """
    for run in line.lineage():
        named = str(run.settings.resolved.get(MODEL, PARENT))
        if named != PARENT:
            is_folder = named.startswith(("/", ".", "~"))
            return named.rstrip("/").rpartition("/")[2] if is_folder else named
    return ""


def headline_score(line: Line) -> Score | None:
    """Score in the study's metric, on the test split where there is one; None without any."""
    metric = line.study.metric if line.study is not None else ""
    ranked = sorted(
        line.run.scores, key=lambda score: (score.metric != metric, score.split != "test")
    )
    return ranked[0] if ranked else None


def total_of(line: Line, resource: Resource, phases: Collection[PhaseName]) -> float | None:
    """Total of one resource over some phases; None when nothing saw it."""
    found = observe(line.run, resource, phases=phases)
    return None if found is None else found.value


def share(part: float | None, whole: float | None, factor: float = 1.0) -> float | None:
    """`factor` x part / whole; None where one is missing or there is no whole.

    Examples:
        >>> share(1.0, 4.0, 100.0), share(None, 4.0), share(1.0, 0.0)
        (25.0, None, None)
    """
    return factor * part / whole if part is not None and whole else None


def mean_memory(line: Line) -> float | None:
    """Resident memory of the window in bytes, the mean over time."""
    held = total_of(line, Resource.MEMORY_BYTE_S, WINDOW)
    return share(held, total_of(line, Resource.DURATION_S, WINDOW))


def mean_cpus(line: Line) -> float | None:
    """CPU seconds per second of the window."""
    used = total_of(line, Resource.CPU_S, WINDOW)
    return share(used, total_of(line, Resource.DURATION_S, WINDOW))


def _machine(name: str, line: Line) -> Value:
    machine = line.run.machine
    if machine is None:
        return None
    value = getattr(machine, name)
    return "; ".join(value) if isinstance(value, tuple) else value


def _of_machine(line: Line, value: float | None, name: str) -> float | None:
    size = _machine(name, line)
    return share(value, float(size), 100.0) if isinstance(size, int) else None


def _shape(line: Line) -> Shape:
    """Shape of the nearest kept model; its depth may be cut further by a setting nearer by."""
    n_layers: int | None = None
    for run in line.lineage():
        n_layers = n_layers or int(run.settings.resolved.get("n_layers", 0)) or None
        content_hash = run.artifacts.get(MODEL)
        found = line.source.shapes(content_hash) if content_hash is not None else None
        if found is not None:
            return found[0], n_layers or found[1]
    return "", n_layers


def _energy(line: Line, *, window: bool, end: str) -> float | None:
    costs: tuple[Cost, ...] = ()
    if line.seen is not None:
        costs = line.seen.window if window else line.seen.whole
    return sum(getattr(cost, end) for cost in costs) if costs else None


def _of_seen(read: Callable[[Seen], str]) -> Callable[[Line], Value]:
    return lambda line: None if line.seen is None else read(line.seen)


def _of_energy(line: Line, name: str) -> str | None:
    if line.seen is None:
        return None
    return "; ".join(dict.fromkeys(str(getattr(cost, name)) for cost in line.seen.whole))


def _counted(line: Line, name: str) -> int | None:
    """A count of the volume; none was counted where it is 0."""
    return int(getattr(line.run.output, name)) or None


def _sensors(line: Line, resource: Resource) -> str | None:
    found = dict.fromkeys(c.sensor for c in line.run.counts if c.resource is resource)
    return "; ".join(found) or None


def _score(line: Line, read: Callable[[Score], Value]) -> Value:
    score = headline_score(line)
    return None if score is None else read(score)


def _score_end(line: Line, end: str) -> float | None:
    score = headline_score(line)
    if score is None:
        return None
    if score.low is not None or not score.is_share or score.n_correct is None:
        return score.low if end == "low" else score.high
    return float(getattr(wilson(score.n_correct, score.n_examples), end))


def _other_scores(line: Line) -> str | None:
    first = headline_score(line)
    texts = [f"{s.metric} {s.value:.6g} ({s.split})" for s in line.run.scores if s is not first]
    return "; ".join(texts) or None


def _field(
    name: str, title: str, read: Callable[[Line], Value], resource: Resource | None = None
) -> Field:
    return Field(name=name, title=title, read=read, resource=resource)


def _amount(name: str, title: str, resource: Resource, phases: Collection[PhaseName]) -> Field:
    """Total of one resource over some phases."""
    return _field(name, title, lambda line: _whole(total_of(line, resource, phases)), resource)


def _whole(value: float | None) -> Value:
    """A count as the whole number that it is, so that no digit is lost in writing."""
    is_whole = value is not None and float(value).is_integer() and abs(value) < LARGEST_EXACT
    return int(value or 0) if is_whole else value


def _text(read: Callable[[Line], object]) -> Callable[[Line], Value]:
    """An empty text is a missing one."""
    return lambda line: str(read(line) or "") or None


_R = Resource

FIELDS: tuple[Field, ...] = (
    _field("store", "Store", lambda line: line.source.name),
    _field("study", "Study", _text(lambda line: line.run.study)),
    _field("run_id", "Run", lambda line: line.run.run_id),
    _field("row", "Row", _text(lambda line: line.run.row)),
    _field("pathway", "Pathway", _text(lambda line: line.setting("pathway") or line.run.joined)),
    _field("stage", "Stage", lambda line: line.run.stage.value),
    _field("status", "Status", lambda line: line.run.status.value),
    _field("role", "Role", _text(lambda line: line.setting("role"))),
    _field("repeat", "Repeat", lambda line: line.run.repeat),
    _field("block", "Block", lambda line: line.run.block),
    _field("position", "Position", lambda line: line.run.position),
    _field("started_at", "Started (UTC)", lambda line: line.run.started_at),
    _field("task", "Task", _text(task_of)),
    _field("form", "Form", _text(lambda line: _fact(line, "form"))),
    _field("model", "Model", _text(model_of)),
    _field("family", "Family", _text(lambda line: _shape(line)[0])),
    _field("n_layers", "Layers", lambda line: _shape(line)[1]),
    _amount("n_parameters", "Parameters", _R.N_PARAMETERS, WINDOW),
    _field("machine", "Machine", lambda line: _machine("fingerprint", line)),
    _field("cpu_model", "CPU", lambda line: _machine("cpu_model", line)),
    _field("accelerators", "Accelerators", lambda line: _machine("accelerators", line) or None),
    _field("n_cpus", "CPUs", lambda line: _machine("n_cpus", line)),
    _amount("n_labelled_examples", "Labelled examples", _R.N_LABELLED_EXAMPLES, WINDOW),
    _amount("n_unlabelled_examples", "Unlabelled examples", _R.N_UNLABELLED_EXAMPLES, WINDOW),
    _field("n_examples", "Examples seen", lambda line: _counted(line, "n_examples")),
    _field("n_real_tokens", "Real tokens seen", lambda line: _counted(line, "n_real_tokens")),
    _field("n_padded_tokens", "Padded tokens seen", lambda line: _counted(line, "n_padded_tokens")),
    _field("n_batches", "Batches", lambda line: _counted(line, "n_batches")),
    _field("n_steps", "Steps", lambda line: _counted(line, "n_steps")),
    _field("n_new_tokens", "Tokens said", lambda line: _counted(line, "n_new_tokens")),
    _amount("process_duration_s", "Duration of all phases, s", _R.DURATION_S, WHOLE),
    _amount("window_duration_s", "Duration of the window, s", _R.DURATION_S, WINDOW),
    _amount("process_cpu_s", "CPU time of all phases, s", _R.CPU_S, WHOLE),
    _amount("window_cpu_s", "CPU time of the window, s", _R.CPU_S, WINDOW),
    _field("mean_cpus", "CPUs used on average", mean_cpus, _R.CPU_S),
    _field(
        "cpu_percent",
        "CPU utilisation, %",
        lambda x: _of_machine(x, mean_cpus(x), "n_cpus"),
        _R.CPU_S,
    ),
    _field("mean_memory_bytes", "Mean memory, B", mean_memory, _R.MEMORY_BYTE_S),
    _field(
        "memory_percent",
        "Memory utilisation, %",
        lambda line: _of_machine(line, mean_memory(line), "memory_bytes"),
        _R.MEMORY_BYTE_S,
    ),
    _amount("peak_memory_bytes", "Peak memory, B", _R.PEAK_MEMORY_BYTES, WINDOW),
    _amount(
        "peak_device_memory_bytes", "Peak device memory, B", _R.PEAK_DEVICE_MEMORY_BYTES, WINDOW
    ),
    _amount("device_busy_s", "Device busy, s", _R.DEVICE_BUSY_S, WINDOW),
    _amount("price_usd", "Price, USD", _R.PRICE_USD, WHOLE),
    _amount("price_eur", "Price, EUR", _R.PRICE_EUR, WHOLE),
    _field("modality", "Modality of energy", _of_seen(lambda seen: seen.modality.value)),
    _field("channels", "Channels", lambda line: _of_energy(line, "channel")),
    _field("sensors", "Sensors", lambda line: _of_energy(line, "sensor")),
    _field("scope", "Scope", lambda line: _of_energy(line, "scope")),
    _field("energy_kind", "Kind of energy", _of_seen(lambda seen: seen.kind.value)),
    _field("energy_origin", "Origin of energy", lambda line: _of_energy(line, "origin")),
    _field(
        "process_energy_j",
        "Energy of all phases, J",
        partial(_energy, window=False, end="value"),
        _R.ENERGY_J,
    ),
    _field(
        "window_energy_j",
        "Energy of the window, J",
        partial(_energy, window=True, end="value"),
        _R.ENERGY_J,
    ),
    _field(
        "window_energy_low_j",
        "Energy, lower end, J",
        partial(_energy, window=True, end="low"),
        _R.ENERGY_J,
    ),
    _field(
        "window_energy_high_j",
        "Energy, upper end, J",
        partial(_energy, window=True, end="high"),
        _R.ENERGY_J,
    ),
    _amount("flops", "FLOPs", _R.FLOPS, WINDOW),
    _field("flops_convention", "FLOPs counted by", lambda line: _sensors(line, _R.FLOPS)),
    _amount("latency_p50_s", "Median latency of a batch, s", _R.LATENCY_P50_S, WINDOW),
    _field("metric", "Metric", lambda line: _score(line, lambda score: score.metric)),
    _field("split", "Split", lambda line: _score(line, lambda score: score.split)),
    _field("score", "Score", lambda line: _score(line, lambda score: score.value)),
    _field("score_low", "Score, lower end", lambda line: _score_end(line, "low")),
    _field("score_high", "Score, upper end", lambda line: _score_end(line, "high")),
    _field("n_scored", "Examples scored", lambda line: _score(line, lambda s: s.n_examples)),
    _field("other_scores", "Other scores", _other_scores),
)
"""Every column that does not depend on the settings of a study, in order."""


def _fact(line: Line, name: str) -> object:
    """A setting of the run, or a fact of its study."""
    facts = line.study.facts if line.study is not None else {}
    return line.setting(name) or facts.get(name)
