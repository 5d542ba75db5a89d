"""What a row took of a CUDA device's memory, on a fake of torch's own account of it."""

import pytest

torch = pytest.importorskip("torch")

from breakeven.records import Kind, Resource  # noqa: E402 - needs torch
from breakeven.workloads.heads.classification import Classification  # noqa: E402 - the same
from breakeven.workloads.stages.encoder_row import EncoderRow  # noqa: E402 - the same
from breakeven.workloads.tasks import Split  # noqa: E402 - the same

pytestmark = pytest.mark.nlp


def row_on(device: str) -> EncoderRow:
    return EncoderRow(
        model=torch.nn.Linear(2, 2),
        tokenizer=None,
        head=Classification(labels=()),
        split=Split(texts=(), labels=(), sources=()),
        ahead=None,
        settings={},
        device=torch.device(device),
        synchronize=lambda: None,
        n_kaplan=6,
    )


def test_a_cuda_row_knows_its_peak_in_device_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def most(device: object) -> int:
        asked.append(device)
        return 692 * 2**20

    monkeypatch.setattr(torch.cuda, "max_memory_allocated", most)
    n_parameters, peak = row_on("cuda:1").costs()
    assert asked == [torch.device("cuda:1")]
    assert (peak.resource, peak.value) == (Resource.PEAK_DEVICE_MEMORY_BYTES, 692 * 2**20)
    assert (peak.kind, peak.channel) == (Kind.MEASURED, "cuda:1")
    assert n_parameters.value == 6


def test_a_cpu_row_has_no_device_memory_rather_than_none_used() -> None:
    assert [cost.resource for cost in row_on("cpu").costs()] == [Resource.N_PARAMETERS]
