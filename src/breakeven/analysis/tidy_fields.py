"""Tidy fields: what can be said of one run by one modality, a column each, unit in the name.

Missing is None, never 0. Columns of the process cover every phase from its start; columns of the
window cover the work alone.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

from breakeven.analysis.select import observe
from breakeven.analysis.sources import MODEL, PARENT, Line, Shape
from breakeven.analysis.stats import wilson
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
    """

    name: str
    title: str
    read: Callable[[Line], Value]


def task_of(line: Line) -> str:
    """Task or data set, as near to a name as the records come; empty if they do not say.

    Examples:
        >>> from breakeven.analysis.sources import lines, source
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


def _total(resource: Resource, phases: Collection[PhaseName]) -> Callable[[Line], Value]:
    return lambda line: _whole(total_of(line, resource, phases))


def _whole(value: float | None) -> Value:
    """A count as the whole number that it is, so that no digit is lost in writing."""
    is_whole = value is not None and float(value).is_integer() and abs(value) < LARGEST_EXACT
    return int(value or 0) if is_whole else value


def _text(read: Callable[[Line], object]) -> Callable[[Line], Value]:
    """An empty text is a missing one."""
    return lambda line: str(read(line) or "") or None


_R = Resource

FIELDS: tuple[Field, ...] = tuple(
    Field(name=name, title=title, read=read)
    for name, title, read in (
        ("store", "Store", lambda line: line.source.name),
        ("study", "Study", _text(lambda line: line.run.study)),
        ("run_id", "Run", lambda line: line.run.run_id),
        ("row", "Row", _text(lambda line: line.run.row)),
        ("pathway", "Pathway", _text(lambda line: line.setting("pathway") or line.run.joined)),
        ("stage", "Stage", lambda line: line.run.stage.value),
        ("status", "Status", lambda line: line.run.status.value),
        ("role", "Role", _text(lambda line: line.setting("role"))),
        ("repeat", "Repeat", lambda line: line.run.repeat),
        ("block", "Block", lambda line: line.run.block),
        ("position", "Position", lambda line: line.run.position),
        ("started_at", "Started (UTC)", lambda line: line.run.started_at),
        ("task", "Task", _text(task_of)),
        ("form", "Form", _text(lambda line: _fact(line, "form"))),
        ("model", "Model", _text(model_of)),
        ("family", "Family", _text(lambda line: _shape(line)[0])),
        ("n_layers", "Layers", lambda line: _shape(line)[1]),
        ("n_parameters", "Parameters", _total(_R.N_PARAMETERS, WINDOW)),
        ("machine", "Machine", lambda line: _machine("fingerprint", line)),
        ("cpu_model", "CPU", lambda line: _machine("cpu_model", line)),
        ("accelerators", "Accelerators", lambda line: _machine("accelerators", line) or None),
        ("n_cpus", "CPUs", lambda line: _machine("n_cpus", line)),
        ("n_labelled_examples", "Labelled examples", _total(_R.N_LABELLED_EXAMPLES, WINDOW)),
        ("n_unlabelled_examples", "Unlabelled examples", _total(_R.N_UNLABELLED_EXAMPLES, WINDOW)),
        ("n_examples", "Examples seen", lambda line: _counted(line, "n_examples")),
        ("n_real_tokens", "Real tokens seen", lambda line: _counted(line, "n_real_tokens")),
        ("n_padded_tokens", "Padded tokens seen", lambda line: _counted(line, "n_padded_tokens")),
        ("n_batches", "Batches", lambda line: _counted(line, "n_batches")),
        ("n_steps", "Steps", lambda line: _counted(line, "n_steps")),
        ("n_new_tokens", "Tokens said", lambda line: _counted(line, "n_new_tokens")),
        ("process_duration_s", "Duration of all phases, s", _total(_R.DURATION_S, WHOLE)),
        ("window_duration_s", "Duration of the window, s", _total(_R.DURATION_S, WINDOW)),
        ("process_cpu_s", "CPU time of all phases, s", _total(_R.CPU_S, WHOLE)),
        ("window_cpu_s", "CPU time of the window, s", _total(_R.CPU_S, WINDOW)),
        ("mean_cpus", "CPUs used on average", mean_cpus),
        ("cpu_percent", "CPU utilisation, %", lambda x: _of_machine(x, mean_cpus(x), "n_cpus")),
        ("mean_memory_bytes", "Mean memory, B", mean_memory),
        (
            "memory_percent",
            "Memory utilisation, %",
            lambda line: _of_machine(line, mean_memory(line), "memory_bytes"),
        ),
        ("peak_memory_bytes", "Peak memory, B", _total(_R.PEAK_MEMORY_BYTES, WINDOW)),
        (
            "peak_device_memory_bytes",
            "Peak device memory, B",
            _total(_R.PEAK_DEVICE_MEMORY_BYTES, WINDOW),
        ),
        ("device_busy_s", "Device busy, s", _total(_R.DEVICE_BUSY_S, WINDOW)),
        ("modality", "Modality of energy", lambda line: line.seen and line.seen.modality.value),
        ("channels", "Channels", lambda line: _of_energy(line, "channel")),
        ("sensors", "Sensors", lambda line: _of_energy(line, "sensor")),
        ("scope", "Scope", lambda line: _of_energy(line, "scope")),
        ("energy_kind", "Kind of energy", lambda line: line.seen and line.seen.kind.value),
        ("energy_origin", "Origin of energy", lambda line: _of_energy(line, "origin")),
        (
            "process_energy_j",
            "Energy of all phases, J",
            partial(_energy, window=False, end="value"),
        ),
        ("window_energy_j", "Energy of the window, J", partial(_energy, window=True, end="value")),
        ("window_energy_low_j", "Energy, lower end, J", partial(_energy, window=True, end="low")),
        ("window_energy_high_j", "Energy, upper end, J", partial(_energy, window=True, end="high")),
        ("flops", "FLOPs", _total(_R.FLOPS, WINDOW)),
        ("flops_convention", "FLOPs counted by", lambda line: _sensors(line, _R.FLOPS)),
        ("latency_p50_s", "Median latency of a batch, s", _total(_R.LATENCY_P50_S, WINDOW)),
        ("metric", "Metric", lambda line: _score(line, lambda score: score.metric)),
        ("split", "Split", lambda line: _score(line, lambda score: score.split)),
        ("score", "Score", lambda line: _score(line, lambda score: score.value)),
        ("score_low", "Score, lower end", lambda line: _score_end(line, "low")),
        ("score_high", "Score, upper end", lambda line: _score_end(line, "high")),
        ("n_scored", "Examples scored", lambda line: _score(line, lambda s: s.n_examples)),
        ("other_scores", "Other scores", _other_scores),
    )
)
"""Every column that does not depend on the settings of a study, in order."""


def _fact(line: Line, name: str) -> object:
    """A setting of the run, or a fact of its study."""
    facts = line.study.facts if line.study is not None else {}
    return line.setting(name) or facts.get(name)
