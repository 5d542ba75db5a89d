"""Forms of tasks: what an example is, what an answer to it is, and which metrics judge answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """What a task asks of a model; heads and metrics are chosen by it."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"
    TOKEN_CLASSIFICATION = "token-classification"  # noqa: S105 - not a password
    QUESTION_ANSWERING = "question-answering"
    LANGUAGE_MODELLING = "language-modelling"
    GENERATION = "generation"


RUNNING = (Form.LANGUAGE_MODELLING, Form.GENERATION)
"""Forms of running text, which has no labels."""

METRICS: Mapping[Form, tuple[str, ...]] = {
    Form.CLASSIFICATION: ("accuracy", "f1", "macro_f1", "mcc"),
    Form.REGRESSION: ("pearson", "spearman"),
    Form.TOKEN_CLASSIFICATION: ("entity_f1",),
    Form.QUESTION_ANSWERING: ("exact_match", "answer_f1"),
    Form.LANGUAGE_MODELLING: ("perplexity",),
    Form.GENERATION: ("perplexity",),
}
"""Metrics that judge each form; the first is its headline where nobody chooses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Right answers to one question, all of them spans of its context.

    Attributes:
        texts: As they stand in the context, at least one.
        starts: Character of the context each begins at.
    """

    texts: tuple[str, ...]
    starts: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.texts or len(self.texts) != len(self.starts):
            raise ValueError(
                "a question needs at least one answer and as many starts, got "
                f"{len(self.texts)} and {len(self.starts)}"
            )
