r"""Markdown: text of one line in which Markdown finds no cell, tag, link, picture or emphasis."""

import re

_SIGN = re.compile(
    r"""
      \\ | \*                              # a backslash escapes, asterisks emphasise
    | (?<![^\W_])_ | _(?![^\W_])            # so do underscores that do not stand inside a word
    | ~                                     # tildes strike out
    | &(?=\#?\w+;)                          # a character by its name or number
    | <(?=[A-Za-z/!?])                      # a tag; `< 1 %` is none
    """,
    re.VERBOSE,
)
_START = re.compile(r"^(?:(\d{0,9})([.)#+-](?=[-#]*(?:\s|$))|[>=]|`(?=``)))")
"""What begins a block of its own at the start of a line."""


def in_markdown(text: str) -> str:
    r"""Text that Markdown shows as it is, on one line; what stands between grave accents is code.

    Examples:
        >>> print(in_markdown("*a* <b> batch_size | `x_ <y>`"))
        \*a\* \<b> batch_size \| `x_ <y>`
    """
    flat = text.replace("\n", " ").replace("\r", " ")
    parts = flat.split("`")
    is_code = len(parts) % 2 == 1 and "``" not in flat
    written = "`".join(
        part if is_code and at % 2 else _escaped(part) for at, part in enumerate(parts)
    )
    return written.replace("|", "\\|")


def in_block(text: str) -> str:
    r"""The same at the start of a line, where some signs begin a list, a head, a quote or a rule.

    Examples:
        >>> print(in_block("- x"), in_block("1. y"), in_block("-1 point"))
        \- x 1\. y -1 point
    """
    return _START.sub(r"\1\\\2", in_markdown(text.strip()))


def _escaped(text: str) -> str:
    """Text outside of code."""
    return _SIGN.sub(r"\\\g<0>", text).replace("](", "]\\(")
