"""Reductions: ways to spend less. Each turns settings into cheaper ones and carries a card."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from breakeven.errors import SettingsError
from breakeven.records import Scalar, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a reader should know before using a reduction.

    Attributes:
        name: As registered.
        setting: The setting it changes, of inference unless `stage` says otherwise.
        what: What it does, one sentence.
        acts_on: Which part of the work gets cheaper.
        suggested: Values worth trying.
        cost: What it costs to apply, in effort and in quality.
        source: Who showed it.
        stage: Where it acts: on an inference row, or as a stage of development with its own cost.
        is_adaptive: Whether what is computed depends on the example.
    """

    name: str
    setting: str
    what: str
    acts_on: str
    suggested: tuple[Scalar, ...]
    cost: str
    source: str
    stage: Stage = Stage.INFER
    is_adaptive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction:
    """A card and the rule that says whether a value reduces anything.

    Attributes:
        card: What it is.
        objection: Given the current and the new value, why the new one reduces nothing and
            what to choose; empty when it does reduce.
    """

    card: Card
    objection: Callable[[Scalar, Scalar], str]

    def apply(self, settings: Mapping[str, Scalar], value: Scalar) -> dict[str, Scalar]:
        """Return settings with the reduction applied; `settings` stays as it is.

        Args:
            settings: Resolved settings of an inference row.
            value: New value of the card's setting.

        Raises:
            SettingsError: If nothing would be reduced; a silent no-op would enter the study as
                a result.
        """
        name = self.card.setting
        current = settings[name]
        if why := self.objection(current, value):
            raise SettingsError(f"{name}={value} reduces nothing: {why}")
        return {**settings, name: value}


def changed_settings(
    before: Mapping[str, Scalar], after: Mapping[str, Scalar]
) -> dict[str, tuple[Scalar | None, Scalar | None]]:
    """Settings in which two rows differ, as name -> (before, after); absent is None.

    Examples:
        >>> changed_settings({"n": 1, "m": 2}, {"n": 1, "m": 3})
        {'m': (2, 3)}
    """
    names = [*before, *(name for name in after if name not in before)]
    return {
        name: (before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    }
