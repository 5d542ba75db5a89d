"""Page: one self-contained report.html; charts, style and script are inlined, nothing is fetched.

Needs the extra `report`; import it through `breakeven.report.build_report`.
"""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from importlib.resources import files

import altair as alt
import vl_convert
from markupsafe import Markup

from breakeven.analysis.results import StudyAnalysis
from breakeven.records import Estimate, Resource
from breakeven.report.answer import answer
from breakeven.report.doubts import doubts
from breakeven.report.figure_signs import figure_signs
from breakeven.report.figures import (
    Figure,
    PanelRow,
    curve_figures,
    drawn_stages,
    families,
    frontier_figures,
    has_shared,
    has_twin,
    length_figures,
    length_key,
    pareto_rows,
    series,
    stage_colour,
    stages_figure,
)
from breakeven.report.inference import themes
from breakeven.report.kinds import BADGES, used
from breakeven.report.ledger import Ledger
from breakeven.report.lookup import absence, observed, undrawn, unplotted
from breakeven.report.methods import methods
from breakeven.report.optimum import optimum_answer
from breakeven.report.optimum_words import leads, unfinished_words
from breakeven.report.search_words import search_lines
from breakeven.report.sections import more_sections
from breakeven.report.tables import Table, tables
from breakeven.report.typesetting import SEEN_IN_JSON, environment

MAX_RUNS = 200
"""Rows of the table of runs in the page; its CSV holds all."""
MAX_PROVENANCE = 100
"""The same of the table of provenance; every number tells its own beside it."""
MAX_COMBINED = 60
"""The same of the table of combined cuts."""
MANY_ROWS = 24
"""From here on a table of the sweep is folded away."""
OPEN_SEEDS = 6
"""Rows of the table of training seeds that stand unfolded."""
STYLES = ("report.css", "controls.css")
"""Style sheets in templates/, in the order in which they are inlined."""
ENGINE = (
    "student.js",
    "uncertain.js",
    "fieller.js",
    "numbers.js",
    "units.js",
    "quantity.js",
    "words.js",
    "reasons.js",
    "costs.js",
    "choice.js",
    "task_changes.js",
    "changes.js",
    "texts.js",
    "decide.js",
    "curves.js",
    "winners.js",
)
"""Scripts in templates/js/ that decide anew as the analysis decides; later ones need earlier."""
CONTROLS = (
    "controls_fields.js",
    "controls.js",
    "answer.js",
    "doubts.js",
    "live_curves.js",
    "live_map.js",
)
"""Those that a reader turns, and what follows them."""
SCRIPTS = ("page.js", *ENGINE, "provenance.js", "download.js", *CONTROLS)
"""Scripts in templates/js/, in the order in which they run."""
_GLOBALS = "window.vegaEmbed = vegaEmbed;"
_UNSAFE_IN_SCRIPT = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def vega_bundle() -> str:
    """JavaScript of Vega, Vega-Lite and Vega-Embed in the version that wrote the specifications."""
    major, minor, *_ = str(alt.SCHEMA_VERSION).removeprefix("v").split(".")
    return str(vl_convert.javascript_bundle(_GLOBALS, f"{major}.{minor}"))


def render(analysis: StudyAnalysis, *, generated_at: str, vega: str | None = None) -> str:
    """Build the page.

    Args:
        analysis: What to show.
        generated_at: Time stamp to print, UTC, ISO 8601.
        vega: JavaScript that draws the charts; the inlined bundle by default.

    Returns:
        HTML that opens without a network.
    """
    typeset = environment()
    ledger = Ledger(analysis.runs)
    typeset.globals |= {"source": ledger.of_cell, "source_of": ledger.of}
    typeset.globals["signs_of"] = partial(figure_signs, analysis)
    script = vega_bundle() if vega is None else vega
    page = typeset.get_template("report.html.j2").render(
        **_content(analysis),
        generated_at=generated_at,
        provenance=lambda: Markup(safe_json(ledger.data())),  # noqa: S704 - escaped
        css=Markup("\n".join(map(_template, STYLES))),  # noqa: S704 - our own files
        scripts=[Markup(_template(f"js/{name}")) for name in SCRIPTS],  # noqa: S704 - our own files
        vega=Markup(_in_script(script)),  # noqa: S704 - escaped just before
    )
    return page + "\n"


