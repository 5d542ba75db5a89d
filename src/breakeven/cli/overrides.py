"""Options that several commands share: the store, and changes to a study for one command."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from breakeven.errors import StudyFileError
from breakeven.records import Scalar

store_option = click.option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("store"),
    show_default=True,
    help="Folder in which runs are kept.",
)
override_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PLACE=VALUE",
    help="Change one value of the study file, e.g. stages.ft.epochs=1; may be repeated.",
)
profile_option = click.option(
    "--profile", metavar="NAME", help="Apply one of the study file's own sets of changes."
)

task_option = click.option(
    "--task",
    "tasks",
    multiple=True,
    metavar="NAME",
    help="One of the study file's `tasks` instead of all; may be repeated.",
)

variable_option = click.option(
    "--var",
    "variables",
    multiple=True,
    metavar="NAME=VALUE",
    help="Give one of the study file's variables a value, e.g. data=folder; may be repeated.",
)


def parse_overrides(settings: Sequence[str]) -> dict[str, object]:
    """Turn `place=value` texts into values by place, read as YAML.

    Raises:
        StudyFileError: If a text has no equals sign.
    """
    return dict(_pairs("--set", settings))


def parse_variables(variables: Sequence[str]) -> dict[str, Scalar]:
    """Turn `name=value` texts into values by name, read as YAML.

    Raises:
        StudyFileError: If a text has no equals sign, or its value is a list or a mapping.
    """
    values: dict[str, Scalar] = {}
    for name, value in _pairs("--var", variables):
        if not isinstance(value, Scalar):
            raise StudyFileError(
                f"--var {name}: a variable is one text, number, true or false, got {value!r}; "
                "change lists and mappings with --set"
            )
        values[name] = value
    return values


def _pairs(flag: str, texts: Sequence[str]) -> Iterator[tuple[str, object]]:
    from breakeven.study.lines import read_value  # noqa: PLC0415 - YAML only when needed

    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise StudyFileError(f"{flag} {text}: no value given; write {flag} {text}=VALUE")
        yield name.strip(), read_value(value)
