import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from breakeven.cli import group

PAPER = ["--n", "256", "--N", "124742805", "--S", "4044", "--B", "32"]
TINY = {
    "model_type": "bert",
    "hidden_size": 2,
    "num_hidden_layers": 1,
    "num_attention_heads": 1,
    "intermediate_size": 3,
    "vocab_size": 5,
}
TINY_FPO = 152 + 20 + 114 + 32 + 20
"""Products, softmax, normalisation, activations and elementwise of two tokens, by hand."""


def run(*argv: str) -> str:
    result = CliRunner().invoke(group, ["flops", *argv])
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.output


def data(*argv: str) -> Any:
    return json.loads(run(*argv, "--json"))


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    (tmp_path / "config.json").write_text(json.dumps(TINY))
    return str(tmp_path)


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
    printed = data(*PAPER, "--train")
    assert printed["flops"] == 6 * 256 * 124742805 * 4044 * 32
    assert "Kaplan" in printed["convention"]


def test_a_length_beyond_the_positions_is_counted_and_said() -> None:
    said = run("bert", "--length", "100000").replace("\n  ", " ")
    beyond = (
        "beyond: the architecture has 512 positions (config max_position_embeddings), not 100,000; "
        "the count is that of one with as many."
    )
    assert beyond in said.splitlines()
    assert "beyond" not in run("bert", "--length", "512")
    assert data("gpt2", "--length", "1025")["limits"][-1].startswith(
        "the architecture has 1,024 positions (config n_positions), not 1,025"
    )


def test_model_folder_gives_the_closed_form(tiny: str) -> None:
    printed = data(tiny, "--length", "2")
    assert printed["flops"] == TINY_FPO
    assert printed["convention"].startswith("closed form")
    assert printed["source"] == "closed form"


def test_the_file_of_a_configuration_says_the_same(tiny: str) -> None:
    assert data(f"{tiny}/config.json", "--n", "2")["flops"] == TINY_FPO


def test_batches_steps_and_training_multiply(tiny: str) -> None:
    printed = data(tiny, "--length", "2", "--batch", "3", "--S", "5", "--train")
    assert printed["flops"] == 3 * 5 * 3 * TINY_FPO
    assert printed["training"]["fpo"] == 3 * printed["forward"]["fpo"] == 9 * TINY_FPO


def test_bert_base_in_exact_macs_without_torch_or_weights() -> None:
    code = (
        "import sys; from breakeven.cli import group; sys.argv = ['breakeven', 'flops', 'bert', "
        "'--length', '128', '--batch', '1', '--json']\n"
        "try: group()\nfinally: assert not {'torch', 'transformers', 'pydantic'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert printed["forward"]["n_mac"] == 11_174_215_680
    assert (printed["n_parameters"], printed["n_learnable"]) == (109_482_240, 109_482_240)


def test_gpt2_with_its_language_head() -> None:
    text = run("gpt2", "--length", "128", "--head", "language-modelling")
    assert "16,114,089,984" in text
    assert "2 x MAC of a forward pass: 32,228,179,968 (32.228 G)" in text


def test_limits_memory_and_parameters_stand_beside_the_number() -> None:
    text = " ".join(run("bert", "--length", "128", "--train", "--S", "2").split())
    assert "FPO says nothing about memory" in text
    assert "parameters: 109,482,240, all learnable" in text
    assert "memory: weights 417.6 MiB in fp32" in text
    assert "asked (train, 2 steps): 134,435,735,808" in text


def test_kaplans_rule_stands_beside_it_as_stages_record_it() -> None:
    n = 109_482_240 - (30522 + 512 + 2) * 768
    printed = data("bert", "--length", "128", "--batch", "2")
    assert printed["kaplan"]["flops"] == 2 * n * 256
    assert "N without embedding tables" in printed["kaplan"]["convention"]
    text = " ".join(run("bert", "--length", "128").split())
    assert f"kaplan-2020: 2N/6N, embeddings out, as in stages: {2 * n * 128:,}" in text


def test_an_operator_as_a_function_of_add_and_mul() -> None:
    text = " ".join(run("--op", "matmul", "2", "3", "4").split())
    assert text.startswith("matmul rows=2 inner=3 columns=4: 24 MUL + 24 ADD = 48 FPO")
    assert "begun at the bias or at zero" in text


def test_an_operator_for_a_program() -> None:
    printed = data("--op", "sigmoid", "3")
    assert (printed["n_add"], printed["n_mul"], printed["fpo"]) == (6, 6, 12)


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--n", "2"], "give a MODEL, an operator with --op, or --n with --N"),
        (["--N", "2"], "give a MODEL, an operator with --op, or --n with --N"),
        (["bert"], "give --length"),
        (["bert", "gpt2", "--n", "2"], "one MODEL at a time"),
        (["--n", "2", "--N", "3", "--distil"], "--distil and --teacher go together"),
        (["--n", "2", "--N", "3", "--teacher", "9"], "--distil and --teacher go together"),
        (["bert", "--n", "2", "--N", "3"], "leave out --N and --distil"),
        (["--op", "matmul", "2", "x", "4"], "expected --op matmul ROWS INNER COLUMNS"),
    ],
)
def test_impossible_combinations_are_usage_errors(argv: list[str], sentence: str) -> None:
    result = CliRunner().invoke(group, ["flops", *argv])
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.split())


