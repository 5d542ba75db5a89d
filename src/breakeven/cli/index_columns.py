"""Columns for analysis from the index of a store, for one study and one resource."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from breakeven.analysis.matrix import RunColumns
    from breakeven.records import Item, Resource
    from breakeven.store.index import RunIndex


def run_columns(index: "RunIndex", resource: "Resource", *, item: "Item") -> "RunColumns":
    """Read what the pathways of a store's studies need in one resource.

    Args:
        index: Of the store.
        resource: Which cost.
        item: What an output counts.

    Raises:
        RecordFormatError: If the index is damaged.
        IncomparableRunsError: If two different runs share an id.
    """
    import numpy as np  # noqa: PLC0415 - `--help` stays light

    from breakeven.analysis.matrix import Observed, RunColumns, ScoreColumns  # noqa: PLC0415
    from breakeven.store.index import Flag  # noqa: PLC0415 - as above

    amounts, flags = index.amounts(resource), index.column("flags")
    return RunColumns(
        texts=index.texts,
        ids=index.ids,
        parents=index.parents,
        parent_starts=_starts(index, "n_parents"),
        study=np.where(index.superseded, _NO_STUDY, index.column("study")),
        row=index.column("result_of"),
        **{name: index.column(name) for name in _SAME},
        started=index.column("started_us"),
        n_items=index.column(f"n_{item.value}s"),
        is_rank=(flags & Flag.RANK) != 0,
        is_special=(flags & (Flag.TRIAL | Flag.CONTINUES)) != 0,
        is_by_batch=(flags & Flag.ANSWERS_BY_BATCH) != 0,
        whole=Observed(values=amounts.whole, bits=amounts.whole_bits),
        work=Observed(values=amounts.work, bits=amounts.work_bits),
        scores=ScoreColumns(
            starts=_starts(index, "n_scores"),
            values=index.score_values,
            **{name: index.score_column(name) for name in _OF_SCORES},
        ),
        records=index.records,
    )


_NO_STUDY = -2
"""Of a record that gave way to another of the same run; -1 is the code of a text nobody has."""

_SAME = (
    *("stage", "status", "joined", "role", "start_repeat", "model", "time_form"),
    *("repeat", "block", "observed"),
)
_OF_SCORES = (
    *("metric", "split", "kind", "origin", "how"),
    *("n_examples", "n_correct", "higher_is_better"),
)


def _starts(index: "RunIndex", name: str) -> "NDArray[np.int64]":
    import numpy as np  # noqa: PLC0415 - as above

    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(index.column(name))])
