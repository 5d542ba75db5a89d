from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from breakeven.errors import SettingsError
from breakeven.workloads.models.attention import attending, implementation_of


@dataclass
class StubbornModel:
    """Knows eager attention only, and says so in a log at most."""

    config: Any = field(default_factory=lambda: SimpleNamespace(_attn_implementation="eager"))

    def set_attn_implementation(self, name: str) -> None:
        if name == "flash":
            raise ValueError(name)


@pytest.mark.parametrize("wanted", ["sdpa", "flash"])
def test_what_a_model_does_not_know_is_refused(wanted: str) -> None:
    model = StubbornModel()
    with (
        pytest.raises(SettingsError, match=f"attention={wanted} is not known to StubbornModel"),
        attending(model, wanted),
    ):
        pass
    assert implementation_of(model) == "eager"


@pytest.mark.nlp
def test_outputs_agree_and_everything_is_as_before() -> None:
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    torch.manual_seed(0)
    config = transformers.BertConfig(
        hidden_size=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=16,
        vocab_size=20,
    )
    model = transformers.BertForSequenceClassification(config).eval()
    batch = {
        "input_ids": torch.tensor([[2, 7, 3], [2, 3, 0]]),
        "attention_mask": torch.tensor([[1, 1, 1], [1, 1, 0]]),
    }
    usual, found = implementation_of(model), {}
    for wanted in ("eager", "sdpa", "auto"):
        with attending(model, wanted), torch.inference_mode():
            assert implementation_of(model) in (wanted, usual)
            found[wanted] = model(**batch).logits
    assert implementation_of(model) == usual
    torch.testing.assert_close(found["eager"], found["sdpa"])
    torch.testing.assert_close(found["auto"], found["sdpa"])
