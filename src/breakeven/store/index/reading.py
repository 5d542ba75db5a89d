"""Reading: columns of an index over all its segments, and records by where their lines begin.

Only the arrays that are asked for are read. The npz holds a check sum of each, so a changed byte
is an error here and never a number; whoever gets that error builds the index again.
"""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from breakeven.errors import RecordFormatError
from breakeven.records import Resource, Run
from breakeven.store import codec
from breakeven.store.index.columns import NUMBERS, SCORE_NUMBERS, SCORE_TEXTS, TEXTS
from breakeven.store.index.manifest import Manifest, Part, SegmentEntry, read_manifest
from breakeven.store.reading import choose
from breakeven.store.store import Store

Array = NDArray[Any]

_DAMAGE = (
    *(OSError, ValueError, KeyError, EOFError, OverflowError, RuntimeError, SyntaxError),
    *(zipfile.BadZipFile, zlib.error, struct.error),
)
"""What zipfile and numpy raise for a file that is not what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What runs consumed of one resource.

    Attributes:
        whole: Value, low and high over all phases, NaN where unseen; shape (3, n_runs).
        work: The same of the work phase.
        whole_bits: Kinds and origins of each, see `totals.totals`; shape (n_runs,).
        work_bits: The same of the work phase.
    """

    whole: NDArray[np.float64]
    work: NDArray[np.float64]
    whole_bits: Array
    work_bits: Array


