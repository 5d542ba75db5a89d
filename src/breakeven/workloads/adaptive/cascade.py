"""Cascade: a small model answers, and hands on to a large one what it is unsure of."""

from collections.abc import Mapping

from breakeven.errors import SettingsError
from breakeven.records import Scalar, Stage
from breakeven.records.protocols import StageContext, StageRequest
from breakeven.workloads.adaptive.adaptive import ReadTask
from breakeven.workloads.reductions.reduction import Card
from breakeven.workloads.stages.serving import Server


class Cascade:
    """Two models of any kind, of which the small one says how sure it is; implements `Adaptive`."""

    card = Card(
        name="cascade",
        setting="max_drop",
        what="Lets a small model answer and a large one take what the small is unsure of.",
        acts_on="the large model's share of the examples; each example it takes is read twice",
        suggested=(0.5, 1.0, 2.0),
        cost="both models are developed, loaded and kept in memory, and answer the validation "
        "split once; it pays where the small one costs little and is sure of most",
        source="Viola and Jones 2001, section 4; Wang et al. 2018, IDK Cascades",
        stage=Stage.ADAPT,
        is_adaptive=True,
    )
    roles = ("start", "fallback")

    def check(self, settings: Mapping[str, Scalar]) -> None:
        """Refuse exits, which are of another method.

        Raises:
            SettingsError: If there are any.
        """
        if settings["exits"]:
            raise SettingsError(
                f"exits={settings['exits']!r} does nothing in a cascade; leave it out, or set "
                "method: early-exit"
            )

    def adapt(self, context: StageContext, request: StageRequest) -> None:
        """Let both answer the validation split and choose the threshold."""
        from breakeven.workloads.stages.cascade_fit import adapt_cascade  # noqa: PLC0415 - as needed

        adapt_cascade(context, request)

    def open(self, context: StageContext, request: StageRequest, *, read_task: ReadTask) -> Server:
        """Load both members."""
        from breakeven.workloads.stages.cascade_fit import open_cascade  # noqa: PLC0415 - the same

        return open_cascade(context, request, read_task=read_task)


CASCADE = Cascade()
