"""An optuna study in a file whose connections are closed behind it, as Python 3.13 wants."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def optuna_study(path: Path, name: str = "lr", **options: Any) -> Iterator[Any]:
    """Create a study in a file of SQLite."""
    import optuna  # noqa: PLC0415 - an extra

    storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
    try:
        yield optuna.create_study(study_name=name, storage=storage, **options)
    finally:
        storage.remove_session()
        storage.engine.dispose()
