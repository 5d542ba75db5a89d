"""Messages between runner and worker survive the trip."""

from pathlib import Path

import pytest

from breakeven.records import Judged, Run, Score, Stage, Status
from breakeven.records.protocols import StageRequest
from breakeven.study.messages import (
    Answer,
    Ask,
    Order,
    Reply,
    WorkerSetup,
    decode_order,
    decode_reply,
    decode_verdict,
    encode_order,
    encode_reply,
    encode_verdict,
)

RUN = Run(
    run_id="run-1",
    stage=Stage.FINETUNE,
    status=Status.OK,
    started_at="2026-01-01T00:00:00+00:00",
    key="key",
)


LOSS = Score(metric="loss", value=0.5, split="validation", n_examples=9, higher_is_better=False)


@pytest.mark.parametrize("goes_on", [True, False])
def test_a_verdict_comes_back_as_it_was(*, goes_on: bool) -> None:
    assert decode_verdict(encode_verdict(goes_on=goes_on)) is goes_on


def test_an_order_comes_back_as_it_was() -> None:
    order = Order(
        ask=Ask.STAGE,
        skeleton=RUN,
        request=StageRequest(
            stage=Stage.FINETUNE,
            settings={"lr": 0.1, "bucketed": True, "model": "é\n"},
            task={"name": "toy"},
            parents={"start": Path("/a b/c")},
        ),
        is_watched=True,
    )
    line = encode_order(order)
    assert line.count(b"\n") == 1
    assert decode_order(line) == order


def test_a_reply_comes_back_with_and_without_its_run() -> None:
    for reply in (
        Reply(answer=Answer.ENDED, run=RUN),
        Reply(answer=Answer.PROGRESS, done=1.0, total=2.0),
        Reply(answer=Answer.REFUSED, text="two\nlines"),
        Reply(answer=Answer.JUDGED, judged=Judged(step=1, n_steps=3, scores=(LOSS,))),
    ):
        assert decode_reply(encode_reply(reply)) == reply


def test_a_setup_travels_on_the_command_line() -> None:
    for replay in (None, Path("trace.csv")):
        setup = WorkerSetup(
            store=Path("/x"), engine="toy", parent=1, meters=("host",), replay=replay
        )
        assert WorkerSetup.from_argv(setup.argv()) == setup
