"""Serving a cascade: a small model answers each batch, a large one what the small is unsure of.

What is handed on from a batch is answered at once, as a smaller batch of its own. Collecting it
over several batches would fill those of the large model better, and let the first example wait for
the last: the latency of a batch is that of all its answers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from breakeven.records import Cost, PhaseName, Resource, Scalar
from breakeven.records.protocols import StageContext
from breakeven.workloads.stages.ledger import counted
from breakeven.workloads.stages.serving import Answering, Answers, Row, Server, confident, flops_of
from breakeven.workloads.tasks import Split, Task

HANDED_ON = "handed_on"
"""Score of a row: the share of its examples that the large model answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CascadeRow:
    """Two rows of equal settings; implements `serving.Row`.

    Tokens and FLOPs are those of both members: an example that is handed on is read twice. Without
    FLOPs of one member (TF-IDF) there are none of the cascade.

    Attributes:
        small: Answers everything, and says how sure it is.
        large: Answers what is handed on.
        threshold: Confidence from which an answer of the small one stands.
        n_kaplan: No one number of parameters passes every token.
        handed_on: Examples that the large one answered last.
    """

    small: Row
    large: Row
    threshold: float
    n_kaplan: None = None
    handed_on: set[int] = field(default_factory=set, compare=False)

    @property
    def parts(self) -> Mapping[PhaseName, Answering]:
        """Parts that both can do alone: of the large one for what it was handed."""
        both = [name for name in self.small.parts if name in self.large.parts]
        return {name: partial(self._part, name) for name in both}

    @property
    def synchronize(self) -> Callable[[], None]:
        """Waits for the devices of both."""
        small, large = self.small.synchronize, self.large.synchronize

        def wait() -> None:
            small()
            large()

        return wait

    @property
    def prepares_shapes(self) -> bool:
        """Whether one of them does."""
        return self.small.prepares_shapes or self.large.prepares_shapes

    def answer(self, indices: Sequence[int]) -> Answers:
        """Answer the examples at `indices`, each by the small model unless it is unsure."""
        first = self.small.answer(indices)
        if len(first.confidences) != len(indices):
            raise ValueError(
                f"{len(first.confidences)} confidences for {len(indices)} examples; a small model "
                "must say how sure it is of each"
            )
        unsure = [i for i, sure in enumerate(first.confidences) if sure < self.threshold]
        self.handed_on.difference_update(indices)
        self.handed_on.update(indices[i] for i in unsure)
        if not unsure:
            return replace(
                first, confidences=(), flops=flops_of(self.small, first), tally={HANDED_ON: 0}
            )
        second = self.large.answer([indices[i] for i in unsure])
        predicted = list(first.predicted)
        for i, better in zip(unsure, second.predicted, strict=True):
            predicted[i] = better
        parts = flops_of(self.small, first), flops_of(self.large, second)
        return Answers(
            predicted=predicted,
            n_real_tokens=first.n_real_tokens + second.n_real_tokens,
            n_padded_tokens=first.n_padded_tokens + second.n_padded_tokens,
            flops=None if None in parts else sum(filter(None, parts)),
            tally={HANDED_ON: len(unsure)},
        )

    def over(self, split: Split[Any]) -> "CascadeRow":
        """The same setup for other examples."""
        small, large = self.small.over(split), self.large.over(split)
        return replace(self, small=small, large=large, handed_on=set())

    def _part(self, name: PhaseName, indices: Sequence[int]) -> Answers:
        first = self.small.parts[name](indices)
        unsure = [i for i in indices if i in self.handed_on]
        second = self.large.parts[name](unsure) if unsure else Answers(predicted=())
        return replace(
            first,
            n_real_tokens=first.n_real_tokens + second.n_real_tokens,
            n_padded_tokens=first.n_padded_tokens + second.n_padded_tokens,
        )

    def costs(self) -> list[Cost]:
        """Parameters of both; a device's memory is read once, after both have used it."""
        first, second = self.small.costs(), self.large.costs()
        n_parameters = sum(
            cost.value for cost in (*first, *second) if cost.resource is Resource.N_PARAMETERS
        )
        others = [cost for cost in second if cost.resource is not Resource.N_PARAMETERS]
        return [counted(Resource.N_PARAMETERS, n_parameters), *others]


@dataclass(frozen=True, slots=True, kw_only=True)
class CascadeServer:
    """Both members, loaded once; implements `serving.Server`."""

    small: Server
    large: Server
    threshold: float

    @property
    def task(self) -> Task[Any]:
        """What both answer."""
        return self.large.task

    @property
    def is_scored(self) -> bool:
        """Whether the answers of both mean anything."""
        return self.small.is_scored and self.large.is_scored

    @contextmanager
    def configured(
        self, context: StageContext, settings: Mapping[str, Scalar], *, split: Split[Any]
    ) -> Iterator[CascadeRow]:
        """Set up both members by the same settings.

        Raises:
            SettingsError: If one of them cannot run so, or the small one says no confidence.
            PrecisionRefusedError: If the precision was measured not to pay here.
        """
        with (
            self.small.configured(context, settings, split=split) as small,
            self.large.configured(context, settings, split=split) as large,
        ):
            yield CascadeRow(small=confident(small), large=large, threshold=self.threshold)

    def close(self) -> None:
        """Close both."""
        self.small.close()
        self.large.close()
