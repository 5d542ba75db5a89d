"""Result files: what a measured command says of itself, strictly read."""

import os
import time
from pathlib import Path

import pytest

from breakeven.errors import ResultFileError
from breakeven.records import Origin, Resource, Score, Volume
from breakeven.session.result import ResultFile, parse_result

WHOLE = b"""{
  "scores": {"accuracy": {"value": 0.9, "n_examples": 10, "n_correct": 9}},
  "output": {"n_examples": 10, "n_real_tokens": 70, "n_padded_tokens": 80, "n_batches": 2},
  "n_parameters": 500,
  "n_labelled_examples": 300,
  "n_unlabelled_examples": 0
}"""


def test_everything_a_command_may_say_is_taken() -> None:
    result = parse_result(WHOLE, source="result.json")
    assert result.scores == (
        Score(
            metric="accuracy",
            value=0.9,
            split="test",
            n_examples=10,
            n_correct=9,
            origin=Origin.STATED,
        ),
    )
    assert result.output == Volume(n_examples=10, n_real_tokens=70, n_padded_tokens=80, n_batches=2)
    assert result.counts == {
        Resource.N_PARAMETERS: 500,
        Resource.N_LABELLED_EXAMPLES: 300,
        Resource.N_UNLABELLED_EXAMPLES: 0,
    }


def test_what_a_command_does_not_say_stays_unknown() -> None:
    result = parse_result(b"{}", source="result.json")
    assert (result.scores, result.output, result.counts) == ((), None, {})


def test_a_loss_and_another_split_can_be_said() -> None:
    text = b'{"scores": {"loss": {"value": 0.3, "n_examples": 5, "split": "validation",'
    (score,) = parse_result(text + b' "higher_is_better": false}}}', source="r").scores
    assert (score.split, score.higher_is_better, score.n_correct) == ("validation", False, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"score": {}}', "r.json: unknown key 'score'; did you mean 'scores'?"),
        (b'{"zzz": 1}', "r.json: unknown key 'zzz'; known: scores, output, n_parameters"),
        (b'{"output": {"n_example": 1}}', "unknown key 'output.n_example'; did you mean"),
        (
            b'{"scores": {"accuracy": {"value": 1, "n": 2}}}',
            "unknown key 'scores.accuracy.n'; known: value, n_examples",
        ),
        (b"[1]", "holds a list; expected a JSON object with the keys scores,"),
        (b'{"scores"', "r.json: Input data was truncated"),
        (b'{"scores": 3}', "Expected `object`, got `int`"),
        (b'{"scores": {"accuracy": {"n_examples": 2}}}', "missing required field `value`"),
        (b'{"scores": {"accuracy": {"value": NaN, "n_examples": 2}}}', "JSON is malformed"),
        (b'{"n_parameters": -1}', "Expected `int` >= 0"),
        (b'{"output": {"n_examples": 2.5}}', "Expected `int`, got `float`"),
        (
            b'{"scores": {"f1": {"value": 1, "n_examples": 2, "n_correct": 3}}}',
            "n_correct <= n_examples",
        ),
        (
            b'{"scores": {"accuracy": {"value": 90, "n_examples": 10, "n_correct": 9}}}',
            "accuracy 90 is not 9 of 10, which is 0.9; write it as a fraction",
        ),
        (
            b'{"scores": {"accuracy": {"value": 90, "n_examples": 10}}}',
            "accuracy 90 is no fraction; write a number from 0 to 1",
        ),
        (
            b'{"scores": {"f1": {"value": 0.8, "n_examples": 10, "n_correct": 9}}}',
            "f1 0.8 is not 9 of 10, which is 0.9; write it as a fraction counted on the same",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(text: bytes, words: str) -> None:
    with pytest.raises(ResultFileError) as refused:
        parse_result(text, source="r.json")
    assert words in str(refused.value)


def test_an_interval_of_its_own_is_taken() -> None:
    text = b'{"scores": {"mcc": {"value": 0.5, "n_examples": 9, "low": 0.4, "high": 0.6}}}'
    (score,) = parse_result(text, source="r.json").scores
    assert (score.low, score.high, score.how) == (0.4, 0.6, "")


def test_half_an_interval_is_refused() -> None:
    text = b'{"scores": {"mcc": {"value": 0.5, "n_examples": 9, "low": 0.4}}}'
    with pytest.raises(ResultFileError, match="mcc needs finite low <= high or neither"):
        parse_result(text, source="r.json")


def test_an_accuracy_of_nothing_is_no_contradiction() -> None:
    text = b'{"scores": {"accuracy": {"value": 0, "n_examples": 0, "n_correct": 0}}}'
    assert parse_result(text, source="r").scores[0].n_examples == 0


def test_a_file_written_in_between_is_read(tmp_path: Path) -> None:
    awaited = ResultFile(tmp_path / "r.json")
    (tmp_path / "r.json").write_bytes(WHOLE)
    assert awaited.read().source == "r.json"


def test_a_file_written_over_is_read(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text("{}")
    awaited = ResultFile(path)
    path.write_bytes(WHOLE)
    assert awaited.read().counts


def test_a_file_that_was_there_before_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_bytes(WHOLE)
    with pytest.raises(ResultFileError, match="is older than the command"):
        ResultFile(path).read()


def test_an_old_file_put_there_meanwhile_is_refused(tmp_path: Path) -> None:
    awaited = ResultFile(tmp_path / "r.json")
    (tmp_path / "r.json").write_bytes(WHOLE)
    an_hour_ago = time.time() - 3600
    os.utime(tmp_path / "r.json", (an_hour_ago, an_hour_ago))
    with pytest.raises(ResultFileError, match="is older than the command"):
        awaited.read()


def test_a_file_that_was_not_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultFileError, match="was not written; let the command write it"):
        ResultFile(tmp_path / "r.json").read()


def test_a_folder_is_no_result(tmp_path: Path) -> None:
    awaited = ResultFile(tmp_path / "r.json")
    (tmp_path / "r.json").mkdir()
    with pytest.raises(ResultFileError, match="cannot be read"):
        awaited.read()


def test_a_bare_score_is_told_the_right_form() -> None:
    with pytest.raises(ResultFileError, match=r'r.json: scores.accuracy is 0.9.*"n_examples"'):
        parse_result(b'{"scores": {"accuracy": 0.9}}', source="r.json")
