import json
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

pytest.importorskip("altair")
pytest.importorskip("jinja2")

from breakeven.analysis.overview import analyse
from breakeven.analysis.results import StudyAnalysis
from breakeven.errors import MissingExtraError
from breakeven.records import Note, NoteCode, Resource, StudyDefinition
from breakeven.report import build_report
from breakeven.report.page import reasons, safe_json, vega_bundle
from breakeven.report.tables.table import Column, Table, missing
from breakeven.testing.factorial import factorial_runs

pytestmark = pytest.mark.report
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


class Elements(HTMLParser):
    """Start tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def page(analysis: StudyAnalysis) -> str:
    return build_report(analysis, generated_at="2026-01-01", vega="")


def test_a_reason_that_ends_with_a_full_stop_gets_no_second_one() -> None:
    cells = (missing("not measured", hint="mount /sys:ro."), missing("none", hint="no price"))
    columns = (Column(name="a", title="A"), Column(name="b", title="B"))
    table = Table(name="t", caption="", columns=columns, rows=(cells,))
    assert reasons(table) == [("not measured", "mount /sys:ro"), ("none", "no price")]


def test_the_first_screen_says_that_the_machine_was_busy(
    analysis: StudyAnalysis, busy_analysis: StudyAnalysis
) -> None:
    first = page(busy_analysis).partition("</section>")[0]
    assert 'id="busy">The machine was busy during 1 of 2 runs' in first
    assert 'id="busy"' not in page(analysis)


def test_load_is_folded_away_only_where_few_runs_were_disturbed(
    busy_analysis: StudyAnalysis,
) -> None:
    many = page(busy_analysis).partition("</section>")[0]
    ids = tuple(f"calm-{i}" for i in range(10))
    average = busy_analysis.recommendation.average
    assert average is not None
    calm = tuple(replace(busy_analysis.runs[0], run_id=run_id) for run_id in ids)
    rested = replace(average, run_ids=(*average.run_ids, *ids))
    few = page(
        replace(
            busy_analysis,
            runs=(*busy_analysis.runs, *calm),
            recommendation=replace(busy_analysis.recommendation, average=rested),
        )
    ).partition("</section>")[0]

    assert many.index('id="busy"') < many.index('id="further"')
    assert "busy during 1 of 12 runs" in few
    assert few.index('id="further"') < few.index('id="busy"')


def renamed(analysis: StudyAnalysis, name: str) -> StudyAnalysis:
    """The analysis with TS called something else everywhere."""
    text = {"TS": name}
    return replace(
        analysis,
        definition=replace(analysis.definition, name=name),
        pathways=tuple(
            replace(p, name=text.get(p.name, p.name), description=name) for p in analysis.pathways
        ),
        recommendation=replace(analysis.recommendation, pathway=name, reason=name, rule=name),
        notes=tuple(replace(n, message=name, advice=name) for n in analysis.notes),
        fronts=tuple(
            replace(
                f,
                points=tuple(replace(p, name=text.get(p.name, p.name)) for p in f.points),
            )
            for f in analysis.fronts
        ),
        curves=tuple(replace(c, pathway=text.get(c.pathway, c.pathway)) for c in analysis.curves),
        sweep=tuple(replace(c, label=name) for c in analysis.sweep),
    )


def test_nothing_in_the_page_is_fetched(analysis: StudyAnalysis) -> None:
    html = build_report(analysis, generated_at="2026-01-01")

    for tag, attributes in Elements(html).found:
        links = [attributes.get(key) or "" for key in ("src", "href", "data", "action", "poster")]
        assert tag not in {"link", "iframe", "object", "embed", "base"}
        assert all(link == "" or link.startswith("#") for link in links)
    assert "@import" not in html.split("<script")[0]
    assert "default-src 'none'" in html


def test_hostile_names_stay_text(analysis: StudyAnalysis) -> None:
    html = page(renamed(analysis, HOSTILE))

    tags = [tag for tag, _ in Elements(html).found]
    harmless = [tag for tag, _ in Elements(page(analysis)).found]
    assert tags.count("script") == harmless.count("script")
    assert "img" not in tags
    assert "<script>alert" not in html


def test_hostile_names_survive_in_the_specifications(analysis: StudyAnalysis) -> None:
    html = page(renamed(analysis, HOSTILE))

    body = html.split('id="specs">')[1].split("</script>")[0]
    assert HOSTILE in json.dumps(json.loads(body))


def test_json_cannot_end_its_script() -> None:
    text = safe_json({"a": "</script>\u2028&"})

    assert "<" not in text
    assert json.loads(text) == {"a": "</script>\u2028&"}


def test_ids_are_unique(analysis: StudyAnalysis) -> None:
    ids = [a["id"] or "" for _, a in Elements(page(analysis)).found if "id" in a]

    assert sorted(set(ids)) == sorted(ids)


def test_every_link_leads_somewhere(analysis: StudyAnalysis) -> None:
    found = Elements(page(analysis)).found
    ids = {a["id"] for _, a in found if "id" in a}

    assert {(a["href"] or "")[1:] for tag, a in found if tag == "a"} <= ids


def test_headings_do_not_skip_a_level(analysis: StudyAnalysis) -> None:
    levels = [
        int(tag[1]) for tag, _ in Elements(page(analysis)).found if re.fullmatch("h[1-6]", tag)
    ]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_every_table_has_a_caption_and_every_figure_a_name(analysis: StudyAnalysis) -> None:
    found = Elements(page(analysis)).found
    tags = [tag for tag, _ in found]
    charts = [a for _, a in found if "data-figure" in a]

    assert tags.count("table") == tags.count("caption")
    assert charts
    assert all(a["role"] == "img" and a["aria-label"] for a in charts)


def test_the_first_section_names_answer_interval_runner_up_and_reason(
    analysis: StudyAnalysis,
) -> None:
    ids = {a.get("id") for _, a in Elements(page(analysis)).found}

    assert {
        "recommended-pathway",
        "recommended-interval",
        "runner-up",
        "reason",
        "rule",
        "break-even-sentence",
        "fact-probability",
    } <= ids


def alone() -> StudyAnalysis:
    """A study of FT and nothing else."""
    definition, runs = factorial_runs(n_blocks=1)
    return analyse(replace(definition, pathways=definition.pathways[:1]), runs)


def test_a_study_of_one_pathway_is_no_contest() -> None:
    html = page(alone())

    assert "The study has one pathway, so nothing is chosen. FT takes" in html
    for contest in (
        ", use <",
        "No other pathway",
        "No pathway has both a score",
        "cheapest at every volume",
        "costs most to develop",
        "do not clearly disagree",
        "Where two cross",
        "The recommendation is chosen by",
        'class="role"',
    ):
        assert contest not in html


def test_a_study_of_one_pathway_shows_no_empty_table() -> None:
    html = page(alone())

    ids = {a.get("id") for _, a in Elements(html).found}
    assert ids.isdisjoint({"pareto", "measures", "table-break-even", "table-pareto", "rule"})
    assert not re.search(r"<tbody>\s*</tbody>", html)


def test_the_second_reference_is_explained_where_there_is_one(analysis: StudyAnalysis) -> None:
    twin = replace(analysis.sweep[0], label="aa")

    assert "its ratio ought to be 1" not in page(analysis)
    assert "its ratio ought to be 1" in page(replace(analysis, sweep=(*analysis.sweep, twin)))


def test_underlining_is_explained_where_stages_are_shared(analysis: StudyAnalysis) -> None:
    apart = replace(analysis, pathways=analysis.pathways[2:])

    assert "underlined: the same runs" in page(analysis)
    assert "underlined: the same runs" not in page(apart)


def test_advice_that_several_notes_give_is_told_once(analysis: StudyAnalysis) -> None:
    seen = [Note(code=NoteCode.BUSY_MACHINE, message=m, advice="Wait.") for m in ("ft", "ts")]
    html = page(replace(analysis, notes=(*seen, *analysis.notes)))

    assert html.count("Wait.") == html.count(">busy-machine<") == 1
    assert "<li>ft</li><li>ts</li>" in html


def test_missing_energy_is_said_with_the_fix_and_never_zero(analysis: StudyAnalysis) -> None:
    html = page(analysis)

    assert "Energy is not measured: rapl" in html
    assert "sudo modprobe intel_rapl_common" in html
    assert "0 J" not in re.sub("<[^>]*>", "", html.split("<script")[0])


def test_measured_energy_needs_no_such_sentence(analysis: StudyAnalysis) -> None:
    cpu = analysis.pathways[0].development[Resource.CPU_S]
    pathway = replace(
        analysis.pathways[0],
        development={**analysis.pathways[0].development, Resource.ENERGY_J: cpu},
    )

    assert "Energy is not measured" not in page(
        replace(analysis, pathways=(pathway, *analysis.pathways[1:]))
    )


def test_without_a_recommendation_the_page_says_why(analysis: StudyAnalysis) -> None:
    told = replace(
        analysis.recommendation,
        pathway=None,
        average=None,
        runner_up=None,
        runner_up_average=None,
        reason="nothing was scored",
    )

    html = page(replace(analysis, recommendation=told))

    assert 'No pathway can be recommended for <span id="volume">100,000 examples' in html
    assert "nothing was scored" in html


def test_without_a_runner_up_the_page_says_so(analysis: StudyAnalysis) -> None:
    told = replace(analysis.recommendation, runner_up=None, runner_up_average=None)

    assert "No other pathway is good enough to compare with" in page(
        replace(analysis, recommendation=told)
    )


def test_an_empty_study_still_makes_a_page() -> None:
    from breakeven.analysis.overview import analyse  # noqa: PLC0415 - needed only here

    html = page(analyse(StudyDefinition(name="empty", pathways=()), ()))

    assert "No pathway can be recommended" in html


def test_long_tables_of_runs_are_cut_with_a_pointer(analysis: StudyAnalysis) -> None:
    runs = tuple(replace(analysis.runs[0], run_id=f"r{i}") for i in range(230))

    assert "30 more rows are in <code>tables/runs.csv</code>" in page(replace(analysis, runs=runs))


def test_the_bundle_fits_the_specifications() -> None:
    script = vega_bundle()

    assert "window.vegaEmbed" in script
    assert 5e5 < len(script) < 2e6


@pytest.mark.parametrize("module", ["altair", "jinja2", "vl_convert"])
def test_without_the_extra_the_error_names_the_command(
    analysis: StudyAnalysis, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(MissingExtraError, match=r"pip install 'breakeven\[report\]'"):
        page(analysis)
