"""breakeven: what an NLP model costs over its whole life, and from which volume it pays."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from breakeven.cli.report import write_report
    from breakeven.integrations import metered
    from breakeven.records import Run
    from breakeven.report import build_report
    from breakeven.session.measure import measure
    from breakeven.store import Store
    from breakeven.study import define_study, load_studies, load_study, run_study
    from breakeven.workloads.deployed import load

__version__ = "0.1.0"

__all__ = [
    "Run",
    "Store",
    "__version__",
    "build_report",
    "define_study",
    "load",
    "load_studies",
    "load_study",
    "measure",
    "metered",
    "run_study",
    "write_report",
]

_HOMES = {
    "Run": "breakeven.records",
    "Store": "breakeven.store",
    "build_report": "breakeven.report",
    "define_study": "breakeven.study",
    "load": "breakeven.workloads.deployed",
    "load_studies": "breakeven.study",
    "load_study": "breakeven.study",
    "measure": "breakeven.session",
    "metered": "breakeven.integrations",
    "run_study": "breakeven.study",
    "write_report": "breakeven.cli.report",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - lazy names have many types
    """Import a public name on first use, so that `import breakeven` stays cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module 'breakeven' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
