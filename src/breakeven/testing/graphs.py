"""Graphs for the suite of backends: tiny models, batches, and what torch answers to them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from breakeven.records import Scalar
from breakeven.workloads.backends.backend import Backend, Inputs, Outputs
from breakeven.workloads.backends.graph_folder import GraphFacts, write_graph

VOCAB_SIZE, N_POSITIONS = 50, 40

SHAPES = ((1, 4), (2, 7), (5, 2), (3, N_POSITIONS))
"""Examples and tokens of batches; none is that of the export, and none is as long as an answer."""


def tiny_model(auto_class: str) -> Any:  # noqa: ANN401 - transformers is untyped
    """Make a BERT of width 16 and one layer with random weights, large enough to differ."""
    from breakeven.workloads.models.frameworks import import_transformers  # noqa: PLC0415 - torch

    transformers = import_transformers()
    import torch  # noqa: PLC0415 - the same

    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=VOCAB_SIZE,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=N_POSITIONS,
        num_labels=3,
        initializer_range=0.5,
    )
    if auto_class == "AutoModelForQuestionAnswering":
        config.num_labels = 2
    return getattr(transformers, auto_class).from_config(config).eval()


def exported(
    backend: Backend,
    model: Any,  # noqa: ANN401 - the same
    folder: Path,
    *,
    precision: str = "fp32",
    has_types: bool = False,
) -> Path:
    """Export a model as stage export does, and return the folder."""
    import torch  # noqa: PLC0415 - the same

    folder.mkdir(parents=True, exist_ok=True)
    batch = padded((2, 5))
    example = with_types(batch) if has_types else batch
    settings: dict[str, Scalar] = {"precision": precision, "per_channel": True}
    is_static = precision == "int8-static"
    backend.export(
        model,
        folder,
        example={name: torch.from_numpy(own) for name, own in example.items()},
        settings=settings,
        calibration=[padded(shape) for shape in SHAPES] if is_static else [],
    )
    facts = GraphFacts(
        backend=backend.name,
        precision=precision,
        n_layers=1,
        inputs=tuple(example),
        outputs=(),
        max_length=N_POSITIONS,
        n_positions=N_POSITIONS,
        n_parameters=0,
        n_kaplan=0,
        versions={},
    )
    write_graph(folder, facts)
    return folder


def padded(shape: tuple[int, int]) -> dict[str, np.ndarray[Any, np.dtype[np.int64]]]:
    """A batch of random tokens; every example but the first ends in padding."""
    rng = np.random.default_rng(shape[0])
    ids = rng.integers(1, VOCAB_SIZE, shape)
    lengths = np.maximum(1, shape[1] - np.arange(shape[0]))
    mask = (np.arange(shape[1]) < lengths[:, None]).astype(np.int64)
    return {"input_ids": ids * mask, "attention_mask": mask}


def with_types(batch: Inputs) -> dict[str, np.ndarray[Any, np.dtype[np.int64]]]:
    """The same batch, the later half of each example a second text."""
    width = batch["input_ids"].shape[1]
    types = np.zeros_like(batch["input_ids"])
    types[:, width // 2 :] = 1
    return {**batch, "token_type_ids": types}


def of_model(
    model: Any,  # noqa: ANN401 - the same
    inputs: Inputs,
    names: Sequence[str],
) -> Outputs:
    """What torch answers, in evaluation mode as it is."""
    import torch  # noqa: PLC0415 - the same

    with torch.no_grad():
        found = model(**{name: torch.from_numpy(own) for name, own in inputs.items()})
    return {name: getattr(found, name).numpy() for name in names}
