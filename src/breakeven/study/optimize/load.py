"""Load: a study file with a block `optimize`, or a model and a task, as something to search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from breakeven.errors import StudyFileError, UnknownNameError
from breakeven.records import Scalar
from breakeven.records.optimum import OPTIMIZE
from breakeven.study.engine import find_engine
from breakeven.study.lines import Document
from breakeven.study.load import build, load_study
from breakeven.study.optimize.routes import baseline_of, with_routes
from breakeven.study.optimize.space import suggested_settings
from breakeven.study.optimize.wanted import Wanted, wanted_of
from breakeven.study.schema import StudyBlock
from breakeven.study.spec import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimization:
    """What to search, and for what.

    Attributes:
        study: With every route as a pathway.
        wanted: What its block `optimize` asks for.
    """

    study: Study
    wanted: Wanted


@dataclass(slots=True, kw_only=True)
class _Widening:
    """Adds routes to a study and remembers the block they come from."""

    blocks: list[StudyBlock] = field(default_factory=list)

    def __call__(self, block: StudyBlock) -> StudyBlock:
        self.blocks.append(with_routes(block))
        return self.blocks[-1]


def load_optimization(
    path: Path | str,
    overrides: Mapping[str, object] | None = None,
    *,
    profile: str | None = None,
    variables: Mapping[str, Scalar | Path] | None = None,
    task: str | None = None,
) -> Optimization:
    """Read a study file whose block `optimize` says what to search.

    Args:
        path: The YAML file.
        overrides: As `load_study`.
        profile: As `load_study`.
        variables: As `load_study`.
        task: As `load_study`.

    Raises:
        StudyFileError: If the study cannot be carried out, or holds no such block.
    """
    widening = _Widening()
    study = load_study(
        path,
        overrides,
        profile=profile,
        variables=variables,
        task=task,
        widen=widening,
    )
    return _optimization(study, widening.blocks[-1], where=str(path))


def define_optimization(data: Mapping[str, Any], *, folder: Path) -> Optimization:
    """The same from the keys of a study file.

    Args:
        data: Plain dictionaries, lists and scalars.
        folder: What relative paths are relative to.

    Raises:
        StudyFileError: As `load_optimization`.
    """
    widening = _Widening()
    text = yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True)
    document = Document(folder=folder, text=f"# {OPTIMIZE}\n{text}", data=dict(data), name=OPTIMIZE)
    study = build(document, {}, variables={}, widen=widening)
    return _optimization(study, widening.blocks[-1], where=OPTIMIZE)


def _optimization(study: Study, block: StudyBlock, *, where: str) -> Optimization:
    if block.optimize is None:
        raise StudyFileError(
            f"{where}: optimize is missing, so there is nothing to search; add the block, or name "
            "a model and a --task"
        )
    baseline = baseline_of(block)
    run = [pathway.name for pathway in study.pathways if pathway.stated is None]
    for key, name in (("baseline", baseline), ("student", block.optimize.student or baseline)):
        if name not in run:
            error = UnknownNameError("pathway", name, run)
            raise StudyFileError(f"{where}: optimize.{key}: {error}")
    given = {
        name: value if isinstance(value, list) else [value]
        for name, value in block.optimize.settings.items()
    }
    _refuse_unknown(given, study.reference, where=where)
    settings: Mapping[str, Sequence[Scalar]] = given or suggested_settings(
        study.reference, find_engine(study.engine)
    )
    headline = study.question.headline
    wanted = wanted_of(block.optimize, baseline=baseline, headline=headline, settings=settings)
    question = replace(study.question, headline=wanted.cost)
    return Optimization(study=replace(study, question=question), wanted=wanted)


def _refuse_unknown(
    given: Mapping[str, Sequence[Scalar]], known: Mapping[str, Scalar], *, where: str
) -> None:
    for name in given:
        if name not in known:
            error = UnknownNameError("setting of inference", name, known)
            raise StudyFileError(f"{where}: optimize.settings: {error}")
