"""Names: what a shared record must not tell, and what it says instead."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from breakeven.records import Examination, Machine

Record = TypeVar("Record")

_HOME_OF_USER = r"""(?:/home/|/Users/|[A-Za-z]:\\{1,2}Users\\{1,2})([^/\\\s:;,'"()\[\]]+)"""
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PLUG, _CHASSIS = re.compile(r"plug:(.+):\d+"), re.compile(r"chassis:(.+)", re.DOTALL)
"""Devices as channels name them: a hardware address and an outlet; a serial number or address."""

_END_OF_FOLDER = r"""(?=[/\\\s:;,'")\]]|$)"""

_ROOT = (
    r"(?:(?:(?<![\w.~<)\]}*%/\\:-])|(?<=file:))/+|(?<=:)/|(?<=\s-[A-Z])/"
    r"|(?<!\w)[A-Za-z]:[\\/]+|(?<![\w\\])\\{2,4})"
    r"(?=[\w.@~])(?!(?:sys|proc|dev(?!/shm))/)"
)
"""Where an absolute path begins; the kernel's own folders are the same on every machine."""

_PATH = re.compile(
    rf"""(?<=["'])(?:{_ROOT})[^"'\n]*(?=["'])"""  # in quotes, blanks and all
    rf"""|\A(?:{_ROOT})(?:[^\s"']|[ ](?![/\\-]))*\Z"""  # a text that is nothing else
    rf"""|(?:{_ROOT}|(?<![\w.~/\\-])~[\\/])[^\s"'`<>|;,:()\[\]{{}}]*"""  # from home as well
)
_LIBRARIES = re.compile(r".*[\\/](?:(?:site|dist)-packages|lib\d*[\\/]python3\.\d+)[\\/]")
"""What of a path says where this interpreter keeps its modules."""

_VOCABULARY = frozenset({"metric", "split"})
"""Fields whose whole value is a word of the field, even on a host that is called "test"."""


class Names:
    """The names found in a store, each with its stand-in."""

    def __init__(
        self,
        *,
        texts: Iterable[str],
        hosts: Iterable[str],
        words: Iterable[str] = (),
        home: Path | None = None,
    ) -> None:
        """Collect names and number their stand-ins in order of appearance.

        Args:
            texts: Every text of the store; users are found by their home folders.
            hosts: Host names, with or without their domain.
            words: Further names.
            home: Home folder of the user who shares; the one of this process by default.
        """
        self._salt = secrets.token_bytes(16)
        texts = list(texts)
        self._device_pattern = re.compile(
            rf"(?<![0-9A-Za-z])(?:{_any_of(_device_ids(texts))})(?![0-9A-Za-z])", re.IGNORECASE
        )
        home = home or Path.home()
        users = [u for text in (*texts, str(home)) for u in re.findall(_HOME_OF_USER, text)]
        self._users = _number(users, noun="user")
        self._words = _number(words, noun="name") | _hosts_and_domains(hosts)
        self._home_pattern = _home_pattern(home)
        self._folders: dict[str, str] = {}
        user, word = _any_of(self._users), _any_of(self._words)
        # A user's name may be a plain word: only a folder or an address is surely a name.
        self._user_pattern = re.compile(rf"(?<=[/\\])(?:{user}){_END_OF_FOLDER}|\b(?:{user})(?=@)")
        # An underscore ends a name here: "ckpt_node7" holds one.
        self._word_pattern = re.compile(rf"(?<![^\W_])(?:{word})(?![^\W_])", re.IGNORECASE)

    def clean(self, record: Record) -> Record:
        """Return a copy with every text cleaned."""
        cleaned: Record = self._clean(record)
        return cleaned

    def blur(self, machine: Machine) -> Machine:
        """Give host and devices new ids, equal where the old ones were equal."""
        devices = tuple(self._blur_ids(device) for device in machine.accelerators)
        return replace(machine, host_id=self._hash(machine.host_id), accelerators=devices)

    def blur_examination(self, examination: Examination) -> Examination:
        """Give the machine and the devices of an examination the same new ids."""
        channels = tuple(
            replace(found, device=self._blur_ids(found.device)) for found in examination.channels
        )
        return replace(examination, machine=self.blur(examination.machine), channels=channels)

    def _blur_ids(self, text: str) -> str:
        return _UUID.sub(lambda m: self._hash(m[0].lower()), text)

    def _clean(self, value: Any, *, is_word: bool = False) -> Any:  # noqa: ANN401 - any part
        match value:
            case Enum():
                return value
            case str():
                return self._clean_text(value, is_word=is_word)
            case tuple():
                return tuple(self._clean(part) for part in value)
            case Mapping():
                return {
                    self._clean_text(key, is_word=True): self._clean(part)
                    for key, part in value.items()
                }
        if is_dataclass(value) and not isinstance(value, type):
            parts = {
                f.name: self._clean(getattr(value, f.name), is_word=f.name in _VOCABULARY)
                for f in fields(value)
            }
            return replace(value, **parts)
        return value

    def _clean_text(self, text: str, *, is_word: bool) -> str:
        if is_word and text.lower() in self._words:
            return text
        text = self._device_pattern.sub(lambda m: self._hash(m[0].lower()), text)
        text = self._home_pattern.sub("~", text)  # first: what follows it is no secret
        text = _PATH.sub(lambda m: self._shorten(m[0]), text)
        text = self._user_pattern.sub(lambda m: self._users[m[0].lower()], text)
        return self._word_pattern.sub(lambda m: self._words[m[0].lower()], text)

    def _shorten(self, path: str) -> str:
        """Name a module from its library and anything else from a stand-in for its folder."""
        if (inside := _LIBRARIES.sub("", path)) != path:
            return inside
        if path.startswith("~"):
            return path
        cut = max(map(path.rfind, "/\\")) + 1
        told = self._folders.setdefault(path[:cut], f"folder-{len(self._folders) + 1}")
        return f"{told}/{path[cut:]}"

    def _hash(self, text: str) -> str:
        return hashlib.sha256(self._salt + text.encode()).hexdigest()[:16]


def texts_in(value: object) -> Iterator[str]:
    """Yield every text in a record, depth first, keys included; words of closed sets are none."""
    if isinstance(value, Enum):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from texts_in((*value.keys(), *value.values()))
    elif isinstance(value, Sequence):
        for part in value:
            yield from texts_in(part)
    elif is_dataclass(value):
        for f in fields(value):
            yield from texts_in(getattr(value, f.name))


def _device_ids(texts: Iterable[str]) -> set[str]:
    """Find what tells one device from all others; a plug's channel holds the end of its address."""
    found = list[str]()
    for text in texts:
        if plug := _PLUG.fullmatch(text):
            found += [plug[1], plug[1][-6:]]
        elif chassis := _CHASSIS.fullmatch(text):
            found.append(chassis[1])
        elif text.startswith("gpu:"):
            found += _UUID.findall(text)
    return {one.lower() for one in found}


def _number(names: Iterable[str], *, noun: str) -> dict[str, str]:
    distinct = dict.fromkeys(name.lower() for name in names)
    told = [name for name in distinct if name not in ("", "localhost")]
    return {name: f"{noun}-{i}" for i, name in enumerate(told, start=1)}


def _hosts_and_domains(hosts: Iterable[str]) -> dict[str, str]:
    """Stand-ins of "a.b.c", of its short forms "a" and "a.b", and of its domain "b.c"."""
    full = _number(hosts, noun="host")
    labels = {host: host.split(".") for host in full}
    short = {
        ".".join(labels[host][:n]): full[host]
        for host in reversed(list(full))  # of two hosts with one short name the first counts
        for n in range(1, len(labels[host]))
    }
    parents = (".".join(parts[n:]) for parts in labels.values() for n in range(1, len(parts) - 1))
    return _number(parents, noun="domain") | short | full


def _home_pattern(home: Path) -> re.Pattern[str]:
    own = [re.escape(str(home))] if len(home.parts) > 1 else []
    homes = "|".join([*own, _HOME_OF_USER, "/root"])
    return re.compile(rf"(?:(?<![\w.~-])|(?<=\s-[A-Z]))(?:{homes})(?![\w-])")


def _any_of(names: Iterable[str]) -> str:
    """Alternatives, longest first; matches nothing when there are none."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or "(?!)"
