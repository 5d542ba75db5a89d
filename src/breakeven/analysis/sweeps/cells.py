"""Cells: the configurations of one pathway's sweep with their settings, costs and quality.

A cell is one row of inference over all blocks. Two cells can be compared on one axis when their
settings differ in nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from breakeven.analysis.runs import select
from breakeven.analysis.runs.select import ROLE, ScoredRun, StudyRuns
from breakeven.analysis.sweeps.findings import PADDING
from breakeven.analysis.uncertain import Observation
from breakeven.records import Resource, Run, Scalar, Status

Blocks = Mapping[int, Observation]

REFERENCE = "reference"
TWIN = "aa"
SWEPT = "sweep"
FULL_PADDING = "max_length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One configuration of one pathway.

    Attributes:
        label: What follows the pathway's name in the row.
        role: "reference", "aa" or "sweep".
        settings: Resolved inference settings without the role.
        runs: Finished runs of it.
        blocks: Cost per item by resource and block.
        scored: Its score on the test split; None when it has none.
    """

    label: str
    role: str
    settings: Mapping[str, Scalar]
    runs: tuple[Run, ...]
    blocks: Mapping[Resource, Blocks]
    scored: ScoredRun | None

    @property
    def n_tokens(self) -> float | None:
        """Tokens computed per example, padding included; None where nobody counted them."""
        n_examples = sum(run.output.n_examples for run in self.runs)
        n_padded = sum(run.output.n_padded_tokens for run in self.runs)
        return n_padded / n_examples if n_padded and n_examples else None

    def differences(self, other: "Cell") -> frozenset[str]:
        """Names of the settings in which two cells differ."""
        names = self.settings.keys() | other.settings.keys()
        return frozenset(n for n in names if self.settings.get(n) != other.settings.get(n))


def cells_of(found: StudyRuns, pathway: str, *, order: Callable[[str], object]) -> tuple[Cell, ...]:
    """Gather the finished inference runs of one pathway by configuration.

    Args:
        found: The study's runs.
        pathway: Name.
        order: Sort key of labels.

    Examples:
        >>> from breakeven.testing.runs import example_runs
        >>> cells = cells_of(select.study_runs(*example_runs()), "TA", order=str)
        >>> [(cell.label, cell.role) for cell in cells]
        [('aa', 'aa'), ('length=16', 'sweep'), ('reference', 'reference')]
    """
    by_label: dict[str, list[Run]] = {}
    for run in found.inference(pathway):
        is_sought = run.settings.resolved.get(ROLE) == select.SEARCHING
        if run.status is Status.OK and not is_sought:
            by_label.setdefault(select.label_of(run, pathway), []).append(run)
    labels = sorted(by_label, key=order)  # type: ignore[arg-type]  # any key that sorts
    return tuple(_cell(found, label, by_label[label]) for label in labels)


def with_role(cells: Sequence[Cell], role: str) -> Cell | None:
    """The first cell made for one purpose; None when there is none.

    Examples:
        >>> with_role([], "reference") is None
        True
    """
    return next((cell for cell in cells if cell.role == role), None)


def distinct(cells: Sequence[Cell]) -> list[Cell]:
    """Cells that stand for a configuration of their own, not for the reference over again.

    Examples:
        >>> distinct([])
        []
    """
    return [cell for cell in cells if cell.role in {REFERENCE, SWEPT}]


def padded_full(cells: Sequence[Cell], reference: Cell) -> Cell | None:
    """The configuration that pads everything to the longest length of the sweep, else as usual.

    It is the baseline of studies that truncate fixed-length inputs; None when the sweep does not
    hold it or it is the reference itself.

    Examples:
        >>> from breakeven.testing.factorial import factorial_runs
        >>> found = select.study_runs(*factorial_runs(n_blocks=1))
        >>> cells = cells_of(found, "FT", order=str)
        >>> padded_full(cells, with_role(cells, "reference")).label
        'padding=max_length'
    """
    lengths = [length for c in cells if isinstance(length := c.settings.get("max_length"), int)]
    if PADDING not in reference.settings or not lengths:
        return None
    wanted = {**reference.settings, PADDING: FULL_PADDING, "max_length": max(lengths)}
    cell = next((c for c in distinct(cells) if dict(c.settings) == wanted), None)
    return None if cell is None or cell.label == reference.label else cell


def _cell(found: StudyRuns, label: str, runs: Sequence[Run]) -> Cell:
    by_resource = {
        resource: select.by_block(runs, resource, item=found.definition.item)
        for resource in found.resources
    }
    settings = runs[0].settings.resolved
    return Cell(
        label=label,
        role=str(settings.get(ROLE, "")),
        settings={name: value for name, value in settings.items() if name != ROLE},
        runs=tuple(runs),
        blocks={resource: blocks for resource, blocks in by_resource.items() if blocks},
        scored=select.score_on_test(runs, found.definition.metric),
    )
