"""A study defined in Python: the same keys, checks, run table and resume keys as a study file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from numbers import Integral, Real
from pathlib import Path

import yaml

from breakeven.records import Scalar
from breakeven.study.lines import Document, Place
from breakeven.study.load import build
from breakeven.study.places import name_only
from breakeven.study.spec import Study

_Block = Mapping[str, object]


def define_study(  # noqa: PLR0913 - one argument per top-level key of a study file
    study: str,
    *,
    task: _Block,
    pathways: _Block,
    stages: Sequence[_Block] = (),
    inference: _Block | None = None,
    analysis: _Block | None = None,
    defaults: _Block | None = None,
    budget: _Block | None = None,
    optimize: _Block | None = None,
    variables: Mapping[str, Scalar | Path] | None = None,
    meters: Sequence[str] = (),
    replay: Path | str | None = None,
    seed: int = 0,
    engine: str = "nlp",
    folder: Path | str | None = None,
) -> Study:
    """Check and resolve a study from mappings; each argument is a top-level key of a study file.

    Values may be paths, enums and tuples where a file has texts and lists. See docs/study-file.md
    for the keys within each argument.

    Args:
        study: Name; the study's runs carry it.
        task: `name` of the task and its options.
        pathways: What could be deployed: name of a row, or a mapping, by name of the pathway.
        stages: Development rows; a key `from` names the row a row begins from.
        inference: How deployed models are measured.
        analysis: The question of the report.
        defaults: Settings for every row whose stage knows them.
        budget: When to stop.
        optimize: What `breakeven optimize` searches.
        variables: Values put in for `${name}`.
        meters: Names of sensors; empty for every one that works here.
        replay: Recorded power trace.
        seed: Of the order of runs, and default of the rows.
        engine: What runs the rows.
        folder: What relative paths are relative to; the working directory.

    Raises:
        StudyFileError: If the study cannot be carried out; names the key.

    Examples:
        >>> study = define_study(
        ...     "toy",
        ...     engine="toy",
        ...     task={"name": "toy"},
        ...     stages=[{"name": "ft", "stage": "finetune"}],
        ...     pathways={"FT": "ft"},
        ... )
        >>> [configuration.row for configuration in study.configurations]
        ['FT/reference', 'FT/aa']
    """
    given: Mapping[str, object] = {
        "study": study,
        "seed": seed,
        "engine": engine,
        "variables": variables,
        "task": task,
        "defaults": defaults,
        "stages": stages,
        "pathways": pathways,
        "inference": inference,
        "analysis": analysis,
        "budget": budget,
        "optimize": optimize,
        "meters": meters,
        "replay": replay,
    }
    raw = {key: part for key, part in given.items() if part is not None}
    document = Document(folder=Path(folder or Path.cwd()), text="", data=raw)
    data = {key: _plain(document, (key,), part) for key, part in raw.items()}
    text = yaml.safe_dump(_told(data), sort_keys=False, allow_unicode=True)
    return build(
        replace(document, text=f"# defined in Python\n{text}", data=data), {}, variables={}
    )


def _plain(document: Document, place: Place, part: object) -> object:
    """Turn what Python has into what YAML has: texts, numbers, lists and dictionaries."""
    if part is None or isinstance(part, bool):
        return part
    if isinstance(part, str):  # also enums of texts
        return str(part)
    if isinstance(part, Real):  # also numpy's numbers
        return int(part) if isinstance(part, Integral) else float(part)
    if isinstance(part, Path):
        return str(part.expanduser())
    if isinstance(part, Mapping):
        return {str(k): _plain(document, (*place, str(k)), v) for k, v in part.items()}
    if isinstance(part, Sequence):
        return [_plain(document, (*place, i), v) for i, v in enumerate(part)]
    raise document.error(
        place, f"{part!r} is no text, number, truth value, path, list or mapping; give one"
    )


def _told(part: object) -> object:
    """The same with folders by their name alone, as a store keeps it."""
    if isinstance(part, dict):
        return {key: _told(inner) for key, inner in part.items()}
    if isinstance(part, list):
        return [_told(inner) for inner in part]
    return name_only(part) if isinstance(part, str) else part
