"""breakeven: what an NLP model costs over its whole life, and from which volume it pays.

Measure what is yours (`measure`, `metered`), or let a study run (`load_study`, `define_study`,
`run_study`); runs are kept in a `Store`. Ask what they come to (`analyse`), write that down
(`write_report`), and use what was chosen (`load`).
"""

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from breakeven.cli.report import write_report
    from breakeven.integrations import metered
    from breakeven.records import Run
    from breakeven.report.results import analyse
    from breakeven.session.measure import measure
    from breakeven.store import Store
    from breakeven.study import define_study, load_study, run_study
    from breakeven.workloads.deployed import load

__version__ = "0.1.0"

__all__ = [
    "Run",
    "Store",
    "__version__",
    "analyse",
    "define_study",
    "load",
    "load_study",
    "measure",
    "metered",
    "run_study",
    "write_report",
]

_HOMES = {
    "Run": "breakeven.records",
    "Store": "breakeven.store",
    "analyse": "breakeven.report.results",
    "define_study": "breakeven.study",
    "load": "breakeven.workloads.deployed",
    "load_study": "breakeven.study",
    "measure": "breakeven.session",
    "metered": "breakeven.integrations",
    "run_study": "breakeven.study",
    "write_report": "breakeven.cli.report",
}

_MOVED = {
    "build_report": ("breakeven.report", "0.3"),
    "load_studies": ("breakeven.study", "0.3"),
}
"""Names that were here: where they are, and the version that no longer finds them here."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - lazy names have many types
    """Import a public name on first use, so that `import breakeven` stays cheap."""
    if name in _MOVED:
        home, removal = _MOVED[name]
        warnings.warn(
            f"breakeven.{name} is {home}.{name} now; breakeven {removal} will not know it here",
            DeprecationWarning,
            stacklevel=2,
        )
        return getattr(import_module(home), name)
    if name not in _HOMES:
        raise AttributeError(f"module 'breakeven' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
