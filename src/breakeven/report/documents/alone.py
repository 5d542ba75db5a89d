"""Alone: one table in LaTeX that somebody takes into a document of their own."""

from breakeven.report.documents.booktabs import booktabs, is_printable
from breakeven.report.documents.fitting import ARTICLE_PT
from breakeven.report.tables.table import Table

NEEDS = r"% Needs \usepackage{array,booktabs}."
"""First line of what is not a plain `tabular`."""


def alone(table: Table) -> str:
    """LaTeX of a table, no wider than the text of an `article`; columns of words are broken.

    Args:
        table: One without rows, or with too many to be read, is data: a plain `tabular`.
    """
    if not is_printable(table):
        return table.to_tex()
    return f"{NEEDS}\n{booktabs(table, most_pt=ARTICLE_PT).text}"
