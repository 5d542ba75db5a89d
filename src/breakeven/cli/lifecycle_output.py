"""What `breakeven lifecycle` answers about volumes, as tables and as JSON."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from breakeven.cli.lifecycle_answers import StudyLife, answer_lines

if TYPE_CHECKING:
    from breakeven.report.tables import Table

_WHOLE = "Every row is whole here and paid once, whatever rule or update was asked for."
"""Said of equations 3 to 6, which know no terms."""


def life_tables(life: StudyLife, found: dict[str, Any], *, is_text: bool) -> "Iterator[Table]":
    """Tables of the results; narrower ones for a terminal."""
    from breakeven.report.tables import lifetime, share_map  # noqa: PLC0415 - `--help` stays light

    if "break_even" in found:
        table = lifetime.payoff_table(found["break_even"])
        yield lifetime.dearer_first(table) if is_text else table
    if "cheapest" in found:
        yield lifetime.cheapest_table(found["cheapest"])
        yield lifetime.chances_table(found["cheapest"])
    for lives, shared in found.get("share_map", ()):
        yield (share_map.map_grid if is_text else share_map.map_table)(shared, lives)
        yield share_map.matches_table(shared, lives)
    for name in ("lifetime", "profiles"):
        if name in found:
            table = lifetime.spending_table(found[name], name=name)
            yield table.without({"is_cheapest"}) if is_text else table
    for lives, ratios in found.get("ratio", ()):
        yield lifetime.ratio_table(ratios, lives, life.found.definition.metric)
    if life.asked.is_equations:
        yield from equation_tables(life)


def equation_tables(life: StudyLife) -> "Iterator[Table]":
    """E_T, D_T and H of each row, and equations 3 to 6 of each pathway, as a report has them."""
    from breakeven.analysis.overview import analyse  # noqa: PLC0415 - as above
    from breakeven.report.tables.life import life_tables as of_report  # noqa: PLC0415 - as above

    wanted = {of.resource.value for of in life.lives}
    analysis = analyse(life.found.definition, life.found.runs)
    has_terms = life.asked.rules or life.asked.updates
    whole = f" {_WHOLE}" if has_terms else ""
    for table in of_report(analysis):
        if table.name == "factors":
            yield table.without([c.name for c in table.columns if _is_of_others(c.name, wanted)])
        elif table.name == "product":
            kept = tuple(row for row in table.rows if row[1].value in wanted)
            yield replace(table, rows=kept, caption=f"{table.caption}{whole}")


def _is_of_others(column: str, wanted: set[str]) -> bool:
    """Whether a column holds cost per training example in a cost that was not asked for."""
    resource = column.removeprefix("per_example_")
    return resource != column and resource not in wanted


def as_data(life: StudyLife, found: dict[str, Any]) -> dict[str, object]:
    """The same for JSON: every number with interval, level, method and kinds."""
    definition = life.found.definition
    told: dict[str, Any] = {
        "study": definition.name,
        "item": definition.item.value,
        "planned_volume": definition.planned_volume,
        "answer": answer_lines(life),
        "terms": {**_plain(life.lives[0].terms), "kind": "assumed"} if life.lives else None,
        "min_score": definition.min_score,
        "left_out": {of.resource.value: dict(of.left_out) for of in life.lives},
        "below_min_score": list(life.dropped),
    }
    for name, of_costs in found.items():
        told[name] = [one for _, result in of_costs for one in _flat(name, result)]
    if "cheapest" in found:
        for one, (of, _) in zip(told["cheapest"], found["cheapest"], strict=True):
            one["resource"] = of.resource.value
    if life.asked.is_equations:
        tables = {t.name: t.to_data()["rows"] for t in equation_tables(life)}
        told["equations"] = {**tables, "every_row_is_whole_and_paid_once": True}
    return told


def _plain(result: Any) -> Any:  # noqa: ANN401 - any result
    from breakeven.report.plain import plain  # noqa: PLC0415 - as above

    return plain(result)


def _flat(name: str, result: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any result
    """Objects of one table for JSON; those of a pair in one level."""
    told = _plain(result)
    if name == "break_even":
        return [{**pair.pop("found"), **pair} for pair in told]
    return told if isinstance(told, list) else [told]
