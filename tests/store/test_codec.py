import json
import math
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.errors import RecordFormatError
from breakeven.records import (
    SCHEMA_VERSION,
    Cost,
    Item,
    Kind,
    Measurement,
    PathwayDefinition,
    Resource,
    Run,
    Score,
    Settings,
    Stage,
    Status,
    StudyDefinition,
    Volume,
)
from breakeven.store.codec import (
    decode,
    decode_run,
    decode_study,
    encode,
    encode_run,
    encode_state,
    encode_study,
)

STUDY = StudyDefinition(
    name="demo",
    pathways=(PathwayDefinition(name="FT", row="ft", description="fine-tuned"),),
    headline=Resource.ENERGY_J,
    item=Item.REAL_TOKEN,
    min_score=0.5,
    majority_score=0.19,
    majority_scores={"accuracy": 0.19, "mcc": 0.0},
    reference={"batch_size": 32, "sorted": True},
    facts={"n_train": 5000},
    source="study: demo\n# a comment\n",
)
# Any Unicode that UTF-8 can hold: surrogates cannot be stored and become "?".
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = TEXTS | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
VOLUMES = st.builds(Volume, n_examples=st.integers(0, 2**63), n_real_tokens=st.integers(0))


def edited(run: Run, edit: Callable[[dict[str, Any]], object]) -> bytes:
    """The stored line after somebody changed it."""
    plain = json.loads(encode_run(run))
    edit(plain)
    return json.dumps(plain).encode()


def test_the_state_of_a_run_is_read_back_like_its_record(rich_run: Run) -> None:
    assert decode_run(encode_state(rich_run)) == rich_run
    assert b"\n" not in encode_state(rich_run)


def test_a_state_that_is_no_unicode_is_kept_all_the_same(rich_run: Run) -> None:
    odd = replace(rich_run, error="caf\udce9")
    assert encode_state(odd) == encode_run(odd)


def test_a_run_comes_back_as_it_was(rich_run: Run) -> None:
    assert decode_run(encode_run(rich_run)) == rich_run


def test_a_run_is_one_line(rich_run: Run) -> None:
    assert b"\n" not in encode_run(rich_run)


@given(TEXTS, st.dictionaries(TEXTS, SCALARS), VOLUMES, st.none() | TEXTS)
def test_any_run_comes_back_as_it_was(
    row: str, resolved: dict[str, str | float | bool], output: Volume, error: str | None
) -> None:
    run = Run(
        run_id="r1",
        stage=Stage.COMMAND,
        status=Status.OK,
        started_at="2026-01-02T03:04:05Z",
        row=row,
        settings=Settings(resolved=resolved),
        output=output,
        error=error,
    )
    assert decode_run(encode_run(run)) == run


def test_true_and_one_stay_apart() -> None:
    settings = Settings(resolved={"a": True, "b": 1, "c": 1.0})
    back = decode(encode(settings), Settings).resolved
    assert [type(value) for value in back.values()] == [bool, int, float]


