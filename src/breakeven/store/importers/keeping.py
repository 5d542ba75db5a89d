"""Keeping a joined log: whose runs it concerns, and that nothing is counted twice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from breakeven.errors import DataFileError, IncomparableRunsError
from breakeven.records import Attachment, Cost, Resource, Run, Scope
from breakeven.store.attachments import lay_over, without
from breakeven.store.importers.joining import Joined
from breakeven.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of earlier imports.

    Attributes:
        is_again: Whether the same log had been imported before; it was replaced.
        replaced: Other logs from which channels were taken away.
    """

    is_again: bool
    replaced: tuple[str, ...] = ()


def choose_runs(store: Store, *, study: str = "", host: str = "") -> tuple[Run, ...]:
    """Runs that a log of one machine may concern, as recorded.

    Of ranks that ran side by side on a node only the first is taken, as for live sensors.

    Args:
        store: Where they are.
        study: Only the runs of this study.
        host: Only those of this machine.

    Raises:
        IncomparableRunsError: If they come from several machines and none is named.
    """
    runs = [
        run
        for run in store.recorded()
        if (not study or run.study == study)
        and (not host or (run.machine is not None and run.machine.host == host))
        and (run.rank is None or run.rank.local_rank == 0)
        and run.phases
    ]
    hosts = {run.machine.host_id: run.machine.host for run in runs if run.machine is not None}
    if len(hosts) > 1:
        raise IncomparableRunsError(
            f"the runs in {store.path} come from {len(hosts)} machines "
            f"({', '.join(sorted(hosts.values()))}), and a meter is at one of them. Say which "
            "with --host."
        )
    return tuple(runs)


def keep(
    store: Store, joined: Joined, *, is_adding: bool = False, is_replacing: bool = False
) -> Kept:
    """Write a joined log into a store, in place of an earlier import of the same file.

    Args:
        store: Where the runs are.
        joined: What the log adds.
        is_adding: Whether its channels add up with others of the same scope, such as a second
            plug.
        is_replacing: Whether channels of other logs by the same names give way.

    Raises:
        DataFileError: If a run has such a channel already, or another one that sees as much of
            the machine; says how to settle it.
        StoreWriteError: If it cannot be written.
    """
    new = joined.attachment
    others = [a for a in store.attachments() if a.content_hash != new.content_hash]
    if is_replacing:
        others = [without(a, run_ids=new.run_ids, channels=new.channels) for a in others]
    _refuse_clashes(new, lay_over(store.recorded(), others), is_adding=is_adding)
    changed = [a for a in others if a not in store.attachments()]
    for attachment in changed:
        store.attach(attachment)
    is_again = any(a.content_hash == new.content_hash for a in store.attachments())
    store.attach(new)
    return Kept(is_again=is_again, replaced=tuple(a.source for a in changed))


def _refuse_clashes(new: Attachment, runs: Sequence[Run], *, is_adding: bool) -> None:
    by_id = {run.run_id: run for run in runs}
    for added in new.phases:
        known = _energies(by_id[added.run_id].phases[added.index].measurement.costs)
        for cost in added.costs:
            _refuse_same_name(cost, known, run=by_id[added.run_id])
            if not (is_adding or cost.check_of):
                _refuse_same_scope(cost, known, run=by_id[added.run_id])


def _energies(costs: Collection[Cost]) -> list[Cost]:
    return [c for c in costs if c.resource is Resource.ENERGY_J]


def _refuse_same_name(cost: Cost, known: Sequence[Cost], *, run: Run) -> None:
    for other in known:
        if other.channel == cost.channel:
            raise DataFileError(
                f"run {run.run_id} ({run.row}) has a channel {cost.channel!r} already, from "
                f"{other.sensor}. Give this one another name with --name, or take the other "
                "log's away with --replace."
            )


def _refuse_same_scope(cost: Cost, known: Sequence[Cost], *, run: Run) -> None:
    rivals = [c.channel for c in known if c.scope is cost.scope and not c.check_of]
    if rivals:
        seen = {Scope.WALL: "a plug", Scope.SUPPLY: "a power supply", Scope.PART: "a part"}
        raise DataFileError(
            f"run {run.run_id} ({run.row}) has {', '.join(rivals)} already, which like "
            f"{cost.channel} is the energy of {seen[cost.scope]}. Do they add up (two cords of one "
            f"machine)? Say --adds. Do they count the same? Say --check-of {rivals[0]}."
        )
