"""A PDF written in an order of chance becomes the same bytes, and stays a PDF."""

import re
from collections.abc import Sequence

from breakeven.report.documents.ordered_pdf import ordered_pdf

ROOT = b"<<\n  /Pages %d 0 R\n>>\nendobj\n\n"
FONTS = (b"<<\n  /Length 5\n>>\nstream\n7 0 R\nendstream\nendobj\n\n", b"<<\n>>\nendobj\n\n")


def made(*bodies: bytes, root: int) -> bytes:
    """A PDF of these objects, in this order."""
    out, offsets = b"%PDF-1.7\n", list[int]()
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body
    lines = b"".join(b"%010d 00000 n\r\n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(bodies) + 1)
    tail = b"trailer\n<<\n  /Size %d\n  /Root %d 0 R\n>>\nstartxref\n%d\n%%%%EOF"
    return out + head + lines + tail % (len(bodies) + 1, root, len(out))


ONE = made(ROOT % 2, b"<<\n  /F0 3 0 R\n  /F1 4 0 R\n>>\nendobj\n\n", *FONTS, root=1)
OTHER = made(*reversed(FONTS), b"<<\n  /F1 1 0 R\n  /F0 2 0 R\n>>\nendobj\n\n", ROOT % 3, root=4)
"""The same fonts under the same names, numbered and written the other way round."""


def at_offsets(pdf: bytes) -> Sequence[bytes]:
    """What stands where the table of offsets says that objects begin."""
    table = pdf[int(pdf.rpartition(b"startxref\n")[2].partition(b"\n")[0]) :]
    assert table.startswith(b"xref\n0 ")
    return [pdf[int(line) :][:8] for line in re.findall(rb"(\d{10}) 00000 n", table)]


def test_two_orders_of_the_same_objects_become_the_same_bytes() -> None:
    assert ONE != OTHER
    assert ordered_pdf(ONE) == ordered_pdf(OTHER)


def test_every_offset_leads_to_its_object() -> None:
    found = at_offsets(ordered_pdf(OTHER))

    assert found == [b"%d 0 obj\n" % number for number in (1, 2, 3, 4)]


def test_what_a_stream_holds_is_no_reference() -> None:
    assert b"stream\n7 0 R\nendstream" in ordered_pdf(ONE)


def test_an_ordered_pdf_stays_as_it_is() -> None:
    assert ordered_pdf(ordered_pdf(ONE)) == ordered_pdf(ONE)


def test_a_pdf_without_a_plain_table_is_left_alone() -> None:
    assert ordered_pdf(b"%PDF-1.7\nxref in a stream") == b"%PDF-1.7\nxref in a stream"