def test_the_convention_of_the_stages_is_printed_beside_another() -> None:
    assert run(*PAPER).splitlines()[2] == (
        "stages of a study record kaplan-2020: 2N/6N, embeddings out; your N is stated to hold "
        "them, so compare the two with care"
    )
    assert run(*PAPER, "--embeddings", "out").splitlines()[2].endswith("as you state of your N")


@pytest.mark.nlp
def test_counting_says_what_torchs_counter_leaves_out(tiny: str) -> None:
    pytest.importorskip("transformers")
    text = " ".join(run(tiny, "--length", "2", "--attention", "eager", "--strict").split())
    assert "counted, by dispatch on meta, eager attention" in text
    assert "torch.utils.flop_counter: 152 (0.000 G); it leaves out" in text
    assert "activations" in text
    assert "read and written" in text


@pytest.mark.nlp
def test_a_count_for_a_program_has_every_operator(tiny: str) -> None:
    pytest.importorskip("transformers")
    printed = data(tiny, "--length", "2", "--count", "--attention", "eager")
    assert printed["flops"] == TINY_FPO
    assert printed["peak_activation_bytes"] > 0
    assert {row["operator"] for row in printed["operators"]} >= {"addmm", "bmm", "gelu"}


@pytest.mark.nlp
def test_a_training_step_is_counted_where_operators_are(tiny: str) -> None:
    pytest.importorskip("transformers")
    printed = data(tiny, "--length", "2", "--count", "--train")
    assert printed["flops"] == printed["training"]["fpo"]
    assert 2 < printed["training"]["n_mac"] / printed["forward"]["n_mac"] <= 3
    assert "training is forward and backward, counted" in printed["convention"]


@pytest.mark.nlp
def test_any_architecture_of_transformers_may_be_named() -> None:
    pytest.importorskip("transformers")
    assert data("squeezebert", "--length", "4")["source"] == "counted"


@pytest.mark.nlp
def test_what_no_configuration_can_be_found_for_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("transformers")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    result = CliRunner().invoke(group, ["flops", "nobody/nothing", "--length", "4"])
    assert "reachable id on a hub" in str(result.exception)


@pytest.mark.nlp
def test_images_have_no_closed_form_and_are_counted(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    shape = {"model_type": "resnet", "depths": [1], "hidden_sizes": [8], "embedding_size": 4}
    (tmp_path / "config.json").write_text(json.dumps(shape))
    text = run(str(tmp_path), "--image", "32", "--strict")
    assert "1 image of 32 x 32; counted" in " ".join(text.split())
    assert "convolution" in text
    assert "kaplan" not in text


@pytest.mark.nlp
def test_work_that_is_not_known_is_listed_and_strictly_refused(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    shape = {"model_type": "fnet", "num_hidden_layers": 1, "hidden_size": 8}
    (tmp_path / "config.json").write_text(json.dumps({**shape, "intermediate_size": 8}))
    assert "unknown, not counted: _fft_c2c x1" in run(str(tmp_path), "--length", "4")
    result = CliRunner().invoke(group, ["flops", str(tmp_path), "--length", "4", "--strict"])
    assert "no rule counts _fft_c2c x1" in str(result.exception)
