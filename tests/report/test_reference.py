"""The reference configuration in words: what a reader must know, without what is by default."""

from dataclasses import replace

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Scalar, Volume
from breakeven.report.reference import reference_words
from breakeven.workloads.inference_options import INFERENCE


def words(analysis: StudyAnalysis, **changed: Scalar) -> str:
    reference = {**{name: option.default for name, option in INFERENCE.items()}, **changed}
    definition = replace(analysis.definition, reference=reference)
    return reference_words(replace(analysis, definition=definition))


def test_what_stands_at_its_default_is_left_out_and_said_to_be(analysis: StudyAnalysis) -> None:
    text = words(analysis, batch_size=8)

    assert text == (
        "batch_size = 8, max_length = 128, padding = longest, precision = fp32, sorted = True, "
        "threads = 1, warmup = plateau; all else by default"
    )


def test_what_differs_from_its_default_is_told(analysis: StudyAnalysis) -> None:
    text = words(analysis, n_layers=2, min_window_s=2.0, theirs="x")

    assert "min_window_s = 2, n_layers = 2, " in text
    assert "theirs = x" in text


def test_lengths_of_answers_are_told_of_models_that_generate(analysis: StudyAnalysis) -> None:
    run = replace(analysis.runs[0], output=Volume(n_examples=1, n_new_tokens=32))

    assert "new_tokens" not in words(analysis)
    assert "new_tokens = 32" in words(replace(analysis, runs=(run,)))
