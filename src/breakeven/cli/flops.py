"""`breakeven flops`: count the work of a model by closed form, convention printed."""

import json
from pathlib import Path
from typing import Any

import click

from breakeven.formulas.flops import (
    KAPLAN_SENSOR,
    Embeddings,
    EncoderShape,
    FlopCount,
    distillation_flops,
    encoder_flops,
    inference_flops,
    kaplan_sensor,
    training_flops,
)
from breakeven.workloads.models.folder import read_shape

_COUNT = click.IntRange(min=1)


@click.command()
@click.option("--n", "length_tokens", type=_COUNT, required=True, help="Tokens per sequence.")
@click.option("--N", "n_parameters", type=_COUNT, help="Parameters; of the student in --distil.")
@click.option("--S", "n_steps", type=_COUNT, default=1, show_default=True, help="Steps.")
@click.option("--B", "batch_size", type=_COUNT, default=1, show_default=True, help="Batch size.")
@click.option("--train", "what", flag_value="train", help="Training: 6 n N S B.")
@click.option("--infer", "what", flag_value="infer", default=True, help="Forward: 2 n N S B.")
@click.option(
    "--distil", "what", flag_value="distil", help="Student 6 n N S B + teacher 2 n N S B."
)
@click.option("--teacher", "n_teacher", type=_COUNT, help="Parameters of the teacher (--distil).")
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    help="Model folder whose config.json gives the shape: closed form instead of Kaplan's.",
)
@click.option(
    "--embeddings",
    type=click.Choice(["in", "out"]),
    default="in",
    show_default=True,
    help="Whether the N you give holds the embedding tables; changes the text only.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(*, as_json: bool, **asked: Any) -> None:  # noqa: ANN401 - click's options
    """Count floating-point operations.

    Kaplan's formulas from N, or the closed form of an encoder from a model folder; the
    convention is printed with every number.
    """
    count = _from_folder(asked) if asked["model"] else _from_parameters(asked)
    if as_json:
        click.echo(json.dumps({"flops": count.flops, "convention": count.convention}))
        return
    click.echo(f"{_scientific(count.flops)} FLOPs ({asked['what']})")
    click.echo(f"convention: {count.convention}")
    if not asked["model"]:
        click.echo(_stages_words(asked["embeddings"]))


def _from_parameters(asked: dict[str, Any]) -> FlopCount:
    n_parameters, n_teacher = asked["n_parameters"], asked["n_teacher"]
    embeddings: Embeddings = asked["embeddings"]
    if n_parameters is None:
        raise click.UsageError("give --N, or a folder with --model")
    if (n_teacher is not None) != (asked["what"] == "distil"):
        raise click.UsageError("--distil and --teacher go together: give both or neither")
    n_tokens = asked["length_tokens"] * asked["n_steps"] * asked["batch_size"]
    if asked["what"] == "distil":
        return distillation_flops(n_parameters, n_teacher, n_tokens, embeddings=embeddings)
    formula = training_flops if asked["what"] == "train" else inference_flops
    return formula(n_parameters, n_tokens, embeddings=embeddings)


def _from_folder(asked: dict[str, Any]) -> FlopCount:
    if asked["n_parameters"] is not None or asked["what"] == "distil":
        raise click.UsageError("--model gives the shape itself; leave out --N and --distil")
    shape: EncoderShape = read_shape(asked["model"])
    return encoder_flops(
        shape,
        length_tokens=asked["length_tokens"],
        n_sequences=asked["n_steps"] * asked["batch_size"],
        is_training=asked["what"] == "train",
    )


def _stages_words(embeddings: Embeddings) -> str:
    """Say which N the stages of a study take, lest two conventions be compared unawares."""
    text = f"stages of a study record {KAPLAN_SENSOR}"
    if kaplan_sensor(embeddings) == KAPLAN_SENSOR:
        return f"{text}, as you state of your N"
    return f"{text}; your N is stated to hold them, so compare the two with care"


def _scientific(value: float) -> str:
    """Five significant digits as the papers write them.

    >>> _scientific(24794948751851520.0)
    '2.4795e16'
    """
    mantissa, exponent = f"{value:.4e}".split("e")
    return f"{mantissa}e{int(exponent)}"
