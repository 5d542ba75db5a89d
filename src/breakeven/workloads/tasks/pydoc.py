"""The embedded task: which family of the standard library does a docstring come from?

Sources are read with `ast` and never imported. Every Python carries the data, so the demo
needs no download. Split by file: docstrings of one file share vocabulary, and a random split
rewards remembering it (TF-IDF scores .84-.86 at random, .58-.61 by file).
"""

import ast
import os
import platform
import random
import sysconfig
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from breakeven.errors import DataFileError
from breakeven.records import Note, NoteCode, Scalar
from breakeven.workloads.options import Option, resolve
from breakeven.workloads.tasks.division import divide_at_random, divide_by_group
from breakeven.workloads.tasks.task import Split, Splits, Task, make_task

MIN_WORDS = 3

_MODULES = {
    "net": """
        ftplib http imaplib ipaddress netrc poplib selectors smtplib socket socketserver ssl
        urllib webbrowser wsgiref xmlrpc""",
    "mail and markup": "_markupbase base64 email html mailbox mimetypes plistlib quopri xml",
    "concurrency": """
        _threading_local asyncio concurrent multiprocessing queue sched signal subprocess
        threading""",
    "files": """
        _pyio bz2 codecs configparser dbm filecmp fileinput fnmatch genericpath glob gzip io
        linecache lzma ntpath os pathlib posixpath shelve shutil stat tarfile tempfile zipapp
        zipfile zipimport""",
    "numbers and data": """
        _collections_abc _pydecimal _strptime bisect calendar collections copy copyreg csv
        dataclasses datetime enum fractions graphlib hashlib heapq hmac json numbers operator
        pickle pickletools random secrets sqlite3 statistics string tomllib uuid weakref
        zoneinfo""",
    "code tools": """
        ast bdb cProfile cmd code codeop compileall dis doctest importlib inspect modulefinder
        pdb pkgutil profile pstats py_compile pyclbr pydoc runpy symtable tabnanny timeit
        tokenize trace traceback tracemalloc typing unittest warnings""",
}

FAMILIES: Mapping[str, tuple[str, ...]] = {
    family: tuple(modules.split()) for family, modules in _MODULES.items()
}
"""Family to top-level modules, frozen: all exist on 3.11 to 3.13. Changing it changes the task."""

_MOVED = {"_pydatetime": "datetime"}
"""Where newer Pythons keep what an older module of the list held."""

_NOT_THE_LIBRARY = frozenset(
    {"test", "tests", "idle_test", "site-packages", "dist-packages", "__pycache__"}
)

