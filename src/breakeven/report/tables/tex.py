"""LaTeX: text written so that LaTeX finds no command in it."""

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
    NBSP: "~",
    TIMES: r"$\times$",
    MINUS: "$-$",
    INFINITY: r"$\infty$",
    EM_DASH: "---",
    EN_DASH: "--",
    MIDDLE_DOT: r"$\cdot$",
    MICRO: r"$\mu$",
}


def in_tex(text: str) -> str:
    """Text in which LaTeX finds no command (every sign of its own is written out)."""
    return "".join(_SIGNS.get(c, c if c.isprintable() else " ") for c in text)
