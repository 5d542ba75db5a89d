"""`breakeven export --pathway`: a measured model as a folder that `breakeven.load` opens."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from breakeven.records import Certificate


def export_model(
    stores: Sequence[Path],
    row: str,
    *,
    study: str | None,
    out: Path | None,
    certificate: Path | None,
) -> None:
    """Write the folder and say how to use it.

    Args:
        stores: Exactly one.
        row: Inference row whose model, run with its settings, is wanted.
        study: Its name; None where the store holds one.
        out: New folder.
        certificate: File that proves quality and saving; by default what a search of the study
            found of this row.

    Raises:
        click.UsageError: If there are several stores, or no folder.
        UnknownNameError: If the store did not measure that.
        RecordFormatError: If the certificate is none.
        CertificateError: If it is not of exactly this row, or the runs do not show it.
        StoreWriteError: If the folder holds something, or cannot be written.
    """
    from breakeven.store import Store  # noqa: PLC0415 - `--help` stays light
    from breakeven.study.delivery import deliver_measured, find_measured  # noqa: PLC0415 - the same

    if len(stores) != 1 or out is None:
        raise click.UsageError("--pathway writes one model of one store; name its folder by --out")
    store = Store(stores[0], create=False)
    measured = find_measured(store, row, study=study)
    proof = None if certificate is None else _read(certificate)
    manifest = deliver_measured(store, measured, out, certificate=proof)
    click.echo(f"{len(manifest.files) + 1} files written to {out}; in Python:", err=True)
    if manifest.certified is not None:
        click.echo("with the certificate of this row, which its runs show again", err=True)
    click.echo(f"import breakeven\nmodel = breakeven.load({str(out)!r})\nmodel([...])")


def _read(path: Path) -> "Certificate":
    from breakeven.errors import RecordFormatError  # noqa: PLC0415 - the same
    from breakeven.store.codec import decode_certificate  # noqa: PLC0415 - the same

    try:
        return decode_certificate(path.read_bytes())
    except RecordFormatError as error:
        raise RecordFormatError(
            f"{path}: {error}; name the file that `breakeven optimize --certificate` wrote"
        ) from error
