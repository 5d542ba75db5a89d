"""Result: what a measured command says of its scores, its volume and its sizes.

Nobody checked these numbers here: they are the command's count, and the run says so. What was
measured around the command is kept whether or not the file can be read.
"""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import msgspec

from breakeven.errors import ResultFileError
from breakeven.records import Cost, Kind, Note, NoteCode, Origin, Resource, Score, Volume
from breakeven.session.recorder import Recorder

COUNTS = {
    "n_parameters": Resource.N_PARAMETERS,
    "n_labelled_examples": Resource.N_LABELLED_EXAMPLES,
    "n_unlabelled_examples": Resource.N_UNLABELLED_EXAMPLES,
}

CLOCK_STEP_S = 2.0
"""File systems keep times in steps of up to two seconds (FAT); a file this little older than the
start of the command is taken for its own if it changed."""

_NS = 10**9

_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Score(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One score as the file gives it."""

    value: float
    n_examples: _Count
    n_correct: _Count | None = None
    split: str = "test"
    higher_is_better: bool = True
    low: float | None = None
    high: float | None = None


class _Output(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What was processed, as the file gives it."""

    n_examples: _Count
    n_real_tokens: _Count = 0
    n_padded_tokens: _Count = 0
    n_batches: _Count = 0


class _File(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The whole file."""

    scores: dict[str, _Score] = {}
    output: _Output | None = None
    n_parameters: _Count | None = None
    n_labelled_examples: _Count | None = None
    n_unlabelled_examples: _Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a command stated of itself.

    Attributes:
        source: Name of the file.
        scores: Quality numbers.
        output: What the command processed; None when it did not say.
        counts: Totals it counted.
    """

    source: str
    scores: tuple[Score, ...] = ()
    output: Volume | None = None
    counts: Mapping[Resource, int] = field(default_factory=dict)

    def tell(self, recorder: Recorder) -> None:
        """Add it all to a run, with a note that names the source."""
        for score in self.scores:
            recorder.add_score(score)
        if self.output is not None:
            recorder.add_output(self.output)
        for resource, value in self.counts.items():
            recorder.count(
                Cost.exact(resource, value, kind=Kind.COUNTED, sensor=f"stated in {self.source}")
            )
        recorder.add_note(
            Note(
                code=NoteCode.STATED_BY_COMMAND,
                message=f"scores, volume and counts are what the command wrote in {self.source}; "
                "nothing here checked them.",
                advice="Make sure that it scores the same test examples as the study does.",
            )
        )


class ResultFile:
    """A file that a command is expected to write; made before the command starts."""

    def __init__(self, path: Path) -> None:
        """Remember what is there now, so that it is not mistaken for the command's result.

        Args:
            path: The file; it need not exist yet.
        """
        self._path = path
        self._before = _signature(path)
        self._start_ns = time.time_ns()

    def read(self) -> Result:
        """Read what the command wrote.

        Raises:
            ResultFileError: If it is not there, older than the command, or not such a file.
        """
        now = _signature(self._path)
        if now is None:
            raise ResultFileError(
                f"{self._path} was not written; let the command write it, or leave --result out"
            )
        is_older = now[0] < self._start_ns - CLOCK_STEP_S * _NS
        if now == self._before or is_older:
            raise ResultFileError(
                f"{self._path} is older than the command that should have written it; let the "
                "command write it anew, or leave --result out"
            )
        try:
            return parse_result(self._path.read_bytes(), source=self._path.name)
        except OSError as error:
            raise ResultFileError(
                f"{self._path} cannot be read ({error.strerror}); name the JSON file that the "
                "command writes"
            ) from error


def parse_result(text: bytes, *, source: str) -> Result:
    """Read a result file.

    Args:
        text: JSON: `scores` by metric (`value`, `n_examples`, and if known `n_correct`, `split`,
            `higher_is_better`, `low` and `high` of its 95 % interval), `output` (`n_examples`,
            `n_real_tokens`, `n_padded_tokens`, `n_batches`), `n_parameters`,
            `n_labelled_examples`, `n_unlabelled_examples`; every key may be absent.
        source: Name of the file, for errors and for the record.

    Raises:
        ResultFileError: If a key is unknown or a value impossible; names both.
    """
    try:
        plain = msgspec.json.decode(text)
        _refuse_unknown(plain, source=source)
        stated = msgspec.convert(plain, _File)
        scores = tuple(
            _score(metric, score, source=source) for metric, score in stated.scores.items()
        )
        return Result(
            source=source,
            scores=scores,
            output=_volume(stated.output),
            counts=_counts(stated),
        )
    except (msgspec.MsgspecError, ValueError) as error:
        if isinstance(error, ResultFileError):
            raise
        raise ResultFileError(f"{source}: {error}") from error


def _refuse_unknown(plain: object, *, source: str) -> None:
    """Name the first key that nothing here understands, and the nearest that is."""
    if not isinstance(plain, dict):
        raise ResultFileError(
            f"{source} holds a {type(plain).__name__}; expected a JSON object with the keys "
            f"{', '.join(_File.__struct_fields__)}"
        )
    scores = plain.get("scores")
    blocks = [("", plain, _File), ("output.", plain.get("output"), _Output)]
    if isinstance(scores, dict):
        _refuse_bare_scores(scores, source=source)
        blocks += [(f"scores.{name}.", block, _Score) for name, block in scores.items()]
    for place, block, kind in blocks:
        if isinstance(block, dict):
            _refuse_keys(place, block, known=kind.__struct_fields__, source=source)


def _refuse_bare_scores(scores: dict[str, object], *, source: str) -> None:
    """Say the right form where a score is given as a bare number."""
    for name, block in scores.items():
        if isinstance(block, int | float):
            raise ResultFileError(
                f"{source}: scores.{name} is {block}; say on how many test examples: "
                f'{{"scores": {{"{name}": {{"value": {block}, "n_examples": 1000}}}}}}'
            )


def _refuse_keys(place: str, keys: Collection[str], *, known: Collection[str], source: str) -> None:
    for key in keys:
        if key not in known:
            close = get_close_matches(key, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
            raise ResultFileError(f"{source}: unknown key {place + key!r}; {hint}")


def _score(metric: str, stated: _Score, *, source: str) -> Score:
    score = Score(
        metric=metric,
        value=stated.value,
        split=stated.split,
        n_examples=stated.n_examples,
        n_correct=stated.n_correct,
        higher_is_better=stated.higher_is_better,
        low=stated.low,
        high=stated.high,
        origin=Origin.STATED,
    )
    _refuse_contradiction(score, source=source)
    return score


def _refuse_contradiction(score: Score, *, source: str) -> None:
    """Refuse an accuracy that is no fraction, and counts that are not those of the score."""
    if score.n_correct is not None and score.n_examples and not score.is_share:
        share = score.n_correct / score.n_examples
        raise ResultFileError(
            f"{source}: {score.metric} {score.value:g} is not {score.n_correct} of "
            f"{score.n_examples}, which is {share:.4g}; write it as a fraction counted on "
            "the same examples, or leave n_correct out where the metric is no share of correct "
            "answers"
        )
    if score.metric == "accuracy" and not 0 <= score.value <= 1:
        raise ResultFileError(
            f"{source}: accuracy {score.value:g} is no fraction; write a number from 0 to 1"
        )


def _volume(stated: _Output | None) -> Volume | None:
    if stated is None:
        return None
    return Volume(
        n_examples=stated.n_examples,
        n_real_tokens=stated.n_real_tokens,
        n_padded_tokens=stated.n_padded_tokens,
        n_batches=stated.n_batches,
    )


def _counts(stated: _File) -> dict[Resource, int]:
    values = {resource: getattr(stated, name) for name, resource in COUNTS.items()}
    return {resource: value for resource, value in values.items() if value is not None}


def _signature(path: Path) -> tuple[int, int, int] | None:
    """Time of the last change, size and number of a file; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