def test_a_study_comes_back_as_it_was_and_is_for_people_to_read() -> None:
    text = encode_study(STUDY)
    assert decode_study(text) == STUDY
    assert b'\n  "name": "demo",\n' in text


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (lambda run: run.update(colour="red"), "`colour`"),
        (lambda run: run["machine"].update(colour="red"), r"`colour` - at `\$.machine`"),
        (lambda run: run["scores"][1].update(f1=1), r"`f1` - at `\$.scores\[1\]`"),
        (lambda run: run["phases"][1]["measurement"]["costs"][0].update(x=1), "`x` - at"),
    ],
)
def test_an_unknown_key_is_named_with_its_place(
    rich_run: Run, edit: Callable[[dict[str, Any]], object], named: str
) -> None:
    with pytest.raises(RecordFormatError, match=f"unknown field {named}"):
        decode_run(edited(rich_run, edit))


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda run: run.update(repeat=1.5), r"Expected `int`, got `float` - at `\$.repeat`"),
        (lambda run: run.update(repeat=True), r"Expected `int`, got `bool` - at `\$.repeat`"),
        (lambda run: run.update(row=None), r"Expected `str`, got `null` - at `\$.row`"),
        (lambda run: run.update(status="fine"), r"Invalid enum value 'fine' - at `\$.status`"),
        (lambda run: run.pop("stage"), "missing required field `stage`"),
        (lambda run: run.pop("schema_version"), "missing required field `schema_version`"),
        (lambda run: run.update(started_at="yesterday"), "Invalid RFC3339 encoded datetime"),
        (lambda run: run.update(started_at="2026-01-01T00:00:00"), "timezone component"),
        (lambda run: run["counts"][0].update(value=-1), "0 <= low <= value <= high"),
        (lambda run: run["settings"]["resolved"].update(lr=None), "got `null` - at"),
        (lambda run: run["settings"]["resolved"].update(lr=[1]), "got `array` - at"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(
    rich_run: Run, edit: Callable[[dict[str, Any]], object], reason: str
) -> None:
    with pytest.raises(RecordFormatError, match=reason):
        decode_run(edited(rich_run, edit))


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_a_stored_number_that_is_not_finite_is_refused(rich_run: Run, number: bytes) -> None:
    line = encode_run(rich_run)
    for known in (b"60.25", b"0.61", b"5e-05"):
        assert known in line
        with pytest.raises(RecordFormatError, match="not a Run that this version reads"):
            decode_run(line.replace(known, number))


@pytest.mark.parametrize("line", [b"", b"{", b"\0" * 10, b"[]", b"null", b'{"a":"\xff"}', b"{}{}"])
def test_what_is_no_record_is_refused(line: bytes) -> None:
    with pytest.raises(RecordFormatError, match="not a Run that this version reads"):
        decode_run(line)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_not_written(rich_run: Run, bad: float) -> None:
    run = replace(rich_run, settings=Settings(resolved={"a": 1.0, "lr": bad}))
    with pytest.raises(RecordFormatError, match=r"settings\.resolved\.lr is not finite"):
        encode_run(run)
    run = replace(rich_run, counts=(*rich_run.counts, _unchecked_period(bad)))
    with pytest.raises(RecordFormatError, match=r"counts\[2\]\.period_s is not finite"):
        encode_run(run)


def _unchecked_period(period_s: float) -> Cost:
    return replace(
        Cost.exact(Resource.FLOPS, 1.0, kind=Kind.COUNTED, sensor="x"), period_s=period_s
    )


def test_what_could_not_be_read_back_is_not_written(rich_run: Run) -> None:
    wrong_type = replace(rich_run, repeat="1")  # type: ignore[arg-type]  # a caller's mistake
    with pytest.raises(RecordFormatError, match=r"Expected `int`, got `str` - at `\$.repeat`"):
        encode_run(wrong_type)
    no_zone = replace(rich_run, started_at="2026-01-01")
    with pytest.raises(RecordFormatError, match="started_at"):
        encode_run(no_zone)
    not_plain = replace(rich_run, settings=Settings(resolved={"a": object()}))  # type: ignore[dict-item]  # the same
    with pytest.raises(RecordFormatError, match="Store numbers and text only"):
        encode_run(not_plain)


def test_numbers_of_numpy_are_stored_as_plain_ones(rich_run: Run) -> None:
    resolved: Any = MappingProxyType({"n": np.int64(3), "f": np.float32(0.5), "d": np.float64(0.1)})
    run = replace(rich_run, settings=Settings(resolved=resolved))
    assert decode_run(encode_run(run)).settings.resolved == {"n": 3, "f": 0.5, "d": 0.1}


def test_an_undecodable_file_name_does_not_lose_the_run(rich_run: Run) -> None:
    run = replace(rich_run, error=b"/data/caf\xe9".decode("utf-8", "surrogateescape"))
    assert decode_run(encode_run(run)).error == "/data/caf?"


def test_a_record_of_a_newer_version_is_refused_in_one_sentence(rich_run: Run) -> None:
    line = edited(rich_run, lambda run: run.update(schema_version=SCHEMA_VERSION + 1, later=1))
    with pytest.raises(RecordFormatError) as caught:
        decode_run(line)
    assert str(caught.value) == (
        "record was written by a newer breakeven (schema 2, this one reads 1); "
        "upgrade breakeven to read it."
    )


def test_a_newer_record_that_happens_to_look_the_same_is_refused_too(rich_run: Run) -> None:
    with pytest.raises(RecordFormatError, match="written by a newer breakeven"):
        decode_run(edited(rich_run, lambda run: run.update(schema_version=2)))
    with pytest.raises(RecordFormatError, match="written by a newer breakeven"):
        decode_study(encode_study(replace(STUDY, schema_version=2)))


@pytest.mark.parametrize("version", [0, -1])
def test_a_version_that_never_existed_is_refused(rich_run: Run, version: int) -> None:
    with pytest.raises(RecordFormatError, match=f"schema_version {version} never existed"):
        decode_run(edited(rich_run, lambda run: run.update(schema_version=version)))


def test_parts_of_a_run_can_be_stored_on_their_own() -> None:
    part = Measurement(started_at="2026-01-02T03:04:05Z", duration_s=1.0)
    assert decode(encode(part), Measurement) == part
    with pytest.raises(RecordFormatError, match="not a Measurement that this version reads"):
        decode(b'{"duration_s":1}', Measurement)


def test_a_resampled_interval_comes_back_with_its_score() -> None:
    score = Score(
        metric="mcc", value=0.5, split="test", n_examples=9, low=0.25, high=0.75, how="drawn"
    )
    assert decode(encode(score), Score) == score
    older = b'{"metric":"mcc","value":0.5,"split":"test","n_examples":9}'
    assert decode(older, Score) == replace(score, low=None, high=None, how="")
