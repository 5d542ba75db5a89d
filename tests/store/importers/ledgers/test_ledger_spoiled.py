"""Whatever a file holds, a reader gives runs or one sentence, and no cost is impossible."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import BreakevenError
from breakeven.store.codec import decode_run, encode_run
from breakeven.store.importers.ledgers.emissions import read_emissions
from breakeven.store.importers.ledgers.imported import Asked, Imported
from breakeven.store.importers.ledgers.model_card import read_model_card
from breakeven.store.importers.ledgers.sacct import read_sacct
from breakeven.store.importers.ledgers.trainer_state import read_trainer_state

EMISSIONS = """\
timestamp,project_name,run_id,duration,emissions,cpu_power,cpu_energy,gpu_energy,ram_energy,\
energy_consumed,cpu_model,gpu_model,pue
2026-03-02T11:00:00,ft,1111aaaa,3600.5,0.0861,42.5,0.25,0.5,0.125,0.875,Some CPU,1 x NVIDIA A100,1.0
2026-03-02T12:00:00,ft,2222bbbb,3600.5,0.0861,42.5,0.25,0.5,0.125,0.875,Some CPU,1 x NVIDIA A100,1.2
"""
JOBS = """\
JobID|JobName|State|Start|Elapsed|TotalCPU|MaxRSS|ConsumedEnergy
17|train|COMPLETED|2026-03-02T10:00:00|1-01:00:00|10:00:00||
17.batch|batch|COMPLETED|2026-03-02T10:00:00|01:00:00|00:01.500|10.5G|3.60M
17.0|python|FAILED|2026-03-02T10:00:00|01:00:00|00:01.500|1024K|3.50M
18|train|CANCELLED by 5|None|00:00:00|00:00:00||0
"""
STATE = json.dumps(
    {
        "global_step": 10,
        "max_steps": 10,
        "total_flos": 1e15,
        "num_input_tokens_seen": 5,
        "log_history": [
            {"step": 5, "train_runtime": 10.0},
            {"step": 5, "eval_loss": 0.5, "eval_runtime": 1.0, "eval_samples_per_second": 9.0},
            {"step": 10, "train_runtime": 20.0, "train_samples_per_second": 4.0},
        ],
    }
)
CARD = """\
---
license: mit
co2_eq_emissions:
  emissions: 12.5
  hours_used: 0.5
  energy_consumed: 0.0321
  training_type: fine-tuning
---
"""

SAMPLES: dict[str, tuple[str, Callable[[Path, Asked], Imported]]] = {
    "emissions": (EMISSIONS, read_emissions),
    "sacct": (JOBS, read_sacct),
    "trainer-state": (STATE, read_trainer_state),
    "model-card": (CARD, read_model_card),
}
PIECES = st.one_of(
    st.sampled_from(
        ["", "-1", "nan", "inf", "1e999", "0", "|", ",", "\n", '"', "{}", "[]", "null"]
    ),
    st.text(max_size=8),
)


def read_or_refuse(read: Callable[[Path, Asked], Imported], path: Path) -> Imported | None:
    try:
        return read(path, Asked())
    except BreakevenError as error:
        return None if "\n" not in str(error) else pytest.fail(f"several lines: {error}")


@pytest.mark.parametrize("tool", SAMPLES)
@given(st.data())
def test_a_spoiled_file_is_read_or_refused_but_never_breaks(
    tmp_path_factory: pytest.TempPathFactory, tool: str, data: st.DataObject
) -> None:
    text, read = SAMPLES[tool]
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, min(len(text), begin + 12)))
    path = tmp_path_factory.mktemp("given") / "file"
    spoiled = text[:begin] + data.draw(PIECES) + text[end:]
    path.write_bytes(spoiled.encode("utf-8", "surrogatepass"))
    found = read_or_refuse(read, path)
    for run in found.runs if found is not None else ():
        assert decode_run(encode_run(run)).run_id == run.run_id


HUGE = "9" * 400


@pytest.mark.parametrize(
    ("tool", "before", "after"),
    [
        ("emissions", "3600.5", "1e39"),
        ("emissions", "3600.5", HUGE),
        ("emissions", "0.875", "1e305"),
        ("emissions", "2026-03-02T11:00:00", "0001-01-01T00:00:00"),
        ("emissions", "2026-03-02T11:00:00", "9999-12-31T23:59:59"),
        ("sacct", "1-01:00:00", f"{HUGE}-01:00:00"),
        ("sacct", "3.60M", f"{HUGE[:300]}P"),
        ("sacct", "2026-03-02T10:00:00", "0001-01-01T00:00:00"),
        ("trainer-state", "20.0", HUGE),
        ("trainer-state", "20.0", "1e39"),
        ("trainer-state", '"max_steps": 10', f'"max_steps": {HUGE}'),
        ("trainer-state", '"eval_loss": 0.5', f'"eval_loss": {HUGE}'),
        ("trainer-state", '"eval_samples_per_second": 9.0', f'"eval_samples_per_second": {HUGE}'),
        ("trainer-state", '"global_step": 10', '"epoch": 1e999, "global_step": 10'),
        ("model-card", "12.5", "1e305"),
    ],
)
def test_what_overflows_is_read_or_refused_but_never_breaks(
    tmp_path: Path, tool: str, before: str, after: str
) -> None:
    text, read = SAMPLES[tool]
    assert before in text
    (tmp_path / "file").write_text(text.replace(before, after))
    found = read_or_refuse(read, tmp_path / "file")
    for run in found.runs if found is not None else ():
        assert decode_run(encode_run(run)).run_id == run.run_id


@pytest.mark.parametrize("tool", SAMPLES)
def test_the_samples_themselves_are_read(tmp_path: Path, tool: str) -> None:
    text, read = SAMPLES[tool]
    (tmp_path / "file").write_text(text)
    assert read_or_refuse(read, tmp_path / "file") is not None
