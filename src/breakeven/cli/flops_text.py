"""What `breakeven flops` prints: a table by kind of operator, and what stands beside it."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

from breakeven.cli.screen import narrowed
from breakeven.formulas.flops import KAPLAN_SENSOR
from breakeven.formulas.operations import CONVENTION, Group, OpCount
from breakeven.formulas.operators import OPERATORS
from breakeven.units import format_bytes
from breakeven.workloads.counting.account import LIMITS, Account

_WIDTH = 100
_HEADINGS = ("", "MAC", "ADD", "MUL", "FPO")


def operator_text(name: str, sizes: Sequence[int], ops: OpCount) -> str:
    """One operator, and how it is made."""
    told = " ".join(
        f"{what}={size}" for what, size in zip(OPERATORS[name].sizes, sizes, strict=True)
    )
    return _wrapped(
        f"{name} {told}: {ops.n_mul:,} MUL + {ops.n_add:,} ADD = {ops.n_total:,} FPO",
        f"made of: {OPERATORS[name].made_of}",
        f"convention: {CONVENTION}.",
    )


def operator_data(name: str, ops: OpCount) -> dict[str, Any]:
    """Numbers of an operator, for a program."""
    made_of = OPERATORS[name].made_of
    return {"op": name, **_data(ops), "made_of": made_of, "convention": f"{CONVENTION}."}


def account_text(account: Account, *, model: str, asked: Mapping[str, Any]) -> str:
    """Table of a model's forward pass, the asked total, parameters, memory and limits."""
    ops, training = account.ops, account.training
    lines = [f"{model}: {_input_words(asked)}; {account.source}, {account.how}", ""]
    lines += _table(account)
    lines += ["", f"2 x MAC of a forward pass: {_giga(2 * ops.n_mac)} (products alone)"]
    lines += [f"all FPO of a forward pass: {_giga(ops.n_total)}"]
    ratio = f"{training.n_total / ops.n_total:.3f} x forward"
    lines += [f"all FPO of a training step: {_giga(training.n_total)}, {ratio}"]
    if asked["n_steps"] > 1:
        words = f"asked ({asked['what']}, {asked['n_steps']} steps)"
        lines.append(f"{words}: {_giga(_asked_fpo(account, asked))}")
    lines += _kaplans_words(account, asked)
    lines += _torchs_words(account)
    lines.append(_parameters_words(account))
    lines.append(_memory_words(account))
    lines += [f"unknown, not counted: {name} x{n}" for name, n in account.unknown.items()]
    lines.append(f"limits: {'; '.join(LIMITS)}.")
    lines += [f"beyond: {account.beyond}."] if account.beyond else []
    lines.append(f"convention: {account.convention}")
    return _wrapped(*lines)