@dataclass(frozen=True)
class RunIndex:
    """The columns of one store; runs come in the order of its files.

    Attributes:
        folder: Where the store is.
        manifest: What the index holds.
    """

    folder: Path
    manifest: Manifest

    @property
    def n_runs(self) -> int:
        """Lines; two records of one run are two."""
        return self.manifest.n_runs

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Every text that a column of texts refers to, each once."""
        return tuple(self._coding[0])

    @cached_property
    def ids(self) -> Array:
        """Ids of runs as bytes, shape (n_runs,)."""
        return self._joined("ids", empty=np.zeros(0, dtype="S1"))

    @cached_property
    def parents(self) -> Array:
        """Ids of all runs' parents, one run's after another's."""
        return self._joined("parents", empty=np.zeros(0, dtype="S1"))

    def column(self, name: str) -> Array:
        """Codes of a column of texts, or numbers of another; shape (n_runs,).

        Args:
            name: Of `TEXTS` or `NUMBERS`.
        """
        if name in TEXTS:
            return self._recoded(name)
        if name not in NUMBERS:
            raise ValueError(f"there is no column {name!r}; there are {(*TEXTS, *NUMBERS)}")
        return self._joined(name, empty=np.zeros(0, dtype=np.int64))

    def score_column(self, name: str) -> Array:
        """The same of all runs' scores, one run's after another's."""
        if name in SCORE_TEXTS:
            return self._recoded(f"score_{name}")
        if name not in SCORE_NUMBERS:
            raise ValueError(f"a score has no {name!r}; it has {(*SCORE_TEXTS, *SCORE_NUMBERS)}")
        return self._joined(f"score_{name}", empty=np.zeros(0, dtype=np.int64))

    @cached_property
    def score_values(self) -> NDArray[np.float64]:
        """Value, low and high of all scores, NaN where there is none; shape (3, n_scores)."""
        found = [part["score_values"] for part in self._segments("score_values")]
        return np.concatenate(found, axis=1) if found else np.zeros((3, 0))

    def amounts(self, resource: Resource) -> Amounts:
        """What every run consumed of one resource."""
        shape = 3, self.n_runs
        names = tuple(f"{scope}/{resource.value}" for scope in ("whole", "work", "bits"))
        whole, work = np.full(shape, np.nan), np.full(shape, np.nan)
        bits = np.zeros((2, self.n_runs), dtype=np.int16)
        at = 0
        for segment in self.manifest.segments:
            place = slice(at, at + segment.n_runs)
            if resource.value in segment.resources:
                part = self._read(segment, names)
                whole[:, place], work[:, place] = part[names[0]], part[names[1]]
                bits[:, place] = part[names[2]]
            at += segment.n_runs
        return Amounts(whole=whole, work=work, whole_bits=bits[0], work_bits=bits[1])

    @cached_property
    def superseded(self) -> NDArray[np.bool_]:
        """Which lines give way to another record of the same run, as `reading.choose` decides.

        Raises:
            IncomparableRunsError: If two different runs share an id.
        """
        given_way = np.zeros(self.n_runs, dtype=bool)
        places: dict[bytes, int] = {}
        for place, run_id in enumerate(self.ids.tolist()):
            first = places.setdefault(run_id, place)
            if first != place:
                one, other = self.records([first, place])
                is_first = choose(one, other) is one
                given_way[place if is_first else first] = True
                places[run_id] = first if is_first else place
        return given_way

    def records(self, places: Iterable[int]) -> list[Run]:
        """Read the whole records of some runs.

        Raises:
            RecordFormatError: If a line is not the run that the index says.
        """
        offsets = self.column("offset")
        wanted = list(places)
        found: dict[int, Run] = {}
        for path, own in self._by_file(wanted).items():
            with path.open("rb") as file:
                found |= {n: self._record(file, path, int(offsets[n]), n) for n in own}
        return [found[place] for place in wanted]

    def _record(self, file: BinaryIO, path: Path, offset: int, place: int) -> Run:
        file.seek(offset)
        run = codec.decode_run(file.readline().removesuffix(b"\n"))
        if run.run_id.encode() != self.ids[place]:
            raise RecordFormatError(f"{path} was changed where the index has run {self.ids[place]}")
        return run

    def _by_file(self, places: Sequence[int]) -> Mapping[Path, list[int]]:
        """Places by the file that holds their lines."""
        parts = [part for segment in self.manifest.segments for part in segment.parts]
        ends = np.cumsum([part.n_runs for part in parts])
        found: dict[Path, list[int]] = {}
        for place, at in zip(places, np.searchsorted(ends, places, side="right"), strict=True):
            found.setdefault(self._path(parts[at]), []).append(place)
        return found

    def _path(self, part: Part) -> Path:
        return self.folder / "runs" / part.file

    @cached_property
    def _coding(self) -> tuple[dict[str, int], tuple[NDArray[np.int64], ...]]:
        """Code of every text, and for each segment the code of each of its own."""
        codes: dict[str, int] = {"": 0}
        own = []
        for part in self._segments("texts"):
            texts = json.loads(part["texts"].tobytes())
            own.append(np.array([codes.setdefault(t, len(codes)) for t in texts], dtype=np.int64))
        return codes, tuple(own)

    def _recoded(self, name: str) -> Array:
        pairs = zip(self._segments(name), self._coding[1], strict=True)
        found = [own[part[name]] for part, own in pairs]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    def _joined(self, name: str, *, empty: Array) -> Array:
        found = [part[name] for part in self._segments(name)]
        return np.concatenate(found) if found else empty

    def _segments(self, name: str) -> Iterator[dict[str, Array]]:
        for segment in self.manifest.segments:
            yield self._read(segment, (name,))

    def _read(self, segment: SegmentEntry, names: Sequence[str]) -> dict[str, Array]:
        """Arrays of one segment, each checked against its sum before it is looked at.

        Raises:
            RecordFormatError: If the segment is damaged.
        """
        path = self.folder / "index" / segment.name
        try:
            with zipfile.ZipFile(path) as opened:
                return {name: _array(opened.read(f"{name}.npy")) for name in names}
        except _DAMAGE as error:
            raise RecordFormatError(f"{path} is damaged: {error}") from error


def _array(content: bytes) -> Array:
    found: Array = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    return found


def open_index(store: Store) -> RunIndex:
    """Open the index of a store as it is; see `update_index`.

    Raises:
        RecordFormatError: If there is none, or it is damaged.
    """
    manifest = read_manifest(store.path / "index")
    if manifest is None:
        raise RecordFormatError(
            f"{store.path} has no index; build it: breakeven store index {store.path}"
        )
    return RunIndex(folder=store.path, manifest=manifest)
