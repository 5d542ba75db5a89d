"""Certificates as files: written, read back, refused when they are not what they say."""

import json
from pathlib import Path

import pytest

from breakeven.errors import RecordFormatError
from breakeven.records import SCHEMA_VERSION, Certificate
from breakeven.store.codec import decode_certificate, encode_indented
from breakeven.testing.certificates import example_certificate, paired

SPECIMEN = Path(__file__).resolve().parents[1] / "golden" / "certificate-v1.json"
NOT_SHOWN = example_certificate(answers=paired(14, 10, n=1000, group_size=4))


@pytest.mark.parametrize("found", [example_certificate(), NOT_SHOWN], ids=["granted", "not shown"])
def test_a_certificate_reads_back_as_it_was(found: Certificate) -> None:
    assert decode_certificate(encode_indented(found)) == found


def test_the_first_version_still_means_what_it_meant() -> None:
    found = decode_certificate(SPECIMEN.read_bytes())
    assert (found.granted, found.n_lost, found.n_gained) == (False, 14, 10)
    assert found.loss.high == pytest.approx(0.02373, abs=1e-5)
    assert found.reason.startswith("Not shown: int8 loses 0.4 points and at most 2.38 points")


def test_what_the_current_version_has_is_still_written() -> None:
    old, new = (json.loads(text) for text in (SPECIMEN.read_bytes(), encode_indented(NOT_SHOWN)))
    assert old.keys() <= new.keys()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"schema_version": SCHEMA_VERSION + 1}, "newer breakeven"),
        ({"schema_version": 0}, "never existed"),
        ({"granted": "yes"}, "not a Certificate"),
        ({"blessed": True}, "blessed"),
    ],
)
def test_what_is_no_certificate_is_refused(change: dict[str, object], why: str) -> None:
    text = json.dumps(json.loads(encode_indented(NOT_SHOWN)) | change).encode()
    with pytest.raises(RecordFormatError, match=why):
        decode_certificate(text)
