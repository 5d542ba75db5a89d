"""Kinds: the sign under which each way of knowing a number is shown, wherever it is shown.

A sign is a letter, a word and (in the page) a shape of border, so that it survives print and
colour blindness; colour only repeats what the shape says.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from breakeven.records import Estimate, Kind, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """One way of knowing a number.

    Attributes:
        name: The word shown; also the CSS class.
        letter: Where a word does not fit.
        meaning: For the legend.
    """

    name: str
    letter: str
    meaning: str


BADGES = (
    Badge(
        name="measured",
        letter="M",
        meaning="a sensor observed it; here, unless another sign says where",
    ),
    Badge(name="replayed", letter="R", meaning="measured once, played back from a recording"),
    Badge(name="counted", letter="C", meaning="counted exactly or by closed form: items, FLOPs"),
    Badge(
        name="stated", letter="S", meaning="counted by a measured command, checked by nobody here"
    ),
    Badge(name="modelled", letter="E", meaning="estimated by a formula such as TDP x utilisation"),
    Badge(name="assumed", letter="A", meaning="stated by somebody, with a source"),
    Badge(name="published", letter="P", meaning="printed by others; nobody here observed it"),
    Badge(
        name="derived",
        letter="D",
        meaning="by arithmetic on numbers of other origins, such as printed",
    ),
    Badge(name="inferred", letter="I", meaning="concluded from what others print beside it"),
)

FROM_PRINT = (Origin.PUBLISHED, Origin.DERIVED, Origin.INFERRED)
"""Origins that have a sign of their own, beside that of the kind."""


def badges(estimate: Estimate | None) -> tuple[Badge, ...]:
    """Signs of everything that entered an estimate; replayed takes the place of measured."""
    if estimate is None or estimate.value is None:
        return ()
    return signs(estimate.kinds, estimate.origins)


def signs(kinds: Collection[Kind], origins: Collection[Origin]) -> tuple[Badge, ...]:
    """Signs of kinds and origins; measured stays beside replayed when some of it was live.

    Numbers from print keep the sign of their kind, and bear that of their origin beside it.

    What a measured command counted itself is stated, and takes the place of counted. Beside an
    assumed number it cannot be told whose origin that is, and counted stays.

    Examples:
        >>> [badge.name for badge in signs([Kind.MEASURED], [Origin.REPLAYED])]
        ['replayed']
        >>> [badge.name for badge in signs([Kind.MEASURED], [Origin.PUBLISHED])]
        ['measured', 'published']
    """
    names: list[str] = [kind.value for kind in kinds]
    if Kind.MEASURED in kinds and Origin.REPLAYED in origins:
        names.append("replayed")
        if Origin.LIVE not in origins:
            names.remove("measured")
    if Kind.COUNTED in kinds and Origin.STATED in origins and Kind.ASSUMED not in kinds:
        names.append("stated")
        if Origin.LIVE not in origins:
            names.remove("counted")
    if set(kinds) - {Kind.ASSUMED}:  # which says already that somebody else states it
        names += [origin.value for origin in FROM_PRINT if origin in origins]
    return tuple(badge for badge in BADGES if badge.name in names)


def used(estimates: Iterable[Estimate]) -> tuple[Badge, ...]:
    """Signs that occur among estimates, in the order of the legend."""
    present = {badge for estimate in estimates for badge in badges(estimate)}
    return tuple(badge for badge in BADGES if badge in present)


def is_seen(estimate: Estimate) -> bool:
    """Whether a number was measured or counted here; others are drawn hollow.

    Examples:
        >>> from breakeven.records import Estimate, Kind
        >>> guess = Estimate(name="energy_j", value=1.0, low=None, high=None, level=None,
        ...                  method="TDP x time", n=1, kinds=(Kind.MODELLED,), origins=())
        >>> is_seen(guess)
        False
    """
    return not doubted(estimate.kinds, estimate.origins)


def doubted(kinds: Collection[Kind], origins: Collection[Origin]) -> str:
    """Signs that a reader of a figure must not miss, in words; empty for measured and counted.

    Examples:
        >>> doubted([Kind.MEASURED], [Origin.LIVE]), doubted([Kind.MODELLED], [Origin.LIVE])
        ('', 'modelled')
        >>> doubted([Kind.MEASURED, Kind.ASSUMED], [Origin.LIVE])
        'measured and assumed'
    """
    names = [badge.name for badge in signs(kinds, origins)]
    if not set(names) - {"measured", "counted"}:
        return ""
    return " and ".join(names)
