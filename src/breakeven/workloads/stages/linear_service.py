"""Serving the TF-IDF + linear model; imports no torch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from breakeven.errors import SettingsError
from breakeven.records import Cost, PhaseName, Resource, Scalar
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.adaptive.confidence import softmax_maximum
from breakeven.workloads.models.linear import LinearModel, load_linear
from breakeven.workloads.stages.ledger import counted
from breakeven.workloads.stages.linear_fit import check_form, joined
from breakeven.workloads.stages.serving import LEFT_OUT, Answering, Answers
from breakeven.workloads.tasks import Split, Task

_NEURAL_ONLY: Mapping[str, Scalar] = {
    "n_layers": 0,
    "precision": "fp32",
    "attention": "auto",
    "batch_tokens": 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearRow:
    """The linear model set up for one row; implements `serving.Row`.

    Attributes:
        model: As fitted.
        texts: Those that are asked, pairs joined.
        synchronize: Nothing is queued.
        n_kaplan: Kaplan's rule is about transformers.
        parts: Nothing is measured apart: reading words and weighing them is one.
        prepares_shapes: Nothing is.
        says_confidence: Whether answers come with confidences.
    """

    model: LinearModel
    texts: Sequence[str]
    synchronize: Callable[[], None] = lambda: None
    n_kaplan: None = None
    parts: Mapping[PhaseName, Answering] = field(default_factory=dict)
    prepares_shapes: bool = False
    says_confidence: bool = False

    def answer(self, indices: Sequence[int]) -> Answers:
        """Answer the texts at `indices`; there are no tokens to count."""
        decided = self.model.decide([self.texts[i] for i in indices])
        return Answers(
            predicted=decided.argmax(axis=1).tolist(),
            confidences=softmax_maximum(decided).tolist() if self.says_confidence else (),
        )

    def confident(self) -> "LinearRow":
        """The same row, whose answers come with the probabilities of logistic regression.

        Raises:
            SettingsError: If the model is a support-vector machine.
        """
        if (estimator := self.model.settings["estimator"]) != "logistic":
            raise SettingsError(
                f"a TF-IDF model with estimator={estimator!r} says no confidence, which adaptive "
                "methods decide by; fit it with estimator=logistic"
            )
        return replace(self, says_confidence=True)

    def over(self, split: Split[Any]) -> "LinearRow":
        """The same setup for other texts."""
        return replace(self, texts=joined(split))

    def costs(self) -> list[Cost]:
        """Fitted numbers."""
        return [counted(Resource.N_PARAMETERS, self.model.n_parameters)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearServer:
    """The linear model, loaded once; implements `serving.Server`."""

    task: Task[int]
    model: LinearModel
    is_scored: bool = True

    @classmethod
    def load(cls, request: StageRequest, task: Task[int]) -> "LinearServer":
        """Load the parent "start".

        Raises:
            ModelFolderError: If the folder is incomplete or damaged.
            SettingsError: If the task is no classification.
        """
        check_form(task)
        return cls(task=task, model=load_linear(request.parents["start"]))

    @contextmanager
    def configured(
        self,
        context: StageContext,  # noqa: ARG002 - nothing of this is worth a phase
        settings: Mapping[str, Scalar],
        *,
        split: Split[Any],
    ) -> Iterator[LinearRow]:
        """Set up one row; length and padding mean nothing here, as whole texts are read.

        Raises:
            SettingsError: If one of the settings says something that it has not.
        """
        for name, only in _NEURAL_ONLY.items():
            if settings[name] != only:
                raise SettingsError(
                    f"{name}={settings[name]!r} means nothing to the TF-IDF model, alone or in a "
                    f"cascade, which knows {name}={only!r} only; set that, or {LEFT_OUT}"
                )
        yield LinearRow(model=self.model, texts=joined(split))

    def close(self) -> None:
        """Nothing is held but memory, which goes with the last name for it."""
