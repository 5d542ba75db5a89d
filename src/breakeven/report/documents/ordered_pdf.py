"""Ordered PDF: the same drawing as the same bytes, so that a paper's folder can be compared.

The converter numbers fonts and lists the entries of dictionaries in an order of chance. Here
objects are numbered anew as the document refers to them, from its root on, and entries sorted.
"""

import re
from collections.abc import Mapping

_ENTRIES = re.compile(rb"(?:^ */[A-Za-z0-9]+ \d+ 0 R\n)+", re.MULTILINE)
"""Neighbours in a dictionary that each name one object."""
_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_TABLE = re.compile(
    rb"xref\n0 (\d+)\n((?:\d{10} \d{5} [fn]\r?[ \n]\n?)+)trailer\n(.*?)startxref", re.DOTALL
)
_ENTRY = 20
"""Bytes of a line of the table of offsets (ISO 32000-1, section 7.5.4)."""
_STREAM = b"\nstream\n"


def ordered_pdf(pdf: bytes) -> bytes:
    """Number the objects of a PDF by where they are first referred to.

    Args:
        pdf: With a plain table of offsets; any other is given back as it is.
    """
    table = _TABLE.search(pdf)
    if table is None:
        return pdf
    objects = _objects(pdf, table)
    trailer = _sorted_entries(table[3])
    order = _order(objects, trailer)
    out = pdf[: min(_offsets(table))]
    offsets = []
    for old in order:
        offsets.append(len(out))
        out += b"%d 0 obj\n" % order[old] + _numbered(objects[old], order)
    lines = b"".join(b"%010d 00000 n\r\n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(offsets) + 1)
    told = _REFERENCE.sub(lambda found: _new(found, order), _sized(trailer, len(offsets) + 1))
    return out + head + lines + b"trailer\n" + told + b"startxref\n%d\n%%%%EOF" % len(out)


def _offsets(table: re.Match[bytes]) -> list[int]:
    """Offset of each object, the first being object 1."""
    lines = table[2]
    return [int(lines[_ENTRY * at :][:10]) for at in range(1, int(table[1]))]


def _objects(pdf: bytes, table: re.Match[bytes]) -> dict[int, bytes]:
    """Each object without its number, entries sorted."""
    starts = _offsets(table)
    ends = dict(zip(sorted(starts), [*sorted(starts)[1:], table.start()], strict=True))
    found = {}
    for number, start in enumerate(starts, start=1):
        body = pdf[start : ends[start]].partition(b" obj\n")[2]
        head, stream, rest = body.partition(_STREAM)
        found[number] = _sorted_entries(head) + stream + rest
    return found


def _sorted_entries(text: bytes) -> bytes:
    return _ENTRIES.sub(lambda run: b"".join(sorted(run[0].splitlines(keepends=True))), text)


def _order(objects: Mapping[int, bytes], trailer: bytes) -> dict[int, int]:
    """New number of each object that is in use, in the order of first reference."""
    waiting, order = _references(trailer), dict[int, int]()
    while waiting:
        old = waiting.pop(0)
        if old not in order:
            order[old] = len(order) + 1
            waiting += _references(objects[old].partition(_STREAM)[0])
    return order


def _references(text: bytes) -> list[int]:
    return [int(number) for number in _REFERENCE.findall(text)]


def _numbered(body: bytes, order: Mapping[int, int]) -> bytes:
    """The object with its references told by new numbers; what a stream holds stays."""
    head, stream, rest = body.partition(_STREAM)
    return _REFERENCE.sub(lambda found: _new(found, order), head) + stream + rest


def _new(found: re.Match[bytes], order: Mapping[int, int]) -> bytes:
    return b"%d 0 R" % order[int(found[1])]


def _sized(trailer: bytes, size: int) -> bytes:
    return re.sub(rb"/Size \d+", b"/Size %d" % size, trailer)
