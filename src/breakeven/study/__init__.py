"""Decide: study file, plan, order of runs, workers, resume.

`load_study(path)`, `load_studies(path)` or `define_study(...)`, `plan_study(study, store)`,
`run_study(study, store)`; of a delivered folder `measure_again(folder, task, store)` and
`check_again(folder)`. Each is imported when first used, because pydantic and the meters are not
cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from breakeven.study.again import measure_again
    from breakeven.study.define import define_study
    from breakeven.study.load import load_studies, load_study
    from breakeven.study.plan import plan_study
    from breakeven.study.proof import check_again
    from breakeven.study.runner import run_study

__all__ = [
    "check_again",
    "define_study",
    "load_studies",
    "load_study",
    "measure_again",
    "plan_study",
    "run_study",
]

_HOMES = {
    "check_again": "proof",
    "define_study": "define",
    "load_studies": "load",
    "load_study": "load",
    "measure_again": "again",
    "plan_study": "plan",
    "run_study": "runner",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - lazy names have many types
    """Import a function on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'breakeven.study' has no attribute {name!r}")
    return getattr(import_module(f"breakeven.study.{_HOMES[name]}"), name)
