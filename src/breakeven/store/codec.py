"""Codec: records to JSON lines and back, strict in both directions.

msgspec builds the frozen dataclasses but lets unknown keys pass for them, so every line is first
read into a mirror of the dataclass that forbids them. What is written is read back at once: a
store never holds a line that it could not load.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from functools import cache
from numbers import Integral, Real
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from breakeven.errors import RecordFormatError
from breakeven.records import (
    SCHEMA_VERSION,
    Attachment,
    Calibration,
    Certificate,
    Examination,
    Optimum,
    Run,
    StudyDefinition,
)

Record = TypeVar("Record")

UtcTime = Annotated[datetime, msgspec.Meta(tz=True)]


class _Version(msgspec.Struct):
    """The only key that a record of any version must have."""

    schema_version: int


def encode_run(run: Run) -> bytes:
    """Return the run as one JSON line, without the line break.

    Raises:
        RecordFormatError: If a field holds something that could not be read back.
    """
    return encode(run)


def encode_state(run: Run) -> bytes:
    """Return the state of a run for its journal; an eighth of the work of `encode_run`.

    It is not read back: the journal began with a state that was, and what a run gathers since is
    checked where it is made.

    Raises:
        RecordFormatError: If a field holds something that could not be read back.
    """
    try:
        return msgspec.json.encode(run, enc_hook=_plain)
    except (TypeError, ValueError, msgspec.MsgspecError):
        return encode_run(run)


def decode_run(line: bytes) -> Run:
    """Read one line of a runs file.

    Raises:
        RecordFormatError: If the line is not a run of a schema this version reads.
    """
    return _of_this_version(decode(line, Run), line)


def strict_run_decoder() -> Any:  # noqa: ANN401 - of a class made at run time
    """Give a decoder that refuses every unknown key and wrong type in a run, a third of the work.

    What it returns has the fields of `Run` and of what is in it, None where the line has none.
    """
    return _decoders(Run)[0]


def encode_study(definition: StudyDefinition) -> bytes:
    """Return the definition as indented JSON, for people to read and diff.

    Raises:
        RecordFormatError: If a field holds something that could not be read back.
    """
    return encode_indented(definition)


def decode_study(text: bytes) -> StudyDefinition:
    """Read a stored study definition.

    Raises:
        RecordFormatError: If the text is not a definition of a schema this version reads.
    """
    return _of_this_version(decode(text, StudyDefinition), text)


def decode_examination(text: bytes) -> Examination:
    """Read what `breakeven doctor` found.

    Raises:
        RecordFormatError: If the text is not an examination of a schema this version reads.
    """
    return _of_this_version(decode(text, Examination), text)


def encode_indented(record: object) -> bytes:
    """Return any dataclass of `records` as indented JSON, for people to read and diff.

    Raises:
        RecordFormatError: If a field holds something that could not be read back.
    """
    return msgspec.json.format(encode(record), indent=2) + b"\n"


def encode_attachment(attachment: Attachment) -> bytes:
    """Return what a log adds to runs as indented JSON, for people to read and diff.

    Raises:
        RecordFormatError: If a field holds something that could not be read back.
    """
    return msgspec.json.format(encode(attachment), indent=2) + b"\n"


def decode_attachment(text: bytes) -> Attachment:
    """Read a stored attachment.

    Raises:
        RecordFormatError: If the text is not an attachment of a schema this version reads.
    """
    return _of_this_version(decode(text, Attachment), text)


def decode_calibration(text: bytes) -> Calibration:
    """Read a calibration's file.

    Raises:
        RecordFormatError: If the text is not a calibration of a schema this version reads.
    """
    return _of_this_version(decode(text, Calibration), text)


def decode_certificate(text: bytes) -> Certificate:
    """Read a certificate's file, as `encode_indented` wrote it.

    Raises:
        RecordFormatError: If the text is not a certificate of a schema this version reads.
    """
    return _of_this_version(decode(text, Certificate), text)


def decode_optimum(text: bytes) -> Optimum:
    """Read what a search found.

    Raises:
        RecordFormatError: If the text is not one of a schema this version reads.
    """
    return _of_this_version(decode(text, Optimum), text)


def encode(record: object) -> bytes:
    """Return any dataclass of `records` as one JSON line.

    Characters that are not Unicode (from undecodable file names) become "?": an odd path in a
    traceback must not lose a cost.

    Raises:
        RecordFormatError: If a field holds NaN, an infinity or something of the wrong type.
    """
    name = type(record).__name__
    try:
        plain = msgspec.to_builtins(record, enc_hook=_plain)
        text = json.dumps(plain, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    except TypeError as error:
        raise RecordFormatError(
            f"a {name} cannot be stored: {error}. Store numbers and text only."
        ) from error
    except ValueError as error:
        raise RecordFormatError(
            f"a {name} cannot be stored: {_find_non_finite(plain)} is not finite. "
            "Leave out what is missing."
        ) from error
    line = text.encode("utf-8", "replace")
    decode(line, type(record))
    return line


def decode(line: bytes, kind: type[Record]) -> Record:
    """Read one JSON text into a dataclass of `records`, refusing unknown keys.

    Raises:
        RecordFormatError: If the text is not exactly such a record.
    """
    try:
        strict, plain = _decoders(kind)  # type: ignore[arg-type]  # mypy: classes are hashable
        strict.decode(line)
        record: Record = plain.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        refuse_newer(line)
        raise RecordFormatError(
            f"not a {kind.__name__} that this version reads: {error}"
        ) from error
    return record


def refuse_newer(text: bytes, *, what: str = "record") -> None:
    """Refuse a text that says it has a later schema than ours; let anything else pass.

    Raises:
        RecordFormatError: If its `schema_version` is above `SCHEMA_VERSION`.
    """
    try:
        version = msgspec.json.decode(text, type=_Version).schema_version
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return
    if version > SCHEMA_VERSION:
        raise RecordFormatError(
            f"{what} was written by a newer breakeven (schema {version}, this one reads "
            f"{SCHEMA_VERSION}); upgrade breakeven to read it."
        )


Versioned = TypeVar(
    "Versioned", Run, StudyDefinition, Examination, Attachment, Calibration, Certificate, Optimum
)


def _of_this_version(record: Versioned, text: bytes) -> Versioned:
    if record.schema_version != SCHEMA_VERSION:
        refuse_newer(text)
        raise RecordFormatError(
            f"schema_version {record.schema_version} never existed; this one reads "
            f"{SCHEMA_VERSION}. The file was edited or damaged."
        )
    return record


def _plain(value: object) -> object:
    """Turn what numpy and friends return into plain numbers."""
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r} is a {type(value).__name__}")


def _find_non_finite(plain: object, path: str = "") -> str:
    """Name the first field, depth first, that JSON cannot hold."""
    children = (
        [(f"{path}.{key}" if path else key, v) for key, v in plain.items()]
        if isinstance(plain, dict)
        else [(f"{path}[{i}]", v) for i, v in enumerate(plain)]
        if isinstance(plain, list | tuple)
        else []
    )
    if isinstance(plain, float) and plain - plain != 0:
        return path
    return next((found for p, v in children if (found := _find_non_finite(v, p))), "")


@cache
def _decoders(kind: type) -> tuple[Any, Any]:
    return msgspec.json.Decoder(_mirror(kind)), msgspec.json.Decoder(kind)


@cache
def _mirror(kind: type) -> Any:  # noqa: ANN401 - a class made at run time
    """Make a struct with the fields of dataclass `kind` that forbids any other."""
    hints = get_type_hints(kind)
    return msgspec.defstruct(
        kind.__name__,
        [_mirror_field(f, hints[f.name]) for f in fields(kind)],
        forbid_unknown_fields=True,
        kw_only=True,
    )


def _mirror_field(field: Field[Any], hint: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any type
    strict = UtcTime if field.name == "started_at" else _strict(hint)
    optional = field.default is not MISSING or field.default_factory is not MISSING
    # The version must be written out: a later reader could not guess it.
    if optional and field.name != "schema_version":
        return field.name, strict, None
    return field.name, strict


def _strict(hint: Any) -> Any:  # noqa: ANN401 - any type
    """Replace every dataclass inside a type by its mirror."""
    if is_dataclass(hint):
        return _mirror(hint)  # type: ignore[arg-type]  # a class here, never an instance
    parts = tuple(_strict(part) for part in get_args(hint))
    if not parts:
        return hint
    origin: Any = get_origin(hint)
    if origin in (Union, UnionType):
        return Union[parts]  # noqa: UP007 - the parts are known at run time only
    return (dict if origin is Mapping else origin)[parts]