def account_data(account: Account, *, model: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers of a model, for a program; `flops` is what was asked for, exact."""
    ops = account.ops
    data: dict[str, Any] = {
        "flops": _asked_fpo(account, asked),
        "convention": account.convention,
        "model": model,
        "source": account.source,
        "how": account.how,
        "length_tokens": asked["length_tokens"],
        "batch_size": asked["batch_size"],
        "head": asked["head"],
        "forward": _data(ops),
        "training": _data(account.training),
        "parts": {group.value: _data(work) for group, work in account.work.items()},
        "n_parameters": account.n_parameters,
        "n_learnable": account.n_learnable,
        "n_embedding": account.n_embedding,
        "weights_bytes": account.weights_bytes,
        "gathered_bytes": account.gathered_bytes,
        "unknown": dict(account.unknown),
        "limits": [*LIMITS, *([account.beyond] if account.beyond else [])],
    }
    if (n_tokens := _n_tokens(asked)) is not None:
        kaplan = account.kaplan(n_tokens)
        data["kaplan"] = {"flops": kaplan.flops, "convention": kaplan.convention}
    if account.count is not None:
        data["peak_activation_bytes"] = account.peak_activation_bytes
        data["torch_flop_counter"] = account.count.torch_flops
        data["operators"] = [
            {
                "operator": row.operator,
                "group": row.group.value,
                "n_calls": row.n_calls,
                **_data(row.ops),
                "n_moved_bytes": row.n_moved_bytes,
            }
            for row in account.count.rows
        ]
    return data


def _data(ops: OpCount) -> dict[str, int]:
    return {"n_mac": ops.n_mac, "n_add": ops.n_add, "n_mul": ops.n_mul, "fpo": ops.n_total}


def _asked_fpo(account: Account, asked: Mapping[str, Any]) -> int:
    one = account.training if asked["what"] == "train" else account.ops
    return int(one.n_total * asked["n_steps"])


def _input_words(asked: Mapping[str, Any]) -> str:
    n = asked["batch_size"]
    if asked["image_side"] is not None:
        side = asked["image_side"]
        return f"{n} {'image' if n == 1 else 'images'} of {side} x {side}"
    return f"{n} {'sequence' if n == 1 else 'sequences'} of {asked['length_tokens']} tokens"


def _table(account: Account) -> list[str]:
    """One row per group with work or calls, most work first, and their sum."""
    ordered = sorted(account.work.items(), key=lambda item: -item[1].n_total)
    rows = [_HEADINGS, *(_row(group.value, ops) for group, ops in ordered)]
    rows.append(_row("forward", account.ops))
    notes = ["", *(_moved_words(account, group) for group, _ in ordered), ""]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    return [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + (f"  {note}" if note else "")
        for row, note in zip(rows, notes, strict=True)
    ]


def _row(name: str, ops: OpCount) -> tuple[str, ...]:
    return (name, *(f"{n:,}" for n in (ops.n_mac, ops.n_add, ops.n_mul, ops.n_total)))


def _moved_words(account: Account, group: Group) -> str:
    """Calls of operators without arithmetic, and what they move."""
    if group is Group.GATHER and account.count is None:
        return f"{format_bytes(account.gathered_bytes)} read and written"
    if account.count is None or account.work[group].n_total:
        return ""
    moved_bytes = account.count.moved_bytes(group)
    moved = f", {format_bytes(moved_bytes)} read and written" if moved_bytes else ""
    return f"{account.count.n_calls(group)} calls{moved}"


def _n_tokens(asked: Mapping[str, Any]) -> int | None:
    """Tokens of a forward pass; None where images go in."""
    length = asked["length_tokens"]
    return None if asked["image_side"] is not None else int(length * asked["batch_size"])


def _kaplans_words(account: Account, asked: Mapping[str, Any]) -> list[str]:
    n_tokens = _n_tokens(asked)
    if n_tokens is None:
        return []
    n = account.n_parameters - account.n_embedding
    flops = _giga(int(account.kaplan(n_tokens).flops))
    return [f"{KAPLAN_SENSOR}, as in stages: {flops}, N = {n:,}"]


def _torchs_words(account: Account) -> list[str]:
    """What torch's own counter says, and what it leaves out."""
    count = account.count
    if count is None or count.torch_flops is None:
        return []
    missing = [
        f"{group.value} {ops.n_total:,}"
        for group, ops in account.work.items()
        if ops.n_total and not ops.n_mac
    ]
    n_products = 2 * account.ops.n_mac - count.torch_flops
    if n_products:
        missing.insert(0, f"products {n_products:,}")
    text = f"torch.utils.flop_counter: {_giga(count.torch_flops)}"
    return [f"{text}; it leaves out {', '.join(missing)}" if missing else text]


def _parameters_words(account: Account) -> str:
    n_kept = account.n_parameters - account.n_learnable
    learnable = "all learnable" if not n_kept else f"{account.n_learnable:,} learnable"
    return f"parameters: {account.n_parameters:,}, {learnable}; tied ones once"


def _memory_words(account: Account) -> str:
    gathered = f"look-ups move {format_bytes(account.gathered_bytes)}"
    if account.peak_activation_bytes is None:
        peak = "activations are not known from a closed form (--count follows them)"
    else:
        peak = f"activations {format_bytes(account.peak_activation_bytes)} at most at one time"
    assumed = "" if account.count is not None else " in fp32"
    return f"memory: weights {format_bytes(account.weights_bytes)}{assumed}; {peak}; {gathered}"


def _wrapped(*lines: str) -> str:
    """Lines no wider than a terminal; those of a table never are."""
    width = narrowed(_WIDTH)
    return "\n".join(
        line if len(line) <= width else fill(line, width, subsequent_indent="  ") for line in lines
    )


def _giga(n: int) -> str:
    """Exact, and in billions as papers print it.

    >>> _giga(22348431360)
    '22,348,431,360 (22.348 G)'
    """
    return f"{n:,} ({n / 1e9:,.3f} G)"
