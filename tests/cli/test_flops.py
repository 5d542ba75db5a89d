import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from breakeven.cli.flops import command

PAPER = ["--n", "256", "--N", "124742805", "--S", "4044", "--B", "32"]
TINY = {
    "model_type": "bert",
    "hidden_size": 2,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "intermediate_size": 3,
    "vocab_size": 5,
}


def run(*argv: str) -> str:
    result = CliRunner().invoke(command, argv)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        (["--train"], "2.4795e16 FLOPs (train)"),
        (["--infer"], "8.2651e15 FLOPs (infer)"),
        ([], "8.2651e15 FLOPs (infer)"),
        (["--distil", "--teacher", "124742805"], "3.3060e16 FLOPs (distil)"),
    ],
)
def test_papers_letters_give_the_papers_numbers(extra: list[str], expected: str) -> None:
    assert run(*PAPER, *extra).splitlines()[0] == expected


def test_convention_is_printed_with_the_number() -> None:
    assert "N without embedding tables" in run(*PAPER, "--embeddings", "out").splitlines()[1]


def test_json_holds_the_exact_number_and_its_convention() -> None:
    printed = json.loads(run(*PAPER, "--train", "--json"))
    assert printed["flops"] == 6 * 256 * 124742805 * 4044 * 32
    assert "Kaplan" in printed["convention"]


def test_model_folder_gives_the_closed_form(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(TINY))
    printed = json.loads(run("--n", "2", "--model", str(tmp_path), "--json"))
    assert printed["flops"] == 8 + 112 + 32 + 28 + 114 + 30 + 8
    assert printed["convention"].startswith("closed form")


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--n", "2"], "give --N, or a folder with --model"),
        (["--n", "2", "--N", "3", "--distil"], "--distil and --teacher go together"),
        (["--n", "2", "--N", "3", "--teacher", "9"], "--distil and --teacher go together"),
        (["--n", "2", "--N", "3", "--model", "folder"], "leave out --N and --distil"),
    ],
)
def test_impossible_combinations_are_usage_errors(argv: list[str], sentence: str) -> None:
    result = CliRunner().invoke(command, argv)
    assert result.exit_code == 2
    assert sentence in result.output


def test_the_convention_of_the_stages_is_printed_beside_another() -> None:
    assert run(*PAPER).splitlines()[2] == (
        "stages of a study record kaplan-2020: 2N/6N, embeddings out; your N is stated to hold "
        "them, so compare the two with care"
    )
    assert run(*PAPER, "--embeddings", "out").splitlines()[2].endswith("as you state of your N")
