from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

pytest.importorskip("torch")
pytestmark = pytest.mark.nlp

import torch  # noqa: E402 - after importorskip

from breakeven.errors import PrecisionRefusedError  # noqa: E402 - the same
from breakeven.workloads.reductions.precision import (  # noqa: E402 - the same
    PrecisionResult,
    measure_precision,
)


class Table(torch.nn.Module):
    """A model that looks answers up; converting it to a narrower dtype may fail or corrupt it."""

    def __init__(self, refuses: str = "", corrupts: str = "") -> None:
        super().__init__()
        self.config = type("Config", (), {"vocab_size": 11})()
        self.weight = torch.nn.Parameter(torch.linspace(-1, 1, 11))
        self.refuses, self.corrupts = refuses, corrupts

    @property
    def device(self) -> Any:
        return self.weight.device

    def forward(self, input_ids: Any) -> Any:
        name = str(self.weight.dtype).removeprefix("torch.")
        if name == self.refuses:
            raise RuntimeError(f"not implemented for {name}\nlong trace")
        answer = self.weight[input_ids]
        return (answer * float("nan") if name == self.corrupts else answer,)


def stepping(fp32_s: float, candidate_s: float) -> Callable[[], float]:
    """A clock under which each fp32 pass takes `fp32_s` and each other one `candidate_s`."""

    def ticks() -> Iterator[float]:
        now_s = 0.0
        for number in count():
            yield now_s
            now_s += (fp32_s, 0.0, candidate_s, 0.0)[number % 4]

    clock = ticks()
    return lambda: next(clock)


def test_a_faster_precision_with_the_same_answers_is_allowed() -> None:
    result = measure_precision(Table(), "bf16", clock_s=stepping(2.0, 1.0))
    assert result.time_ratio == 0.5
    assert result.difference_frac is not None
    assert 0 < result.difference_frac < 0.01
    assert result.refusal == ""
    result.require()


def test_a_slower_precision_is_refused_with_the_measured_ratio() -> None:
    result = measure_precision(Table(), "bf16", clock_s=stepping(1.0, 2.9))
    sentence = "precision bf16 refused on cpu: a forward pass takes 2.90 times as long as in fp32"
    with pytest.raises(PrecisionRefusedError, match=sentence):
        result.require()


def test_a_precision_that_does_not_run_is_refused_with_the_reason() -> None:
    result = measure_precision(Table(refuses="float16"), "fp16")
    assert result.time_ratio is None
    with pytest.raises(
        PrecisionRefusedError, match=r"does not run \(not implemented for float16\)"
    ):
        result.require()


def test_a_precision_with_other_answers_is_refused() -> None:
    result = measure_precision(Table(corrupts="bfloat16"), "bf16", clock_s=stepping(2.0, 1.0))
    assert result.refusal.startswith("its outputs differ from fp32 by inf")


def test_fp32_is_supported_by_definition() -> None:
    result = measure_precision(Table(), "fp32")
    assert (result.time_ratio, result.difference_frac, result.refusal) == (1.0, 0.0, "")


def test_the_model_itself_stays_in_fp32() -> None:
    model = Table()
    measure_precision(model, "bf16")
    assert model.weight.dtype is torch.float32


def test_without_a_measurement_nothing_is_allowed() -> None:
    assert "does not run" in PrecisionResult(precision="bf16", device="cpu").refusal
