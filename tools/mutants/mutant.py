"""A mutant: one line that is broken on purpose, and the tests that must notice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One broken line.

    Attributes:
        name: What is broken, in words.
        path: File below `src/breakeven`.
        before: Text that stands exactly once in it.
        after: What replaces it.
        tests: Test files of which at least one test must fail.
    """

    name: str
    path: str
    before: str
    after: str
    tests: tuple[str, ...]
