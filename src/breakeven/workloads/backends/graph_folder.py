"""The folder of a graph: what it holds is said in graph.json, beside it tokenizer and config.json.

Schema 1: backend, precision, depth, names of inputs and outputs, limits of length, sizes, versions.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from breakeven.errors import ModelFolderError

GRAPH_FILE = "graph.json"
SCHEMA_VERSION = 1

ROUNDING = 1e-3
"""Share of the largest logit that fp32 may be off by because operators were fused or their sums
taken in another order. Encoders of 6-24 layers were off by 1e-7 to 1e-5; an operator that means
something else by far more. Answers that differ within it were ties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphFacts:
    """What a graph is.

    Attributes:
        backend: Name of what runs it.
        precision: Number format of its weights, as stage export names it.
        n_layers: Layers in it.
        inputs: Names of its inputs.
        outputs: Names of its outputs.
        max_length: Longest input that its answers were compared on, in tokens.
        n_positions: Tokens it can read at once; None where it takes any length.
        n_parameters: Of the model it comes from.
        n_kaplan: Those outside embedding tables.
        versions: Of what exported it and of what it was compared with, by package.
        computed_in: Precision it computed in where it was made; empty where nobody looked.
        batch_difference_frac: How far a logit moved when examples were answered one by one and not
            in batches, as a share of the largest; None where nobody looked.
        schema_version: Layout of this file.
    """

    backend: str
    precision: str
    n_layers: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    max_length: int
    n_positions: int | None
    n_parameters: int
    n_kaplan: int
    versions: Mapping[str, str]
    computed_in: str = ""
    batch_difference_frac: float | None = None
    schema_version: int = SCHEMA_VERSION


def is_graph(folder: Path) -> bool:
    """Whether `write_graph` wrote into this folder."""
    return (folder / GRAPH_FILE).is_file()


def write_graph(folder: Path, facts: GraphFacts) -> None:
    """Write graph.json."""
    text = msgspec.json.format(msgspec.json.encode(asdict(facts)), indent=1)
    (folder / GRAPH_FILE).write_bytes(text)


def read_graph(folder: Path) -> GraphFacts:
    """Read graph.json.

    Raises:
        ModelFolderError: If it is absent, damaged, or of a layout that is not known here.
    """
    path = folder / GRAPH_FILE
    try:
        found = msgspec.json.decode(path.read_bytes(), type=dict[str, object])
        version = found.get("schema_version")
        if version == SCHEMA_VERSION:
            return msgspec.convert(found, GraphFacts)
    except (OSError, msgspec.DecodeError) as error:
        raise ModelFolderError(f"{path} cannot be read ({error}); export the row again") from error
    raise ModelFolderError(
        f"{path} has schema_version {version!r} and this breakeven reads {SCHEMA_VERSION}; export "
        "the row again, or use the version of breakeven that wrote it"
    )
