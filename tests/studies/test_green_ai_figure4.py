"""Figure 4 of Schwartz et al. 2020: our counts of its models against its published columns."""

import json
import runpy
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("altair")
pytest.importorskip("vl_convert")
pytestmark = [pytest.mark.nlp, pytest.mark.report]

from breakeven.workloads.counting.count import Count  # noqa: E402 - after importorskip
from breakeven.workloads.counting.module import count_by_torch  # noqa: E402 - the same

ROOT = Path(__file__).resolve().parents[2]
STUDIES, PAGE = ROOT / "studies", ROOT / "docs" / "studies" / "green-ai-figure4.md"
PARAMETERS = {
    "alexnet": 61_100_840,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "resnet152": 60_192_808,
    "resnext101_64x4d": 83_455_272,
    "dpn107": 86_917_800,
    "senet154": 115_088_984,
}
"""As the authors' and the libraries' releases hold them."""


@pytest.fixture(scope="module")
def script() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(STUDIES))
        return import_module("green_ai_figure4")


@pytest.fixture(scope="module")
def counts(script: Any) -> dict[str, Count]:
    return {name: script.count(name) for name in script.MODELS}


@pytest.fixture(scope="module")
def told(shared_dir: Path) -> Any:
    return json.loads((shared_dir / "published" / "green_ai" / "figure4.json").read_text())


@pytest.mark.parametrize("model", PARAMETERS)
def test_the_architectures_have_the_published_parameters(
    counts: dict[str, Count], model: str
) -> None:
    assert counts[model].n_parameters == PARAMETERS[model]


def test_torchs_counter_sees_the_same_convolutions(script: Any) -> None:
    torch = import_module("torch")
    with torch.device("meta"):
        model, image = script.MODELS["resnet18"]().eval(), torch.empty(1, 3, 224, 224)
    assert count_by_torch(model, image) == 2 * 1_814_073_344


def test_counted_work_is_the_published_column_doubled(counts: dict[str, Count], told: Any) -> None:
    for part in (told, told["fig4b"]):
        for model, gmacs in zip(part["models"], part["gmacs"], strict=True):
            assert counts[model].ops.n_mac / 1e9 == pytest.approx(gmacs, rel=0.01)
            assert counts[model].ops.n_total / 1e9 == pytest.approx(2 * gmacs, rel=0.01)


def test_a_third_more_work_for_half_a_point(counts: dict[str, Count], told: Any) -> None:
    first, second = counts["resnet152"], counts["resnext101_64x4d"]
    assert second.ops.n_total / first.ops.n_total - 1 == pytest.approx(0.343, abs=0.0005)
    index = told["models"].index
    gain = told["top1"][index("resnext101_64x4d")] - told["top1"][index("resnet152")]
    assert gain == pytest.approx(0.528)


def test_alexnet_has_more_parameters_and_far_less_work(counts: dict[str, Count]) -> None:
    small, large = counts["alexnet"], counts["resnet152"]
    assert small.n_parameters > large.n_parameters
    assert 16 * small.ops.n_total < large.ops.n_total


def test_the_page_holds_the_file_that_the_script_asks_for(told: Any) -> None:
    _, _, after = PAGE.read_text().partition("```json\n")
    assert json.loads(after.partition("```")[0]) == told


def test_without_its_two_files_the_script_says_what_it_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["green_ai_figure4.py"])
    monkeypatch.syspath_prepend(str(STUDIES))
    with pytest.raises(SystemExit, match="2"):
        runpy.run_path(str(STUDIES / "green_ai_figure4.py"), run_name="__main__")
    assert "usage: green_ai_figure4.py [-h] PUBLISHED OUT.svg" in capsys.readouterr().err


def test_the_script_prints_both_and_draws_three_panels_twice(
    shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published, out = shared_dir / "published" / "green_ai" / "figure4.json", tmp_path / "f.svg"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["green_ai_figure4.py", str(published), str(out)])
        patch.syspath_prepend(str(STUDIES))
        runpy.run_path(str(STUDIES / "green_ai_figure4.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert "+34.3 % work as published, +34.3 % counted, for +0.528 points" in printed
    assert f"```text\n{printed}```" in PAGE.read_text()
    drawn = out.read_text()
    assert drawn.count("Operations (billions)") == 2
    assert drawn.count("Parameters (millions)") == 2
    assert drawn.count("Top-1 accuracy (%)") == 2
