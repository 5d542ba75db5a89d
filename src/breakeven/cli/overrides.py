"""Options that several commands share: the store, and changes to a study for one command."""

from collections.abc import Sequence
from pathlib import Path

import click

from breakeven.errors import StudyFileError

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


def parse_overrides(settings: Sequence[str]) -> dict[str, object]:
    """Turn `place=value` texts into values by place, read as YAML.

    Raises:
        StudyFileError: If a text has no equals sign.
    """
    from breakeven.study.lines import read_value  # noqa: PLC0415 - YAML only when needed

    values: dict[str, object] = {}
    for text in settings:
        place, sign, value = text.partition("=")
        if not sign:
            raise StudyFileError(f"--set {text}: no value given; write --set {text}=VALUE")
        values[place.strip()] = read_value(value)
    return values