def _content(analysis: StudyAnalysis) -> Mapping[str, object]:
    curves, stages = curve_figures(analysis), stages_figure(analysis)
    planes, frontiers = pareto_rows(analysis), frontier_figures(analysis)
    lengths = length_figures(analysis)
    sections = more_sections(analysis)
    figures = [*curves, *_of_rows(planes), *frontiers, *lengths, *([stages] if stages else [])]
    figures += [figure for section in sections for figure in section.figures]
    told = answer(analysis)
    turned = told.controls
    return {
        "analysis": analysis,
        "definition": analysis.definition,
        "answer": told,
        "decision_json": Markup(safe_json(turned and turned.data)),  # noqa: S704 - escaped
        "qualities_json": Markup(safe_json(turned and turned.qualities)),  # noqa: S704 - escaped
        "optimum": None if analysis.optimum is None else optimum_answer(analysis.optimum),
        "leads": leads(analysis),
        "unfinished": unfinished_words(analysis),
        "tables": tables(analysis),
        "sections": sections,
        "series": {s.name: s for s in series(analysis)},
        "curves": curves,
        "planes": planes,
        "stages": stages,
        "stage_legend": [(s.value, stage_colour(s)) for s in drawn_stages(analysis)],
        "frontiers": frontiers,
        "has_shared": has_shared(analysis),
        "has_twin": has_twin(analysis),
        "lengths": lengths,
        "length_key": length_key(analysis),
        "families": families(analysis),
        "themes": themes(analysis),
        "many_rows": MANY_ROWS,
        "open_seeds": OPEN_SEEDS,
        "max_combined": MAX_COMBINED,
        "legend": used(_estimates(analysis)),
        "badges": BADGES,
        "absent": _absent(analysis),
        "unplotted": unplotted(analysis),
        "undrawn": undrawn(analysis),
        "doubts": doubts(analysis.notes),
        "methods": methods(analysis),
        "max_runs": MAX_RUNS,
        "max_provenance": MAX_PROVENANCE,
        "reasons": reasons,
        "searched": search_lines(analysis),
        "specs": Markup(safe_json({f.name: f.spec for f in figures})),  # noqa: S704 - escaped
    }


def _of_rows(planes: tuple[PanelRow, ...]) -> Iterator[Figure]:
    for row in planes:
        yield from row.figures


def _estimates(analysis: StudyAnalysis) -> Iterator[Estimate]:
    if analysis.optimum is not None:
        yield analysis.optimum.spent
        yield from (e for p in analysis.optimum.front for e in (p.cost, p.loss))
    for pathway in analysis.pathways:
        for costs in (pathway.development, pathway.startup, pathway.marginal):
            yield from costs.values()
        if pathway.score is not None:
            yield pathway.score


def _absent(analysis: StudyAnalysis) -> list[str]:
    """Sentences on measures that nobody observed; energy is always worth a word."""
    if Resource.ENERGY_J in observed(analysis):
        return []
    text, why = absence(analysis, Resource.ENERGY_J)
    return [f"Energy is {text}: {why}"]


def reasons(table: Table) -> list[tuple[str, str]]:
    """Each distinct text of a missing cell with the reason why it is missing."""
    found = {
        (cell.text, cell.hint.rstrip(".")): None
        for row in table.rows
        for cell in row
        if cell.is_missing and cell.hint and cell.text.isascii()
    }
    return list(found)


def safe_json(value: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(
        value, sort_keys=True, allow_nan=False, separators=(",", ":"), ensure_ascii=False
    )
    return text.translate(SEEN_IN_JSON).translate(_UNSAFE_IN_SCRIPT)


def _in_script(script: str) -> str:
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _template(name: str) -> str:
    return files("breakeven.report").joinpath("templates", name).read_text(encoding="utf-8")
