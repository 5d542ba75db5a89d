"""A study named on the command line: one that no store holds is refused, not taken for empty."""

from collections.abc import Sequence
from pathlib import Path


def check_study(stores: Sequence[Path], name: str | None) -> None:
    """Refuse a name that neither a study nor a run of the stores has.

    Args:
        stores: Folders of the stores; files beside them are no stores and pass.
        name: What was typed; None asks for no study.

    Raises:
        UnknownNameError: If there is none of that name; names the known ones.
        RecordFormatError: If a store cannot be read.
    """
    from breakeven.errors import UnknownNameError  # noqa: PLC0415 - `--help` stays light
    from breakeven.store import Store  # noqa: PLC0415 - the same

    if name is None:
        return
    opened = [Store(path, create=False) for path in stores if not path.is_file()]
    known = {definition.name for store in opened for definition in store.studies()}
    if name not in known:
        known |= {run.study for store in opened for run in store.runs() if run.study}
    if name not in known:
        raise UnknownNameError("study", name, known)
