"""The table of docs/measuring.md that is generated: what each measure depends on."""

from collections.abc import Mapping, Sequence

from breakeven.session.doctor.measures import explained, legend


def measure_tables() -> Mapping[str, str]:
    """Return the tables by the name of their marker."""
    return {"measures": f"{legend()}\n\n{_markdown(explained())}"}


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    header, *body = rows
    lines = [header, ["---"] * len(header), *body]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
