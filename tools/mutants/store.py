"""What a store must not lose, mix up or let pass."""

from tools.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        name="a torn tail is read as a record",
        path="store/reading.py",
        before='whole = added[: added.rfind(b"\\n") + 1]',
        after='whole = added if added.endswith(b"\\n") or not added else added + b"\\n"',
        tests=("tests/store/test_store.py",),
    ),
    Mutant(
        name="a full disk loses the record in hand",
        path="store/store.py",
        before="if error.is_disk_full and self._append_from_reserve(line):",
        after="if False:",
        tests=("tests/store/test_full_disk.py",),
    ),
    Mutant(
        name="unknown keys are let pass",
        path="store/codec.py",
        before="forbid_unknown_fields=True",
        after="forbid_unknown_fields=False",
        tests=("tests/store/test_codec.py",),
    ),
    Mutant(
        name="a newer schema is read as ours",
        path="store/codec.py",
        before="if record.schema_version != SCHEMA_VERSION:",
        after="if record.schema_version < SCHEMA_VERSION:",
        tests=("tests/store/test_codec.py",),
    ),
    Mutant(
        name="a lease is shared",
        path="store/lease.py",
        before="fcntl.LOCK_EX | fcntl.LOCK_NB",
        after="fcntl.LOCK_SH | fcntl.LOCK_NB",
        tests=("tests/store/test_lease.py",),
    ),
)
