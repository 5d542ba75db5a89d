"""Cell: one configuration a search may measure, and what its cost is foretold by."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from breakeven.records import Scalar
from breakeven.records.settings import BATCHING

COST_ONLY = frozenset(
    {
        "attention",
        "batch_size",
        "batch_tokens",
        "idle_s",
        "min_window_s",
        "n_batches",
        "padding",
        "show_tokenizing",
        "sorted",
        "threads",
        "tokenize",
        "warmup",
    }
)
"""Settings of inference that are not meant to change an answer, but for those of batches where
scales are found as a graph answers (`DYNAMIC`)."""

DYNAMIC, FP32 = "int8-dynamic", "fp32"

ROUTE = "route"
"""Level that tells routes apart whose costs have nothing in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What the cost of a cell is foretold by.

    Attributes:
        length: Tokens per input, or the most that are allowed; above 0.
        depth: Layers that are computed; above 0.
        batch: Examples per forward pass; above 0.
        levels: Everything that is not a number, by name (backend, precision, padding ...).
    """

    length: float = 1.0
    depth: float = 1.0
    batch: float = 1.0
    levels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One configuration.

    Attributes:
        route: Pathway whose model answers.
        settings: Of inference, as far as they differ between cells.
        features: What its cost is foretold by.
        alike: Cells of one such name are expected to give the same answers; by default those of
            one route that differ in `COST_ONLY` settings alone, in `DYNAMIC` none of batches.
    """

    route: str
    settings: Mapping[str, Scalar] = field(default_factory=dict)
    features: Features = field(default_factory=Features)
    alike: str = ""

    def __post_init__(self) -> None:
        """Fill in who answers alike."""
        if not self.alike:
            by_batch = BATCHING if self.features.levels.get("precision") == DYNAMIC else ()
            left_out = COST_ONLY.difference(by_batch)
            kept = {k: v for k, v in self.settings.items() if k not in left_out}
            object.__setattr__(self, "alike", _name(self.route, kept))

    @property
    def name(self) -> str:
        """Route and settings; tells cells apart.

        Examples:
            >>> Cell(route="FT", settings={"max_length": 32, "batch_size": 8}).name
            'FT/batch_size=8,max_length=32'
        """
        return _name(self.route, self.settings)


def cell_of(
    route: str,
    settings: Mapping[str, Scalar],
    *,
    backend: str = "torch",
    precision: str = "",
    depth: float = 1.0,
) -> Cell:
    """Make a cell whose features are those of its settings.

    Args:
        route: Pathway.
        settings: Of inference; `max_length`, `batch_size`, `n_layers` and `precision` are numbers
            and formats to foretell by, all others are levels.
        backend: What runs the route's model.
        precision: Of the route's graph; empty: as the settings say.
        depth: Layers of the route's model, computed unless the settings cut it.

    Examples:
        >>> cell = cell_of("FT", {"max_length": 32, "n_layers": 4, "padding": "longest"}, depth=6)
        >>> cell.features.length, cell.features.depth, cell.alike
        (32.0, 4.0, 'FT/max_length=32,n_layers=4')
    """
    numbers = {"max_length", "batch_size", "n_layers", "precision"}
    levels = {k: str(v) for k, v in settings.items() if k not in numbers}
    return Cell(
        route=route,
        settings=settings,
        features=Features(
            length=float(settings.get("max_length", 1)) or 1.0,
            depth=float(settings.get("n_layers", 0)) or depth,
            batch=float(settings.get("batch_size", 1)),
            levels={
                **levels,
                "backend": backend,
                "precision": precision or str(settings.get("precision", FP32)),
            },
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What runs the model of a route.

    Attributes:
        backend: Its name.
        precision: Of a graph; empty: as the settings say.
        depth: Layers of the model; 0: unknown.
        family: Models of one family differ in depth alone; empty for the family of the baseline.
        answers_as: Row whose answers the route is to give; an export in fp32 fails unless it
            answers as the model it is of. Empty: nobody else's.
    """

    backend: str = "torch"
    precision: str = ""
    depth: int = 0
    family: str = ""
    answers_as: str = ""


def cell_on(route: str, settings: Mapping[str, Scalar], runtime: Runtime) -> Cell:
    """Make a cell of a route of which it is known what runs it.

    Where the depth is known, routes of one family are foretold together: by what runs them and
    their layers, so that not each of them must be measured. Else each route is its own.

    Args:
        route: Pathway.
        settings: As in `cell_of`.
        runtime: What runs it.

    Examples:
        >>> graph = Runtime(backend="openvino", precision="fp32", depth=6, answers_as="ft")
        >>> cell = cell_on("OV", {"batch_size": 8}, graph)
        >>> cell.alike, dict(cell.features.levels)
        ('ft', {'route': 'openvino fp32'})
    """
    made = cell_of(
        route,
        settings,
        backend=runtime.backend,
        precision=runtime.precision,
        depth=runtime.depth or 1.0,
    )
    answering = replace(made, route=runtime.answers_as or route, alike="")
    is_known = bool(runtime.depth)
    features = by_runtime(made.features, family=runtime.family) if is_known else made.features
    return replace(made, alike=answering.alike, features=features)


def by_runtime(features: Features, *, family: str = "") -> Features:
    """Foretell routes that differ in depth alone together: by backend, precision and layers.

    Args:
        features: With levels of backend and precision.
        family: Of models that differ in depth alone.
    """
    levels = dict(features.levels)
    runtime = f"{family} {levels.pop('backend')} {levels.pop('precision')}".strip()
    return replace(features, levels={**levels, ROUTE: runtime})


def _name(route: str, settings: Mapping[str, Scalar]) -> str:
    told = ",".join(f"{key}={_shown(settings[key])}" for key in sorted(settings))
    return f"{route}/{told}" if told else route


def _shown(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
