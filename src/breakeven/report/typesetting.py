"""Typesetting: how the templates of every page turn texts of records into HTML.

Texts are hostile until shown harmless: all are escaped, and signs that would turn a line around are
written out. Needs the extra `report`.
"""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

_TURNING = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
"""Invisible characters that turn the order of what follows them (Unicode UAX 9)."""
_SEEN = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in _TURNING})
SEEN_IN_JSON = str.maketrans({sign: f"\\\\u{ord(sign):04x}" for sign in _TURNING})
"""The same for texts inside JSON."""


def environment() -> Environment:
    """Templates of the package, with autoescape and the filter `coded`."""
    made = Environment(
        loader=PackageLoader("breakeven.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=in_sight,
    )
    made.filters["coded"] = coded
    return made


def in_sight(value: object) -> object:
    r"""A text in which characters that would turn the rest of a line around are written out.

    Examples:
        >>> print(in_sight(f"a{chr(0x202E)}b"))
        a\u202eb
    """
    return value.translate(_SEEN) if type(value) is str else value


def coded(text: str) -> Markup:
    """A sentence in which what stands between backticks is code; everything else stays text.

    Examples:
        >>> str(coded("set `a<b` first"))
        'set <code>a&lt;b</code> first'
    """
    parts = [escape(part) for part in str(in_sight(text)).split("`")]
    if len(parts) % 2 == 0:
        return escape(in_sight(text))
    marked = (Markup("<code>{}</code>").format(p) if i % 2 else p for i, p in enumerate(parts))
    return Markup("").join(marked)
