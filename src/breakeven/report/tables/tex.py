"""LaTeX: text written so that LaTeX finds no command in it, and pdflatex every character."""

from itertools import pairwise

from breakeven.report.signs import EM_DASH, EN_DASH, INFINITY, MICRO, MIDDLE_DOT, MINUS, NBSP, TIMES

_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    **{sign: f"\\{sign}" for sign in "#$%&_"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"$<$",
    ">": r"$>$",
    "|": r"$|$",
    '"': "''",
    "`": r"\textasciigrave{}",
    NBSP: "~",
    TIMES: r"$\times$",
    MINUS: "$-$",
    INFINITY: r"$\infty$",
    EM_DASH: "---",
    EN_DASH: "--",
    MIDDLE_DOT: r"$\cdot$",
    MICRO: r"$\mu$",
    "\N{GREEK SMALL LETTER MU}": r"$\mu$",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\N{LESS-THAN OR EQUAL TO}": r"$\leq$",
    "\N{GREATER-THAN OR EQUAL TO}": r"$\geq$",
    "\N{ALMOST EQUAL TO}": r"$\approx$",
    "\N{RIGHTWARDS ARROW}": r"$\rightarrow$",
    "\N{DEGREE SIGN}": r"\textdegree{}",
    "\N{SUPERSCRIPT TWO}": r"\texttwosuperior{}",
    "\N{SUPERSCRIPT THREE}": r"\textthreesuperior{}",
    "\N{EURO SIGN}": r"\texteuro{}",
    "\N{HORIZONTAL ELLIPSIS}": r"\dots{}",
    "\N{LEFT SINGLE QUOTATION MARK}": "`",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": "``",
    "\N{RIGHT DOUBLE QUOTATION MARK}": "''",
}
_LETTERS = (0x00C0, 0x017E)
"""Latin letters with accents, from first to last, that LaTeX sets in its font encoding T1."""
_NOT_SET = frozenset(map(ord, "\u00d7\u00f7\u0126\u0127\u0138\u013f\u0140\u0149\u0166\u0167"))
"""Between them what it does not set."""
_OPENS = ("[", "*")
r"""What LaTeX takes for an argument of the `\\` before it."""


def in_tex(text: str) -> str:
    r"""Text in which LaTeX finds no command: every sign of its own is written out.

    Letters with accents stay, for `\usepackage[T1]{fontenc}`; characters that pdflatex has no sign
    for are named by their code point, as they would end the run.

    Examples:
        >>> print(in_tex("50 % of --n_best"), in_tex("R²"), in_tex("模"))
        50 \% of -{}-n\_best R\texttwosuperior{} [U+6A21]
    """
    pairs = pairwise(f"{text} ")
    return "".join("-{}" if pair == ("-", "-") else _sign(pair[0]) for pair in pairs)


def in_latin(text: str) -> str:
    """Text as long as it is in print: characters without a sign named by their code point.

    Examples:
        >>> in_latin("Größe 模")
        'Größe [U+6A21]'
    """
    return "".join(c if c.isascii() or c in _SIGNS else _sign(c) for c in text)


def tex_row(cells: list[str]) -> str:
    r"""One line of a `tabular`, each cell escaped already; none becomes an argument of `\\`.

    Examples:
        >>> print(tex_row(["[1] x", "2"]))
        {}[1] x & 2 \\
    """
    first, *rest = cells
    guarded = f"{{}}{first}" if first.startswith(_OPENS) else first
    return " & ".join((guarded, *rest)) + r" \\"


def _sign(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    if character.isascii():
        return character if character.isprintable() else " "
    code = ord(character)
    if _LETTERS[0] <= code <= _LETTERS[1] and code not in _NOT_SET:
        return character
    return f"[U+{code:04X}]" if character.isprintable() else " "
