"""Gather: what each pathway cost in one resource, from columns; as `pathway_cost` from records.

A row whose runs are trials, or went on from one another, is read in full: it is rare and its rules
are many. Notes, start-up and what the pathway was used for beside its reference are left out.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from breakeven.analysis.costs.pathways import PathwayCost
from breakeven.analysis.matrix.columns import RunColumns
from breakeven.analysis.matrix.scores import TestScores
from breakeven.analysis.matrix.study import StudyColumns
from breakeven.analysis.matrix.use import blocks_by_seed
from breakeven.analysis.runs.families import by_ancestors, together
from breakeven.analysis.runs.rows import RowCost, combined, row_cost
from breakeven.analysis.runs.seeds import Blocks, by_family, over_seeds
from breakeven.analysis.runs.select import UTILISATION, averaged
from breakeven.analysis.scoring.scores import PathwayScore
from breakeven.analysis.uncertain import Observation, Uncertain, mean_of
from breakeven.records import (
    Kind,
    Origin,
    PathwayDefinition,
    Resource,
    Stage,
    StudyDefinition,
    best_trial,
)


def column_costs(
    columns: RunColumns, definition: StudyDefinition, resource: Resource
) -> tuple[PathwayCost, ...]:
    """Cost of every pathway of a study in the resource that the columns hold.

    Args:
        columns: Runs of the store.
        definition: Of the study; see `StudyColumns.why_records` for what columns cannot answer.
        resource: One that adds up.

    Examples:
        >>> from tempfile import TemporaryDirectory
        >>> from breakeven.cli.index_columns import run_columns
        >>> from breakeven.store import Store
        >>> from breakeven.store.index import open_index, update_index
        >>> from breakeven.testing.runs import example_runs
        >>> definition, runs = example_runs()
        >>> with TemporaryDirectory() as folder, Store(folder + "/store") as store:
        ...     for run in runs:
        ...         store.append(run)
        ...     _ = update_index(store)
        ...     columns = run_columns(open_index(store), Resource.CPU_S, item=definition.item)
        >>> ft, *_ = column_costs(columns, definition, Resource.CPU_S)
        >>> ft.name, [row.row for row in ft.rows], len(ft.blocks[Resource.CPU_S])
        ('FT', ['pretrain', 'ft'], 6)
    """
    return _Gathering(StudyColumns(columns, definition), resource).costs()


class _Gathering:
    """One study in one resource."""

    def __init__(self, study: StudyColumns, resource: Resource) -> None:
        self.study = study
        self.resource = resource
        self.rows: dict[str, RowCost] = {}
        self.scores = TestScores(study)

    def costs(self) -> tuple[PathwayCost, ...]:
        pathways = self.study.definition.pathways
        use = blocks_by_seed(self.study)
        seeds = [
            {seed: {self.resource: blocks} for seed, blocks in use.blocks.get(i, {}).items()}
            if self.resource not in UTILISATION
            else {}
            for i in range(len(pathways))
        ]
        return tuple(
            self._cost(pathway, seeds[i], use.runs.get(i, {})) for i, pathway in enumerate(pathways)
        )

    def _cost(
        self,
        pathway: PathwayDefinition,
        seeds: dict[int, dict[Resource, Blocks]],
        runs: dict[int, list[int]],
    ) -> PathwayCost:
        names = self.study.development_rows(pathway)
        rows = [self._row(name) for name in names]
        deployed = self._deployed(pathway) if pathway.row in names else ()
        finished = [place for place in deployed if self.study.is_ok[place]]
        families = self._families(finished)
        family_of = {
            int(self.study.columns.repeat[place]): families[self.study.run_id(place)]
            for place in finished
        }
        blocks = over_seeds(by_family(seeds, family_of), self.resource)
        models = {self.study.text(self.study.columns.model, place) for place in deployed}
        return PathwayCost(
            definition=pathway,
            rows=tuple(self._with_past_paid(row, is_used=bool(blocks)) for row in rows),
            blocks={self.resource: blocks} if blocks else {},
            startup={},
            scored=self._scored(runs, deployed, family_of),
            is_finished=bool(finished),
            is_baseline="tfidf" in models,
            seeds=seeds if len(seeds) > 1 else {},
            family_of=family_of,
        )

    def _row(self, name: str) -> RowCost:
        if name not in self.rows:
            places = self.study.by_row[name].tolist()
            is_special = self.study.columns.is_special[places].any()
            self.rows[name] = self._special(places) if is_special else self._plain(name, places)
        return self.rows[name]

    def _special(self, places: Sequence[int]) -> RowCost:
        finished = [place for place in places if self.study.is_ok[place]]
        return row_cost(self.study.columns.records(places), family_of=self._families(finished))

    def _plain(self, name: str, places: Sequence[int]) -> RowCost:
        """Mean over finished repeats, those of one family first, plus everything unfinished."""
        whole = self.study.columns.whole
        finished = [place for place in places if self.study.is_ok[place]]
        families = self._families(finished)
        repeats: dict[int, list[Observation]] = {}
        for place in finished:
            if (seen := whole.of(place)) is not None:
                repeats.setdefault(families[self.study.run_id(place)], []).append(seen)
        lost = [whole.of(place) for place in places if not self.study.is_ok[place]]
        unfinished = [mean_of([seen]) for seen in lost if seen is not None]
        means = [mean_of([averaged(seen) for seen in repeats.values()])] if repeats else []
        is_unknown = not repeats and bool(finished)
        total = None if is_unknown else combined([*means, *unfinished], self.resource)
        return RowCost(
            row=name,
            stage=Stage(self.study.text(self.study.columns.stage, places[0])),
            runs=(),
            amounts={} if total is None else {self.resource: total},
            unseen={},
            n_families=len(set(families.values())),
        )

    def _families(self, finished: Sequence[int]) -> dict[str, int]:
        return by_ancestors(
            {self.study.run_id(place): self.study.ancestors(place) for place in finished}
        )

    def _with_past_paid(self, row: RowCost, *, is_used: bool) -> RowCost:
        """Take a stated model without any stated development as paid already: an assumed 0."""
        if row.stage is not Stage.STATED or not is_used or self._has_amounts(row):
            return row
        paid = replace(Uncertain.exact(0.0), kinds=(Kind.ASSUMED,), origins=(Origin.STATED,))
        return replace(row, amounts={self.resource: paid})

    def _has_amounts(self, row: RowCost) -> bool:
        """Whether anything is known of a row in any resource."""
        places = self.study.by_row[row.row]
        observed, is_ok = self.study.columns.observed[places], self.study.is_ok[places]
        decisive = observed[is_ok] if is_ok.any() else observed
        return bool(np.any(decisive != 0))

    def _deployed(self, pathway: PathwayDefinition) -> tuple[int, ...]:
        """Runs whose results may be deployed: every repeat, or the best of the trials."""
        places = self.study.by_row[pathway.row].tolist()
        columns = self.study.columns
        if not columns.is_special[places].any():
            return tuple(places)
        runs = columns.records(places)
        if not any(run.trial for run in runs):
            return tuple(places)
        best = best_trial(runs)
        return () if best is None else (places[[run.run_id for run in runs].index(best.run_id)],)

    def _scored(
        self, runs: dict[int, list[int]], deployed: Sequence[int], family_of: dict[int, int]
    ) -> PathwayScore | None:
        by_repeat = {**runs, 0: [*runs.get(0, ()), *deployed]}
        found = {n: self.scores.first(by_repeat[n]) for n in sorted(by_repeat)}
        seeds = {n: scored for n, scored in found.items() if scored is not None}
        if not seeds:
            return None
        groups = together(tuple(seeds), family_of)
        return PathwayScore(
            seeds=tuple(seeds.values()),
            repeats=tuple(seeds),
            families=() if len(groups) == len(seeds) else groups,
        )
