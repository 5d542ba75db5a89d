"""Settings: what a reader may turn in the report, checked before anything is computed from it."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace

from breakeven.analysis.deciding.ground import Ground
from breakeven.errors import UnknownNameError

CURRENCIES = ("EUR", "USD")
MAX_TASKS = 1000
"""Tasks that may share one row of development."""
MAX_PUE = 10.0
"""No building is known to draw ten times what its machines do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One position of all controls; each absent one is the study's own or, of prices, unknown.

    Attributes:
        measure: Key of the cost by which is chosen, as in `measures_of`.
        volume: Items over the planned life, above 0.
        min_score: Lowest acceptable score, in the metric's own scale; None for the study's own
            threshold or tolerance.
        tasks: Number of downstream tasks, 1 to 1000, that share a row of development; by row.
        price_per_kwh: Of electricity, in `currency`; None until somebody gives one.
        price_per_hour: Of the machine, in `currency`; None until somebody gives one.
        currency: EUR or USD.
        pue: What the building draws over what its machines draw, at least 1.
        grid_g_per_kwh: Carbon of one kWh, in gCO2e; None until somebody gives it.

    Raises:
        ValueError: If a number is out of range.
    """

    measure: str
    volume: float
    min_score: float | None = None
    tasks: Mapping[str, int] = field(default_factory=dict)
    price_per_kwh: float | None = None
    price_per_hour: float | None = None
    currency: str = "EUR"
    pue: float = 1.0
    grid_g_per_kwh: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.volume < math.inf:
            raise ValueError(
                f"volume must be above 0 and finite, got {self.volume}; give items over the life"
            )
        if self.min_score is not None and not math.isfinite(self.min_score):
            raise ValueError(
                f"min_score must be a finite score, got {self.min_score}; leave it out for the "
                "study's own"
            )
        if not 1 <= self.pue <= MAX_PUE:
            raise ValueError(
                f"pue must be from 1 (no overhead) to {MAX_PUE:g}, got {self.pue}; 1.1 to 1.6 are "
                "common"
            )
        if self.currency not in CURRENCIES:
            raise ValueError(
                f"currency must be {' or '.join(CURRENCIES)}, got {self.currency!r}; convert first"
            )
        self._refuse_tasks()
        self._refuse_prices()

    def _refuse_tasks(self) -> None:
        for row, n_tasks in self.tasks.items():
            is_whole = isinstance(n_tasks, int) and not isinstance(n_tasks, bool)
            if not (is_whole and 1 <= n_tasks <= MAX_TASKS):
                raise ValueError(
                    f"tasks that share {row} must be a whole number from 1 (its own) to "
                    f"{MAX_TASKS}, got {n_tasks!r}; leave a row out that no other task shares"
                )

    def _refuse_prices(self) -> None:
        for name in ("price_per_kwh", "price_per_hour", "grid_g_per_kwh"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < math.inf:
                raise ValueError(
                    f"{name} must be at least 0 and finite, got {value}; leave it out where it is "
                    "not known"
                )

    @property
    def shared(self) -> dict[str, int]:
        """Rows that more than one task pays for."""
        return {row: n for row, n in self.tasks.items() if n > 1}

    def to_data(self) -> dict[str, object]:
        """Plain values under the names of the fields, as the report's JSON has them.

        Examples:
            >>> Settings(measure="cpu_s", volume=1e6).to_data()["pue"]
            1.0
        """
        return {**asdict(self), "tasks": dict(self.tasks)}


def settings_from(data: Mapping[str, object]) -> Settings:
    """Settings from plain values, as the page's JSON and the vectors of the tests have them.

    Args:
        data: By name of the field; what is absent or null is the default.

    Raises:
        UnknownNameError: If a name is no setting.
        TypeError: If a value is of the wrong type.
        ValueError: If a value is out of range.

    Examples:
        >>> settings_from({"measure": "cpu_s", "volume": 1000, "tasks": {"ts": 4}}).shared
        {'ts': 4}
    """
    known = [each.name for each in fields(Settings)]
    for name in data:
        if name not in known:
            raise UnknownNameError("setting", name, known)
    given = {name: value for name, value in data.items() if value is not None}
    texts = {
        name: _text(name, given.pop(name)) for name in ("measure", "currency") if name in given
    }
    tasks = given.pop("tasks", {})
    if not isinstance(tasks, Mapping):
        raise TypeError(f"tasks must be numbers by row, got {tasks!r}; write {{'ROW': 2}}")
    numbers = {name: _number(name, value) for name, value in given.items()}
    if "measure" not in texts or "volume" not in numbers:
        raise ValueError("settings need a measure and a volume; give both")
    return replace(
        Settings(measure=texts["measure"], volume=numbers["volume"], tasks=dict(tasks)),
        currency=texts.get("currency", "EUR"),
        min_score=numbers.get("min_score"),
        price_per_kwh=numbers.get("price_per_kwh"),
        price_per_hour=numbers.get("price_per_hour"),
        pue=numbers.get("pue", 1.0),
        grid_g_per_kwh=numbers.get("grid_g_per_kwh"),
    )


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text, got {value!r}; quote it")
    return value


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number, got {value!r}; write it without quotes")
    return float(value)


def own_settings(ground: Ground) -> Settings:
    """The position in which a report opens: headline, planned volume and what was asked.

    Args:
        ground: What was gathered.

    Examples:
        >>> from breakeven.records import StudyDefinition
        >>> study = StudyDefinition(name="s", pathways=())
        >>> own_settings(Ground(definition=study, pathways=(), resources=())).measure
        'cpu_s'
    """
    return Settings(
        measure=ground.definition.headline.value,
        volume=ground.definition.planned_volume,
        tasks=dict(ground.tasks),
    )