OPTIONS = {
    "split": Option(
        default="by-file",
        choices=("by-file", "random"),
        doc="whether whole files stay together; by-file is the honest one",
    ),
    "seed": Option(default=0, low=0, doc="seed of the cap and of the split"),
    "max_per_family": Option(default=900, low=3, doc="docstrings kept of each family"),
    "root": Option(default="", doc="folder of Python sources; empty for this interpreter's own"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Docstring:
    """One docstring, its white space collapsed."""

    text: str
    source: str

    @property
    def module(self) -> str:
        """Top-level module it belongs to."""
        top = self.source.split("/", 1)[0].removesuffix(".py")
        return _MOVED.get(top, top)


def load(options: Mapping[str, Scalar]) -> Task[int]:
    """Read, label, cap and split the docstrings of the standard library.

    Args:
        options: See `OPTIONS`.

    Raises:
        DataFileError: If the folder holds no sources, or too few files for a split by file.
    """
    chosen = resolve("task pydoc", OPTIONS, options)
    seed = int(chosen["seed"])
    root = Path(str(chosen["root"]) or sysconfig.get_path("stdlib"))
    found = read_docstrings(root)
    labelled = _cap(found, int(chosen["max_per_family"]), seed=seed)
    splits = _divide(labelled, by_file=chosen["split"] == "by-file", seed=seed)
    held_out = {text for split in splits[1:] for text in split.texts}
    return make_task(
        "pydoc",
        tuple(FAMILIES),
        splits,
        corpus=[d.text for d in found if d.text not in held_out],
        facts=_facts(found, labelled) | {"split": chosen["split"], "seed": seed},
        notes=_absent(found),
    )


def read_docstrings(root: Path) -> list[Docstring]:
    """Collect every docstring of at least `MIN_WORDS` words once, in order of its file's path.

    Raises:
        DataFileError: If there is none.
    """
    unique: dict[str, Docstring] = {}
    for path in _sources(root):
        source = path.relative_to(root).as_posix()
        for text in _texts(path):
            unique.setdefault(text, Docstring(text=text, source=source))
    if not unique:
        raise DataFileError(
            f"no Python sources with docstrings under {root}; set `root` of the task pydoc to a "
            "folder that holds the standard library's .py files"
        )
    return list(unique.values())


def _sources(root: Path) -> list[Path]:
    """Every .py file of the library, without descending into what is not the library."""
    found = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders if name not in _NOT_THE_LIBRARY]
        found += [Path(folder, name) for name in names if name.endswith(".py")]
    return sorted(found)


def _texts(path: Path) -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old sources hold escapes that newer parsers doubt
            tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return  # sources kept for other Pythons, or templates
    for node in _statements(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            words = (ast.get_docstring(node, clean=False) or "").split()
            if len(words) >= MIN_WORDS:
                yield " ".join(words)


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Walk statements only; `ast.walk` spends most of its time in expressions."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in ("body", "orelse", "finalbody", "handlers"):
            children = getattr(node, name, ())
            if isinstance(children, list):
                waiting.extend(children)


def _cap(found: Sequence[Docstring], limit: int, *, seed: int) -> dict[str, list[Docstring]]:
    rng = random.Random(f"cap-{seed}")  # noqa: S311 - a sample, not a secret
    labelled = {}
    for family, modules in FAMILIES.items():
        mine = [d for d in found if d.module in modules]
        kept = rng.sample(range(len(mine)), min(limit, len(mine)))
        labelled[family] = [mine[i] for i in sorted(kept)]
    return labelled


def _divide(
    labelled: Mapping[str, Sequence[Docstring]], *, by_file: bool, seed: int
) -> Splits[int]:
    docstrings = [d for family in labelled.values() for d in family]
    labels = tuple(i for i, family in enumerate(labelled.values()) for _ in family)
    sources = tuple(d.source for d in docstrings)
    whole = Split(texts=tuple(d.text for d in docstrings), labels=labels, sources=sources)
    parts = (
        divide_by_group(labels, sources, seed=seed)
        if by_file
        else divide_at_random(labels, seed=seed)
    )
    return (
        whole.take(parts["train"]),
        whole.take(parts["validation"]),
        whole.take(parts["test"]),
    )


def _facts(
    found: Sequence[Docstring], labelled: Mapping[str, Sequence[Docstring]]
) -> dict[str, Scalar]:
    per_family: dict[str, Scalar] = {
        f"n_{family.replace(' ', '_')}": len(mine) for family, mine in labelled.items()
    }
    return {
        "python": platform.python_version(),
        "n_unique_docstrings": len(found),
        "n_source_files": len({d.source for d in found}),
        **per_family,
        "licence": "Python Software Foundation License, read in place",
    }


def _absent(found: Sequence[Docstring]) -> tuple[Note, ...]:
    present = {d.module for d in found}
    missing = sorted(m for family in FAMILIES.values() for m in family if m not in present)
    if not missing:
        return ()
    return (
        Note(
            code=NoteCode.ABSENT_MODULES,
            message=f"{len(missing)} of the task's modules gave no docstring here: "
            f"{', '.join(missing)}.",
            advice="Compare scores only between runs with the same content hash.",
        ),
    )
