"""Presets: settings that a paper printed, by name, with where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from breakeven.errors import SettingsError, UnknownNameError
from breakeven.records import Scalar, Stage
from breakeven.study.lines import read_document

PUBLISHED = Path(__file__).with_name("presets.yaml")
PRESET = "preset"
"""Key of a row, and what a record says of it beside the settings that were passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Settings of one stage.

    Attributes:
        name: As rows write it.
        stage: That it is for.
        source: Where the settings are printed.
        about: What the stage does by them, in a sentence.
        settings: By name, as a row would pass them.
    """

    name: str
    stage: Stage
    source: str
    about: str
    settings: Mapping[str, Scalar]

    @property
    def told(self) -> str:
        """Name and source, as records keep them."""
        return f"{self.name} ({self.source})"


@cache
def presets() -> Mapping[str, Preset]:
    """Every preset by name.

    Examples:
        >>> presets()["durlich2023-ts"].settings["warmup_steps"]
        260
    """
    return {
        name: Preset(
            name=name,
            stage=Stage(told["stage"]),
            source=told["source"],
            about=told["about"],
            settings=told["settings"],
        )
        for name, told in read_document(PUBLISHED).data.items()
    }


def find_preset(name: str, stage: Stage) -> Preset:
    """Return a preset for a row of one stage.

    Raises:
        UnknownNameError: If there is none of that name.
        SettingsError: If it is for another stage.
    """
    found = presets().get(name)
    if found is None:
        raise UnknownNameError(PRESET, name, presets())
    if found.stage is not stage:
        fitting = ", ".join(p.name for p in presets().values() if p.stage is stage) or "none"
        raise SettingsError(
            f"preset={name!r} is for stage {found.stage}, this is {stage}; there are: {fitting}"
        )
    return found


def preset_texts(preset: Preset) -> tuple[str, str, str, str]:
    """Name, stage, settings and source of a preset, for a table."""
    settings = ", ".join(f"{name}={value}" for name, value in preset.settings.items())
    return preset.name, str(preset.stage), settings, preset.source
