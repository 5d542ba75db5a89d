"""`breakeven flops`: count the work of a model or an operator, convention printed."""

import json
from typing import Any

import click

from breakeven.cli.flops_text import account_data, account_text, operator_data, operator_text
from breakeven.formulas.families import Ask, Head
from breakeven.formulas.flops import (
    KAPLAN_SENSOR,
    Embeddings,
    FlopCount,
    distillation_flops,
    inference_flops,
    kaplan_sensor,
    training_flops,
)
from breakeven.formulas.operators import OPERATORS, operator_ops
from breakeven.workloads.counting.account import Wanted, account_of, find_config

_COUNT = click.IntRange(min=1)


@click.command()
@click.argument("words", nargs=-1, metavar="[MODEL | SIZES...]")
@click.option("--n", "--length", "length_tokens", type=_COUNT, help="Tokens per sequence.")
@click.option("--N", "n_parameters", type=_COUNT, help="Parameters; of the student in --distil.")
@click.option("--S", "n_steps", type=_COUNT, default=1, show_default=True, help="Steps.")
@click.option(
    "--B", "--batch", "batch_size", type=_COUNT, default=1, show_default=True, help="Batch size."
)
@click.option("--train", "what", flag_value="train", help="Training: 6 n N S B, or MODEL's step.")
@click.option("--infer", "what", flag_value="infer", default=True, help="Forward: 2 n N S B.")
@click.option(
    "--distil", "what", flag_value="distil", help="Student 6 n N S B + teacher 2 n N S B."
)
@click.option("--teacher", "n_teacher", type=_COUNT, help="Parameters of the teacher (--distil).")
@click.option(
    "--embeddings",
    type=click.Choice(["in", "out"]),
    default="in",
    show_default=True,
    help="Whether the N you give holds the embedding tables; changes the text only.",
)
@click.option(
    "--head",
    type=click.Choice([head.value for head in Head]),
    default=Head.NONE.value,
    show_default=True,
    help="What stands on MODEL; with none, BERT still has its pooler.",
)
@click.option("--count", "counts", is_flag=True, help="Count operators, closed form or not.")
@click.option("--attention", help="Implementation to count, e.g. eager or sdpa; implies --count.")
@click.option(
    "--device",
    type=click.Choice(["meta", "cpu"]),
    default="meta",
    show_default=True,
    help="Where to count: meta allocates no weights, cpu runs random ones and implies --count.",
)
@click.option("--image", "image_side", type=_COUNT, help="Pixels per side, for models of images.")
@click.option("--strict", is_flag=True, help="Fail if an operator's work is not known.")
@click.option(
    "--op",
    "operator",
    type=click.Choice(sorted(OPERATORS)),
    metavar="NAME",
    help="Count one operator of the given SIZES, e.g. --op matmul 2 3 4.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(*, words: tuple[str, ...], as_json: bool, **asked: Any) -> None:  # noqa: ANN401 - click's options
    """Count floating-point operations.

    Of MODEL: a folder, a config.json, an architecture of transformers (its default sizes) or an
    id on a hub; no weights are loaded. In closed form where one is known, else by the operators
    that it dispatches. Without MODEL: Kaplan's formulas from --N, or one operator by --op. The
    convention is printed with every number.
    """
    if asked["operator"] is not None:
        _print_operator(asked["operator"], words, as_json=as_json)
    elif words:
        _print_model(words, asked, as_json=as_json)
    else:
        _print_kaplan(asked, as_json=as_json)


def _print_operator(name: str, words: tuple[str, ...], *, as_json: bool) -> None:
    try:
        sizes = [int(word) for word in words]
        ops = operator_ops(name, sizes)
    except ValueError as error:
        wanted = " ".join(OPERATORS[name].sizes).upper()
        raise click.UsageError(f"{error}; expected --op {name} {wanted}") from error
    if as_json:
        click.echo(json.dumps(operator_data(name, ops)))
        return
    click.echo(operator_text(name, sizes, ops))


def _print_model(words: tuple[str, ...], asked: dict[str, Any], *, as_json: bool) -> None:
    if len(words) > 1:
        raise click.UsageError(f"one MODEL at a time, got {' '.join(words)}")
    if asked["n_parameters"] is not None or asked["what"] == "distil":
        raise click.UsageError("MODEL gives its parameters itself; leave out --N and --distil")
    if asked["length_tokens"] is None and asked["image_side"] is None:
        raise click.UsageError("give --length, or --image for a model of images")
    account = account_of(find_config(words[0]), _wanted(asked))
    if asked["strict"] and account.count is not None:
        account.count.check_known()
    shown = account_data if as_json else account_text
    told = shown(account, model=words[0], asked=asked)
    click.echo(json.dumps(told) if as_json else told)


def _wanted(asked: dict[str, Any]) -> Wanted:
    is_image = asked["image_side"] is not None
    return Wanted(
        ask=Ask(
            n_sequences=asked["batch_size"],
            n_tokens=asked["length_tokens"] or 1,
            head=Head(asked["head"]),
        ),
        counts=asked["counts"] or asked["attention"] is not None or asked["device"] != "meta",
        attention=asked["attention"],
        device=asked["device"],
        trains=asked["what"] == "train",
        changes={"image_size": asked["image_side"]} if is_image else {},
    )


def _print_kaplan(asked: dict[str, Any], *, as_json: bool) -> None:
    count = _from_parameters(asked)
    if as_json:
        click.echo(json.dumps({"flops": count.flops, "convention": count.convention}))
        return
    click.echo(f"{_scientific(count.flops)} FLOPs ({asked['what']})")
    click.echo(f"convention: {count.convention}")
    click.echo(_stages_words(asked["embeddings"]))


def _from_parameters(asked: dict[str, Any]) -> FlopCount:
    n_parameters, n_teacher = asked["n_parameters"], asked["n_teacher"]
    embeddings: Embeddings = asked["embeddings"]
    if n_parameters is None or asked["length_tokens"] is None:
        raise click.UsageError("give a MODEL, an operator with --op, or --n with --N")
    if (n_teacher is not None) != (asked["what"] == "distil"):
        raise click.UsageError("--distil and --teacher go together: give both or neither")
    n_tokens = asked["length_tokens"] * asked["n_steps"] * asked["batch_size"]
    if asked["what"] == "distil":
        return distillation_flops(n_parameters, n_teacher, n_tokens, embeddings=embeddings)
    formula = training_flops if asked["what"] == "train" else inference_flops
    return formula(n_parameters, n_tokens, embeddings=embeddings)


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
