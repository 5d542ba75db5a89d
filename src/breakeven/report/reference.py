"""Reference: settings of the reference configuration that a reader must know."""

from collections.abc import Mapping

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Run, Scalar
from breakeven.workloads.inference_options import INFERENCE

_ALWAYS = ("batch_size", "max_length", "padding", "precision", "sorted", "threads", "warmup")
"""Settings that change what a number means, told at their defaults too."""
_OF_GENERATION = ("new_tokens",)


def reference_words(analysis: StudyAnalysis) -> str:
    """What differs from the defaults and what a reader must know, sorted; empty for no settings."""
    told = telling(analysis.definition.reference, runs=analysis.runs)
    words = ", ".join(
        f"{name} = {value:.4g}" if isinstance(value, float) else f"{name} = {value}"
        for name, value in sorted(told.items())
    )
    has_more = len(told) < len(analysis.definition.reference)
    return f"{words}; all else by default" if words and has_more else words


def telling(reference: Mapping[str, Scalar], *, runs: tuple[Run, ...] = ()) -> dict[str, Scalar]:
    """Those of some settings that tell a reader something.

    Args:
        reference: Settings of inference, by name.
        runs: Whether they generated decides whether the settings of that are told.
    """
    generates = any(run.output.n_new_tokens for run in runs)
    always = {*_ALWAYS, *(_OF_GENERATION if generates else ())}
    return {
        name: value
        for name, value in reference.items()
        if name in always or name not in INFERENCE or value != INFERENCE[name].default
    }
